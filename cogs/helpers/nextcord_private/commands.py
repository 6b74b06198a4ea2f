"""Running a slash command that Nextcord was not asked to register.

Touches ``Client._connection``: a command takes what it resolves (attachments, members) from the
connection state that Nextcord's own registration would have given it, and ours does not.
"""

from nextcord import BaseApplicationCommand, Client, InteractionType, SlashApplicationCommand

from cogs.base import Interaction


async def run_command(
    client: Client, command: BaseApplicationCommand, interaction: Interaction
) -> None:
    """Call what ``interaction`` asks of ``command``: the command itself or a suggestion."""
    if interaction.type is InteractionType.application_command:
        await command.call(client._connection, interaction)
    elif isinstance(command, SlashApplicationCommand):
        await command.call_autocomplete(client._connection, interaction)
