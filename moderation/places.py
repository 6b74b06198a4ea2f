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
        starts = self._starts or self._count()
        block = bisect_right(starts, number) - 1
        kept = self._block(block)
        number -= starts[block]
        return kept[number] if number < len(kept) else len(self._data)

    def some(self, first: int, count: int) -> list[int]:
        """The next so many from one on, fewer at the end."""
        starts = self._starts or self._count()
        block = bisect_right(starts, first) - 1
        kept = self._block(block)[first - starts[block] :]
        while len(kept) < count and block < len(starts) - 1:
            block += 1
            kept = kept + self._block(block)
        return kept[:count]

    def _count(self) -> list[int]:
        data, dropped = self._data, self._dropped
        sizes = [
            len(data[start : start + _BLOCK].translate(None, dropped))
            for start in range(0, len(data) - _BLOCK + 1, _BLOCK)
        ]
        self._starts = list(accumulate(sizes, initial=0))
        return self._starts

    def _block(self, block: int) -> list[int]:
        kept = self._blocks.get(block)
        if kept is None:
            start = block * _BLOCK
            part = self._data[start : start + _BLOCK]
            kept = list(compress(range(start, start + len(part)), part.translate(self._table)))
            self._blocks[block] = kept
        return kept


HIGH = bytes(range(128, 256))
_IS_HIGH = bytes(byte > 127 for byte in range(256))
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
        "_barrier", "_beside", "_blocks", "_characters", "_end", "_exotic", "_marked", "_raw",
        "_size", "_spaced", "_starts", "_text", "_with_symbols", "first",
    )  # fmt: skip

    def __init__(self, text: str, raw: bytes, marked: bytes, *, exotic: bool) -> None:
        self._text: str | None = text
        self._exotic = exotic
        self._characters: _Characters | None = None
        self._end = len(text)
        self._raw = raw
        self._size = len(raw)
        self._marked = marked
        self._barrier = len(raw.translate(None, DELETED))
        self._with_symbols = self._barrier + len(BARRIER)
        self._spaced = Kept(raw, DELETED)
        self._beside: Kept | None = None
        self._starts: list[int] | None = [0] if len(marked) < _BLOCK else None
        self._blocks: dict[int, list[int]] = {}  # raw indexes of what is kept of the joined views
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
            start, end = self._raw_at(first - begin), self._raw_at(stop - begin)
        if self._text is not None:  # worked out when it is first needed
            sizes = sizes_of(self._text, exotic=self._exotic)
            self._characters = None if sizes is None else _Characters(sizes)
            self._text = None
        if self._characters is None:
            return start, end
        last = stop - 1 - FIRST if stop < begin else self._raw_at(stop - 1 - begin)
        # A letter of two bytes, or a space of its own, ends where it begins.
        return self._character(start), max(self._character(end), self._character(last) + 1)

    def _character(self, at: int) -> int:
        return self._end if at >= self._size or self._characters is None else self._characters[at]

    def _raw_at(self, number: int) -> int:
        """The raw index of one byte of the squeezed views."""
        starts = self._starts
        if starts is None:
            sizes = [
                len(self._marked[start : start + _BLOCK].translate(None, LOW))
                for start in range(0, len(self._marked) - _BLOCK + 1, _BLOCK)
            ]
            self._starts = starts = list(accumulate(sizes, initial=0))
        block = bisect_right(starts, number) - 1
        listed = self._blocks.get(block)
        if listed is None:
            start = block * _BLOCK
            part = self._marked[start : start + _BLOCK]
            joined = self._joined(start, start + len(part))
            self._blocks[block] = listed = list(compress(joined, part.translate(_IS_HIGH)))
        number -= starts[block]
        return listed[number] if number < len(listed) else self._size

    def _joined(self, start: int, stop: int) -> list[int]:
        """The raw indexes of some bytes of the joined views."""
        barrier, beside = self._barrier, self._with_symbols
        if stop <= barrier:
            return self._spaced.some(start, stop - start)
        listed = self._spaced.some(start, barrier - start) if start < barrier else []
        listed += [self._size] * (min(stop, beside) - max(start, barrier))
        if stop > beside:
            if self._beside is None:
                self._beside = Kept(ended(self._raw), DELETED_BESIDE)
            start = max(start, beside)
            listed += self._beside.some(start - beside, stop - start)
        return listed
