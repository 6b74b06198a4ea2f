"""Writing the mod log over REST: each entry once, whatever is lost on the way.

Nextcord's ``send`` knows no ``enforce_nonce``, with which Discord answers a message that it has
already with that message, for "the past few minutes" (Discord, Create Message)."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.helpers.checks import permission_name
from cogs.helpers.enforce import GONE
from cogs.helpers.identity import Identity
from cogs.helpers.log_entries import first_case, log_message, owner_text
from cogs.helpers.nextcord_private.rate_limits import Haste, LimitReachedError
from cogs.helpers.people import snowflake
from cogs.helpers.permissions import everyone_sees, in_channel
from cogs.helpers.replies import NO_PINGS, shorten
from service.log_channel import (
    ChannelUnfit,
    Fitness,
    LogEntry,
    PostFailed,
    PostGone,
    PostRefused,
    Unfit,
)

type Json = dict[str, Any]

UNKNOWN_MESSAGE = 10008
PRIVATE_THREAD = 12
THREADS = (10, 11, PRIVATE_THREAD)
"""Types of channels that have the permissions of their parent (Discord, Channel Types)."""

MOST = 100
"""Messages in one request (Discord, Get Channel Messages)."""

PATIENCE_SECONDS = 60.0
"""How long an entry waits for a rate limit before it is looked at anew: by then its nonce may be
forgotten."""

CLOCKS_APART_MS = 60_000
"""How far Discord's clock may be behind ours."""

UNREACHABLE = (OSError, aiohttp.ClientError, TimeoutError, LimitReachedError)


class Posting:
    """Fulfils the service's LogChannels port."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._client: nextcord.Client | None = None

    def use(self, client: nextcord.Client) -> None:
        """The client whose connection to use; given once, before anything is written."""
        self._client = client

    async def post(self, guild_id: int, channel_id: int, entry: LogEntry, nonce: str) -> int:
        """See :class:`service.log_channel.LogChannels`."""
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
        return _id(await self._send(route, {**log_message(entry), **once(nonce)}))

    async def edit(self, guild_id: int, channel_id: int, message_id: int, entry: LogEntry) -> None:
        """See :class:`service.log_channel.LogChannels`."""
        route = Route(
            "PATCH",
            "/channels/{channel_id}/messages/{message_id}",
            channel_id=channel_id,
            message_id=message_id,
        )
        await self._send(route, log_message(entry))

    async def find(
        self, guild_id: int, channel_id: int, numbers: Collection[int], since: int
    ) -> int | None:
        """See :class:`service.log_channel.LogChannels`."""
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel_id)
        moment = datetime.fromtimestamp((since - CLOCKS_APART_MS) / 1000, UTC)
        after = nextcord.utils.time_snowflake(moment)
        while True:
            page = await self._send(route, None, params={"limit": MOST, "after": after})
            messages = [one for one in page if isinstance(one, dict)]
            for message in messages:
                if self._ours(message) and first_case(message) in numbers:
                    return _id(message)
            if len(messages) < MOST:
                return None
            after = max(_id(message) for message in messages)

    async def fitness(self, guild_id: int, channel_id: int) -> Fitness:
        """See :class:`service.log_channel.LogChannels`."""
        guild = self._require_client().get_guild(guild_id)
        if guild is None or guild.me is None:
            return Fitness()
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            return await self._asked(guild, guild.me, channel_id)
        thread = isinstance(channel, nextcord.Thread)
        try:
            mine = channel.permissions_for(guild.me)
            everyone = channel.permissions_for(guild.default_role)
        except nextcord.ClientException:
            # A thread whose channel is not known.
            return await self._asked(guild, guild.me, channel_id)
        private = isinstance(channel, nextcord.Thread) and channel.is_private()
        return _judged(mine, public=everyone.view_channel and not private, thread=thread)

    async def tell_owner(self, guild_id: int, channel_id: int, fitness: Fitness) -> bool:
        """See :class:`service.log_channel.LogChannels`."""
        guild = self._require_client().get_guild(guild_id)
        if guild is None or not guild.owner_id:
            return False
        http = self._require_client().http
        recipient = {"recipient_id": str(guild.owner_id)}
        try:
            direct = await http.request(
                Route("POST", "/users/@me/channels"), json=recipient, repeatable=True
            )
            route = Route("POST", "/channels/{channel_id}/messages", channel_id=_id(direct))
            body = {
                "content": owner_text(guild.name, channel_id, fitness),
                "allowed_mentions": NO_PINGS,
            }
            await http.request(route, json=body)
        except (nextcord.HTTPException, ValueError, *UNREACHABLE):
            return False
        return True

    async def _asked(self, guild: nextcord.Guild, me: nextcord.Member, channel_id: int) -> Fitness:
        """Nextcord does not know the channel: it is gone, an archived thread, another server's, of
        a new kind, or listed after one of a new kind."""
        try:
            found = place = await self._channel(channel_id)
            if str(found.get("guild_id")) != str(guild.id):
                return Fitness(Unfit.GONE)
            thread = found.get("type") in THREADS
            if thread:
                place = await self._channel(snowflake(found["parent_id"]))
            public = everyone_sees(place, guild) and found.get("type") != PRIVATE_THREAD
            return _judged(in_channel(place, me), public=public, thread=thread)
        except ChannelUnfit as error:
            return error.fitness
        except (PostFailed, PostRefused, PostGone):
            return Fitness()  # it will show
        except (KeyError, TypeError, ValueError):
            return Fitness(Unfit.PUBLIC)  # it may be

    async def _channel(self, channel_id: int) -> Json:
        route = Route("GET", "/channels/{channel_id}", channel_id=channel_id)
        found = await self._send(route, None)
        if not isinstance(found, dict):
            raise TypeError("a channel that is no object")
        return found

    async def _send(self, route: Route, body: Json | None, **options: Any) -> Any:
        if body is not None:
            options["json"] = body
        try:
            return await self._require_client().http.request(
                route, haste=Haste.LOGGING, repeatable=True, patience=PATIENCE_SECONDS, **options
            )
        except nextcord.HTTPException as error:
            raise _told(error) from error
        except UNREACHABLE as error:
            raise PostFailed(str(error) or type(error).__name__) from error

    def _ours(self, message: Mapping[str, Any]) -> bool:
        author = message.get("author")
        return isinstance(author, dict) and str(author.get("id")) == str(
            self._identity.me().user_id
        )

    def _require_client(self) -> nextcord.Client:
        if self._client is None:
            raise RuntimeError("nobody said which client to write with")
        return self._client


def _judged(mine: nextcord.Permissions, *, public: bool, thread: bool) -> Fitness:
    """Whether a channel will do in which the bot has these permissions."""
    if not mine.view_channel:
        return Fitness(Unfit.CLOSED, (permission_name("view_channel"),))
    send = "send_messages_in_threads" if thread else "send_messages"
    # Who may not write may not embed either (Discord, Implicit Permissions).
    needed = (send, "read_message_history", *(["embed_links"] if getattr(mine, send) else []))
    if missing := [name for name in needed if not getattr(mine, name)]:
        return Fitness(Unfit.CLOSED, tuple(map(permission_name, missing)))
    return Fitness(Unfit.PUBLIC) if public else Fitness()


def once(nonce: str) -> Json:
    """The fields that make a message one message, however often it is sent within minutes."""
    return {"nonce": nonce, "enforce_nonce": True}


def _told(error: nextcord.HTTPException) -> Exception:
    """What a refusal means."""
    if error.code == UNKNOWN_MESSAGE:
        return PostGone(error.text)
    if error.code in GONE:
        return ChannelUnfit(Fitness(Unfit.GONE))
    if error.status == 403:
        return ChannelUnfit(Fitness(Unfit.CLOSED))
    said = f"{error.status} {shorten(error.text, 300)}".strip()
    if error.status >= 500 or error.status == 429:
        return PostFailed(said)
    return PostRefused(said)


def _id(message: object) -> int:
    """Raises PostFailed for what is not a message of Discord's."""
    try:
        return snowflake(message["id"])  # type: ignore[index]  # TypeError is caught
    except (KeyError, TypeError, ValueError) as error:
        raise PostFailed("Discord answered with something else") from error
