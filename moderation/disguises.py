"""Finding words, phrases and starred entries in a text, whatever disguise they wear.

The skeletons of all entries are one automaton. A text's skeleton is scanned once; where an entry's
occurs, the text itself is read (`aligning`) and judged (`sparing`). What a text needs beyond that
(letters spelled one by one, markup, masks) is tried only where the text has signs of it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from moderation.aligning import Reading, align
from moderation.automaton import Automaton, Match
from moderation.entries import Pattern
from moderation.glyphs import GLYPHS, Sort
from moderation.masks import SIGNS, Masks
from moderation.places import Places
from moderation.raw import raw_of
from moderation.rewriting import LONG, Rewriting, rewrite
from moderation.searching import NOTHING_UNDONE, Effort, Found, Limit, NearMiss, Search
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
from moderation.skeletons import (
    BETWEEN,
    DELETED,
    FIRST,
    K7F,
    K80,
    LOW,
    PLAIN,
    SHORT,
    UNMARKED,
    UNREMARKABLE,
    condense,
    has_single_letters,
)
from moderation.sparing import spared
from moderation.spelling import Spelled
from moderation.steps import Step

_number = int.from_bytes
_NEW, _SPELLED = -1, -2  # besides the three views
_VERY_MANY = 2_500
_LONGEST_REST = 40
_SOME = 256
# Of the languages that are written most: English, the Romance and Slavic ones, Greek.
_ONE_LETTER_WORDS = frozenset("aeiouywzàèéìíòóùавикосуяηοω")
_ONE_LETTER_WORDS_BEHIND = frozenset("IавикосуяАВИКОСУЯηοω")
"""Where one of the others follows, a longer word is spelled: s p u n k y."""


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


class DisguisedWords:
    """Patterns of words, by the numbers that they have in `patterns`, compiled."""

    __slots__ = ("_automaton", "_masks", "_patterns", "_scan")

    def __init__(self, patterns: Sequence[Pattern], numbers: Sequence[int]) -> None:
        self._patterns = patterns
        self._automaton = Automaton((number, patterns[number]) for number in numbers)
        self._scan = self._automaton.scan
        self._masks = Masks(patterns, numbers)

    def find(
        self,
        text: str,
        misses: list[NearMiss] | None = None,
        limit: Limit | None = None,
    ) -> list[Found] | None:
        """Every occurrence; None where there is not even a trace of one, which is nearly always.
        What was spared goes to `misses`. A long text is looked at no further when `limit`
        says so of what was found, but always for what is written plainly."""
        raw = text.encode() if text.isascii() else raw_of(text)
        signs = raw.translate(None, UNREMARKABLE)
        if signs or len(raw) >= SHORT:
            return self._find(text, raw, condense(raw), misses, limit)
        # As condense does it: nearly always this is all, and a call is a twentieth of it.
        joined = raw.translate(PLAIN, DELETED)
        size = len(joined)
        number = _number(joined)
        number |= ((number ^ (number >> 8)) + K7F[size]) & K80[size]
        marked = number.to_bytes(size)
        squeezed = marked.translate(UNMARKED, LOW)
        scanned = b" %b \1 %b " % (raw.translate(PLAIN), squeezed)
        # The squeezed view, with the space before it: see has_single_letters.
        from_space = len(raw) + BETWEEN
        if (
            self._scan(scanned)  # overlapping matches would take a little longer
            or scanned[from_space::2].find(b"    ") >= 0
            or scanned[from_space + 1 :: 2].find(b"    ") >= 0
        ):
            return self._find(text, raw, (signs, marked, squeezed, scanned), misses, limit)
        return None

    def _find(
        self,
        text: str,
        raw: bytes,
        views: tuple[bytes, bytes, bytes, bytes],
        misses: list[NearMiss] | None,
        limit: Limit | None,
    ) -> list[Found] | None:
        signs, marked, squeezed, scanned = views
        matches = self._matches(scanned, marked, len(raw))
        if not matches and not has_single_letters(b" %b " % squeezed):
            flags = flags_of(signs)
            if not flags or not self._may_hold(text, raw, signs, flags):
                return None
        is_long = len(text) > LONG or len(matches) > _VERY_MANY
        search = Search(text, self._patterns, misses, limit if is_long else None)
        self._look(search, _Text(text, None, raw, *views), matches)
        return search.finish()

    def effort(self, text: str) -> Effort:
        """What it takes to look at everything that a text may hold, as far as that is done."""
        raw = raw_of(text)
        signs, marked, squeezed, scanned = condense(raw)
        search = Search(text, self._patterns, None, None)
        search.scanned += len(scanned)
        matches = self._matches(scanned, marked, len(raw))
        self._look(search, _Text(text, None, raw, signs, marked, squeezed, scanned), matches)
        return Effort(search.scanned, search.read)

    def _matches(self, scanned: bytes, marked: bytes, size: int) -> list[Match]:
        """All matches that could be entries, overlapping ones included."""
        matches = self._scan(scanned, True)
        if not matches or len(matches) > _VERY_MANY:
            return matches
        return self._automaton.plausible(matches, marked, FIRST + size + BETWEEN)

    def _may_hold(self, text: str, raw: bytes, signs: bytes, flags: int) -> bool:
        """Whether a text without a match may hold one in another way."""
        return (
            flags & (TURNED | OVERRIDE) != 0
            or (flags & EXOTIC != 0 and has_exotic(raw))
            or (flags & REWRITING != 0 and is_rewritable(raw))
            or (flags & MASK != 0 and self._masks.has_any(text, raw, signs))
        )

    def _look(self, search: Search, text: _Text, matches: list[Match]) -> None:
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
        search: Search,
        text: str,
        source: Rewriting | None,
        raw: bytes,
        *,
        exotic: bool = False,
    ) -> None:
        # In a long text not all disguises at once.
        signs, marked, squeezed, scanned = condense(raw, may_add=len(text) <= LONG)
        search.scanned += len(scanned)
        again = _Text(text, source, raw, signs, marked, squeezed, scanned, exotic)
        self._verify_views(search, again, self._matches(scanned, marked, len(raw)))

    def _verify_views(self, search: Search, text: _Text, matches: list[Match]) -> None:
        """Look at what the scan found, and at letters spelled one by one."""
        is_long = len(text.text) > LONG
        singles = has_single_letters(b" %b " % text.squeezed) and not (
            is_long and (text.exotic or text.source is not None)
        )
        if not (matches or singles):
            return
        search.look_at(_NEW)
        places = Places(text.text, text.raw, text.marked, exotic=text.exotic)
        all_sides = self._automaton.sides
        symbols_from = places.symbols_from()
        # What is written plainly comes first, and is always looked at.
        if len(matches) > _VERY_MANY:  # hits nearly all of them, or a list that is made for it
            parts = [matches[at : at + _SOME] for at in range(0, len(matches), _SOME)]
            parts = [self._automaton.plausible(part, text.marked, places.first) for part in parts]
        elif is_long:
            spaced = sum(match[2] < places.first for match in matches)
            parts = [matches[:spaced], matches[spaced:]]
        else:
            parts = [matches]
        for some in parts:
            candidates: list[_Candidate] = []
            for number, first, stop in some:
                sides = all_sides[number]
                first += sides & 1
                start, end = places.span(first, stop - (sides >> 1))
                candidates.append((number, start, end, first))
            self._verify_all(search, text, candidates, places.first, symbols_from)
            if search.has_enough():
                return
        if singles:
            spelled = self._spelled(search, text, places)
            search.look_at(_SPELLED)
            self._verify_all(search, text, spelled, places.first, symbols_from)

    def _spelled(self, search: Search, text: _Text, places: Places) -> list[_Candidate]:
        """Entries in what is spelled letter by letter."""
        spelled = Spelled(text.marked, text.squeezed)
        search.scanned += len(spelled.skeleton)
        found: list[_Candidate] = []
        for number, first, stop in self._scan(spelled.skeleton, True):
            sides = self._automaton.sides[number]
            at, last, apart = spelled.span(first + (sides & 1), stop - (sides >> 1))
            start, end = places.span(places.first + at, places.first + last + 1)
            if apart >= 0:
                alone, _ = places.span(places.first + apart, places.first + apart + 1)
                letter = text.text[alone]
                words = _ONE_LETTER_WORDS if apart < at else _ONE_LETTER_WORDS_BEHIND
                if (letter if apart > at else letter.lower()) not in words:
                    continue
            found.append((number, start, end, places.first + at))
        return found

    def _verify_all(
        self,
        search: Search,
        text: _Text,
        candidates: list[_Candidate],
        begin: int,
        symbols_from: int,
    ) -> None:
        crowds, uses = self._automaton.crowds, self._automaton.uses
        present = {candidate[0] for candidate in candidates} if crowds else set()
        said, source = text.text, text.source
        done: set[tuple[int, int, int, bool]] = set()
        for number, start, end, first in candidates:
            search.look_at((first >= begin) + (first >= symbols_from))
            symbols = first >= symbols_from and not said[start:end].isalnum()
            key = (number, start, end, symbols)
            if key in done:
                continue
            done.add(key)
            if source is not None and not source.touches(start, end):
                continue
            for pattern, piece in (
                crowds.uses(number, present) if number in crowds else uses(number)
            ):
                if not search.tallies.has_enough(pattern, start):
                    self._verify(search, text, pattern, piece, start, end, symbols=symbols)

    def _verify(
        self,
        search: Search,
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
            search.read += 1
            search.add(number, piece, (start, end), NOTHING_UNDONE)
            search.tallies.add(number, end)
            return
        # In a long text the same is often said again.
        said = None
        if search.misses is None and len(text) > LONG:
            rest = _LONGEST_REST if pattern.open_start or pattern.open_end else 1
            before = min(start, rest)
            around = text[start - before : stop + rest]
            said = (*key[:2], stop - start, *key[4:], before, around)
            if said in search.turned_down:
                return
        search.read += 1
        reading = align(
            text, start, stop, letters,
            symbols=symbols, masks=SIGNS if masks else "", exotic=exotic,
        )  # fmt: skip
        if reading is None:
            if said is not None:
                search.turned_down.add(said)
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
            if said is not None:
                search.turned_down.add(said)
            return
        steps = reading.steps
        if _is_other_case(text, reading, written):
            steps.add(Step.CASE)
        if source is not None:
            steps |= source.undone(start, end)
        search.add(number, piece, span, frozenset(steps))
        search.tallies.add(number, end)


def _whole_word(text: str, start: int, end: int) -> str:
    """With the rest of the word, as far as there may be a word that anyone knows."""
    first, last = max(start - _LONGEST_REST, 0), min(end + _LONGEST_REST, len(text))
    while start > first and GLYPHS[text[start - 1]].sort <= Sort.DIGIT:
        start -= 1
    while end < last and GLYPHS[text[end]].sort <= Sort.DIGIT:
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
