"""Reading a piece of a text as an entry, character by character: which letters stand where, and
what had to be undone. The skeleton says where to look; this decides.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.glyphs import GLYPHS, Glyph, Sort
from moderation.steps import Step

_NEVER_FIRST = "(<[{#+&×"
_NEVER_LAST = "!(<[{#|&×"
_MOST_MARKS = 8
_SYMBOL = Sort.SYMBOL
_TWO_FOR_ONE = {"f": ("p", "h"), "w": ("v", "v")}
"""Two letters that are another way to write one."""


@dataclass(slots=True)
class Reading:
    """How `text[start:end]` says the letters of an entry.

    `gaps` are what stands between letters that follow each other, by the offset where it begins;
    `shown` counts the letters that are written as letters, `stood_in` digits and symbols that
    stand for one. `repeats` counts letters beyond those of the entry.
    """

    start: int
    end: int
    steps: set[Step]
    gaps: list[tuple[int, int]]
    places: list[int]
    shown: int
    stood_in: int
    repeats: int


def align(
    text: str,
    start: int,
    stop: int,
    letters: str,
    *,
    symbols: bool = False,
    masks: str = "",
    exotic: bool = False,
) -> Reading | None:
    """Read `letters` (an entry's, folded) in `text[start:stop]`, all of them and nothing else;
    None where something else stands there. With `symbols`, symbols may be letters; `masks` are
    signs that may stand for any one letter."""
    steps: set[Step] = set()
    gaps: list[tuple[int, int]] = []
    places: list[int] = []
    shown = stood_in = repeats = 0
    at, wanted, count = start, 0, len(letters)
    end, gap = 0, -1
    while at < stop:
        character = text[at]
        expected = letters[wanted] if wanted < count else ""
        if character == expected and character.isalpha():
            if gap >= 0:
                if not wanted:
                    return None
                gaps.append((gap, at))
                gap = -1
            shown += 1
            wanted += 1
            places.append(at)
            at += 1
            end = at
            continue
        glyph = GLYPHS[character]
        sort = glyph.sort
        if sort is _SYMBOL and not symbols and glyph.own != expected and not masks and not exotic:
            if expected != " ":
                gap = at if gap < 0 else gap
                at += 1
                continue
        elif sort is Sort.NOTHING:
            if 0 < wanted < count:
                steps.add(Step.INVISIBLE)
            if character == "\ufe0f" and wanted == count and gap < 0:
                end = at + 1
            at += 1
            continue
        elif sort is Sort.MARK:
            if wanted and gap < 0:
                if not _is_accent_of(text, at, letters[wanted - 1]):
                    steps.add(Step.MARKS)
                end = at + 1
            at += 1
            continue
        if expected == " ":
            beyond = letters[wanted + 1] if (symbols or exotic) and wanted + 1 < count else ""
            space_end = _end_of_space(text, at, stop, beyond)
            if space_end is None:
                return None
            if space_end > at:
                if any(GLYPHS[c].sort is Sort.SYMBOL for c in text[at:space_end]):
                    steps.add(Step.SEPARATORS)
                at, wanted, gap = space_end, wanted + 1, -1
                continue
        if sort is Sort.SPACE:
            gap = at if gap < 0 else gap
            at += 1
            continue
        begin = at
        read = _read(glyph, character, expected, symbols=symbols, exotic=exotic)
        if character == "l" and expected == "i" and wanted and letters[wanted - 1] == "l":
            read = None  # one more l, and no i yet
        if read is None and not expected.isascii() and at + 1 < stop and text[at + 1] > "\u02ff":
            composed, after = _compose(text, at, stop)
            if composed is not None and composed.own == expected:
                read, at = (Step.COMPOSED,), after - 1
        if read is None and expected in _TWO_FOR_ONE and at + 1 < stop:
            first, second = _TWO_FOR_ONE[expected]
            following = GLYPHS[text[at + 1]]
            if glyph.own == first and second in (following.own, following.latin):
                read, at = (Step.SYMBOLS,), at + 1
        if read is None and wanted and sort is not Sort.SYMBOL:
            before = letters[wanted - 1]
            if (
                before.isalpha()
                and (character != "l" or before == "l")
                and (_read(glyph, character, before, symbols=False, exotic=exotic) is not None)
            ):
                # Another of the letter before it.
                repeats += 1
                if gap >= 0:
                    gaps.append((gap, at))
                    gap = -1
                at += 1
                end = at
                continue
        if read is None and len(glyph.own) > 1 and sort is Sort.LETTER:
            taken = _read_several(glyph.own, letters, wanted)
            if taken:
                if glyph.form is not None:
                    steps.add(glyph.form)
                read, extra = (), taken - 1
                wanted += extra
        if read is None and masks and character in masks and expected.isalpha():
            steps.add(Step.MASKED)
            stood_in += 1
            places.append(at)
            at += 1
            wanted += 1
            end = at
            continue
        if read is None:
            if sort is not Sort.SYMBOL:
                return None
            gap = at if gap < 0 else gap
            at += 1
            continue
        if gap >= 0:
            if not wanted:
                return None
            gaps.append((gap, begin))
            gap = -1
        if not places and sort is Sort.SYMBOL and read and character in _NEVER_FIRST:
            return None
        if read:
            steps.update(read)
        if sort is Sort.LETTER:
            shown += 1
        elif read and (Step.DIGITS in read or Step.SYMBOLS in read):
            stood_in += 1
        places.append(begin)
        wanted += 1
        at += 1
        end = at
    if wanted < count or not places:
        return None
    last = text[places[-1]]
    # With other signs for letters in the word, a stroke at its end is one, too.
    is_letter = last not in _NEVER_LAST or (last == "|" and stood_in > 1)
    if not is_letter and letters[-1] != GLYPHS[last].own and last not in masks:
        return None
    if repeats:
        steps.add(Step.REPEATED)
    return Reading(places[0], end, steps, gaps, places, shown, stood_in, repeats)


def _read(
    glyph: Glyph, character: str, letter: str, *, symbols: bool, exotic: bool
) -> Sequence[Step] | None:
    """The steps that make this character the letter, or None."""
    if not letter:
        return None
    own = glyph.own
    if own == letter:
        return () if glyph.form is None else (glyph.form,)
    if glyph.sort is Sort.SYMBOL:
        if symbols and letter in glyph.latin:
            return (Step.SYMBOLS,)
        return (Step.LOOK_ALIKES,) if exotic and glyph.exotic == letter else None
    latin = glyph.latin
    if latin and letter in latin and glyph.step is not None:
        if glyph.form is not None and glyph.step is Step.DIACRITICS and glyph.base != own:
            return (glyph.form, Step.DIACRITICS)
        return (glyph.step,)
    if exotic and glyph.exotic == letter:
        return (Step.LOOK_ALIKES,)
    if letter.isascii():
        return None
    wanted = GLYPHS[letter]
    if letter == "ı" and character in "Iİ":
        return ()
    if glyph.base != own and glyph.base == wanted.base:
        # Another accent on the same letter, or what a text wrote by an accent of its own.
        return (Step.DIACRITICS,)
    if wanted.base != letter:
        return None  # what has an accent in the entry has one in the text
    if wanted.latin and (own == wanted.latin or (latin and latin[0] == wanted.latin)):
        return (Step.LOOK_ALIKES,)
    return None


def _read_several(own: str, letters: str, wanted: int) -> int:
    """How many letters of the entry one character is: ß is ss. A doubled one may be one of them."""
    if letters.startswith(own, wanted):
        return len(own)
    return 0


def _compose(text: str, at: int, stop: int) -> tuple[Glyph | None, int]:
    """The one character that a letter and the marks on it are, and where they end."""
    end = at + 1
    while end < stop and end - at < _MOST_MARKS and GLYPHS[text[end]].sort is Sort.MARK:
        end += 1
    composed = unicodedata.normalize("NFKC", text[at:end])
    return (GLYPHS[composed] if len(composed) == 1 else None), end


def _is_accent_of(text: str, at: int, letter: str) -> bool:
    """Whether the mark belongs to the entry's own letter."""
    return not letter.isascii() and text[at] in unicodedata.normalize("NFD", letter)


def _end_of_space(text: str, at: int, stop: int, following: str) -> int | None:
    """Where the space between two words of a phrase ends; None where a clause ends there. A symbol
    may be the letter `following`, if any."""
    end = at
    has_space = has_clause = False
    while end < stop:
        glyph = GLYPHS[text[end]]
        if glyph.sort <= Sort.DIGIT:
            break
        if glyph.sort is Sort.SPACE:
            has_space = True
        elif has_space and following and following in glyph.latin + glyph.exotic:
            break
        elif glyph.sort is Sort.SYMBOL and glyph.own in ",.;:!?()\"'":
            has_clause = True
        end += 1
    return None if has_space and has_clause else end
