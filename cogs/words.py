"""The slash commands around banned words: ``/words add | edit | remove | show | test | clear |
import | export``."""

from collections.abc import Callable
from itertools import chain
from typing import ClassVar

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.helpers.adding import Adding
from cogs.helpers.checks import actor, command_options, guild_of, requires
from cogs.helpers.chosen_lists import ChosenLists
from cogs.helpers.components import UNKNOWN, component
from cogs.helpers.entry_terms import (
    expires_option,
    own_action_option,
    read_terms,
    reason_option,
    terms_text,
)
from cogs.helpers.granting import compared
from cogs.helpers.list_options import length_option, list_option
from cogs.helpers.lookup import suggestions
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
from cogs.helpers.tested_texts import tested
from cogs.helpers.wordings import entries, show
from moderation.policy import NO_TERMS
from moderation.records import MAIN_LIST
from moderation.words import export as export_words
from service.clock import utc_ms
from service.policies import Policies
from service.word_lists import WordLists

FORM_TITLE = "Banned words, one a line"
FORM_LABEL = "Words, phrases, idiot*, /regex/, one a line"
FORM_HINT = "idiot*\nfree*nitro\nkick the bucket"
FOR_ONE = (
    "An action, reason or end is for one entry: name the entry as well. Nothing was added. For "
    "many entries, make a list with `/lists create`."
)
NOTHING_NAMED = "Choose what to change: action, reason or expires. Nothing was changed."


class Words(Cog):
    """Each subcommand, button and form checks for Manage Server when it is used."""

    permissions: ClassVar = {
        "read_message_history": "to try a new entry on recent messages before it is kept"
    }

    def __init__(
        self,
        word_lists: WordLists,
        policies: Policies,
        adding: Adding,
        clock: Callable[[], int] = utc_ms,
    ) -> None:
        self._lists = word_lists
        self._policies = policies
        self._chosen = ChosenLists(word_lists, policies)
        self._adding = adding
        self._clock = clock

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
        list_name: str = list_option(),
        action: str = own_action_option(),
        length: str = length_option(),
        reason: str = reason_option(),
        expires: str = expires_option(),
    ) -> None:
        """One entry as an option, or many lines in a form."""
        own = read_terms(action, length, reason, expires, self._clock())
        name = await self._chosen.to_add_to(interaction, list_name, own)
        if entry:
            await think(interaction)
            await self._adding.add(interaction, entry, name, numbered=False, own=own)
        elif own:
            await answer(interaction, FOR_ONE)
        else:
            path = f"words/form/{name}"
            await ask(interaction, path, FORM_TITLE, label=FORM_LABEL, hint=FORM_HINT)

    @component("words/form")
    @requires()
    async def form_submitted(self, interaction: Interaction, list_name: str = MAIN_LIST) -> None:
        """The form of ``/words add`` came back."""
        if not list_name:
            await answer(interaction, UNKNOWN)
            return
        name = await self._chosen.to_add_to(interaction, list_name)
        await think(interaction)
        await self._adding.add(interaction, submitted(interaction), name, numbered=True)

    @component("words/keep")
    @requires()
    async def keep(self, interaction: Interaction, token: str) -> None:
        """The noisy entries are to be kept."""
        asked = self._adding.asked_about(interaction, token)
        if asked is not None:
            await self._chosen.to_add_to(interaction, *asked)
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
        list_name: str = list_option(),
    ) -> None:
        """The same as the form, for a file."""
        name = await self._chosen.to_add_to(interaction, list_name)
        await think(interaction)
        await self._adding.add_file(interaction, file, name)

    @words.subcommand(description="Change what an entry has of its own: action, reason, end")
    @requires()
    async def edit(
        self,
        interaction: Interaction,
        entry: str = SlashOption(description="The entry as the list shows it", autocomplete=True),
        list_name: str = list_option(searched=True),
        action: str = own_action_option(again=True),
        length: str = length_option(),
        reason: str = reason_option(again=True),
        expires: str = expires_option(again=True),
    ) -> None:
        """What is not named stays as it is."""
        if not any((action, length, reason, expires)):
            await answer(interaction, NOTHING_NAMED)
            return
        guild_id = guild_of(interaction)
        name, known = await self._chosen.holding(guild_id, list_name, entry)
        if known is None:
            await answer(interaction, f"{show(entry)} is not on {_of(name)}. Nothing was changed.")
            return
        policy = await self._policies.policy(guild_id)
        before = policy.terms.get((name, known.text), NO_TERMS)
        own = read_terms(action, length, reason, expires, self._clock(), before)
        allowed = compared(interaction.permissions)
        await self._policies.set_terms(
            guild_id, name, known.text, own, by=actor(interaction), allowed=allowed
        )
        has = terms_text(own) or "nothing, it does what its list does"
        await answer(interaction, f"In force now. {show(known)} has of its own: {has}.")

    @words.subcommand(description="Remove a banned word")
    @requires()
    async def remove(
        self,
        interaction: Interaction,
        entry: str = SlashOption(description="The entry as the list shows it", autocomplete=True),
        list_name: str = list_option(searched=True),
    ) -> None:
        """One entry, by its text."""
        await think(interaction)
        guild_id = guild_of(interaction)
        name, known = await self._chosen.holding(guild_id, list_name, entry)
        if known is None:
            await answer(interaction, f"{show(entry)} is not on {_of(name)}. Nothing was changed.")
            return
        await self._lists.remove(guild_id, [known], by=actor(interaction), list_name=name)
        off = "" if name == MAIN_LIST else f" from **{name}**"
        await answer(interaction, f"Removed {show(known)}{off}. It is no longer looked for.")

    @remove.on_autocomplete("entry")
    @requires()
    async def suggest_entry(self, interaction: Interaction, typed: str) -> None:
        """Entries of all lists that hold what was typed so far."""
        lists = (await self._lists.words(guild_of(interaction))).lists
        await suggest(interaction, suggestions([*chain(*lists.values())], typed))

    @edit.on_autocomplete("entry")
    @requires()
    async def suggest_entry_to_edit(self, interaction: Interaction, typed: str) -> None:
        """Entries of all lists that hold what was typed so far."""
        await self.suggest_entry(interaction, typed)

    @words.subcommand(description="Show this server's banned words")
    @requires()
    async def show(self, interaction: Interaction, list_name: str = list_option()) -> None:
        """The first page."""
        content, buttons = await self._page(guild_of(interaction), 1, list_name)
        await answer(interaction, content, buttons=buttons)

    @component("words/show")
    @requires()
    async def turn(self, interaction: Interaction, number: str, list_name: str = MAIN_LIST) -> None:
        """Another page."""
        content, buttons = await self._page(guild_of(interaction), page_number(number), list_name)
        await replace(interaction, content, buttons=buttons)

    @words.subcommand(description="Say what in a text would be found, and why; changes nothing")
    @requires()
    async def test(
        self,
        interaction: Interaction,
        text: str = SlashOption(description="The message to try"),
        list_name: str = list_option(every=True),
    ) -> None:
        """What, where and why."""
        await think(interaction)
        guild_id = guild_of(interaction)
        name = (await self._chosen.listed(guild_id, list_name))[0] if list_name else ""
        detection = await self._lists.test(guild_id, text, name)
        follows = await self._lists.follows(guild_id, detection)
        await answer(interaction, tested(detection, text, follows))

    @words.subcommand(description="Get this server's banned words as a file")
    @requires()
    async def export(self, interaction: Interaction, list_name: str = list_option()) -> None:
        """The file can be imported again."""
        name, listed = await self._chosen.listed(guild_of(interaction), list_name)
        if not listed:
            await answer(interaction, _empty(name))
            return
        file = text_file("banned-words.txt", export_words(listed))
        has = f"{_of(name).capitalize()} has {entries(len(listed))}."
        await answer(interaction, has, file=file)

    @words.subcommand(description="Remove all banned words of a list, after asking")
    @requires()
    async def clear(self, interaction: Interaction, list_name: str = list_option()) -> None:
        """Ask first."""
        name, listed = await self._chosen.listed(guild_of(interaction), list_name)
        if not listed:
            await answer(interaction, _empty(name))
            return
        buttons = [
            Button("Remove them all", f"words/clear/{name}", nextcord.ButtonStyle.danger),
            Button("Keep them", "words/unclear"),
        ]
        question = (
            f"Remove all {entries(len(listed))} from {_of(name)}? You get them as a file, "
            f"which `/words import` takes back."
        )
        await answer(interaction, question, buttons=buttons)

    @component("words/clear")
    @requires()
    async def clear_confirmed(self, interaction: Interaction, list_name: str = MAIN_LIST) -> None:
        """Yes: remove all, and give them as a file."""
        guild_id = guild_of(interaction)
        name, _ = await self._chosen.listed(guild_id, list_name)
        gone = await self._lists.clear(guild_id, by=actor(interaction), list_name=name)
        if not gone:
            await replace(interaction, "The list was empty already.")
            return
        file = text_file("banned-words.txt", export_words(gone))
        rest = any((await self._lists.words(guild_id)).lists.values())
        now = "Other lists are as they were" if rest else "Nothing is banned now"
        text = f"Removed {entries(len(gone))}. {now}. They are in the file."
        await replace(interaction, text, file=file)

    @component("words/unclear")
    @requires()
    async def clear_declined(self, interaction: Interaction) -> None:
        """No: nothing happens."""
        await replace(interaction, "Nothing was removed.")

    @add.on_autocomplete("list_name")
    @import_.on_autocomplete("list_name")
    @remove.on_autocomplete("list_name")
    @show.on_autocomplete("list_name")
    @edit.on_autocomplete("list_name")
    @test.on_autocomplete("list_name")
    @export.on_autocomplete("list_name")
    @clear.on_autocomplete("list_name")
    @requires()
    async def suggest_list(self, interaction: Interaction, typed: str) -> None:
        """The names of the lists that there are."""
        await self._chosen.suggest(interaction, typed)

    async def _page(self, guild_id: int, number: int, typed: str) -> tuple[str, list[Button]]:
        name, listed = await self._chosen.listed(guild_id, typed)
        if not listed:
            return _empty(name), []
        terms = (await self._policies.policy(guild_id)).terms
        own = {text: terms_text(one) for (of, text), one in terms.items() if of == name}
        heading = "Banned words" if name == MAIN_LIST else f"Banned words of {name}"
        texts = [entry.text for entry in listed]
        return page(texts, number, "words/show", heading, rest=f"/{name}", own=own)


def _of(name: str) -> str:
    return "the list" if name == MAIN_LIST else f"the list “{name}”"


def _empty(name: str) -> str:
    return f"{_of(name).capitalize()} is empty. Add to it with `/words add`."
