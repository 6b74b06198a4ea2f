"""What a single character is to the matcher: part of a word or not, printable or not."""

import unicodedata

# Scripts that put no space between words (for Korean: that put endings on them). A boundary is
# never demanded beside them. Ranges of code points, from the block list of the Unicode Standard.
UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1100, 0x11FF),  # Hangul jamo
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),  # Khmer symbols
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x318F),  # kana, bopomofo, Hangul compatibility jamo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA960, 0xA97F),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAA7F),
    (0xAC00, 0xD7FF),  # Hangul syllables
    (0xF900, 0xFAFF),
    (0xFF66, 0xFFDC),  # half-width kana and jamo
    (0x16FE0, 0x18D8F),
    (0x1AFF0, 0x1B2FF),
    (0x20000, 0x3FFFF),
)
# Invisible characters that words and emoji are really written with.
_JOINERS = frozenset("\u200c\u200d")


def is_mark(character: str) -> bool:
    """A combining mark: accents, vowel signs, variation selectors."""
    return unicodedata.category(character)[0] == "M"


def is_word_character(character: str) -> bool:
    """A letter, mark or digit of any script."""
    return character.isalnum() or unicodedata.category(character)[0] in "LMN"


def is_letter(character: str) -> bool:
    """A letter or digit of any script, marks left out."""
    return character.isalnum() or unicodedata.category(character)[0] in "LN"


def is_unspaced(character: str) -> bool:
    """Belongs to a script without boundaries between words."""
    point = ord(character)
    return point >= 0x0E00 and any(first <= point <= last for first, last in UNSPACED)


def is_bounded(character: str) -> bool:
    """Part of a word that begins and ends somewhere: of a script with boundaries."""
    if character.isascii():
        return character.isalnum()
    return is_word_character(character) and not is_unspaced(character)


def is_visible(character: str) -> bool:
    """Something a person can see by itself: a letter, a digit, a symbol, a punctuation mark."""
    return unicodedata.category(character)[0] in "LNSP" or unicodedata.category(character) == "Co"


def is_unprintable(character: str) -> bool:
    """Controls, halves of surrogate pairs, noncharacters and invisible format characters."""
    if character.isprintable() or character.isspace():
        return unicodedata.category(character) == "Cc"
    category = unicodedata.category(character)
    if category == "Cf":  # tag characters spell the flags of England, Scotland and Wales
        return character not in _JOINERS and not 0xE0020 <= ord(character) <= 0xE007F
    if category == "Cn":  # a newer Unicode may know it, unless it is a noncharacter
        return ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return category in ("Cc", "Cs")


def name_of(character: str) -> str:
    """`U+0007`, or `U+200B (zero width space)` where Unicode has a name for it."""
    point = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return f"{point} ({name.lower()})" if name else point
