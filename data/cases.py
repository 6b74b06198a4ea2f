"""The cases of each guild: reading, editing and undoing them.

``CaseLog`` is a part of the store (``store.py``): its writes go through the one ``Writer``, its
reads are snapshots. Every call may raise StoreFailed. The cases of the bot's are made with their
decisions (``intents.py``).
"""

import sqlite3
from collections.abc import Callable, Sequence

from data import case_reading, case_rows, erasing, guilds
from data.at_once import at_once
from data.connections import Reader
from data.writing import Writer
from moderation.cases import (
    Case,
    CaseFilter,
    CaseKind,
    CasePage,
    CaseState,
    ErasedPerson,
    HandMade,
    Undone,
)
from moderation.records import Actor

LIFTING = (CaseKind.UNBAN, CaseKind.TIMEOUT_ENDED)
"""Kinds of cases that are nothing but the end of a punishment."""

# The mod log shows a case as it was at a time: no change may have the time of an earlier one.
_EDIT = (
    "UPDATE cases SET reason = :reason, changed_at = max(changed_at + 1, :now)"
    " WHERE guild_id = :guild_id AND number = :number"
)
_TOUCH = (
    "UPDATE cases SET changed_at = max(changed_at + 1, :now)"
    " WHERE guild_id = :guild_id AND number = :number"
)
_NOTE = (
    "INSERT INTO case_notes (guild_id, number, at, by_id, by_name, text, was_reason)"
    " VALUES (:guild_id, :number, :now, :by_id, :by_name, :text, :was_reason)"
)
_UNDO = (
    "UPDATE cases SET state = 'undone', undone_by = :by_id, undone_name = :by_name,"
    " changed_at = max(changed_at + 1, :now)"
    " WHERE guild_id = :guild_id AND number = :number AND state <> 'undone'"
)
# What lifts a punishment again is what an undone case asks for, unless it is all that the case is.
_WITHDRAW = (
    "UPDATE actions SET state = 'withdrawn', ended_at = :now"
    " WHERE guild_id = :guild_id AND state IN ('pending', 'forbidden', 'held')"
    " AND (kind NOT IN ('unban', 'end timeout') OR :lifts)"
    " AND decision_id IN (SELECT decision_id FROM decisions"
    " WHERE guild_id = :guild_id AND case_number = :number) RETURNING kind"
)


class CaseLog:
    """What happened to whom, by whom and why."""

    def __init__(self, reader: Reader, writer: Writer, clock: Callable[[], int]) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock

    async def case(self, guild_id: int, number: int) -> Case:
        """Raises NoSuchCase."""
        return await self._read(lambda on: case_reading.one(on, guild_id, number))

    async def cases(
        self, guild_id: int, which: CaseFilter, *, limit: int, offset: int = 0
    ) -> CasePage:
        """The cases that a filter lets through, newest first: ``limit`` of them after the first
        ``offset``, and how many there are in all."""

        def read(connection: sqlite3.Connection) -> CasePage:
            total = case_reading.count(connection, guild_id, which)
            numbers = case_reading.numbers(connection, guild_id, which, limit, offset)
            return CasePage(case_reading.several(connection, guild_id, numbers), total)

        return await self._read(read)

    async def some(self, guild_id: int, which: CaseFilter, limit: int) -> Sequence[Case]:
        """The newest cases that a filter lets through, not counting the others."""

        def read(connection: sqlite3.Connection) -> Sequence[Case]:
            numbers = case_reading.numbers(connection, guild_id, which, limit, 0)
            return case_reading.several(connection, guild_id, numbers)

        return await self._read(read)

    async def tally(self, guild_id: int, user_id: int) -> dict[tuple[CaseKind, CaseState], int]:
        """How many cases of each kind in each state there are about a member."""
        return await self._read(lambda on: case_reading.tally(on, guild_id, user_id))

    async def strikes(self, guild_id: int, user_id: int, since: int) -> int:
        """How many strikes a member has had since a time: see moderation/escalation.py."""
        return await self._read(lambda on: case_reading.strikes_since(on, guild_id, user_id, since))

    async def open_case(self, guild_id: int, new: HandMade) -> Case | None:
        """Make a case; None where one of its cause is there."""

        def write(connection: sqlite3.Connection) -> Case | None:
            connection.execute(guilds.MAKE_KNOWN, (guild_id, new.at, new.at))
            number = case_rows.insert_by_hand(connection, guild_id, new, new.cause)
            return None if number is None else case_reading.one(connection, guild_id, number)

        return await self._writer.run_at_once(write)

    async def edit_reason(self, guild_id: int, number: int, reason: str, *, by: Actor) -> Case:
        """Give a case another reason; the old one is kept as a note. Raises NoSuchCase."""

        def write(connection: sqlite3.Connection) -> Case:
            before = case_reading.one(connection, guild_id, number)
            values = self._values(guild_id, number, by) | {"reason": case_rows.clean(reason)}
            if before.reason == values["reason"]:
                return before
            connection.execute(_NOTE, values | {"text": before.reason, "was_reason": 1})
            connection.execute(_EDIT, values)
            return case_reading.one(connection, guild_id, number)

        return await self._writer.run_at_once(write)

    async def add_note(self, guild_id: int, number: int, text: str, *, by: Actor) -> Case:
        """Raises NoSuchCase."""

        def write(connection: sqlite3.Connection) -> Case:
            case_reading.one(connection, guild_id, number)
            values = self._values(guild_id, number, by)
            connection.execute(_NOTE, values | {"text": case_rows.clean(text), "was_reason": 0})
            connection.execute(_TOUCH, values)
            return case_reading.one(connection, guild_id, number)

        return await self._writer.run_at_once(write)

    async def undo_case(
        self, guild_id: int, number: int, *, by: Actor, since: int = 0
    ) -> Undone | None:
        """Make a case count no more, and withdraw its actions that were not carried out yet; None
        where it is undone already. The strikes that the member has left are counted from ``since``
        on. Raises NoSuchCase."""

        def write(connection: sqlite3.Connection) -> Undone | None:
            before = case_reading.one(connection, guild_id, number)
            values = self._values(guild_id, number, by)
            if connection.execute(_UNDO, values).rowcount == 0:
                return None
            values["lifts"] = before.kind in LIFTING
            # That nobody is told of it is no action that is missing.
            kinds = connection.execute(_WITHDRAW, values).fetchall()
            withdrawn = sum(kind != "notice" for (kind,) in kinds)
            case = case_reading.one(connection, guild_id, number)
            strikes = 0
            if case.user_id is not None:
                strikes = case_reading.strikes_since(connection, guild_id, case.user_id, since)
            return Undone(case, withdrawn, strikes)

        return await self._writer.run_at_once(write)

    async def erase_person(self, guild_id: int, user_id: int) -> ErasedPerson:
        """Take a person's id, names and texts from all that is kept of them in a guild, but for the
        ends of running bans; the numbers stay. Afterwards nothing of it is in the file."""
        now = self._clock()
        erased = await self._writer.run_at_once(
            lambda on: erasing.erase_person(on, guild_id, user_id, now)
        )
        await erasing.rewrite(self._writer, now)
        return erased

    async def _read[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        async with self._reader.snapshot() as connection:
            return await at_once(connection, work)

    def _values(self, guild_id: int, number: int, by: Actor) -> dict[str, object]:
        return {
            "guild_id": guild_id,
            "number": number,
            "by_id": by.user_id,
            "by_name": case_rows.clean(by.name),
            "now": self._clock(),
        }
