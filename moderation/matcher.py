"""From lists of entries to a matcher, and from a text to the hits in it, each explained.

The shape of a hit is a promise; what stands behind `compile_lists` and `Matcher.detect` is told in
docs/matching.md.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from moderation.entries import Kind, Pattern
from moderation.finding import Finder
from moderation.limits import MAX_HITS_EXPLAINED, MAX_SPARED_EXPLAINED
from moderation.searching import Found, NearMiss, least_disguised
from moderation.spans import Cover, Span, WordRuns
from moderation.steps import Step
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
class Spared:
    """What looks like an entry and is no hit: `start`, `end` and `text` as in Hit, and the reason,
    without a capital or a full stop."""

    entry: str
    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found in one text: the first hits, sorted by start and end, and how many more.
    `spared` is filled by `Matcher.examine` only. Of those `more`, `further` are as many of each
    group of entries, where there are several groups; what is left of a group is counted in `rest`,
    beside a hit of the group that is told."""

    hits: tuple[Hit, ...] = ()
    more: int = 0
    spared: tuple[Spared, ...] = ()
    further: tuple[Hit, ...] = ()
    rest: tuple[tuple[Hit, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.hits)


_NOTHING = Detection()
_STEPS = tuple(Step)
INSIDE = "it is part of a longer word"
ALLOWED = "an allowed phrase covers it"


class Matcher:
    """Compiled lists. Never changes, so that any number of threads may use it.

    ``groups`` are the numbers of the groups that the sources belong to, all of one where none are
    given: of a text with more hits than are told, no group's hits are lost sight of."""

    __slots__ = (
        "_allowed",
        "_allowed_patterns",
        "_banned",
        "_groups",
        "_groups_in_all",
        "_sources",
    )

    def __init__(
        self,
        sources: Sequence[tuple[str, BannedWord]],
        allowed: Sequence[AllowedPhrase],
        groups: Sequence[int] | None = None,
    ) -> None:
        self._sources = tuple(sources)
        self._groups = groups or bytes(len(sources))
        self._groups_in_all = len(set(self._groups))
        self._banned = Finder([word.pattern for _, word in sources], self._groups)
        self._allowed_patterns = tuple(phrase.pattern for phrase in allowed)
        self._allowed = Finder(self._allowed_patterns)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is banned."""
        return not self._sources

    def detect(self, text: str) -> Detection:
        """Every hit in a text of any content, lone surrogates included. Never raises."""
        found = self._banned.find(text, None, self)
        if not found:
            return _NOTHING
        # By start, end and source: the order in which hits are told.
        candidates = {(one.pieces[0][0], one.pieces[-1][1], one.pattern): one for one in found}
        kept = sorted(candidates)
        if self._allowed_patterns:
            cover = Cover(self._allowed_spans(text))
            kept = [key for key in kept if not cover.holds(key[0], key[1])]
        if not kept:
            return _NOTHING
        hits = tuple(self._explain(text, candidates[key]) for key in kept[:MAX_HITS_EXPLAINED])
        if len(kept) <= MAX_HITS_EXPLAINED:
            return Detection(hits)
        more = len(kept) - len(hits)
        if self._groups_in_all == 1:
            return Detection(hits, more, rest=((hits[0], more),))
        further: list[Hit] = []
        told: dict[int, list[Hit]] = {}
        left: Counter[int] = Counter()
        for key in kept[MAX_HITS_EXPLAINED:]:
            group = self._groups[key[2]]
            of_group = told.setdefault(group, [])
            if len(of_group) < MAX_HITS_EXPLAINED:
                of_group.append(self._explain(text, candidates[key]))
                further.append(of_group[-1])
            else:
                left[group] += 1
        rest = tuple((told[group][0], count) for group, count in left.items())
        return Detection(hits, more, further=tuple(further), rest=rest)

    def examine(self, text: str, *, inside: bool = True) -> Detection:
        """As detect, and what was spared and why. With `inside`, also where an entry is part of
        a longer word, for which all lists are compiled once more: run it off the loop."""
        detection = self.detect(text)
        misses: list[NearMiss] = []
        found = self._banned.find(text, misses) or []
        cover = Cover(self._allowed_spans(text))
        misses += [
            NearMiss(one.pattern, (one.pieces[0][0], one.pieces[-1][1]), ALLOWED)
            for one in found
            if cover.holds(one.pieces[0][0], one.pieces[-1][1])
        ]
        if inside:
            opened = Finder([_opened(word.pattern) for _, word in self._sources])
            known = {(one.pattern, one.pieces[0][0]) for one in found}
            misses += [
                NearMiss(one.pattern, (one.pieces[0][0], one.pieces[-1][1]), INSIDE)
                for one in opened.find(text) or ()
                if (one.pattern, one.pieces[0][0]) not in known
            ]
        spared: dict[tuple[int, int], Spared] = {}
        for number, (start, end), reason in misses:
            entry = self._sources[number][1].text
            if not any(hit.start < end and start < hit.end for hit in detection.hits):
                spared.setdefault(
                    (start, number), Spared(entry, start, end, text[start:end], reason)
                )
        first = tuple(spared[key] for key in sorted(spared)[:MAX_SPARED_EXPLAINED])
        return replace(detection, spared=first)

    def is_enough(self, text: str, found: Sequence[Found]) -> bool:
        """Whether more hits were found than are explained, those left out that do not count: then
        those of a long text are counted no further. With several groups it is never enough: which
        of them count is not known here."""
        if self._groups_in_all > 1:
            return False
        spans = [(one.pieces[0][0], one.pieces[-1][1]) for one in least_disguised(found)]
        if self._allowed_patterns:
            cover = Cover(self._allowed_spans(text))
            spans = [span for span in spans if not cover.holds(*span)]
        return len(spans) > MAX_HITS_EXPLAINED

    def _allowed_spans(self, text: str) -> list[Span]:
        """Where an allowed phrase stands, the rest of the word on an open side included."""
        spans: list[Span] = []
        runs = WordRuns()
        for number, pieces, _ in self._allowed.find(text) or ():
            start, end = pieces[0][0], pieces[-1][1]
            pattern = self._allowed_patterns[number]
            if pattern.open_start:
                start = runs.start(text, start)
            if pattern.open_end:
                end = runs.end(text, end)
            spans.append((start, end))
        return spans

    def _explain(self, text: str, found: Found) -> Hit:
        list_name, word = self._sources[found.pattern]
        start, end = found.pieces[0][0], found.pieces[-1][1]
        undone = found.steps
        names = tuple(step.value for step in _STEPS if step in undone) if undone else ()
        return Hit(word.text, list_name, start, end, text[start:end], names)


def _opened(pattern: Pattern) -> Pattern:
    if pattern.kind not in (Kind.WORD, Kind.PHRASE):
        return pattern
    return replace(pattern, open_start=True, open_end=True)


def compile_lists(
    lists: Mapping[str, Sequence[BannedWord]],
    allowed: Sequence[AllowedPhrase] = (),
    group_of: Callable[[str, BannedWord], Hashable] | None = None,
) -> Matcher:
    """A matcher of all these lists. ``group_of`` says by list and entry which hits are alike to
    whoever asks. Takes a second for 100,000 entries: run it off the loop."""
    sources = [(name, word) for name, words in lists.items() for word in words]
    if group_of is None:
        return Matcher(sources, allowed)
    numbers: dict[Hashable, int] = {}
    groups = [numbers.setdefault(group_of(*source), len(numbers)) for source in sources]
    return Matcher(sources, allowed, groups)
