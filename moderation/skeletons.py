"""Skeletons: texts and entries so strongly folded that every disguise of a word is the word again.

A skeleton is ASCII: one byte for each letter, classes of look-alikes sharing one (i and l, because
1, ! and | are either; u, v and w; q and g), and spaces. Repeats are squeezed to one. A text has
several, its views, joined to be scanned at once: with punctuation as spaces, with punctuation
deleted, and (where there are any) with symbols as letters. Much that is innocent looks alike in a
skeleton: it only says where to look, and `moderation.aligning` looks at the text itself.
"""

import re

from moderation.glyphs import DIGITS, GLYPHS, SYMBOLS, TURNED, TWOFOLD
from moderation.raw import (
    RAW_SPARE,
    RAW_SYMBOLS,
    RAW_TURNED,
    RAW_TWOFOLD,
    RAW_UNSPACED,
    SPARE,
    raw_letter,
    raw_of,
)

# Skeleton letters are 0x40-0x7E: bit 6 tells them from the space. These 40 are no class's own.
_SPARE = bytes([*range(0x40, 0x61), 0x7B, 0x7C, 0x7D, 0x7E, *b"lqv"])
_CLASSES = str.maketrans("lqvw", "iguu")


def _class_of(letter: str) -> int:
    return ord(letter.translate(_CLASSES))


def _tables() -> tuple[bytes, bytes, bytes, bytes]:
    """Raw byte to skeleton byte: plain letters; symbols as letters too; and what each deletes."""
    plain = bytearray(b" " * 256)
    for byte in range(128):
        character = chr(byte)
        if character.isalpha():
            plain[byte] = _class_of(character.lower())
        elif character.isdigit():
            plain[byte] = _class_of(DIGITS[character][0])
    for index, spare in enumerate(_SPARE[:SPARE]):
        plain[RAW_SPARE + index] = plain[RAW_UNSPACED + index] = spare
    for index, twofold in enumerate(TWOFOLD):
        plain[RAW_TWOFOLD + index] = _class_of(raw_letter(GLYPHS[twofold].own))
    for index, turned in enumerate(TURNED):
        plain[RAW_TURNED + index] = _class_of(GLYPHS[turned].latin[0])
    spaces = {byte for byte in range(128) if chr(byte).isspace()}
    deleted = bytes(b for b in range(256) if plain[b] == 0x20 and b not in spaces)
    symbols = bytearray(plain)
    for symbol, letters in SYMBOLS.items():
        raw = RAW_SYMBOLS.get(symbol, symbol)
        if letters:
            symbols[ord(raw)] = _class_of(letters[0])
    deleted_beside = bytes(b for b in deleted if symbols[b] == 0x20)
    return bytes(plain), deleted, bytes(symbols), deleted_beside


PLAIN, DELETED, _WITH_SYMBOLS, DELETED_BESIDE = _tables()
LOW = bytes(range(128))
UNMARKED = bytes(byte & 0x7F for byte in range(256))
SHORT = 512
"""Below so many bytes the numbers that squeezing needs are ready."""
K80 = [int.from_bytes(b"\x80" * n) for n in range(SHORT)]
K7F = [int.from_bytes(b"\x7f" * n) for n in range(SHORT)]
_MOST = 1 << 14
_LONG_K80, _LONG_K7F, _LONG_K40 = (int.from_bytes(b * _MOST) for b in (b"\x80", b"\x7f", b"\x40"))
_number = int.from_bytes  # looking up a method of a type takes a while


def skeleton(text: str) -> bytes:
    """Of an entry: punctuation deleted, repeats squeezed, no spaces at the ends."""
    return squeeze(spread(raw_of(text))).strip()


def spread(raw: bytes) -> bytes:
    """The skeleton of letters, with repeats: a byte for each."""
    return raw.translate(PLAIN, DELETED)


def squeeze(skeleton: bytes) -> bytes:
    """Each run of the same byte to one. Only bytes below 0x80. Linear."""
    return mark_kept(skeleton).translate(UNMARKED, LOW)


def mark_kept(skeleton: bytes) -> bytes:
    """The same bytes, with the top bit of each that does not repeat the one before it. The whole
    text is one number here, a byte a digit: Python's one way to look at every byte at once."""
    size = len(skeleton)
    number = _number(skeleton)
    if size < SHORT:
        changed = ((number ^ (number >> 8)) + K7F[size]) & K80[size]
    else:
        k7f, k80 = repeated(0x7F, size), repeated(0x80, size)
        changed = ((number ^ (number >> 8)) + k7f) & k80
    return (number | changed).to_bytes(size)


def repeated(byte: int, size: int) -> int:
    """The number whose digits are all this byte: 0x40, 0x7F or 0x80."""
    if size > _MOST:
        return int.from_bytes(bytes([byte]) * size)
    whole = _LONG_K40 if byte == 0x40 else _LONG_K7F if byte == 0x7F else _LONG_K80
    return whole >> 8 * (_MOST - size)


def has_single_letters(squeezed: bytes) -> bool:
    """Whether three letters follow each other, each alone between spaces. No two spaces follow
    each other in what was squeezed, so every second byte tells."""
    return squeezed[::2].find(b"    ") >= 0 or squeezed[1::2].find(b"    ") >= 0


# What a text may need more than two views for. A sign that is not here calls for nothing.
_SYMBOL_SIGNS = bytes(b for b in range(256) if chr(b) in SYMBOLS or 0x80 <= b <= 0x85)
_NO_SYMBOL = bytes(b for b in range(256) if b not in _SYMBOL_SIGNS)
_OTHER_SIGNS = b"<&%|\\[](){}*#_-" + bytes(range(0x86, 0xD0))
UNREMARKABLE = bytes(sorted(set(range(256)) - {*_SYMBOL_SIGNS, *_OTHER_SIGNS}))
# Between two views stands what no entry has. Where repeats are yet to be squeezed it is no single
# letter either.
BARRIER = b" \1\2 "
FIRST = 1
"""Where the spaced view begins in what is scanned."""
BETWEEN = 3
"""How many bytes stand between the spaced view and the others."""
_SENTENCE_END = re.compile(rb"!(?![^\x00-/:-@])")


def ended(raw: bytes) -> bytes:
    """What ends a sentence is no letter."""
    return _SENTENCE_END.sub(b".", raw) if b"!" in raw else raw


# A symbol where a letter could be: not at the end of a sentence, not before a hashtag.
_IN_A_WORD = re.compile(
    rb"[@$!|+(<#\x80-\x85](?:(?<=[@$!|\x80-\x85])[^\x00-/:-?]"
    rb"|(?<=[^\x00-/:-?][+#(<])[^\x00-/:-?]"
    rb"|(?<=[^\x00-/:-@][@$|+\x80-\x85])(?![^\x00-/:-@]))"
)


def has_symbols(raw: bytes, signs: bytes) -> bool:
    """Whether a symbol stands where a letter could."""
    return bool(signs.translate(None, _NO_SYMBOL)) and _IN_A_WORD.search(raw) is not None


def condense(raw: bytes, *, may_add: bool = True) -> tuple[bytes, bytes, bytes, bytes]:
    """The bytes that another view, a rewriting or a mask could be about; the other views joined,
    each byte marked that stays when repeats are squeezed; the same squeezed; and what is scanned
    for entries: the view with punctuation as spaces (repeats stay), before them. With `may_add`,
    there is a view with symbols as letters where it is called for. Done with every message, hence
    no calls of the functions above."""
    signs = raw.translate(None, UNREMARKABLE)
    joined = raw.translate(PLAIN, DELETED)
    if signs and may_add and has_symbols(raw, signs):
        joined = b"%b \1\2 %b" % (joined, ended(raw).translate(_WITH_SYMBOLS, DELETED_BESIDE))
    size = len(joined)
    if size < SHORT:
        number = _number(joined)
        number |= ((number ^ (number >> 8)) + K7F[size]) & K80[size]
        marked = number.to_bytes(size)
    else:
        marked = mark_kept(joined)
    squeezed = marked.translate(UNMARKED, LOW)
    return signs, marked, squeezed, b" %b \1 %b " % (raw.translate(PLAIN), squeezed)
