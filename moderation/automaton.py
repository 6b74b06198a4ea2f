"""The skeletons of all entries in one automaton, and which entries each of them is of."""

from array import array
from collections.abc import Callable, Iterable

from ahocorasick_rs import BytesAhoCorasick

from moderation.characters import is_bounded
from moderation.crowds import Crowds
from moderation.entries import Pattern
from moderation.places import Kept
from moderation.raw import raw_of
from moderation.skeletons import LOW, spread, squeeze

# While it builds, the library moves every state in which a pattern ends to the front, and follows
# the cycles of that permutation for each state. Where almost every state ends a pattern (word1,
# word2 ...) there are few and long cycles: 100,000 entries took 15 s. A long pattern at the very
# beginning, of bytes that no skeleton has, breaks them up: 0.04 s.
_MANY = 5_000
_PADDING = b"\0" * 2_000
type Match = tuple[int, int, int]
"""Which skeleton, and where it begins and ends in the bytes that were scanned."""


class Automaton:
    """Skeletons to uses. Flat arrays: a hundred thousand entries are nothing unusual."""

    __slots__ = ("crowds", "first", "missing", "next", "numbers", "pieces", "scan", "sides")

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        known: dict[bytes, int] = {}
        self.first = array("i")  # of each skeleton: its first use
        self.next = array("i")  # of each use: the next one of the same skeleton, or -1
        self.numbers = array("I")
        self.pieces = array("B")
        self.sides = bytearray()  # of each skeleton: 1 a boundary on the left, 2 on the right
        self.missing = bytearray()  # of each skeleton: letters that were squeezed out of it
        counts = array("I")
        for number, pattern in patterns:
            for piece, text in enumerate(pattern.folded):
                left = piece == 0 and not pattern.open_start and is_bounded(text[0])
                last = piece == len(pattern.folded) - 1
                right = last and not pattern.open_end and is_bounded(text[-1])
                for form, missing in _forms(text).items():
                    wanted = b" " * left + form + b" " * right
                    at = known.setdefault(wanted, len(known))
                    if at == len(self.first):
                        self.first.append(-1)
                        self.sides.append(left + 2 * right)
                        self.missing.append(missing)
                        counts.append(0)
                    self.missing[at] = min(self.missing[at], missing)
                    counts[at] += 1
                    self.next.append(self.first[at])
                    self.first[at] = len(self.numbers)
                    self.numbers.append(number)
                    self.pieces.append(piece)
        # In order, so that neighbours in the automaton are neighbours in memory: it is built in
        # half the time.
        skeletons = sorted(known)
        order = [known[skeleton] for skeleton in skeletons]
        del known  # while the automaton is built, memory is needed for that
        self.first = array("i", [self.first[at] for at in order])
        self.sides = bytearray([self.sides[at] for at in order])
        self.missing = bytearray([self.missing[at] for at in order])
        counts = array("I", [counts[at] for at in order])
        if len(skeletons) > _MANY:
            skeletons.insert(0, _PADDING)
            self.first.insert(0, -1)
            self.sides.insert(0, 0)
            self.missing.insert(0, 0)
            counts.insert(0, 0)
        self.crowds = Crowds(counts, self.uses, lambda use: use)
        # The library holds Python's lock while it builds. It asks for one skeleton after the other,
        # and a generator is where other threads get their turn.
        self.scan: Callable[..., list[tuple[int, int, int]]] = BytesAhoCorasick(
            skeleton for skeleton in skeletons
        ).find_matches_as_indexes

    def uses(self, skeleton_number: int) -> Iterable[tuple[int, int]]:
        """Pattern number and piece of each use."""
        use = self.first[skeleton_number]
        while use >= 0:
            yield self.numbers[use], self.pieces[use]
            use = self.next[use]

    def plausible(self, matches: list[Match], marked: bytes, first: int) -> list[Match]:
        """The matches without those of an entry with doubled letters where the text has not as many
        letters: "as" is no "ass". `first` is where the squeezed views begin, `marked` what they
        were squeezed from."""
        kept: Kept | None = None
        plausible: list[Match] = []
        for match in matches:
            number, start, stop = match
            if missing := self.missing[number]:
                if stop <= first:  # the spaced view has its repeats
                    continue
                kept = kept or Kept(marked, LOW)
                sides = self.sides[number]
                start += (sides & 1) - first
                stop -= (sides >> 1) + first
                if kept[stop] - kept[start] < stop - start + missing:
                    continue
            plausible.append(match)
        return plausible


def _forms(text: str) -> dict[bytes, int]:
    """The skeletons that a piece of an entry has: squeezed for most views, as it is for the spaced
    one, and with the other way to write f; and how many letters were squeezed out of each. One
    letter alone would be everywhere."""
    plain = spread(raw_of(text)).strip()
    squeezed = squeeze(plain)
    if squeezed == plain and plain.find(b"f") < 0:
        return {plain: 0} if len(plain) > 1 else {}
    forms = {squeezed: len(plain) - len(squeezed), plain: 0}
    if plain.find(b"f") >= 0:
        forms |= {form.replace(b"f", b"ph"): missing for form, missing in forms.items()}
        forms |= {plain.replace(b"ff", either): 0 for either in (b"fph", b"phf")}
    return {form: min(missing, 255) for form, missing in forms.items() if len(form) > 1}
