"""Who counts as a moderator of the bot: members with Moderate Members, and those with a role that
the server has named with ``/policy moderators``."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from cogs.base import Interaction
from cogs.helpers.checks import AUTOCOMPLETE, ONLY_IN_SERVERS, Callback
from cogs.helpers.people import person
from cogs.helpers.replies import answer, suggest

NOT_A_MODERATOR = (
    "This is for moderators: you need the permission Moderate Members, or a role that "
    "`/policy moderators` names."
)


class KnowsModerators(Protocol):
    """A cog that can ask which roles count."""

    async def moderator_roles(self, guild_id: int) -> frozenset[int]: ...


type Checked = Callable[..., Awaitable[None]]


def moderators_only(callback: Callback) -> Checked:
    """Run the callback only for a moderator, as they are now; tell everyone else why not, or
    suggest nothing where they are only typing."""

    @functools.wraps(callback)
    async def checked(
        self: KnowsModerators, interaction: Interaction, *args: Any, **kwargs: Any
    ) -> None:
        refusal = await refuse_moderating(self, interaction)
        if refusal is None:
            await callback(self, interaction, *args, **kwargs)
        elif interaction.type is AUTOCOMPLETE:
            await suggest(interaction, [])
        else:
            await answer(interaction, refusal)

    # For the test that every command, suggestion, button and form has its check.
    checked.__dict__["required_permission"] = "moderator"
    return checked


async def refuse_moderating(who_knows: KnowsModerators, interaction: Interaction) -> str | None:
    """The sentence for someone who is no moderator here, or None for someone who is."""
    if interaction.guild_id is None:
        return ONLY_IN_SERVERS
    permissions = interaction.permissions
    if permissions.administrator or permissions.moderate_members:
        return None
    member = person(interaction.user).membership
    if member and member.role_ids & await who_knows.moderator_roles(interaction.guild_id):
        return None
    return NOT_A_MODERATOR
