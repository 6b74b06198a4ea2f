"""All patterns of one side, banned or allowed, tried on a text, each kind in its own way."""

from collections.abc import Sequence

from moderation.entries import Kind, Pattern
from moderation.folding import Folded, fold, fold_case
from moderation.regexes import Haystack, Regex, compile_regex
from moderation.scanning import Found, Scanner


class Finder:
    """Compiled patterns, numbered as they were given."""

    __slots__ = ("_literals", "_regexes", "_words")

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        words: list[tuple[int, Pattern]] = []
        literals: list[tuple[int, Pattern]] = []
        self._regexes: list[tuple[int, Regex]] = []
        for number, pattern in enumerate(patterns):
            match pattern.kind:
                case Kind.REGEX:
                    self._regexes.append((number, compile_regex(pattern.pieces[0])))
                case Kind.LITERAL:
                    literals.append((number, pattern))
                case Kind.WORD | Kind.PHRASE | Kind.STARRED:
                    words.append((number, pattern))
        self._words = Scanner(words)
        self._literals = Scanner(literals)

    def find(self, text: str) -> list[tuple[Folded, Found]]:
        """Occurrences by the numbers of their patterns, with the text that their spans are of."""
        found: list[tuple[Folded, Found]] = []
        if self._words:
            folded = fold(text)
            found += [(folded, occurrence) for occurrence in self._words.find(folded)]
        if self._literals:
            folded = fold_case(text)
            found += [(folded, occurrence) for occurrence in self._literals.find(folded)]
        if self._regexes:
            haystack, as_it_is = Haystack(text), Folded(text, text)
            for number, regex in self._regexes:
                found += [(as_it_is, Found(number, (span,))) for span in regex.find(haystack)]
        return found
