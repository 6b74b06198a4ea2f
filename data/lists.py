"""The rows of a guild's named lists. ``main`` is made with its first entry or setting."""

import aiosqlite

from data import policy_json
from moderation.list_names import folded
from moderation.policy import MAX_LISTS, ListPolicy
from moderation.records import MAIN_LIST, ListRefused, UnknownList


async def ids(connection: aiosqlite.Connection, guild_id: int) -> dict[str, int]:
    """The id of each list by its name, oldest first; ``main`` has one once it holds something."""
    rows = await connection.execute_fetchall(
        "SELECT name, list_id FROM lists WHERE guild_id = ? ORDER BY list_id", (guild_id,)
    )
    return {name: int(list_id) for name, list_id in rows}


async def policies(connection: aiosqlite.Connection, guild_id: int) -> dict[str, ListPolicy]:
    """The policy of each list that has a row."""
    rows = await connection.execute_fetchall(
        "SELECT name, policy FROM lists WHERE guild_id = ? ORDER BY list_id", (guild_id,)
    )
    return {name: policy_json.to_list(policy_json.read(policy)) for name, policy in rows}


async def named(
    connection: aiosqlite.Connection, guild_id: int, name: str
) -> tuple[str, int | None]:
    """The name of a list as it is kept, however its letters are cased, and its id; no id for a
    ``main`` that has no row yet, which is an empty list. Raises UnknownList for any other name that
    the guild lacks."""
    known = await ids(connection, guild_id)
    if name in known:
        return name, known[name]
    for one, list_id in known.items():
        if folded(one) == folded(name):
            return one, list_id
    if folded(name) == MAIN_LIST:
        return MAIN_LIST, None
    raise UnknownList(name, tuple(dict.fromkeys((MAIN_LIST, *known))))


async def find(connection: aiosqlite.Connection, guild_id: int, name: str) -> int | None:
    """The id of a list, as ``named`` finds it."""
    return (await named(connection, guild_id, name))[1]


async def find_or_make_main(
    connection: aiosqlite.Connection, guild_id: int, name: str, now: int
) -> tuple[str, int]:
    """As ``named``, with ``main`` made where it has no row. The guild's own row must exist."""
    name, list_id = await named(connection, guild_id, name)
    if list_id is None:
        list_id = await _insert(connection, guild_id, name, now)
    return name, list_id


async def make(
    connection: aiosqlite.Connection, guild_id: int, name: str, policy: ListPolicy, now: int
) -> int:
    """Make a list; its id. The guild's own row must exist. Raises ListRefused."""
    known = (MAIN_LIST, *await ids(connection, guild_id))
    refuse_taken(name, known)
    if len(set(known)) >= MAX_LISTS:
        raise ListRefused(
            f"A server can have {MAX_LISTS} lists, and this one has them all. Delete one first, or "
            "put the entries on a list that is there."
        )
    list_id = await _insert(connection, guild_id, name, now)
    await set_policy(connection, guild_id, list_id, policy)
    return list_id


def refuse_taken(name: str, known: tuple[str, ...]) -> None:
    """Raises ListRefused where a list has the name already, but for the case of its letters."""
    for one in known:
        if folded(one) == folded(name):
            raise ListRefused(f"There is a list called “{one}” already. Choose another name.")


async def set_policy(
    connection: aiosqlite.Connection, guild_id: int, list_id: int, policy: ListPolicy
) -> None:
    """Write what a list does."""
    await connection.execute(
        "UPDATE lists SET policy = ? WHERE guild_id = ? AND list_id = ?",
        (policy_json.written(policy_json.from_list(policy)), guild_id, list_id),
    )


async def rename(connection: aiosqlite.Connection, guild_id: int, list_id: int, name: str) -> None:
    """Give a list another name, which must be free."""
    await connection.execute(
        "UPDATE lists SET name = ? WHERE guild_id = ? AND list_id = ?", (name, guild_id, list_id)
    )


async def delete(connection: aiosqlite.Connection, guild_id: int, list_id: int) -> None:
    """Delete a list, and by cascade its entries."""
    await connection.execute(
        "DELETE FROM lists WHERE guild_id = ? AND list_id = ?", (guild_id, list_id)
    )


async def _insert(connection: aiosqlite.Connection, guild_id: int, name: str, now: int) -> int:
    ((made,),) = await connection.execute_fetchall(
        "INSERT INTO lists (guild_id, list_id, name, created_at)"
        " SELECT :guild_id, coalesce(max(list_id), 0) + 1, :name, :now"
        " FROM lists WHERE guild_id = :guild_id RETURNING list_id",
        {"guild_id": guild_id, "name": name, "now": now},
    )
    return int(made)
