"""What one character of a text can be read as, whichever script or alphabet it is of.

Every character has one `Glyph`, worked out when it is first met: its own letters after case and
compatibility folding, the Latin letters that it may stand for, and whether it is a letter at all.
Entries and texts are read through the same glyphs.
"""

import unicodedata
from enum import IntEnum
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from moderation.steps import Step

_TABLE = resources.files("moderation") / "tables" / "look_alikes.txt"
_MAX_REMEMBERED = 20_000


class Sort(IntEnum):
    """What a character is to a word."""

    LETTER = 0
    DIGIT = 1
    SYMBOL = 2  # punctuation, emoji, whatever else can be seen
    SPACE = 3
    MARK = 4  # stands on the letter before it
    NOTHING = 5  # cannot be seen


class Glyph(NamedTuple):
    """One character.

    `own` are its letters in its own script (case and compatibility folded), or the symbol that it
    is; `base` the same without diacritics; `latin` holds each Latin letter that it may be read as
    (the first is the likeliest); `exotic` one that only a text with other disguises makes of it.
    `step` is what reading it as `latin` undoes, `form` what reading it as `own` does.
    """

    sort: Sort
    own: str
    base: str
    latin: str
    step: Step | None
    form: Step | None
    exotic: str


# Several symbols or digits for one letter are not here: moderation.rewriting knows those.
DIGITS = {
    "0": "oо", "1": "il", "2": "z", "3": "eз", "4": "aч", "5": "s", "6": "gbб", "7": "t",
    "8": "b", "9": "gq",
}  # fmt: skip
SYMBOLS = {
    "@": "aа", "$": "s", "!": "il", "|": "il", "+": "t", "(": "c", "<": "c", "#": "h", "€": "eе",
    "¢": "c", "£": "le", "¥": "y", "§": "s", "×": "x", "&": "",
}  # fmt: skip
OVERRIDE = "\u202e"
"""Right-to-left override: what follows is shown backwards."""
TURNED = "ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ"
"""Letters that only a text written upside down has."""
TWOFOLD = {
    "Η": "h", "Ν": "n", "Υ": "y", "Μ": "m", "μ": "m", "ν": "n", "ϲ": "c", "ς": "c", "Σ": "e",
}  # fmt: skip
"""Greek letters that look like another Latin letter than their other forms do."""
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_APOSTROPHES = "\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4\u0060\u02bb"
_ARABIC = str.maketrans("أإآٱىةک", "ااااي" + "هك")
_HEBREW_FINALS = str.maketrans("ךםןףץ", "כמנפצ")
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_TAILS: tuple[str, ...] = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
# Marks that may stand on any letter, and points that Hebrew and Arabic are mostly written without.
_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F),
    (0x0670, 0x0670), (0x06D6, 0x06ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
    (0x3099, 0x309A), (0xFE20, 0xFE2F), (0xFF9E, 0xFF9F),
)  # fmt: skip
# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties, where the category is not Cf,
# and the Arabic tatweel, which only stretches a word.
_NOTHINGS = (
    (0x034F, 0x034F), (0x0640, 0x0640), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF),
)  # fmt: skip


@lru_cache(maxsize=1)
def _look_alikes() -> dict[str, tuple[str, str]]:
    """Character to (kind, letters), from the generated table."""
    table: dict[str, tuple[str, str]] = {}
    for line in _TABLE.read_text(encoding="ascii").split("\n"):
        if line and line[0] != "#":
            kind, letters, *points = line.split(" ")
            for point in points:
                table[chr(int(point, 16))] = (kind, letters)
    return table


def _within(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= point <= last for first, last in ranges)


def jamo_of(syllable: str) -> str:
    """The letters of a Hangul syllable, as people type them one by one."""
    index = ord(syllable) - 0xAC00
    tail: str = _TAILS[index % 28]
    return _LEADS[index // 588] + chr(0x314F + index // 28 % 21) + tail


def _own_letters(character: str) -> str:
    """Case and compatibility forms folded, by the customs of the script."""
    point = ord(character)
    if 0x1100 <= point <= 0x1112:
        return _LEADS[point - 0x1100]
    if 0x1161 <= point <= 0x1175:
        return chr(0x314F + point - 0x1161)
    if 0x11A8 <= point <= 0x11C2:
        return _TAILS[point - 0x11A7]
    if 0x3131 <= point <= 0x318E:  # compatibility jamo: NFKC would make them conjoining ones
        return character
    if 0xFF61 <= point <= 0xFFDC and "HANGUL" in unicodedata.name(character, ""):
        return _own_letters(unicodedata.normalize("NFKC", character))
    if 0xAC00 <= point <= 0xD7A3:
        return jamo_of(character)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    if folded[:1] != folded and any(0xAC00 <= ord(c) <= 0xD7A3 for c in folded):
        return "".join(_own_letters(c) for c in folded)
    folded = "i" if point == 0x130 else folded  # Turkish İ
    first = ord(folded[0]) if folded else 0
    if 0x370 <= first <= 0x3FF or 0x1F00 <= first <= 0x1FFF:
        return _without_marks(folded)  # Greek capitals have no accents
    if 0x400 <= first <= 0x4FF:
        return folded.replace("ё", "е").replace("ѐ", "е").replace("ѝ", "и")
    if 0x590 <= first <= 0x5FF:
        return _without_marks(folded).translate(_HEBREW_FINALS)
    if 0x600 <= first <= 0x6FF:
        return _without_marks(folded.translate(_ARABIC)).translate(_ARABIC)
    return folded


def _without_marks(text: str) -> str:
    kept = [c for c in unicodedata.normalize("NFD", text) if not _within(ord(c), _MARKS)]
    return unicodedata.normalize("NFC", "".join(kept))


def _sort_of(character: str) -> Sort:
    point = ord(character)
    if character.isspace() or point == 0x2800:
        return Sort.SPACE
    if _within(point, _NOTHINGS):
        return Sort.NOTHING
    if _within(point, _MARKS):
        return Sort.MARK
    category = unicodedata.category(character)
    if category in ("Cf", "Cc"):
        return Sort.NOTHING
    if category == "Nd" or (category == "No" and unicodedata.digit(character, None) is not None):
        return Sort.DIGIT
    return Sort.LETTER if category[0] in "LMN" else Sort.SYMBOL


def _is_latin(letters: str) -> bool:
    return bool(letters) and letters.isascii() and letters.isalpha()


def _make(character: str) -> Glyph:
    sort = _sort_of(character)
    if sort in (Sort.SPACE, Sort.MARK, Sort.NOTHING):
        return Glyph(sort, character, character, "", None, None, "")
    kind, look = _look_alikes().get(character, ("", ""))
    if sort is Sort.DIGIT:
        digit = str(unicodedata.digit(character, 0))
        form = None if character.isascii() else Step.COMPATIBILITY
        return Glyph(sort, digit, digit, DIGITS[digit], Step.DIGITS, form, "")
    if sort is Sort.SYMBOL:
        return _symbol(character, kind, look)
    own = _own_letters(character)
    base = _without_marks(own) if not 0x400 <= ord(character) <= 0x4FF else own
    plain = unicodedata.normalize("NFKC", character) == unicodedata.normalize("NFC", character)
    form = None if plain or 0x3131 <= ord(character) <= 0x318E else Step.COMPATIBILITY
    latin, step = look, (Step.FANCY if kind == "fancy" else Step.LOOK_ALIKES)
    exotic = ""
    if kind == "exotic":
        latin, exotic = "", look
    if _is_latin(base) and len(base) == 1:
        latin, step, exotic = base, Step.DIACRITICS, ""
    elif _is_latin(own):
        latin, exotic = "", ""
    if character in TWOFOLD:
        latin, exotic = _look_alikes().get(own, ("", ""))[1], TWOFOLD[character]
    elif character in "Il":  # I is a small l, and a small l an I
        latin, step = "l" if character == "I" else "i", Step.LOOK_ALIKES
    elif own == "v":
        latin, step = "u", Step.LOOK_ALIKES
    elif latin in ("i", "l") and step is Step.LOOK_ALIKES:  # a stroke may be either
        latin = "il" if latin == "i" else "li"
    elif own == "ı":
        latin, step = "i", Step.LOOK_ALIKES
    return Glyph(sort, own, base, latin, step if latin or exotic else None, form, exotic)


def _symbol(character: str, kind: str, look: str) -> Glyph:
    if kind == "fancy":  # 🅰 and its kin are symbols to Unicode and letters to people
        return Glyph(Sort.LETTER, look, look, look, Step.FANCY, Step.FANCY, "")
    if character in "™℠":  # a word's last letters to Unicode, not to people
        return Glyph(Sort.SYMBOL, character, character, "", None, None, "")
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) > 1 and plain[0] == " ":  # ´ and ¨: not a space with a mark on it
        plain = character
    if _is_latin(plain.casefold()):  # ℹ, ㏂: letters in a frame
        letters = plain.casefold()
        return Glyph(Sort.LETTER, letters, letters, "", None, Step.FANCY, "")
    if len(plain) == 3 and plain[0] == "(" and plain[2] == ")" and plain[1].isalpha():
        letter = plain[1].casefold()
        return Glyph(Sort.LETTER, letter, letter, "", None, Step.FANCY, "")
    own = "-" if character in _DASHES else "'" if character in _APOSTROPHES else plain
    latin = SYMBOLS.get(own, "")
    return Glyph(Sort.SYMBOL, own, own, latin, Step.SYMBOLS if latin else None, None, look)


class _Glyphs(dict[str, Glyph]):
    """Glyph by character; forgetting now and then is cheaper than remembering all of Unicode."""

    def __missing__(self, character: str) -> Glyph:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        self[character] = glyph = _make(character)
        return glyph


GLYPHS = _Glyphs()
