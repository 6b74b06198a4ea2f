"""Skeletons: texts and entries so strongly folded that every disguise of a word is the word again.

A skeleton is ASCII: one byte for each letter, classes of look-alikes sharing one (i and l, because
1, ! and | are either; u, v and w; q and g), and spaces. Repeats are squeezed to one. A text has
several, its views, joined to be scanned at once: with punctuation as spaces, with punctuation
deleted, and (where there are any) with symbols as letters. Much that is innocent looks alike in a
skeleton: it only says where to look, and `moderation.aligning` looks at the text itself.

Letters of scripts without spaces between words become two bytes with spaces around them, so that
they bound other words and may be spaced or not.
"""

import re
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from moderation.characters import is_unspaced
from moderation.glyphs import DIGITS, GLYPHS, OVERRIDE, SYMBOLS, TURNED, TWOFOLD, Sort

# Skeleton letters are 0x40-0x7E: bit 6 tells them from the space. These 40 are no class's own.
_SPARE = bytes([*range(0x40, 0x61), 0x7B, 0x7C, 0x7D, 0x7E, *b"lqv"])
_HALF = len(_SPARE) // 2
_CLASSES = str.maketrans("lqvw", "iguu")
# Between text and skeleton stand raw bytes: ASCII as it is, spare letters, and symbols that may
# be letters; 0x7F is any other symbol.
_RAW_UNSPACED = 0xA0
_RAW_SPARE = 0xD0
_RAW_SYMBOLS = {"€": "\x80", "¢": "\x81", "£": "\x82", "¥": "\x83", "§": "\x84", "×": "\x85"}
_RAW_OVERRIDE = "\x86"
_RAW_TWOFOLD = 0x87
_RAW_EXOTIC_SYMBOL = "\x90"
_RAW_TURNED = 0x91
_ANY_SYMBOL = "\x7f"
_MAX_REMEMBERED = 20_000


def _class_of(letter: str) -> int:
    return ord(letter.translate(_CLASSES))


def _raw_letter(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else ""
    latin = GLYPHS[letter].latin
    if latin and not is_unspaced(letter):
        return latin[0]
    point = ord(letter)
    if is_unspaced(letter):
        lead, trail = point % _HALF, _HALF + point // _HALF % _HALF
        return f" {chr(_RAW_UNSPACED + lead)}{chr(_RAW_UNSPACED + trail)} "
    return chr(_RAW_SPARE + point % len(_SPARE))


def _tables() -> tuple[bytes, bytes, bytes, bytes]:
    """Raw byte to skeleton byte: plain letters; symbols as letters too; and what each deletes."""
    plain = bytearray(b" " * 256)
    for byte in range(128):
        character = chr(byte)
        if character.isalpha():
            plain[byte] = _class_of(character.lower())
        elif character.isdigit():
            plain[byte] = _class_of(DIGITS[character][0])
    for index, spare in enumerate(_SPARE):
        plain[_RAW_SPARE + index] = plain[_RAW_UNSPACED + index] = spare
    for index, twofold in enumerate(TWOFOLD):
        plain[_RAW_TWOFOLD + index] = _class_of(_raw_letter(GLYPHS[twofold].own))
    for index, turned in enumerate(TURNED):
        plain[_RAW_TURNED + index] = _class_of(GLYPHS[turned].latin[0])
    spaces = {byte for byte in range(128) if chr(byte).isspace()}
    deleted = bytes(b for b in range(256) if plain[b] == 0x20 and b not in spaces)
    symbols = bytearray(plain)
    for symbol, letters in SYMBOLS.items():
        raw = _RAW_SYMBOLS.get(symbol, symbol)
        if letters:
            symbols[ord(raw)] = _class_of(letters[0])
    deleted_beside = bytes(b for b in deleted if symbols[b] == 0x20)
    return bytes(plain), deleted, bytes(symbols), deleted_beside


_PLAIN, _DELETED, _WITH_SYMBOLS, _DELETED_BESIDE = _tables()
_KEPT = bytes(byte not in _DELETED for byte in range(256))
_KEPT_BESIDE = bytes(byte not in _DELETED_BESIDE for byte in range(256))
_HIGH = bytes(range(128, 256))
_LOW = bytes(byte < 128 for byte in range(256))
_SOME = 1024
_K80 = [int.from_bytes(b"\x80" * n, "little") for n in range(_SOME)]
_K7F = [int.from_bytes(b"\x7f" * n, "little") for n in range(_SOME)]
_K40 = [int.from_bytes(b"\x40" * n, "little") for n in range(_SOME)]


class _Raw(dict[int, str]):
    """Code point to raw characters (each below U+0100), for str.translate."""

    def __init__(self, *, exotic: bool) -> None:
        super().__init__({byte: chr(byte) for byte in range(128)})
        self._exotic = exotic

    def __missing__(self, point: int) -> str:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
            self.update({byte: chr(byte) for byte in range(128)})
        self[point] = raw = self._make(chr(point))
        return raw

    def _make(self, character: str) -> str:
        if character == OVERRIDE:
            return _RAW_OVERRIDE
        if character in TURNED:
            return chr(_RAW_TURNED + TURNED.index(character))
        glyph = GLYPHS[character]
        if character in TWOFOLD and not self._exotic:
            return chr(_RAW_TWOFOLD + list(TWOFOLD).index(character))
        match glyph.sort:
            case Sort.MARK | Sort.NOTHING:
                return ""
            case Sort.SPACE:
                return " "
            case Sort.DIGIT:
                return glyph.own
        if self._exotic and glyph.exotic:
            return glyph.exotic
        if glyph.sort is Sort.SYMBOL:
            if glyph.exotic:
                return _RAW_EXOTIC_SYMBOL
            own = glyph.own
            raw = _RAW_SYMBOLS.get(own, own)
            return raw if len(raw) == 1 and (own.isascii() or own in _RAW_SYMBOLS) else _ANY_SYMBOL
        if glyph.own in ("з", "ч", "б"):  # 3, 4 and 6 may stand for these
            return "eag"["зчб".index(glyph.own)]
        return "".join(map(_raw_letter, glyph.base))


_RAW = _Raw(exotic=False)
_RAW_EXOTIC = _Raw(exotic=True)


def raw_of(text: str, *, exotic: bool = False) -> bytes:
    """The raw bytes of a text; those of an ASCII text are the text."""
    if text.isascii():
        return text.encode()
    return text.translate(_RAW_EXOTIC if exotic else _RAW).encode("latin-1")


def skeleton(text: str) -> bytes:
    """Of an entry: punctuation deleted, repeats squeezed, no spaces at the ends."""
    return squeeze(raw_of(text).translate(_PLAIN, _DELETED)).strip()


def spread(raw: bytes) -> bytes:
    """The skeleton of letters, with repeats: a byte for each."""
    return raw.translate(_PLAIN, _DELETED)


def squeeze(skeleton: bytes) -> bytes:
    """Each run of the same byte to one. Only bytes below 0x80. Linear."""
    return _mark_repeats(skeleton).translate(None, _HIGH)


def _mark_repeats(skeleton: bytes) -> bytes:
    """The same bytes, with the top bit of each that repeats the one before it. Whole texts are
    numbers here, a byte a digit: the one way of Python to look at every byte at once."""
    size = len(skeleton)
    high, low = _constants(size)
    number = int.from_bytes(skeleton, "little")
    same = (((number ^ (number << 8)) + low) & high) ^ high
    return (number | same).to_bytes(size, "little")


def _constants(size: int) -> tuple[int, int]:
    if size < _SOME:
        return _K80[size], _K7F[size]
    return int.from_bytes(b"\x80" * size, "little"), int.from_bytes(b"\x7f" * size, "little")


def has_single_letters(squeezed: bytes) -> bool:
    """Whether three letters follow each other, each alone between spaces."""
    size = len(squeezed)
    letter = _K40[size] if size < _SOME else int.from_bytes(b"\x40" * size, "little")
    letters = int.from_bytes(squeezed, "little") & letter
    spaces = letters ^ letter
    ends = spaces & (letters << 8) & (spaces << 16)
    return bool(ends & (ends << 16) & (ends << 32))


# What a text may need more than two views for. A sign that is not here calls for nothing.
_SYMBOL_SIGNS = bytes(b for b in range(256) if chr(b) in SYMBOLS or 0x80 <= b <= 0x85)
_OTHER_SIGNS = b"<&%|\\[](){}*#_-\x7f" + bytes(range(0x86, 0xA0))
_UNSPACED_LEADS = bytes(range(_RAW_UNSPACED, _RAW_UNSPACED + _HALF))
_UNREMARKABLE = bytes(sorted(set(range(256)) - {*_SYMBOL_SIGNS, *_OTHER_SIGNS, *_UNSPACED_LEADS}))
_NO_SYMBOL = bytes(sorted(set(range(256)) - set(_SYMBOL_SIGNS)))


def signs_of(raw: bytes) -> bytes:
    """The bytes in it that another view, a rewriting or a mask could be about; mostly none."""
    return raw.translate(None, _UNREMARKABLE)


class Views(NamedTuple):
    """The views of one text, joined, before repeats are squeezed; and whether the view with
    symbols as letters is among them."""

    raw: bytes
    joined: bytes
    with_symbols: bool


# Between two views stands what no entry has and no single letter is.
def views_of(raw: bytes, signs: bytes) -> Views:
    """All views that this text needs, joined."""
    spaced = raw.translate(_PLAIN)
    joined = raw.translate(_PLAIN, _DELETED)
    if signs and signs.translate(None, _NO_SYMBOL):
        beside = raw.translate(_WITH_SYMBOLS, _DELETED_BESIDE)
        joined = b" %b \1\2 %b \1\2 %b " % (spaced, joined, beside)
        return Views(raw, joined, with_symbols=True)
    return Views(raw, b" %b \1\2 %b " % (spaced, joined), with_symbols=False)


class Places:
    """Where the bytes of a skeleton come from: made only where something was found.

    `offsets[i]` is the offset in the text of byte i, of the squeezed views or of what was cut out
    of them; `symbols_from` the first byte of the view with symbols as letters.
    """

    __slots__ = ("offsets", "symbols_from", "symbols_whole", "whole")

    def __init__(self, views: Views, text: str, *, exotic: bool = False) -> None:
        raw = views.raw
        end = len(text)
        places: Sequence[int] = range(end)
        if not text.isascii():
            table = _RAW_EXOTIC if exotic else _RAW
            places = [i for i, c in enumerate(text) for _ in table[ord(c)]]
        self.whole = [0, *places, end, end, end, end, *compress(places, raw.translate(_KEPT)), end]
        self.symbols_whole = len(self.whole)
        if views.with_symbols:
            self.whole += [end, end, end, *compress(places, raw.translate(_KEPT_BESIDE)), end]
        marks = _mark_repeats(views.joined).translate(_LOW)
        self.symbols_from = sum(marks[: self.symbols_whole])
        self.offsets = [*compress(self.whole, marks), end]


_GAP_IN_SPELLING = re.compile(rb"(?<= [^ ]) (?=[^ ] )")
# The same but for the first gap of each spelling: "such a b a d".
_LATER_GAP = re.compile(rb"(?<= [^ ] [^ ]) (?=[^ ] )")
_CUT = b"\xff"
_UNCUT = bytes(byte != 0xFF for byte in range(256))


class Spelled:
    """A skeleton with the spaces between letters that stand alone taken out ("b a d"), as bytes
    and their offsets; with `after_word` the first of them stays a word of its own."""

    __slots__ = ("offsets", "skeleton", "symbols_from")

    def __init__(
        self, skeleton: bytes, offsets: Sequence[int], symbols_from: int, *, after_word: bool
    ) -> None:
        gap = _LATER_GAP if after_word else _GAP_IN_SPELLING
        cut = gap.sub(_CUT, skeleton)
        kept = cut.translate(_UNCUT)
        closed = cut.translate(None, _CUT)
        marks = _mark_repeats(closed)
        self.skeleton = marks.translate(None, _HIGH)
        low = marks.translate(_LOW)
        self.offsets = [*compress(compress(offsets, kept), low), offsets[-1]]
        self.symbols_from = sum(low[: sum(kept[:symbols_from])])
