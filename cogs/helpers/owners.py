"""What only the owner of a server may do."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from cogs.base import Interaction
from cogs.helpers.checks import ONLY_IN_SERVERS, Callback
from cogs.helpers.replies import answer

OWNER_ONLY = "This is for the owner of the server alone."
NOT_KNOWN = "Discord has not told me yet who owns this server. Please try again in a minute."


def owner_only(callback: Callback) -> Callable[..., Awaitable[None]]:
    """Run the callback only for whoever owns the server now; tell everyone else why not."""

    @functools.wraps(callback)
    async def checked(self: object, interaction: Interaction, *args: Any, **kwargs: Any) -> None:
        refusal = refuse_all_but_the_owner(interaction)
        if refusal is None:
            await callback(self, interaction, *args, **kwargs)
        else:
            await answer(interaction, refusal)

    # For the test that every command, suggestion, button and form has its check.
    checked.__dict__["required_permission"] = "owner"
    return checked


def refuse_all_but_the_owner(interaction: Interaction) -> str | None:
    """The sentence for anybody else, or None for the owner."""
    if interaction.guild_id is None:
        return ONLY_IN_SERVERS
    owner_id = interaction.guild.owner_id if interaction.guild else None
    if owner_id is None or interaction.user is None:
        return NOT_KNOWN
    return None if interaction.user.id == owner_id else OWNER_ONLY
