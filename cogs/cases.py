"""``/case view | edit | note | undo | list | export``: what happened, and putting it right."""

import asyncio
import dataclasses
from collections.abc import Callable
from typing import ClassVar

import nextcord
from nextcord import SlashOption

from cogs.base import Cog, Interaction
from cogs.helpers.case_embeds import case_embed
from cogs.helpers.case_ids import case_number, read_filter, refuse_changing, refuse_undoing
from cogs.helpers.case_lists import PAGE, page_text
from cogs.helpers.case_notes import notes_buttons, notes_page
from cogs.helpers.case_options import (
    MAX_FILE_BYTES,
    TYPES,
    case_file,
    choice_text,
    moderator_id,
    span_of,
)
from cogs.helpers.checks import actor, command_options, guild_of
from cogs.helpers.components import component
from cogs.helpers.log_undoing import undone_text
from cogs.helpers.moderators import moderators_only
from cogs.helpers.paging import page_number
from cogs.helpers.people import person
from cogs.helpers.replies import answer, bytes_file, code, replace, shorten, suggest, think
from cogs.helpers.wordings import count
from moderation.cases import CaseFilter, CaseKind
from service.case_files import Format
from service.cases import MAX_TEXT, Cases
from service.clock import utc_ms

MODERATORS = nextcord.Permissions(moderate_members=True)
NUMBER = "The case's number"
UNTIL = "Leave out the last ..., for example 1 d"
SUGGESTED = 25


class CaseCommands(Cog):
    """Each subcommand, button and suggestion is for moderators, as they are when it is used."""

    intents: ClassVar = nextcord.Intents(guilds=True)

    def __init__(self, cases: Cases, clock: Callable[[], int] = utc_ms) -> None:
        self._cases = cases
        self._clock = clock

    async def moderator_roles(self, guild_id: int) -> frozenset[int]:
        """The roles that count as moderators."""
        return await self._cases.moderator_roles(guild_id)

    @nextcord.slash_command(description="This server's cases", **command_options(MODERATORS))
    async def case(self, interaction: Interaction) -> None:
        """Never runs: Discord offers the subcommands only."""

    @case.subcommand(description="Show a case: what happened, what followed, and all notes")
    @moderators_only
    async def view(
        self,
        interaction: Interaction,
        number: int = SlashOption(description=NUMBER, min_value=1, autocomplete=True),
    ) -> None:
        """The whole case."""
        case = await self._cases.case(guild_of(interaction), number)
        embed = case_embed(case, notes=True)
        await answer(interaction, "", embed=embed, buttons=notes_buttons(case, embed))

    @component("case/notes")
    @moderators_only
    async def notes(self, interaction: Interaction, number: str, page: str) -> None:
        """The reason and all notes, whole, above the case."""
        case = await self._cases.case(guild_of(interaction), case_number(number))
        content, buttons = notes_page(case, page_number(page))
        await replace(interaction, content, buttons=buttons)

    @case.subcommand(description="Give a case another reason; the old one is kept with it")
    @moderators_only
    async def edit(
        self,
        interaction: Interaction,
        number: int = SlashOption(description=NUMBER, min_value=1, autocomplete=True),
        reason: str = SlashOption(description="The new reason", max_length=MAX_TEXT),
    ) -> None:
        """The reason alone can be changed."""
        if await self._may_change(interaction, number):
            case = await self._cases.edit_reason(
                guild_of(interaction), number, reason, by=actor(interaction)
            )
            shown = code(shorten(case.reason, 200))
            await answer(interaction, f"Case #{case.number} has this reason now: {shown}.")

    @case.subcommand(description="Write something to a case, for other moderators")
    @moderators_only
    async def note(
        self,
        interaction: Interaction,
        number: int = SlashOption(description=NUMBER, min_value=1, autocomplete=True),
        text: str = SlashOption(description="What you want to say", max_length=MAX_TEXT),
    ) -> None:
        """One more note."""
        if await self._may_change(interaction, number):
            case = await self._cases.add_note(
                guild_of(interaction), number, text, by=actor(interaction)
            )
            notes = count(len(case.notes), "note", "notes")
            await answer(interaction, f"Noted. Case #{case.number} has {notes} now.")

    @case.subcommand(description="Not a violation: it counts no more, and what it led to ends")
    @moderators_only
    async def undo(
        self,
        interaction: Interaction,
        number: int = SlashOption(description=NUMBER, min_value=1, autocomplete=True),
    ) -> None:
        """Once; the second time says who was first."""
        await think(interaction)
        guild_id = guild_of(interaction)
        case = await self._cases.case(guild_id, number)
        if (refusal := refuse_undoing(interaction, case)) is not None:
            await answer(interaction, refusal)
            return
        undone = await self._cases.undo(guild_id, number, by=actor(interaction))
        before = [] if undone else [await self._cases.case(guild_id, number)]
        await answer(interaction, undone_text([undone] if undone else [], before))

    @case.subcommand(name="list", description="List cases, newest first")
    @moderators_only
    async def list_(
        self,
        interaction: Interaction,
        member: nextcord.User = SlashOption(
            description="Only cases about this person", required=False, default=None
        ),
        moderator: nextcord.User = SlashOption(
            description="Only what this moderator did; choose me for what I found",
            required=False,
            default=None,
        ),
        kind: str = SlashOption(
            name="type",
            description="Only cases of this type",
            choices=TYPES,
            required=False,
            default="",
        ),
        entry: str = SlashOption(
            description="Only cases of this entry, as its list shows it", required=False, default=""
        ),
        since: str = SlashOption(
            description="Only the last ..., for example 12 h, 7 d, 2 weeks",
            required=False,
            default="",
        ),
        until: str = SlashOption(description=UNTIL, required=False, default=""),
    ) -> None:
        """The first page."""
        first, end = span_of(since, until, self._clock())
        which = CaseFilter(
            user_id=person(member).user_id if member else None,
            moderator_id=moderator_id(interaction, moderator),
            kind=CaseKind(kind) if kind in TYPES.values() else None,
            entry=entry.strip(),
            since=first,
            until=end,
        )
        found = await self._cases.page(guild_of(interaction), which, 1, PAGE)
        content, buttons = page_text(found, which, 1)
        await answer(interaction, content, buttons=buttons)

    @component("case/list")
    @moderators_only
    async def turn(self, interaction: Interaction, number: str, asked: str) -> None:
        """Another page."""
        guild_id = guild_of(interaction)
        which, example = read_filter(asked)
        if example is not None:
            hits = (await self._cases.case(guild_id, example)).hits
            which = dataclasses.replace(which, entry=hits[0].entry if hits else "")
        found = await self._cases.page(guild_id, which, page_number(number), PAGE)
        content, buttons = page_text(found, which, page_number(number))
        await replace(interaction, content, buttons=buttons)

    @case.subcommand(description="Get this server's cases as a file")
    @moderators_only
    async def export(
        self,
        interaction: Interaction,
        kind: str = SlashOption(
            name="format",
            description="CSV for spreadsheets, JSON for programs",
            choices={one.name: one.value for one in Format},
        ),
        since: str = SlashOption(
            description="Only the last ..., for example 30 d; without it, all of them",
            required=False,
            default="",
        ),
        until: str = SlashOption(description=UNTIL, required=False, default=""),
    ) -> None:
        """Everything that is on record, texts and notes included."""
        await think(interaction)
        first, end = span_of(since, until, self._clock())
        which = CaseFilter(since=first, until=end)
        guild_id = guild_of(interaction)
        cases = [case async for some in self._cases.every(guild_id, which) for case in some]
        if not cases:
            await answer(interaction, "There is no case to export.")
            return
        name, content = await asyncio.to_thread(case_file, cases, Format(kind))
        if len(content) > MAX_FILE_BYTES:
            await answer(
                interaction,
                f"{count(len(cases), 'case', 'cases')} are more than fits into a file that "
                "Discord takes. Export fewer of them at once, with `since` and `until`.",
            )
            return
        text = f"{count(len(cases), 'case', 'cases')}, with names and texts: keep the file safe."
        await answer(interaction, text, file=bytes_file(name, content))

    @view.on_autocomplete("number")
    @moderators_only
    async def suggest_view(self, interaction: Interaction, typed: str) -> None:
        """The newest cases."""
        await self._suggest(interaction, typed)

    @edit.on_autocomplete("number")
    @moderators_only
    async def suggest_edit(self, interaction: Interaction, typed: str) -> None:
        """The newest cases."""
        await self._suggest(interaction, typed)

    @note.on_autocomplete("number")
    @moderators_only
    async def suggest_note(self, interaction: Interaction, typed: str) -> None:
        """The newest cases."""
        await self._suggest(interaction, typed)

    @undo.on_autocomplete("number")
    @moderators_only
    async def suggest_undo(self, interaction: Interaction, typed: str) -> None:
        """The newest cases."""
        await self._suggest(interaction, typed)

    async def _suggest(self, interaction: Interaction, typed: object) -> None:
        guild_id, wanted = guild_of(interaction), str(typed if typed is not None else "")
        newest = await self._cases.newest(guild_id, 4 * SUGGESTED)
        hits = [case for case in newest if str(case.number).startswith(wanted.strip())]
        choices = [{"name": choice_text(case), "value": case.number} for case in hits]
        await suggest(interaction, choices[:SUGGESTED])

    async def _may_change(self, interaction: Interaction, number: int) -> bool:
        case = await self._cases.case(guild_of(interaction), number)
        refusal = refuse_changing(interaction, case)
        if refusal is not None:
            await answer(interaction, refusal)
        return refusal is None
