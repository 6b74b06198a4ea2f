"""How far the channels were judged: cursors, and up to when each guild was listened to.

``CursorLog`` is a part of the store (``store.py``) and writes through the one ``Writer``. Every
call may raise StoreFailed.
"""

from collections.abc import Callable, Iterable, Sequence

import aiosqlite

from data import guilds
from data.writing import Writer
from moderation.progress import Cursor, GuildCursors, GuildProgress


class CursorLog:
    """What was judged, written some seconds later."""

    def __init__(self, writer: Writer, clock: Callable[[], int]) -> None:
        self._writer = writer
        self._clock = clock

    async def resume(self, guild_id: int, heard_until: int | None = None) -> GuildCursors:
        """The guild's cursors, all marked as behind: what came after them was not heard. Those
        that were behind already stay so since the earlier moment. ``heard_until`` (UTC
        milliseconds) may be later than what is written."""
        return await self._writer.run(lambda on: _resume(on, guild_id, heard_until))

    async def keep(self, changed: Sequence[GuildProgress]) -> None:
        """Write what has changed, in one transaction. A cursor never goes back, and neither does
        the moment up to which a guild was heard."""
        await self._writer.run(lambda on: _keep(on, changed, self._clock()))


async def _resume(
    connection: aiosqlite.Connection, guild_id: int, heard_until: int | None
) -> GuildCursors:
    if heard_until is not None:
        await connection.execute(
            "UPDATE heard SET until = max(until, ?) WHERE guild_id = ?", (heard_until, guild_id)
        )
    found = await connection.execute_fetchall(
        "SELECT until FROM heard WHERE guild_id = ?", (guild_id,)
    )
    until = next((int(until) for (until,) in found), None)
    await connection.execute(
        "UPDATE cursors SET behind_since = ? WHERE guild_id = ? AND behind_since IS NULL",
        (until or 0, guild_id),
    )
    rows = await connection.execute_fetchall(
        "SELECT channel_id, message_id, behind_since FROM cursors WHERE guild_id = ?"
        " ORDER BY channel_id",
        (guild_id,),
    )
    return GuildCursors(until, tuple(Cursor(*row) for row in rows))


async def _keep(
    connection: aiosqlite.Connection, changed: Iterable[GuildProgress], now: int
) -> None:
    for one in changed:
        guild_id = one.guild_id
        await guilds.make_known(connection, guild_id, now)
        await connection.executemany(
            "DELETE FROM cursors WHERE guild_id = ? AND channel_id = ?",
            [(guild_id, channel_id) for channel_id in one.dropped],
        )
        await connection.executemany(
            "INSERT INTO cursors (guild_id, channel_id, message_id) VALUES (?, ?, ?)"
            " ON CONFLICT (guild_id, channel_id)"
            " DO UPDATE SET message_id = max(message_id, excluded.message_id)",
            [(guild_id, *moved) for moved in one.moved.items()],
        )
        await connection.executemany(
            "UPDATE cursors SET behind_since = ?"
            " WHERE guild_id = ? AND channel_id = ? AND behind_since IS NULL",
            [(since, guild_id, channel_id) for channel_id, since in one.behind.items()],
        )
        await connection.executemany(
            "UPDATE cursors SET behind_since = NULL WHERE guild_id = ? AND channel_id = ?",
            [(guild_id, channel_id) for channel_id in one.level],
        )
        if one.until is not None:
            await connection.execute(
                "INSERT INTO heard (guild_id, until) VALUES (?, ?)"
                " ON CONFLICT (guild_id) DO UPDATE SET until = max(until, excluded.until)",
                (guild_id, one.until),
            )


async def forget(connection: aiosqlite.Connection, guild_id: int) -> None:
    """Drop all of a guild that the bot has left: if it comes back, it begins with what is new
    then."""
    await connection.execute("DELETE FROM cursors WHERE guild_id = ?", (guild_id,))
    await connection.execute("DELETE FROM heard WHERE guild_id = ?", (guild_id,))
