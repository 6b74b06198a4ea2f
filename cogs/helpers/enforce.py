"""An action becomes a REST request, and what Discord answers becomes a named outcome."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.helpers.nextcord_private.rate_limits import LimitReachedError
from cogs.helpers.people import Me, member_of
from cogs.helpers.refusals import Refusals
from cogs.helpers.requests import LONGEST_TIMEOUT_MS, ban_route, member_route, request_for
from cogs.helpers.translate import active_threads, thread_seen
from moderation.events import ThreadSeen
from moderation.people import Person
from moderation.verdict import (
    Action,
    Ban,
    DeleteMessage,
    EndTimeout,
    Kick,
    Outcome,
    RenameThread,
    Result,
    SetNickname,
    TimeOut,
    Unban,
)
from service.clock import utc_ms
from service.members import NotFoundOut
from service.ports import Gate, InForce

GONE = frozenset({10003, 10004, 10007, 10008, 10013, 10026})
"""Unknown channel, guild, member, message, user, ban: there is nothing left to act on. A bare 404
without such a code is a failure, since it may only mean that the address is wrong."""

NEEDED = {
    DeleteMessage: "Manage Messages in this channel",
    SetNickname: "Manage Nicknames and a role above the member's",
    RenameThread: "Manage Threads in this channel",
    TimeOut: "Moderate Members (Timeout Members) and a role above the member's",
    EndTimeout: "Moderate Members (Timeout Members) and a role above the member's",
    Kick: "Kick Members and a role above the member's",
    Ban: "Ban Members and a role above the member's",
    Unban: "Ban Members",
}
"""What Discord asks for each kind of action, in the words of its interface."""

MISSING = {
    50001: "the bot cannot see this channel: it needs View Channel",
    50013: "the bot lacks a permission: it needs {needed}",
    60003: "the server demands two-factor authentication of whoever owns the bot",
}
"""Discord's error codes for which a permission helps, in words that say what to change (Discord,
JSON Error Codes)."""

NEVER_ALLOWED = frozenset({50021})
"""Refused whatever the permissions: a system message."""


DONE_TO = {TimeOut: "timed out", Kick: "kicked", Ban: "banned"}

SECOND_MS = 1000

type Kind = type[Action]


class Enforcer:
    """Fulfils the service's Discord port by ids alone, so that nothing missing from a cache ever
    stops an action."""

    def __init__(self) -> None:
        self._client: nextcord.Client | None = None
        self._refusals = Refusals()

    def use(self, client: nextcord.Client) -> None:
        """The client whose REST connection to use; given once, before anything is enforced."""
        self._client = client

    async def enforce(self, action: Action, *, when: Gate | None = None) -> Result:
        """See :class:`service.ports.Discord`."""
        asked = request_for(action, utc_ms())
        options = asked.options if when is None else {**asked.options, "when": when}
        result = await self._try(type(action), asked.place, asked.route, action.reason, **options)
        if result.outcome is Outcome.FORBIDDEN and (never := await self._never(action)):
            return Result(Outcome.FAILED, never)
        return result

    async def delete_together(self, actions: Sequence[DeleteMessage]) -> Result:
        """See :class:`service.ports.Discord`."""
        first = actions[0]
        route = Route(
            "POST", "/channels/{channel_id}/messages/bulk-delete", channel_id=first.channel_id
        )
        body = {"messages": [str(action.message_id) for action in actions]}
        place = (first.guild_id, first.channel_id)
        return await self._try(DeleteMessage, place, route, _reason_of_many(actions), json=body)

    async def in_force(self, action: TimeOut | Kick | Ban, since: int) -> InForce:
        """See :class:`service.ports.Discord`."""
        if isinstance(action, Ban):
            banned = await self._look_up(ban_route(action.guild_id, action.user_id))
            return InForce.NO if banned is None else InForce.YES
        member = await self._look_up(member_route(action.guild_id, action.user_id))
        if isinstance(action, Kick):
            left = member is None or (_ms(member.get("joined_at")) or 0) > since
            return InForce.YES if left else InForce.NO
        ends = _ms((member or {}).get("communication_disabled_until")) or 0
        if ends > action.until + SECOND_MS:
            return InForce.LONGER
        asked_for = min(action.until, since + LONGEST_TIMEOUT_MS)
        return InForce.YES if ends >= asked_for - SECOND_MS else InForce.NO

    async def member(self, guild_id: int, user_id: int) -> Person | None:
        """See :class:`service.ports.Discord`."""
        client = self._require_client()
        me = Me(client.user.id) if client.user else None
        found = await self._look_up(member_route(guild_id, user_id))
        return None if found is None else member_of(found, me)

    async def title(self, guild_id: int, thread_id: int) -> str | None:
        """See :class:`service.ports.Threads`."""
        route = Route("GET", "/channels/{channel_id}", channel_id=thread_id)
        thread = await self._look_up(route)
        seen = None if thread is None else thread_seen({**thread, "guild_id": guild_id})
        return seen.title if seen else None

    async def active(self, guild_id: int) -> list[ThreadSeen]:
        """See :class:`service.ports.Threads`."""
        route = Route("GET", "/guilds/{guild_id}/threads/active", guild_id=guild_id)
        return list(active_threads(await self._look_up(route) or {}, guild_id))

    async def _never(self, action: Action) -> str:
        """Why Discord will never let anybody do this, whatever a bot's permissions; "" where a
        permission or a higher role may help."""
        if not isinstance(action, TimeOut | Kick | Ban):
            return ""
        guild = self._require_client().get_guild(action.guild_id)
        if guild is None:
            return ""
        done = DONE_TO[type(action)]
        if guild.owner_id == action.user_id:
            return f"the owner of a server cannot be {done}"
        if not isinstance(action, TimeOut):
            return ""
        try:
            member = await self._look_up(member_route(action.guild_id, action.user_id))
        except NotFoundOut:
            return ""
        roles = [guild.get_role(int(role)) for role in (member or {}).get("roles", ())]
        if any(role is not None and role.permissions.administrator for role in roles):
            return f"members with Administrator cannot be {done}: take that role from them first"
        return ""

    async def _look_up(self, route: Route) -> dict[str, Any] | None:
        """What Discord has there; None where it is gone. Raises NotFoundOut."""
        try:
            found = await self._require_client().http.request(route)
        except nextcord.HTTPException as error:
            if error.code in GONE:
                return None
            passing = error.status >= 500 or error.status == 429
            raise NotFoundOut(f"{error.status} {error.text}".strip(), passing=passing) from error
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise NotFoundOut(str(error) or type(error).__name__, passing=True) from error
        if not isinstance(found, dict):
            raise NotFoundOut("Discord answered with something else", passing=True)
        return found

    def permissions_changed(self, guild_id: int) -> None:
        """A role, a channel or our own membership changed: what was refused may work now."""
        self._refusals.permissions_changed(guild_id)

    def _require_client(self) -> nextcord.Client:
        if self._client is None:
            raise RuntimeError("the enforcer was given no client")
        return self._client

    async def _try(
        self,
        kind: Kind,
        place: tuple[int, int],
        route: Route,
        reason: str,
        **options: Any,
    ) -> Result:
        if not await self._refusals.enter(place):
            return Result(Outcome.FORBIDDEN, "not tried again yet after many refusals")
        refused = None
        try:
            await self._require_client().http.request(route, reason=reason, **options)
            refused = False
        except nextcord.HTTPException as error:
            refused = True if error.status == 403 else None
            return _refusal(kind, error)
        except LimitReachedError as error:
            return Result(Outcome.FAILED, str(error), final=False, again_in=error.seconds)
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            return Result(Outcome.FAILED, str(error) or type(error).__name__, final=False)
        finally:
            self._refusals.leave(place, refused=refused)
        return Result(Outcome.DONE)


def _ms(timestamp: object) -> int | None:
    """Discord's time in UTC milliseconds; None where there is none."""
    if not isinstance(timestamp, str):
        return None
    try:
        return int(datetime.fromisoformat(timestamp).timestamp() * 1000)
    except ValueError:
        return None


def _refusal(kind: Kind, error: nextcord.HTTPException) -> Result:
    if error.code in GONE:
        return Result(Outcome.GONE, error.text)
    if error.status == 403:
        if error.code in NEVER_ALLOWED:
            return Result(Outcome.FAILED, error.text)
        missing = MISSING.get(error.code)
        said = missing.replace("{needed}", NEEDED[kind]) if missing else error.text
        return Result(Outcome.FORBIDDEN, said)
    passing = error.status >= 500 or error.status == 429
    return Result(Outcome.FAILED, f"{error.status} {error.text}".strip(), final=not passing)


def _reason_of_many(actions: Sequence[DeleteMessage]) -> str:
    """For the audit log, which has one entry for the whole request."""
    reasons = list(dict.fromkeys(action.reason for action in actions))
    return reasons[0] if len(reasons) == 1 else f"{len(actions)} messages. " + "; ".join(reasons)
