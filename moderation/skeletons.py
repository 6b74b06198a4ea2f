"""Skeletons: texts and entries so strongly folded that every disguise of a word is the word again.

A skeleton is ASCII: one byte for each letter, classes of look-alikes sharing one (i and l, because
1, ! and | are either; u, v and w; q and g), and spaces. Repeats are squeezed to one. A text has
several, its views, joined to be scanned at once: with punctuation as spaces, with punctuation
deleted, and (where there are any) with symbols as letters. Much that is innocent looks alike in a
skeleton: it only says where to look, and `moderation.aligning` looks at the text itself.

Letters of scripts without spaces between words become two bytes with spaces around them, so that
they bound other words and may be spaced or not.
"""

import codecs
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import compress

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
LOW = bytes(range(128))
UNMARKED = bytes(byte & 0x7F for byte in range(256))
IS_HIGH = bytes(byte > 127 for byte in range(256))
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
    if exotic:
        return text.translate(_RAW_EXOTIC).encode("latin-1")
    if len(text.encode("utf-8", "replace")) - len(text) < len(text) // _FEW_OTHERS:
        return text.encode("ascii", _HANDLER)  # looks at the few other characters only
    return text.translate(_RAW).encode("latin-1")


def _encode_others(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    others = error.object[error.start : error.end]
    return others.translate(_RAW).encode("latin-1"), error.end


_FEW_OTHERS = 8
_HANDLER = "moderation.skeletons"
codecs.register_error(_HANDLER, _encode_others)


def skeleton(text: str) -> bytes:
    """Of an entry: punctuation deleted, repeats squeezed, no spaces at the ends."""
    return squeeze(raw_of(text).translate(_PLAIN, _DELETED)).strip()


_EXOTIC_IN_A_WORD = re.compile(
    rb"\x90[A-Za-z\xd0-\xf7]|[A-Za-z\xd0-\xf7](?:\x90| [\xa0-\xb3])"
    rb"|[\xb4-\xc7] [A-Za-z]|[\x87-\x8f]"
)


def has_exotic(raw: bytes) -> bool:
    """Whether a character that only a disguise makes a letter stands beside letters."""
    return _EXOTIC_IN_A_WORD.search(raw) is not None


def spread(raw: bytes) -> bytes:
    """The skeleton of letters, with repeats: a byte for each."""
    return raw.translate(_PLAIN, _DELETED)


def squeeze(skeleton: bytes) -> bytes:
    """Each run of the same byte to one. Only bytes below 0x80. Linear."""
    return mark_kept(skeleton).translate(UNMARKED, LOW)


def mark_kept(skeleton: bytes) -> bytes:
    """The same bytes, with the top bit of each that does not repeat the one before it. The whole
    text is one number here, a byte a digit: Python's one way to look at every byte at once."""
    size = len(skeleton)
    number = int.from_bytes(skeleton, "little")
    if size < _SOME:
        changed = ((number ^ (number << 8)) + _K7F[size]) & _K80[size]
    else:
        low, high = (int.from_bytes(byte * size, "little") for byte in (b"\x7f", b"\x80"))
        changed = ((number ^ (number << 8)) + low) & high
    return (number | changed).to_bytes(size, "little")


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
_NO_SYMBOL = bytes(b for b in range(256) if b not in _SYMBOL_SIGNS)
_OTHER_SIGNS = b"<&%|\\[](){}*#_-\x7f" + bytes(range(0x86, 0xA0))
_UNSPACED_LEADS = bytes(range(_RAW_UNSPACED, _RAW_UNSPACED + _HALF))
_UNREMARKABLE = bytes(sorted(set(range(256)) - {*_SYMBOL_SIGNS, *_OTHER_SIGNS, *_UNSPACED_LEADS}))
# Between two views stands what no entry has and no single letter is.
_BARRIER = b" \1\2 "


_SENTENCE_END = re.compile(rb"!(?![^\x00-/:-@])")


def _ended(raw: bytes) -> bytes:
    """What ends a sentence is no letter."""
    return _SENTENCE_END.sub(b".", raw) if b"!" in raw else raw


def joined_views(raw: bytes, signs: bytes) -> bytes:
    """The other views, joined, before repeats are squeezed: punctuation deleted and (see
    `has_symbols`) symbols as letters."""
    joined = raw.translate(_PLAIN, _DELETED)
    if signs and has_symbols(raw, signs):
        beside = _ended(raw).translate(_WITH_SYMBOLS, _DELETED_BESIDE)
        return b" \1\2 %b \1\2 %b \1\2 " % (joined, beside)
    return b" \1\2 %b \1\2 " % joined


# A symbol where a letter could be: not at the end of a sentence, not before a hashtag.
_IN_A_WORD = re.compile(
    rb"[@$!|+(<#\x80-\x85](?:(?<=[@$!|\x80-\x85])[^\x00-/:-?]"
    rb"|(?<=[^\x00-/:-?][+#(<])[^\x00-/:-?]"
    rb"|(?<=[^\x00-/:-@][@$|+\x80-\x85])(?![^\x00-/:-@]))"
)


def has_symbols(raw: bytes, signs: bytes) -> bool:
    """Whether a symbol stands where a letter could."""
    return bool(signs.translate(None, _NO_SYMBOL)) and _IN_A_WORD.search(raw) is not None


def condense(raw: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """The bytes that another view, a rewriting or a mask could be about; the joined views, the same
    squeezed; and what is scanned for entries: the view with punctuation as spaces (repeats
    stay) before them. Done with every message, hence no calls of the functions above."""
    signs = raw.translate(None, _UNREMARKABLE)
    if signs and has_symbols(raw, signs):
        joined = joined_views(raw, signs)
    else:
        joined = b" \1\2 %b \1\2 " % raw.translate(_PLAIN, _DELETED)
    size = len(joined)
    if size < _SOME:
        number = int.from_bytes(joined, "little")
        number |= ((number ^ (number << 8)) + _K7F[size]) & _K80[size]
        squeezed = number.to_bytes(size, "little").translate(UNMARKED, LOW)
    else:
        squeezed = squeeze(joined)
    return signs, joined, squeezed, b" \1\2 %b%b" % (raw.translate(_PLAIN), squeezed)


# Each as many times as its place says: quicker than ranges. No character is longer than 18.
_TIMES = tuple((None,) * size for size in range(100))


class Places:
    """Where the bytes of a text's views come from: asked only where something was found. Many
    answers come from lists of all places, a few in a long text from counting.

    The bytes are those of the spaced view, and behind them those of the squeezed other views.
    """

    __slots__ = ("_deleted", "_end", "_listed", "_marked", "_places", "_raws", "_starts", "first")

    def __init__(
        self, text: str, raw: bytes, joined: bytes, signs: bytes, *, exotic: bool, many: bool
    ) -> None:
        barrier = len(_BARRIER)
        self._raws = [raw]
        self._end = len(text)
        self._places: Sequence[int] = range(len(text))
        if not text.isascii():
            table = _RAW_EXOTIC if exotic else _RAW
            sizes = {c: len(table[ord(c)]) for c in set(text)}
            if any(size != 1 for size in sizes.values()):
                self._places = [i for i, c in enumerate(text) for _ in _TIMES[sizes[c]]]
        self.first = barrier + len(raw)  # of the squeezed views
        self._marked = mark_kept(joined)
        self._starts = [barrier]
        self._deleted = [_DELETED]
        size = len(raw.translate(None, _DELETED))
        with_symbols = len(joined) > size + 2 * barrier
        if with_symbols:
            self._starts.append(2 * barrier + size)
            self._deleted.append(_DELETED_BESIDE)
            self._raws.append(_ended(raw))
        self._listed: list[int] | None = None
        if many or len(joined) < _SOME:
            between = [self._end] * barrier
            whole = [*between, *compress(self._places, raw.translate(_KEPT)), *between]
            if with_symbols:
                whole += compress(self._places, self._raws[1].translate(_KEPT_BESIDE))
                whole += between
            self._listed = list(compress(whole, self._marked.translate(IS_HIGH)))
            self._listed.append(self._end)

    def symbols_from(self) -> int:
        """The first byte of the view with symbols as letters; beyond all where there is none."""
        if len(self._starts) < 2:
            return 1 << 60
        return self.first + len(self._marked[: self._starts[1]].translate(None, LOW)) - 1

    def __getitem__(self, at: int) -> int:
        """The offset in the text of one byte."""
        at -= self.first
        if at < 0:
            at += len(self._raws[0])
            return self._places[at] if at >= 0 else 0
        if self._listed is not None:
            return self._listed[at]
        at = _nth_kept(self._marked, at, LOW)
        view = bisect_right(self._starts, at) - 1
        if view < 0:
            return self._end
        at = _nth_kept(self._raws[view], at - self._starts[view], self._deleted[view])
        return self._places[at] if at < len(self._places) else self._end


def _nth_kept(data: bytes, count: int, dropped: bytes) -> int:
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
