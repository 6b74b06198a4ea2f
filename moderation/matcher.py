"""From lists of entries to a matcher, and from a text to the hits in it, each explained.

The first version of the matcher: it undoes case, compatibility forms and composed forms. What
stands behind `compile_lists` and `Matcher.detect` can change without anyone noticing; the shape of
a hit is a promise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation.entries import Kind
from moderation.finding import Finder
from moderation.folding import Step, steps_undone
from moderation.limits import MAX_HITS_EXPLAINED
from moderation.spans import Cover, Span, WordRuns
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


_NOTHING = Detection()


class Matcher:
    """Compiled lists. Never changes, so that any number of threads may use it."""

    __slots__ = ("_allowed", "_allowed_patterns", "_banned", "_sources")

    def __init__(
        self, sources: Sequence[tuple[str, BannedWord]], allowed: Sequence[AllowedPhrase]
    ) -> None:
        self._sources = tuple(sources)
        self._banned = Finder([word.pattern for _, word in sources])
        self._allowed_patterns = tuple(phrase.pattern for phrase in allowed)
        self._allowed = Finder(self._allowed_patterns)

    def detect(self, text: str) -> Detection:
        """Every hit in a text of any content, lone surrogates included. Never raises."""
        found = self._banned.find(text)
        if not found:
            return _NOTHING
        # By start, end and source, in code points of the text: the order in which hits are told.
        candidates: dict[tuple[int, int, int], tuple[Span, ...]] = {}
        for folded, occurrence in found:
            pieces = tuple(folded.original(*span) for span in occurrence.pieces)
            candidates[pieces[0][0], pieces[-1][1], occurrence.pattern] = pieces
        cover = Cover(self._allowed_spans(text))
        kept = [key for key in sorted(candidates) if not cover.holds(key[0], key[1])]
        hits = tuple(
            self._explain(text, source, candidates[start, end, source])
            for start, end, source in kept[:MAX_HITS_EXPLAINED]
        )
        return Detection(hits, len(kept) - len(hits))

    def _allowed_spans(self, text: str) -> list[Span]:
        """Where an allowed phrase stands, the rest of the word on an open side included."""
        spans: list[Span] = []
        runs = WordRuns()
        for folded, (number, pieces) in self._allowed.find(text):
            start, end = pieces[0][0], pieces[-1][1]
            pattern = self._allowed_patterns[number]
            if pattern.open_start:
                start = runs.start(folded.text, start)
            if pattern.open_end:
                end = runs.end(folded.text, end)
            spans.append(folded.original(start, end))
        return spans

    def _explain(self, text: str, source: int, pieces: tuple[Span, ...]) -> Hit:
        list_name, word = self._sources[source]
        undone: set[Step] = set()
        if word.kind is not Kind.REGEX:
            for (start, end), written in zip(pieces, word.pattern.pieces, strict=True):
                undone.update(steps_undone(text[start:end], written))
        start, end = pieces[0][0], pieces[-1][1]
        return Hit(
            entry=word.text,
            list=list_name,
            start=start,
            end=end,
            text=text[start:end],
            undone=tuple(step.value for step in Step if step in undone),
        )


def compile_lists(
    lists: Mapping[str, Sequence[BannedWord]], allowed: Sequence[AllowedPhrase] = ()
) -> Matcher:
    """A matcher of all these lists. Takes a second for 100,000 entries: run it off the loop."""
    sources = [(name, word) for name, words in lists.items() for word in words]
    return Matcher(sources, allowed)
