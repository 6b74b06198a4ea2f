"""What moderators do by hand in Discord becomes a case, once: told by the audit log while it
happens, and read from it for the time in which the bot was away."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from moderation.cases import Case, CaseKind, HandMade
from moderation.consequence import (
    BAN,
    KICK,
    LOG,
    MAX_TIMEOUT_MS,
    MINUTE_MS,
    Consequence,
    Step,
)
from moderation.errors import PalisadeError
from moderation.records import Actor
from moderation.snowflakes import first_at, made_at
from service.clock import utc_ms

log = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
"""Pause before the next attempt where Discord or the store had failed."""

READ_AT_ONCE = 2
"""Guilds whose log is read at the same time: after a start all of them are, and messages must be
judged and deleted meanwhile."""

ASK_AGAIN_SECONDS = 10.0
"""Pause after a change of permissions, before a log that was closed is asked for again."""

CLOSES = {CaseKind.UNBAN: Step.BAN, CaseKind.TIMEOUT_ENDED: Step.TIMEOUT}
"""What is over when somebody does this by hand."""

NOTES = {
    CaseKind.UNBAN: "The ban was lifted by hand.",
    CaseKind.TIMEOUT_ENDED: "The timeout was ended by hand.",
}


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the audit log says that somebody did to a member. ``until`` is the end of a timeout (UTC
    in milliseconds), ``text`` what a nickname was and is; names are "" where Discord did not tell
    them."""

    entry_id: int
    kind: CaseKind
    user_id: int
    by_id: int
    reason: str = ""
    until: int | None = None
    text: str | None = None
    user_name: str = ""
    by_name: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """What was done by hand after an entry, oldest first; ``last`` is the newest entry of any kind,
    ``complete`` whether that is all."""

    done: Sequence[ByHand]
    last: int
    complete: bool = True


class AuditLogUnreadable(PalisadeError):
    """The audit log cannot be read; the text says why. ``passing`` where it may soon."""

    def __init__(self, why: str, *, passing: bool) -> None:
        self.passing = passing
        super().__init__(why)


class AuditLog(Protocol):
    """Discord's side."""

    async def missed(self, guild_id: int, after: int) -> Missed:
        """What was done by hand after an entry. Raises AuditLogUnreadable."""
        ...

    async def name(self, user_id: int) -> str:
        """The name of an account, "" where Discord does not tell."""
        ...


class HandLog(Protocol):
    """The memory's side, beside the cases."""

    async def seen(self, guild_id: int) -> int | None: ...

    async def saw(self, guild_id: int, entry_id: int) -> None: ...

    async def close_running(
        self, guild_id: int, user_id: int, step: Step, *, before: int, by: Actor, note: str
    ) -> Sequence[int]: ...


class CaseBook(Protocol):
    """The cases."""

    async def open_case(self, guild_id: int, new: HandMade) -> Case | None: ...


class HandMadeCases:
    """``heard`` for what happens, ``begin`` when a guild is there. ``changed`` is called with each
    case that was made or closed."""

    def __init__(
        self,
        audit_log: AuditLog,
        store: HandLog,
        cases: CaseBook,
        changed: Callable[[int, int], None],
        *,
        clock: Callable[[], int] = utc_ms,
    ) -> None:
        self._audit_log = audit_log
        self._store = store
        self._cases = cases
        self._changed = changed
        self._clock = clock
        self._heard: dict[int, deque[ByHand]] = {}
        self._to_read: set[int] = set()
        self._behind: set[int] = set()
        self._closed_to_us: set[int] = set()
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._readings = asyncio.Semaphore(READ_AT_ONCE)
        self._closing = False

    def unreadable(self, guild_id: int) -> bool:
        """Whether Discord refused the guild's audit log."""
        return guild_id in self._closed_to_us

    def heard(self, guild_id: int, done: Collection[ByHand]) -> None:
        """Somebody did this just now."""
        if done:
            self._heard.setdefault(guild_id, deque()).extend(done)
            self._work_on(guild_id)

    def begin(self, guild_id: int) -> None:
        """The guild is there, after a start or an absence: read what was missed."""
        self._to_read.add(guild_id)
        self._behind.add(guild_id)
        self._work_on(guild_id)

    def permissions_changed(self, guild_id: int) -> None:
        """Its audit log may be open now."""
        if guild_id in self._closed_to_us:
            self._later(guild_id, ASK_AGAIN_SECONDS)

    async def idle(self) -> None:
        """Wait until all that was heard is a case; for tests."""
        while self._workers:
            await asyncio.wait(set(self._workers.values()))

    async def close(self) -> None:
        """Make no more cases; the next start reads what is left."""
        self._closing = True
        for timer in self._timers.values():
            timer.cancel()
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _work_on(self, guild_id: int) -> None:
        if not self._closing and guild_id not in self._workers:
            worker = asyncio.create_task(self._work(guild_id), name="made by hand")
            self._workers[guild_id] = worker

    def _later(self, guild_id: int, seconds: float) -> None:
        if guild_id not in self._timers and not self._closing:

            def now() -> None:
                self._timers.pop(guild_id, None)
                self.begin(guild_id)

            loop = asyncio.get_running_loop()
            self._timers[guild_id] = loop.call_later(seconds, now)

    async def _work(self, guild_id: int) -> None:
        """One thing after another: what was missed first."""
        while guild_id in self._to_read or self._heard.get(guild_id):
            if guild_id in self._to_read:
                async with self._readings:
                    self._to_read.discard(guild_id)
                    await self._carefully(guild_id, self._read(guild_id))
            elif queue := self._heard.get(guild_id):
                await self._carefully(guild_id, self._take_in(guild_id, queue.popleft()))
        self._heard.pop(guild_id, None)
        del self._workers[guild_id]

    async def _carefully(self, guild_id: int, work: Coroutine[Any, Any, None]) -> None:
        """What goes wrong is read again from the audit log."""
        try:
            await work
        except AuditLogUnreadable as error:
            self._behind.add(guild_id)
            if error.passing:
                self._later(guild_id, RETRY_SECONDS)
            elif guild_id not in self._closed_to_us:
                self._closed_to_us.add(guild_id)
                log.warning(
                    "What moderators of server %d do by hand makes no cases: %s", guild_id, error
                )
        except Exception as error:
            self._behind.add(guild_id)
            if isinstance(error, PalisadeError | OSError):
                log.error("A case made by hand cannot be kept: %s", error)
            else:
                log.exception("Making a case of what was done by hand broke")
            self._later(guild_id, RETRY_SECONDS)

    async def _read(self, guild_id: int) -> None:
        seen = await self._store.seen(guild_id)
        now = first_at(self._clock())
        if seen is None:
            # What was done before the bot came is not its affair; the log must be open for it.
            await self._audit_log.missed(guild_id, now)
            await self._store.saw(guild_id, now)
        else:
            missed = await self._audit_log.missed(guild_id, seen)
            for one in missed.done:
                await self._make(guild_id, one)
                await self._store.saw(guild_id, one.entry_id)
            if missed.last > seen:
                await self._store.saw(guild_id, missed.last)
            if not missed.complete:
                log.error(
                    "The audit log of server %d has grown too long to be read whole: some of what "
                    "moderators did while the bot was away is no case",
                    guild_id,
                )
                await self._store.saw(guild_id, now)
        self._behind.discard(guild_id)
        self._closed_to_us.discard(guild_id)

    async def _take_in(self, guild_id: int, one: ByHand) -> None:
        await self._make(guild_id, one)
        if guild_id not in self._behind:
            await self._store.saw(guild_id, one.entry_id)

    async def _make(self, guild_id: int, one: ByHand) -> None:
        at = made_at(one.entry_id)
        by = Actor(one.by_id, one.by_name or await self._audit_log.name(one.by_id))
        user_name = one.user_name or await self._audit_log.name(one.user_id)
        step = CLOSES.get(one.kind)
        if step is not None:
            # First: a kill between the two leaves nothing open, and closes nothing twice.
            for number in await self._store.close_running(
                guild_id, one.user_id, step, before=at, by=by, note=NOTES[one.kind]
            ):
                self._changed(guild_id, number)
        case = await self._cases.open_case(
            guild_id,
            HandMade(
                kind=one.kind,
                user_id=one.user_id,
                user_name=user_name,
                by=by,
                reason=one.reason,
                consequence=_consequence(one, at),
                at=at,
                cause=f"audit:{one.entry_id}:{one.kind}",
                expires_at=one.until,
                text=one.text,
            ),
        )
        if case is not None:
            self._changed(guild_id, case.number)


def _consequence(one: ByHand, at: int) -> Consequence:
    match one.kind:
        case CaseKind.TIMEOUT:
            length = (one.until or at) - at
            return Consequence(Step.TIMEOUT, min(max(length, MINUTE_MS), MAX_TIMEOUT_MS))
        case CaseKind.KICK:
            return KICK
        case CaseKind.BAN:
            return BAN
    return LOG
