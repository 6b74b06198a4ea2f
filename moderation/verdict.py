"""The decision about one event, its reasons (also the reason why not), and the actions it asks
for. A verdict is what we intend; an outcome is what Discord answered."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from moderation.consequence import DELETE, LOG, Consequence, Step
from moderation.events import Event, MessageSeen, NamesSeen, Part, ThreadSeen
from moderation.matcher import Hit
from moderation.policy import DEFAULT, GuildPolicy


class Skip(StrEnum):
    """Why an event was not judged at all. The value is what people read."""

    OURSELVES = "it is this bot's own"
    BOT = "another bot wrote it"
    DIRECT_MESSAGE = "it is a direct message"
    ALERT = "it is an alert of Discord's AutoMod"
    UNDELETABLE = "it is a notice of Discord's that nobody can delete"
    UNCHANGED = "it was judged before and says the same"


@dataclass(frozen=True, slots=True)
class Found:
    """A hit and the part of the event that it was found in; ``consequence`` is what its list, or
    its entry, asks for, which a list in the ``shadow`` only tells. ``reason`` is the entry's
    own."""

    part: Part
    hit: Hit
    consequence: Consequence = DELETE
    shadow: bool = False
    reason: str = ""

    @property
    def acts(self) -> bool:
        """Whether what was written is to be taken away for it."""
        return not self.shadow and self.consequence.step is not Step.LOG


class Because(StrEnum):
    """Why a list's hits do not count. The value is what people read, the name of the role, channel
    or member after it."""

    ROLE = "they have the exempt role"
    CHANNEL = "it is in the exempt channel"
    MEMBER = "they are exempt by name"
    MODERATOR = "they are a moderator"
    OWNER = "they own the server"
    LIST_OFF = "the list is switched off"
    NOT_WATCHED = "the list does not watch this"
    NOT_HERE = "the list does not apply in this channel"
    EXPIRED = "the entry has expired"


@dataclass(frozen=True, slots=True)
class Exempt:
    """A list whose hits do not count, and why; ``snowflake`` is the role, channel or member that it
    is for, 0 where there is none. ``list`` is "" where it holds for all lists."""

    list: str
    because: Because
    snowflake: int = 0


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    """Delete one message. ``reason`` is for the audit log."""

    guild_id: int
    channel_id: int
    message_id: int
    reason: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two actions that would do the same thing."""
        return ("delete", self.channel_id, self.message_id)


@dataclass(frozen=True, slots=True)
class SetNickname:
    """Give a member a nickname, or take it away with None. ``reason`` is for the audit log."""

    guild_id: int
    user_id: int
    nickname: str | None
    reason: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two actions on the same name."""
        return ("nickname", self.guild_id, self.user_id)


@dataclass(frozen=True, slots=True)
class RenameThread:
    """Give a thread or a forum post another title. ``reason`` is for the audit log."""

    guild_id: int
    thread_id: int
    title: str
    reason: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two actions on the same title."""
        return ("title", self.guild_id, self.thread_id)


@dataclass(frozen=True, slots=True)
class TimeOut:
    """Silence a member until ``until`` (UTC in milliseconds). ``reason`` is for the audit log."""

    guild_id: int
    user_id: int
    until: int
    reason: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two actions on the same member's timeout."""
        return ("timeout", self.guild_id, self.user_id)


@dataclass(frozen=True, slots=True)
class EndTimeout:
    """Let a member speak again. ``reason`` is for the audit log."""

    guild_id: int
    user_id: int
    reason: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two actions that would do the same thing."""
        return ("end timeout", self.guild_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Kick:
    """Throw a member out. ``reason`` is for the audit log."""

    guild_id: int
    user_id: int
    reason: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two actions that would do the same thing."""
        return ("kick", self.guild_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Ban:
    """Keep a user out; ``until`` (UTC in milliseconds) is when the ban ends, None for good. No
    messages are deleted with it. ``reason`` is for the audit log."""

    guild_id: int
    user_id: int
    until: int | None
    reason: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two actions on the same user's ban."""
        return ("ban", self.guild_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Unban:
    """Let a user join again. ``reason`` is for the audit log."""

    guild_id: int
    user_id: int
    reason: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two actions that would do the same thing."""
        return ("unban", self.guild_id, self.user_id)


type Sanction = TimeOut | EndTimeout | Kick | Ban | Unban

type Action = DeleteMessage | SetNickname | RenameThread | Sanction
"""A verdict asks for the first three; sanctions come of its case (``moderation/escalation.py``)."""


@dataclass(frozen=True)  # without slots, for ``clean``
class Verdict:
    """What was decided about ``event``: skipped, clean, or a violation with what to do about it.

    ``found`` begins with what is acted on; what lists in the shadow found comes last. ``more``
    counts the hits that count beyond those in ``found``. ``consequence`` is that of all of them
    together; log only where just lists in the shadow found something. ``policy`` is what was in
    force.

    ``spared`` are the lists whose hits do not count, and why: whoever wrote it, or where, is
    exempt; ``spared_from`` is what those hits would have asked for. ``unsure`` says that Discord
    did not tell who wrote it well enough to know that they are not exempt."""

    event: Event
    skipped: Skip | None = None
    found: tuple[Found, ...] = ()
    more: int = 0
    actions: tuple[Action, ...] = ()
    consequence: Consequence = DELETE
    spared: tuple[Exempt, ...] = ()
    spared_from: Consequence = LOG
    unsure: bool = False
    policy: GuildPolicy = DEFAULT

    @classmethod
    def clean(cls, event: Event) -> Self:
        """The verdict on what nothing was found in, as nearly everything: the same as
        ``Verdict(event)``, in a quarter of its time, since the defaults stay where they are."""
        verdict = cls.__new__(cls)
        verdict.__dict__["event"] = event
        return verdict

    @property
    def violates(self) -> bool:
        """Whether a banned entry was found, be it only told."""
        return bool(self.found)

    @property
    def acts(self) -> bool:
        """Whether what was written is to be taken away, as far as that can be done."""
        return any(found.acts for found in self.found)


class Outcome(StrEnum):
    """What became of an action. The value is what people read."""

    DONE = "done"
    GONE = "already gone"  # what we wanted away was away: a success
    FORBIDDEN = "forbidden"  # Discord does not let the bot do it
    FAILED = "failed"  # tried again and again, and given up
    WITHDRAWN = "withdrawn"  # its case was undone before it was carried out
    HELD = "held back"  # not tried, because trying on would be a fight (names and titles only)

    @property
    def succeeded(self) -> bool:
        """Whether the world now is as the action wanted it."""
        return self in (Outcome.DONE, Outcome.GONE)


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome with Discord's own words about it, "" where there were none. ``final`` is False
    for a failure that may pass by itself: an outage, a lost connection; before ``again_in``
    seconds it does not."""

    outcome: Outcome
    detail: str = ""
    final: bool = True
    again_in: float = 0.0


def where(event: Event) -> str:
    """The ids of an event's place for a log line: nothing that anyone wrote."""
    match event:
        case MessageSeen():
            return f"message {event.message_id} in channel {event.channel_id}"
        case NamesSeen():
            return f"member {event.person.user_id}"
        case ThreadSeen():
            return f"thread {event.thread_id}"
