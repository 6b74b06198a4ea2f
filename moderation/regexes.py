"""Regular expressions that admins wrote: compiled by RE2, refused at the door where they are
broken or costly, and searched with bounds.

RE2 is linear in the text for one match and has neither look-around nor back-references
(https://github.com/google/re2/wiki/Syntax). Case is ignored unless the pattern says `(?-i)`.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import re2

from moderation.errors import EntryRefused
from moderation.folding import without_surrogates
from moderation.limits import (
    MAX_REGEX_CHARACTERS,
    MAX_REGEX_FILTER_MEMORY,
    MAX_REGEX_MATCHES,
    MAX_REGEX_MEMORY,
    MAX_REGEX_PROGRAM,
    MAX_REGEX_SECONDS,
)
from moderation.regex_errors import explain
from moderation.spans import Span
from moderation.undisguising import undisguise

_log = logging.getLogger(__name__)
SLOW_SECONDS = 0.02
"""A pattern that takes more processor time on one text is named once in the log, and in
`RegexSet.slow`. Time that passes while other threads and programs run is not its own."""
_SINGLE_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\C")
_PROBE_CHARACTERS = 4_000
_FEW = 4
# Larger ones could make the automaton of all of them slow for every text.
_MAX_FILTERED_PROGRAM = 200
_EMPTY_PROBES = ("", "a", "a a", "0_", "é\n")


class Regex:
    """One compiled pattern. Safe to use from several threads."""

    __slots__ = ("_compiled", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._compiled: Any = re2.compile(pattern, _options(MAX_REGEX_MEMORY))

    @property
    def program_size(self) -> int:
        """Instructions, the larger of RE2's two directions."""
        return max(int(self._compiled.programsize), int(self._compiled.reverseprogramsize))

    def spans(self, haystack: "Haystack") -> Iterator[Span]:
        """The first matches, not overlapping, in bytes of the encoded text."""
        found = self._compiled.finditer(haystack.encoded)
        return (match.span() for match in islice(found, MAX_REGEX_MATCHES))

    def find(self, haystack: "Haystack") -> list[Span]:
        """The first matches, not overlapping, in code points; empty ones are left out."""
        return haystack.code_points(self.spans(haystack))


class Haystack:
    """A text encoded once for all patterns."""

    __slots__ = ("_is_ascii", "encoded")

    def __init__(self, text: str) -> None:
        self.encoded = without_surrogates(text).encode()
        self._is_ascii = text.isascii()

    def code_points(self, spans: Iterable[Span]) -> list[Span]:
        """Spans of bytes, in order, as spans of code points; empty ones are left out. Linear."""
        some = [(start, end) for start, end in spans if start < end]
        if self._is_ascii:
            return some
        counted, characters = 0, 0
        result: list[Span] = []
        for start, end in some:
            first = characters + len(self.encoded[counted:start].decode())
            characters = first + len(self.encoded[start:end].decode())
            counted = end
            result.append((first, characters))
        return result


def _filter_of(patterns: list[str]) -> Any:
    """All patterns as one automaton that tells which of them match, and a last one that always
    does; None where it is not worth it or would be too large."""
    if len(patterns) < _FEW:
        return None
    together = re2.Set.SearchSet(_options(MAX_REGEX_FILTER_MEMORY))
    try:
        for pattern in (*patterns, "(?:)"):
            together.Add(pattern)
        together.Compile()
    except re2.error:
        return None
    return together


def _options(memory: int) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = memory
    return options


@lru_cache(maxsize=1024)
def compile_regex(pattern: str) -> Regex:
    """The compiled pattern. Raises EntryRefused where it is broken, too large, or matches where
    there is nothing, which would be every message. The same answer on every machine."""
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
        raise EntryRefused(written, explain(_message_of(error))) from None
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
    return regex


@lru_cache(maxsize=1024)
def refuse_slow_regex(pattern: str) -> None:
    """Raise EntryRefused for a pattern that takes too much processor time on some repetitive text
    of 4,000 characters, measured twice. For the door only: what was taken once stays taken."""
    regex = compile_regex(pattern)
    letters = [letter for letter in dict.fromkeys(pattern) if letter.isalnum()][:6]
    for probe in dict.fromkeys(["a", " ", "ab", "a ", "é", *letters, pattern]):
        haystack = Haystack((probe * _PROBE_CHARACTERS)[:_PROBE_CHARACTERS])
        if all(_seconds(regex, haystack) > MAX_REGEX_SECONDS for _ in range(2)):
            raise EntryRefused(
                f"/{pattern}/",
                "The regular expression is too slow on long messages. Use fewer or smaller "
                "repetitions, and no .* before an alternative.",
            )


class RegexSet:
    """The regular expressions of one matcher, by the caller's numbers, tried on the text and on
    the text without its disguises."""

    __slots__ = ("_filter", "_filtered", "_others", "slow")

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        regexes = [(number, compile_regex(pattern)) for number, pattern in patterns]
        self._filtered = [one for one in regexes if one[1].program_size <= _MAX_FILTERED_PROGRAM]
        self._others = [one for one in regexes if one[1].program_size > _MAX_FILTERED_PROGRAM]
        self._filter = _filter_of([regex.pattern for _, regex in self._filtered])
        if self._filter is None:
            self._filtered, self._others = [], regexes
        self.slow: dict[str, float] = {}

    def find(self, text: str) -> list[tuple[int, Span]]:
        """Matches in the text, and where there are none of a pattern, in what it says."""
        haystack = Haystack(text)
        undisguised = undisguise(text)
        other = Haystack(undisguised.text) if undisguised.text != text else None
        found: list[tuple[int, Span]] = []
        regexes = self._possible(haystack) if other is None else self._possible(haystack, other)
        began = time.thread_time()
        for number, regex in regexes:
            spans = regex.find(haystack)
            if not spans and other is not None:
                spans = [undisguised.original(*span) for span in regex.find(other)]
            found += [(number, span) for span in spans]
            ended = time.thread_time()
            if ended - began > SLOW_SECONDS:
                self._tell(regex.pattern, ended - began, len(text))
            began = ended
        return found

    def _possible(self, *haystacks: "Haystack") -> list[tuple[int, Regex]]:
        """The patterns that may match, in order: those of which the filter, all of them in one
        automaton, says so, and those that are too large for it."""
        if self._filter is None:
            return self._others
        began = time.thread_time()
        matching: set[int] = set()
        for haystack in haystacks:
            some = self._filter.Match(haystack.encoded)
            if not some:  # not even the one that matches everywhere: RE2 had too little memory
                return [*self._filtered, *self._others]
            matching.update(some)
        if time.thread_time() - began > SLOW_SECONDS:  # one by one they tell which is slow
            return [*self._filtered, *self._others]
        matching.discard(len(self._filtered))
        return [*(self._filtered[index] for index in sorted(matching)), *self._others]

    def _tell(self, pattern: str, seconds: float, size: int) -> None:
        if pattern not in self.slow:  # once is enough to know which it is
            _log.warning(
                "The regular expression /%s/ took %.0f ms on a text of %d characters",
                pattern,
                1000 * seconds,
                size,
            )
        self.slow[pattern] = max(seconds, self.slow.get(pattern, 0.0))


def _message_of(error: Exception) -> str:
    detail = error.args[0] if error.args else ""
    return detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)


def _finds_nothing(regex: Regex, text: str) -> bool:
    return any(start == end for start, end in regex.spans(Haystack(text)))


def _seconds(regex: Regex, haystack: Haystack) -> float:
    """Processor time of this thread, which other programs' work does not change much. Stops
    early once it is too much."""
    began = time.thread_time()
    taken = 0.0
    for _ in regex.spans(haystack):
        taken = time.thread_time() - began
        if taken > MAX_REGEX_SECONDS:
            break
    return max(taken, time.thread_time() - began)
