"""Spans of a text: the words that they lie in, and which of them hold others."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from moderation.characters import is_bounded

type Span = tuple[int, int]


class WordRuns:
    """Where the word around an offset begins and ends. Looks at each text once."""

    __slots__ = ("_ends", "_starts", "_text")

    def __init__(self) -> None:
        self._text: str | None = None
        self._starts: list[int] = []
        self._ends: list[int] = []

    def start(self, text: str, offset: int) -> int:
        """Where the word begins that goes on at `offset`; `offset` if none does."""
        self._look_at(text)
        run = bisect_right(self._starts, offset) - 1
        return self._starts[run] if run >= 0 and self._ends[run] >= offset else offset

    def end(self, text: str, offset: int) -> int:
        """Where the word ends that goes on at `offset`; `offset` if none does."""
        self._look_at(text)
        run = bisect_right(self._starts, offset) - 1
        return max(self._ends[run], offset) if run >= 0 else offset

    def _look_at(self, text: str) -> None:
        if text is self._text:
            return
        self._text, self._starts, self._ends = text, [], []
        inside = False
        for offset, character in enumerate(text):
            is_word = is_bounded(character)
            if is_word and not inside:
                self._starts.append(offset)
            elif inside and not is_word:
                self._ends.append(offset)
            inside = is_word
        if inside:
            self._ends.append(len(text))


class Cover:
    """Spans, of which one may hold another span whole."""

    __slots__ = ("_furthest", "_starts")

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._furthest = list(accumulate((end for _, end in ordered), max))

    def holds(self, start: int, end: int) -> bool:
        """Whether one of them begins no later than `start` and ends no earlier than `end`."""
        before = bisect_right(self._starts, start)
        return before > 0 and self._furthest[before - 1] >= end
