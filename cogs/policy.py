"""``/policy``: what a server has set. The menus and forms of its page are in ``policy_edit.py``."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.helpers.checks import actor, command_options, guild_of, requires
from cogs.helpers.granting import asked, missing
from cogs.helpers.people import person
from cogs.helpers.policy_pages import start_page
from cogs.helpers.policy_texts import (
    change_text,
    exemptions_text,
    ladder_text,
    log_text,
    moderators_text,
    policy_text,
    why_text,
)
from cogs.helpers.replies import answer, lines
from cogs.helpers.rungs import PRESET
from moderation.consequence import BAN, DAY_MS, Consequence, Step
from moderation.policy import GuildPolicy, Ladder, ModLog
from moderation.records import MAIN_LIST
from service.policies import Policies
from service.word_lists import WordLists

EVERY_PUNISHMENT = (Consequence(Step.TIMEOUT, DAY_MS), Consequence(Step.KICK), BAN)

KINDS = {"everything": "channel", "punishments": "punishments", "by hand": "by_hand"}
SHOWN_CHANGES = 20
NOBODY_NAMED = "Name a role, a channel or a member. Nothing was changed."


class Policy(Cog):
    """Each subcommand checks for Manage Server when it is used, and for the permission of what
    would follow."""

    intents: ClassVar = nextcord.Intents(guilds=True)

    def __init__(self, policies: Policies, word_lists: WordLists) -> None:
        self._policies = policies
        self._words = word_lists

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
        """Set it or take it away."""
        chosen = channel.id if channel else None

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
            guild_of(interaction), change, by=actor(interaction), what="mod log"
        )
        await answer(interaction, f"In force now. {log_text(policy.mod_log)}")

    @policy.subcommand(description="Let a role count as moderators of this bot, or no longer")
    @requires()
    async def moderators(
        self,
        interaction: Interaction,
        role: nextcord.Role = SlashOption(description="The role"),
    ) -> None:
        """They see cases, and are exempt; punishing takes the permission all the same."""
        if (
            refusal := missing(interaction.permissions, [Consequence(Step.TIMEOUT, DAY_MS)])
        ) is not None:
            await answer(interaction, refusal)
            return
        policy = await self._policies.set_policy(
            guild_of(interaction),
            lambda before: replace(before, moderators=before.moderators ^ {role.id}),
            by=actor(interaction),
            what="moderators",
        )
        await answer(interaction, f"In force now. {moderators_text(policy)}")

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
        """Each that is named becomes exempt, or is no longer where it was."""
        if not (role or channel or member or moderators):
            await answer(interaction, NOBODY_NAMED)
            return

        def change(policy: GuildPolicy) -> GuildPolicy:
            was = policy.exemptions
            now = replace(
                was,
                roles=was.roles ^ ({role.id} if role else set()),
                channels=was.channels ^ ({channel.id} if channel else set()),
                members=was.members ^ ({person(member).user_id} if member else set()),
            )
            judges = moderators == "judged" if moderators else policy.judges_moderators
            return replace(policy, exemptions=now, judges_moderators=judges)

        guild_id = guild_of(interaction)
        before = await self._policies.policy(guild_id)
        # What was exempt and no longer is meets all that punishes.
        if not _spares_as_much(before, change(before)):
            refusal = missing(interaction.permissions, _all_that_follows(before))
            if refusal is not None:
                await answer(interaction, refusal)
                return
        policy = await self._policies.set_policy(
            guild_id, change, by=actor(interaction), what="exemptions"
        )
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
        refusal = missing(interaction.permissions, [rung.consequence for rung in ladder.rungs])
        if refusal is not None:
            await answer(interaction, refusal)
            return
        policy = await self._policies.set_policy(
            guild_of(interaction),
            lambda before: replace(before, ladder=ladder),
            by=actor(interaction),
            what="ladder",
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
        """List by list."""
        standings = await self._policies.why(
            guild_of(interaction), person(member), channel.id if channel else None
        )
        await answer(interaction, why_text(standings))

    @policy.subcommand(description="The last changes: who, when, what")
    @requires()
    async def history(self, interaction: Interaction) -> None:
        """Newest first."""
        changes = await self._words.changes(guild_of(interaction), limit=SHOWN_CHANGES)
        rows = [change_text(change) for change in changes]
        await answer(interaction, lines("", rows).strip() or "Nothing was changed yet.")

    @policy.subcommand(description="Take a change back; `/policy history` numbers them")
    @requires()
    async def undo(
        self,
        interaction: Interaction,
        number: int = SlashOption(description="The change's number", min_value=1),
    ) -> None:
        """Whoever takes something back may bring anything back that punishes, so all of it is
        asked for."""
        refusal = missing(interaction.permissions, EVERY_PUNISHMENT)
        if refusal is not None:
            await answer(interaction, refusal)
            return
        said = await self._policies.undo_change(
            guild_of(interaction), number, by=actor(interaction)
        )
        await answer(interaction, f"Change #{number} is taken back: {said}")


def _spares_as_much(before: GuildPolicy, after: GuildPolicy) -> bool:
    was, now = before.exemptions, after.exemptions
    return (
        was.roles <= now.roles
        and was.channels <= now.channels
        and was.members <= now.members
        and (before.judges_moderators or not after.judges_moderators)
    )


def _all_that_follows(policy: GuildPolicy) -> list[Consequence]:
    names = dict.fromkeys((MAIN_LIST, *policy.lists))
    lists = [one for name in names for one in asked(policy, name, policy.of(name))]
    return [*lists, *(rung.consequence for rung in policy.ladder.rungs)]
