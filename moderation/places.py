"""The way back from the bytes of a text's views to the text, asked only where something was found:
worked out for the blocks of the text that are asked about."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, compress

from moderation.raw import sizes_of
from moderation.skeletons import BARRIER, BETWEEN, DELETED, DELETED_BESIDE, FIRST, LOW, ended

_BLOCK = 128


class Kept:
    """The indexes of the bytes of some data that are not among `dropped`, by their number."""

    __slots__ = ("_blocks", "_data", "_dropped", "_starts", "_table")

    def __init__(self, data: bytes, dropped: bytes) -> None:
        self._data = data
        self._dropped = dropped
        self._table = _TABLES[dropped]
        self._blocks: dict[int, list[int]] = {}
        self._starts: list[int] | None = [0] if len(data) < _BLOCK else None
        """How many are kept before each block."""

    def __getitem__(self, number: int) -> int:
        """Past the last one: how many bytes there are."""
        if self._starts is None:
            sizes = [
                len(self._data[start : start + _BLOCK].translate(None, self._dropped))
                for start in range(0, len(self._data) - _BLOCK + 1, _BLOCK)
            ]
            self._starts = list(accumulate(sizes, initial=0))
        block = bisect_right(self._starts, number) - 1
        kept = self._blocks.get(block)
        if kept is None:
            start = block * _BLOCK
            part = self._data[start : start + _BLOCK]
            kept = list(compress(range(start, start + len(part)), part.translate(self._table)))
            self._blocks[block] = kept
        number -= self._starts[block]
        return kept[number] if number < len(kept) else len(self._data)


HIGH = bytes(range(128, 256))
_TABLES = {
    dropped: bytes(byte not in dropped for byte in range(256))
    for dropped in (DELETED, DELETED_BESIDE, LOW, HIGH)
}


class _Characters:
    """Which character a raw byte is of, where not each has one."""

    __slots__ = ("_blocks", "_sizes", "_starts")

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = sizes
        blocks = range(0, len(sizes) - _BLOCK + 1, _BLOCK)
        self._starts = list(
            accumulate((sum(sizes[start : start + _BLOCK]) for start in blocks), initial=0)
        )
        self._blocks: dict[int, list[int]] = {}

    def __getitem__(self, at: int) -> int:
        block = bisect_right(self._starts, at) - 1
        ends = self._blocks.get(block)
        if ends is None:
            sizes = self._sizes[block * _BLOCK : (block + 1) * _BLOCK]
            self._blocks[block] = ends = list(accumulate(sizes))
        return block * _BLOCK + bisect_right(ends, at - self._starts[block])


class Places:
    """Where the bytes of a text's views come from. The bytes are those that were scanned: the
    spaced view, and from `first` on the squeezed other views."""

    __slots__ = (
        "_barrier", "_beside", "_characters", "_end", "_exotic", "_marked", "_raw", "_size",
        "_spaced", "_squeezed", "_text", "_with_symbols", "first",
    )  # fmt: skip

    def __init__(self, text: str, raw: bytes, marked: bytes, *, exotic: bool) -> None:
        self._text: str | None = text
        self._exotic = exotic
        self._characters: _Characters | None = None
        self._end = len(text)
        self._raw = raw
        self._size = len(raw)
        self._marked = marked
        self._squeezed = Kept(marked, LOW)
        self._barrier = len(raw.translate(None, DELETED))
        self._spaced = Kept(raw, DELETED)
        self._with_symbols = self._barrier + len(BARRIER)
        self._beside: Kept | None = None
        self.first = FIRST + len(raw) + BETWEEN  # of the squeezed views

    def symbols_from(self) -> int:
        """The first byte of the view with symbols as letters; beyond all where there is none."""
        if self._with_symbols > len(self._marked):
            return 1 << 60
        return self.first + len(self._marked[: self._with_symbols].translate(None, LOW)) - 1

    def span(self, first: int, stop: int) -> tuple[int, int]:
        """Where the bytes from `first` up to `stop` come from in the text, with what was deleted
        or squeezed behind them."""
        begin = self.first
        if stop < begin:
            start, end = max(first - FIRST, 0), stop - FIRST
        else:
            start = self._raw_of_squeezed(first - begin)
            end = self._raw_of_squeezed(stop - begin)
        if self._text is not None:  # worked out when it is first needed
            sizes = sizes_of(self._text, exotic=self._exotic)
            self._characters = None if sizes is None else _Characters(sizes)
            self._text = None
        if self._characters is None:
            return start, end
        last = stop - 1 - FIRST if stop < begin else self._raw_of_squeezed(stop - 1 - begin)
        # A letter of two bytes, or a space of its own, ends where it begins.
        return self._character(start), max(self._character(end), self._character(last) + 1)

    def _character(self, at: int) -> int:
        return self._end if at >= self._size or self._characters is None else self._characters[at]

    def _raw_of_squeezed(self, number: int) -> int:
        at = self._squeezed[number]
        if at < self._barrier:
            return self._spaced[at]
        if at < self._with_symbols:
            return self._size
        if self._beside is None:
            self._beside = Kept(ended(self._raw), DELETED_BESIDE)
        return self._beside[at - self._with_symbols]
