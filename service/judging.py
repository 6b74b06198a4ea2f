"""From an event to its verdict, with what is remembered of earlier ones: whether the same was
judged before, the short messages that may spell a word together, and whose names were looked at."""

from moderation.events import Event, MessageSeen, NamesSeen, ThreadSeen
from moderation.judge import judge
from moderation.matcher import Detection, Matcher
from moderation.people import Kind, Person
from moderation.verdict import Skip, Verdict
from service.fragments import Fragments
from service.judged import Judged

SPEAKERS = 1 << 15
"""How many members' names are remembered as looked at when they spoke."""

MESSAGES_LEFT_ALONE = 1 << 14
"""How many messages are remembered as left alone for what they are."""

LEFT_ALONE = (Skip.OURSELVES, Skip.BOT, Skip.ALERT, Skip.UNDELETABLE)
"""Reasons that hold for a message as long as it stands, whatever a later update says of it."""


class Judging:
    """``verdict(event, matcher, revision)``; the revision names the lists that the matcher was
    made of, and is None where they are not in force any more: then nothing is remembered."""

    def __init__(self) -> None:
        self._judged = Judged()
        self._left_alone = Judged(MESSAGES_LEFT_ALONE)
        self._speakers = Judged(SPEAKERS)
        self._fragments = Fragments()

    def verdict(self, event: Event, matcher: Matcher | None, revision: int | None) -> Verdict:
        """Decide about an event. What was clean under the same lists is not judged again; what
        violates is, so that a deletion that failed gets another chance."""
        if matcher is None:
            # A direct message, which is skipped before anything is detected.
            return judge(event, _nothing)
        if isinstance(event, NamesSeen):
            self._speakers.add(_mark_of_names(event.guild_id, event.person))
            return judge(event, matcher.detect)
        mark = None if revision is None else _mark(event, revision)
        if mark is not None and mark in self._judged:
            return Verdict(event, skipped=Skip.UNCHANGED)
        if isinstance(event, MessageSeen) and event.author.kind is Kind.UNKNOWN:
            for skip in LEFT_ALONE:
                if Judged.mark(event.message_id, skip) in self._left_alone:
                    return Verdict(event, skipped=skip)
        verdict = judge(event, matcher.detect)
        if isinstance(event, MessageSeen):
            if verdict.skipped in LEFT_ALONE:
                # An update that tells only a part of it, as a preview, may not say who wrote it.
                self._left_alone.add(Judged.mark(event.message_id, verdict.skipped))
            elif verdict.skipped is None and not verdict.violates:
                verdict = self._fragments.judge(event, matcher.detect) or verdict
        if mark is not None and verdict.skipped is None and not verdict.violates:
            self._judged.add(mark)
        return verdict

    def speaker(self, event: MessageSeen) -> NamesSeen | None:
        """The names of whoever wrote a message, once for the same names: of a member whom no other
        event has told of, this is the first that is heard. Other lists are no reason to look again
        here: whether many are renamed for a change of the lists is asked first (``sweep.py``)."""
        author, guild_id = event.author, event.guild_id
        if author.membership is None or author.kind is not Kind.HUMAN or guild_id is None:
            return None
        if _mark_of_names(guild_id, author) in self._speakers:
            return None
        return NamesSeen(guild_id, author)


def _mark(event: MessageSeen | ThreadSeen, revision: int) -> int:
    if isinstance(event, ThreadSeen):
        return Judged.mark(event.thread_id, event.title, revision)
    return Judged.mark(event.message_id, event.parts, revision)


def _mark_of_names(guild_id: int, person: Person) -> int:
    nickname = person.membership.nickname if person.membership else None
    names = (nickname, person.global_name, person.username, person.server_tag)
    return Judged.mark(guild_id, person.user_id, names)


def _nothing(_: str) -> Detection:
    return Detection()
