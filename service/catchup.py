"""Reading what was said while the bot was away.

When a guild becomes available, each of its channels and threads in which something may have been
missed is read from its cursor, a few at once, within bounds of age and number. What was posted
since is judged as new, what was edited since as an edit, and nothing else is. The cursor moves with
each page, so that a start that is interrupted goes on where it was; the log says in the end what
was read and what could not be.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clock import utc_ms
from moderation.events import Event
from moderation.snowflakes import first_at, made_at
from service.cursors import Cursors
from service.gaps import Gap, Place
from service.history import Posted, Unreadable
from service.places import Places
from service.ports import History
from service.rules import Rules

log = logging.getLogger(__name__)

CHANNELS_AT_ONCE = 4
PAGE = 100
"""As many messages as Discord gives in one request (Discord, Get Channel Messages)."""

HOUR_MS = 60 * 60 * 1000

RETRY_SECONDS = 30.0
"""How long to wait where Discord or the store cannot be reached."""

CLOSING_SECONDS = 1.0
"""How much of the time in which the program has to end is spent on servers whose turn had not
come."""

HIDDEN_BEFORE_MS = 10_000
"""A channel is known to be hidden a moment after it was; clocks differ, too."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is read at most of each channel: nothing older than ``hours``, and ``messages``."""

    hours: int = 24
    messages: int = 1000


@dataclass(slots=True)
class _Report:
    new: int = 0
    edited: int = 0
    channels: int = 0
    too_many: list[int] = field(default_factory=list)
    too_old: list[int] = field(default_factory=list)
    unreadable: dict[str, list[int]] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)


class CatchUp:
    """``available`` when a guild is there, ``again`` where events gave way; ``handle`` is the
    moderator's."""

    def __init__(
        self,
        cursors: Cursors,
        history: History,
        rules: Rules,
        handle: Callable[[Event], None],
        bounds: Bounds,
        *,
        clock: Callable[[], int] = utc_ms,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._cursors = cursors
        self._history = history
        self._rules = rules
        self._handle = handle
        self._bounds = bounds
        self._clock = clock
        self._retry_seconds = retry_seconds
        self._wanted: dict[int, Sequence[Place] | None] = {}
        # Guilds that are there, but whose cursors have not been gone on from yet.
        self._to_resume: dict[int, Sequence[Place]] = {}
        self._waking = asyncio.Event()
        self._idle = asyncio.Event()
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._unreadable: dict[int, set[int]] = {}
        self._permission_changes = 0
        # By guild and channel: after which message nothing of it was seen.
        self._hidden_since: dict[int, dict[int, int]] = {}
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to read, as soon as there is something."""
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="catching up")

    def available(self, guild_id: int, places: Sequence[Place]) -> None:
        """A guild is there, with all its channels and active threads: after a start, after an
        outage, or because the bot was invited."""
        self._cursors.positions.pause(guild_id)
        self._to_resume[guild_id] = there = Places(places)
        self._want(guild_id, there)

    def again(self, guild_id: int) -> None:
        """Messages of this guild were left to be read again."""
        self._want(guild_id, self._wanted.get(guild_id))

    def permissions_changed(
        self, guild_id: int, channel_id: int | None = None, *, hidden: bool = False
    ) -> None:
        """The bot may see or read other channels than before, or this one, which Discord says is
        ``hidden`` from it: looked at when who keeps the permissions has heard of the change as
        well."""
        self._permission_changes += 1
        told = frozenset({channel_id} if channel_id is not None and hidden else ())
        loop = asyncio.get_running_loop()
        loop.call_soon(self._look_at_permissions, guild_id, channel_id, told)

    def seen_again(self, guild_id: int, threads: Mapping[int, int]) -> None:
        """The bot sees channels that it did not see, with these active threads, each with its
        channel. In those that are new to the bot everything is read since their channel was
        hidden."""
        since = self._hidden_since.get(guild_id, {})
        positions = self._cursors.positions
        found = False
        for thread_id, channel_id in threads.items():
            if channel_id in since and positions.gap(thread_id) is None:
                positions.leave(guild_id, thread_id, max(thread_id, since[channel_id]))
                found = True
        if found:
            self._want(guild_id, self._wanted.get(guild_id))

    def unavailable(self, guild_id: int) -> None:
        """A guild is out of reach, or was left."""
        self._wanted.pop(guild_id, None)
        self._to_resume.pop(guild_id, None)
        self._unreadable.pop(guild_id, None)
        self._hidden_since.pop(guild_id, None)

    async def idle(self) -> None:
        """Wait until there is nothing to read, but for what is to be tried again later."""
        await self._idle.wait()

    async def close(self) -> None:
        """Stop reading; the cursors stay where they are. Guilds whose turn had not come begin to be
        kept, for messages were judged in them, too: what comes after those is missed from now on.
        """
        for timer in self._timers.values():
            timer.cancel()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                for guild_id, places in list(self._to_resume.items()):
                    await self._cursors.resume(guild_id, places)
        except Exception as error:
            log.error(
                "Where to read on in some servers after the next start is not kept: %r", error
            )

    def _want(self, guild_id: int, places: Sequence[Place] | None) -> None:
        self._wanted[guild_id] = places
        self._idle.clear()
        self._waking.set()

    def _look_at_permissions(
        self, guild_id: int, channel_id: int | None, told: frozenset[int]
    ) -> None:
        """What is said in a channel that is hidden does not come: it is to be read when it can
        be."""
        positions = self._cursors.positions
        before = self._unreadable.setdefault(guild_id, set())
        known = {gap.channel_id for gap in positions.gaps(guild_id)}
        hidden = told.union(self._history.hidden(guild_id, channel_id))
        for number in hidden - before:
            since = first_at(self._clock() - HIDDEN_BEFORE_MS)
            self._hidden_since.setdefault(guild_id, {})[number] = since
            if number not in known:
                positions.leave(guild_id, number, since)
        perhaps = (before if channel_id is None else before & {channel_id}) - hidden
        if perhaps:
            self._want(guild_id, self._wanted.get(guild_id))
        # What still cannot be read is found out then.
        before -= perhaps
        before |= hidden

    async def _work(self) -> None:
        while True:
            while self._wanted:
                guild_id = next(iter(self._wanted))
                places = self._wanted.pop(guild_id)
                try:
                    await self._guild(guild_id, places)
                except Exception:
                    log.exception("Reading what was missed in server %d broke", guild_id)
                    self._later(guild_id, places)
            self._waking.clear()
            self._idle.set()
            await self._waking.wait()

    def _later(self, guild_id: int, places: Sequence[Place] | None) -> None:
        def now() -> None:
            del self._timers[guild_id]
            # What became available again meanwhile is newer.
            self._want(guild_id, self._wanted.get(guild_id, places))

        if guild_id not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[guild_id] = loop.call_later(self._retry_seconds, now)

    async def _guild(self, guild_id: int, places: Sequence[Place] | None) -> None:
        positions = self._cursors.positions
        if places is None:
            gaps = positions.gaps(guild_id)
        else:
            gaps = await self._cursors.resume(guild_id, places)
            if self._to_resume.get(guild_id) is places:
                del self._to_resume[guild_id]
        known = {place.channel_id: place for place in places or ()}
        report = _Report()
        turns = asyncio.Semaphore(CHANNELS_AT_ONCE)
        again = f"{guild_id} {self._clock()}"

        async def read(gap: Gap) -> None:
            async with turns:
                # All that was missed in one absence is one reading, however often it is begun.
                reading = again if places is None else str(gap.since)
                await self._channel(gap, known.get(gap.channel_id), report, reading)
            if places is not None and gap.channel_id not in known and not positions.is_open(gap):
                # An archived thread: its next message brings it back.
                positions.forget(guild_id, gap.channel_id)

        async with asyncio.TaskGroup() as group:
            for gap in gaps:
                group.create_task(read(gap))
        self._tell(guild_id, report)
        if report.failed:
            self._later(guild_id, None)

    async def _channel(self, gap: Gap, place: Place | None, report: _Report, reading: str) -> None:
        oldest = self._clock() - self._bounds.hours * HOUR_MS
        hidden = place is not None and place.hidden
        if hidden:
            since = self._hidden_since.setdefault(gap.guild_id, {})
            since.setdefault(gap.channel_id, gap.position)
        nothing_new = place is not None and not hidden and (place.newest or 0) <= gap.position
        if nothing_new and made_at(gap.position) < oldest:
            self._cursors.positions.close(gap)
            return
        unreadable = self._unreadable.setdefault(gap.guild_id, set())
        unreadable.discard(gap.channel_id)
        changes = self._permission_changes
        try:
            await self._read(gap, oldest, report, reading)
        except Unreadable as error:
            if error.gone:
                self._cursors.positions.forget(gap.guild_id, gap.channel_id)
            elif error.passing:
                report.failed.append(gap.channel_id)
            else:
                # At once: the permission may come back while other channels are still being read.
                unreadable.add(gap.channel_id)
                report.unreadable.setdefault(str(error), []).append(gap.channel_id)
                if self._permission_changes != changes:
                    self._want(gap.guild_id, self._wanted.get(gap.guild_id))

    async def _read(self, gap: Gap, oldest: int, report: _Report, reading: str) -> None:
        latest = await self._history.latest(gap.guild_id, gap.channel_id)
        edited = [
            posted
            for posted in latest
            if posted.message_id <= gap.position
            and posted.edited_at is not None
            and posted.edited_at >= max(gap.since, oldest)
        ]
        await self._judge(gap.guild_id, edited, reading)
        report.edited += len(edited)
        start = max(gap.position, first_at(oldest) - 1)
        if start > gap.position and any(
            gap.position < posted.message_id <= start for posted in latest
        ):
            report.too_old.append(gap.channel_id)
        read = 0
        while latest and latest[-1].message_id > start:
            if read >= self._bounds.messages:
                report.too_many.append(gap.channel_id)
                break
            limit = min(PAGE, self._bounds.messages - read)
            page = await self._history.after(gap.guild_id, gap.channel_id, start, limit)
            await self._judge(gap.guild_id, page, reading)
            read += len(page)
            if page:
                start = page[-1].message_id
                gap.advance(start)
            if len(page) < limit or not self._cursors.positions.is_open(gap):
                break
        report.new += read
        report.channels += bool(read or edited)
        if latest:
            gap.advance(latest[-1].message_id)
        self._cursors.positions.close(gap)

    async def _judge(self, guild_id: int, messages: Sequence[Posted], reading: str) -> None:
        if messages:
            await self._rules.get(guild_id)
        for posted in messages:
            if posted.event is not None:
                self._handle(replace(posted.event, catch_up=reading))

    def _tell(self, guild_id: int, report: _Report) -> None:
        unread = [f"{_list(ids)}: {why}" for why, ids in report.unreadable.items()]
        if report.too_many:
            unread.append(
                f"{_list(report.too_many)}: more than {self._bounds.messages:,} messages, "
                f"of which the first were read"
            )
        if report.too_old:
            hours = self._bounds.hours
            unread.append(f"{_list(report.too_old)}: what is older than {hours} hours")
        if report.failed:
            unread.append(
                f"{_list(report.failed)}: Discord did not answer; tried again in "
                f"{self._retry_seconds:.0f} s"
            )
        level = logging.WARNING if unread else logging.INFO
        if not (report.new or report.edited or unread):
            level = logging.DEBUG
        log.log(
            level,
            "Server %d: read what was missed: %d messages and %d edits, in %d channels%s",
            guild_id,
            report.new,
            report.edited,
            report.channels,
            f". Not read: {'; '.join(unread)}" if unread else "",
        )


def _list(channel_ids: Sequence[int]) -> str:
    shown = ", ".join(str(channel_id) for channel_id in channel_ids[:10])
    more = f" and {len(channel_ids) - 10} more" if len(channel_ids) > 10 else ""
    return f"channel{'s' if len(channel_ids) > 1 else ''} {shown}{more}"
