"""``/lists create | edit | delete | show``: what each list of banned words does, and where."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.helpers.checks import actor, command_options, guild_of, requires
from cogs.helpers.components import component
from cogs.helpers.granting import compared, granted_list
from cogs.helpers.list_options import (
    LOG_ONLY,
    action_option,
    consequence,
    known_list,
    length_option,
    list_choices,
    list_option,
    watched,
)
from cogs.helpers.list_texts import list_text
from cogs.helpers.notice_options import USUAL, Rules, read_notice
from cogs.helpers.paging import page_number, page_of_rows
from cogs.helpers.replies import Button, answer, suggest
from cogs.helpers.replies import replace as replace_answer
from cogs.helpers.selects import given_id
from cogs.helpers.wordings import entries
from moderation.notices import MAX_TEMPLATE
from moderation.policy import ListPolicy
from moderation.records import MAIN_LIST
from service.policies import Policies
from service.word_lists import WordLists

MAIN_STAYS = (
    "Every server has the list “main”, so it cannot be deleted. `/words clear` empties it, and "
    "`/lists edit` switches it off."
)
NO_CHANGE = "You named nothing to change. Choose at least one option beside the list."


class Lists(Cog):
    """Each subcommand, suggestion and button checks for Manage Server when it is used, and for the
    permission of what a list would do."""

    intents: ClassVar = nextcord.Intents(guilds=True)

    def __init__(self, policies: Policies, word_lists: WordLists, rules: Rules) -> None:
        self._policies = policies
        self._rules = rules
        self._words = word_lists

    @nextcord.slash_command(description="What each list of banned words does", **command_options())
    async def lists(self, interaction: Interaction) -> None:
        """Never runs: Discord offers the subcommands only."""

    @lists.subcommand(description="Make a list of banned words with an action of its own")
    @requires()
    async def create(
        self,
        interaction: Interaction,
        name: str = SlashOption(description="Letters, digits, - and _; at most 32"),
        action: str = action_option(required=True),
        length: str = length_option(),
    ) -> None:
        """An empty list; `/words add` fills it."""
        made = _acting(ListPolicy(), action, length)
        guild_id = guild_of(interaction)
        await self._policies.create_list(
            guild_id, name, made, by=actor(interaction), allowed=compared(interaction.permissions)
        )
        policy = await self._policies.policy(guild_id)
        known = known_list(policy.lists, name)
        shown = list_text(known, made, 0)
        await answer(interaction, f"Made:\n{shown}\nFill it with `/words add list:{known}`.")

    @lists.subcommand(description="Change what a list does, where, or its name")
    @requires()
    async def edit(
        self,
        interaction: Interaction,
        list_name: str = list_option(required=True),
        action: str = action_option(required=False),
        length: str = length_option(),
        watches: str = SlashOption(
            description="“messages, names …” with commas between, or “everything”",
            required=False,
            default="",
        ),
        channel: nextcord.abc.GuildChannel = SlashOption(
            description="A channel or category that it is limited to, or no longer limited to",
            required=False,
            default=None,
        ),
        notice: str = SlashOption(
            description=f"What authors are told; “{USUAL}” for the text of the server",
            required=False,
            default="",
            max_length=MAX_TEMPLATE,
        ),
        switch: str = SlashOption(
            description="Switch the list on or off",
            choices=["on", "off"],
            required=False,
            default="",
        ),
        rename: str = SlashOption(
            description="Another name for it", required=False, default="", max_length=32
        ),
    ) -> None:
        """What is not named stays as it is."""
        del channel  # Nextcord's own is left aside: see ``given_id``.
        channel_id = given_id(interaction, "channel")
        if not any((action, length, watches, channel_id, notice, switch, rename)):
            await answer(interaction, NO_CHANGE)
            return
        guild_id = guild_of(interaction)
        policy = await self._policies.policy(guild_id)
        name = known_list(policy.lists, list_name)
        if notice and notice.strip() != USUAL:
            notice = await read_notice(self._rules, guild_id, notice)
        change = _change(action, length, watches, channel_id, notice, switch)
        checked = granted_list(interaction.permissions, policy, name, change)
        after = await self._policies.set_list(
            guild_id, name, checked, by=actor(interaction), rename=rename
        )
        known = (await self._policies.policy(guild_id)).lists
        shown = list_text(
            known_list(known, rename or name), after, await self._size(guild_id, rename or name)
        )
        await answer(interaction, f"In force now:\n{shown}")

    @lists.subcommand(description="Delete a list and its entries, after asking")
    @requires()
    async def delete(
        self, interaction: Interaction, list_name: str = list_option(required=True)
    ) -> None:
        """Ask first."""
        guild_id = guild_of(interaction)
        policy = await self._policies.policy(guild_id)
        name = known_list(policy.lists, list_name)
        if name == MAIN_LIST:
            await answer(interaction, MAIN_STAYS)
            return
        number = await self._size(guild_id, name)
        buttons = [
            Button("Delete it", f"lists/delete/{name}", nextcord.ButtonStyle.danger),
            Button("Keep it", "lists/keep"),
        ]
        question = f"Delete the list “{name}” with its {entries(number)}?"
        await answer(interaction, question, buttons=buttons)

    @component("lists/delete")
    @requires()
    async def delete_confirmed(self, interaction: Interaction, name: str) -> None:
        """Yes."""
        number = await self._policies.delete_list(
            guild_of(interaction), name, by=actor(interaction)
        )
        await replace_answer(interaction, f"Deleted “{name}” with its {entries(number)}.")

    @component("lists/keep")
    @requires()
    async def keep(self, interaction: Interaction) -> None:
        """No."""
        await replace_answer(interaction, "Nothing was deleted.")

    @lists.subcommand(description="Show all lists and what each does")
    @requires()
    async def show(self, interaction: Interaction) -> None:
        """The first page."""
        content, buttons = await self._page(guild_of(interaction), 1)
        await answer(interaction, content, buttons=buttons)

    @component("lists/show")
    @requires()
    async def turn(self, interaction: Interaction, number: str) -> None:
        """Another page."""
        content, buttons = await self._page(guild_of(interaction), page_number(number))
        await replace_answer(interaction, content, buttons=buttons)

    async def _page(self, guild_id: int, number: int) -> tuple[str, list[Button]]:
        policy = await self._policies.policy(guild_id)
        words = await self._words.words(guild_id)
        names = dict.fromkeys((MAIN_LIST, *policy.lists, *words.lists))
        rows = [list_text(one, policy.of(one), len(words.lists.get(one, ()))) for one in names]
        return page_of_rows(rows, number, "lists/show", f"Lists: {len(rows)}")

    @edit.on_autocomplete("list_name")
    @delete.on_autocomplete("list_name")
    @requires()
    async def suggest(self, interaction: Interaction, typed: str) -> None:
        """The names that there are."""
        names: Iterable[str] = (await self._policies.policy(guild_of(interaction))).lists
        await suggest(interaction, list_choices(names, typed))

    async def _size(self, guild_id: int, name: str) -> int:
        words = (await self._words.words(guild_id)).lists
        return len(words.get(known_list(words, name), ()))


def _acting(listed: ListPolicy, action: str, length: str) -> ListPolicy:
    if action == LOG_ONLY:
        return replace(listed, shadow=True)
    return replace(listed, shadow=False, consequence=consequence(action, length))


def _change(
    action: str, length: str, watches: str, channel_id: int | None, notice: str, switch: str
) -> Callable[[ListPolicy], ListPolicy]:
    """What the options ask for. Raises what reading them raises."""
    groups = watched(watches) if watches else None
    asked_for = consequence(action, length) if action and action != LOG_ONLY else None

    def change(before: ListPolicy) -> ListPolicy:
        after = before
        if action == LOG_ONLY:
            after = replace(after, shadow=True)
        elif asked_for is not None:
            after = replace(after, shadow=False, consequence=asked_for)
        elif length:
            after = replace(
                after, consequence=consequence(before.consequence.step.name.lower(), length)
            )
        if groups is not None:
            after = replace(after, watches=groups)
        if channel_id is not None:
            after = replace(after, channels=after.channels ^ {channel_id})
        if notice:
            after = replace(after, notice="" if notice.strip() == USUAL else notice)
        if switch:
            after = replace(after, enabled=switch == "on")
        return after

    return change
