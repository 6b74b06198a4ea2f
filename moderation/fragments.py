"""A word that somebody splits over several short messages, one under the other.

The rule is narrow on purpose: up to five consecutive messages of one author in one channel within
20 seconds, none of more than three letters, that together are an entry of four letters or more and
nothing else. "ok", "no" and "lol" are never part of a longer find.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.characters import is_letter, is_mark
from moderation.entries import Kind, read_pattern
from moderation.errors import EntryRefused
from moderation.events import MessageSeen, Part, Surface
from moderation.judge import message_verdict
from moderation.matcher import Detection, Hit
from moderation.ruleset import Detect, Ruleset
from moderation.verdict import Verdict

MAX_MESSAGES = 5
MAX_LETTERS = 3
"""Of one message; digits count as letters."""

MIN_LETTERS = 4
"""Of an entry that may be found so."""

WINDOW_MS = 20_000
"""From the first message to the last."""

MAX_CHARACTERS = 24
"""Of one message, with all that is no letter; a longer one is no piece of a word."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A short message: its id, which tells when it was written, and what it adds to a word."""

    message_id: int
    text: str

    @property
    def has_letters(self) -> bool:
        """Whether it adds anything but symbols."""
        return any(map(is_letter, self.text))


def fragment(message_id: int, text: str) -> Fragment | None:
    """The message as a piece of a word; None where it is longer than one. Of what has letters
    only the part from the first to the last of them counts: `i...` adds an i."""
    if len(text) > MAX_CHARACTERS:
        return None
    letters = [place for place, character in enumerate(text) if is_letter(character)]
    if not letters:
        shown = "".join(text.split())
        return Fragment(message_id, shown) if len(shown) <= MAX_LETTERS else None
    if len(letters) > MAX_LETTERS:
        return None
    end = letters[-1] + 1
    while end < len(text) and is_mark(text[end]):
        end += 1
    return Fragment(message_id, text[letters[0] : end])


def judge_split(event: MessageSeen, run: Sequence[Fragment], rules: Ruleset) -> Verdict | None:
    """Whether the message of ``event`` and those around it in ``run``, the consecutive fragments
    of its author in the order of their ids, spell a banned word; None where they do not. All of
    the messages that spell it are to be deleted, where a list that counts asks for it."""
    if event.guild_id is None:
        return None
    for first in range(len(run)):
        for end in range(first + 2, min(first + MAX_MESSAGES, len(run)) + 1):
            pieces = run[first:end]
            if _apart(pieces) > WINDOW_MS:
                break
            if _has(pieces, event.message_id):
                found = _spelled(pieces, rules.detect)
                if found is not None and _has(found[0], event.message_id):
                    return _verdict(event, rules, *found)
    return None


def _has(pieces: Sequence[Fragment], message_id: int) -> bool:
    return any(piece.message_id == message_id for piece in pieces)


def _apart(pieces: Sequence[Fragment]) -> int:
    """Milliseconds from the first to the last; ids hold them above their lowest 22 bits (Discord,
    Snowflakes)."""
    return (pieces[-1].message_id >> 22) - (pieces[0].message_id >> 22)


def _spelled(
    pieces: Sequence[Fragment], detect: Detect
) -> tuple[Sequence[Fragment], str, tuple[Hit, ...]] | None:
    lettered = [piece for piece in pieces if piece.has_letters]
    for spelling in (pieces, lettered) if len(lettered) < len(pieces) else (pieces,):
        text = "".join(piece.text for piece in spelling)
        # Of one message alone the ordinary rules have judged already.
        if len(spelling) < 2 or len(text) < MIN_LETTERS:
            continue
        # Several lists may have the word.
        hits = tuple(
            hit
            for hit in detect(text).hits
            if hit.start == 0 and hit.end == len(text) and _is_exactly(hit.entry, text)
        )
        if hits:
            return spelling, text, hits
    return None


def _is_exactly(entry: str, text: str) -> bool:
    """Whether ``text`` has as many signs as the entry, a word of enough letters: a matcher finds
    words behind repeated letters and separators too, which here would be chance."""
    try:
        pattern = read_pattern(entry)
    except EntryRefused:
        return False
    if pattern.kind is not Kind.WORD:
        return False
    word = _signs(pattern.pieces[0])
    return sum(map(is_letter, word)) >= MIN_LETTERS and len(word) == len(_signs(text))


def _signs(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.casefold())
    return "".join(character for character in plain if not is_mark(character))


def _verdict(
    event: MessageSeen,
    rules: Ruleset,
    pieces: Sequence[Fragment],
    text: str,
    hits: tuple[Hit, ...],
) -> Verdict:
    sifted = rules.sift(event, [(Part(Surface.SPLIT, text), Detection(hits))])
    ids = [piece.message_id for piece in pieces] if sifted.acts else ()
    return message_verdict(event, rules, sifted, ids)
