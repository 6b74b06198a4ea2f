"""Writing to people: a conversation, a message, taking it away again. What Discord answers becomes
a value; nothing raises."""

from collections.abc import Mapping, Set
from typing import Any

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.helpers.granting import NEEDED
from cogs.helpers.nextcord_private.rate_limits import LimitReachedError
from cogs.helpers.people import snowflake
from cogs.helpers.replies import NO_PINGS
from moderation.consequence import Step
from moderation.notices import Names
from moderation.snowflakes import first_at
from service.notice_ports import Sent

PATIENCE_SECONDS = 20.0
"""How long a rate limit is waited for in one attempt."""

SUPPRESS_EMBEDS = 1 << 2
"""A link in an admin's template makes no preview (Discord, Message Flags)."""

GONE = frozenset({10003, 10008})
"""Unknown channel or message."""

REFUSALS = {
    50007: "they take no direct messages from me (closed, or I am blocked)",
    50278: "they are in no server with me any more",
    10013: "there is no such account",
    40003: "Discord lets me open no more conversations just now",
    50001: "I cannot see the channel",
    50013: "I may not write in the channel: I need Send Messages",
    10003: "the channel is gone",
    160005: "the thread is locked",
}
"""Discord's error codes in words that say what to change (Discord, JSON Error Codes)."""


class Messenger:
    """Fulfils ``service.notice_ports.Messenger`` by ids alone."""

    def __init__(self) -> None:
        self._client: nextcord.Client | None = None

    def use(self, client: nextcord.Client) -> None:
        """The client whose REST connection to use; given once."""
        self._client = client

    def names(self, guild_id: int, channel_id: int | None) -> Names:
        """See the port."""
        guild = self._require_client().get_guild(guild_id)
        if guild is None:
            return Names()
        channel = guild.get_channel_or_thread(channel_id) if channel_id else None
        return Names(guild.name or "", channel.name if channel is not None else "")

    def may(self, guild_id: int, step: Step, role_ids: Set[int]) -> bool:
        """See the port."""
        guild = self._require_client().get_guild(guild_id)
        if guild is None or guild.me is None or step not in NEEDED:
            return True
        mine = guild.me.top_role
        theirs = (guild.get_role(one) for one in role_ids)
        above = any(role is not None and role >= mine for role in theirs)
        return bool(getattr(guild.me.guild_permissions, NEEDED[step])) and not above

    async def open(self, user_id: int) -> Sent:
        """See the port."""
        route = Route("POST", "/users/@me/channels")
        return await self._made(route, {"recipient_id": str(user_id)})

    async def send(self, channel_id: int, text: str, nonce: str) -> Sent:
        """See the port."""
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
        body = {
            "content": text,
            "nonce": nonce,
            "enforce_nonce": True,
            "allowed_mentions": NO_PINGS,
            "flags": SUPPRESS_EMBEDS,
        }
        return await self._made(route, body)

    async def remove(self, channel_id: int, message_id: int) -> Sent:
        """See the port."""
        route = Route(
            "DELETE",
            "/channels/{channel_id}/messages/{message_id}",
            channel_id=channel_id,
            message_id=message_id,
        )
        answer = await self._ask(route)
        if isinstance(answer, Sent) and not answer.gone:
            return answer
        return Sent(message_id)

    async def find(self, channel_id: int, text: str, since: int) -> Sent:
        """See the port."""
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel_id)
        client = self._require_client()
        messages = await self._ask(route, params={"after": first_at(since), "limit": 100})
        if isinstance(messages, Sent):
            return messages
        me = client.user.id if client.user else 0
        for message in messages if isinstance(messages, list) else ():
            if isinstance(message, Mapping) and message.get("content") == text:
                author = message.get("author") or {}
                if author.get("id") == str(me):
                    return Sent(snowflake(message["id"]))
        return Sent(why="it does not stand there", closed=True)

    async def _made(self, route: Route, body: Mapping[str, Any]) -> Sent:
        """Make something; its id."""
        answer = await self._ask(route, json=body)
        if isinstance(answer, Sent):
            return answer
        try:
            return Sent(snowflake(answer["id"]))
        except (KeyError, TypeError, ValueError):
            return Sent(why="Discord answered with something else", maybe=True)

    async def _ask(self, route: Route, **options: Any) -> Any:
        """What Discord answers, or a Sent that says why it did not do it."""
        http = self._require_client().http
        try:
            return await http.request(route, patience=PATIENCE_SECONDS, **options)
        except nextcord.HTTPException as error:
            why = REFUSALS.get(error.code) or f"{error.status} {error.text}".strip()
            passing = error.status >= 500 or error.status == 429
            gone = error.code in GONE
            return Sent(why=why, closed=not passing, gone=gone, maybe=error.status >= 500)
        except LimitReachedError as error:
            return Sent(why=str(error), again_in=error.seconds)
        except aiohttp.ClientConnectorError as error:
            return Sent(why=str(error))
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            return Sent(why=str(error) or type(error).__name__, maybe=True)

    def _require_client(self) -> nextcord.Client:
        if self._client is None:
            raise RuntimeError("the messenger was given no client")
        return self._client
