"""After a hit that was none: the first phrase around it that lets its text through once it is
allowed."""

import asyncio
from dataclasses import dataclass

from moderation.around import phrases_around
from moderation.cases import Case
from moderation.errors import EntryRefused
from moderation.matcher import compile_lists
from moderation.words import AllowedPhrase, BannedWord, parse_allowed
from service.word_lists import WordLists


@dataclass(frozen=True, slots=True)
class Offer:
    """A phrase that may be allowed. ``also`` are the other entries that would not be found in it
    any more."""

    phrase: AllowedPhrase
    also: tuple[str, ...]


class Allowing:
    """Finds what to offer. Nothing is kept: asked again, it finds the same."""

    def __init__(self, word_lists: WordLists) -> None:
        self._lists = word_lists

    async def offer(self, guild_id: int, case: Case) -> Offer | None:
        """The phrase around the first hit of a case; None where its text is not kept, its entry not
        on its list any more, or no phrase would help."""
        hit = next((one for one in case.hits if one.end), None)
        if case.text is None or hit is None:
            return None
        listed = (await self._lists.words(guild_id)).lists.get(hit.list, ())
        word = next((one for one in listed if one.text == hit.entry), None)
        if word is None:
            return None
        phrase = await asyncio.to_thread(_first, word, case.text, hit.start, hit.end)
        if phrase is None:
            return None
        found = (await self._lists.test(guild_id, phrase.text)).hits
        return Offer(phrase, tuple(sorted({one.entry for one in found} - {hit.entry})))


def _first(word: BannedWord, text: str, start: int, end: int) -> AllowedPhrase | None:
    """Tried on the text: a phrase is read as an entry is, and may turn out not to cover the hit."""
    for written in phrases_around(text, start, end):
        try:
            phrase = parse_allowed(written)
        except EntryRefused:
            continue
        hits = compile_lists({"": [word]}, [phrase]).detect(text).hits
        if not any(hit.start < end and start < hit.end for hit in hits):
            return phrase
    return None
