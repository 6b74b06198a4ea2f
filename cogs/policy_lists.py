"""The menus, buttons and forms of ``/policy edit`` about one list.

Whoever uses one is checked then, for Manage Server and for the permission of what would follow; the
latter inside the change, so that it is about what is in force at that moment."""

from collections.abc import Callable
from dataclasses import replace

from cogs.base import Cog, Interaction
from cogs.helpers.checks import actor, guild_of, requires
from cogs.helpers.components import UNKNOWN, component
from cogs.helpers.forms import answers, ask_fields
from cogs.helpers.granting import granted_list
from cogs.helpers.list_options import STEPS, consequence, known_list
from cogs.helpers.list_pages import LASTING, length_fields, list_notice_fields, list_page
from cogs.helpers.notice_options import Rules, read_notice
from cogs.helpers.policy_pages import Page, exempt_page
from cogs.helpers.replies import answer
from cogs.helpers.replies import replace as change_answer
from cogs.helpers.selects import NotChosen, chosen, chosen_ids, kept_beside
from moderation.policy import GuildPolicy, ListPolicy, Watched
from moderation.records import UnknownList
from service.policies import Policies
from service.word_lists import WordLists

SWITCH = {"on": True, "off": False}


class PolicyLists(Cog):
    """The list that a menu, button or form is about stands in its id."""

    def __init__(self, policies: Policies, word_lists: WordLists, rules: Rules) -> None:
        self._policies = policies
        self._words = word_lists
        self._rules = rules

    @component("policy/list")
    @requires()
    async def list(self, interaction: Interaction) -> None:
        """A list was chosen."""
        match chosen(interaction):
            case [name]:
                policy, known = await self._known(interaction, name)
                await self._show(interaction, policy, known)
            case _:
                raise NotChosen

    @component("policy/action")
    @requires()
    async def action(self, interaction: Interaction, name: str) -> None:
        """What follows was chosen; what lasts for a time asks for how long."""
        step = "".join(chosen(interaction))
        policy, known = await self._known(interaction, name)
        if step in LASTING:
            title = f"{step.capitalize()} for hits of {known}"
            fields = length_fields(policy.of(known), step)
            await ask_fields(interaction, f"policy/length/{known}/{step}", title[:45], fields)
        elif step in STEPS:
            asked = consequence(step, "")
            await self._set(interaction, known, lambda was: replace(was, consequence=asked))
        else:
            raise NotChosen

    @component("policy/length")
    @requires()
    async def length(self, interaction: Interaction, name: str, step: str) -> None:
        """The form of how long came back."""
        if step not in LASTING:
            await answer(interaction, UNKNOWN)
            return
        asked = consequence(step, answers(interaction).get("length", ""))
        await self._set(interaction, name, lambda was: replace(was, consequence=asked))

    @component("policy/watches")
    @requires()
    async def watches(self, interaction: Interaction, name: str) -> None:
        """It watches these, and nothing else."""
        names = chosen(interaction)
        groups = frozenset(group for group in Watched if group in names)
        if not groups:
            raise NotChosen
        await self._set(interaction, name, lambda was: replace(was, watches=groups))

    @component("policy/where")
    @requires()
    async def where(self, interaction: Interaction, name: str) -> None:
        """It applies in these channels and categories; in all where none was chosen."""
        ids = chosen_ids(interaction)

        def change(was: ListPolicy) -> ListPolicy:
            return replace(was, channels=ids | kept_beside(was.channels))

        await self._set(interaction, name, change)

    @component("policy/switch")
    @requires()
    async def switch(self, interaction: Interaction, name: str, to: str) -> None:
        """On or off."""
        if to not in SWITCH:
            await answer(interaction, UNKNOWN)
            return
        await self._set(interaction, name, lambda was: replace(was, enabled=SWITCH[to]))

    @component("policy/shadow")
    @requires()
    async def shadow(self, interaction: Interaction, name: str, to: str) -> None:
        """Into the shadow, where it only tells, or out of it."""
        if to not in SWITCH:
            await answer(interaction, UNKNOWN)
            return
        await self._set(interaction, name, lambda was: replace(was, shadow=SWITCH[to]))

    @component("policy/list-notice")
    @requires()
    async def notice(self, interaction: Interaction, name: str) -> None:
        """Ask for the list's own text."""
        policy, known = await self._known(interaction, name)
        title = f"What authors of hits of {known} are told"
        fields = list_notice_fields(policy.of(known))
        await ask_fields(interaction, f"policy/new-list-notice/{known}", title[:45], fields)

    @component("policy/new-list-notice")
    @requires()
    async def new_notice(self, interaction: Interaction, name: str) -> None:
        """The form came back."""
        written = answers(interaction).get("text", "")
        text = await read_notice(self._rules, guild_of(interaction), written)
        await self._set(interaction, name, lambda was: replace(was, notice=text))

    @component("policy/exempt-of")
    @requires()
    async def exempt_of(self, interaction: Interaction, name: str) -> None:
        """The exemptions of this list are to be changed."""
        policy, known = await self._known(interaction, name)
        await _show(interaction, exempt_page(policy, known))

    async def _known(self, interaction: Interaction, name: str) -> tuple[GuildPolicy, str]:
        """What is set, and the list's name. An id is whatever a client sends, and "" names none.
        Raises UnknownList."""
        policy = await self._policies.policy(guild_of(interaction))
        if not name.strip():
            raise UnknownList("", tuple(policy.lists))
        return policy, known_list(policy.lists, name)

    async def _set(
        self, interaction: Interaction, name: str, change: Callable[[ListPolicy], ListPolicy]
    ) -> None:
        policy, known = await self._known(interaction, name)
        allowed = granted_list(interaction.permissions, policy, known, change)
        guild_id = guild_of(interaction)
        await self._policies.set_list(guild_id, known, allowed, by=actor(interaction))
        await self._show(interaction, await self._policies.policy(guild_id), known)

    async def _show(self, interaction: Interaction, policy: GuildPolicy, known: str) -> None:
        words = (await self._words.words(guild_of(interaction))).lists
        await _show(interaction, list_page(policy, known, len(words.get(known, ()))))


async def _show(interaction: Interaction, page: Page) -> None:
    await change_answer(interaction, page.text, menus=page.menus, buttons=page.buttons)
