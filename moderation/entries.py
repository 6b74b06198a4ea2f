"""The syntax of one entry: what a line means, and the line that means it.

word            a whole word              two words    a phrase, any white space between
word* *word     open on that side         free*nitro   up to 32 characters at the star
/regex/         a regular expression      "text"       literal, only case is folded
\\               before * / # " \\ takes away their meaning
# text          a comment; #tag is an entry
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from moderation.canonical import canonical
from moderation.characters import is_letter, is_unprintable, is_visible, name_of
from moderation.errors import EntryRefused
from moderation.folding import compose, fold_case
from moderation.limits import (
    MAX_ENTRY_CHARACTERS,
    MAX_REGEX_CHARACTERS,
    MIN_LETTERS_BESIDE_STAR,
)
from moderation.regexes import compile_regex

_ESCAPABLE = '*/#"\\'


class Kind(StrEnum):
    """What sort of entry a line is."""

    WORD = "word"
    PHRASE = "phrase"
    STARRED = "starred"  # with a star inside: free*nitro
    REGEX = "regex"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Pattern:
    """An entry taken apart.

    `pieces` are the texts between inner stars as written, without escapes (one piece but for
    STARRED; for REGEX the pattern), `folded` the same after folding. An open side demands no
    boundary.
    """

    kind: Kind
    pieces: tuple[str, ...]
    folded: tuple[str, ...]
    open_start: bool = False
    open_end: bool = False


def is_comment(line: str) -> bool:
    """`#` alone, or `#` and white space."""
    line = line.strip()
    return line.startswith("#") and (len(line) == 1 or line[1].isspace())


def looks_like_regex(line: str) -> bool:
    """A slash at both ends."""
    line = line.strip()
    return len(line) > 1 and line[0] == "/" and _closes(line, "/")


def read_pattern(line: str) -> Pattern:
    """Take one line apart. Raises EntryRefused with a reason that says what to write instead."""
    text = line.strip()
    if not text:
        _refuse(line, "There is nothing in it. Write a word or a phrase.")
    if is_comment(text):
        _refuse(
            line,
            "A line that begins with # and a space is a comment. Write \\# if the entry itself "
            "begins with #.",
        )
    is_regex = looks_like_regex(text)
    # The slashes around a regular expression are no part of it.
    length = len(text) - 2 if is_regex else len(text)
    most = MAX_REGEX_CHARACTERS if is_regex else MAX_ENTRY_CHARACTERS
    if length > most:
        _refuse(
            line,
            f"It has {length:,} characters, at most {most} are possible. Write the words that "
            "matter as entries of their own.",
        )
    if not text.isprintable():
        _refuse_unprintable(line, text)
    if is_regex:
        return _read_regex(line, text[1:-1])
    if text[0] == '"':
        return _read_literal(line, text)
    return _read_words(line, text)


def texts_of(pattern: Pattern) -> tuple[str, str]:
    """The one line that is written for this pattern, reading which gives the same pattern; and the
    same line folded, which is equal for two patterns that find the same."""
    text = _write(pattern, pattern.pieces)
    return text, text if pattern.folded == pattern.pieces else _write(pattern, pattern.folded)


def _refuse(line: str, reason: str) -> NoReturn:
    raise EntryRefused(line, reason)


def _refuse_unprintable(line: str, text: str) -> None:
    for character in text:
        if character != "\t" and is_unprintable(character):
            _refuse(
                line,
                f"It holds a character that cannot be seen, {name_of(character)}. Delete it, or "
                "type the entry anew.",
            )


def _closes(text: str, sign: str) -> bool:
    """Whether the last character is that sign and no backslash takes away its meaning."""
    body = text[:-1]
    backslashes = len(body) - len(body.rstrip("\\"))
    return text[-1] == sign and backslashes % 2 == 0


def _read_regex(line: str, pattern: str) -> Pattern:
    if not pattern:
        _refuse(
            line,
            "There is nothing between the slashes. A regular expression is written /like this/; "
            "for two slashes write \\//.",
        )
    try:
        compile_regex(pattern)
    except EntryRefused as refused:
        _refuse(line, refused.reason)
    return Pattern(Kind.REGEX, (pattern,), (pattern,))


def _read_literal(line: str, text: str) -> Pattern:
    if len(text) == 1 or not _closes(text, '"'):
        _refuse(
            line,
            'It begins with a quotation mark and does not end with one. Write "text" for a '
            'literal entry, or \\" if the mark is part of the word.',
        )
    content = "".join(
        character for character, _ in _unescape(line, text[1:-1])
    )  # a star means nothing special here
    if not any(map(is_visible, content)):
        _refuse(line, "There is nothing between the quotation marks. Write a word or a phrase.")
    return Pattern(Kind.LITERAL, (content,), (fold_case(content).text,))


def _read_words(line: str, text: str) -> Pattern:
    pieces = text.split("*") if "\\" not in text else _split_at_stars(line, text)
    open_start, open_end = len(pieces) > 1 and not pieces[0], len(pieces) > 1 and not pieces[-1]
    pieces = [piece for piece in pieces if piece]
    if not "".join(pieces).strip():
        _refuse(
            line,
            "A star alone would match everything. Write a word, or \\* for the star itself.",
        )
    starred_sides = "".join(
        piece[:1] * (open_start or i > 0) + piece[-1:] * (open_end or i < len(pieces) - 1)
        for i, piece in enumerate(pieces)
    )
    if any(map(str.isspace, starred_sides)):
        _refuse(
            line,
            "A star stands right beside a letter: word* or free*nitro (spaces may be where the "
            "star is). Write \\* for the star itself.",
        )
    if len(pieces) > 1:
        _demand_letters(line, pieces)
    written = tuple(compose(piece) for piece in pieces)
    if not any(map(is_visible, "".join(written))):
        _refuse(line, "There is no letter, digit or symbol in it. Write a word or a phrase.")
    folded = canonical(written)
    kind = Kind.PHRASE if " " in written[0] else Kind.WORD
    return Pattern(Kind.STARRED if len(pieces) > 1 else kind, written, folded, open_start, open_end)


def _split_at_stars(line: str, text: str) -> list[str]:
    pieces = [""]
    for character, is_escaped in _unescape(line, text):
        if character == "*" and not is_escaped:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces


def _demand_letters(line: str, pieces: list[str]) -> None:
    for piece in pieces:
        if sum(map(is_letter, piece)) < MIN_LETTERS_BESIDE_STAR:
            _refuse(
                line,
                "A star inside an entry needs at least three letters on each side. Write the "
                "whole word: masked letters are found anyway.",
            )


def _unescape(line: str, text: str) -> list[tuple[str, bool]]:
    """The characters, each with whether a backslash stood before it."""
    result: list[tuple[str, bool]] = []
    is_escaped = False
    for character in text:
        if is_escaped and character not in _ESCAPABLE:
            break
        if character == "\\" and not is_escaped:
            is_escaped = True
            continue
        result.append((character, is_escaped))
        is_escaped = False
    if is_escaped:
        _refuse(
            line,
            'A backslash stands before one of * / # " \\ only. Write \\\\ for a backslash itself, '
            "or /.../ for a regular expression.",
        )
    return result


def _write(pattern: Pattern, pieces: tuple[str, ...]) -> str:
    match pattern.kind:
        case Kind.REGEX:
            return f"/{pieces[0]}/"
        case Kind.LITERAL:
            content = pieces[0].replace("\\", "\\\\").replace('"', '\\"')
            return f'"{content}"'
    line = "*".join(piece.replace("\\", "\\\\").replace("*", "\\*") for piece in pieces)
    line = "*" * pattern.open_start + line + "*" * pattern.open_end
    if line[0] == '"' or is_comment(line) or looks_like_regex(line):
        return "\\" + line
    return line
