"""Listens for servers that come and go, and for changes that may give a permission back."""

from nextcord import Intents

from cogs.base import Cog
from cogs.helpers.enforce import Enforcer
from cogs.helpers.identity import Identity
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import snowflake
from service.guilds import Guilds
from service.mod_log import ModLogWriter
from service.resumption import Resumption


class Servers(Cog):
    """GUILD_CREATE and GUILD_DELETE for the record of servers; changes of the server itself, its
    roles and channels and the bot's own membership for what waits for a permission, and for the mod
    log."""

    intents = Intents(guilds=True, members=True)

    def __init__(
        self,
        guilds: Guilds,
        enforcer: Enforcer,
        identity: Identity,
        resumption: Resumption,
        mod_log: ModLogWriter,
    ) -> None:
        self._guilds = guilds
        self._enforcer = enforcer
        self._identity = identity
        self._resumption = resumption
        self._mod_log = mod_log

    @on_payload("READY")
    def ready(self, data: Payload) -> None:
        """READY lists every server that the bot is in; what else is on record was left."""
        guild_ids = [snowflake(guild["id"]) for guild in data["guilds"]]
        self._guilds.present(guild_ids)
        self._resumption.begin(guild_ids)

    @on_payload("GUILD_CREATE")
    def available(self, data: Payload) -> None:
        """A server was joined, or is available again."""
        if data.get("unavailable") is not True:
            guild_id = snowflake(data["id"])
            self._guilds.joined(guild_id)
            self._enforcer.permissions_changed(guild_id)
            self._resumption.available(guild_id)
            self._mod_log.begin([guild_id])
            self._mod_log.look(guild_id)

    @on_payload("GUILD_DELETE")
    def gone(self, data: Payload) -> None:
        """The bot was removed; a mere outage says unavailable instead."""
        if data.get("unavailable") is not True:
            self._guilds.left(snowflake(data["id"]))

    @on_payload("GUILD_UPDATE")
    def changed(self, data: Payload) -> None:
        """It may no longer demand two-factor authentication, or have another owner."""
        self._permissions_changed(snowflake(data["id"]))

    @on_payload("GUILD_ROLE_UPDATE")
    def role_changed(self, data: Payload) -> None:
        """A role may have been given a permission."""
        self._permissions_changed(snowflake(data["guild_id"]))

    @on_payload("CHANNEL_UPDATE")
    def channel_changed(self, data: Payload) -> None:
        """An overwrite may have been changed."""
        if data.get("guild_id") is not None:
            self._permissions_changed(snowflake(data["guild_id"]))

    @on_payload("CHANNEL_DELETE")
    def channel_deleted(self, data: Payload) -> None:
        """It may have been the mod log."""
        if data.get("guild_id") is not None:
            self._mod_log.look(snowflake(data["guild_id"]))

    @on_payload("GUILD_MEMBER_UPDATE")
    def member_changed(self, data: Payload) -> None:
        """Our own roles may have changed."""
        if snowflake(data["user"]["id"]) == self._identity.me().user_id:
            self._permissions_changed(snowflake(data["guild_id"]))

    def _permissions_changed(self, guild_id: int) -> None:
        self._enforcer.permissions_changed(guild_id)
        self._resumption.permissions_changed(guild_id)
        self._mod_log.look(guild_id)
