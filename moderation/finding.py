"""All patterns of one side, banned or allowed, tried on a text, each kind in its own way."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ahocorasick_rs import AhoCorasick

from moderation.canonical import is_disguisable
from moderation.characters import is_word_character
from moderation.disguises import DisguisedWords
from moderation.entries import Kind, Pattern
from moderation.folding import Folded, fold, fold_case, steps_undone
from moderation.limits import MAX_HITS_EXPLAINED
from moderation.plain import PlainScanner
from moderation.regexes import RegexSet
from moderation.searching import Found, Limit, NearMiss

_WORDS = (Kind.WORD, Kind.PHRASE, Kind.STARRED)


class Finder:
    """Compiled patterns, numbered as they were given.

    `find(text, misses, limit)` gives the occurrences by the numbers of their patterns, or None
    where there are none; what looked like one and was spared goes to the list `misses`, where one
    is given; for `limit` see DisguisedWords.
    """

    find: Callable[..., list[Found] | None]
    __slots__ = ("_disguised", "_literals", "_patterns", "_regexes", "_symbols", "find")

    def __init__(self, patterns: Sequence[Pattern], groups: Sequence[int] | None = None) -> None:
        self._patterns = patterns
        disguised: list[int] = []
        symbols: list[tuple[int, Pattern]] = []
        literals: list[tuple[int, Pattern]] = []
        regexes: list[tuple[int, str]] = []
        for number, pattern in enumerate(patterns):
            if pattern.kind in _WORDS:
                if not all(map(is_disguisable, pattern.folded)):
                    symbols.append((number, pattern))
                    continue
                disguised.append(number)
                if _has_symbols(pattern):
                    # A skeleton does not hold them, so that in https://evil.example nothing would
                    # say where evil.example begins.
                    light = tuple(fold(piece).text for piece in pattern.pieces)
                    symbols.append((number, replace(pattern, folded=light)))
            elif pattern.kind is Kind.LITERAL:
                literals.append((number, pattern))
            else:
                regexes.append((number, pattern.pieces[0]))
        untold = _untold(patterns, groups or bytes(len(patterns)))
        if untold:
            disguised = [number for number in disguised if number not in untold]
            symbols = [one for one in symbols if one[0] not in untold]
        self._disguised = DisguisedWords(patterns, disguised) if disguised else None
        self._symbols = PlainScanner(symbols) if symbols else None
        self._literals = PlainScanner(literals) if literals else None
        self._regexes = RegexSet(regexes) if regexes else None
        if self._disguised is not None and not (symbols or literals or regexes):
            self.find = self._disguised.find
        else:
            self.find = self._find_all

    def _find_all(
        self,
        text: str,
        misses: list[NearMiss] | None = None,
        limit: Limit | None = None,
    ) -> list[Found] | None:
        found = self._disguised.find(text, misses, limit) if self._disguised is not None else None
        if self._symbols is None and self._literals is None and self._regexes is None:
            return found
        found = found or []
        if self._symbols is not None:
            # White space is looked at only where an entry has some.
            is_simple = text.isascii() and not self._symbols.has_spaces
            found += self._plain(self._symbols, fold_case(text) if is_simple else fold(text))
        if self._literals is not None:
            found += self._plain(self._literals, fold_case(text))
        if self._regexes is not None:
            found += [Found(number, (span,)) for number, span in self._regexes.find(text)]
        return found

    def _plain(self, scanner: PlainScanner, folded: Folded) -> list[Found]:
        found: list[Found] = []
        for number, spans in scanner.find(folded):
            undone = frozenset(
                step
                for (start, end), written in zip(spans, self._patterns[number].pieces, strict=True)
                for step in steps_undone(folded.source[start:end], written)
            )
            found.append(Found(number, spans, undone))
        return found


def _has_symbols(pattern: Pattern) -> bool:
    """Whether there is punctuation inside, as in an address."""
    letters = "".join(pattern.pieces)
    return not letters.isalpha() and not all(
        is_word_character(character) or character.isspace() for character in letters
    )


def _untold(patterns: Sequence[Pattern], groups: Sequence[int]) -> set[int]:
    """Entries that are open on both sides and hold so many others of that sort and of their group
    that the others are all that would be told. A text of one letter and a list of `*aaaa*`,
    `*aaaaa*` ... would be millions of hits."""
    untold: set[int] = set()
    numbers = [
        number
        for number, pattern in enumerate(patterns)
        if pattern.kind in _WORDS
        and len(pattern.folded) == 1
        and pattern.open_start
        and pattern.open_end
    ]
    if len(numbers) > MAX_HITS_EXPLAINED:
        texts = [patterns[number].folded[0] for number in numbers]
        find = AhoCorasick(texts, store_patterns=False).find_matches_as_indexes
        for number, text in zip(numbers, texts, strict=True):
            held = {match[0] for match in find(text, overlapping=True)}
            alike = sum(groups[numbers[one]] == groups[number] for one in held)
            if alike > MAX_HITS_EXPLAINED:
                untold.add(number)
    return untold
