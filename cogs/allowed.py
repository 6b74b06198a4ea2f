"""The slash commands around allowed phrases: ``/allowed add | remove | show``. An allowed phrase
cancels the hits that lie inside it."""

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.helpers.checks import actor, command_options, guild_of, requires
from cogs.helpers.components import component
from cogs.helpers.granting import follows_anywhere, insist
from cogs.helpers.lookup import find, suggestions
from cogs.helpers.paging import page, page_number
from cogs.helpers.replies import Button, answer, ask, lines, replace, submitted, suggest, think
from cogs.helpers.wordings import added_words, doubled, nothing_to_add, refused_lines, show
from moderation.records import LimitReached
from service.policies import Policies
from service.word_lists import WordLists

FORM_TITLE = "Allowed phrases, one a line"
FORM_LABEL = "Words or phrases, one a line"
FORM_HINT = "Scunthorpe\nassassin*"
EMPTY = "There are no allowed phrases. Add one with `/allowed add`."


class Allowed(Cog):
    """Each subcommand, button and form checks for Manage Server when it is used."""

    def __init__(self, word_lists: WordLists, policies: Policies) -> None:
        self._lists = word_lists
        self._policies = policies

    @nextcord.slash_command(description="Phrases that are never a hit", **command_options())
    async def allowed(self, interaction: Interaction) -> None:
        """Never runs: Discord offers the subcommands only."""

    @allowed.subcommand(description="Allow a phrase; without one, a form for many opens")
    @requires()
    async def add(
        self,
        interaction: Interaction,
        phrase: str = SlashOption(
            description="A word or phrase; class* allows its longer forms, too",
            required=False,
            default="",
        ),
    ) -> None:
        """One phrase as an option, or many lines in a form."""
        if phrase:
            await think(interaction)
            await self._add(interaction, phrase, numbered=False)
        else:
            await ask(interaction, "allowed/form", FORM_TITLE, label=FORM_LABEL, hint=FORM_HINT)

    @component("allowed/form")
    @requires()
    async def form_submitted(self, interaction: Interaction) -> None:
        """The form of ``/allowed add`` came back."""
        await think(interaction)
        await self._add(interaction, submitted(interaction), numbered=True)

    @allowed.subcommand(description="Remove an allowed phrase")
    @requires()
    async def remove(
        self,
        interaction: Interaction,
        phrase: str = SlashOption(description="The phrase as the list shows it", autocomplete=True),
    ) -> None:
        """One phrase, by its text. More is found without it."""
        await think(interaction)
        guild_id = guild_of(interaction)
        insist(interaction.permissions, follows_anywhere(await self._policies.policy(guild_id)))
        known = find((await self._lists.words(guild_id)).allowed, phrase)
        if known is None:
            await answer(interaction, f"{show(phrase)} is not allowed. Nothing was changed.")
            return
        await self._lists.disallow(guild_id, [known], by=actor(interaction))
        await answer(interaction, f"Removed {show(known)}. It no longer cancels hits.")

    @remove.on_autocomplete("phrase")
    @requires()
    async def suggest_phrase(self, interaction: Interaction, typed: str) -> None:
        """Phrases that hold what was typed so far."""
        listed = (await self._lists.words(guild_of(interaction))).allowed
        await suggest(interaction, suggestions(listed, typed))

    @allowed.subcommand(description="Show the allowed phrases")
    @requires()
    async def show(self, interaction: Interaction) -> None:
        """The first page."""
        content, buttons = await self._page(guild_of(interaction), 1)
        await answer(interaction, content, buttons=buttons)

    @component("allowed/show")
    @requires()
    async def turn(self, interaction: Interaction, number: str) -> None:
        """Another page."""
        content, buttons = await self._page(guild_of(interaction), page_number(number))
        await replace(interaction, content, buttons=buttons)

    async def _add(self, interaction: Interaction, text: str, *, numbered: bool) -> None:
        parsed = await self._lists.read_allowed(text)
        if not parsed.entries and not parsed.refused:
            await answer(interaction, nothing_to_add(parsed))
            return
        rows: list[str] = []
        if parsed.entries:
            try:
                added = await self._lists.allow(
                    guild_of(interaction), parsed.entries, by=actor(interaction)
                )
            except LimitReached as error:
                await answer(interaction, str(error))
                return
            rows += added_words(added, "allowed phrase")
        rows += doubled(parsed.duplicates) + refused_lines(parsed.refused, numbered=numbered)
        await answer(interaction, lines("", rows).strip())

    async def _page(self, guild_id: int, number: int) -> tuple[str, list[Button]]:
        listed = (await self._lists.words(guild_id)).allowed
        if not listed:
            return EMPTY, []
        return page([phrase.text for phrase in listed], number, "allowed/show", "Allowed phrases")
