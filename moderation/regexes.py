"""Regular expressions that admins wrote: compiled by RE2, refused at the door where they are
broken or costly, and searched with bounds.

RE2 is linear in the text for one match and has neither look-around nor back-references
(https://github.com/google/re2/wiki/Syntax). Case is ignored unless the pattern says `(?-i)`.
"""

import re
import time
from functools import lru_cache
from itertools import islice
from typing import Any

import re2

from moderation.errors import EntryRefused
from moderation.folding import without_surrogates
from moderation.limits import (
    MAX_REGEX_CHARACTERS,
    MAX_REGEX_MATCHES,
    MAX_REGEX_MEMORY,
    MAX_REGEX_PROGRAM,
    MAX_REGEX_SECONDS,
)

type Spans = list[tuple[int, int]]

_WHOLE_WORD_HINT = "Write the words that you mean as entries of their own, or simplify it."
# What RE2 says (the beginning of it), and what we say; {} is the rest of its message.
_SENTENCES = (
    ("invalid perl operator: (?=", "Lookahead, (?=...), is not available. " + _WHOLE_WORD_HINT),
    ("invalid perl operator: (?!", "Lookahead, (?!...), is not available. " + _WHOLE_WORD_HINT),
    ("invalid perl operator: (?<", "Lookbehind, (?<...), is not available. " + _WHOLE_WORD_HINT),
    ("invalid perl operator: (?>", "Atomic groups, (?>...), are not available: write (?:...)."),
    ("invalid perl operator: (?P", "Of groups beginning with (?P only (?P<name>...) is available."),
    ("invalid perl operator: ", "{} is not available in this kind of regular expression."),
    ("invalid escape sequence: \\Z", "\\Z is written \\z here."),
    ("invalid escape sequence: \\u", "\\u is not available: write \\x{{41}} or the letter itself."),
    ("invalid escape sequence: ", "{} means nothing here; a backslash itself is written \\\\."),
    (
        "invalid repetition size: ",
        "The repetition {} is not possible: at most 1,000 times, repetitions inside it counted.",
    ),
    ("no argument for repetition operator: ", "There is nothing before {} that it could repeat."),
    ("bad repetition operator: ", "{} repeats a repetition: remove one of the two signs."),
    ("missing ): ", "A bracket ( is not closed by a )."),
    ("unexpected ): ", "There is a ) without a ( before it; a bracket itself is written \\)."),
    ("missing ]: ", "A bracket [ is not closed by a ]; a bracket itself is written \\[."),
    ("invalid character class range: ", "{} is not a range of characters."),
    ("trailing \\", "It ends with a single backslash; a backslash itself is written \\\\."),
    ("invalid named capture group: ", "The group name in {} is not possible."),
    ("pattern too large", "It is too large: use fewer or smaller repetitions."),
)
_BACK_REFERENCE = re.compile(r"invalid escape sequence: \\[1-9k]")
_SINGLE_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\C")
_PROBE_CHARACTERS = 4_000
_EMPTY_PROBES = ("", "a", "a a", "0_", "é\n")


class Regex:
    """One compiled pattern. Safe to use from several threads."""

    __slots__ = ("_compiled", "pattern")

    def __init__(self, pattern: str) -> None:
        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = False
        options.max_mem = MAX_REGEX_MEMORY
        self.pattern = pattern
        self._compiled: Any = re2.compile(pattern, options)

    @property
    def program_size(self) -> int:
        """Instructions, the larger of RE2's two directions."""
        return max(int(self._compiled.programsize), int(self._compiled.reverseprogramsize))

    def find(self, haystack: "Haystack") -> Spans:
        """The first matches, not overlapping, in code points; empty ones are left out."""
        found = islice(self._compiled.finditer(haystack.encoded), MAX_REGEX_MATCHES)
        return haystack.code_points([match.span() for match in found])


class Haystack:
    """A text encoded once for all patterns."""

    __slots__ = ("_is_ascii", "encoded")

    def __init__(self, text: str) -> None:
        self.encoded = without_surrogates(text).encode()
        self._is_ascii = text.isascii()

    def code_points(self, spans: Spans) -> Spans:
        """Spans of bytes, in order, as spans of code points. Linear."""
        spans = [(start, end) for start, end in spans if start < end]
        if self._is_ascii:
            return spans
        counted, characters = 0, 0
        result: Spans = []
        for start, end in spans:
            first = characters + len(self.encoded[counted:start].decode())
            characters = first + len(self.encoded[start:end].decode())
            counted = end
            result.append((first, characters))
        return result


@lru_cache(maxsize=1024)
def compile_regex(pattern: str) -> Regex:
    """The compiled pattern. Raises EntryRefused where it is broken, costly, or matches nothing at
    all, which would be every message."""
    written = f"/{pattern}/"
    if len(pattern) > MAX_REGEX_CHARACTERS:
        raise EntryRefused(
            written,
            f"The regular expression has {len(pattern):,} characters, at most "
            f"{MAX_REGEX_CHARACTERS} are possible. Split it into several entries.",
        )
    if _SINGLE_BYTE.search(pattern):
        raise EntryRefused(written, "\\C is not available: a dot stands for any one character.")
    try:
        regex = Regex(pattern)
    except re2.error as error:
        raise EntryRefused(written, _explain(error)) from None
    if regex.program_size > MAX_REGEX_PROGRAM:
        raise EntryRefused(
            written,
            f"The regular expression is too large: {regex.program_size:,} steps, at most "
            f"{MAX_REGEX_PROGRAM:,} are possible. Use fewer or smaller repetitions, and [a-zа-я] "
            "instead of \\pL.",
        )
    if any(_finds_nothing(regex, probe) for probe in _EMPTY_PROBES):
        raise EntryRefused(
            written,
            "The regular expression also matches where there is nothing, so it would match "
            "every message. Write + instead of *, or add what must be there.",
        )
    if _is_slow(regex):
        raise EntryRefused(
            written,
            "The regular expression is too slow on long messages. Use fewer or smaller "
            "repetitions, and no .* before an alternative.",
        )
    return regex


def _explain(error: Exception) -> str:
    detail = error.args[0] if error.args else b""
    message = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
    if _BACK_REFERENCE.match(message):
        return "Back-references such as \\1 are not available. Write out the repeats that you mean."
    for beginning, sentence in _SENTENCES:
        if message.startswith(beginning):
            return "The regular expression is broken. " * ("available" not in sentence) + (
                sentence.format(message.removeprefix(beginning.rpartition(" ")[0]).strip())
            )
    return f"The regular expression is broken: {message}."


def _finds_nothing(regex: Regex, text: str) -> bool:
    return any(match.end() == match.start() for match in regex._compiled.finditer(text))


def _is_slow(regex: Regex) -> bool:
    """Whether some repetitive text of 4,000 characters takes too much processor time, twice."""
    letters = [letter for letter in dict.fromkeys(regex.pattern) if letter.isalnum()][:6]
    probes = ["a", " ", "ab", "a ", "é", *letters, regex.pattern or "a"]
    return any(
        _seconds(regex, haystack) > MAX_REGEX_SECONDS
        and _seconds(regex, haystack) > MAX_REGEX_SECONDS
        for haystack in (
            Haystack((probe * _PROBE_CHARACTERS)[:_PROBE_CHARACTERS])
            for probe in dict.fromkeys(probes)
        )
    )


def _seconds(regex: Regex, haystack: Haystack) -> float:
    """Processor time of this thread, which other programs' work does not change much. Stops
    early once it is too much."""
    began = time.thread_time()
    taken = 0.0
    for _ in islice(regex._compiled.finditer(haystack.encoded), MAX_REGEX_MATCHES):
        taken = time.thread_time() - began
        if taken > MAX_REGEX_SECONDS:
            break
    return max(taken, time.thread_time() - began)
