"""The menus, buttons and forms of ``/policy edit``: one page that changes as things are chosen.

Whoever uses one is checked then, for Manage Server and for the permission of what would follow; the
latter inside the change, so that it is about what is in force at that moment."""

from collections.abc import Callable
from dataclasses import replace

from cogs.base import Cog, Interaction
from cogs.helpers.checks import actor, guild_of, requires
from cogs.helpers.components import component
from cogs.helpers.forms import answers, ask_fields
from cogs.helpers.granting import granted
from cogs.helpers.list_pages import pick_list_page
from cogs.helpers.notice_options import Rules, read_notice
from cogs.helpers.numbers import read_number
from cogs.helpers.policy_pages import (
    HOW,
    Page,
    days_fields,
    exempt_page,
    judging_page,
    ladder_fields,
    ladder_page,
    log_page,
    moderators_page,
    notice_fields,
    notices_page,
    pick_page,
    start_page,
)
from cogs.helpers.replies import answer
from cogs.helpers.replies import replace as change_answer
from cogs.helpers.rungs import PRESET, read_ladder
from cogs.helpers.selects import NotChosen, chosen
from moderation.policy import GuildPolicy, Ladder, Notices
from service.policies import Policies

MAX_DAYS = 365
NO_DAYS = "Write a number of days from 1 to 365. Nothing was changed."


class PolicyEdit(Cog):
    """Nothing is kept in memory: the page says what it is about in the ids of its parts."""

    def __init__(self, policies: Policies, rules: Rules) -> None:
        self._policies = policies
        self._rules = rules

    @component("policy/page")
    @requires()
    async def page(self, interaction: Interaction) -> None:
        """Back to the start."""
        await _show(interaction, start_page())

    @component("policy/edit")
    @requires()
    async def edit(self, interaction: Interaction) -> None:
        """What to change was chosen."""
        policy = await self._policies.policy(guild_of(interaction))
        match chosen(interaction):
            case ["exempt"]:
                await _show(interaction, exempt_page(policy, ""))
            case ["list"]:
                await _show(interaction, pick_list_page(policy))
            case ["moderators"]:
                await _show(interaction, moderators_page(policy))
            case ["log"]:
                await _show(interaction, log_page(policy))
            case ["exempt-list"]:
                await _show(interaction, pick_page(policy))
            case ["judging"]:
                await _show(interaction, judging_page(policy))
            case ["ladder"]:
                await _show(interaction, ladder_page(policy))
            case ["notices"]:
                await _show(interaction, notices_page(policy))
            case ["days"]:
                title = "How long texts are kept"
                await ask_fields(interaction, "policy/days", title, days_fields(policy))
            case _:
                raise NotChosen

    # Moderators

    @component("policy/judge")
    @requires()
    async def judge(self, interaction: Interaction) -> None:
        """Moderators are judged like everybody."""
        await self._judge(interaction, judges=True)

    @component("policy/spare")
    @requires()
    async def spare(self, interaction: Interaction) -> None:
        """Moderators are exempt."""
        await self._judge(interaction, judges=False)

    async def _judge(self, interaction: Interaction, *, judges: bool) -> None:
        policy = await self._set(
            interaction,
            "whether moderators are judged",
            lambda before: replace(before, judges_moderators=judges),
        )
        await _show(interaction, judging_page(policy))

    # The ladder

    @component("policy/preset")
    @requires()
    async def preset(self, interaction: Interaction) -> None:
        """The ladder that works out of the box."""
        await self._ladder(interaction, PRESET)

    @component("policy/no-ladder")
    @requires()
    async def no_ladder(self, interaction: Interaction) -> None:
        """No ladder."""
        await self._ladder(interaction, Ladder())

    @component("policy/rungs")
    @requires()
    async def rungs(self, interaction: Interaction) -> None:
        """Ask for a ladder of one's own."""
        fields = ladder_fields(await self._policies.policy(guild_of(interaction)))
        await ask_fields(interaction, "policy/new-rungs", "What follows from strikes", fields)

    @component("policy/new-rungs")
    @requires()
    async def new_rungs(self, interaction: Interaction) -> None:
        """The form came back."""
        written = answers(interaction)
        ladder = read_ladder(written.get("rungs", ""), written.get("window", ""))
        await self._ladder(interaction, ladder)

    async def _ladder(self, interaction: Interaction, ladder: Ladder) -> None:
        policy = await self._set(
            interaction, "ladder", lambda before: replace(before, ladder=ladder)
        )
        await _show(interaction, ladder_page(policy))

    # Notices, and how long texts are kept

    @component("policy/notices")
    @requires()
    async def notices(self, interaction: Interaction) -> None:
        """How authors are told was chosen."""
        how = HOW.get("".join(chosen(interaction)))
        if how is None:
            raise NotChosen

        def change(before: Notices) -> Notices:
            return replace(before, by=how.by, deletions=how.deletions)

        await self._notices(interaction, change)

    @component("policy/notice")
    @requires()
    async def notice(self, interaction: Interaction) -> None:
        """Ask for the text."""
        fields = notice_fields(await self._policies.policy(guild_of(interaction)))
        await ask_fields(interaction, "policy/new-notice", "What authors are told", fields)

    @component("policy/new-notice")
    @requires()
    async def new_notice(self, interaction: Interaction) -> None:
        """The form came back."""
        written = answers(interaction).get("text", "")
        text = await read_notice(self._rules, guild_of(interaction), written)
        await self._notices(interaction, lambda before: replace(before, text=text))

    async def _notices(
        self, interaction: Interaction, change: Callable[[Notices], Notices]
    ) -> None:
        policy = await self._set(
            interaction, "notices", lambda before: replace(before, notices=change(before.notices))
        )
        await _show(interaction, notices_page(policy))

    @component("policy/days")
    @requires()
    async def days(self, interaction: Interaction) -> None:
        """The form came back."""
        written = answers(interaction).get("days", "")
        days = read_number(written, digits=8) or 0
        if not 1 <= days <= MAX_DAYS:
            await answer(interaction, NO_DAYS)
            return
        await self._set(
            interaction,
            "how long texts are kept",
            lambda before: replace(before, text_days=days),
        )
        kept = "1 day" if days == 1 else f"{days} days"
        await _show(interaction, start_page(f"Texts of cases are kept for {kept} now."))

    async def _set(
        self, interaction: Interaction, what: str, change: Callable[[GuildPolicy], GuildPolicy]
    ) -> GuildPolicy:
        change = granted(interaction.permissions, change)
        return await self._policies.set_policy(
            guild_of(interaction), change, by=actor(interaction), what=what
        )


async def _show(interaction: Interaction, page: Page) -> None:
    await change_answer(interaction, page.text, menus=page.menus, buttons=page.buttons)
