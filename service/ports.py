"""What the service needs of the world, as small Protocols. The edge (``cogs/``) and the memory
(``data/``) fulfil them; tests may too, with fakes that behave."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from enum import Enum, auto
from typing import Protocol

from moderation.events import ThreadSeen
from moderation.intents import Decision, Ending, Owed, Recorded
from moderation.people import Person
from moderation.policy import NO_TERMS, EntryTerms
from moderation.progress import GuildCursors, GuildProgress
from moderation.records import Actor, Added, Change, GuildWords, Removed
from moderation.verdict import Action, Ban, DeleteMessage, Kick, Result, TimeOut, Verdict
from moderation.words import AllowedPhrase, BannedWord
from service.history import Posted
from service.members import MembersPage

type Gate = Callable[[], Awaitable[object]]
"""Returns when something may be done; raises where it may not. May be called again and again."""


class InForce(Enum):
    """Whether what is to be done to a member has come about."""

    NO = auto()
    YES = auto()
    LONGER = auto()
    """A timeout beyond what was asked for, which is somebody else's."""


class Discord(Protocol):
    """Carrying out an action, and looking someone up."""

    async def enforce(self, action: Action, *, when: Gate | None = None) -> Result:
        """Carry out ``action`` over REST and tell what Discord answered. What there is to prepare
        is prepared at once; nothing is sent before ``when`` has returned. Never raises for an
        answer of Discord's; only cancellation passes through, and what ``when`` raises."""
        ...

    async def delete_together(self, actions: Sequence[DeleteMessage]) -> Result:
        """Delete 2 to 100 messages of one channel, none older than 14 days, in one request. A
        FAILED that is final says that the request as a whole was refused. Never raises for an
        answer of Discord's."""
        ...

    async def in_force(self, action: TimeOut | Kick | Ban, since: int) -> InForce:
        """Whether what an action wants has come about: a timeout as long, a ban, or that whoever
        was a member before ``since`` (UTC in milliseconds) has left, and come again maybe. Raises
        NotFoundOut where that cannot be looked up."""
        ...

    async def member(self, guild_id: int, user_id: int) -> Person | None:
        """The member as Discord has them now; None for someone who is not there. Raises
        NotFoundOut where that cannot be looked up."""
        ...


class Threads(Protocol):
    """Looking up threads and forum posts."""

    async def active(self, guild_id: int) -> Sequence[ThreadSeen]:
        """The titles of all active threads of a guild that the bot can see. Raises NotFoundOut."""
        ...

    async def title(self, guild_id: int, thread_id: int) -> str | None:
        """The title as it is now; None where the thread is gone. Raises NotFoundOut where that
        cannot be looked up."""
        ...


class WordStore(Protocol):
    """The lists of each guild, kept on disk. ``guild_id`` is always first."""

    async def words(self, guild_id: int) -> GuildWords: ...

    async def add_words(
        self,
        guild_id: int,
        entries: Sequence[BannedWord],
        *,
        by: Actor,
        list_name: str = "main",
        own: EntryTerms = NO_TERMS,
    ) -> Added[BannedWord]: ...

    async def remove_words(
        self, guild_id: int, entries: Sequence[BannedWord], *, by: Actor, list_name: str = "main"
    ) -> Removed[BannedWord]: ...

    async def clear_words(
        self, guild_id: int, *, by: Actor, list_name: str = "main"
    ) -> tuple[BannedWord, ...]: ...

    async def add_allowed(
        self, guild_id: int, entries: Sequence[AllowedPhrase], *, by: Actor
    ) -> Added[AllowedPhrase]: ...

    async def remove_allowed(
        self, guild_id: int, entries: Sequence[AllowedPhrase], *, by: Actor
    ) -> Removed[AllowedPhrase]: ...

    async def changes(
        self, guild_id: int, *, limit: int = 50, before: int | None = None
    ) -> list[Change]: ...


class GuildStore(Protocol):
    """Which servers the bot is in, and when it left the others."""

    async def guild_joined(self, guild_id: int) -> None: ...

    async def guild_left(self, guild_id: int) -> None: ...

    async def guild_ids(self) -> Sequence[int]: ...

    async def erase_departed(self) -> list[int]: ...


class IntentStore(Protocol):
    """The log of what was decided and what became of it. See ``moderation/intents.py``."""

    async def decided(
        self, decision: Decision, nearly: Callable[[], None] | None = None
    ) -> Recorded:
        """Write a decision with its actions, its case and what the member is owed for it.
        ``nearly`` may be called when all that is left is to wait for the disk."""
        ...

    async def ended(self, endings: Sequence[Ending]) -> None: ...

    async def unfinished(self, guild_id: int) -> Sequence[Owed]: ...


class Holds(Protocol):
    """Told of messages whose decision is not recorded yet."""

    def hold(self, guild_id: int, channel_id: int, message_id: int) -> None: ...

    def release(self, channel_id: int, message_id: int) -> None: ...


class Observer(Protocol):
    """Someone who is told of every decision and of every outcome, in that order."""

    def judged(self, verdict: Verdict) -> None: ...

    def enforced(self, verdict: Verdict, action: Action, result: Result) -> None: ...


class CursorStore(Protocol):
    """How far the messages of each channel were judged. See ``moderation/progress.py``."""

    async def resume(self, guild_id: int, heard_until: int | None = None) -> GuildCursors: ...

    async def keep(self, changed: Sequence[GuildProgress]) -> None: ...


class History(Protocol):
    """Reading what stands in a channel or thread, oldest first; that raises Unreadable."""

    def hidden(self, guild_id: int, channel_id: int | None) -> Collection[int]:
        """The channels and threads that the bot may not see, or whether it is this one, as far as
        is known without asking."""
        ...

    async def latest(self, guild_id: int, channel_id: int) -> Sequence[Posted]:
        """The last messages, at most 100; as edits, since all of them may have been judged."""
        ...

    async def after(
        self, guild_id: int, channel_id: int, message_id: int, limit: int
    ) -> Sequence[Posted]:
        """The first messages after the one named, at most ``limit`` and 100."""
        ...


class Members(Protocol):
    """Reading all members of a guild."""

    async def page(self, guild_id: int, after: int) -> MembersPage:
        """The members whose ids follow ``after``, at most 1,000. Raises MembersUnreadable."""
        ...
