"""Listens to Discord's audit log: what moderators do by hand becomes a case."""

from typing import ClassVar

from nextcord import Intents

from cogs.base import Cog
from cogs.helpers.audit_log import done_by_hand
from cogs.helpers.identity import Identity
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import snowflake
from service.hand_made import HandMadeCases


class AuditLogCases(Cog):
    """GUILD_AUDIT_LOG_ENTRY_CREATE, and the times at which what was missed is to be read."""

    intents = Intents(guilds=True, moderation=True, members=True)
    permissions: ClassVar = {
        "view_audit_log": "to make cases of what moderators do by hand",
    }

    def __init__(self, hand_made: HandMadeCases, identity: Identity) -> None:
        self._hand_made = hand_made
        self._identity = identity

    @on_payload("GUILD_AUDIT_LOG_ENTRY_CREATE")
    def noted(self, data: Payload) -> None:
        """Somebody did something."""
        done = done_by_hand(data, self._identity.me().user_id)
        self._hand_made.heard(snowflake(data["guild_id"]), done)

    @on_payload("GUILD_CREATE")
    def available(self, data: Payload) -> None:
        """A server was joined, or is available again, after a start or a break of the
        connection."""
        if data.get("unavailable") is not True:
            self._hand_made.begin(snowflake(data["id"]))

    @on_payload("GUILD_ROLE_UPDATE")
    def role_changed(self, data: Payload) -> None:
        """A role may have been given the permission."""
        self._hand_made.permissions_changed(snowflake(data["guild_id"]))

    @on_payload("GUILD_MEMBER_UPDATE")
    def member_changed(self, data: Payload) -> None:
        """Our own roles may have changed."""
        if snowflake(data["user"]["id"]) == self._identity.me().user_id:
            self._hand_made.permissions_changed(snowflake(data["guild_id"]))
