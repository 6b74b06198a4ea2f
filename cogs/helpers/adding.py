"""Adding banned words from an option, a form or a file: read, tried on what was said lately, asked
about where that would hit much, kept, and reported."""

import asyncio
import logging
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

import aiohttp
import nextcord

from cogs.base import Interaction
from cogs.helpers.checks import actor, guild_of
from cogs.helpers.entry_terms import terms_text
from cogs.helpers.identity import Identity
from cogs.helpers.recent import recent_texts
from cogs.helpers.replies import Button, answer, lines, replace
from cogs.helpers.wordings import (
    added_words,
    doubled,
    entries,
    noisy_question,
    nothing_to_add,
    refused_lines,
)
from moderation.policy import NO_TERMS, EntryTerms
from moderation.records import MAIN_LIST, Added, LimitReached
from moderation.wordfiles import BadFile, decode
from moderation.words import BannedWord, ParsedList
from service.word_lists import Noisy, WordLists

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 8 << 20
"""A word file of this size holds more entries than a server may have."""

FILE_SECONDS = 30.0

MAX_QUESTIONS = 1_000
QUESTION_SECONDS = 15 * 60.0
"""As long as Discord lets an ephemeral message be changed."""

NO_QUESTION = "This question is no longer open. Nothing was added; please use the command again."


@dataclass(frozen=True, slots=True)
class _Question:
    guild_id: int
    list_name: str
    own: EntryTerms
    noisy: tuple[BannedWord, ...]
    asked_at: float


class Adding:
    """Holds the open questions; they are gone after a restart, and then nothing was added."""

    def __init__(self, word_lists: WordLists, identity: Identity) -> None:
        self._lists = word_lists
        self._identity = identity
        self._questions: OrderedDict[str, _Question] = OrderedDict()

    async def add(
        self,
        interaction: Interaction,
        text: str,
        list_name: str,
        *,
        numbered: bool,
        own: EntryTerms = NO_TERMS,
    ) -> None:
        """Read ``text`` and keep what is good, with these terms; ``numbered`` names refused lines
        by number."""
        parsed = await self._lists.read(text)
        await self._keep_good(interaction, parsed, list_name, own, numbered=numbered)

    async def add_file(
        self, interaction: Interaction, attachment: nextcord.Attachment, list_name: str
    ) -> None:
        """Download an attachment and add its lines."""
        if attachment.size > MAX_FILE_BYTES:
            await answer(
                interaction,
                f"The file has {attachment.size:,} bytes; a word list of more than "
                f"{MAX_FILE_BYTES:,} bytes is not taken. Nothing was added.",
            )
            return
        try:
            async with asyncio.timeout(FILE_SECONDS):
                text = decode(await attachment.read())
        except BadFile as error:
            await answer(interaction, f"{error} Nothing was added.")
            return
        except (nextcord.HTTPException, OSError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("A file could not be downloaded: %r", error)
            await answer(
                interaction,
                "Discord did not give me the file. Nothing was added; try again.",
            )
            return
        await self.add(interaction, text, list_name, numbered=True)

    def asked_about(self, interaction: Interaction, token: str) -> tuple[str, EntryTerms] | None:
        """The list that an open question is about, and what its entries would have of their own."""
        question = self._questions.get(token)
        if question is None or question.guild_id != interaction.guild_id:
            return None
        return question.list_name, question.own

    async def keep(self, interaction: Interaction, token: str) -> None:
        """“Keep anyway” was pressed."""
        question = self._take(interaction, token)
        if question is None:
            await replace(interaction, NO_QUESTION)
            return
        try:
            added = await self._lists.add(
                question.guild_id,
                question.noisy,
                by=actor(interaction),
                list_name=question.list_name,
                own=question.own,
            )
        except LimitReached as error:
            await replace(interaction, str(error))
            return
        await replace(
            interaction, lines("", _added(added, question.own, question.list_name)).strip()
        )

    async def drop(self, interaction: Interaction, token: str) -> None:
        """“Leave out” was pressed."""
        question = self._take(interaction, token)
        number = len(question.noisy) if question else 0
        await replace(
            interaction,
            f"Left out {entries(number)}. Nothing was added." if number else NO_QUESTION,
        )

    async def _keep_good(
        self,
        interaction: Interaction,
        parsed: ParsedList[BannedWord],
        list_name: str,
        own: EntryTerms,
        *,
        numbered: bool,
    ) -> None:
        if not parsed.entries and not parsed.refused:
            await answer(interaction, nothing_to_add(parsed))
            return
        guild_id = guild_of(interaction)
        noisy, untried = await self._rehearse(interaction, parsed, list_name)
        asked = {one.entry.key for one in noisy}
        quiet = [entry for entry in parsed.entries if entry.key not in asked]
        rows: list[str] = []
        if quiet:
            try:
                added = await self._lists.add(
                    guild_id, quiet, by=actor(interaction), list_name=list_name, own=own
                )
            except LimitReached as error:
                await answer(interaction, str(error))
                return
            rows += _added(added, own, list_name)
        rows += doubled(parsed.duplicates)
        rows += refused_lines(parsed.refused, numbered=numbered)
        if untried and parsed.entries:
            rows.append(f"Not tried on recent messages: {untried}")
        # What is asked comes first, since a long report is cut at its end.
        question = noisy_question(noisy)
        buttons = self._ask(guild_id, list_name, own, noisy) if noisy else []
        await answer(interaction, lines("", [*question, *rows]).strip(), buttons=buttons)

    async def _rehearse(
        self, interaction: Interaction, parsed: ParsedList[BannedWord], list_name: str
    ) -> tuple[list[Noisy], str]:
        texts = await recent_texts(interaction, self._identity.me())
        if isinstance(texts, str):
            return [], texts
        guild_id = guild_of(interaction)
        noisy = await self._lists.rehearse(guild_id, parsed.entries, texts, list_name=list_name)
        return noisy, ""

    def _ask(
        self, guild_id: int, list_name: str, own: EntryTerms, noisy: list[Noisy]
    ) -> list[Button]:
        token = secrets.token_urlsafe(12)
        self._questions[token] = _Question(
            guild_id, list_name, own, tuple(one.entry for one in noisy), monotonic()
        )
        while len(self._questions) > MAX_QUESTIONS:
            self._questions.popitem(last=False)
        return [
            Button("Keep anyway", f"words/keep/{token}", nextcord.ButtonStyle.danger),
            Button("Leave out", f"words/drop/{token}"),
        ]

    def _take(self, interaction: Interaction, token: str) -> _Question | None:
        question = self._questions.get(token)
        if question is None or question.guild_id != interaction.guild_id:
            return None
        del self._questions[token]
        return question if monotonic() - question.asked_at < QUESTION_SECONDS else None


def _added(added: Added[BannedWord], own: EntryTerms, list_name: str) -> list[str]:
    rows = added_words(added, "entry", "" if list_name == MAIN_LIST else f" to **{list_name}**")
    if own and added.added:
        rows.append(f"For this entry alone: {terms_text(own)}.")
    if own and added.already:
        rows.append("What was there keeps what it had; `/words edit` changes that.")
    return rows
