"""Listens for what tells where something may have been missed: connections, servers that become
available, channels and threads that come and go."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from nextcord import Intents

from cogs.base import Cog
from cogs.helpers.identity import Identity
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import snowflake
from moderation.snowflakes import made_at
from service.catchup import CatchUp
from service.gaps import Place
from service.positions import Positions

WITHOUT_MESSAGES = frozenset({4, 14, 15, 16})
"""Categories, directories, forums and media channels: what is said in a forum stands in its
threads, and its last_message_id is a thread's (Discord, Channel)."""


HIDDEN = 1 << 17
"""The flag of a channel that the bot cannot view. Discord tells of it in part, and in full, by a
CHANNEL_UPDATE, when the bot can view it again (Discord, Channel, Obfuscated Channels)."""


class CatchingUp(Cog):
    """Tells the positions and what catches up; reads nothing itself."""

    intents = Intents(guilds=True, members=True)
    permissions: ClassVar = {
        "view_channel": "to see the messages of a channel",
        "read_message_history": "to read what was said while the bot was away",
    }

    def __init__(self, catch_up: CatchUp, positions: Positions, identity: Identity) -> None:
        self._identity = identity
        self._catch_up = catch_up
        self._positions = positions

    @Cog.listener()
    async def on_disconnect(self) -> None:
        """The connection is gone."""
        self._positions.lost()

    @on_payload("RESUMED")
    def resumed(self, data: Payload) -> None:
        """Discord has sent everything that was missed."""
        self._positions.regained()

    @on_payload("READY")
    def ready(self, data: Payload) -> None:
        """A new session: what was missed will not come by itself."""
        self._positions.new_session()

    @on_payload("GUILD_CREATE")
    def available(self, data: Payload) -> None:
        """A server is available, with all its channels and its active threads."""
        if data.get("unavailable") is not True:
            self._catch_up.available(snowflake(data["id"]), list(places(data)))

    @on_payload("GUILD_DELETE")
    def unavailable(self, data: Payload) -> None:
        """A server is out of reach, or the bot was removed."""
        guild_id = snowflake(data["id"])
        self._catch_up.unavailable(guild_id)
        if data.get("unavailable") is True:
            self._positions.pause(guild_id)
        else:
            self._positions.leave_guild(guild_id)

    @on_payload("GUILD_ROLE_UPDATE")
    def role_changed(self, data: Payload) -> None:
        """A role may have been given, or have lost, what it takes to see or read."""
        self._catch_up.permissions_changed(snowflake(data["guild_id"]))

    @on_payload("GUILD_ROLE_DELETE")
    def role_gone(self, data: Payload) -> None:
        """It may have been ours."""
        self._catch_up.permissions_changed(snowflake(data["guild_id"]))

    @on_payload("GUILD_MEMBER_UPDATE")
    def member_changed(self, data: Payload) -> None:
        """Our own roles may have changed."""
        if snowflake(data["user"]["id"]) == self._identity.me().user_id:
            self._catch_up.permissions_changed(snowflake(data["guild_id"]))

    @on_payload("CHANNEL_UPDATE")
    def channel_changed(self, data: Payload) -> None:
        """An overwrite may have been changed."""
        if data.get("guild_id") is not None:
            guild_id, channel_id = snowflake(data["guild_id"]), snowflake(data["id"])
            self._catch_up.permissions_changed(guild_id, channel_id, hidden=_is_hidden(data))

    @on_payload("CHANNEL_CREATE")
    def channel_made(self, data: Payload) -> None:
        """A channel was made."""
        self._begin(data)

    @on_payload("CHANNEL_DELETE")
    def channel_gone(self, data: Payload) -> None:
        """A channel was deleted."""
        if data.get("guild_id") is not None:
            self._positions.forget(snowflake(data["guild_id"]), snowflake(data["id"]))

    @on_payload("THREAD_LIST_SYNC")
    def seen_again(self, data: Payload) -> None:
        """The bot can see channels that it could not see before, with these active threads
        (Discord, Thread List Sync)."""
        threads = {}
        for thread in data.get("threads") or ():
            threads[snowflake(thread["id"])] = snowflake(thread["parent_id"])
        guild_id = snowflake(data["guild_id"])
        self._catch_up.seen_again(guild_id, threads)

    @on_payload("THREAD_CREATE")
    def thread_made(self, data: Payload) -> None:
        """A thread or forum post was opened, or the bot was added to one."""
        if data.get("newly_created") is True:
            # The first message of a forum post has the thread's own id.
            self._positions.begin(
                snowflake(data["guild_id"]), snowflake(data["id"]), snowflake(data["id"]) - 1
            )
        else:
            self._begin(data)

    @on_payload("THREAD_UPDATE")
    def thread_changed(self, data: Payload) -> None:
        """An archived thread is silent until its next message brings it back."""
        metadata = data.get("thread_metadata")
        if isinstance(metadata, dict) and metadata.get("archived") is True:
            self._positions.forget(snowflake(data["guild_id"]), snowflake(data["id"]))

    @on_payload("THREAD_DELETE")
    def thread_gone(self, data: Payload) -> None:
        """A thread was deleted."""
        self._positions.forget(snowflake(data["guild_id"]), snowflake(data["id"]))

    def _begin(self, data: Payload) -> None:
        if data.get("guild_id") is not None and data.get("type") not in WITHOUT_MESSAGES:
            channel_id = snowflake(data["id"])
            newest = data.get("last_message_id")
            after = channel_id - 1 if newest is None else snowflake(newest)
            self._positions.begin(snowflake(data["guild_id"]), channel_id, after)


def places(guild: Mapping[str, Any]) -> Iterator[Place]:
    """The channels and active threads of a GUILD_CREATE in which messages stand; what makes no
    sense is passed over."""
    for key, is_thread in (("channels", False), ("threads", True)):
        for data in guild.get(key) or ():
            try:
                if data.get("type") in WITHOUT_MESSAGES:
                    continue
                channel_id = snowflake(data["id"])
                newest = data.get("last_message_id")
                yield Place(
                    channel_id,
                    None if newest is None else snowflake(newest),
                    made_at(channel_id),
                    is_thread,
                    _is_hidden(data),
                )
            except (AttributeError, KeyError, TypeError, ValueError):
                continue


def _is_hidden(channel: Mapping[str, Any]) -> bool:
    flags = channel.get("flags")
    return isinstance(flags, int) and bool(flags & HIDDEN)
