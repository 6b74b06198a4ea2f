"""The world of the service, in memory: a Discord that can be slow, refuse or break, a store and an
intent log that can fail. They behave; nothing is patched."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from moderation.events import MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.intents import Decision, Ending, Owed, Recorded, verdict_from
from moderation.matcher import Hit
from moderation.people import Membership, Person
from moderation.policy import NO_TERMS, EntryTerms
from moderation.records import MAIN_LIST, Actor, Added, Change, GuildWords, LimitReached, Removed
from moderation.states import State
from moderation.verdict import (
    Action,
    Ban,
    DeleteMessage,
    Found,
    Kick,
    Outcome,
    RenameThread,
    Result,
    SetNickname,
    TimeOut,
    Verdict,
)
from moderation.words import AllowedPhrase, BannedWord, parse_allowed, parse_entry
from service.ledger import Ledger
from service.outbox import Outbox
from service.ports import Gate, InForce, Observer

GUILD, CHANNEL, USER = 10, 20, 30
ADMIN = Actor(7, "ada")
LIMIT = 50
DONE = Result(Outcome.DONE)

type Key = tuple[int, int]


def said(content: str, *, message_id: int = 1, guild_id: int | None = GUILD) -> MessageSeen:
    """A message of a member."""
    parts = (Part(Surface.MESSAGE, content),)
    return MessageSeen(guild_id, CHANNEL, message_id, Person(USER, username="ann"), parts)


def named(nickname: str | None, *, user_id: int = USER, username: str = "ann") -> NamesSeen:
    """A member with these names."""
    person = Person(user_id, username=username, membership=Membership(nickname))
    return NamesSeen(GUILD, person)


def delete(message_id: int = 1) -> DeleteMessage:
    """The deletion of a message."""
    return DeleteMessage(GUILD, CHANNEL, message_id, "because")


def a_verdict(message_id: int = 1) -> Verdict:
    """A verdict to hand along with an action."""
    event = said("bad", message_id=message_id)
    return Verdict(event, found=(Found(event.parts[0], Hit("bad", MAIN_LIST, 0, 3, "bad", ())),))


@dataclass
class FakeDiscord:
    """Members with nicknames. ``script`` is how the next actions end: a result, or an exception;
    after it all succeed. ``gate``, where it is set, holds every action until it is opened."""

    script: deque[Result | Exception] = field(default_factory=deque)
    gate: asyncio.Event | None = None
    prepared: list[Action] = field(default_factory=list)
    enforced: list[Action] = field(default_factory=list)
    together: list[int] = field(default_factory=list)
    members: dict[Key, Person] = field(default_factory=dict)
    looked_up: list[Key] = field(default_factory=list)
    lookup_error: Exception | None = None
    titles: dict[Key, str] = field(default_factory=dict)
    standing: list[Action] = field(default_factory=list)
    on_rename: Callable[[SetNickname], None] = lambda _: None

    async def enforce(self, action: Action, *, when: Gate | None = None) -> Result:
        self.prepared.append(action)
        if when is not None:
            await when()
        self.enforced.append(action)
        if self.gate is not None:
            await self.gate.wait()
        if self.script:
            told = self.script.popleft()
            if isinstance(told, Exception):
                raise told
            return told
        if isinstance(action, RenameThread):
            self.titles[action.guild_id, action.thread_id] = action.title
        if isinstance(action, SetNickname):
            self.rename(action.user_id, action.nickname)
            self.on_rename(action)
        return DONE

    async def delete_together(self, actions: Sequence[DeleteMessage]) -> Result:
        self.together.append(len(actions))
        self.enforced += actions
        if self.gate is not None:
            await self.gate.wait()
        if self.script:
            told = self.script.popleft()
            if isinstance(told, Exception):
                raise told
            return told
        return DONE

    async def in_force(self, action: TimeOut | Kick | Ban, since: int) -> InForce:
        if self.lookup_error is not None:
            raise self.lookup_error
        return InForce.YES if action in self.standing else InForce.NO

    async def member(self, guild_id: int, user_id: int) -> Person | None:
        self.looked_up.append((guild_id, user_id))
        if self.lookup_error is not None:
            raise self.lookup_error
        return self.members.get((guild_id, user_id))

    async def active(self, guild_id: int) -> list[ThreadSeen]:
        if self.lookup_error is not None:
            raise self.lookup_error
        return [
            ThreadSeen(guild_id, thread_id, title)
            for (there, thread_id), title in self.titles.items()
            if there == guild_id
        ]

    async def title(self, guild_id: int, thread_id: int) -> str | None:
        return self.titles.get((guild_id, thread_id))

    def rename(self, user_id: int, nickname: str | None) -> NamesSeen:
        """A member's nickname changes; gives the event that Discord would send."""
        event = named(nickname, user_id=user_id)
        self.members[GUILD, user_id] = event.person
        return event


@dataclass
class FakeStore:
    """Lists and servers in memory. ``broken`` makes reads and writes fail so many times; ``gate``,
    where it is set, holds every read until it is opened. What a read gives is what is there when
    it ends."""

    lists: dict[int, list[BannedWord]] = field(default_factory=dict)
    allowed: dict[int, list[AllowedPhrase]] = field(default_factory=dict)
    guilds: dict[int, bool] = field(default_factory=dict)
    due: list[int] = field(default_factory=list)
    broken: int = 0
    gate: asyncio.Event | None = None
    reads: list[int] = field(default_factory=list)
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    wrote: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def words(self, guild_id: int) -> GuildWords:
        self.reads.append(guild_id)
        await self._read()
        listed = {MAIN_LIST: tuple(self.lists.get(guild_id, ()))}
        return GuildWords(1, listed, tuple(self.allowed.get(guild_id, ())))

    async def add_words(
        self,
        guild_id: int,
        entries: Sequence[BannedWord],
        *,
        by: Actor,
        list_name: str = MAIN_LIST,
        own: EntryTerms = NO_TERMS,
    ) -> Added[BannedWord]:
        return self._add(self.lists.setdefault(guild_id, []), entries)

    async def remove_words(
        self, guild_id: int, entries: Sequence[BannedWord], *, by: Actor, list_name: str = MAIN_LIST
    ) -> Removed[BannedWord]:
        return self._remove(self.lists.setdefault(guild_id, []), entries)

    async def clear_words(
        self, guild_id: int, *, by: Actor, list_name: str = MAIN_LIST
    ) -> tuple[BannedWord, ...]:
        self._fail()
        return tuple(self.lists.pop(guild_id, ()))

    async def add_allowed(
        self, guild_id: int, entries: Sequence[AllowedPhrase], *, by: Actor
    ) -> Added[AllowedPhrase]:
        return self._add(self.allowed.setdefault(guild_id, []), entries)

    async def remove_allowed(
        self, guild_id: int, entries: Sequence[AllowedPhrase], *, by: Actor
    ) -> Removed[AllowedPhrase]:
        return self._remove(self.allowed.setdefault(guild_id, []), entries)

    async def changes(
        self, guild_id: int, *, limit: int = 50, before: int | None = None
    ) -> list[Change]:
        return []

    async def guild_joined(self, guild_id: int) -> None:
        self._fail()
        await self._write(guild_id, True)

    async def guild_left(self, guild_id: int) -> None:
        self._fail()
        await self._write(guild_id, False)

    async def guild_ids(self) -> Sequence[int]:
        await self._read()
        return [guild_id for guild_id, present in self.guilds.items() if present]

    async def erase_departed(self) -> list[int]:
        self._fail()
        due, self.due = self.due, []
        return due

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of the servers on record."""
        async with self.wrote:
            await self.wrote.wait_for(condition)

    async def _read(self) -> None:
        self.reading.set()
        if self.gate is not None:
            await self.gate.wait()
        self._fail()

    async def _write(self, guild_id: int, present: bool) -> None:
        self.guilds[guild_id] = present
        async with self.wrote:
            self.wrote.notify_all()

    def _fail(self) -> None:
        if self.broken > 0:
            self.broken -= 1
            raise OSError("the disk is tired")

    def _add[E: (BannedWord, AllowedPhrase)](self, kept: list[E], new: Sequence[E]) -> Added[E]:
        known = {entry.key for entry in kept}
        added = tuple(entry for entry in new if entry.key not in known)
        if len(kept) + len(added) > LIMIT:
            raise LimitReached(LIMIT, len(kept), len(added))
        kept += added
        # After the change, as when an answer is lost: the caller cannot know what was written.
        self._fail()
        return Added(added, tuple(entry for entry in new if entry.key in known))

    def _remove[E: (BannedWord, AllowedPhrase)](
        self, kept: list[E], gone: Sequence[E]
    ) -> Removed[E]:
        keys = {entry.key for entry in gone}
        removed = tuple(entry for entry in kept if entry.key in keys)
        kept[:] = [entry for entry in kept if entry.key not in keys]
        self._fail()
        return Removed(removed, tuple(entry for entry in gone if entry not in removed))


@dataclass
class FakeIntents:
    """The intent log in memory. ``broken`` makes writes fail, as long as it is set; ``gate``, where
    it is set, holds every write until it is opened."""

    broken: Exception | None = None
    gate: asyncio.Event | None = None
    decisions: list[Decision] = field(default_factory=list)
    actions: dict[int, tuple[Decision, Action]] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)
    endings: list[Ending] = field(default_factory=list)
    writes: int = 0

    async def decided(
        self, decision: Decision, nearly: Callable[[], None] | None = None
    ) -> Recorded:
        if nearly is not None:
            nearly()
        await self._write()
        before = {one.cause: one for one in self.decisions}
        if decision.cause not in before:
            self.decisions.append(decision)
        numbers: list[int | None] = []
        for action in decision.actions:
            number = self._number(decision, action)
            if number is None:
                number = len(self.actions) + 1
                self.actions[number] = (decision, action)
                self.states[number] = State.PENDING
            done = self.states[number] in (State.DONE, State.GONE)
            numbers.append(None if done else number)
        return Recorded(tuple(numbers))

    async def ended(self, endings: Sequence[Ending]) -> None:
        await self._write()
        self.endings += endings
        for ending in endings:
            if self.states[ending.action_id] not in (State.DONE, State.GONE):
                self.states[ending.action_id] = ending.state

    async def unfinished(self, guild_id: int) -> Sequence[Owed]:
        if self.broken is not None:
            raise self.broken
        return [
            Owed(
                number,
                verdict_from(action, decision.surface, decision.list_name, decision.entry, None),
                action,
                self.states[number],
                decision.deadline,
            )
            for number, (decision, action) in self.actions.items()
            if decision.guild_id == guild_id
            and self.states[number] in (State.PENDING, State.FORBIDDEN)
        ]

    def _number(self, decision: Decision, action: Action) -> int | None:
        for number, (one, known) in self.actions.items():
            if one.cause == decision.cause and known.key == action.key:
                return number
        return None

    async def _write(self) -> None:
        self.writes += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.broken is not None:
            raise self.broken


def an_outbox(discord: FakeDiscord, observers: list[Observer]) -> Outbox:
    """An outbox whose log nobody looks at."""
    return Outbox(discord, observers, Ledger(FakeIntents()))


@dataclass
class Holds:
    """What is held back just now."""

    held: list[int] = field(default_factory=list)

    def hold(self, guild_id: int, channel_id: int, message_id: int) -> None:
        self.held.append(message_id)

    def release(self, channel_id: int, message_id: int) -> None:
        self.held.remove(message_id)


@dataclass
class Watch:
    """An observer that keeps what it is told, and lets a test wait for more."""

    judgements: list[Verdict] = field(default_factory=list)
    outcomes: list[tuple[Action, Result]] = field(default_factory=list)
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def judged(self, verdict: Verdict) -> None:
        self.judgements.append(verdict)
        self._told.set()

    def enforced(self, verdict: Verdict, action: Action, result: Result) -> None:
        self.outcomes.append((action, result))
        self._told.set()

    @property
    def results(self) -> list[Outcome]:
        """The outcomes alone, in order."""
        return [result.outcome for _, result in self.outcomes]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of what was told."""
        while not condition():
            self._told.clear()
            await self._told.wait()


class Broken:
    """An observer that always raises."""

    def judged(self, verdict: Verdict) -> None:
        raise RuntimeError("judged")

    def enforced(self, verdict: Verdict, action: Action, result: Result) -> None:
        raise RuntimeError("enforced")


def words(*entries: str) -> list[BannedWord]:
    """Banned words."""
    return [parse_entry(entry) for entry in entries]


def phrases(*texts: str) -> list[AllowedPhrase]:
    """Allowed phrases."""
    return [parse_allowed(text) for text in texts]
