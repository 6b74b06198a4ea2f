"""The rows of guilds: known, joined, left, erased, and the revision that every write bumps."""

from collections.abc import Iterable

import aiosqlite

KEPT_AFTER_LEAVING_MS = 30 * 24 * 60 * 60 * 1000
"""How long a guild's data is kept once the bot has left it: 30 days, in milliseconds."""

MAKE_KNOWN = (
    "INSERT INTO guilds (guild_id, revision, joined_at, left_at) VALUES (?, ?, ?, NULL)"
    " ON CONFLICT (guild_id) DO NOTHING"
)
"""Takes the guild's id and twice the time; see make_known."""


async def make_known(connection: aiosqlite.Connection, guild_id: int, now: int) -> None:
    """Give the guild its row unless it has one.

    The first revision is the clock's: after an erasure the numbers do not begin again where a
    matcher compiled from the old lists would take them for its own.
    """
    await connection.execute(MAKE_KNOWN, (guild_id, now, now))


async def bump_revision(connection: aiosqlite.Connection, guild_id: int) -> None:
    """Something of the guild was written: what was compiled of it is old."""
    await connection.execute(
        "UPDATE guilds SET revision = revision + 1 WHERE guild_id = ?", (guild_id,)
    )


async def revision(connection: aiosqlite.Connection, guild_id: int) -> int:
    """The guild's revision; 0 for one that has no row."""
    rows = await connection.execute_fetchall(
        "SELECT revision FROM guilds WHERE guild_id = ?", (guild_id,)
    )
    return next((int(found) for (found,) in rows), 0)


async def joined(connection: aiosqlite.Connection, guild_id: int, now: int) -> None:
    """The bot is in the guild. Data whose time was over by then is not revived."""
    if guild_id in await departed(connection, now):
        await erase(connection, guild_id)
    await make_known(connection, guild_id, now)
    await connection.execute(
        "UPDATE guilds SET joined_at = ?, left_at = NULL"
        " WHERE guild_id = ? AND left_at IS NOT NULL",
        (now, guild_id),
    )


async def left(connection: aiosqlite.Connection, guild_id: int, now: int) -> None:
    """The bot is no longer in the guild; the first moment at which that was seen counts."""
    await connection.execute(
        "UPDATE guilds SET left_at = ? WHERE guild_id = ? AND left_at IS NULL", (now, guild_id)
    )


async def present(connection: aiosqlite.Connection) -> list[int]:
    """Every guild that the bot has not left."""
    return _ids(
        await connection.execute_fetchall(
            "SELECT guild_id FROM guilds WHERE left_at IS NULL ORDER BY guild_id"
        )
    )


async def departed(connection: aiosqlite.Connection, now: int) -> list[int]:
    """Every guild whose data is due to be erased."""
    return _ids(
        await connection.execute_fetchall(
            "SELECT guild_id FROM guilds WHERE left_at < ? ORDER BY guild_id",
            (now - KEPT_AFTER_LEAVING_MS,),
        )
    )


async def erase(connection: aiosqlite.Connection, guild_id: int) -> None:
    """Delete the guild's row, and by cascade every row that names it."""
    await connection.execute("DELETE FROM guilds WHERE guild_id = ?", (guild_id,))


def _ids(rows: Iterable[tuple[int] | aiosqlite.Row]) -> list[int]:
    return [int(guild_id) for (guild_id,) in rows]
