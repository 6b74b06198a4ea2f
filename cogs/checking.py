"""The context menu “Check against the lists”: what would be found in a message, and why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import nextcord

from cogs.base import Cog, Interaction
from cogs.cases import MODERATORS
from cogs.helpers.case_texts import consequence_text
from cogs.helpers.checks import command_options, guild_of
from cogs.helpers.exempt_texts import because_text
from cogs.helpers.identity import Identity
from cogs.helpers.moderators import moderators_only
from cogs.helpers.ranks import LookUp
from cogs.helpers.replies import answer, code, lines, shorten, think
from cogs.helpers.translate import message_created
from cogs.helpers.wordings import count, disguised, show
from moderation.events import MessageSeen
from moderation.people import Kind
from moderation.verdict import Exempt, Found, Verdict
from service.checking import Checking
from service.members import NotFoundOut

SHOWN_TEXT = 80
NO_TEXT = "There is no text in this message that the lists could be compared with."
UNREADABLE = "I cannot make sense of this message. Nothing was checked."


class MessageChecks(Cog):
    """Judges a message once more, and does nothing about it."""

    intents: ClassVar = nextcord.Intents(guilds=True)

    def __init__(self, checking: Checking, identity: Identity, look_up: LookUp) -> None:
        self._checking = checking
        self._identity = identity
        self._look_up = look_up

    async def moderator_roles(self, guild_id: int) -> frozenset[int]:
        """The roles that count as moderators."""
        return await self._checking.moderator_roles(guild_id)

    @nextcord.message_command("Check against the lists", **command_options(MODERATORS))
    @moderators_only
    async def check_menu(self, interaction: Interaction, message: Mapping[str, Any]) -> None:
        """What would be found, and who is exempt."""
        await think(interaction)
        guild_id = guild_of(interaction)
        try:
            event = message_created({**message, "guild_id": str(guild_id)}, self._identity.me())
        except (KeyError, TypeError, ValueError):
            await answer(interaction, UNREADABLE)
            return
        if event is None:
            await answer(interaction, NO_TEXT)
            return
        event, said = await self._with_member(guild_id, event)
        verdict = await self._checking.check(event)
        await answer(interaction, "\n".join(filter(None, [checked_text(verdict), said])))

    async def _with_member(self, guild_id: int, event: MessageSeen) -> tuple[MessageSeen, str]:
        """The message with what its author is in the server now, which a context menu does not
        tell, and a sentence where that is not known."""
        if event.author.kind is not Kind.HUMAN:
            return event, ""
        try:
            member = await self._look_up(guild_id, event.author.user_id)
        except NotFoundOut:
            return event, "Discord does not say just now which roles the author has."
        if member is None:
            return event, "Whoever wrote it is not in this server any more."
        return replace(event, author=member), ""


def checked_text(verdict: Verdict) -> str:
    """What a look at a message found, in sentences."""
    if verdict.skipped is not None:
        return f"This message is not looked at, since {verdict.skipped}."
    rows = [_found(found) for found in verdict.found]
    if verdict.more:
        rows.append(f"… and {count(verdict.more, 'further hit', 'further hits')}.")
    rows += [_spared(exempt) for exempt in verdict.spared]
    if verdict.acts:
        follows = consequence_text(verdict.consequence)
        head = f"What would follow, the ladder aside: **{follows}**. Nothing was changed."
    elif verdict.found:
        head = "This message would only be logged."
    elif verdict.spared:
        head = "Nothing would follow from this message."
    else:
        head = "Nothing that is banned was found in this message."
    return lines(head, rows, limit=1_900)


def _found(found: Found) -> str:
    hit = found.hit
    row = f"- {code(shorten(hit.text, SHOWN_TEXT))} in the {found.part.surface}: "
    row += f"entry {show(hit.entry)}, list {show(hit.list)}"
    if hit.undone:
        row += f"; {disguised(hit.undone)}"
    if found.reason:
        row += f"; {code(shorten(found.reason, SHOWN_TEXT))}"
    return f"{row}; log only" if found.shadow else row


def _spared(exempt: Exempt) -> str:
    what = f"What the list {show(exempt.list)} holds" if exempt.list else "What was found"
    return f"- {what} does not count, since {because_text(exempt)}."
