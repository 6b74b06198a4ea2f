"""What each action asks of Discord: the request, and in whose place a refusal of it counts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nextcord.http import Route

from moderation.consequence import MAX_TIMEOUT_MS, MINUTE_MS
from moderation.verdict import (
    Action,
    Ban,
    DeleteMessage,
    EndTimeout,
    Kick,
    RenameThread,
    SetNickname,
    TimeOut,
    Unban,
)

PATIENCE_SECONDS = 20.0
"""How long a name or title waits for a rate limit before it is left for later, and looked at again
then: Discord lets a thread's title be changed about twice in ten minutes, and after that it may be
another one."""

TIMING_OUT, KICKING, BANNING = 1, 2, 3
"""Places of a guild in which refusals of each are counted together: nobody has such a small id.
Whom the bot may not ban it may not ban with the next one either."""

_MEMBER = "/guilds/{guild_id}/members/{user_id}"
_BAN = "/guilds/{guild_id}/bans/{user_id}"


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its reason. ``options`` are those of the REST client."""

    route: Route
    place: tuple[int, int]
    options: dict[str, Any] = field(default_factory=dict)


LONGEST_TIMEOUT_MS = MAX_TIMEOUT_MS - MINUTE_MS
"""A minute less than Discord takes: its clock may be behind this machine's."""


def request_for(action: Action, now: int) -> Request:
    """The request that carries out an action, made at ``now`` (UTC in milliseconds). See Discord:
    Delete Message, Modify Guild Member, Remove Guild Member, Create and Remove Guild Ban, Modify
    Channel."""
    guild_id = action.guild_id
    match action:
        case DeleteMessage():
            route = Route(
                "DELETE",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=action.channel_id,
                message_id=action.message_id,
            )
            return Request(route, (guild_id, action.channel_id))
        case SetNickname():
            return Request(
                _to_member("PATCH", action),
                (guild_id, action.user_id),
                {"json": {"nick": action.nickname}, "patience": PATIENCE_SECONDS},
            )
        case RenameThread():
            return Request(
                Route("PATCH", "/channels/{channel_id}", channel_id=action.thread_id),
                (guild_id, action.thread_id),
                # An archived thread takes another title only while it is being opened again.
                {
                    "json": {"name": action.title, "archived": False},
                    "patience": PATIENCE_SECONDS,
                },
            )
        case TimeOut() | EndTimeout():
            until = None
            if isinstance(action, TimeOut):
                until = _iso(min(action.until, now + LONGEST_TIMEOUT_MS))
            body = {"communication_disabled_until": until}
            return Request(_to_member("PATCH", action), (guild_id, TIMING_OUT), {"json": body})
        case Kick():
            return Request(_to_member("DELETE", action), (guild_id, KICKING))
        case Ban():
            options = {"json": {"delete_message_seconds": 0}}
            return Request(_to_ban("PUT", action), (guild_id, BANNING), options)
        case Unban():
            return Request(_to_ban("DELETE", action), (guild_id, BANNING))


def member_route(guild_id: int, user_id: int) -> Route:
    """Where a member is looked up."""
    return Route("GET", _MEMBER, guild_id=guild_id, user_id=user_id)


def ban_route(guild_id: int, user_id: int) -> Route:
    """Where a ban is looked up."""
    return Route("GET", _BAN, guild_id=guild_id, user_id=user_id)


def _to_member(method: str, action: SetNickname | TimeOut | EndTimeout | Kick) -> Route:
    return Route(method, _MEMBER, guild_id=action.guild_id, user_id=action.user_id)


def _to_ban(method: str, action: Ban | Unban) -> Route:
    return Route(method, _BAN, guild_id=action.guild_id, user_id=action.user_id)


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
