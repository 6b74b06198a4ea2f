"""Reading over REST what stands in a channel, for what was missed."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.helpers.enforce import GONE
from cogs.helpers.identity import Identity
from cogs.helpers.people import snowflake
from cogs.helpers.translate import message_created, message_edited
from service.history import Posted, Unreadable

type Json = Mapping[str, Any]

MOST = 100
"""Messages in one request (Discord, Get Channel Messages)."""

EMPTY_SECONDS = 1.0
"""After an empty answer it is asked once more, so much later. Without Read Message History Discord
says that nothing stands there, and that the permission was taken may be on its way just then."""

NO_VIEW = "the bot needs View Channel there"
NO_HISTORY = "the bot needs Read Message History there"


class History:
    """Fulfils the service's History port."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._client: nextcord.Client | None = None

    def use(self, client: nextcord.Client) -> None:
        """The client whose connection to use; given once, before anything is read."""
        self._client = client

    def hidden(self, guild_id: int, channel_id: int | None) -> Collection[int]:
        """See :class:`service.ports.History`."""
        guild = self._client.get_guild(guild_id) if self._client is not None else None
        if self._client is None or guild is None:
            return ()
        places = [channel_id] if channel_id else [one.id for one in guild.channels]
        places += [one.id for one in guild.threads if channel_id in (None, one.parent_id)]
        return [one for one in places if _forbidden(self._client, guild_id, one) == NO_VIEW]

    async def latest(self, guild_id: int, channel_id: int) -> Sequence[Posted]:
        """See :class:`service.ports.History`."""
        return await self._read(guild_id, channel_id, {"limit": MOST}, edited=True)

    async def after(
        self, guild_id: int, channel_id: int, message_id: int, limit: int
    ) -> Sequence[Posted]:
        """See :class:`service.ports.History`."""
        params = {"after": message_id, "limit": min(limit, MOST)}
        return await self._read(guild_id, channel_id, params, edited=False)

    async def _read(
        self, guild_id: int, channel_id: int, params: dict[str, int], *, edited: bool
    ) -> list[Posted]:
        answer = await self._ask(guild_id, channel_id, params)
        if not answer:
            await asyncio.sleep(EMPTY_SECONDS)
            answer = await self._ask(guild_id, channel_id, params)
        found = [posted for data in answer if (posted := self._posted(data, guild_id, edited))]
        return sorted(found, key=lambda posted: posted.message_id)

    async def _ask(self, guild_id: int, channel_id: int, params: dict[str, int]) -> list[object]:
        if self._client is None:
            raise RuntimeError("nobody said which client to read with")
        why = _forbidden(self._client, guild_id, channel_id)
        if why is not None:
            # Discord would answer with an empty list, as if nothing had been said.
            raise Unreadable(why)
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel_id)
        try:
            answer = await self._client.http.request(route, params=params)
        except nextcord.HTTPException as error:
            raise _unreadable(error) from error
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise Unreadable(str(error) or type(error).__name__, passing=True) from error
        if not isinstance(answer, list):
            raise Unreadable("Discord answered with something that is no list", passing=True)
        return answer

    def _posted(self, data: object, guild_id: int, edited: bool) -> Posted | None:
        """One message of an answer, which lacks the guild's id; None for one that makes no
        sense."""
        if not isinstance(data, dict):
            return None
        translate = message_edited if edited else message_created
        try:
            event = translate({**data, "guild_id": str(guild_id)}, self._identity.me())
            return Posted(snowflake(data["id"]), _moment(data.get("edited_timestamp")), event)
        except (KeyError, TypeError, ValueError, OverflowError):
            return None


def _moment(value: object) -> int | None:
    """A time as Discord writes it (ISO 8601) in UTC milliseconds."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("a time that is no text")
    return round(datetime.fromisoformat(value).timestamp() * 1000)


def _unreadable(error: nextcord.HTTPException) -> Unreadable:
    if error.code in GONE:
        return Unreadable(error.text, gone=True)
    passing = error.status >= 500 or error.status == 429
    return Unreadable(f"Discord answered {error.status} {error.text}".strip(), passing=passing)


def _forbidden(client: nextcord.Client, guild_id: int, channel_id: int) -> str | None:
    """What the bot lacks there, as far as Nextcord knows of the channel."""
    guild = client.get_guild(guild_id)
    channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
    if guild is None or guild.me is None or channel is None:
        return None
    try:
        allowed = channel.permissions_for(guild.me)
    except nextcord.ClientException:
        return None  # a thread whose channel is not known
    if not allowed.view_channel:
        return NO_VIEW
    return None if allowed.read_message_history else NO_HISTORY
