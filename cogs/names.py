"""The names of all members: looked at after a start, and by ``/names sweep``."""

import nextcord

from cogs.base import Cog, Interaction
from cogs.helpers.checks import command_options, guild_of, requires
from cogs.helpers.components import component
from cogs.helpers.granting import follows_names, insist
from cogs.helpers.nextcord_private.payloads import Payload, on_payload
from cogs.helpers.people import snowflake
from cogs.helpers.replies import Button, answer, code, lines, replace, shorten, think
from cogs.helpers.wordings import count, show
from moderation.events import NamesSeen
from moderation.verdict import Verdict
from service.members import MembersUnreadable
from service.policies import Policies
from service.sweep import Found, NameSweep

SHOWN = 20
SHOWN_NAME = 40


class Names(Cog):
    """Shows whose name is banned, and renames them when the button is pressed."""

    intents = nextcord.Intents(guilds=True, members=True)

    def __init__(self, sweep: NameSweep, policies: Policies) -> None:
        self._sweep = sweep
        self._policies = policies

    @on_payload("GUILD_CREATE")
    def available(self, data: Payload) -> None:
        """A server is available: names may have changed before."""
        if data.get("unavailable") is not True:
            self._sweep.want(snowflake(data["id"]))

    @on_payload("GUILD_DELETE")
    def gone(self, data: Payload) -> None:
        """A server is out of reach, or the bot was removed."""
        self._sweep.forget(snowflake(data["id"]))

    @nextcord.slash_command(description="The names of this server's members", **command_options())
    async def names(self, interaction: Interaction) -> None:
        """Never runs: Discord offers the subcommands only."""

    @names.subcommand(description="Look for banned names among all members")
    @requires()
    async def sweep(self, interaction: Interaction) -> None:
        """How many, some examples, and a button."""
        await think(interaction)
        try:
            found = await self._sweep.look(guild_of(interaction))
        except MembersUnreadable as error:
            await answer(interaction, f"The members cannot be read: {error}")
            return
        buttons = []
        if found.banned:
            label = f"Rename {'them' if len(found.banned) > 1 else 'this member'}"
            buttons = [Button(label, "names/rename", nextcord.ButtonStyle.danger)]
        await answer(interaction, summary(found), buttons=buttons)

    @component("names/rename")
    @requires()
    async def rename(self, interaction: Interaction) -> None:
        """The button was pressed: everybody whose name is banned then. Each is a strike, so it
        takes the permission of what the ladder does."""
        guild_id = guild_of(interaction)
        insist(interaction.permissions, follows_names(await self._policies.policy(guild_id)))
        self._sweep.rename(guild_id)
        await replace(
            interaction,
            "I am renaming everybody whose name is banned. With many this takes a while, since "
            "Discord lets me rename only a few at a time. `/names sweep` shows who is left.",
        )


def summary(found: Found) -> str:
    """What a look has found, in sentences."""
    rows = [_row(verdict) for verdict in found.banned[:SHOWN]]
    if len(found.banned) > SHOWN:
        rows.append(f"… and {len(found.banned) - SHOWN:,} more.")
    if found.out_of_reach:
        rows.append(
            f"{count(found.out_of_reach, 'member', 'members')} more cannot be renamed by me: the "
            f"owner, or someone with a role that is not below mine."
        )
    people = count(found.members, "member", "members")
    if not found.banned:
        return lines(f"I looked at {people}. No name has to be changed.", rows)
    names = count(len(found.banned), "name is", "names are")
    return lines(f"I looked at {people}. **{names} banned**, and nothing is changed yet:", rows)


def _row(verdict: Verdict) -> str:
    event, first = verdict.event, verdict.found[0]
    who = f"<@{event.person.user_id}>" if isinstance(event, NamesSeen) else ""
    name = code(shorten(first.part.text, SHOWN_NAME))
    return f"{who} {first.part.surface}: {name}, for {show(first.hit.entry)}"
