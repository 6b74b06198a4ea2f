"""What is on record of a member: ``/history`` and the context menu “Moderation history”."""

from typing import ClassVar

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.cases import MODERATORS
from cogs.helpers.case_lists import history_text
from cogs.helpers.checks import command_options, guild_of
from cogs.helpers.moderators import moderators_only
from cogs.helpers.people import person
from cogs.helpers.replies import answer
from service.cases import Cases


class Histories(Cog):
    """Both ways check who asks; whom it is about may have left long ago."""

    intents: ClassVar = nextcord.Intents(guilds=True)

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    async def moderator_roles(self, guild_id: int) -> frozenset[int]:
        """The roles that count as moderators."""
        return await self._cases.moderator_roles(guild_id)

    @nextcord.slash_command(
        description="What is on record of a member", **command_options(MODERATORS)
    )
    @moderators_only
    async def history(
        self,
        interaction: Interaction,
        member: nextcord.User = SlashOption(description="A member, or somebody who has left"),
    ) -> None:
        """Counts, strikes and the newest cases."""
        await self._show(interaction, member)

    @nextcord.user_command("Moderation history", **command_options(MODERATORS))
    @moderators_only
    async def history_menu(self, interaction: Interaction, user: nextcord.User) -> None:
        """The same, from a member's context menu."""
        await self._show(interaction, user)

    async def _show(self, interaction: Interaction, user: nextcord.User) -> None:
        who = person(user)
        history = await self._cases.history(guild_of(interaction), who.user_id)
        content, buttons = history_text(history, who.username or "")
        await answer(interaction, content, buttons=buttons)
