"""Words spelled letter by letter: what stands between single letters is taken out.

As in `skeletons`, a text is one number here, a byte a digit, so that a whole text is looked at with
a few operations. Shifting it to the right by a digit tells of each byte what stands before it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from moderation.places import HIGH, Kept
from moderation.skeletons import BARRIER, LOW, UNMARKED, mark_kept, repeated

_WIDEST_GAP = 3
_FIRST_APART, _LAST_APART = 1, 2  # the numbers of those views


class Spelled:
    """The letters of a text that stand alone, three or more in a row ("b a d"), as words; also
    a row without its first or its last letter, which may be a word of its own ("a b a d"), and the
    parts of a row between wider gaps ("b a d  w o r d")."""

    __slots__ = ("_cuts", "_kept", "_marked", "_starts", "_whole", "skeleton")

    def __init__(self, marked: bytes, squeezed: bytes) -> None:
        self._marked = marked
        spaced = b" %b " % squeezed
        self._cuts = list(_cut(spaced, 1))
        joined = b" %b " % marked.translate(UNMARKED)
        if joined.find(b"  ") >= 0:
            for gap in range(1, _WIDEST_GAP + 1):
                self._cuts += islice(_cut(joined, gap), 1)
        views = [cut.translate(None, HIGH) for cut in self._cuts]
        self._starts = [0]
        for view in views:
            self._starts.append(self._starts[-1] + len(view) + len(BARRIER))
        whole = mark_kept(BARRIER.join(views))
        self._whole = Kept(whole, LOW)
        self._kept = [Kept(cut, HIGH) for cut in self._cuts]
        self.skeleton = whole.translate(UNMARKED, LOW)

    def span(self, first: int, stop: int) -> tuple[int, int, int]:
        """Where the first and the last letter of `skeleton[first:stop]` stand in the squeezed
        views; and, where it is a row without a letter that stands apart, where that one does
        (else -1)."""
        first, last = self._whole[first], self._whole[stop] - 1  # with what was squeezed into it
        view = bisect_right(self._starts, first) - 1
        cut = self._cuts[view]
        kept, start = self._kept[view], self._starts[view]
        first, last = kept[first - start], kept[last - start]
        if view > _LAST_APART:
            return self._squeezed(first), self._squeezed(last), -1
        apart = first - 2 if view == _FIRST_APART else last + 2 if view == _LAST_APART else 0
        stands_apart = 0 < apart < len(cut) and 0x40 <= cut[apart] < 0x80
        stands_apart = stands_apart and cut[(apart + (first if apart < first else last)) // 2] == 32
        return first - 1, last - 1, apart - 1 if stands_apart else -1

    def _squeezed(self, at: int) -> int:
        return len(self._marked[:at].translate(None, LOW)) - 1


def _cut(base: bytes, gap: int) -> Iterator[bytes]:
    """The bytes, with the top bit of each that is no letter of a row, or stands in a gap of that
    many bytes between two letters of one; then the same but for the first gap of each row; and
    for the last one."""
    size = len(base)
    every = repeated(0x40, size)
    number = int.from_bytes(base)
    letters = number & every
    spaces = letters ^ every
    single = letters & (spaces >> 8) & (spaces << 8)
    gaps = spaces & (single >> 8) & (single << 8 * gap)
    for further in range(1, gap):
        gaps &= spaces << 8 * further
    stride = 8 * (gap + 1)
    rows = gaps & (gaps >> stride | gaps << stride)
    if not rows:
        return
    others = letters ^ letters & (rows << 8 | rows >> 8 * gap)
    for glued in (rows, rows & rows >> stride, rows & rows << stride):
        dropped = others
        for further in range(gap):
            dropped |= glued >> 8 * further
        yield (number | dropped << 1).to_bytes(size)
