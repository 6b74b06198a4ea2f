"""Text and entries folded alike, with the way back to the original.

Steps, in this order: compatibility forms (full-width, ligatures, mathematical letters) and
composed forms are Unicode's NFKC, case is Unicode's case folding, and each run of white space
becomes one space. Accents stay: `schön` is not `schon`.

A base character is folded together with the combining marks on it, so that folding a text gives
the same letters whether they come composed or not, and each folded character knows the characters
that it was made of.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from moderation.characters import is_mark
from moderation.steps import Step


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and where it comes from.

    `starts[i]` and `ends[i]` bound, in code points of `source`, what `text[i]` was made of; None
    where both texts have the same offsets, which is nearly always.
    """

    text: str
    source: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of `source` behind `text[start:end]`, which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


# A longer pile of marks is no accent, and sorting it would take quadratic time.
_MAX_MARKS = 30
# Two are needed by the characters of Unicode 16; a bound, so that no text can ever hang the bot.
_MAX_ROUNDS = 5
# Forgetting now and then is cheaper than remembering all of Unicode.
_MAX_REMEMBERED = 20_000
_IRREGULAR_SPACE = re.compile(r"[^\S ]|\s\s")
_RUN_OF_SPACE = re.compile(r"\s\s+")
_ODD_SPACE = re.compile(r"[^\S ]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def fold(text: str) -> Folded:
    """Fold a text of any content; lone surrogates become U+FFFD. Linear."""
    if text.isascii():
        folded = text.lower()
        if _IRREGULAR_SPACE.search(folded) is None:
            return Folded(folded, text)
        return _squeeze(Folded(folded, text))
    alone = [_ALONE[character] for character in text]
    pieces = [piece for piece in alone if piece is not None]
    melted: dict[int, int] = {}
    if len(pieces) < len(alone):
        pieces, melted = _fold_clusters(text, alone)
    folded = "".join(pieces)
    if not melted and len(folded) == len(text):
        return _squeeze(Folded(folded, text))
    starts = [start for start, piece in enumerate(pieces) for _ in piece]
    ends = [melted.get(start, start + 1) for start in starts]
    return _squeeze(Folded(folded, text, starts, ends))


def fold_case(text: str) -> Folded:
    """Only case, one character for one, so that offsets stay: what a literal entry is folded by."""
    if text.isascii():
        return Folded(text.lower(), text)
    return Folded("".join([_CASE_ONLY[character] for character in text]), text)


def without_surrogates(text: str) -> str:
    """Lone surrogates as U+FFFD, one for one, so that the text can be encoded."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def compose(text: str) -> str:
    """The form in which entries are kept and shown: letters composed, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def steps_undone(found: str, written: str) -> tuple[Step, ...]:
    """What had to be undone in `found`, a piece of a message, to make it `written`, an entry's."""
    found = _one_space(found)
    if found == written:
        return ()
    composed = unicodedata.normalize("NFC", found)
    plain = unicodedata.normalize("NFKC", found)
    steps = (
        (Step.CASE, plain != unicodedata.normalize("NFKC", written)),
        (Step.COMPATIBILITY, plain != composed),
        (Step.COMPOSED, composed != found),
    )
    return tuple(step for step, was_needed in steps if was_needed)


def _one_space(text: str) -> str:
    return _ODD_SPACE.sub(" ", _RUN_OF_SPACE.sub(" ", text))


def _squeeze(folded: Folded) -> Folded:
    """Each run of white space to one space."""
    text = folded.text
    if _IRREGULAR_SPACE.search(text) is None:
        return folded
    if _RUN_OF_SPACE.search(text) is None:
        return Folded(_ODD_SPACE.sub(" ", text), folded.source, folded.starts, folded.ends)
    old_starts: Sequence[int] = range(len(text)) if folded.starts is None else folded.starts
    old_ends: Sequence[int] = range(1, len(text) + 1) if folded.ends is None else folded.ends
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for run in _RUN_OF_SPACE.finditer(text):
        starts += old_starts[done : run.start() + 1]
        ends += old_ends[done : run.start()]
        ends.append(old_ends[run.end() - 1])
        done = run.end()
    starts += old_starts[done:]
    ends += old_ends[done:]
    return Folded(_one_space(text), folded.source, starts, ends)


def _fold_clusters(text: str, alone: list[str | None]) -> tuple[list[str], dict[int, int]]:
    """Base and marks together: a piece for each character of `text`, where all that a melted
    cluster became is the piece of its first character; and where such clusters start and end."""
    pieces = [_mark_alone(text[i]) if piece is None else piece for i, piece in enumerate(alone)]
    melted: dict[int, int] = {}
    end, length = 0, len(text)
    while end < length:
        try:
            first_mark = alone.index(None, end)
        except ValueError:
            break
        start = max(first_mark - 1, end)
        end = first_mark + 1
        while end < length and alone[end] is None:
            end += 1
        if end - start == 1 or end - start > _MAX_MARKS:
            continue
        cluster = _fold_cluster(text[start:end])
        if cluster != "".join(pieces[start:end]):  # else each character stands for itself
            pieces[start] = cluster
            pieces[start + 1 : end] = [""] * (end - start - 1)
            melted[start] = end
    return pieces, melted


@lru_cache(maxsize=4096)
def _fold_cluster(cluster: str) -> str:
    if _is_kept(cluster[0]):
        return unicodedata.normalize("NFC", cluster[0] + _normal(cluster[1:]))
    return _normal(without_surrogates(cluster))


def _normal(text: str) -> str:
    """Compatibility forms, composed forms and case undone, until nothing changes."""
    text = unicodedata.normalize("NFKC", text)
    for _ in range(_MAX_ROUNDS):
        folded = unicodedata.normalize("NFKC", text.casefold())
        if folded == text:
            break
        text = folded
    return text


def _mark_alone(character: str) -> str:
    """A mark that nothing stands before. The one whose case folding is a letter stays a mark."""
    return character if character == "\u0345" else _normal(character)


def _is_kept(character: str) -> bool:
    """Characters whose compatibility form would put letters or marks where there are none: spacing
    accents (a space with a mark on it) and trade marks (a word's last letters)."""
    if character in "™℠":
        return True
    decomposed = unicodedata.normalize("NFKD", character)
    return len(decomposed) > 1 and decomposed[0] == " " and is_mark(decomposed[1])


def _joins(character: str) -> bool:
    """Whether it may melt into what stands before it: a mark, or a Hangul vowel or final."""
    first = unicodedata.normalize("NFKD", character)[0]
    return is_mark(first) or "\u1160" <= first <= "\u11ff"


class _Alone(dict[str, str | None]):
    """A character folded by itself; None for one that joins the character before it."""

    def __missing__(self, character: str) -> str | None:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        folded: str | None
        if "\ud800" <= character <= "\udfff":
            folded = "\ufffd"
        elif _joins(character):
            folded = None
        else:
            keeps = _is_kept(character)
            folded = unicodedata.normalize("NFC", character) if keeps else _normal(character)
        self[character] = folded
        return folded


class _CaseOnly(dict[str, str]):
    """A character with only its case folded, where that is one character."""

    def __missing__(self, character: str) -> str:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        choices = (character.casefold(), character.lower(), character)
        folded = next(choice for choice in choices if len(choice) == 1)
        self[character] = folded = "\ufffd" if "\ud800" <= character <= "\udfff" else folded
        return folded


_ALONE = _Alone()
_CASE_ONLY = _CaseOnly()
