"""Running a command that Nextcord was not asked to register.

Touches ``Client._connection``: a command takes what it resolves (attachments, members) from the
connection state that Nextcord's own registration would have given it, and ours does not.
"""

from collections.abc import Mapping
from typing import Any, cast

from nextcord import (
    BaseApplicationCommand,
    Client,
    InteractionType,
    MessageApplicationCommand,
    SlashApplicationCommand,
)

from cogs.base import Interaction


async def run_command(
    client: Client, command: BaseApplicationCommand, interaction: Interaction
) -> None:
    """Call what ``interaction`` asks of ``command``: the command itself or a suggestion. A command
    on a message is given it as Discord sent it, of which Nextcord's own object lacks a part."""
    if isinstance(command, MessageApplicationCommand):
        data = cast(Mapping[str, Any], interaction.data or {})
        message = data["resolved"]["messages"][data["target_id"]]
        await command.invoke_callback_with_hooks(client._connection, interaction, args=(message,))
    elif interaction.type is InteractionType.application_command:
        await command.call(client._connection, interaction)
    elif isinstance(command, SlashApplicationCommand):
        await command.call_autocomplete(client._connection, interaction)
