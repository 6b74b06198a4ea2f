"""Masked letters: b*nana. Words of the text that hold a mask are compared with all entries of the
same length and first letter, by one regular expression over their skeletons."""

import re
from collections.abc import Iterator, Sequence

from moderation.entries import Kind, Pattern
from moderation.glyphs import GLYPHS, Sort
from moderation.skeletons import raw_of, spread

_MASKED = re.compile(r"[^\W_]+(?:(?:[*#_\-•.?%·∙●■])+[^\W_]+)+")
_MASKED_WITH_STAR = re.compile(r"(?<![\w*])[^\W_]{2,}\*{1,2}(?![\w*])")
_SIGN = re.compile(r"[*#_\-•.?%·∙●■]")
_MIN_LETTERS = 4
_MAX_LETTERS = 40
_MAX_WORDS = 200
_Index = dict[tuple[int, int], tuple[bytes, list[int]]]


class Masks:
    """Words by length and first letter; made when the first masked word is seen."""

    __slots__ = ("_index", "_numbers", "_patterns")

    def __init__(self, patterns: Sequence[Pattern], numbers: Sequence[int]) -> None:
        self._patterns = patterns
        self._numbers = numbers
        self._index: _Index | None = None

    def find(self, text: str, signs: bytes) -> Iterator[tuple[int, int, int]]:
        """Pattern number, start and stop of what could be a masked word."""
        index = self._index
        if index is None:
            index = self._index = self._make()
        words = list(_MASKED.finditer(text))
        if b"*" in signs:
            words += _MASKED_WITH_STAR.finditer(text)
        for match in words[:_MAX_WORDS]:
            word = match[0]
            if len(word) > _MAX_LETTERS:
                continue
            shape = b"".join(
                b"." if _SIGN.fullmatch(c) else re.escape(spread(raw_of(c))) for c in word
            )
            size = sum(1 for _ in word)
            chunk = index.get((size, shape[0]))
            if chunk is None:
                continue
            blob, numbers = chunk
            for found in re.finditer(b"(?=\n" + shape + b"\n)", blob):
                yield numbers[found.start() // (size + 1)], match.start(), match.end()

    def _make(self) -> _Index:
        rows: dict[tuple[int, int], tuple[list[bytes], list[int]]] = {}
        for number in self._numbers:
            pattern = self._patterns[number]
            letters = pattern.folded[0]
            if pattern.kind is not Kind.WORD or not _MIN_LETTERS <= len(letters) <= _MAX_LETTERS:
                continue
            shape = spread(raw_of(letters))
            if len(shape) != len(letters) or any(
                GLYPHS[c].sort is not Sort.LETTER for c in letters
            ):
                continue
            shapes, numbers = rows.setdefault((len(shape), shape[0]), ([], []))
            shapes.append(shape)
            numbers.append(number)
        return {
            key: (b"\n" + b"\n".join(shapes) + b"\n", numbers)
            for key, (shapes, numbers) in rows.items()
        }
