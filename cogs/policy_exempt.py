"""The menus of ``/policy edit`` for who and where is exempt, from all lists or from one.

Whoever uses one is checked then; whether taking an exemption away is theirs, inside the change."""

from collections.abc import Callable
from dataclasses import replace

from cogs.base import Cog, Interaction
from cogs.helpers.checks import actor, guild_of, requires
from cogs.helpers.components import component
from cogs.helpers.granting import granted, granted_list
from cogs.helpers.list_options import known_list
from cogs.helpers.policy_pages import Page, exempt_page
from cogs.helpers.replies import replace as change_answer
from cogs.helpers.selects import NotChosen, chosen, chosen_ids, kept_beside
from moderation.policy import Exemptions, GuildPolicy, ListPolicy
from service.policies import Policies


class PolicyExempt(Cog):
    """The list that a menu is about stands in its id; "" is all of them."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    @component("policy/exempt-list")
    @requires()
    async def exempt_list(self, interaction: Interaction) -> None:
        """A list was chosen."""
        policy = await self._policies.policy(guild_of(interaction))
        match chosen(interaction):
            case [name]:
                await _show(interaction, exempt_page(policy, known_list(policy.lists, name)))
            case _:
                raise NotChosen

    @component("policy/roles")
    @requires()
    async def roles(self, interaction: Interaction, name: str) -> None:
        """These roles are exempt, and no others."""
        ids = chosen_ids(interaction)
        await self._exempt(
            interaction, name, lambda was: replace(was, roles=ids | kept_beside(was.roles))
        )

    @component("policy/channels")
    @requires()
    async def channels(self, interaction: Interaction, name: str) -> None:
        """These channels are exempt, and no others."""
        ids = chosen_ids(interaction)
        await self._exempt(
            interaction, name, lambda was: replace(was, channels=ids | kept_beside(was.channels))
        )

    @component("policy/members")
    @requires()
    async def members(self, interaction: Interaction, name: str) -> None:
        """These members are exempt, and no others."""
        ids = chosen_ids(interaction)
        await self._exempt(
            interaction, name, lambda was: replace(was, members=ids | kept_beside(was.members))
        )

    async def _exempt(
        self, interaction: Interaction, name: str, change: Callable[[Exemptions], Exemptions]
    ) -> None:
        guild_id, by, permissions = (
            guild_of(interaction),
            actor(interaction),
            interaction.permissions,
        )
        if not name:

            def changed_for_all(before: GuildPolicy) -> GuildPolicy:
                return replace(before, exemptions=change(before.exemptions))

            allowed = granted(permissions, changed_for_all)
            policy = await self._policies.set_policy(guild_id, allowed, by=by, what="exemptions")
            await _show(interaction, exempt_page(policy, ""))
            return
        policy = await self._policies.policy(guild_id)
        known = known_list(policy.lists, name)

        def changed(before: ListPolicy) -> ListPolicy:
            return replace(before, exemptions=change(before.exemptions))

        allowed_there = granted_list(permissions, policy, known, changed)
        await self._policies.set_list(guild_id, known, allowed_there, by=by)
        await _show(interaction, exempt_page(await self._policies.policy(guild_id), known))


async def _show(interaction: Interaction, page: Page) -> None:
    await change_answer(interaction, page.text, menus=page.menus, buttons=page.buttons)
