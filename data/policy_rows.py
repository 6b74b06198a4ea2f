"""The rows of the guilds' policies, and the whole of one put together."""

from dataclasses import replace

import aiosqlite

from data import lists, policy_json, terms
from moderation.policy import GuildPolicy


async def read(connection: aiosqlite.Connection, guild_id: int) -> GuildPolicy:
    """What belongs to no list; the defaults where nothing is set."""
    rows = await connection.execute_fetchall(
        "SELECT policy FROM policies WHERE guild_id = ?", (guild_id,)
    )
    text = next((policy for (policy,) in rows), None)
    return policy_json.to_policy(policy_json.read(text))


async def write(connection: aiosqlite.Connection, guild_id: int, policy: GuildPolicy) -> None:
    """Keep what belongs to no list."""
    await connection.execute(
        "INSERT INTO policies (guild_id, policy) VALUES (?, ?)"
        " ON CONFLICT (guild_id) DO UPDATE SET policy = excluded.policy",
        (guild_id, policy_json.written(policy_json.from_policy(policy))),
    )


async def whole(connection: aiosqlite.Connection, guild_id: int) -> GuildPolicy:
    """With what the lists and the entries have."""
    return replace(
        await read(connection, guild_id),
        lists=await lists.policies(connection, guild_id),
        terms=await terms.of_guild(connection, guild_id),
    )
