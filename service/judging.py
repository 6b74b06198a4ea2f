"""From an event to its verdict, with what is remembered of earlier ones: whether the same was
judged before, the short messages that may spell a word together, and whose names were looked at."""

from dataclasses import replace

from moderation.events import Event, MessageSeen, NamesSeen, ThreadSeen
from moderation.judge import judge
from moderation.matcher import compile_lists
from moderation.people import Kind, Person
from moderation.ruleset import Ruleset
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
    """``verdict(event, rules, revision)``; the revision names the rules, and is None where they
    are not in force any more: then nothing is remembered."""

    def __init__(self) -> None:
        self._judged = Judged()
        self._left_alone = Judged(MESSAGES_LEFT_ALONE)
        self._speakers = Judged(SPEAKERS)
        self._names = Judged(SPEAKERS)
        self._fragments = Fragments()

    def verdict(self, event: Event, rules: Ruleset | None, revision: int | None) -> Verdict:
        """Decide about an event. What asked for nothing under the same rules is not judged again;
        what is to be taken away is, so that a deletion that failed gets another chance."""
        if rules is None:
            # A direct message, which is skipped before anything is detected.
            return judge(event, _NO_RULES)
        if isinstance(event, NamesSeen):
            return self._of_names(event, rules, revision)
        mark = None if revision is None else _mark(event, revision)
        if mark is not None and mark in self._judged:
            return Verdict(event, skipped=Skip.UNCHANGED)
        if isinstance(event, MessageSeen) and event.author.kind is Kind.UNKNOWN:
            for skip in LEFT_ALONE:
                if Judged.mark(event.message_id, skip) in self._left_alone:
                    return Verdict(event, skipped=skip)
        verdict = judge(event, rules)
        if isinstance(event, MessageSeen):
            if verdict.skipped in LEFT_ALONE:
                # An update that tells only a part of it, as a preview, may not say who wrote it.
                self._left_alone.add(Judged.mark(event.message_id, verdict.skipped))
            elif verdict.skipped is None and not verdict.actions:
                split = self._fragments.judge(event, rules)
                if split is not None and (split.found or not verdict.found):
                    verdict = split
        if mark is not None and verdict.skipped is None and not verdict.actions:
            self._judged.add(mark)
        return verdict

    def _of_names(self, event: NamesSeen, rules: Ruleset, revision: int | None) -> Verdict:
        names = _mark_of_names(event.guild_id, event.person)
        self._speakers.add(names)
        if not event.standing and names in self._names:
            # Discord tells of names that it could not be made to change with every other change of
            # the member: nobody is punished for the same one again and again.
            event = replace(event, standing=True)
        verdict = judge(event, rules)
        if not verdict.found:
            return verdict
        if verdict.actions:
            self._names.add(names)
        elif revision is not None:
            mark = Judged.mark(names, revision)
            if mark in self._names:
                return Verdict(event, skipped=Skip.UNCHANGED)
            self._names.add(mark)
        return verdict

    def again(self, verdict: Verdict, event: MessageSeen, rules: Ruleset) -> Verdict:
        """What was decided about a message, now that its author is known as in ``event``, or cannot
        be."""
        known = rules.known(event)
        if any(rules.exempts(found.hit.list, known) for found in verdict.found):
            return replace(judge(event, rules), unsure=False)
        # As it was: a word that is split over several messages is not found a second time.
        return replace(verdict, event=event, unsure=False)

    def speaker(self, event: MessageSeen) -> NamesSeen | None:
        """The names of whoever wrote a message, once for the same names: of a member whom no other
        event has told of, this is the first that is heard. Other lists are no reason to look again
        here: whether many are renamed for a change of the lists is asked first (``sweep.py``)."""
        author, guild_id = event.author, event.guild_id
        if author.membership is None or author.kind is not Kind.HUMAN or guild_id is None:
            return None
        if _mark_of_names(guild_id, author) in self._speakers:
            return None
        return NamesSeen(guild_id, author, standing=True)


def _mark(event: MessageSeen | ThreadSeen, revision: int) -> int:
    if isinstance(event, ThreadSeen):
        return Judged.mark(event.thread_id, event.title, revision)
    return Judged.mark(event.message_id, event.parts, revision)


def _mark_of_names(guild_id: int, person: Person) -> int:
    nickname = person.membership.nickname if person.membership else None
    names = (nickname, person.global_name, person.username, person.server_tag)
    return Judged.mark(guild_id, person.user_id, names)


_NO_RULES = Ruleset(compile_lists({}))
