"""What is found while one text is looked at, and when that is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from moderation.crowds import Tallies
from moderation.entries import Pattern
from moderation.joining import join
from moderation.limits import MAX_HITS_EXPLAINED
from moderation.spans import Span
from moderation.steps import Step

NOTHING_UNDONE: frozenset[Step] = frozenset()
_MAX_PIECES = 2_000


class Found(NamedTuple):
    """An occurrence: which pattern, the span of each of its pieces in the text, what was undone."""

    pattern: int
    pieces: tuple[Span, ...]
    steps: frozenset[Step] = NOTHING_UNDONE


class Limit(Protocol):
    """Who knows when a long text need not be looked at any further."""

    def is_enough(self, text: str, found: Sequence[Found]) -> bool:
        """Whether so much was found in the text that no more would be told."""


class NearMiss(NamedTuple):
    """What looked like a pattern and was spared, and why."""

    pattern: int
    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Effort:
    """What looking at a text took: bytes that were scanned, and pieces of text that were read."""

    scanned: int
    read: int


class Search:
    """What is found in one text."""

    __slots__ = (
        "asked",
        "found",
        "limit",
        "misses",
        "parts",
        "patterns",
        "read",
        "scanned",
        "seen",
        "tallies",
        "text",
        "turned_down",
        "view",
    )

    def __init__(
        self,
        text: str,
        patterns: Sequence[Pattern],
        misses: list[NearMiss] | None,
        limit: Limit | None,
    ) -> None:
        self.scanned = self.read = 0
        self.turned_down: set[object] = set()  # what was read in vain, with what stands around it
        self.limit = limit
        self.asked = 0
        self.view = 0
        self.text = text
        self.patterns = patterns
        self.misses = misses
        self.found: list[Found] = []
        self.parts: dict[int, list[list[tuple[Span, frozenset[Step]]]]] = {}
        self.seen: set[tuple[int, int, int, int, bool, bool, int]] = set()
        self.tallies = Tallies()

    def add(self, number: int, piece: int, span: Span, steps: frozenset[Step]) -> None:
        """A piece of a pattern stands there."""
        pattern = self.patterns[number]
        if len(pattern.folded) == 1:
            self.found.append(Found(number, (span,), steps))
        else:
            parts = self.parts.setdefault(number, [[] for _ in pattern.folded])
            if len(parts[piece]) < _MAX_PIECES:
                parts[piece].append((span, steps))

    def look_at(self, view: int) -> None:
        """Candidates come in order in each view, and overlapping ones are counted in each."""
        if view != self.view:
            self.view = view
            self.tallies.clear()

    def has_enough(self) -> bool:
        """Whether the rest of a long text need not be looked at."""
        if self.limit is None or len(self.found) <= max(MAX_HITS_EXPLAINED, self.asked):
            return False
        self.asked = len(self.found)
        return self.limit.is_enough(self.text, self.found)

    def finish(self) -> list[Found]:
        """All that was found, pieces of starred patterns put together, and of two findings of the
        same pattern of which one holds the other the one with less disguise."""
        for number, parts in self.parts.items():
            undone: dict[Span, frozenset[Step]] = {}
            for piece in parts:
                for span, steps in piece:
                    if span not in undone or len(steps) < len(undone[span]):
                        undone[span] = steps
            for pieces in join(self.text, [sorted({s for s, _ in piece}) for piece in parts]):
                steps = frozenset().union(*(undone[span] for span in pieces))
                self.found.append(Found(number, pieces, steps))
        return least_disguised(self.found) if len(self.found) > 1 else self.found


def least_disguised(found: Sequence[Found]) -> list[Found]:
    """Of two findings of the same pattern of which one holds the other, the one with less."""
    kept: list[Found] = []
    last: dict[int, Found] = {}
    for one in sorted(found, key=lambda f: (f.pieces[0][0], -f.pieces[-1][1], len(f.steps))):
        before = last.get(one.pattern)
        if before is not None and before.pieces[-1][1] >= one.pieces[-1][1]:
            if len(one.steps) < len(before.steps):
                kept[kept.index(before)] = last[one.pattern] = one
            continue
        kept.append(one)
        last[one.pattern] = one
    return kept
