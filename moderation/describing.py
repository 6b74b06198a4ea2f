"""How an entry was understood, said to whoever typed it."""

from moderation.characters import is_bounded
from moderation.entries import Kind, Pattern
from moderation.limits import MAX_STAR_CHARACTERS


def describe_pattern(pattern: Pattern) -> str:
    """One sentence, without a capital or a full stop, so that it can follow a colon."""
    match pattern.kind:
        case Kind.REGEX:
            return f"the regular expression {pattern.pieces[0]}, upper and lower case alike"
        case Kind.LITERAL:
            return (
                f"exactly “{pattern.pieces[0]}”, upper and lower case alike; no other disguise "
                "is undone"
            )
        case Kind.STARRED:
            between = f", at most {MAX_STAR_CHARACTERS} characters of one line, then "
            return between.join(f"“{piece}”" for piece in pattern.pieces) + _sides(pattern)
    words = pattern.pieces[0]
    if pattern.open_start and pattern.open_end:
        return f"“{words}” anywhere, also inside other words"
    if pattern.open_end:
        return f"“{words}” and whatever word begins with it" + _example(words)
    if pattern.open_start:
        return f"“{words}” and whatever word ends with it"
    if not is_bounded(words[0]) and not is_bounded(words[-1]):
        return f"“{words}” wherever it stands"
    if pattern.kind is Kind.PHRASE:
        return f"the phrase “{words}”, with any white space between the words"
    if is_bounded(words[-1]):
        return f"the whole word “{words}”; {_longer(words)} is not found, write {words}* for that"
    return f"the whole word “{words}”"


def _has_plural(word: str) -> bool:
    return word[-1].isascii() and word[-1].islower() and word[-1] != "s"


def _longer(word: str) -> str:
    return f"“{word}s”" if _has_plural(word) else "a longer word"


def _example(word: str) -> str:
    return f", such as “{word}s”" if _has_plural(word) else ""


def _sides(pattern: Pattern) -> str:
    match pattern.open_start, pattern.open_end:
        case True, True:
            return ", also inside other words"
        case True, False:
            return ", also at the end of a longer word"
        case False, True:
            return ", also at the beginning of a longer word"
    return ""
