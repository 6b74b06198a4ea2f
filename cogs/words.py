"""The slash commands around banned words: ``/words add | remove | show | test | clear | import |
export``."""

from typing import ClassVar

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.helpers.adding import Adding
from cogs.helpers.checks import actor, command_options, guild_of, requires
from cogs.helpers.components import component
from cogs.helpers.lookup import find, suggestions
from cogs.helpers.paging import page, page_number
from cogs.helpers.replies import (
    Button,
    answer,
    ask,
    replace,
    submitted,
    suggest,
    text_file,
    think,
)
from cogs.helpers.wordings import entries, show, tested
from moderation.records import MAIN_LIST
from moderation.words import export as export_words
from service.word_lists import WordLists

FORM_TITLE = "Banned words, one a line"
FORM_LABEL = "Words, phrases, idiot*, /regex/, one a line"
FORM_HINT = "idiot*\nfree*nitro\nkick the bucket"
EMPTY = "The list is empty. Add to it with `/words add`."


class Words(Cog):
    """Each subcommand, button and form checks for Manage Server when it is used."""

    permissions: ClassVar = {
        "read_message_history": "to try a new entry on recent messages before it is kept"
    }

    def __init__(self, word_lists: WordLists, adding: Adding) -> None:
        self._lists = word_lists
        self._adding = adding

    @nextcord.slash_command(description="This server's banned words", **command_options())
    async def words(self, interaction: Interaction) -> None:
        """Never runs: Discord offers the subcommands only."""

    @words.subcommand(description="Ban a word; without one, a form for many opens")
    @requires()
    async def add(
        self,
        interaction: Interaction,
        entry: str = SlashOption(
            description="A word, a phrase, idiot* or /regex/", required=False, default=""
        ),
    ) -> None:
        """One entry as an option, or many lines in a form."""
        if entry:
            await think(interaction)
            await self._adding.add(interaction, entry, numbered=False)
        else:
            await ask(interaction, "words/form", FORM_TITLE, label=FORM_LABEL, hint=FORM_HINT)

    @component("words/form")
    @requires()
    async def form_submitted(self, interaction: Interaction) -> None:
        """The form of ``/words add`` came back."""
        await think(interaction)
        await self._adding.add(interaction, submitted(interaction), numbered=True)

    @component("words/keep")
    @requires()
    async def keep(self, interaction: Interaction, token: str) -> None:
        """The noisy entries are to be kept."""
        await self._adding.keep(interaction, token)

    @component("words/drop")
    @requires()
    async def drop(self, interaction: Interaction, token: str) -> None:
        """The noisy entries are not to be kept."""
        await self._adding.drop(interaction, token)

    @words.subcommand(name="import", description="Add the entries of a file, one a line")
    @requires()
    async def import_(
        self,
        interaction: Interaction,
        file: nextcord.Attachment = SlashOption(description="A text file in UTF-8"),
    ) -> None:
        """The same as the form, for a file."""
        await think(interaction)
        await self._adding.add_file(interaction, file)

    @words.subcommand(description="Remove a banned word")
    @requires()
    async def remove(
        self,
        interaction: Interaction,
        entry: str = SlashOption(description="The entry as the list shows it", autocomplete=True),
    ) -> None:
        """One entry, by its text."""
        await think(interaction)
        guild_id = guild_of(interaction)
        listed = (await self._lists.words(guild_id)).lists[MAIN_LIST]
        known = find(listed, entry)
        if known is None:
            await answer(interaction, f"{show(entry)} is not on the list. Nothing was changed.")
            return
        await self._lists.remove(guild_id, [known], by=actor(interaction))
        await answer(interaction, f"Removed {show(known)}. It is no longer looked for.")

    @remove.on_autocomplete("entry")
    @requires()
    async def suggest_entry(self, interaction: Interaction, typed: str) -> None:
        """Entries that hold what was typed so far."""
        listed = (await self._lists.words(guild_of(interaction))).lists[MAIN_LIST]
        await suggest(interaction, suggestions(listed, typed))

    @words.subcommand(description="Show this server's banned words")
    @requires()
    async def show(self, interaction: Interaction) -> None:
        """The first page."""
        content, buttons = await self._page(guild_of(interaction), 1)
        await answer(interaction, content, buttons=buttons)

    @component("words/show")
    @requires()
    async def turn(self, interaction: Interaction, number: str) -> None:
        """Another page."""
        content, buttons = await self._page(guild_of(interaction), page_number(number))
        await replace(interaction, content, buttons=buttons)

    @words.subcommand(description="Say what in a text would be found, and why; changes nothing")
    @requires()
    async def test(
        self,
        interaction: Interaction,
        text: str = SlashOption(description="The message to try"),
    ) -> None:
        """What, where and why."""
        await think(interaction)
        await answer(interaction, tested(await self._lists.test(guild_of(interaction), text), text))

    @words.subcommand(description="Get this server's banned words as a file")
    @requires()
    async def export(self, interaction: Interaction) -> None:
        """The file can be imported again."""
        listed = (await self._lists.words(guild_of(interaction))).lists[MAIN_LIST]
        if not listed:
            await answer(interaction, EMPTY)
            return
        file = text_file("banned-words.txt", export_words(listed))
        await answer(interaction, f"The list has {entries(len(listed))}.", file=file)

    @words.subcommand(description="Remove all banned words of this server, after asking")
    @requires()
    async def clear(self, interaction: Interaction) -> None:
        """Ask first."""
        listed = (await self._lists.words(guild_of(interaction))).lists[MAIN_LIST]
        if not listed:
            await answer(interaction, EMPTY)
            return
        buttons = [
            Button("Remove them all", "words/clear", nextcord.ButtonStyle.danger),
            Button("Keep them", "words/unclear"),
        ]
        question = (
            f"Remove all {entries(len(listed))} from the list? You get them as a file, "
            f"which `/words import` takes back."
        )
        await answer(interaction, question, buttons=buttons)

    @component("words/clear")
    @requires()
    async def clear_confirmed(self, interaction: Interaction) -> None:
        """Yes: remove all, and give them as a file."""
        gone = await self._lists.clear(guild_of(interaction), by=actor(interaction))
        if not gone:
            await replace(interaction, "The list was empty already.")
            return
        file = text_file("banned-words.txt", export_words(gone))
        text = f"Removed {entries(len(gone))}. Nothing is banned now. They are in the file."
        await replace(interaction, text, file=file)

    @component("words/unclear")
    @requires()
    async def clear_declined(self, interaction: Interaction) -> None:
        """No: nothing happens."""
        await replace(interaction, "Nothing was removed.")

    async def _page(self, guild_id: int, number: int) -> tuple[str, list[Button]]:
        listed = (await self._lists.words(guild_id)).lists[MAIN_LIST]
        if not listed:
            return EMPTY, []
        return page([entry.text for entry in listed], number, "words/show", "Banned words")
