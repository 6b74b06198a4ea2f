"""A ladder in force in every guild, whatever is set."""

from collections.abc import Sequence
from dataclasses import replace

from moderation.intents import Decision, decision_on
from moderation.policy import Ladder
from moderation.verdict import Action, Verdict
from service import ledger


def climb(ladder: Ladder) -> None:
    """Decisions of this process climb this ladder from now on."""

    def decide(verdict: Verdict, actions: Sequence[Action], at: int) -> Decision:
        policy = replace(verdict.policy, ladder=ladder)
        return decision_on(replace(verdict, policy=policy), actions, at)

    ledger.decision_on = decide  # type: ignore[attr-defined]


def climb_none() -> None:
    """Decisions go by what is set again."""
    ledger.decision_on = decision_on  # type: ignore[attr-defined]
