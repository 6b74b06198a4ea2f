"""The way back from the bytes of a text's views to the text. Asked only where something was found:
then two lists of all bytes are quicker than counting."""

from itertools import compress

from moderation.raw import sources
from moderation.skeletons import BARRIER, BETWEEN, DELETED, DELETED_BESIDE, FIRST, LOW, ended

_KEPT = bytes(byte not in DELETED for byte in range(256))
_KEPT_BESIDE = bytes(byte not in DELETED_BESIDE for byte in range(256))
IS_HIGH = bytes(byte > 127 for byte in range(256))


class Places:
    """Where the bytes of a text's views come from. The bytes are those that were scanned: the
    spaced view, and from `first` on the squeezed other views."""

    __slots__ = ("_end", "_listed", "_marked", "_raw", "_sources", "_spaced", "first")

    def __init__(self, text: str, raw: bytes, marked: bytes, *, exotic: bool) -> None:
        self._end = len(text)
        self._raw = raw
        self._marked = marked
        self._sources = sources(text, exotic=exotic)
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
            at -= FIRST
            return self._sources[at] if at >= 0 else 0
        if at < self.first:
            return self._end
        listed = self._list() if self._listed is None else self._listed
        at -= self.first
        return listed[at] if at < len(listed) else self._end

    def _list(self) -> list[int]:
        raw, origin = self._raw, self._sources
        whole = list(compress(origin, raw.translate(_KEPT)))
        if len(whole) < len(self._marked):
            whole += [self._end] * len(BARRIER)
            whole += compress(origin, ended(raw).translate(_KEPT_BESIDE))
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
