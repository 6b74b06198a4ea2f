"""Banned words and allowed phrases: from what an admin typed to values, and back to text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from moderation.describing import describe_pattern
from moderation.entries import (
    Kind,
    Pattern,
    is_comment,
    looks_like_regex,
    read_pattern,
    texts_of,
)
from moderation.errors import EntryRefused
from moderation.limits import MAX_REGEXES
from moderation.openness import too_short_to_be_open, warn_of_words
from moderation.regexes import refuse_slow_regex

_TOO_MANY_REGEXES = (
    f"At most {MAX_REGEXES} regular expressions are possible. Write words and phrases instead."
)


@dataclass(frozen=True, slots=True)
class BannedWord:
    """What must not be said.

    `text` is the canonical written form, which people see and export writes; `key` is equal for
    two entries that are duplicates after folding.
    """

    text: str
    key: str
    pattern: Pattern

    @property
    def kind(self) -> Kind:
        """Word, phrase, regular expression ..."""
        return self.pattern.kind


@dataclass(frozen=True, slots=True)
class AllowedPhrase:
    """What cancels the hits that lie inside it. `text` and `key` as in BannedWord."""

    text: str
    key: str
    pattern: Pattern

    @property
    def kind(self) -> Kind:
        """Word, phrase or literal."""
        return self.pattern.kind


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of a list that was not taken. Lines are numbered from 1."""

    line_number: int
    line: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedList[Entry: (BannedWord, AllowedPhrase)]:
    """What a text held: the entries in order, the first of duplicates kept; how many duplicates
    and comments were left out; the lines refused."""

    entries: tuple[Entry, ...]
    duplicates: int
    refused: tuple[Refused, ...]
    comments: int


def parse_entry(line: str) -> BannedWord:
    """A banned word from one line. Raises EntryRefused, also for a comment."""
    entry = parse_stored(line)
    if entry.kind is Kind.REGEX:
        try:
            refuse_slow_regex(entry.pattern.pieces[0])
        except EntryRefused as refused:
            raise EntryRefused(line, refused.reason) from None
    else:
        reason = too_short_to_be_open(entry.pattern)
        if reason is not None:
            raise EntryRefused(line, reason)
    return entry


def parse_stored(line: str) -> BannedWord:
    """A banned word that was taken before: as parse_entry, but a regular expression is not timed
    again, so that a busy machine cannot lose it, and a short one with an open side stays. Raises
    EntryRefused."""
    pattern = read_pattern(line)
    return BannedWord(*texts_of(pattern), pattern)


def parse_allowed(line: str) -> AllowedPhrase:
    """An allowed phrase from one line. Raises EntryRefused, also for a regular expression or a
    star inside."""
    if looks_like_regex(line):
        raise EntryRefused(
            line,
            "An allowed phrase cannot be a regular expression. Write the words themselves; "
            "\\/ is a slash at the beginning.",
        )
    pattern = read_pattern(line)
    if pattern.kind is Kind.STARRED:
        raise EntryRefused(
            line,
            "An allowed phrase cannot have a star inside, only at its ends. Write each phrase "
            "that is allowed; \\* is the star itself.",
        )
    return AllowedPhrase(*texts_of(pattern), pattern)


def parse_list(text: str) -> ParsedList[BannedWord]:
    """Banned words, one a line. Never raises: what was wrong is in the answer."""
    return _parse_lines(text, parse_entry)


def parse_allowed_list(text: str) -> ParsedList[AllowedPhrase]:
    """Allowed phrases, one a line. Never raises."""
    return _parse_lines(text, parse_allowed)


def export(entries: Iterable[BannedWord] | Iterable[AllowedPhrase]) -> str:
    """One line each; parsing it gives equal entries."""
    return "".join(f"{entry.text}\n" for entry in entries)


def describe(entry: BannedWord | AllowedPhrase) -> str:
    """How the entry was understood: a phrase to put behind "found:" or "allowed:"."""
    return describe_pattern(entry.pattern)


def warning(entry: BannedWord) -> str | None:
    """A sentence about the ordinary words that an entry with an open side also hits, with their
    number; None where there are none but its own inflections."""
    return warn_of_words(entry.pattern)


def _parse_lines[Entry: (BannedWord, AllowedPhrase)](
    text: str, parse: Callable[[str], Entry]
) -> ParsedList[Entry]:
    entries: dict[str, Entry] = {}
    refused: list[Refused] = []
    duplicates = comments = regexes = 0
    # Split on \n alone, as every message file is; a CR before it is white space and falls away.
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if not line or line.isspace():
            continue
        if is_comment(line):
            comments += 1
            continue
        if looks_like_regex(line) and (regexes := regexes + 1) > MAX_REGEXES:
            # Each may take a tenth of a second to judge, so not all of them are looked at.
            refused.append(Refused(number, line, _TOO_MANY_REGEXES))
            continue
        try:
            entry = parse(line)
        except EntryRefused as error:
            refused.append(Refused(number, line, error.reason))
            continue
        if entry.key in entries:
            duplicates += 1
        else:
            entries[entry.key] = entry
    return ParsedList(tuple(entries.values()), duplicates, tuple(refused), comments)
