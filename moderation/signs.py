"""What a text may call for beyond its views, told by the signs in it: masks, exotic letters,
markup, several symbols for a letter. Each test is there to say no quickly."""

import re

from moderation.raw import (
    HALF,
    RAW_BULLET,
    RAW_EXOTIC_SYMBOL,
    RAW_OVERRIDE,
    RAW_SPARE,
    RAW_TURNED,
    RAW_TWOFOLD,
    RAW_UNSPACED,
    SPARE,
)

MASK = 1
EXOTIC = 2
REWRITING = 4
TURNED = 8
OVERRIDE = 16
_FLAGS = bytearray(256)
for _byte in (*b"*#_-", RAW_BULLET):
    _FLAGS[_byte] |= MASK
for _byte in (*range(RAW_TWOFOLD, RAW_EXOTIC_SYMBOL + 1), *range(0xA0, RAW_BULLET)):
    _FLAGS[_byte] |= EXOTIC
for _byte in b"<&%|\\[](){}":
    _FLAGS[_byte] |= REWRITING
for _byte in range(RAW_TURNED, 0xA0):
    _FLAGS[_byte] |= TURNED
_FLAGS[RAW_OVERRIDE] |= OVERRIDE
_FLAG_OF = bytes(_FLAGS)


def flags_of(signs: bytes) -> int:
    """What the signs that `condense` found may call for."""
    flags = 0
    for flag in set(signs.translate(_FLAG_OF)):
        flags |= flag
    return flags


# An entity, an encoded character, what Discord shows as something else, letters drawn with signs.
_REWRITABLE = re.compile(
    rb"[<&%|\\()\[\]{}](?:(?<=&)[#a-zA-Z]|(?<=%)[0-9a-fA-F]{2}|(?<=<)[@#:a/it]|(?<=><)"
    rb"|(?<=\|)[|\\/vV<{(3)\]}>*2?_=-]|(?<=_\|)|(?<=-\|)-|(?<=\\)[/_]|(?<=/\\)|(?<=/-\\)"
    rb"|(?<=\()[)_vV]|(?<=\))[-(]|(?<=\[)[)\]_]|(?<=\])[-(\[]|(?<=\})\{)"
)


def is_rewritable(raw: bytes) -> bool:
    """Whether there is markup, an encoded character or several symbols for a letter."""
    return _REWRITABLE.search(raw) is not None


def _classes() -> bytes:
    classes = bytearray(b"." * 256)
    for byte in range(256):
        if chr(byte).isalpha() and byte < 0x80:
            classes[byte] = ord("a")
        elif byte >= RAW_SPARE:
            classes[byte] = ord("o")
        elif RAW_UNSPACED <= byte < RAW_UNSPACED + HALF:
            classes[byte] = ord("l")
        elif RAW_UNSPACED + HALF <= byte < RAW_UNSPACED + SPARE:
            classes[byte] = ord("t")
        elif RAW_TWOFOLD <= byte < RAW_EXOTIC_SYMBOL:
            classes[byte] = ord("g")
    classes[ord(" ")] = ord(" ")
    classes[RAW_EXOTIC_SYMBOL] = ord("x")
    return bytes(classes)


_CLASSES = _classes()
# An exotic symbol beside a letter, a letter of two bytes beside one, a letter with two forms.
_EXOTIC_IN_A_WORD = (b"ax", b"xa", b"ox", b"xo", b"a l", b"t a", b"o l", b"g")


def has_exotic(raw: bytes) -> bool:
    """Whether a character that only a disguise makes a letter stands beside letters."""
    classes = raw.translate(_CLASSES)
    return any(classes.find(sign) >= 0 for sign in _EXOTIC_IN_A_WORD)
