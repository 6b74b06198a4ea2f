"""The record of changes: turning its pages, and taking a change back once that was asked."""

from collections.abc import Iterator, Sequence
from functools import partial

import nextcord

from cogs.base import Cog, Interaction
from cogs.helpers.change_texts import change_text
from cogs.helpers.checks import actor, guild_of, requires
from cogs.helpers.components import component
from cogs.helpers.granting import asked_by_undoing, insist
from cogs.helpers.numbers import read_number
from cogs.helpers.replies import MAX_CONTENT, Button
from cogs.helpers.replies import replace as change_answer
from moderation.policy import GuildPolicy
from moderation.records import Change
from service.policies import Policies
from service.word_lists import WordLists

SHOWN_CHANGES = 10


class PolicyRecord(Cog):
    """The buttons under ``/policy history`` and ``/policy undo``."""

    def __init__(self, policies: Policies, word_lists: WordLists) -> None:
        self._policies = policies
        self._words = word_lists

    @component("policy/history")
    @requires()
    async def turn(self, interaction: Interaction, before: str) -> None:
        """Another page: the changes numbered below ``before``; the newest for no number."""
        below = read_number(before, digits=8)
        text, buttons = await record_page(self._words, guild_of(interaction), below)
        await change_answer(interaction, text, buttons=buttons)

    @component("policy/undo")
    @requires()
    async def undo_now(self, interaction: Interaction, number: str) -> None:
        """It was meant."""
        change_id = read_number(number, digits=8) or 0
        guild_id = guild_of(interaction)
        said = await self._policies.undo_change(
            guild_id,
            change_id,
            by=actor(interaction),
            allowed=partial(insist_on_undoing, interaction.permissions),
        )
        await change_answer(interaction, f"Change #{change_id} is taken back: {said}")

    @component("policy/leave")
    @requires()
    async def leave(self, interaction: Interaction) -> None:
        """It was not meant."""
        await change_answer(interaction, "Nothing was changed.")


async def record_page(
    words: WordLists, guild_id: int, before: int | None = None
) -> tuple[str, list[Button]]:
    """The newest changes, with ``before`` of those numbered below it, and the buttons to turn."""
    changes = await words.changes(guild_id, limit=SHOWN_CHANGES, before=before)
    if not changes:
        return "There are no changes here.", []
    head = "**Changes**, newest first"
    rows = list(_fitting(head, [change_text(change) for change in changes]))
    oldest, newer = changes[len(rows) - 1].change_id, changes[0].change_id + SHOWN_CHANGES + 1
    buttons = [
        Button("Newer", f"policy/history/{newer}", disabled=before is None),
        Button("Older", f"policy/history/{oldest}", disabled=oldest == 1),
    ]
    whole = before is None and oldest == 1
    return "\n".join([head, *rows]), [] if whole else buttons


def _fitting(head: str, rows: Sequence[str]) -> Iterator[str]:
    """As many of the rows as fit into one message below ``head``, at least one: the next page
    begins with the others."""
    room = MAX_CONTENT - len(head)
    for number, row in enumerate(rows):
        room -= len(row) + 1
        if room < 0 and number:
            return
        yield row


def insist_on_undoing(
    permissions: nextcord.Permissions, change: Change, policy: GuildPolicy
) -> None:
    """Raises NotGranted where what comes back is not theirs to set; ``policy`` is in force."""
    insist(permissions, asked_by_undoing(change, policy))
