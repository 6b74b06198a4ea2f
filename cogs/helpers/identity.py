"""Who the bot itself is, as the listeners need to know for every event."""

from cogs.base import Cog
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import Me, snowflake


class Identity(Cog):
    """Learns account and application from READY; before the first one nothing arrives."""

    def __init__(self) -> None:
        self._me = Me(0)

    def me(self) -> Me:
        """This bot; account 0 before the first READY."""
        return self._me

    @on_payload("READY")
    def ready(self, data: Payload) -> None:
        """READY names the account and the application."""
        application = data.get("application")
        number = application.get("id") if isinstance(application, dict) else None
        application_id = None if number is None else snowflake(number)
        self._me = Me(snowflake(data["user"]["id"]), application_id)
