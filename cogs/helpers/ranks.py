"""Whether somebody may do something to a member, now: their own permission and rank, the bot's
permission and rank. Discord itself checks only the bot's."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.base import Interaction
from cogs.helpers.checks import permission_name, refuse
from cogs.helpers.people import MAX_SNOWFLAKE, person, snowflake
from moderation.people import Person
from service.members import NotFoundOut

type LookUp = Callable[[int, int], Awaitable[Person | None]]
"""The member of a guild as Discord has them now; None for someone who is not there."""


@dataclass(frozen=True, slots=True)
class Role:
    """What of a role counts here."""

    position: int
    permissions: int


type Roles = Mapping[int, Role]

WORDS = {"moderate_members": "time out", "kick_members": "kick", "ban_members": "ban"}
"""What each permission lets one do to a member."""

NO_ROLES = (0, -MAX_SNOWFLAKE)

NOT_HERE = "They are not in this server any more."

NOT_KNOWN = "Discord has not told me about this server yet. Please try again in a minute."


async def refuse_punishing(
    interaction: Interaction,
    user_id: int,
    permission: str,
    look_up: LookUp,
    known: Roles | None = None,
) -> str | None:
    """The sentence for someone who may not, or where the bot cannot; None where all is well. The
    server's roles are asked for where they are not ``known``. Raises NotFoundOut where Discord does
    not say who the member is."""
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
    if known is None:
        target, roles = await asyncio.gather(
            look_up(guild.id, user_id), roles_of(interaction.client, guild.id)
        )
    else:
        target, roles = await look_up(guild.id, user_id), known
    if target is None or target.membership is None:
        return None if permission == "ban_members" else NOT_HERE
    theirs = _rank(roles, target.membership.role_ids)
    presser = person(interaction.user).membership
    owner = interaction.user.id == guild.owner_id
    if not owner and not (presser and _rank(roles, presser.role_ids) > theirs):
        return f"You cannot {word} them: your highest role is not above theirs."
    if permission == "moderate_members" and _administers(roles, target.membership.role_ids):
        return "Discord lets nobody time out an administrator."
    if not _rank(roles, [one.id for one in guild.me.roles if not one.is_default()]) > theirs:
        return (
            f"I cannot {word} them: my role is not above theirs. Drag it up in Server Settings, "
            "Roles."
        )
    return None


async def roles_of(client: nextcord.Client, guild_id: int) -> Roles:
    """The roles of a server. Asked for: Nextcord guesses how positions shift when a role is made or
    deleted, and may be wrong (3.2.0, ``Guild._add_role``). Raises NotFoundOut."""
    route = Route("GET", "/guilds/{guild_id}/roles", guild_id=guild_id)
    try:
        told = await client.http.request(route)
        return {
            snowflake(one["id"]): Role(int(one["position"]), int(one["permissions"]))
            for one in told
        }
    except (nextcord.HTTPException, OSError, aiohttp.ClientError, TimeoutError) as error:
        raise NotFoundOut(str(error) or type(error).__name__, passing=True) from error
    except (KeyError, TypeError, ValueError) as error:
        raise NotFoundOut("Discord answered with something else", passing=True) from error


def _rank(roles: Roles, role_ids: Iterable[int]) -> tuple[int, int]:
    """By this members are compared: their highest role's position; of two roles at the same one the
    older is above (Discord, Permission Hierarchy). Nobody is below somebody without roles."""
    return max(((roles[one].position, -one) for one in role_ids if one in roles), default=NO_ROLES)


def _administers(roles: Roles, role_ids: Iterable[int]) -> bool:
    return any(
        nextcord.Permissions(roles[one].permissions).administrator
        for one in role_ids
        if one in roles
    )
