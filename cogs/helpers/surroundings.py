"""What Nextcord has cached of servers, as exemptions ask for it: channels, roles, owners. Nobody is
asked anything, and whatever is missing is left out."""

from collections.abc import Collection

import nextcord
from nextcord.abc import GuildChannel

from cogs.helpers.nextcord_private.overwrites import overwrites_of

ADMINISTRATOR = nextcord.Permissions(administrator=True).value
EVERYTHING = nextcord.Permissions.all().value


class Surroundings:
    """Fulfils the rules' Surroundings."""

    def __init__(self) -> None:
        self._client: nextcord.Client | None = None

    def use(self, client: nextcord.Client) -> None:
        """The client whose cache to look into; given once."""
        self._client = client

    def places(
        self, guild_id: int, channel_id: int, parent_id: int | None = None
    ) -> tuple[int, ...]:
        """See :class:`moderation.exempting.Surroundings`."""
        guild = self._guild(guild_id)
        if guild is None:
            return (channel_id,) if parent_id is None else (channel_id, parent_id)
        places = [channel_id]
        channel = guild.get_channel(channel_id)
        if channel is None:
            thread = guild.get_thread(channel_id)
            above = thread.parent_id if thread is not None else parent_id
            if above is not None:
                places.append(above)
                channel = guild.get_channel(above)
        category_id = getattr(channel, "category_id", None)
        if category_id is not None:
            places.append(category_id)
        return tuple(places)

    def permissions(
        self, guild_id: int, user_id: int, role_ids: Collection[int], channel_id: int | None
    ) -> int:
        """See :class:`moderation.exempting.Surroundings`; computed as Discord describes it
        (Discord, Permissions, Permission Overwrites)."""
        guild = self._guild(guild_id)
        if guild is None:
            return 0
        allowed = 0
        # The role that everybody has goes by the server's own id.
        for role_id in (guild_id, *role_ids):
            role = guild.get_role(role_id)
            allowed |= role.permissions.value if role is not None else 0
        if user_id == guild.owner_id or allowed & ADMINISTRATOR:
            return EVERYTHING
        channel = None if channel_id is None else _channel(guild, channel_id)
        if channel is None:
            return allowed
        return _overwritten(allowed, channel, guild_id, user_id, role_ids)

    def owner(self, guild_id: int) -> int | None:
        """See :class:`moderation.exempting.Surroundings`."""
        guild = self._guild(guild_id)
        return None if guild is None else guild.owner_id

    def _guild(self, guild_id: int) -> nextcord.Guild | None:
        return self._client.get_guild(guild_id) if self._client is not None else None


def _channel(guild: nextcord.Guild, channel_id: int) -> GuildChannel | None:
    """The channel, for a thread the one that it is in: threads have no overwrites of their own."""
    channel = guild.get_channel(channel_id)
    if channel is None:
        thread = guild.get_thread(channel_id)
        if thread is not None:
            channel = guild.get_channel(thread.parent_id)
    return channel


def _overwritten(
    allowed: int, channel: GuildChannel, guild_id: int, user_id: int, role_ids: Collection[int]
) -> int:
    """First what is set for everybody, then for all of the roles together, then for the member."""
    found = {target: (allow, deny) for target, allow, deny in overwrites_of(channel)}
    allow, deny = found.get(guild_id, (0, 0))
    allowed = allowed & ~deny | allow
    by_roles = [found[role_id] for role_id in role_ids if role_id in found]
    for _, deny in by_roles:
        allowed &= ~deny
    for allow, _ in by_roles:
        allowed |= allow
    allow, deny = found.get(user_id, (0, 0))
    return allowed & ~deny | allow
