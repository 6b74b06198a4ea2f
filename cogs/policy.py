"""``/policy``: what a server has set. The menus and forms of its page are in ``policy_edit.py``."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar, Protocol

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.helpers.change_texts import undoing_text
from cogs.helpers.checks import actor, command_options, guild_of, requires
from cogs.helpers.components import component
from cogs.helpers.granting import granted
from cogs.helpers.people import person
from cogs.helpers.policy_pages import moderators_page, start_page
from cogs.helpers.policy_texts import (
    exemptions_text,
    fitness_text,
    ladder_text,
    log_text,
    policy_text,
    why_text,
)
from cogs.helpers.replies import Button, answer
from cogs.helpers.replies import replace as change_answer
from cogs.helpers.rungs import PRESET
from cogs.helpers.selects import chosen_ids, given_id, kept_beside
from cogs.policy_record import insist_on_undoing, record_page
from moderation.policy import GuildPolicy, Ladder, ModLog
from service.log_channel import Fitness
from service.policies import Policies
from service.word_lists import WordLists

KINDS = {"everything": "channel", "punishments": "punishments", "by hand": "by_hand"}
NOBODY_NAMED = "Name a role, a channel or a member. Nothing was changed."


class LogChannels(Protocol):
    """Knows whether the mod log can be written somewhere."""

    async def fitness(self, guild_id: int, channel_id: int) -> Fitness: ...


class Policy(Cog):
    """Each subcommand checks for Manage Server when it is used, and for the permission of what
    would follow."""

    intents: ClassVar = nextcord.Intents(guilds=True)

    def __init__(self, policies: Policies, word_lists: WordLists, channels: LogChannels) -> None:
        self._policies = policies
        self._words = word_lists
        self._channels = channels

    @nextcord.slash_command(description="What this server has set", **command_options())
    async def policy(self, interaction: Interaction) -> None:
        """Never runs: Discord offers the subcommands only."""

    @policy.subcommand(description="Everything that is in force, on one page")
    @requires()
    async def show(self, interaction: Interaction) -> None:
        """Defaults included."""
        guild_id = guild_of(interaction)
        words = (await self._words.words(guild_id)).lists
        sizes: Mapping[str, int] = {name: len(listed) for name, listed in words.items()}
        await answer(interaction, policy_text(await self._policies.policy(guild_id), sizes))

    @policy.subcommand(description="Change exemptions, the ladder, notices and more, on one page")
    @requires()
    async def edit(self, interaction: Interaction) -> None:
        """Its menus and buttons are handled in ``policy_edit.py``."""
        page = start_page()
        await answer(interaction, page.text, menus=page.menus, buttons=page.buttons)

    @policy.subcommand(description="The channel where cases are told of; without one, none")
    @requires()
    async def log(
        self,
        interaction: Interaction,
        channel: nextcord.TextChannel = SlashOption(
            description="A channel that only moderators can read", required=False, default=None
        ),
        kind: str = SlashOption(
            description="Which cases; everything that has no channel of its own by default",
            choices=[*KINDS],
            required=False,
            default="everything",
        ),
    ) -> None:
        """Set it or take it away. Nextcord's own channel is left aside: see ``given_id``."""
        del channel
        guild_id, chosen = guild_of(interaction), given_id(interaction, "channel")

        def change(policy: GuildPolicy) -> GuildPolicy:
            log = policy.mod_log
            match KINDS.get(kind):
                case "punishments":
                    log = replace(log, punishments=chosen)
                case "by_hand":
                    log = replace(log, by_hand=chosen)
                case _:
                    log = replace(log, channel=chosen) if chosen else ModLog()
            return replace(policy, mod_log=log)

        policy = await self._policies.set_policy(
            guild_id, change, by=actor(interaction), what="mod log"
        )
        rows = [f"In force now. {log_text(policy.mod_log)}"]
        if chosen is not None:
            fitness = await self._channels.fitness(guild_id, chosen)
            rows.append(fitness_text(chosen, fitness))
        await answer(interaction, "\n".join(filter(None, rows)))

    @policy.subcommand(description="The roles that count as moderators of this bot")
    @requires()
    async def moderators(self, interaction: Interaction) -> None:
        """A menu in which those that count now are chosen."""
        page = moderators_page(await self._policies.policy(guild_of(interaction)))
        await answer(interaction, page.text, menus=page.menus, buttons=page.buttons)

    @component("policy/moderators")
    @requires()
    async def set_moderators(self, interaction: Interaction) -> None:
        """They see cases, and are exempt; punishing takes the permission all the same."""
        ids = chosen_ids(interaction)

        def change(before: GuildPolicy) -> GuildPolicy:
            return replace(before, moderators=ids | kept_beside(before.moderators))

        policy = await self._set(interaction, "moderators", change)
        page = moderators_page(policy)
        await change_answer(interaction, page.text, menus=page.menus, buttons=page.buttons)

    @policy.subcommand(description="Exempt a role, channel or member from all lists, or no longer")
    @requires()
    async def exempt(
        self,
        interaction: Interaction,
        role: nextcord.Role = SlashOption(description="A role", required=False, default=None),
        channel: nextcord.abc.GuildChannel = SlashOption(
            description="A channel, or a category with its channels", required=False, default=None
        ),
        member: nextcord.User = SlashOption(description="A member", required=False, default=None),
        moderators: str = SlashOption(
            description="Members with Manage Messages, administrators and the owner",
            choices=["exempt", "judged"],
            required=False,
            default="",
        ),
    ) -> None:
        """Each that is named becomes exempt, or is no longer where it was.

        Nextcord's own channel is left aside: see ``given_id``."""
        del channel
        channel_id = given_id(interaction, "channel")
        if not (role or channel_id or member or moderators):
            await answer(interaction, NOBODY_NAMED)
            return

        def change(policy: GuildPolicy) -> GuildPolicy:
            was = policy.exemptions
            now = replace(
                was,
                roles=was.roles ^ ({role.id} if role else set()),
                channels=was.channels ^ ({channel_id} if channel_id else set()),
                members=was.members ^ ({person(member).user_id} if member else set()),
            )
            judges = moderators == "judged" if moderators else policy.judges_moderators
            return replace(policy, exemptions=now, judges_moderators=judges)

        policy = await self._set(interaction, "exemptions", change)
        await answer(interaction, f"In force now. {exemptions_text(policy)}")

    @policy.subcommand(description="What follows from how many strikes")
    @requires()
    async def ladder(
        self,
        interaction: Interaction,
        setting: str = SlashOption(
            description="The preset: 3 in 7 days: timeout 1 h; 5: timeout 1 day; 7: ban",
            choices=["preset", "off"],
        ),
    ) -> None:
        """The preset or nothing."""
        ladder = PRESET if setting == "preset" else Ladder()
        policy = await self._set(
            interaction, "ladder", lambda before: replace(before, ladder=ladder)
        )
        await answer(interaction, f"In force now. {ladder_text(policy.ladder)}")

    @policy.subcommand(description="Who is exempt from which list, and why")
    @requires()
    async def why(
        self,
        interaction: Interaction,
        member: nextcord.Member = SlashOption(description="The member"),
        channel: nextcord.abc.GuildChannel = SlashOption(
            description="The channel; without one, it is about their names",
            required=False,
            default=None,
        ),
    ) -> None:
        """List by list. Nextcord's own channel is left aside: see ``given_id``."""
        del channel
        standings = await self._policies.why(
            guild_of(interaction), person(member), given_id(interaction, "channel")
        )
        await answer(interaction, why_text(standings))

    @policy.subcommand(description="All changes: who, when, what")
    @requires()
    async def history(self, interaction: Interaction) -> None:
        """Newest first."""
        text, buttons = await record_page(self._words, guild_of(interaction))
        await answer(interaction, text, buttons=buttons)

    @policy.subcommand(description="Take a change back; `/policy history` numbers them")
    @requires()
    async def undo(
        self,
        interaction: Interaction,
        number: int = SlashOption(description="The change's number", min_value=1),
    ) -> None:
        """Ask first, having said what it would do."""
        guild_id = guild_of(interaction)
        change = await self._policies.undoable(guild_id, number)
        insist_on_undoing(interaction.permissions, change, await self._policies.policy(guild_id))
        buttons = [
            Button("Take it back", f"policy/undo/{number}", nextcord.ButtonStyle.primary),
            Button("Leave it", "policy/leave"),
        ]
        await answer(interaction, undoing_text(change), buttons=buttons)

    async def _set(
        self, interaction: Interaction, what: str, change: Callable[[GuildPolicy], GuildPolicy]
    ) -> GuildPolicy:
        change = granted(interaction.permissions, change)
        return await self._policies.set_policy(
            guild_of(interaction), change, by=actor(interaction), what=what
        )
