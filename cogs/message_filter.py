"""Listens for messages, new and edited, and hands each to the moderator."""

from typing import ClassVar

from nextcord import Intents

from cogs.base import Cog
from cogs.helpers.identity import Identity
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.translate import message_created, message_edited
from service.moderator import Moderator


class MessageFilter(Cog):
    """MESSAGE_CREATE and MESSAGE_UPDATE, the latter of uncached messages as well."""

    intents = Intents(guilds=True, guild_messages=True, message_content=True)
    permissions: ClassVar = {
        "view_channel": "to see the messages of a channel",
        "manage_messages": "to delete a message that holds a banned word",
        "read_message_history": "to try a new entry on recent messages before it is kept",
        "moderate_members": "only for timeouts, by lists, by the ladder or by buttons",
        "kick_members": "only for kicks, by lists, by the ladder or by buttons",
        "ban_members": "only for bans, by lists, by the ladder or by buttons",
    }

    def __init__(self, moderator: Moderator, identity: Identity) -> None:
        self._moderator = moderator
        self._identity = identity

    @on_payload("MESSAGE_CREATE")
    def created(self, data: Payload) -> None:
        """A message was posted."""
        event = message_created(data, self._identity.me())
        if event is not None:
            self._moderator.handle(event)

    @on_payload("MESSAGE_UPDATE")
    def edited(self, data: Payload) -> None:
        """A message was edited, or Discord changed something about it."""
        event = message_edited(data, self._identity.me())
        if event is not None:
            self._moderator.handle(event)
