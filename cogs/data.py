"""``/data erase``: taking a person out of what is kept of a server."""

from typing import ClassVar

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.helpers.checks import command_options, guild_of
from cogs.helpers.components import component
from cogs.helpers.owners import owner_only
from cogs.helpers.people import person, snowflake
from cogs.helpers.replies import Button, answer, replace, think
from cogs.helpers.wordings import count
from service.cases import Cases

WHOM = "Name a member, or the id of somebody who has left: one of the two. Nothing was erased."
NO_ID = (
    "That is no account's id, which is a number such as 1574494399243485191. Nothing was erased."
)


class DataCommands(Cog):
    """For the server's owner alone, who is asked once more before anything is erased."""

    intents: ClassVar = nextcord.Intents(guilds=True)

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    @nextcord.slash_command(
        description="What is kept of this server",
        **command_options(nextcord.Permissions(administrator=True)),
    )
    async def data(self, interaction: Interaction) -> None:
        """Never runs: Discord offers the subcommands only."""

    @data.subcommand(description="Erase a person from the cases, after asking; for the owner alone")
    @owner_only
    async def erase(
        self,
        interaction: Interaction,
        member: nextcord.User = SlashOption(
            description="A member, or somebody who has left", required=False, default=None
        ),
        account: str = SlashOption(
            name="id",
            description="The id of an account, where Discord does not find it any more",
            required=False,
            default="",
        ),
    ) -> None:
        """Ask first."""
        if (member is None) == (not account.strip()):
            await answer(interaction, WHOM)
            return
        user_id = person(member).user_id if member else _account_id(account.strip())
        if user_id is None:
            await answer(interaction, NO_ID)
            return
        buttons = [
            Button("Erase", f"data/erase/{user_id}", nextcord.ButtonStyle.danger),
            Button("Keep", "data/keep"),
        ]
        await answer(interaction, await self._question(interaction, user_id), buttons=buttons)

    @component("data/erase")
    @owner_only
    async def erase_now(self, interaction: Interaction, account: str) -> None:
        """The owner means it."""
        user_id = _account_id(account)
        if user_id is None:
            await replace(interaction, NO_ID)
            return
        await think(interaction)
        cases = await self._cases.erase_person(guild_of(interaction), user_id)
        about = count(cases, "case was", "cases were") if cases else "No case was"
        await answer(
            interaction,
            f"Erased: {about} about this account, and nothing that is kept says so any more; the "
            "mod log's entries are changed as well. The numbers stay. Backups are not touched.",
        )

    @component("data/keep")
    @owner_only
    async def keep(self, interaction: Interaction) -> None:
        """The owner does not mean it."""
        await replace(interaction, "Nothing was erased.")

    async def _question(self, interaction: Interaction, user_id: int) -> str:
        history = await self._cases.history(guild_of(interaction), user_id)
        about = count(history.total, "case is", "cases are") if history.total else "No case is"
        return (
            f"Erase <@{user_id}> (id {user_id})? {about} about them. Their id and name, the texts, "
            "the reasons and the notes go, and so does their name where they acted as a moderator. "
            "What would still be done to them is not done; a running ban or timeout for a time "
            "still ends. **This cannot be undone.**"
        )


def _account_id(text: str) -> int | None:
    try:
        return snowflake(text)
    except ValueError:
        return None
