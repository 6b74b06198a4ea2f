"""Remembers the last short messages of each author in each channel, to see whether they spell a
banned word together. Messages that are longer cost one look at their length."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from time import monotonic

from moderation.events import MessageEdited, MessageSeen, Surface
from moderation.fragments import (
    MAX_CHARACTERS,
    MAX_MESSAGES,
    WINDOW_MS,
    Fragment,
    fragment,
    judge_split,
)
from moderation.ruleset import Ruleset
from moderation.verdict import Verdict

REMEMBERED = 5_000
"""How many authors are remembered, each in one channel; those who wrote longest ago go first."""

FORGET_SECONDS = 60.0
"""A run to which nothing was added for this long is forgotten with the next short message of
anyone: longer than the rule asks for, since messages may arrive late."""

type Key = tuple[int, int]
"""(channel id, user id)"""


@dataclass(slots=True)
class _Run:
    """What is remembered of one author in one channel; ``at`` is when it was last added to."""

    at: float
    pieces: list[Fragment] = field(default_factory=list)


class Fragments:
    """``judge(event, rules)`` takes in a message that is clean by itself."""

    def __init__(
        self, remembered: int = REMEMBERED, clock: Callable[[], float] = monotonic
    ) -> None:
        self._remembered = remembered
        self._clock = clock
        self._runs: dict[Key, _Run] = {}

    def __len__(self) -> int:
        return len(self._runs)

    def judge(self, event: MessageSeen, rules: Ruleset) -> Verdict | None:
        """The verdict on the word that this message completes; None where it completes none.

        A longer message of the same author ends the run. One without any text, as a picture alone,
        is no part of it and does not end it.
        """
        part = event.parts[0]
        if part.surface is not Surface.MESSAGE or not event.author.user_id:
            return None
        piece = None
        if len(part.text) <= MAX_CHARACTERS:
            piece = fragment(event.message_id, part.text)
        if piece is None:
            if self._runs:
                self._break(event)
            return None
        run = self._extended(event, piece)
        verdict = judge_split(event, run.pieces, rules)
        if verdict is not None:
            gone = {action.key[2] for action in verdict.actions}
            run.pieces = [one for one in run.pieces if one.message_id not in gone]
        del run.pieces[:-MAX_MESSAGES]
        return verdict

    def _break(self, event: MessageSeen) -> None:
        key = (event.channel_id, event.author.user_id)
        run = self._runs.get(key)
        if run is None:
            return
        if isinstance(event, MessageEdited):
            # Only what was written before it is cut off from what came after.
            run.pieces = [one for one in run.pieces if one.message_id > event.message_id]
        else:
            del self._runs[key]

    def _extended(self, event: MessageSeen, piece: Fragment) -> _Run:
        key, now = (event.channel_id, event.author.user_id), self._clock()
        run = self._runs.pop(key, None)
        pieces = [one for one in run.pieces if one.message_id != piece.message_id] if run else []
        pieces.append(piece)
        pieces.sort(key=attrgetter("message_id"))
        newest = pieces[-1].message_id >> 22
        near = [one for one in pieces if newest - (one.message_id >> 22) <= WINDOW_MS]
        # Taken out and put in again, so that the one that was added to longest ago comes first.
        run = self._runs[key] = _Run(now, near)
        while len(self._runs) > self._remembered or self._oldest().at < now - FORGET_SECONDS:
            del self._runs[next(iter(self._runs))]
        return run

    def _oldest(self) -> _Run:
        return next(iter(self._runs.values()))
