"""What admins do with their lists: adding (after a rehearsal on recent messages), removing,
showing, clearing, testing. Slash commands and forms put these into sentences."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moderation.matcher import Detection, compile_lists
from moderation.policy import NO_TERMS, EntryTerms
from moderation.records import MAIN_LIST, Actor, Added, Change, GuildWords, Removed
from moderation.words import (
    AllowedPhrase,
    BannedWord,
    ParsedList,
    parse_allowed_list,
    parse_list,
)
from service.ports import WordStore
from service.rules import Rules

MAX_REHEARSED_HITS = 5
"""An entry that would hit more of the recent messages than this is asked about first."""


@dataclass(frozen=True, slots=True)
class Noisy:
    """An entry that would hit ``hits`` of the ``tried`` recent messages, ``example`` among them."""

    entry: BannedWord
    hits: int
    tried: int
    example: str


class WordLists:
    """The use cases around the lists of one guild at a time. Every write is in force when it
    returns: the next message waits for lists that hold it."""

    def __init__(self, store: WordStore, rules: Rules) -> None:
        self._store = store
        self._rules = rules

    async def words(self, guild_id: int) -> GuildWords:
        """Everything that the guild has."""
        return await self._store.words(guild_id)

    async def changes(
        self, guild_id: int, *, limit: int, before: int | None = None
    ) -> list[Change]:
        """The newest changes of the guild's record, newest first; with ``before`` only those
        numbered below it."""
        return await self._store.changes(guild_id, limit=limit, before=before)

    async def read(self, text: str) -> ParsedList[BannedWord]:
        """Read banned words, one a line; off the loop, since a list may be long and a regular
        expression is tried on hostile text."""
        return await asyncio.to_thread(parse_list, text)

    async def read_allowed(self, text: str) -> ParsedList[AllowedPhrase]:
        """Read allowed phrases, one a line."""
        return await asyncio.to_thread(parse_allowed_list, text)

    async def rehearse(
        self,
        guild_id: int,
        entries: Sequence[BannedWord],
        texts: Sequence[str],
        *,
        list_name: str = MAIN_LIST,
    ) -> list[Noisy]:
        """Which of ``entries`` would hit more than :data:`MAX_REHEARSED_HITS` of ``texts``. Those
        that the list has already are not tried: asking about them would change nothing."""
        words = await self._store.words(guild_id)
        known = {entry.key for entry in words.lists.get(list_name, ())}
        new = [entry for entry in entries if entry.key not in known]
        if not new or not texts:
            return []
        return await asyncio.to_thread(_rehearse, new, words, texts)

    async def test(self, guild_id: int, text: str, list_name: str = "") -> Detection:
        """What the lists in force find in ``text``, or with ``list_name`` that list on its own, and
        what they spare. Changes nothing."""
        rules = await self._rules.get(guild_id)
        if not list_name:
            return await asyncio.to_thread(rules.examine, text)
        words = await self._store.words(guild_id)
        return rules.in_time(await asyncio.to_thread(_examine, words, list_name, text))

    async def add(
        self,
        guild_id: int,
        entries: Sequence[BannedWord],
        *,
        by: Actor,
        list_name: str = MAIN_LIST,
        own: EntryTerms = NO_TERMS,
    ) -> Added[BannedWord]:
        """Keep ``entries``, each new one with these terms of its own. Raises LimitReached and
        UnknownList, having changed nothing."""
        try:
            return await self._store.add_words(
                guild_id, entries, by=by, list_name=list_name, own=own
            )
        finally:
            self._rules.changed(guild_id)

    async def remove(
        self,
        guild_id: int,
        entries: Sequence[BannedWord],
        *,
        by: Actor,
        list_name: str = MAIN_LIST,
    ) -> Removed[BannedWord]:
        """Take ``entries`` off the list. Raises UnknownList."""
        try:
            return await self._store.remove_words(guild_id, entries, by=by, list_name=list_name)
        finally:
            self._rules.changed(guild_id)

    async def clear(
        self, guild_id: int, *, by: Actor, list_name: str = MAIN_LIST
    ) -> tuple[BannedWord, ...]:
        """Empty the list and return what was on it. Raises UnknownList."""
        try:
            return await self._store.clear_words(guild_id, by=by, list_name=list_name)
        finally:
            self._rules.changed(guild_id)

    async def allow(
        self, guild_id: int, phrases: Sequence[AllowedPhrase], *, by: Actor
    ) -> Added[AllowedPhrase]:
        """Keep ``phrases``. Raises LimitReached, having changed nothing."""
        try:
            return await self._store.add_allowed(guild_id, phrases, by=by)
        finally:
            self._rules.changed(guild_id)

    async def disallow(
        self, guild_id: int, phrases: Sequence[AllowedPhrase], *, by: Actor
    ) -> Removed[AllowedPhrase]:
        """Take ``phrases`` off the allowed ones."""
        try:
            return await self._store.remove_allowed(guild_id, phrases, by=by)
        finally:
            self._rules.changed(guild_id)


def _examine(words: GuildWords, list_name: str, text: str) -> Detection:
    alone = {list_name: words.lists.get(list_name, ())}
    return compile_lists(alone, words.allowed).examine(text)


def _rehearse(new: Sequence[BannedWord], words: GuildWords, texts: Sequence[str]) -> list[Noisy]:
    return [
        Noisy(entry, len(hit), len(texts), hit[0])
        for entry, hit in _tried(new, words.allowed, texts)
        if len(hit) > MAX_REHEARSED_HITS
    ]


def _tried(
    new: Sequence[BannedWord], allowed: Sequence[AllowedPhrase], texts: Sequence[str]
) -> Iterator[tuple[BannedWord, list[str]]]:
    """Each entry that hits anything, and the texts that it hits. All are tried together; where a
    text has more hits than are told, each half of them on its own."""
    matcher = compile_lists({MAIN_LIST: new}, allowed)
    detections = [matcher.detect(text) for text in texts]
    if len(new) > 1 and any(detection.more for detection in detections):
        middle = len(new) // 2
        yield from _tried(new[:middle], allowed, texts)
        yield from _tried(new[middle:], allowed, texts)
        return
    hits: dict[str, list[str]] = {}
    for text, detection in zip(texts, detections, strict=True):
        for found in {hit.entry for hit in detection.hits}:
            hits.setdefault(found, []).append(text)
    for entry in new:
        if entry.text in hits:
            yield entry, hits[entry.text]
