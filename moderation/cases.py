"""Cases: what happened to whom, by whom and why, numbered in each guild from 1. Plain values, as
the memory keeps them and as people read them. Times are UTC in milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from moderation.consequence import Consequence
from moderation.errors import Refused
from moderation.events import Surface
from moderation.policy import Ladder
from moderation.records import Actor
from moderation.states import State


class CaseKind(StrEnum):
    """What a case is about. The values are stored, and people read them."""

    VIOLATION = "violation"  # the bot found something; ``consequence`` says what followed
    NOTE = "note"
    WARNING = "warning"
    TIMEOUT = "timeout"
    TIMEOUT_ENDED = "timeout ended"
    KICK = "kick"
    BAN = "ban"
    UNBAN = "unban"
    NICKNAME = "nickname"


class CaseState(StrEnum):
    """Whether a case still counts. The values are stored."""

    OPEN = "open"
    UNDONE = "undone"
    EXPIRED = "expired"  # its timeout or ban is over


@dataclass(frozen=True, slots=True)
class CaseHit:
    """One hit as it is kept. ``start`` and ``end`` are code points of the case's text (both 0 where
    the text is gone); ``shadow``: its list only told; ``reason`` is the entry's own."""

    list: str
    entry: str
    surface: Surface
    start: int
    end: int
    undone: tuple[str, ...]
    consequence: Consequence
    shadow: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseAction:
    """An action of a case and what became of it. ``kind`` is the action's stored name (delete,
    nickname, title, timeout, kick, ban, unban, end timeout, notice); ``until`` the end of a timeout
    or ban, None for one without; ``at`` when it ended, None while it has not."""

    action_id: int
    kind: str
    state: State
    detail: str = ""
    until: int | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class CaseNote:
    """What a moderator wrote to a case, or the reason before an edit (``was_reason``)."""

    at: int
    by: Actor
    text: str
    was_reason: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One case, whole. ``user_id`` is None where Discord did not say who it was (thread titles) and
    after an erasure; ``user_name`` is the name at that time. ``by`` is the moderator, or the bot
    with id 0. ``text`` is None when its time is over or there was none. ``consequence`` is what
    followed, escalation included; ``strikes`` how many there were with this one, 0 where it counts
    for none. ``expires_at`` is the end of the timeout or ban. ``told`` is what became of the
    notice, None where none was to be sent."""

    guild_id: int
    number: int
    at: int
    kind: CaseKind
    state: CaseState
    user_id: int | None
    user_name: str
    by: Actor
    reason: str
    consequence: Consequence
    surface: Surface | None = None
    text: str | None = None
    hits: tuple[CaseHit, ...] = ()
    more: int = 0
    channel_id: int | None = None
    message_id: int | None = None
    attachments: tuple[str, ...] = ()
    actions: tuple[CaseAction, ...] = ()
    notes: tuple[CaseNote, ...] = ()
    strikes: int = 0
    expires_at: int | None = None
    told: State | None = None
    undone_by: Actor | None = None

    @property
    def shadow(self) -> bool:
        """Whether only lists in the shadow found something: nothing was done."""
        return bool(self.hits) and all(hit.shadow for hit in self.hits)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that a decision is about to make. ``consequence`` is what the lists ask for; what the
    ladder adds is found in the same transaction, from the strikes on record. ``counts`` says
    whether it is a strike; ``catch_up`` names the reading of the history that found it, None while
    it happens. ``punishable`` says whether there is someone to act on: not behind a webhook.
    ``attachments`` are links; ``why`` is for the audit log."""

    user_name: str
    consequence: Consequence
    hits: tuple[CaseHit, ...]
    more: int = 0
    text: str | None = None
    attachments: tuple[str, ...] = ()
    counts: bool = True
    catch_up: str | None = None
    ladder: Ladder = field(default_factory=Ladder)
    punishable: bool = True
    reason: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class HandMade:
    """A case that a moderator makes: by a command or button of ours, or by hand in Discord, when
    ``cause`` names the audit-log entry so that it is made once. ``expires_at`` in UTC ms. ``text``
    is what it was about: of a nickname, what it was and is."""

    kind: CaseKind
    user_id: int
    user_name: str
    by: Actor
    reason: str
    consequence: Consequence
    at: int
    cause: str | None = None
    expires_at: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list; None and "" mean any. ``since`` and ``until`` are times (UTC in
    milliseconds), from the one on and before the other; ``below`` lets only lower numbers through,
    to read on from where one was."""

    user_id: int | None = None
    moderator_id: int | None = None
    kind: CaseKind | None = None
    entry: str = ""
    since: int | None = None
    until: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some of the cases that a filter lets through, newest first, and how many there are in all."""

    cases: Sequence[Case]
    total: int


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a case did. ``withdrawn`` are the actions, notices aside, that were not carried
    out yet and will not be, ``under_way`` those that were being carried out just then: a timeout or
    ban among them is lifted afterwards. ``case`` is as it is now. ``strikes_now`` is how many
    strikes the member has left. ``stands`` is the punishment of it that stays, by its stored kind,
    since another case that is open asks for it as well; "" where there is none."""

    case: Case
    withdrawn: int
    strikes_now: int
    stands: str = ""
    under_way: int = 0


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """What erasing a person did: how many cases are ``about`` nobody now, and the numbers of all
    that were ``changed``, by which they are told of again: those too in which they acted as a
    moderator."""

    about: int
    changed: tuple[int, ...]


class NoSuchCase(Refused):
    """A guild has no case of this number; ``last`` is its newest one's, 0 where there is none."""

    def __init__(self, number: int, last: int) -> None:
        self.number = number
        self.last = last
        known = f"The newest one is #{last}." if last else "There are no cases yet."
        super().__init__(f"There is no case #{number} in this server. {known}")
