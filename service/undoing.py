"""Cases as moderators change them from the mod log: undone with what they led to, given another
reason. Each change is told of."""

from collections.abc import Callable
from dataclasses import replace

from moderation.cases import Case, Undone
from moderation.records import Actor
from moderation.states import STATES, State
from service.clock import utc_ms
from service.sanctions import Acted, Sanctions
from service.stores import CaseStore

LIFTING = ("end timeout", "unban")
"""The actions that take back what was done to a member."""


class Undoing:
    """``changed`` is called with the guild and the number of each case that has changed."""

    def __init__(
        self,
        store: CaseStore,
        sanctions: Sanctions,
        changed: Callable[[int, int], None],
        clock: Callable[[], int] = utc_ms,
    ) -> None:
        self._store = store
        self._sanctions = sanctions
        self._changed = changed
        self._clock = clock

    async def case(self, guild_id: int, number: int) -> Case:
        """Raises NoSuchCase."""
        return await self._store.case(guild_id, number)

    async def undo(self, guild_id: int, number: int, *, by: Actor, since: int = 0) -> Undone | None:
        """Make a case count no more, and end the timeout or ban that it stands for; the case as it
        is then, and the strikes that are left since a time. None where it is undone already.
        Raises NoSuchCase."""
        actions = await self._sanctions.settled(guild_id, number)
        undone = await self._store.undo_case(guild_id, number, by=by, since=since)
        if undone is None:
            return None
        under_way = self._sanctions.under_way(actions)
        undone = replace(
            undone, withdrawn=max(undone.withdrawn - under_way, 0), under_way=under_way
        )
        self._changed(guild_id, number)
        acted = await self._sanctions.undone(guild_id, number)
        case = await self._store.case(guild_id, number)
        stands = _standing(case, self._clock())
        return replace(undone, case=_lifted(case, acted), stands=stands)

    async def edit_reason(self, guild_id: int, number: int, reason: str, *, by: Actor) -> Case:
        """Give a case another reason. Raises NoSuchCase."""
        case = await self._store.edit_reason(guild_id, number, reason, by=by)
        self._changed(guild_id, number)
        return case


def _standing(case: Case, now: int) -> str:
    """What the case did to the member and nothing lifts: another one asks for it, too."""
    if any(action.kind in LIFTING for action in case.actions):
        return ""
    for action in case.actions:
        runs = action.until is None or action.until > now
        if action.kind in ("timeout", "ban") and action.state is State.DONE and runs:
            return action.kind
    return ""


def _lifted(case: Case, acted: Acted | None) -> Case:
    """The case with what Discord answered just now, which is written down a moment later."""
    state = STATES.get(acted.result.outcome) if acted and acted.result else None
    if state is None or acted is None or acted.result is None:
        return case
    detail = acted.result.detail
    actions = tuple(
        replace(one, state=state, detail=detail) if one.kind in LIFTING else one
        for one in case.actions
    )
    return replace(case, actions=actions)
