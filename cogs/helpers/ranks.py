"""Whether somebody may do something to a member, now: their own permission and rank, the bot's
permission and rank. Discord itself checks only the bot's."""

from collections.abc import Awaitable, Callable, Iterable

import nextcord

from cogs.base import Interaction
from cogs.helpers.checks import permission_name, refuse
from cogs.helpers.people import person
from moderation.people import Person

type LookUp = Callable[[int, int], Awaitable[Person | None]]
"""The member of a guild as Discord has them now; None for someone who is not there."""

WORDS = {"moderate_members": "time out", "kick_members": "kick", "ban_members": "ban"}
"""What each permission lets one do to a member."""

NOT_KNOWN = "Discord has not told me about this server yet. Please try again in a minute."


async def refuse_punishing(
    interaction: Interaction, user_id: int, permission: str, look_up: LookUp
) -> str | None:
    """The sentence for someone who may not, or where the bot cannot; None where all is well. Raises
    NotFoundOut where Discord does not say who the member is."""
    if (refusal := refuse(interaction, permission)) is not None:
        return refusal
    guild, word = interaction.guild, WORDS[permission]
    if guild is None or guild.me is None or interaction.user is None:
        return NOT_KNOWN
    if user_id == interaction.user.id:
        return f"You cannot {word} yourself."
    if user_id == guild.me.id:
        return f"I cannot {word} myself."
    if user_id == guild.owner_id:
        return f"Nobody can {word} the owner of the server."
    if not getattr(guild.me.guild_permissions, permission):
        return f"I cannot {word} anybody: I need the permission {permission_name(permission)}."
    target = await look_up(guild.id, user_id)
    if target is None or target.membership is None:
        return None if permission == "ban_members" else "They are not in this server any more."
    theirs = _top(guild, target.membership.role_ids)
    mine = person(interaction.user).membership
    owner = interaction.user.id == guild.owner_id
    if not owner and not (mine and _top(guild, mine.role_ids) > theirs):
        return f"You cannot {word} them: your highest role is not above theirs."
    if permission == "moderate_members" and _administers(guild, target.membership.role_ids):
        return "Discord lets nobody time out an administrator."
    if not guild.me.top_role > theirs:
        return (
            f"I cannot {word} them: my role is not above theirs. Drag it up in Server Settings, "
            "Roles."
        )
    return None


def _roles(guild: nextcord.Guild, role_ids: Iterable[int]) -> list[nextcord.Role]:
    found = [guild.get_role(role_id) for role_id in role_ids]
    return [role for role in found if role is not None]


def _top(guild: nextcord.Guild, role_ids: Iterable[int]) -> nextcord.Role:
    return max(_roles(guild, role_ids), default=guild.default_role)


def _administers(guild: nextcord.Guild, role_ids: Iterable[int]) -> bool:
    return any(role.permissions.administrator for role in _roles(guild, role_ids))
