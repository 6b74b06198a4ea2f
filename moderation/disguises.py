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
from moderation.entries import Pattern
from moderation.glyphs import GLYPHS, OVERRIDE, Sort
from moderation.joining import join
from moderation.masks import Masks
from moderation.rewriting import Rewritten, rewrite
from moderation.skeletons import (
    Places,
    Spelled,
    Views,
    has_single_letters,
    raw_of,
    signs_of,
    skeleton,
    squeeze,
    views_of,
)
from moderation.spans import Span
from moderation.sparing import spared
from moderation.steps import Step

# While it builds, the library moves every state in which a pattern ends to the front, and follows
# the cycles of that permutation for each state. Where almost every state ends a pattern (word1,
# word2 ...) there are few and long cycles: 100,000 entries took 15 s. A long pattern at the very
# beginning, of bytes that no skeleton has, breaks them up: 0.04 s.
_MANY = 5_000
_PADDING = b"\0" * 2_000
# "ph" is another way to write f. A text that has it is rewritten.
_PH = b"ph"
_REWRITABLE = (
    b"<",
    b"&",
    b"%",
    b"|",
    b"\\",
    b"()",
    b"[]",
    b"><",
    b"}{",
    b")(",
    b"](",
    b"[)",
    b"\x86",
)
_MASKS = b"*#_-\x7f"
_NOTHING_UNDONE: frozenset[Step] = frozenset()
_MAX_PIECES = 2_000


class Found(NamedTuple):
    """An occurrence: which pattern, the span of each of its pieces in the text, what was undone."""

    pattern: int
    pieces: tuple[Span, ...]
    steps: frozenset[Step] = _NOTHING_UNDONE


class NearMiss(NamedTuple):
    """What looked like a pattern and was spared, and why."""

    pattern: int
    span: Span
    reason: str


class _Automaton:
    """Skeletons to uses. Flat arrays: a hundred thousand entries are nothing unusual."""

    __slots__ = ("first", "next", "numbers", "pieces", "scan", "sides", "special")

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        known: dict[bytes, int] = {}
        self.first = array("i")  # of each skeleton: its first use
        self.next = array("i")  # of each use: the next one of the same skeleton, or -1
        self.numbers = array("I")
        self.pieces = array("B")
        self.sides = bytearray()  # of each skeleton: 1 a boundary on the left, 2 on the right
        for number, pattern in patterns:
            for piece, text in enumerate(pattern.folded):
                left = piece == 0 and not pattern.open_start and is_bounded(text[0])
                last = piece == len(pattern.folded) - 1
                right = last and not pattern.open_end and is_bounded(text[-1])
                wanted = b" " * left + skeleton(text) + b" " * right
                at = known.setdefault(wanted, len(known))
                if at == len(self.first):
                    self.first.append(-1)
                    self.sides.append(left + 2 * right)
                self.next.append(self.first[at])
                self.first[at] = len(self.numbers)
                self.numbers.append(number)
                self.pieces.append(piece)
        skeletons = list(known)
        self.special = len(skeletons)
        skeletons.append(_PH)
        if len(skeletons) > _MANY:
            skeletons.insert(0, _PADDING)
            self.first.insert(0, -1)
            self.sides.insert(0, 0)
            self.special += 1
        self.scan: Callable[..., list[tuple[int, int, int]]] = BytesAhoCorasick(
            skeletons
        ).find_matches_as_indexes

    def uses(self, skeleton_number: int) -> Iterable[tuple[int, int]]:
        """Pattern number and piece of each use."""
        use = self.first[skeleton_number]
        while use >= 0:
            yield self.numbers[use], self.pieces[use]
            use = self.next[use]


class _Search:
    """What is found in one text."""

    __slots__ = ("found", "misses", "parts", "patterns", "seen", "text")

    def __init__(self, text: str, patterns: Sequence[Pattern], misses: list[NearMiss] | None):
        self.text = text
        self.patterns = patterns
        self.misses = misses
        self.found: list[Found] = []
        self.parts: dict[int, list[list[tuple[Span, frozenset[Step]]]]] = {}
        self.seen: set[tuple[int, int, int, int, bool, bool, int]] = set()

    def add(self, number: int, piece: int, span: Span, steps: frozenset[Step]) -> None:
        pattern = self.patterns[number]
        if len(pattern.folded) == 1:
            self.found.append(Found(number, (span,), steps))
        else:
            parts = self.parts.setdefault(number, [[] for _ in pattern.folded])
            if len(parts[piece]) < _MAX_PIECES:
                parts[piece].append((span, steps))

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

    __slots__ = ("_automaton", "_masks", "_patterns")

    def __init__(self, patterns: Sequence[Pattern], numbers: Sequence[int]) -> None:
        self._patterns = patterns
        self._automaton = _Automaton((number, patterns[number]) for number in numbers)
        self._masks = Masks(patterns, numbers)

    def find(self, text: str, misses: list[NearMiss] | None = None) -> list[Found] | None:
        """Every occurrence; None where there is not even a trace of one, which is nearly always.
        What was spared goes to `misses`."""
        raw = raw_of(text)
        signs = signs_of(raw)
        views = views_of(raw, signs)
        squeezed = squeeze(views.joined)
        matches = self._automaton.scan(squeezed, True)
        if not matches and not signs and not has_single_letters(squeezed):
            return None
        search = _Search(text, self._patterns, misses)
        self._look(search, text, None, raw, signs, (views, squeezed, matches))
        return search.finish()

    def _look(
        self,
        search: _Search,
        text: str,
        source: Rewritten | None,
        raw: bytes,
        signs: bytes,
        scanned: tuple[Views, bytes, list[tuple[int, int, int]]],
    ) -> None:
        """Everything that one text, or one rewriting of it, may hold."""
        views, squeezed, matches = scanned
        has_ph = self._verify_views(search, text, source, views, squeezed, matches)
        if not signs and not has_ph:
            return
        if any(mask in signs for mask in _MASKS):
            for number, start, stop in self._masks.find(text, signs):
                self._verify(search, text, source, number, 0, start, stop, masks=True)
        if not text.isascii() and signs.translate(None, _ORDINARY):
            exotic = raw_of(text, exotic=True)
            if exotic != raw:
                other = views_of(exotic, signs)
                squeezed = squeeze(other.joined)
                found = self._automaton.scan(squeezed, True)
                self._verify_views(search, text, source, other, squeezed, found, exotic=True)
        if source is None and (
            has_ph or OVERRIDE in text or any(sign in signs for sign in _REWRITABLE)
            or signs.translate(None, _NOT_TURNED)
        ):  # fmt: skip
            for rewritten in rewrite(text):
                raw = raw_of(rewritten.text)
                signs = signs_of(raw)
                views = views_of(raw, signs)
                squeezed = squeeze(views.joined)
                matches = self._automaton.scan(squeezed, True)
                self._look(
                    search, rewritten.text, rewritten, raw, signs, (views, squeezed, matches)
                )

    def _verify_views(
        self,
        search: _Search,
        text: str,
        source: Rewritten | None,
        views: Views,
        squeezed: bytes,
        matches: list[tuple[int, int, int]],
        *,
        exotic: bool = False,
    ) -> bool:
        """Look at what the scan found; whether it found the other way to write f."""
        singles = has_single_letters(squeezed)
        if not matches and not singles:
            return False
        places = Places(views, text, exotic=exotic)
        has_ph = self._verify_all(
            search, text, source, matches, places.offsets, places.symbols_from, exotic=exotic
        )
        if singles:
            whole = [*places.whole, len(text)]
            for after_word in (False, True):
                for skel, offsets, symbols_from in (
                    (squeezed, places.offsets, places.symbols_from),
                    (views.joined, whole, places.symbols_whole),
                ):
                    spelled = Spelled(skel, offsets, symbols_from, after_word=after_word)
                    matches = self._automaton.scan(spelled.skeleton, True)
                    if after_word:
                        matches = [m for m in matches if _follows_a_word(text, spelled, m)]
                    self._verify_all(
                        search, text, source, matches, spelled.offsets, spelled.symbols_from,
                        exotic=exotic,
                    )  # fmt: skip
        return has_ph

    def _verify_all(
        self,
        search: _Search,
        text: str,
        source: Rewritten | None,
        matches: list[tuple[int, int, int]],
        offsets: Sequence[int],
        symbols_from: int,
        *,
        exotic: bool,
    ) -> bool:
        has_ph = False
        automaton = self._automaton
        for number, first, last in matches:
            if number == automaton.special:
                has_ph = True
                continue
            sides = automaton.sides[number]
            start = offsets[first + (sides & 1)]
            stop = last - (sides >> 1)
            # A letter of two bytes, or a space of its own, ends where it begins.
            stop = max(offsets[stop], offsets[stop - 1] + 1)
            for pattern, piece in automaton.uses(number):
                self._verify(
                    search, text, source, pattern, piece, start, stop,
                    symbols=first + (sides & 1) >= symbols_from, exotic=exotic,
                )  # fmt: skip
        return has_ph

    def _verify(
        self,
        search: _Search,
        text: str,
        source: Rewritten | None,
        number: int,
        piece: int,
        start: int,
        stop: int,
        *,
        symbols: bool = False,
        exotic: bool = False,
        masks: bool = False,
    ) -> None:
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
            symbols=symbols, masks=_MASK_SIGNS if masks else "", exotic=exotic,
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


# Of the languages that are written most: English, the Romance and Slavic ones, Greek.
_ONE_LETTER_WORDS = frozenset("aeiouywzàèéìíòóùавикосуяηοω")
_MASK_SIGNS = "*#_-•.?%·∙●■"
_ORDINARY = bytes(b for b in range(256) if not (0x87 <= b <= 0x90 or 0xA0 <= b < 0xB4))
_NOT_TURNED = bytes(byte for byte in range(256) if not 0x91 <= byte < 0xA0)


def _follows_a_word(text: str, spelled: Spelled, match: tuple[int, int, int]) -> bool:
    """Whether what stands alone before the match is a word: "a" in "a b a d"."""
    at = spelled.offsets[match[1] + 1] - 1
    while at > 0 and GLYPHS[text[at]].sort > Sort.DIGIT:
        at -= 1
    return at >= 0 and GLYPHS[text[at]].own in _ONE_LETTER_WORDS


def _whole_word(text: str, start: int, end: int) -> str:
    while start and GLYPHS[text[start - 1]].sort <= Sort.DIGIT:
        start -= 1
    while end < len(text) and GLYPHS[text[end]].sort <= Sort.DIGIT:
        end += 1
    return text[start:end]


def _is_other_case(text: str, reading: Reading, written: str) -> bool:
    """Whether a letter is upper case in one of the two and lower case in the other."""
    said = [text[place] for place in reading.places]
    plain = [c for c in written if GLYPHS[c].sort <= Sort.DIGIT]
    if len(said) != len(plain):
        return any(c.isupper() for c in said) and not any(c.isupper() for c in plain)
    return any(
        a != b and a.isupper() != b.isupper() and GLYPHS[a].own == GLYPHS[b].own
        for a, b in zip(said, plain, strict=True)
    )
