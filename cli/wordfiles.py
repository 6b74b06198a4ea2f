"""Reading the files of words that an operator names on the command line: bytes to entries, or one
clear answer about what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.files import FileRefused, read_utf8
from moderation.limits import MAX_ENTRY_CHARACTERS
from moderation.words import (
    AllowedPhrase,
    BannedWord,
    ParsedList,
    Refused,
    parse_allowed_list,
    parse_list,
)

# What `check` and `replay` take. They are not a server, so its limit does not hold for them.
MAX_LINES = 1_000_000
MAX_BYTES = 256 * 1024 * 1024
MAX_REFUSALS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Words:
    """What `--words` and `--allow` gave."""

    banned: tuple[BannedWord, ...]
    allowed: tuple[AllowedPhrase, ...]


def read_text(path: Path) -> str:
    """The text of a word file in UTF-8. Raises FileRefused."""
    return read_utf8(path, MAX_BYTES, "this file is larger than any list of words. Split it.")


def load_words(words: Path, allow: Path | None, max_lines: int = MAX_LINES) -> Words:
    """Both files, every line of them understood. Raises FileRefused that lists the first lines
    refused."""
    banned = _accepted(words, parse_list(_limited(words, max_lines)))
    allowed: tuple[AllowedPhrase, ...] = ()
    if allow is not None:
        allowed = _accepted(allow, parse_allowed_list(_limited(allow, max_lines)))
    return Words(banned, allowed)


def describe_refusals(path: Path, refused: Sequence[Refused]) -> str:
    """`FILE:LINE: reason (the line)`, the first ten of them, the rest counted."""
    lines = [
        f"{path}:{line.line_number}: {line.reason} ({_shown(line.line)})"
        for line in refused[:MAX_REFUSALS_SHOWN]
    ]
    if len(refused) > MAX_REFUSALS_SHOWN:
        lines.append(f"{path}: {len(refused) - MAX_REFUSALS_SHOWN:,} more lines were refused.")
    return "\n".join(lines)


def _limited(path: Path, max_lines: int) -> str:
    text = read_text(path)
    if (lines := text.count("\n")) > max_lines:
        raise FileRefused(
            f"{path}: this file has {lines:,} lines, at most {max_lines:,} are possible."
        )
    return text


def _accepted[Entry: (BannedWord, AllowedPhrase)](
    path: Path, parsed: ParsedList[Entry]
) -> tuple[Entry, ...]:
    if parsed.refused:
        raise FileRefused(describe_refusals(path, parsed.refused))
    return parsed.entries


def _shown(line: str) -> str:
    """A line fit for a terminal: short, its unprintable characters escaped."""
    line = line.strip()
    if len(line) > MAX_ENTRY_CHARACTERS // 2:
        line = line[: MAX_ENTRY_CHARACTERS // 2] + "…"
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in line
    )
