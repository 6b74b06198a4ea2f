"""Finding patterns as they are written: literal entries, and those with a symbol, which no skeleton
holds. One pass over a lightly folded text, boundaries checked."""

import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from moderation.characters import UNSPACED, is_bounded, is_mark
from moderation.crowds import CROWD, Crowds, Tallies
from moderation.entries import Pattern
from moderation.folding import Folded
from moderation.joining import join
from moderation.spans import Span

# As in moderation.disguises: without it, building takes quadratic time on some lists.
_MANY = 5_000
_PADDING = "\0" * 2_000


type Pieces = tuple[int, tuple[Span, ...]]
"""Which pattern, and the span of each of its pieces in the source of the folded text."""


class _Use(NamedTuple):
    """One piece of a pattern of `total`; `left` and `right` say where a boundary is demanded."""

    pattern: int
    piece: int
    total: int
    left: bool
    right: bool


class PlainScanner:
    """Patterns, each with a number of the caller's, compiled into one automaton."""

    __slots__ = ("_automaton", "_crowds", "_is_nested", "_uses", "has_spaces")

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        patterns = list(patterns)
        self._is_nested = _is_nested([pattern for _, pattern in patterns])
        uses: dict[str, list[_Use]] = {}
        for number, pattern in patterns:
            total = len(pattern.folded)
            for piece, text in enumerate(pattern.folded):
                left = piece == 0 and not pattern.open_start and is_bounded(text[0])
                right = piece == total - 1 and not pattern.open_end and is_bounded(text[-1])
                wanted = _mark_edges(text) if self._is_nested else text
                uses.setdefault(wanted, []).append(_Use(number, piece, total, left, right))
        texts = list(uses)
        self.has_spaces = any(" " in text for text in texts)
        """Whether it matters that runs of white space are one space."""
        self._uses = list(uses.values())
        if len(texts) > _MANY:
            texts.insert(0, _PADDING)
            self._uses.insert(0, [])
        self._crowds = Crowds(
            map(len, self._uses), self._uses.__getitem__, attrgetter("pattern", "piece")
        )
        self._automaton = AhoCorasick(texts, store_patterns=False)

    def find(self, folded: Folded) -> list[Pieces]:
        """Every occurrence, overlapping ones included, in no particular order. Of those of a
        starred pattern that end at the same place only the shortest."""
        text = folded.text
        found: list[Pieces] = []
        starred: dict[int, list[list[Span]]] = {}
        tallies = Tallies()
        scanned = _mark_edges(text) if self._is_nested else text
        matches = self._automaton.find_matches_as_indexes(scanned, overlapping=True)
        present = {match[0] for match in matches} if self._crowds else set()
        for number, start, end in matches:
            crowded = number in self._crowds
            uses = self._crowds.uses(number, present) if crowded else self._uses[number]
            for use in uses:
                if use.left and not _begins(text, start):
                    continue
                if use.right and not _ends(text, end):
                    continue
                if use.total > 1:
                    spans = starred.setdefault(use.pattern, [[] for _ in range(use.total)])
                    spans[use.piece].append(folded.original(start, end))
                elif not tallies.has_enough(use.pattern, start):
                    tallies.add(use.pattern, end)
                    found.append((use.pattern, (folded.original(start, end),)))
        for pattern, occurrences in starred.items():
            found += [(pattern, pieces) for pieces in join(folded.source, occurrences)]
        return found


def _begins(text: str, start: int) -> bool:
    """Whether a word may begin here. A mark counts as what it stands on, so that the variation
    selector of an emoji is no part of a word."""
    before = start - 1
    while before >= 0 and is_mark(text[before]):
        before -= 1
    return before < 0 or not is_bounded(text[before])


def _ends(text: str, end: int) -> bool:
    return end == len(text) or not is_bounded(text[end])


def _is_nested(patterns: Sequence[Pattern]) -> bool:
    """Whether some whole words hold very many others. Wherever a long one stands, they would all
    be found, only to be turned down: of one letter and 4,000 of it in a text, a million."""
    if len(patterns) <= CROWD or any(
        len(pattern.folded) > 1 or pattern.open_start or pattern.open_end for pattern in patterns
    ):
        return False
    texts = [pattern.folded[0] for pattern in patterns]
    find = AhoCorasick(texts, store_patterns=False).find_matches_as_indexes
    longest = sorted(texts, key=len)[-CROWD:]
    return any(len(find(text, overlapping=True)) > CROWD for text in longest)


_BOUNDED = "[^\\W_" + "".join(f"{chr(a)}-{chr(b)}" for a, b in UNSPACED) + "]"
_EDGE = re.compile(f"(?<!{_BOUNDED})[a-z0-9]|[a-z0-9](?!{_BOUNDED})")
_MARKED = 0xF0000


def _mark_edges(text: str) -> str:
    """The first and the last letter of each word exchanged for one that no text has, so that what
    stands inside of a word is not found there."""
    return _EDGE.sub(lambda match: chr(_MARKED + ord(match[0])), text)
