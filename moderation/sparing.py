"""What looks like a disguised entry and is not one: the reasons to spare the innocent.

Each rule is a sentence for whoever asks why a text was not hit; `spared` gives the first that
applies. Plain words, other case and invisible characters are never spared.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from moderation.aligning import Reading
from moderation.characters import is_unspaced
from moderation.english import is_word
from moderation.glyphs import GLYPHS, Sort
from moderation.steps import Step

_NEVER_SPARED = frozenset(
    {Step.CASE, Step.COMPATIBILITY, Step.COMPOSED, Step.MARKS, Step.INVISIBLE, Step.DIACRITICS}
)
_CONTRACTED = frozenset(
    ("s", "t", "d", "m", "n", "ll", "re", "ve", "em", "am", "er", "all", "til", "cause", "clock")
)
_MODEL_NUMBER = re.compile(r"[^\W\d_]\d+|\d+[^\W\d_]")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F:-]+")
_HEXADECIMAL_END = re.compile(r"[0-9a-fA-F:-]+\Z")
_LONG = 8
_HIDING = frozenset("*#•●■∙")
"""Masks that do not stand between two words."""
_LETTER_SIGNS = frozenset("@$")
_FEW_LETTERS = 4
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")
_MARKUP = frozenset("*_~|`\\[]\ue001\ue002")
# What is all but the same to the eye. Other letters of these two scripts are their own.
_SAME_TO_THE_EYE = {
    "CYRILLIC": frozenset("асеіјкмнорѕтхуһԁԛԝӏвьүѵԍгЬ"),
    "GREEK": frozenset("αβεικνορτυχγημωϲϳ"),
}

ONLY_DIGITS = "a number is not a word"
LONG_NUMBER = "it is a part of a long number"
LONGER_WORD = "the sign beside it stands for a letter of a longer word"
MODEL_NUMBER = "one letter and a number is no word"
CONTRACTION = "the apostrophe makes a contraction"
TWO_WORDS = "what the sign divides are two words"
ENUMERATION = "the letters are the items of an enumeration"
ACRONYM = "capitals with full stops are an acronym"
ANOTHER_WORD = "with that letter doubled or exchanged it is another word"
ANOTHER_SCRIPT = "the whole word is of another script, and not a look-alike"
SPREAD = "letters and numbers stand apart like in a list"
MIXED_GAPS = "the letters stand apart in different ways"
OWN_SIGNS = "an entry with digits or symbols of its own is not found letter by letter"
TOO_MASKED = "too much is hidden to know the word"


def spared(text: str, letters: str, reading: Reading, word: str) -> str | None:
    """Why this reading of an entry's `letters` does not count; None where it does. `word` is what
    stands there with the rest of the word on an open side."""
    steps = reading.steps
    if not reading.gaps and steps <= _NEVER_SPARED:
        return None
    if reading.stood_in:
        reason = _stood_in(text, reading, letters)
        if reason:
            return reason
    if reading.gaps:
        reason = _gaps(text, reading)
        if reason is None and Step.MARKUP not in steps and not _is_of_letters(letters):
            reason = OWN_SIGNS
        if reason:
            return reason
    # Symbols that stand for nothing: ph for f, vv for w.
    changed = Step.REPEATED in steps or Step.LOOK_ALIKES in steps or Step.SYMBOLS in steps
    if changed and not reading.gaps and not reading.stood_in and is_word(word):
        return ANOTHER_WORD
    if Step.LOOK_ALIKES in steps and not _are_capital_is(text, letters, reading):
        return ANOTHER_WORD
    return _script(text, letters, reading)


def _are_capital_is(text: str, letters: str, reading: Reading) -> bool:
    """Whether each small l that is read as an i stands where nobody could say an l: "nlce" is
    "nice", and "darkle" not "darkie"."""
    return all(
        text[place] != "l"
        or letter != "i"
        or _CONSONANTS.issuperset((text[place - 1 : place] + text[place + 1 : place + 2]).lower())
        for place, letter in zip(reading.places, letters, strict=False)
    )


def _is_of_letters(letters: str) -> bool:
    return letters.isalpha() or all(c == " " or GLYPHS[c].sort is Sort.LETTER for c in letters)


def _stood_in(text: str, reading: Reading, letters: str) -> str | None:
    if Step.MASKED in reading.steps:
        return _masked(text, reading, letters)
    if not reading.shown:
        return ONLY_DIGITS
    if _MODEL_NUMBER.fullmatch(text[reading.start : reading.end]):
        return MODEL_NUMBER
    if _is_of_long_number(text, reading.start, reading.end):
        return LONG_NUMBER
    if len(letters) < _FEW_LETTERS and _goes_on(text, reading.start, reading.end):
        return LONGER_WORD
    if reading.gaps and (reading.shown < 2 or len(letters) < 4) and _has_space(text, reading):
        return SPREAD
    return None


def _is_of_long_number(text: str, start: int, end: int) -> bool:
    """Whether it is hexadecimal and stands in an id: 40344d83-94f2-55e4-5c47-1803975042b8."""
    if _HEXADECIMAL.fullmatch(text, start, end) is None:
        return False
    before = _HEXADECIMAL_END.search(text, max(start - _LONG, 0), start)
    after = _HEXADECIMAL.match(text, end)
    rest = (before[0] if before else "") + (after[0] if after else "")
    return len(rest) >= _LONG and sum(map(str.isdigit, rest)) * 4 >= len(rest)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a sign that is mostly a letter stands between it and other letters: l@t1t@t10n."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    return (before[-1:] in _LETTER_SIGNS and before[:1].isalnum() and len(before) > 1) or (
        after[:1] in _LETTER_SIGNS and after[1:].isalnum()
    )


def _masked(text: str, reading: Reading, letters: str) -> str | None:
    if len(letters) < 4 or reading.shown < 2 or reading.shown * 2 < len(letters):
        return TOO_MASKED
    whole = text[reading.start : reading.end]
    pieces = re.split(r"[^\w]+|_+", whole)
    if not _HIDING.intersection(whole) and all(
        is_word(piece) or len(piece) == 1 for piece in pieces
    ):
        return TWO_WORDS
    return None


def _has_space(text: str, reading: Reading) -> bool:
    return any(GLYPHS[c].sort is Sort.SPACE for a, b in reading.gaps for c in text[a:b])


def _gaps(text: str, reading: Reading) -> str | None:
    """Separators between letters: what they are, and what they divide."""
    gaps = [text[start:end] for start, end in reading.gaps]
    kinds = set(gaps)
    unspaced = is_unspaced(text[reading.start])
    signs = {c for gap in kinds for c in gap if GLYPHS[c].sort is not Sort.NOTHING}
    if signs <= _MARKUP:
        reading.steps.add(Step.MARKUP)
        if gaps != ["_"]:
            return None
    elif any(c > "\u2000" and unicodedata.category(c) == "So" for c in signs):
        reading.steps.add(Step.EMOJI)
    else:
        reading.steps.add(Step.SEPARATORS)
    if unspaced:
        return None
    written = len(reading.places) + reading.repeats
    if len(gaps) + 1 < written:
        return _few_gaps(text, reading, gaps)
    if any(gap.strip() in (")", "]", ".)", ",", ";") and gap[-1:].isspace() for gap in kinds):
        return ENUMERATION
    said = "".join(text[place] for place in reading.places)
    if _is_alphabet(said):
        return ENUMERATION
    # An acronym: U.S.A., also at the end of a sentence; not "B.A.D".
    if kinds == {"."} and said.isupper() and text[reading.end : reading.end + 1] == ".":
        return ACRONYM
    if len(kinds) > 1 and written < _FEW_LETTERS:
        return MIXED_GAPS
    if (
        len(kinds) > 2
        and len(gaps) < 4
        and "" in (bare := set(map(str.strip, kinds)))
        and len(bare) > 2
    ):
        return MIXED_GAPS
    return None


def _few_gaps(text: str, reading: Reading, gaps: list[str]) -> str | None:
    """Whole pieces of the word stand together: perhaps they are words of their own."""
    edges = [reading.start, *(x for gap in reading.gaps for x in gap), reading.end]
    pieces = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if all(map(_is_apostrophe, gaps)):
        if pieces[-1].lower() in _CONTRACTED or len(pieces[0]) == 1 or is_word(pieces[0]):
            return CONTRACTION
        return None
    if all(map(is_word, pieces)) and len(pieces) <= 3:
        return TWO_WORDS
    return None


def _is_apostrophe(gap: str) -> bool:
    return GLYPHS[gap[0]].own == "'" and len(gap) == 1


def _is_alphabet(said: str) -> bool:
    said = said.lower()
    return len(said) > 2 and all(ord(b) == ord(a) + 1 for a, b in pairwise(said))


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """The first word of its Unicode name: LATIN, CYRILLIC ..., FULLWIDTH and so on as LATIN."""
    if GLYPHS[character].own.isascii():
        return "LATIN"
    name = unicodedata.name(character, "?").split(" ", 1)[0]
    return "LATIN" if name in ("MODIFIER", "SUPERSCRIPT", "SUBSCRIPT") else name


def _script(text: str, letters: str, reading: Reading) -> str | None:
    """Whole words of another script are words in their own right."""
    if Step.LOOK_ALIKES not in reading.steps:
        return None
    shown = [text[p] for p in reading.places if GLYPHS[text[p]].sort is Sort.LETTER]
    if letters.isascii() and any(c.isascii() for c in shown):
        return None
    scripts = {script_of(c) for c in shown}
    wanted = {script_of(c) for c in letters if c.isalpha()}
    if len(scripts) != 1 or scripts & wanted:
        return None
    (script,) = scripts
    alike = _SAME_TO_THE_EYE.get(script)
    if script == "LATIN" or (alike is None and script != "?" and _is_living(script)):
        return ANOTHER_SCRIPT
    if alike is None:
        return None
    if _has_letters_of_its_own(text, script, alike):
        return ANOTHER_SCRIPT
    return None


_LIVING = frozenset(
    {"ARABIC", "ARMENIAN", "BENGALI", "BOPOMOFO", "CJK", "DEVANAGARI", "ETHIOPIC", "GEORGIAN"}
    | {"GUJARATI", "GURMUKHI", "HANGUL", "HEBREW", "HIRAGANA", "KANNADA", "KATAKANA", "KHMER"}
    | {"LAO", "MALAYALAM", "MONGOLIAN", "MYANMAR", "ORIYA", "SINHALA", "TAMIL", "TELUGU", "THAI"}
    | {"TIBETAN"}
)


def _is_living(script: str) -> bool:
    """Whether people write words in it. The letters of others are there for their looks."""
    return script in _LIVING


def _has_letters_of_its_own(text: str, script: str, alike: frozenset[str]) -> bool:
    return any(
        not c.isascii() and c.lower() not in alike and c.isalpha() and script_of(c) == script
        for c in text
    )
