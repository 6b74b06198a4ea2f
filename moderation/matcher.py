"""From lists of entries to a matcher, and from a text to the hits in it, each explained.

The first version of the matcher: it undoes case, compatibility forms and composed forms. What
stands behind `compile_lists` and `Matcher.detect` can change without anyone noticing; the shape of
a hit is a promise.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from moderation.characters import is_unspaced, is_word_character
from moderation.entries import Kind, Pattern
from moderation.folding import Folded, Step, fold, fold_case, steps_undone
from moderation.limits import MAX_HITS_EXPLAINED
from moderation.regexes import Haystack, Regex, compile_regex
from moderation.scanning import Found, Scanner, Span
from moderation.words import AllowedPhrase, BannedWord


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found in one text.

    `start` and `end` are code points of the text, covering the entry's own letters as they were
    written, and `text` is what stands there; `undone` names the evasions.
    """

    entry: str
    list: str
    start: int
    end: int
    text: str
    undone: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The hit as every JSON of this project writes it. Keys are only ever added."""
        return {
            "entry": self.entry,
            "list": self.list,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "undone": list(self.undone),
        }


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found in one text: the first hits, sorted by start and end, and how many more."""

    hits: tuple[Hit, ...] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.hits)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A hit before it is explained, in code points of the original text."""

    start: int
    end: int
    source: int
    pieces: tuple[Span, ...]


_NOTHING = Detection()


class _Finder:
    """The patterns of one side, banned or allowed, by the way in which their text is folded."""

    __slots__ = ("_literals", "_regexes", "_words")

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        numbered = list(enumerate(patterns))
        self._words = _Group(
            (number, pattern)
            for number, pattern in numbered
            if pattern.kind not in (Kind.REGEX, Kind.LITERAL)
        )
        self._literals = _Group(
            (number, pattern) for number, pattern in numbered if pattern.kind is Kind.LITERAL
        )
        self._regexes: list[tuple[int, Regex]] = [
            (number, compile_regex(pattern.pieces[0]))
            for number, pattern in numbered
            if pattern.kind is Kind.REGEX
        ]

    def find(self, text: str) -> list[tuple[Folded, Found]]:
        """Occurrences by the numbers of their patterns, with the text that their spans are of."""
        found: list[tuple[Folded, Found]] = []
        if self._words:
            folded = fold(text)
            found += [(folded, occurrence) for occurrence in self._words.find(folded)]
        if self._literals:
            folded = fold_case(text)
            found += [(folded, occurrence) for occurrence in self._literals.find(folded)]
        if self._regexes:
            haystack, as_is = Haystack(text), Folded(text, text)
            for number, regex in self._regexes:
                found += [(as_is, Found(number, (span,))) for span in regex.find(haystack)]
        return found


class _Group:
    """A scanner over some of the patterns, which keep their numbers."""

    __slots__ = ("_numbers", "_scanner")

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        chosen = list(patterns)
        self._numbers = [number for number, _ in chosen]
        self._scanner = Scanner([pattern for _, pattern in chosen]) if chosen else None

    def __bool__(self) -> bool:
        return self._scanner is not None

    def find(self, folded: Folded) -> list[Found]:
        if self._scanner is None:
            return []
        return [
            Found(self._numbers[number], pieces) for number, pieces in self._scanner.find(folded)
        ]


class Matcher:
    """Compiled lists. Never changes, so that any number of threads may use it."""

    __slots__ = ("_allowed", "_allowed_patterns", "_banned", "_sources")

    def __init__(
        self, sources: Sequence[tuple[str, BannedWord]], allowed: Sequence[AllowedPhrase]
    ) -> None:
        self._sources = tuple(sources)
        self._banned = _Finder([word.pattern for _, word in sources])
        self._allowed_patterns = tuple(phrase.pattern for phrase in allowed)
        self._allowed = _Finder(self._allowed_patterns)

    def detect(self, text: str) -> Detection:
        """Every hit in a text of any content, lone surrogates included. Never raises."""
        found = self._banned.find(text)
        if not found:
            return _NOTHING
        candidates: dict[tuple[int, int, int], _Candidate] = {}
        for folded, occurrence in found:
            pieces = tuple(folded.original(*span) for span in occurrence.pieces)
            start, end = pieces[0][0], pieces[-1][1]
            key = (start, end, occurrence.pattern)
            candidates[key] = _Candidate(start, end, occurrence.pattern, pieces)
        covers = _Cover(self._allowed_spans(text))
        kept = [candidates[key] for key in sorted(candidates) if not covers.holds(key[0], key[1])]
        hits = tuple(self._explain(text, candidate) for candidate in kept[:MAX_HITS_EXPLAINED])
        return Detection(hits, len(kept) - len(hits))

    def _allowed_spans(self, text: str) -> list[Span]:
        """Where an allowed phrase stands, the rest of the word on an open side included."""
        spans: list[Span] = []
        runs = _WordRuns()
        for folded, (number, pieces) in self._allowed.find(text):
            start, end = pieces[0][0], pieces[-1][1]
            pattern = self._allowed_patterns[number]
            if pattern.open_start:
                start = runs.start(folded.text, start)
            if pattern.open_end:
                end = runs.end(folded.text, end)
            spans.append(folded.original(start, end))
        return spans

    def _explain(self, text: str, candidate: _Candidate) -> Hit:
        list_name, word = self._sources[candidate.source]
        undone: set[Step] = set()
        if word.kind is not Kind.REGEX:
            for (start, end), written in zip(candidate.pieces, word.pattern.pieces, strict=True):
                undone.update(steps_undone(text[start:end], written))
        return Hit(
            entry=word.text,
            list=list_name,
            start=candidate.start,
            end=candidate.end,
            text=text[candidate.start : candidate.end],
            undone=tuple(step.value for step in Step if step in undone),
        )


class _WordRuns:
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
            is_word = is_word_character(character) and not is_unspaced(character)
            if is_word and not inside:
                self._starts.append(offset)
            elif inside and not is_word:
                self._ends.append(offset)
            inside = is_word
        if inside:
            self._ends.append(len(text))


class _Cover:
    """Spans, of which one may hold another span whole."""

    __slots__ = ("_furthest", "_starts")

    def __init__(self, spans: list[Span]) -> None:
        spans.sort()
        self._starts = [start for start, _ in spans]
        self._furthest = list(accumulate((end for _, end in spans), max))

    def holds(self, start: int, end: int) -> bool:
        before = bisect_right(self._starts, start)
        return before > 0 and self._furthest[before - 1] >= end


def compile_lists(
    lists: Mapping[str, Sequence[BannedWord]], allowed: Sequence[AllowedPhrase] = ()
) -> Matcher:
    """A matcher of all these lists. Takes a second for 100,000 entries: run it off the loop."""
    sources = [(name, word) for name, words in lists.items() for word in words]
    return Matcher(sources, allowed)
