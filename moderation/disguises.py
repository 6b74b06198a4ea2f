"""Finding words, phrases and starred entries in a text, whatever disguise they wear.

The skeletons of all entries are one automaton. A text's skeleton is scanned once; where an entry's
occurs, the text itself is read (`aligning`) and judged (`sparing`). What a text needs beyond that
(letters spelled one by one, markup, masks) is tried only where the text has signs of it.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick

from moderation.aligning import Reading, align
from moderation.characters import is_bounded
from moderation.crowds import Crowds, Tallies
from moderation.entries import Pattern
from moderation.glyphs import GLYPHS, Sort
from moderation.joining import join
from moderation.limits import MAX_HITS_EXPLAINED
from moderation.masks import SIGNS, Masks
from moderation.places import Places
from moderation.raw import raw_of
from moderation.rewriting import LONG, Rewriting, rewrite
from moderation.signs import (
    EXOTIC,
    MASK,
    OVERRIDE,
    REWRITING,
    TURNED,
    flags_of,
    has_exotic,
    is_rewritable,
)
from moderation.skeletons import BETWEEN, condense, has_single_letters, spread, squeeze
from moderation.spans import Span
from moderation.sparing import spared
from moderation.spelling import Spelled
from moderation.steps import Step

# While it builds, the library moves every state in which a pattern ends to the front, and follows
# the cycles of that permutation for each state. Where almost every state ends a pattern (word1,
# word2 ...) there are few and long cycles: 100,000 entries took 15 s. A long pattern at the very
# beginning, of bytes that no skeleton has, breaks them up: 0.04 s.
_MANY = 5_000
_PADDING = b"\0" * 2_000
# Of the languages that are written most: English, the Romance and Slavic ones, Greek.
_ONE_LETTER_WORDS = frozenset("aeiouywzàèéìíòóùавикосуяηοω")
_NOTHING_UNDONE: frozenset[Step] = frozenset()
_MAX_PIECES = 2_000


class Found(NamedTuple):
    """An occurrence: which pattern, the span of each of its pieces in the text, what was undone."""

    pattern: int
    pieces: tuple[Span, ...]
    steps: frozenset[Step] = _NOTHING_UNDONE


type Match = tuple[int, int, int]
"""Which skeleton, and where it begins and ends in the bytes that were scanned."""


type _Candidate = tuple[int, int, int, int]
"""Which skeleton, where it may stand in the text, and its first byte in what was scanned."""


class _Text(NamedTuple):
    """A text, or a rewriting of it, made ready."""

    text: str
    source: Rewriting | None
    raw: bytes
    signs: bytes
    marked: bytes
    squeezed: bytes
    scanned: bytes
    exotic: bool = False


type IsEnough = Callable[[str, list[Found]], bool]
"""Whether so much was found in a text that no more would be told."""


class NearMiss(NamedTuple):
    """What looked like a pattern and was spared, and why."""

    pattern: int
    span: Span
    reason: str


class _Automaton:
    """Skeletons to uses. Flat arrays: a hundred thousand entries are nothing unusual."""

    __slots__ = ("crowds", "first", "next", "numbers", "pieces", "scan", "sides")

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        known: dict[bytes, int] = {}
        self.first = array("i")  # of each skeleton: its first use
        self.next = array("i")  # of each use: the next one of the same skeleton, or -1
        self.numbers = array("I")
        self.pieces = array("B")
        self.sides = bytearray()  # of each skeleton: 1 a boundary on the left, 2 on the right
        counts = array("I")
        for number, pattern in patterns:
            for piece, text in enumerate(pattern.folded):
                left = piece == 0 and not pattern.open_start and is_bounded(text[0])
                last = piece == len(pattern.folded) - 1
                right = last and not pattern.open_end and is_bounded(text[-1])
                for form in _forms(text):
                    wanted = b" " * left + form + b" " * right
                    at = known.setdefault(wanted, len(known))
                    if at == len(self.first):
                        self.first.append(-1)
                        self.sides.append(left + 2 * right)
                        counts.append(0)
                    counts[at] += 1
                    self.next.append(self.first[at])
                    self.first[at] = len(self.numbers)
                    self.numbers.append(number)
                    self.pieces.append(piece)
        skeletons = list(known)
        if len(skeletons) > _MANY:
            skeletons.insert(0, _PADDING)
            self.first.insert(0, -1)
            self.sides.insert(0, 0)
            counts.insert(0, 0)
        self.crowds = Crowds(counts, self.uses, lambda use: use)
        self.scan: Callable[..., list[tuple[int, int, int]]] = BytesAhoCorasick(
            skeletons
        ).find_matches_as_indexes

    def uses(self, skeleton_number: int) -> Iterable[tuple[int, int]]:
        """Pattern number and piece of each use."""
        use = self.first[skeleton_number]
        while use >= 0:
            yield self.numbers[use], self.pieces[use]
            use = self.next[use]


def _forms(text: str) -> set[bytes]:
    """The skeletons that a piece of an entry has: squeezed for most views, as it is for the spaced
    one, and with the other way to write f. One letter alone would be everywhere."""
    plain = spread(raw_of(text)).strip()
    forms = {plain, squeeze(plain)}
    if plain.find(b"f") >= 0:
        forms |= {form.replace(b"f", b"ph") for form in forms}
        forms |= {plain.replace(b"ff", either) for either in (b"fph", b"phf")}
    return {form for form in forms if len(form) > 1}


class _Search:
    """What is found in one text."""

    __slots__ = ("asked", "found", "is_enough", "misses", "parts", "patterns", "seen", "tallies", "text")

    def __init__(
        self,
        text: str,
        patterns: Sequence[Pattern],
        misses: list[NearMiss] | None,
        is_enough: IsEnough | None,
    ) -> None:
        self.is_enough = is_enough
        self.asked = 0
        self.text = text
        self.patterns = patterns
        self.misses = misses
        self.found: list[Found] = []
        self.parts: dict[int, list[list[tuple[Span, frozenset[Step]]]]] = {}
        self.seen: set[tuple[int, int, int, int, bool, bool, int]] = set()
        self.tallies = Tallies()

    def add(self, number: int, piece: int, span: Span, steps: frozenset[Step]) -> None:
        pattern = self.patterns[number]
        if len(pattern.folded) == 1:
            self.found.append(Found(number, (span,), steps))
            self.tallies.add(number, span[1])
        else:
            parts = self.parts.setdefault(number, [[] for _ in pattern.folded])
            if len(parts[piece]) < _MAX_PIECES:
                parts[piece].append((span, steps))

    def has_enough(self) -> bool:
        """Whether the rest of a long text need not be looked at."""
        if self.is_enough is None or len(self.found) < max(MAX_HITS_EXPLAINED, self.asked + 1):
            return False
        self.asked = len(self.found)
        return self.is_enough(self.text, self.found)

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
        return _least_disguised(self.found) if len(self.found) > 1 else self.found


def _least_disguised(found: list[Found]) -> list[Found]:
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


class DisguisedWords:
    """Patterns of words, by the numbers that they have in `patterns`, compiled."""

    __slots__ = ("_automaton", "_masks", "_patterns", "_scan")

    def __init__(self, patterns: Sequence[Pattern], numbers: Sequence[int]) -> None:
        self._patterns = patterns
        self._automaton = _Automaton((number, patterns[number]) for number in numbers)
        self._scan = self._automaton.scan
        self._masks = Masks(patterns, numbers)

    def find(
        self,
        text: str,
        misses: list[NearMiss] | None = None,
        is_enough: IsEnough | None = None,
    ) -> list[Found] | None:
        """Every occurrence; None where there is not even a trace of one, which is nearly always.
        What was spared goes to `misses`. A long text is looked at no further when `is_enough`
        says so of what was found, but always for what is written plainly."""
        raw = text.encode() if text.isascii() else raw_of(text)
        signs, marked, squeezed, scanned = condense(raw)
        some = self._scan(scanned)  # overlapping ones would take a little longer
        # The squeezed views, with the space before them: see has_single_letters.
        from_space = len(raw) + BETWEEN
        if not (
            some
            or scanned[from_space::2].find(b"    ") >= 0
            or scanned[from_space + 1 :: 2].find(b"    ") >= 0
        ):
            if not signs:
                return None
            flags = flags_of(signs)
            if not flags or not self._may_hold(text, raw, signs, flags):
                return None
        search = _Search(text, self._patterns, misses, is_enough if len(text) > LONG else None)
        matches = self._scan(scanned, True) if some else some
        self._look(search, _Text(text, None, raw, signs, marked, squeezed, scanned), matches)
        return search.finish()

    def _may_hold(self, text: str, raw: bytes, signs: bytes, flags: int) -> bool:
        """Whether a text without a match may hold one in another way."""
        return (
            flags & (TURNED | OVERRIDE) != 0
            or (flags & EXOTIC != 0 and has_exotic(raw))
            or (flags & REWRITING != 0 and is_rewritable(raw))
            or (flags & MASK != 0 and self._masks.has_any(text, raw, signs))
        )

    def _look(self, search: _Search, text: _Text, matches: list[Match]) -> None:
        """Everything that a text may hold."""
        self._verify_views(search, text, matches)
        flags = flags_of(text.signs)
        if not flags or search.has_enough():
            return
        if flags & MASK:
            for number, start, stop in self._masks.find(text.text, text.raw, text.signs):
                self._verify(search, text, number, 0, start, stop, masks=True)
        if search.has_enough():
            return
        if flags & EXOTIC and has_exotic(text.raw):
            raw = raw_of(text.text, exotic=True)
            if raw != text.raw:
                self._scan_again(search, text.text, None, raw, exotic=True)
        if flags & (TURNED | OVERRIDE) or (flags & REWRITING and is_rewritable(text.raw)):
            for rewritten in rewrite(text.text, flags):
                if search.has_enough():
                    return
                # Rewritten again it is nothing that anyone could read.
                self._scan_again(search, rewritten.text, rewritten, raw_of(rewritten.text))

    def _scan_again(
        self,
        search: _Search,
        text: str,
        source: Rewriting | None,
        raw: bytes,
        *,
        exotic: bool = False,
    ) -> None:
        signs, marked, squeezed, scanned = condense(raw)
        again = _Text(text, source, raw, signs, marked, squeezed, scanned, exotic)
        self._verify_views(search, again, self._scan(scanned, True))

    def _verify_views(self, search: _Search, text: _Text, matches: list[Match]) -> None:
        """Look at what the scan found, and at letters spelled one by one."""
        is_long = len(text.text) > LONG
        singles = has_single_letters(b" %b " % text.squeezed) and not (
            is_long and (text.exotic or text.source is not None)
        )
        if not (matches or singles):
            return
        places = Places(text.text, text.raw, text.marked, exotic=text.exotic)
        all_sides = self._automaton.sides
        symbols_from = places.symbols_from()
        # What is written plainly comes first, and is always looked at.
        spaced = sum(match[2] < places.first for match in matches) if is_long else len(matches)
        for some in (matches[:spaced], matches[spaced:]):
            candidates: list[_Candidate] = []
            for number, first, stop in some:
                sides = all_sides[number]
                first += sides & 1
                start, end = places.span(first, stop - (sides >> 1))
                candidates.append((number, start, end, first))
            self._verify_all(search, text, candidates, symbols_from)
            if is_long and search.has_enough():
                return
        if singles:
            spelled = self._spelled(text, places)
            self._verify_all(search, text, spelled, symbols_from)

    def _spelled(self, text: _Text, places: Places) -> list[_Candidate]:
        """Entries in what is spelled letter by letter."""
        spelled = Spelled(text.marked, text.squeezed)
        found: list[_Candidate] = []
        for number, first, stop in self._scan(spelled.skeleton, True):
            sides = self._automaton.sides[number]
            at, last, apart = spelled.span(first + (sides & 1), stop - (sides >> 1))
            start, end = places.span(places.first + at, places.first + last + 1)
            if apart >= 0:
                before, _ = places.span(places.first + apart, places.first + at)
                if text.text[before].lower() not in _ONE_LETTER_WORDS:
                    continue
            found.append((number, start, end, places.first + at))
        return found

    def _verify_all(
        self, search: _Search, text: _Text, candidates: list[_Candidate], symbols_from: int
    ) -> None:
        crowds, uses = self._automaton.crowds, self._automaton.uses
        present = {candidate[0] for candidate in candidates} if crowds else set()
        said, source = text.text, text.source
        done: set[tuple[int, int, int, bool]] = set()
        for number, start, end, first in candidates:
            symbols = first >= symbols_from and not said[start:end].isalnum()
            key = (number, start, end, symbols)
            if key in done:
                continue
            done.add(key)
            if source is not None and not source.touches(start, end):
                continue
            for pattern, piece in crowds.uses(number, present) if number in crowds else uses(number):
                if not search.tallies.has_enough(pattern, start):
                    self._verify(search, text, pattern, piece, start, end, symbols=symbols)

    def _verify(
        self,
        search: _Search,
        whole: _Text,
        number: int,
        piece: int,
        start: int,
        stop: int,
        *,
        symbols: bool = False,
        masks: bool = False,
    ) -> None:
        text, source, exotic = whole.text, whole.source, whole.exotic
        key = (number, piece, start, stop, symbols, exotic or masks, id(source))
        if key in search.seen:
            return
        search.seen.add(key)
        pattern = self._patterns[number]
        letters = pattern.folded[piece]
        written = pattern.pieces[piece]
        end = start + len(written)
        if source is None and text[start:end] == written and stop <= end:
            search.add(number, piece, (start, end), _NOTHING_UNDONE)
            return
        reading = align(
            text, start, stop, letters,
            symbols=symbols, masks=SIGNS if masks else "", exotic=exotic,
        )  # fmt: skip
        if reading is None:
            return
        start, end = reading.start, reading.end
        word = text[start:end]
        if pattern.open_start or pattern.open_end:
            word = _whole_word(text, start, end)
        reason = spared(text, letters, reading, word)
        span = (start, end) if source is None else source.original(start, end)
        if reason is not None:
            if search.misses is not None:
                search.misses.append(NearMiss(number, span, reason))
            return
        steps = reading.steps
        if _is_other_case(text, reading, written):
            steps.add(Step.CASE)
        if source is not None:
            steps |= source.undone(start, end)
        search.add(number, piece, span, frozenset(steps))


def _whole_word(text: str, start: int, end: int) -> str:
    while start and GLYPHS[text[start - 1]].sort <= Sort.DIGIT:
        start -= 1
    while end < len(text) and GLYPHS[text[end]].sort <= Sort.DIGIT:
        end += 1
    return text[start:end]


def _is_other_case(text: str, reading: Reading, written: str) -> bool:
    """Whether a letter is upper case in one of the two and lower case in the other."""
    whole = text[reading.start : reading.end]
    if whole == whole.lower() and written == written.lower():
        return False
    said = [text[place] for place in reading.places]
    plain = [c for c in written if GLYPHS[c].sort <= Sort.DIGIT]
    if len(said) != len(plain):
        return any(c.isupper() for c in said) and not any(c.isupper() for c in plain)
    return any(
        a != b
        and a.isupper() != b.isupper()
        and GLYPHS[a].own == GLYPHS[b].own
        and GLYPHS[a].form is not Step.FANCY
        for a, b in zip(said, plain, strict=True)
    )
