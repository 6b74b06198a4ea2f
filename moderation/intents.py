"""What was decided and is to be done, as it is kept until it is done: ids, entries and times, never
what people wrote (but for the nickname that is taken away, so that it can be given back)."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.cases import NewCase
from moderation.consequence import DELETE, Consequence
from moderation.events import Event, MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.matcher import Hit
from moderation.people import Kind, Membership, Person
from moderation.states import State
from moderation.verdict import (
    Action,
    DeleteMessage,
    Found,
    RenameThread,
    SetNickname,
    Verdict,
)

DEADLINE_MS = 7 * 24 * 60 * 60 * 1000
"""How long after a decision its actions are still tried, above all those that wait for a
permission: 7 days, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision and its actions. ``cause`` is what it is about: a second decision of the same
    cause is the same one. ``at`` and ``deadline`` are UTC in milliseconds.

    ``old_nickname`` is the nickname that is taken away; ``case`` the case that it makes, None where
    it makes none.
    """

    guild_id: int
    cause: str
    at: int
    deadline: int
    surface: Surface
    list_name: str
    entry: str
    actions: tuple[Action, ...]
    channel_id: int | None = None
    user_id: int | None = None
    old_nickname: str | None = None
    case: NewCase | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """An action of an earlier run of the program that is not finished; ``action_id`` is its number
    in the log, ``verdict`` as much of its verdict as is kept."""

    action_id: int
    verdict: Verdict
    action: Action
    state: State
    deadline: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as it was written. ``actions`` are the numbers of its actions in the log, None for
    one that is done. ``case_number`` is its case's, None where it made none (also where an earlier
    decision of the same cause made it). ``consequence`` is what the case came to with the ladder,
    after so many ``strikes``. ``sanctions`` are what is to be done to the member: written with the
    rest, to be carried out now, but for those that the brake holds (their state says so)."""

    actions: tuple[int | None, ...]
    case_number: int | None = None
    consequence: Consequence = DELETE
    strikes: int = 0
    sanctions: "tuple[Owed, ...]" = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of an action after so many attempts, and when (UTC in milliseconds)."""

    guild_id: int
    action_id: int
    state: State
    at: int
    attempts: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OldNickname:
    """A nickname that was taken away, and when (UTC in milliseconds)."""

    nickname: str
    removed_at: int


def decision_on(verdict: Verdict, actions: Sequence[Action], at: int) -> Decision:
    """The decision that ``verdict`` asks for, made now (``at``, UTC in milliseconds), with those of
    its actions that are to be carried out. It must have hits and be of a server."""
    event = verdict.event
    first = verdict.found[0]
    if event.guild_id is None:
        raise ValueError("nothing is decided about a direct message")
    channel_id = user_id = old_nickname = None
    match event:
        case MessageSeen():
            # A message goes once, however many events tell of it.
            cause = f"message:{event.message_id}"
            channel_id, user_id = event.channel_id, event.author.user_id
        case NamesSeen():
            # A name can be set again: each time is a cause of its own.
            cause = f"names:{event.person.user_id}:{at}"
            user_id = event.person.user_id
            if event.person.membership:
                old_nickname = event.person.membership.nickname
        case ThreadSeen():
            cause = f"title:{event.thread_id}:{at}"
            channel_id = event.thread_id
    return Decision(
        guild_id=event.guild_id,
        cause=cause,
        at=at,
        deadline=at + DEADLINE_MS,
        surface=first.part.surface,
        list_name=first.hit.list,
        entry=first.hit.entry,
        actions=tuple(actions),
        channel_id=channel_id,
        user_id=user_id or None,
        old_nickname=old_nickname,
    )


def verdict_from(
    action: Action, surface: Surface, list_name: str, entry: str, user_id: int | None
) -> Verdict:
    """A verdict as far as the log can tell of it: without any text."""
    event: Event
    match action:
        case DeleteMessage():
            author = Person(user_id or 0, Kind.UNKNOWN)
            event = MessageSeen(action.guild_id, action.channel_id, action.message_id, author, ())
        case SetNickname():
            person = Person(action.user_id, Kind.UNKNOWN, membership=Membership())
            event = NamesSeen(action.guild_id, person)
        case RenameThread():
            event = ThreadSeen(action.guild_id, action.thread_id, "")
    found = Found(Part(surface, ""), Hit(entry, list_name, 0, 0, "", ()))
    return Verdict(event, found=(found,), actions=(action,))
