"""The menus of ``/policy edit`` for the channels of the mod log."""

from dataclasses import replace
from typing import Protocol

from cogs.base import Cog, Interaction
from cogs.helpers.checks import actor, guild_of, requires
from cogs.helpers.components import UNKNOWN, component
from cogs.helpers.policy_pages import LOG_KINDS, log_page
from cogs.helpers.policy_texts import fitness_text
from cogs.helpers.replies import answer
from cogs.helpers.replies import replace as change_answer
from cogs.helpers.selects import chosen_ids
from moderation.policy import GuildPolicy
from service.log_channel import Fitness
from service.policies import Policies


class LogChannels(Protocol):
    """Knows whether the mod log can be written somewhere."""

    async def fitness(self, guild_id: int, channel_id: int) -> Fitness: ...


class PolicyLog(Cog):
    """Which of them a menu is about stands in its id."""

    def __init__(self, policies: Policies, channels: LogChannels) -> None:
        self._policies = policies
        self._channels = channels

    @component("policy/log")
    @requires()
    async def log(self, interaction: Interaction, kind: str) -> None:
        """A channel was chosen, or none. The answer warns of one that will not do."""
        if kind not in LOG_KINDS:
            await answer(interaction, UNKNOWN)
            return
        guild_id, chosen = guild_of(interaction), min(chosen_ids(interaction), default=None)

        def change(before: GuildPolicy) -> GuildPolicy:
            return replace(before, mod_log=replace(before.mod_log, **{kind: chosen}))

        policy = await self._policies.set_policy(
            guild_id, change, by=actor(interaction), what="mod log"
        )
        warning = ""
        if chosen is not None:
            warning = fitness_text(chosen, await self._channels.fitness(guild_id, chosen))
        page = log_page(policy, warning)
        await change_answer(interaction, page.text, menus=page.menus, buttons=page.buttons)
