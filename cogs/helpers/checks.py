"""Who may do what: what Discord's interface shows, and what is checked at run time.

Discord hides a command from members without its default permissions, but a server's admins can
change that, and buttons and forms are not covered at all. So every command, suggestion, button and
form asks again, with the permissions that Discord sent along with the interaction.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import nextcord

from cogs.base import Interaction
from cogs.helpers.people import person
from cogs.helpers.replies import answer, suggest
from moderation.records import Actor

ONLY_IN_SERVERS = "This works only in a server: each server has its own lists."
NEEDS = "You need the permission {permission} to do this."

AUTOCOMPLETE = nextcord.InteractionType.application_command_autocomplete

MANAGE_SERVER = nextcord.Permissions(manage_guild=True)

type Callback = Callable[..., Awaitable[None]]


def command_options(permissions: nextcord.Permissions = MANAGE_SERVER) -> dict[str, Any]:
    """For ``nextcord.slash_command``: shown only in servers, and by default only to members with
    ``permissions``."""
    return {
        "default_member_permissions": permissions,
        "contexts": [nextcord.InteractionContextType.guild],
        "integration_types": [nextcord.IntegrationType.guild_install],
    }


def requires(permission: str = "manage_guild") -> Callable[[Callback], Callback]:
    """Run the callback only for a member of a server who holds ``permission`` there, now; tell
    everyone else why not, or suggest nothing where they are only typing."""

    def decorate(callback: Callback) -> Callback:
        @functools.wraps(callback)
        async def checked(
            self: object, interaction: Interaction, *args: Any, **kwargs: Any
        ) -> None:
            refusal = refuse(interaction, permission)
            if refusal is None:
                await callback(self, interaction, *args, **kwargs)
            elif interaction.type is AUTOCOMPLETE:
                await suggest(interaction, [])
            else:
                await answer(interaction, refusal)

        # For the test that every command, suggestion, button and form has its check.
        checked.__dict__["required_permission"] = permission
        return checked

    return decorate


def refuse(interaction: Interaction, permission: str = "manage_guild") -> str | None:
    """The sentence for someone who may not, or None for someone who may."""
    if interaction.guild_id is None:
        return ONLY_IN_SERVERS
    permissions = interaction.permissions
    if permissions.administrator or getattr(permissions, permission):
        return None
    return NEEDS.format(permission=permission_name(permission))


def permission_name(permission: str) -> str:
    """As Discord's interface calls it: ``manage_guild`` is “Manage Server” there."""
    return permission.replace("guild", "server").replace("_", " ").title()


def actor(interaction: Interaction) -> Actor:
    """Who used the command, for the record of changes."""
    who = person(interaction.user)
    return Actor(who.user_id, who.username or "unknown")


def guild_of(interaction: Interaction) -> int:
    """The guild's id, behind a :func:`requires`."""
    if interaction.guild_id is None:
        raise ValueError("an interaction outside a server passed its check")
    return interaction.guild_id
