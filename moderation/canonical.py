"""The form in which the pieces of an entry are compared: what two entries share that are the same
to the matcher."""

from moderation.folding import fold
from moderation.glyphs import GLYPHS, Sort
from moderation.raw import raw_of
from moderation.skeletons import spread, squeeze

FOLDING_VERSION = 4
"""One more whenever an entry's key may come out differently: stored keys are made anew then."""

_MAX_ROUNDS = 5


def canonical(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """The pieces of one entry, folded. Where a piece cannot be found in disguise (it begins or
    ends with a symbol, or has fewer than two letters) all of them are folded only lightly."""
    light = tuple(fold(piece).text for piece in pieces)
    # NFKC would make other letters of the jamo that people type one by one.
    plain = pieces if any("\u3131" <= c <= "\u318e" for c in "".join(pieces)) else light
    strong = tuple(map(_canonical, plain))
    if all(map(is_disguisable, strong)):
        return strong
    return light


def is_disguisable(folded: str) -> bool:
    """Whether a piece of an entry can be found by its skeleton. The others (":)", "c++") are found
    as they are written."""
    if folded.isascii() and folded.isalpha():
        return len(folded) > 1
    if not folded or any(GLYPHS[c].sort > Sort.DIGIT for c in (folded[0], folded[-1])):
        return False
    letters = spread(raw_of(folded))
    # One letter in a row ("lil") is found as long as nothing stands between.
    return len(squeeze(letters).strip()) > 1 or (
        len(letters) > 1 and all(GLYPHS[c].sort <= Sort.DIGIT for c in folded)
    )


def _canonical(piece: str) -> str:
    if piece.isascii():
        return piece.lower()
    for _ in range(_MAX_ROUNDS):  # what a letter looks like may be folded once more itself
        words = ("".join(_letters(word)) for word in piece.split())
        folded = " ".join(filter(None, words))  # a word may have nothing that can be seen
        if folded == piece:
            break
        piece = folded
    return piece


def _letters(word: str) -> list[str]:
    glyphs = [GLYPHS[c] for c in word]
    shown = [glyph for glyph in glyphs if glyph.sort < Sort.MARK]
    has_latin = any(glyph.own.isascii() and glyph.own.isalpha() for glyph in shown)
    letters: list[str] = []
    for glyph in shown:
        is_disguise = glyph.latin and not glyph.own.isascii() and glyph.base == glyph.own
        # A Latin word with a few letters that only look Latin is meant as the Latin word.
        latin = glyph.latin[0] if glyph.latin in ("il", "li") else glyph.latin
        letters.append(latin if has_latin and is_disguise and glyph.own != "ı" else glyph.own)
    return letters
