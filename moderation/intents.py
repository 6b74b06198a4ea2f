"""What was decided and is to be done, as it is kept until it is done: ids, entries and times, and
the case that tells what people wrote for as long as the server wants it."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.cases import CaseHit, NewCase
from moderation.consequence import DELETE, Consequence, Step
from moderation.events import Event, MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.judge import audit_reason
from moderation.matcher import Hit
from moderation.people import Kind, Membership, Person
from moderation.states import State
from moderation.verdict import (
    Action,
    Ban,
    DeleteMessage,
    EndTimeout,
    Found,
    Kick,
    RenameThread,
    SetNickname,
    TimeOut,
    Unban,
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
    message_id: int | None = None
    old_nickname: str | None = None
    case: NewCase | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """An action that is written down and not finished, of an earlier run of the program maybe;
    ``action_id`` is its number in the log, ``verdict`` as much of its verdict as is kept. ``at`` is
    when it was decided, ``case_number`` its case, where it has one."""

    action_id: int
    verdict: Verdict
    action: Action
    state: State
    deadline: int
    at: int = 0
    case_number: int | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """What ended with its time: ``cases`` by guild id and number; ``unbans`` are what ends the
    bans."""

    cases: tuple[tuple[int, int], ...]
    unbans: tuple[Owed, ...]


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
    sanctions: tuple[Owed, ...] = ()


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
    its actions that are to be carried out, and its case. It must have hits and be of a server."""
    event = verdict.event
    first = next((found for found in verdict.found if not found.shadow), verdict.found[0])
    if event.guild_id is None:
        raise ValueError("nothing is decided about a direct message")
    channel_id = message_id = old_nickname = None
    person: Person | None = None
    told_only = not (actions or verdict.actions)
    match event:
        case MessageSeen():
            # A message goes once, however many events tell of it. One that was only told of may be
            # edited into something worse.
            cause = f"message:{event.message_id}"
            if told_only:
                cause = f"told:{cause}"
            channel_id, message_id, person = event.channel_id, event.message_id, event.author
        case NamesSeen():
            # A name can be set again: each time is a cause of its own. What cannot be taken away
            # is looked at again and again, and told of once.
            person = event.person
            cause = f"names:{person.user_id}:{at}"
            if told_only:
                cause = f"told:names:{person.user_id}:{_entry(first)}"
            elif person.membership:
                old_nickname = person.membership.nickname
        case ThreadSeen():
            cause = f"title:{event.thread_id}:{at}"
            if told_only:
                cause = f"told:title:{event.thread_id}:{_entry(first)}"
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
        user_id=(person.user_id if person else 0) or None,
        message_id=message_id,
        old_nickname=old_nickname,
        case=_case(verdict, first, person),
    )


def _case(verdict: Verdict, first: Found, person: Person | None) -> NewCase:
    event = verdict.event
    punishable = bool(person and person.user_id and person.kind in (Kind.HUMAN, Kind.UNKNOWN))
    # The part that is quoted comes first; where the others were found in theirs is not kept.
    ordered = sorted(verdict.found, key=lambda found: (found.part is not first.part, found.shadow))
    return NewCase(
        user_name=person.display_name if person and person.user_id else "",
        consequence=verdict.consequence,
        hits=tuple(_hit(found, first.part) for found in ordered),
        more=verdict.more,
        text=first.part.text,
        attachments=event.attachments if isinstance(event, MessageSeen) else (),
        counts=punishable and verdict.consequence.step > Step.LOG,
        catch_up=event.catch_up if isinstance(event, MessageSeen) else None,
        ladder=verdict.policy.ladder,
        punishable=punishable,
        reason=first.reason,
        why=verdict.actions[0].reason if verdict.actions else audit_reason((first,)),
    )


def _hit(found: Found, quoted: Part) -> CaseHit:
    hit = found.hit
    start, end = (hit.start, hit.end) if found.part is quoted else (0, 0)
    return CaseHit(
        list=hit.list,
        entry=hit.entry,
        surface=found.part.surface,
        start=start,
        end=end,
        undone=hit.undone,
        consequence=found.consequence,
        shadow=found.shadow,
        reason=found.reason,
    )


def _entry(found: Found) -> str:
    return f"{found.part.surface}:{found.hit.list}:{found.hit.entry}"


def verdict_from(
    action: Action, surface: Surface | None, list_name: str, entry: str, user_id: int | None
) -> Verdict:
    """A verdict as far as the log can tell of it: without any text; without a hit, too, where a
    moderator asked for the action."""
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
        case TimeOut() | EndTimeout() | Kick() | Ban() | Unban():
            event = NamesSeen(action.guild_id, Person(action.user_id, Kind.UNKNOWN))
    if surface is None:
        return Verdict(event, actions=(action,))
    found = Found(Part(surface, ""), Hit(entry, list_name, 0, 0, "", ()))
    return Verdict(event, found=(found,), actions=(action,))
