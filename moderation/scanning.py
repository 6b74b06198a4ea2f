"""Finding many patterns in one pass over a folded text, with their boundaries checked."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from moderation.characters import is_bounded, is_mark
from moderation.entries import Pattern
from moderation.folding import Folded
from moderation.limits import MAX_STAR_CHARACTERS
from moderation.spans import Span

_LINE_BREAKS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")


# While it builds, the library moves every state in which a pattern ends to the front, and follows
# the cycles of that permutation for each state. Where almost every state ends a pattern (word1,
# word2 ...) there are few and long cycles: 100,000 entries took 15 s. A long pattern at the very
# beginning, of characters that no entry has, breaks them up: 0.04 s.
_MANY = 5_000
_PADDING = "\0" * 2_000


class Found(NamedTuple):
    """An occurrence: which pattern, and the span of each of its pieces in the folded text."""

    pattern: int
    pieces: tuple[Span, ...]


class _Use(NamedTuple):
    """One piece of a pattern of `total`; `left` and `right` say where a boundary is demanded."""

    pattern: int
    piece: int
    total: int
    left: bool
    right: bool


class Scanner:
    """Patterns, each with a number of the caller's, compiled into one automaton."""

    __slots__ = ("_automaton", "_uses")

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        uses: dict[str, list[_Use]] = {}
        for number, pattern in patterns:
            total = len(pattern.folded)
            for piece, text in enumerate(pattern.folded):
                left = piece == 0 and not pattern.open_start and is_bounded(text[0])
                right = piece == total - 1 and not pattern.open_end and is_bounded(text[-1])
                uses.setdefault(text, []).append(_Use(number, piece, total, left, right))
        texts = list(uses)
        self._uses = list(uses.values())
        if len(texts) > _MANY:
            texts.insert(0, _PADDING)
            self._uses.insert(0, [])
        self._automaton = AhoCorasick(texts, store_patterns=False)

    def __bool__(self) -> bool:
        return bool(self._uses)

    def find(self, folded: Folded) -> list[Found]:
        """Every occurrence, overlapping ones included, in no particular order. Of those of a
        starred pattern that end at the same place only the shortest."""
        text = folded.text
        found: list[Found] = []
        starred: dict[int, list[list[Span]]] = {}
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for use in self._uses[number]:
                if use.left and not _begins(text, start):
                    continue
                if use.right and not _ends(text, end):
                    continue
                if use.total == 1:
                    found.append(Found(use.pattern, ((start, end),)))
                else:
                    spans = starred.setdefault(use.pattern, [[] for _ in range(use.total)])
                    spans[use.piece].append((start, end))
        for pattern, occurrences in starred.items():
            found += [Found(pattern, pieces) for pieces in _join(folded, occurrences)]
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


def _join(folded: Folded, occurrences: Sequence[list[Span]]) -> list[tuple[Span, ...]]:
    """Occurrences of the pieces of one pattern put together, each with the nearest next one."""
    later: list[tuple[Span, ...]] = [(span,) for span in occurrences[-1]]
    for spans in reversed(occurrences[:-1]):
        later.sort()
        starts = [pieces[0][0] for pieces in later]
        joined: list[tuple[Span, ...]] = []
        for span in spans:
            nearest = bisect_left(starts, span[1])
            if nearest < len(later) and _bridges(folded, span, later[nearest][0]):
                joined.append((span, *later[nearest]))
        later = joined
    return list({pieces[-1]: pieces for pieces in sorted(later)}.values())


def _bridges(folded: Folded, before: Span, after: Span) -> bool:
    """Whether a star may hold what lies between, in the original text."""
    start = folded.original(*before)[1]
    end = folded.original(*after)[0]
    if end - start > MAX_STAR_CHARACTERS:
        return False
    return not _LINE_BREAKS.intersection(folded.source[start:end])
