"""The cases of a server as moderators use them: looked at, written to, undone, listed, exported,
erased. Slash commands and context menus put these into sentences."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from moderation.cases import Case, CaseFilter, CaseKind, CasePage, CaseState, Undone
from moderation.errors import Refused
from moderation.policy import GuildPolicy, Ladder
from moderation.records import Actor
from service.clock import utc_ms
from service.stores import CaseStore

MAX_NOTES = 50
"""Notes and earlier reasons of one case."""

MAX_TEXT = 1_000
"""Characters of a reason or a note."""

LAST = 5
"""How many cases a history shows."""

READ_AT_ONCE = 500


class Policies(Protocol):
    """What each server has set."""

    async def policy(self, guild_id: int) -> GuildPolicy: ...


class Undoing(Protocol):
    """Undoing a case and what follows from that, and giving it another reason."""

    async def undo(
        self, guild_id: int, number: int, *, by: Actor, since: int = 0
    ) -> Undone | None: ...

    async def edit_reason(self, guild_id: int, number: int, reason: str, *, by: Actor) -> Case: ...


@dataclass(frozen=True, slots=True)
class History:
    """What is on record of a member: how many cases of each kind in each state, how many strikes
    within the ladder's window, and the newest cases."""

    user_id: int
    tally: Mapping[tuple[CaseKind, CaseState], int]
    strikes: int
    ladder: Ladder
    last: Sequence[Case]

    @property
    def total(self) -> int:
        """All cases, whatever became of them."""
        return sum(self.tally.values())


class Cases:
    """The use cases around the cases of one guild at a time. ``changed`` is called with the guild
    and the number of each case that has changed. Each may raise the store's errors."""

    def __init__(
        self,
        store: CaseStore,
        undoing: Undoing,
        policies: Policies,
        changed: Callable[[int, int], None],
        clock: Callable[[], int] = utc_ms,
    ) -> None:
        self._store = store
        self._undoing = undoing
        self._policies = policies
        self._changed = changed
        self._clock = clock

    async def moderator_roles(self, guild_id: int) -> frozenset[int]:
        """The roles that count as moderators."""
        return (await self._policies.policy(guild_id)).moderators

    async def case(self, guild_id: int, number: int) -> Case:
        """Raises NoSuchCase."""
        return await self._store.case(guild_id, number)

    async def edit_reason(self, guild_id: int, number: int, reason: str, *, by: Actor) -> Case:
        """Give a case another reason. Raises NoSuchCase, NotTaken."""
        await self._refuse(guild_id, number, reason)
        return await self._undoing.edit_reason(guild_id, number, reason.strip(), by=by)

    async def add_note(self, guild_id: int, number: int, text: str, *, by: Actor) -> Case:
        """Write something to a case. Raises NoSuchCase, NotTaken."""
        await self._refuse(guild_id, number, text)
        case = await self._store.add_note(guild_id, number, text.strip(), by=by)
        self._changed(guild_id, number)
        return case

    async def undo(self, guild_id: int, number: int, *, by: Actor) -> Undone | None:
        """Make a case count no more, with what follows from that; the strikes that are left are
        those within the ladder's window. None where it is undone already. Raises NoSuchCase."""
        since = await self._window(guild_id)
        return await self._undoing.undo(guild_id, number, by=by, since=since)

    async def page(self, guild_id: int, which: CaseFilter, number: int, size: int) -> CasePage:
        """Page ``number`` (from 1; beyond the ends the nearest one) of the cases that a filter lets
        through."""
        found = await self._store.cases(
            guild_id, which, limit=size, offset=(max(number, 1) - 1) * size
        )
        if found.cases or not found.total:
            return found
        last = (found.total - 1) // size * size
        return await self._store.cases(guild_id, which, limit=size, offset=last)

    async def newest(self, guild_id: int, limit: int) -> Sequence[Case]:
        """The newest cases."""
        return await self._store.some(guild_id, CaseFilter(), limit)

    async def history(self, guild_id: int, user_id: int) -> History:
        """What is on record of a member, or of somebody who has left."""
        policy = await self._policies.policy(guild_id)
        since = self._clock() - policy.ladder.window_ms
        last = await self._store.some(guild_id, CaseFilter(user_id=user_id), LAST)
        return History(
            user_id,
            await self._store.tally(guild_id, user_id),
            await self._store.strikes(guild_id, user_id, since),
            policy.ladder,
            last,
        )

    async def every(self, guild_id: int, which: CaseFilter) -> AsyncIterator[Sequence[Case]]:
        """All cases that a filter lets through, newest first, some hundred at a time. What is made
        meanwhile is not among them."""
        while True:
            found = await self._store.some(guild_id, which, READ_AT_ONCE)
            if not found:
                return
            yield found
            which = replace(which, below=found[-1].number)

    async def erase_person(self, guild_id: int, user_id: int) -> int:
        """Forget a person; how many cases are about nobody now."""
        erased = await self._store.erase_person(guild_id, user_id)
        for number in erased.changed:
            self._changed(guild_id, number)
        return erased.about

    async def _window(self, guild_id: int) -> int:
        return self._clock() - (await self._policies.policy(guild_id)).ladder.window_ms

    async def _refuse(self, guild_id: int, number: int, text: str) -> None:
        if not text.strip():
            raise NotTaken("The text is empty. Nothing was changed.")
        if len(text) > MAX_TEXT:
            raise NotTaken(
                f"The text has {len(text):,} characters; {MAX_TEXT:,} are the most. "
                "Nothing was changed."
            )
        case = await self._store.case(guild_id, number)
        if len(case.notes) >= MAX_NOTES:
            raise NotTaken(
                f"Case #{case.number} has {MAX_NOTES} notes and earlier reasons, which is the "
                "most. Nothing was changed."
            )


class NotTaken(Refused):
    """A reason or a note is not taken; the text says why. Nothing was changed."""
