"""The rows of a guild's named lists. One exists for now: ``main``, made with its first entry."""

import aiosqlite

from moderation.records import MAIN_LIST, UnknownList


async def ids(connection: aiosqlite.Connection, guild_id: int) -> dict[str, int]:
    """The id of each list by its name, oldest first; ``main`` has one once it holds something."""
    rows = await connection.execute_fetchall(
        "SELECT name, list_id FROM lists WHERE guild_id = ? ORDER BY list_id", (guild_id,)
    )
    return {name: int(list_id) for name, list_id in rows}


async def find(connection: aiosqlite.Connection, guild_id: int, name: str) -> int | None:
    """The id of a list; None for a ``main`` that has no row yet, which is an empty list. Raises
    UnknownList for any other name that the guild lacks."""
    known = await ids(connection, guild_id)
    if name not in known and name != MAIN_LIST:
        raise UnknownList(name, tuple(dict.fromkeys((MAIN_LIST, *known))))
    return known.get(name)


async def find_or_make_main(
    connection: aiosqlite.Connection, guild_id: int, name: str, now: int
) -> int:
    """As ``find``, with ``main`` made where it has no row. The guild's own row must exist."""
    list_id = await find(connection, guild_id, name)
    if list_id is not None:
        return list_id
    ((made,),) = await connection.execute_fetchall(
        "INSERT INTO lists (guild_id, list_id, name, created_at)"
        " SELECT :guild_id, coalesce(max(list_id), 0) + 1, :name, :now"
        " FROM lists WHERE guild_id = :guild_id RETURNING list_id",
        {"guild_id": guild_id, "name": name, "now": now},
    )
    return int(made)
