"""Listens for threads and forum posts, new and renamed, and hands their titles to the moderator."""

from typing import ClassVar

from nextcord import Intents

from cogs.base import Cog
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import snowflake
from cogs.helpers.translate import active_threads, thread_seen
from service.moderator import Moderator
from service.titles import Titles


class ThreadFilter(Cog):
    """THREAD_CREATE and THREAD_UPDATE, also of threads that Nextcord has not cached. What is
    written in a thread arrives as any message does, a forum post's own text included.

    THREAD_CREATE also tells of an old thread that the bot can see from now on; its title is judged
    all the same. THREAD_UPDATE does not say what has changed: the moderator remembers the title.
    GUILD_CREATE lists the active threads, of which some may be new since the bot was here last.
    """

    intents = Intents(guilds=True)
    permissions: ClassVar = {
        "manage_threads": "to take a banned word out of the title of a thread or forum post",
    }

    def __init__(self, moderator: Moderator, titles: Titles) -> None:
        self._moderator = moderator
        self._titles = titles

    @on_payload("THREAD_CREATE")
    def opened(self, data: Payload) -> None:
        """A thread or a forum post was opened, or can be seen now."""
        self._judge(data)

    @on_payload("THREAD_UPDATE")
    def changed(self, data: Payload) -> None:
        """Something about a thread has changed; its title, perhaps."""
        self._judge(data)

    @on_payload("GUILD_CREATE")
    def available(self, data: Payload) -> None:
        """A server is available, with its active threads."""
        if data.get("unavailable") is not True:
            guild_id = snowflake(data["id"])
            self._titles.available(guild_id, list(active_threads(data, guild_id)))

    @on_payload("THREAD_LIST_SYNC")
    def seen_again(self, data: Payload) -> None:
        """The bot can see channels that it could not see before, with these active threads
        (Discord, Thread List Sync)."""
        guild_id = snowflake(data["guild_id"])
        self._titles.available(guild_id, list(active_threads(data, guild_id)))

    @on_payload("GUILD_DELETE")
    def gone(self, data: Payload) -> None:
        """A server is out of reach, or the bot was removed."""
        self._titles.forget(snowflake(data["id"]))

    def _judge(self, data: Payload) -> None:
        event = thread_seen(data)
        if event is not None:
            self._moderator.handle(event)
