"""What an entry with an open side would hit besides what was meant: told at the door."""

from moderation import english
from moderation.characters import is_letter, is_unspaced
from moderation.entries import Kind, Pattern
from moderation.limits import MIN_LETTERS_OPEN

_EXAMPLES = 3
_INFLECTIONS = ("s", "es", "ed", "d", "ing", "er", "ers", "y", "ly", "ness", "ish")


def too_short_to_be_open(pattern: Pattern) -> str | None:
    """Why an entry is not taken: open on a side and shorter than three letters; None otherwise.
    Scripts without spaces between words have no sides."""
    if pattern.kind not in (Kind.WORD, Kind.PHRASE) or not (pattern.open_start or pattern.open_end):
        return None
    letters = [c for c in pattern.pieces[0] if is_letter(c)]
    if len(letters) >= MIN_LETTERS_OPEN or not letters or any(map(is_unspaced, letters)):
        return None
    reason = "With an open side it is too short to be safe"
    words = _words(pattern)
    if words:
        reason += f": it would hit {len(words):,} ordinary words, such as {_named(words)}"
    return f"{reason}. Write at least three letters, or the word without the star."


def warn_of_words(pattern: Pattern) -> str | None:
    """A sentence about the ordinary words that an open side lets in."""
    piece = pattern.folded[0]
    words = [word for word in _words(pattern) if word.removeprefix(piece) not in _INFLECTIONS]
    if not words:
        return None
    return (
        f"It also hits {len(words):,} of {english.count():,} English words, such as "
        f"{_named(words)}: allow those, or take the star away."
    )


def _words(pattern: Pattern) -> list[str]:
    piece = pattern.folded[0]
    if pattern.kind is not Kind.WORD or not (piece.isascii() and piece.isalpha()):
        return []
    if not (pattern.open_start or pattern.open_end):
        return []
    return english.words_with(piece, open_start=pattern.open_start, open_end=pattern.open_end)


def _named(words: list[str]) -> str:
    """Some of them, from all over the alphabet."""
    step = max(1, len(words) // _EXAMPLES)
    named = [f"“{word}”" for word in words[step // 2 :: step][:_EXAMPLES]]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
