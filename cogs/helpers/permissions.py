"""What the bot may do in a channel, from the channel as REST tells it.

Nextcord's own reading of a server's channels stops at the first kind that it does not know (media
channels, in 3.2.0), and its cache lacks the very channels that the bot cannot see.
"""

from collections.abc import Mapping
from typing import Any

import nextcord

from cogs.helpers.people import snowflake

type Json = Mapping[str, Any]

ALL = nextcord.Permissions.all().value


def in_channel(channel: Json, me: nextcord.Member) -> nextcord.Permissions:
    """The permissions of ``me`` in a channel payload: those of the server, then the overwrites of
    @everyone, of the roles together, and of the member (Discord, Permissions)."""
    allowed = me.guild_permissions.value
    if me.guild_permissions.administrator or me.guild.owner_id == me.id:
        return nextcord.Permissions(ALL)
    overwrites = {snowflake(one["id"]): one for one in channel.get("permission_overwrites") or ()}
    roles = [role.id for role in me.roles if not role.is_default()]
    for ids in ([me.guild.id], roles, [me.id]):
        found = [overwrites[number] for number in ids if number in overwrites]
        for one in found:
            allowed &= ~int(one.get("deny") or 0)
        for one in found:
            allowed |= int(one.get("allow") or 0)
    return nextcord.Permissions(allowed)


def everyone_sees(channel: Json, guild: nextcord.Guild) -> bool:
    """Whether members without any role can view a channel payload's channel."""
    everyone = guild.default_role.permissions
    allowed = everyone.value
    for one in channel.get("permission_overwrites") or ():
        if snowflake(one["id"]) == guild.id:
            allowed = allowed & ~int(one.get("deny") or 0) | int(one.get("allow") or 0)
    return everyone.administrator or nextcord.Permissions(allowed).view_channel
