"""Which innocent texts are hit: a text is innocent where no entry stands in it undisguised."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from moderation.errors import EntryRefused
from moderation.matcher import Matcher, compile_lists
from moderation.words import BannedWord, parse_entry

_ENDINGS = ("", "s", "es", "ed", "d", "ing", "er", "ers", "y", "ies", "'s", "n", "en", "in")


@cache
def _matcher(words: Sequence[str]) -> Matcher:
    entries: list[BannedWord] = []
    for word in words:
        try:
            entries.append(parse_entry(word))
        except EntryRefused:
            continue
    return compile_lists({"main": entries})


@cache
def _plain(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(
        r"(?<![^\W_])(?:" + "|".join(map(re.escape, words)) + r")(?![^\W_])", re.IGNORECASE
    )


def innocent_hits(texts: Iterable[str], words: Sequence[str]) -> list[str]:
    """Each hit in an innocent text, as a line that shows it. What a person plainly wrote is
    taken out of the text first."""
    matcher, plain = _matcher(tuple(words)), _plain(tuple(words))
    hits: list[str] = []
    for text in texts:
        detection = matcher.detect(text)
        said = [match.span() for match in plain.finditer(text)]
        for hit in detection.hits:
            if any(start < hit.end and hit.start < end for start, end in said):
                continue
            hits.append(f"{hit.entry!r} as {hit.text!r} {hit.undone} in {text[:120]!r}")
            break
    return hits


def dictionary_words_hit(dictionary: Iterable[str], words: Sequence[str]) -> list[str]:
    """Dictionary words hit that are neither an entry nor an inflection of it."""
    matcher = _matcher(tuple(words))
    entries = {word.lower() for word in words}
    flagged: list[str] = []
    for word in dictionary:
        if not matcher.detect(word):
            continue
        lowered = word.lower()
        bases = {lowered.removesuffix(ending) for ending in _ENDINGS}
        bases |= {base + "e" for base in bases} | {base[:-1] for base in bases if len(base) > 3}
        if not bases & entries:
            flagged.append(word)
    return flagged
