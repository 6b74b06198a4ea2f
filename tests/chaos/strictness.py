"""Who writes the one entry is timed out, in the process of the bot alone (``planted_bot.py``)."""

from collections.abc import Sequence
from dataclasses import replace

from moderation.consequence import Consequence, Step
from moderation.intents import Decision, decision_on
from moderation.verdict import Action, Verdict
from service import ledger
from tests.chaos.stage import TRAITOR

HOUR = Consequence(Step.TIMEOUT, 60 * 60_000)


def be_strict() -> None:
    """Decisions of this process ask for more than a deletion where that entry was found."""

    def decide(verdict: Verdict, actions: Sequence[Action], at: int) -> Decision:
        if any(found.hit.entry == TRAITOR for found in verdict.found):
            verdict = replace(verdict, consequence=HOUR)
        return decision_on(verdict, actions, at)

    ledger.decision_on = decide  # type: ignore[attr-defined]
