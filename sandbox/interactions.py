"""Interactions: somebody used a command, pressed a button, typed into a form.

Reference, "Receiving and Responding to Interactions".
"""

import time
from dataclasses import dataclass, field
from enum import IntEnum

from sandbox import payloads
from sandbox.message_payloads import message as shown_message
from sandbox.permissions import ALL, in_channel
from sandbox.wire import Json
from sandbox.world import Account, Application, Channel, Message


class Kind(IntEnum):
    """What somebody did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class Answer(IntEnum):
    """How an application answers first."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True, eq=False)
class Interaction:
    """One interaction and what came of it."""

    id: int
    token: str
    kind: Kind
    application: Application
    channel: Channel
    user: Account
    data: Json
    source: Message | None = None
    """The message whose component was used, or that the form was opened from."""
    began: float = field(default_factory=time.monotonic)
    answer: Answer | None = None
    original: Message | None = None
    """The message of the first answer, or the one that it updated."""
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None

    def metadata(self) -> Json:
        """What the messages of the answer say of it."""
        metadata: Json = {
            "id": str(self.id),
            "type": int(self.kind),
            "user": payloads.user(self.user),
            "authorizing_integration_owners": self._owners(),
        }
        if self.kind is Kind.COMPONENT and self.source is not None:
            metadata["interacted_message_id"] = str(self.source.id)
        if self.kind is Kind.MODAL_SUBMIT:
            metadata["triggering_interaction_metadata"] = {
                **metadata,
                "type": int(Kind.COMPONENT if self.source else Kind.COMMAND),
            }
            if self.source is not None:
                inner = metadata["triggering_interaction_metadata"]
                inner["interacted_message_id"] = str(self.source.id)
        return metadata

    def _owners(self) -> Json:
        guild = self.channel.guild
        return {"0": str(guild.id) if guild else "0"}

    def payload(self, base_url: str) -> Json:
        """INTERACTION_CREATE."""
        channel, guild = self.channel, self.channel.guild
        bot = self.application.account
        payload: Json = {
            "id": str(self.id),
            "application_id": str(self.application.id),
            "type": int(self.kind),
            "token": self.token,
            "version": 1,
            "data": self.data,
            "channel_id": str(channel.id),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": self._owners(),
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if self.source is not None:
            payload["message"] = shown_message(self.source, base_url)
        if guild is None:
            return payload | {
                "channel": payloads.conversation(channel, bot),
                "user": payloads.user(self.user),
                "app_permissions": str(ALL),
                "context": 1,
            }
        member = guild.members[self.user.id]
        own = guild.members[bot.id]
        permissions = str(in_channel(member, channel))
        return payload | {
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "guild_id": str(guild.id),
            "guild_locale": "en-US",
            "channel": payloads.channel(channel) | {"permissions": permissions},
            "member": payloads.member(member) | {"permissions": permissions},
            "app_permissions": str(in_channel(own, channel)),
            "context": 0,
        }
