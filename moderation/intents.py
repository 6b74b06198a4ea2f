"""What was decided and is to be done, as it is kept until it is done: ids, entries and times, never
what people wrote (but for the nickname that is taken away, so that it can be given back)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from moderation.events import Event, MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.matcher import Hit
from moderation.people import Kind, Membership, Person
from moderation.verdict import (
    Action,
    DeleteMessage,
    Found,
    Outcome,
    RenameThread,
    SetNickname,
    Verdict,
)

DEADLINE_MS = 7 * 24 * 60 * 60 * 1000
"""How long after a decision its actions are still tried, above all those that wait for a
permission: 7 days, in milliseconds."""


class State(StrEnum):
    """What became of an action. The values are stored: they are never renamed."""

    PENDING = "pending"
    DONE = "done"
    GONE = "gone"
    FORBIDDEN = "forbidden"  # it waits for a permission
    FAILED = "failed"
    UNKNOWN = "unknown"  # it may have happened, and doing it again could do it twice


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision and its actions. ``cause`` is what it is about: a second decision of the same
    cause is the same one. ``at`` and ``deadline`` are UTC in milliseconds.

    ``old_nickname`` is the nickname that is taken away.
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


STATES = {
    Outcome.DONE: State.DONE,
    Outcome.GONE: State.GONE,
    Outcome.FORBIDDEN: State.FORBIDDEN,
    Outcome.FAILED: State.FAILED,
}
"""How each outcome is kept. What was held back was never begun."""


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
