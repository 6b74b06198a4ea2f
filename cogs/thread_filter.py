"""Listens for threads and forum posts, new and renamed, and hands their titles to the moderator."""

from collections.abc import Iterator
from typing import ClassVar

from nextcord import Intents

from cogs.base import Cog
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import snowflake
from cogs.helpers.translate import thread_seen
from moderation.events import ThreadSeen
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
            self._titles.available(snowflake(data["id"]), list(active_threads(data)))

    def _judge(self, data: Payload) -> None:
        event = thread_seen(data)
        if event is not None:
            self._moderator.handle(event)


def active_threads(guild: Payload) -> Iterator[ThreadSeen]:
    """The active threads of a GUILD_CREATE; what makes no sense is passed over."""
    for data in guild.get("threads") or ():
        try:
            event = thread_seen({**data, "guild_id": guild["id"]})
        except (KeyError, TypeError, ValueError):
            continue
        if event is not None:
            yield event
