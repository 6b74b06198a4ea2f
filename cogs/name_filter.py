"""Listens for joins and for changes of names, and hands each to the moderator."""

from typing import ClassVar

from nextcord import Intents

from cogs.base import Cog
from cogs.helpers.identity import Identity
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.translate import member_changed
from service.moderator import Moderator


class NameFilter(Cog):
    """GUILD_MEMBER_ADD and GUILD_MEMBER_UPDATE, also of members that Nextcord has not cached. A
    changed account name arrives as GUILD_MEMBER_UPDATE in every server shared with the bot."""

    intents = Intents(guilds=True, members=True)
    permissions: ClassVar = {
        "manage_nicknames": "to remove a nickname that holds a banned word",
    }

    def __init__(self, moderator: Moderator, identity: Identity) -> None:
        self._moderator = moderator
        self._identity = identity

    @on_payload("GUILD_MEMBER_ADD")
    def joined(self, data: Payload) -> None:
        """Someone joined."""
        self._moderator.handle(member_changed(data, self._identity.me()))

    @on_payload("GUILD_MEMBER_UPDATE")
    def changed(self, data: Payload) -> None:
        """A member or the account behind it changed."""
        self._moderator.handle(member_changed(data, self._identity.me()))
