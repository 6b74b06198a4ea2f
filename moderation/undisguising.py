"""A text without the disguises of its single letters, for regular expressions: they are tried on
this as well as on the original."""

import re

from moderation.folding import Folded
from moderation.glyphs import GLYPHS, Glyph, Sort

_WORD = re.compile(r"\S+")


def undisguise(text: str) -> Folded:
    """Fancy letters, look-alikes in a Latin word, marks and invisible characters undone; words of
    other scripts stay. An ASCII text is as it was: case is nothing to a regular expression."""
    if text.isascii():
        return Folded(text, text)
    pieces: list[str] = []
    starts: list[int] = []
    done = 0
    for word in _WORD.finditer(text):
        pieces += text[done : word.start()]
        starts += range(done, word.start())
        done = word.end()
        said = word[0]
        if said.isascii():
            pieces += said
            starts += range(word.start(), done)
            continue
        glyphs = [GLYPHS[c] for c in said]
        is_latin = any(_is_latin(glyph) for glyph in glyphs)
        for at, (character, glyph) in enumerate(zip(said, glyphs, strict=True), word.start()):
            plain = _plain(character, glyph, is_latin=is_latin)
            pieces += plain
            starts += [at] * len(plain)
    pieces += text[done:]
    starts += range(done, len(text))
    return Folded("".join(pieces), text, starts, [start + 1 for start in starts])


def _is_latin(glyph: Glyph) -> bool:
    return glyph.sort is Sort.LETTER and glyph.base.isascii()


def _plain(character: str, glyph: Glyph, *, is_latin: bool) -> str:
    if character.isascii():
        return character
    match glyph.sort:
        case Sort.MARK | Sort.NOTHING:
            return ""
        case Sort.DIGIT:
            return glyph.own
        case Sort.LETTER:
            if glyph.latin and is_latin:
                return glyph.latin[0]
            return glyph.own if glyph.base.isascii() else character.lower()[:1]
    return character
