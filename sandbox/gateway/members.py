"""Opcode 8, "Request Guild Members": a guild's members in chunks."""

from collections.abc import Iterator

from sandbox import payloads
from sandbox.gateway.intents import Intents
from sandbox.gateway.session import Session
from sandbox.snowflakes import parse
from sandbox.wire import Json
from sandbox.world import Guild, Member, World

CHUNK = 1_000
"""Members in one event."""
MOST_BY_NAME = 100


def chunks(world: World, session: Session, request: Json) -> Iterator[Json]:
    """The contents of the GUILD_MEMBERS_CHUNK events that answer a request.

    Nothing comes for a guild that the bot is not in, and none for all members at once without the
    GUILD_MEMBERS intent.
    """
    guild = world.guilds.get(parse(request.get("guild_id")) or 0)
    if guild is None or session.application.account.id not in guild.members:
        return
    not_found: list[str] = []
    if "user_ids" in request:
        wanted = request["user_ids"]
        ids = [parse(value) for value in (wanted if isinstance(wanted, list) else [wanted])][:100]
        numbers = [number for number in ids if number is not None]
        found = [guild.members[i] for i in numbers if i in guild.members]
        not_found = [str(i) for i in numbers if i not in guild.members]
    else:
        query, limit = str(request.get("query", "")), request.get("limit", 0)
        if not query and not session.intents & Intents.GUILD_MEMBERS:
            return
        found = _by_name(guild, query, limit if isinstance(limit, int) else 0)
    parts = [found[i : i + CHUNK] for i in range(0, len(found), CHUNK)] or [[]]
    for index, part in enumerate(parts):
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": [payloads.member(member) for member in part],
            "chunk_index": index,
            "chunk_count": len(parts),
        }
        if not_found and index == 0:
            chunk["not_found"] = not_found
        if request.get("presences"):
            chunk["presences"] = []
        if "nonce" in request:
            chunk["nonce"] = request["nonce"]
        yield chunk


def _by_name(guild: Guild, query: str, limit: int) -> list[Member]:
    if not query and limit == 0:
        return list(guild.members.values())
    start = query.casefold()
    names = (
        member
        for member in guild.members.values()
        if (member.nick or member.account.username).casefold().startswith(start)
        or member.account.username.casefold().startswith(start)
    )
    return list(names)[: min(limit or MOST_BY_NAME, MOST_BY_NAME)]
