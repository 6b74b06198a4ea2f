"""What a text may call for beyond its views, told by the signs in it: masks, exotic letters, markup,
several symbols for a letter. Each test is there to say no quickly."""

import re

from moderation.raw import RAW_BULLET, RAW_EXOTIC_SYMBOL, RAW_OVERRIDE, RAW_TURNED, RAW_TWOFOLD

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


_EXOTIC_IN_A_WORD = re.compile(
    rb"[\x87-\x90\xa0-\xc7](?:(?<=\x90)[A-Za-z\xd0-\xf7]|(?<=[A-Za-z\xd0-\xf7]\x90)"
    rb"|(?<=[A-Za-z\xd0-\xf7] [\xa0-\xb3])|(?<=[\xb4-\xc7]) [A-Za-z]|(?<=[\x87-\x8f]))"
)


def has_exotic(raw: bytes) -> bool:
    """Whether a character that only a disguise makes a letter stands beside letters."""
    return _EXOTIC_IN_A_WORD.search(raw) is not None
