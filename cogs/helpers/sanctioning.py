"""What a moderator can do to a member with a button: the permission that it takes, the form that
asks for the rest, the case and the action that it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cogs.helpers.case_texts import action_text
from cogs.helpers.forms import LONG, Field
from moderation.cases import CaseAction, CaseKind
from moderation.consequence import Consequence, Step
from moderation.states import STATES, State
from moderation.verdict import Ban, Kick, Result, Sanction, TimeOut

REASON = Field("reason", "Reason", hint="Shown in the case and in the audit log", style=LONG)
HOW_LONG = Field("length", "How long", hint="30 m, 12 h, 7 d", value="1 h", required=True)
HOW_LONG_IF_AT_ALL = Field("length", "How long", hint="7 d, 4 weeks; empty: for good")


@dataclass(frozen=True, slots=True)
class Punishment:
    """``name`` is the action's stored kind, ``form`` the path of the form that asks for it."""

    name: str
    form: str
    title: str
    permission: str
    kind: CaseKind
    step: Step
    fields: tuple[Field, ...]

    def consequence(self, ms: int | None) -> Consequence:
        """For so long. Raises ConsequenceRefused."""
        return Consequence(self.step, None if self.step is Step.KICK else ms)

    def action(self, guild_id: int, user_id: int, until: int | None, reason: str) -> Sanction:
        """What is done; ``until`` in UTC milliseconds."""
        if self.step is Step.TIMEOUT and until is not None:
            return TimeOut(guild_id, user_id, until, reason)
        if self.step is Step.BAN:
            return Ban(guild_id, user_id, until, reason)
        return Kick(guild_id, user_id, reason)


DONE_AS: Mapping[str, Punishment] = {
    one.name: one
    for one in (
        Punishment(
            "timeout",
            "log/do-timeout",
            "Time out",
            "moderate_members",
            CaseKind.TIMEOUT,
            Step.TIMEOUT,
            (HOW_LONG, REASON),
        ),
        Punishment(
            "kick", "log/do-kick", "Kick", "kick_members", CaseKind.KICK, Step.KICK, (REASON,)
        ),
        Punishment(
            "ban",
            "log/do-ban",
            "Ban",
            "ban_members",
            CaseKind.BAN,
            Step.BAN,
            (HOW_LONG_IF_AT_ALL, REASON),
        ),
    )
}
"""By their names."""


class Acted(Protocol):
    """What was asked for: its case, and what Discord answered; None while it is being tried."""

    @property
    def case_number(self) -> int: ...

    @property
    def result(self) -> Result | None: ...


def done_text(punishment: Punishment, until: int | None, acted: Acted | None) -> str:
    """What became of it."""
    if acted is None:
        return "That was done already. Nothing was done again."
    result = acted.result
    state = State.PENDING if result is None else STATES.get(result.outcome, State.PENDING)
    detail = "" if result is None else result.detail
    done = action_text(CaseAction(0, punishment.name, state, detail, until))
    return f"Case #{acted.case_number}: {done}."
