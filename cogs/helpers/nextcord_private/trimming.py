"""Less memory for each server.

Touches ``GuildChannel._overwrites``, because Nextcord 3.2.0 gives every channel a list of its own,
also where it has no permission overwrites, and an object of its own for its flags, which are 0
nearly always: about 9 KiB for a server of a hundred channels. Here they share one of each. Nextcord
makes new ones when a channel changes, and never writes into these.
"""

from typing import Any, cast

from nextcord import ChannelFlags, Client

from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import snowflake

NO_OVERWRITES: tuple[Any, ...] = ()


class Trimming:
    """Looks at each server that becomes available, when Nextcord has taken it in."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._flags: dict[int, ChannelFlags] = {}

    @on_payload("GUILD_CREATE")
    def available(self, data: Payload) -> None:
        """A server is there, with all its channels."""
        guild = self._client.get_guild(snowflake(data["id"]))
        for channel in guild.channels if guild is not None else ():
            flags = getattr(channel, "flags", None)
            if isinstance(flags, ChannelFlags):
                cast(Any, channel).flags = self._flags.setdefault(flags.value, flags)
            if channel._overwrites == []:
                cast(Any, channel)._overwrites = NO_OVERWRITES
