"""Masked letters: b*nana. Words of the text that hold a mask are compared with all entries of the
same length and first letter, by one regular expression over their skeletons."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from moderation.entries import Kind, Pattern
from moderation.glyphs import GLYPHS, Sort
from moderation.raw import BULLETS, RAW_BULLET, raw_of
from moderation.skeletons import spread
from moderation.spans import Span

SIGNS = "*#_-.?%" + BULLETS
_MASKED = re.compile(rf"(?<![^\W_])[^\W_]+(?:[{re.escape(SIGNS)}]+[^\W_]+)+")
_BESIDE = "\\s\"'`,;:!?()<>|~"
_ENDS_MASKED = re.compile(rf"(?<![^{_BESIDE}])[^\W_*]{{2,}}\*{{1,2}}(?![^{_BESIDE}])")
_MIN_LETTERS = 4
_MIN_LETTERS_OF_PHRASE = 3
_WORD = re.compile(r"\S+")
_FAR = 80
_MAX_LETTERS = 40
_MAX_WORDS = 60
_NEAR = _MAX_LETTERS + 5
_MAX_REMEMBERED = 20_000
type _Place = tuple[int, int, int]
"""The number of a pattern, and how many words it has before and after the one in question."""
type _Index = dict[tuple[int, int, int], tuple[bytes, list[_Place]]]
"""Length, first and last letter (0 for any) to skeletons and where they are in patterns."""


class _Shapes(dict[str, bytes]):
    """The skeleton of one character; nothing for a mask."""

    def __missing__(self, character: str) -> bytes:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        shape = b"" if character in SIGNS else spread(raw_of(character)) or b"!"
        self[character] = shape
        return shape


_SHAPES = _Shapes()


class Masks:
    """Words by length and letters; made when the first masked word is seen."""

    __slots__ = ("_index", "_numbers", "_patterns")

    def __init__(self, patterns: Sequence[Pattern], numbers: Sequence[int]) -> None:
        self._patterns = patterns
        self._numbers = numbers
        self._index: _Index | None = None

    def find(self, text: str, raw: bytes, signs: bytes) -> Iterator[tuple[int, int, int]]:
        """Pattern number, start and stop of what could be a masked word."""
        known: dict[str, list[_Place]] = {}
        for start, stop in islice(_words(text, raw, signs), _MAX_WORDS):
            word = text[start:stop]
            if word not in known:
                known[word] = self._meant(word)
            for number, before, after in known[word]:
                around = _around(text, start, stop, before, after)
                if around is not None:
                    yield number, *around

    def _meant(self, word: str) -> list[_Place]:
        """The words of patterns that a word with masks could be."""
        first, last = _SHAPES[word[0]], _SHAPES[word[-1]] or b"\0"
        if len(first) != 1 or len(last) != 1:
            return []
        if self._index is None:
            self._index = self._make()
        chunk = self._index.get((len(word), first[0], last[0]))
        if chunk is None:
            return []
        blob, places = chunk
        letters = [_SHAPES[c] for c in word]
        shown = [(at, letter) for at, letter in enumerate(letters) if letter]
        return [
            place
            for begin, place in zip(range(1, len(blob), len(word) + 1), places, strict=True)
            if all(blob.startswith(letter, begin + at) for at, letter in shown)
        ]

    def has_any(self, text: str, raw: bytes, signs: bytes) -> bool:
        """Whether `find` gives anything."""
        return next(self.find(text, raw, signs), None) is not None

    def _make(self) -> _Index:
        rows: dict[tuple[int, int, int], tuple[list[bytes], list[_Place]]] = {}
        for number in self._numbers:
            pattern = self._patterns[number]
            if pattern.kind not in (Kind.WORD, Kind.PHRASE):
                continue
            words = pattern.folded[0].split(" ")
            least = _MIN_LETTERS if len(words) == 1 else _MIN_LETTERS_OF_PHRASE
            for at, letters in enumerate(words):
                if not least <= len(letters) <= _MAX_LETTERS:
                    continue
                shape = spread(raw_of(letters))
                if len(shape) != len(letters) or any(
                    GLYPHS[c].sort is not Sort.LETTER for c in letters
                ):
                    continue
                for last in (shape[-1], 0):
                    shapes, places = rows.setdefault((len(shape), shape[0], last), ([], []))
                    shapes.append(shape)
                    places.append((number, at, len(words) - 1 - at))
        return {
            key: (b"\n" + b"\n".join(shapes) + b"\n", places)
            for key, (shapes, places) in rows.items()
        }


def _around(text: str, start: int, stop: int, before: int, after: int) -> Span | None:
    """The word with some words before and after it; None where there are not as many."""
    if before:
        words = list(_WORD.finditer(text, max(start - _FAR, 0), start))
        if len(words) < before:
            return None
        start = words[-before].start()
    if after:
        words = list(_WORD.finditer(text, stop, stop + _FAR))
        words = [word for word in words if any(c.isalnum() for c in word[0])]
        if len(words) < after:
            return None
        stop = words[after - 1].end()
    return start, stop


def _signs_between_letters(raw: bytes, signs: bytes) -> str:
    """The signs that stand where a mask could."""
    found = ""
    for byte in _MASK_BYTES.intersection(signs):
        if _is_between_letters(raw, byte):
            found += BULLETS if byte == RAW_BULLET else chr(byte)
    return found


def _is_between_letters(raw: bytes, sign: int) -> bool:
    """Whether a sign stands after a letter and not at the end of a word; a star anywhere after
    one. Only the first few are looked at: many of them are worth a closer look anyway."""
    at = raw.find(sign)
    for _ in range(_CLOSE_LOOK):
        if at < 0:
            return False
        before, after = raw[at - 1 : at], raw[at + 1 : at + 2]
        if (before.isalnum() or before > b"\xcf") and (sign == _STAR or after.strip(_NOT_LETTERS)):
            return True
        at = raw.find(sign, at + 1)
    return True


_STAR = ord("*")
_MASK_BYTES = frozenset({*b"*#_-", RAW_BULLET})
_CLOSE_LOOK = 16
_NOT_LETTERS = b" \t\n\r,.;:!?()\"'"


def _words(text: str, raw: bytes, signs: bytes) -> Iterator[Span]:
    """The words in which a sign stands between letters, or a star behind them."""
    present = re.escape(_signs_between_letters(raw, signs))
    done = 0
    for match in re.finditer(f"[{present}](?<=[^\\W_][{present}])", text) if present else ():
        at = match.start()
        if at < done:
            continue
        start = max(text.rfind(" ", max(at - _NEAR, 0), at) + 1, at - _NEAR, 0)
        done = text.find(" ", at, at + _NEAR)
        done = min(at + _NEAR, len(text)) if done < 0 else done
        ending = _ENDS_MASKED.search(text, start, done)
        if ending is not None:
            yield ending.span()
        for masked in _MASKED.finditer(text, start, done):
            yield masked.span()
