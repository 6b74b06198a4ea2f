"""What the matcher is measured beside, each behind one call: texts in, found or not out.

The strategies of other bots are re-created in a few lines of our own; two libraries are used
where they are installed (uv run --group bench).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from ahocorasick_rs import AhoCorasick

from moderation.matcher import compile_lists
from moderation.words import parse_entry

type Find = Callable[[str], "tuple[int, int] | bool | None"]
"""A span of the text, or whether there is any hit where a peer knows no spans."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A name and what makes it ready for a list of words."""

    name: str
    compile: Callable[[Sequence[str]], Find]


def _palisade(words: Sequence[str]) -> Find:
    matcher = compile_lists({"main": [parse_entry(word) for word in words]})
    return lambda text: bool(matcher.detect(text))


def _red(words: Sequence[str]) -> Find:
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)
    return lambda text: pattern.search(text) is not None


def _nfkc_automaton(words: Sequence[str]) -> Find:
    def fold(text: str) -> str:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        return "".join(c for c in decomposed if not unicodedata.combining(c))

    automaton = AhoCorasick([fold(word) for word in words])
    return lambda text: bool(automaton.find_matches_as_indexes(fold(text)))


def _decancer(words: Sequence[str]) -> Find:
    parse = import_module("decancer_py").parse  # by name, since not everyone has it
    automaton = AhoCorasick([str(parse(word)) for word in words])

    def find(text: str) -> bool:
        try:
            return bool(automaton.find_matches_as_indexes(str(parse(text))))
        except ValueError:  # it refuses some texts altogether
            return False

    return find


def _better_profanity(words: Sequence[str]) -> Find:
    profanity = import_module("better_profanity.better_profanity").Profanity(list(words))
    return lambda text: bool(profanity.contains_profanity(text))


PALISADE = Peer("Palisade", _palisade)
RED = Peer("one alternation (Red's way)", _red)
FOLDED = Peer("NFKD without marks + automaton", _nfkc_automaton)
DECANCER = Peer("decancer + automaton", _decancer)
BETTER_PROFANITY = Peer("better_profanity", _better_profanity)


def available() -> tuple[list[Peer], list[str]]:
    """The peers that can be measured here, and why the others cannot."""
    peers: list[Peer] = []
    skipped: list[str] = []
    for peer in (PALISADE, RED, FOLDED, DECANCER, BETTER_PROFANITY):
        try:
            peer.compile(["word"])
        except ImportError as error:
            skipped.append(f"{peer.name}: {error} (uv run --group bench)")
        else:
            peers.append(peer)
    return peers, skipped
