"""Tells authors what happened: goes on after a start with what an earlier run left."""

from typing import ClassVar

from nextcord import Intents

from cogs.base import Cog
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import snowflake
from service.notices import Notices


class NoticesAfterStart(Cog):
    """To stand before whatever takes up kicks and bans: those wait for it."""

    intents = Intents(guilds=True)
    permissions: ClassVar = {
        "send_messages": "only where authors are told by a short reply: to write it",
    }

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    @on_payload("READY")
    def ready(self, data: Payload) -> None:
        """READY lists every server that the bot is in."""
        self._notices.begin([snowflake(guild["id"]) for guild in data["guilds"]])
