"""The way back from the bytes of a text's views to the text. Asked only where something was found:
then two lists of all bytes are quicker than counting."""

from bisect import bisect_right
from itertools import compress

from moderation.raw import ends_of, exotic_ends_of
from moderation.skeletons import BARRIER, BETWEEN, DELETED, DELETED_BESIDE, FIRST, LOW, ended

_KEPT = bytes(byte not in DELETED for byte in range(256))
_KEPT_BESIDE = bytes(byte not in DELETED_BESIDE for byte in range(256))
IS_HIGH = bytes(byte > 127 for byte in range(256))


class Places:
    """Where the bytes of a text's views come from. The bytes are those that were scanned: the
    spaced view, and from `first` on the squeezed other views."""

    __slots__ = ("_end", "_ends", "_listed", "_marked", "_raw", "_spaced", "first")

    def __init__(self, text: str, raw: bytes, marked: bytes, *, exotic: bool) -> None:
        self._end = len(text)
        self._raw = raw
        self._marked = marked
        self._ends = exotic_ends_of(text) if exotic else ends_of(text)
        self._spaced = FIRST + len(raw)
        self.first = self._spaced + BETWEEN  # of the squeezed views
        self._listed: list[int] | None = None

    def symbols_from(self) -> int:
        """The first byte of the view with symbols as letters; beyond all where there is none."""
        start = len(self._raw.translate(None, DELETED)) + len(BARRIER)
        if start > len(self._marked):
            return 1 << 60
        return self.first + len(self._marked[:start].translate(None, LOW)) - 1

    def __getitem__(self, at: int) -> int:
        """The offset in the text of one byte."""
        if at < self._spaced:
            at = max(at - FIRST, 0)
        elif at < self.first:
            return self._end
        else:
            listed = self._list() if self._listed is None else self._listed
            at -= self.first
            if at >= len(listed):
                return self._end
            at = listed[at]
        return at if self._ends is None else bisect_right(self._ends, at)

    def _list(self) -> list[int]:
        raw = self._raw
        every = range(len(raw))
        whole = list(compress(every, raw.translate(_KEPT)))
        if len(whole) < len(self._marked):
            whole += [len(raw)] * len(BARRIER)
            whole += compress(every, ended(raw).translate(_KEPT_BESIDE))
        self._listed = list(compress(whole, self._marked.translate(IS_HIGH)))
        return self._listed


def nth_kept(data: bytes, count: int, dropped: bytes) -> int:
    """The index of the byte that is number `count` when the dropped ones are not counted."""
    start, size = 0, len(data)
    while size > 16:
        half = size // 2
        kept = len(data[start : start + half].translate(None, dropped))
        if count < kept:
            size = half
        else:
            count -= kept
            start += half
            size -= half
    for index in range(start, start + size):
        if data[index] not in dropped:
            if not count:
                return index
            count -= 1
    return len(data)
