"""What moderators do by hand: up to which entry each guild's audit log was read, and the cases that
end with what was done.

``HandLog`` is a part of the store (``store.py``). Every call may raise StoreFailed.
"""

from collections.abc import Callable

import aiosqlite

from data import guilds
from data.connections import Reader
from data.writing import Writer
from moderation.consequence import Step
from moderation.records import Actor


class HandLog:
    """Beside the cases themselves, which ``open_case`` makes."""

    def __init__(self, reader: Reader, writer: Writer, clock: Callable[[], int]) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock

    async def seen(self, guild_id: int) -> int | None:
        """The id of the newest entry that was read; None for a guild whose log never was."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT seen FROM audit_logs WHERE guild_id = ?", (guild_id,)
            )
        return next((int(seen) for (seen,) in rows), None)

    async def saw(self, guild_id: int, entry_id: int) -> None:
        """Everything up to this entry was read. It never goes back."""

        async def work(connection: aiosqlite.Connection) -> None:
            await guilds.make_known(connection, guild_id, self._clock())
            await connection.execute(
                "INSERT INTO audit_logs (guild_id, seen) VALUES (?, ?)"
                " ON CONFLICT (guild_id) DO UPDATE SET seen = max(seen, excluded.seen)",
                (guild_id, entry_id),
            )

        await self._writer.run(work)

    async def close_running(
        self, guild_id: int, user_id: int, step: Step, *, before: int, by: Actor, note: str
    ) -> list[int]:
        """The open cases of a member's timeout or ban (``step``), made before a time (UTC in
        milliseconds), are over since somebody ended it by hand: they expire, with a note. Their
        numbers."""

        async def work(connection: aiosqlite.Connection) -> list[int]:
            now = self._clock()
            rows = await connection.execute_fetchall(
                "UPDATE cases SET state = 'expired', changed_at = max(changed_at + 1, ?)"
                " WHERE guild_id = ? AND user_id = ? AND step = ? AND at <= ? AND state = 'open'"
                " AND kind IN ('violation', 'timeout', 'ban') RETURNING number",
                (now, guild_id, user_id, step.value, before),
            )
            numbers = sorted(int(number) for (number,) in rows)
            await connection.executemany(
                "INSERT INTO case_notes (guild_id, number, at, by_id, by_name, text)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(guild_id, number, now, by.user_id, by.name, note) for number in numbers],
            )
            return numbers

        return await self._writer.run(work)
