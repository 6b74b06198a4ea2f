"""The mod log: an entry for each case when the outcomes of its actions are known, changed in place
when the case changes; several cases of a burst in one.

What is to be written is read off the store: ``changed`` only says where to look. So nothing is lost
by a kill, and nothing is written twice: a post is in the store before it is made, and one whose
message is not known is looked for before it is made again."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from moderation.cases import Case, CaseKind, NoSuchCase
from moderation.intents import Decision, Ending, Recorded
from moderation.log_posts import LogChannel, LogPost, Sketch
from moderation.policy import GuildPolicy, ModLog
from moderation.verdict import Verdict
from service.clock import utc_ms
from service.folding_log import Folds
from service.ledger import STORE_TROUBLE
from service.log_channel import (
    ChannelUnfit,
    Fitness,
    LogChannels,
    LogEntry,
    PostFailed,
    PostGone,
    PostRefused,
)
from service.log_health import LogHealth
from service.stores import LogStore

log = logging.getLogger(__name__)

GRACE_MS = 60_000
"""Cases of the minute before a channel became the mod log are told of there: a case may be
recorded before the setting was seen."""

NONCE_MS = 60_000
"""For so long a post that may have been made is simply made again. Discord remembers nonces for
"the past few minutes" (Discord, Create Message)."""

BEGUN_AT_ONCE = 4
"""Guilds at which the first look is taken at the same time: a start may have a thousand of them."""

RETRY_SECONDS = (1.0, 5.0, 15.0, 60.0)
"""Pauses where the store or Discord fails; the last one repeats."""


@dataclass(frozen=True, slots=True)
class LogPace:
    """Seconds: how long outcomes may gather after the first sign of a case; between two rounds in
    one guild; until an entry is written whose outcomes are not known yet; and how long it is
    remembered what an entry says, so that it is not written twice over: word of its last actions
    comes soon. No longer, since texts are to be forgotten."""

    settle: float = 0.3
    between: float = 2.0
    patience: float = 5.0
    remembers: float = 60.0


class Policies(Protocol):
    """What each guild has set."""

    async def policy(self, guild_id: int) -> GuildPolicy: ...


class Cases(Protocol):
    """The cases of each guild."""

    async def case(self, guild_id: int, number: int) -> Case: ...


@dataclass(slots=True)
class _Guild:
    """What is to be done in one guild. ``due`` are the cases to look at, each with the moment of
    its first sign, ``ended`` actions whose cases are; ``look`` asks for a look at the channels,
    ``all`` at everything that is not shown. ``shows`` is what was just written to posts."""

    due: dict[int, float] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    look: bool = False
    all: bool = False
    folds: Folds = field(default_factory=Folds)
    messages: dict[int, int] = field(default_factory=dict)
    shows: dict[int, LogEntry] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    last_round: float = float("-inf")
    failures: int = 0


class ModLogWriter:
    """``begin`` after a start, ``changed`` for a case, ``look`` for settings and permissions."""

    def __init__(
        self,
        store: LogStore,
        cases: Cases,
        policies: Policies,
        channels: LogChannels,
        *,
        pace: LogPace | None = None,
        clock: Callable[[], int] = utc_ms,
    ) -> None:
        self._store = store
        self._cases = cases
        self._policies = policies
        self._channels = channels
        self._health = LogHealth(store, channels, self._mended)
        self._pace = pace or LogPace()
        self._clock = clock
        self._guilds: dict[int, _Guild] = {}
        self._begun: set[int] = set()
        self._beginnings = asyncio.Semaphore(BEGUN_AT_ONCE)
        self._closed = False

    def begin(self, guild_ids: Iterable[int]) -> None:
        """The bot is in these guilds: write what an earlier run left, where that is new."""
        for guild_id in guild_ids:
            if guild_id not in self._begun:
                self._begun.add(guild_id)
                self._guild(guild_id).all = True
                self.look(guild_id)

    def changed(self, guild_id: int, number: int) -> None:
        """A case was made or changed, or an action of its has ended: and that is in the store."""
        now = asyncio.get_running_loop().time()
        self._guild(guild_id).due.setdefault(number, now)
        self._start(guild_id)

    def recorded(self, verdict: Verdict, _: Decision, recorded: Recorded) -> None:
        """A decision was written; it may have made a case."""
        if recorded.case_number is not None and verdict.event.guild_id is not None:
            self.changed(verdict.event.guild_id, recorded.case_number)

    def ended(self, endings: Iterable[Ending]) -> None:
        """Actions have ended: and that is in the store."""
        for ending in endings:
            self._guild(ending.guild_id).ended.add(ending.action_id)
            self._start(ending.guild_id)

    def look(self, guild_id: int) -> None:
        """Settings, permissions or channels have changed."""
        self._health.again(guild_id)
        self._guild(guild_id).look = True
        self._start(guild_id)

    async def trouble(self, guild_id: int) -> list[tuple[int, Fitness]]:
        """The channels of the mod log with which something is wrong just now."""
        wanted = channels_of((await self._policies.policy(guild_id)).mod_log)
        found = [(one, await self._channels.fitness(guild_id, one)) for one in sorted(wanted)]
        return [(channel_id, fitness) for channel_id, fitness in found if fitness.unfit]

    async def told_with(self, guild_id: int, first: int, last: int) -> list[int]:
        """The cases from one to another that are told of in one entry."""
        post = await self._store.post_of(guild_id, first)
        told = post.numbers if post is not None else (first,)
        return [number for number in told if first <= number <= last]

    async def idle(self) -> None:
        """Wait until nothing is to be written."""
        while tasks := [one.task for one in self._guilds.values() if one.task is not None]:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Write no more; what is left is written after the next start."""
        self._closed = True
        tasks = [one.task for one in self._guilds.values() if one.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _mended(self, guild_id: int) -> None:
        """A channel takes posts again: what was not told of there is."""
        guild = self._guild(guild_id)
        guild.look = guild.all = True

    def _guild(self, guild_id: int) -> _Guild:
        return self._guilds.setdefault(guild_id, _Guild())

    def _start(self, guild_id: int) -> None:
        guild = self._guild(guild_id)
        if guild.task is None and not self._closed:
            guild.task = asyncio.create_task(self._work(guild_id, guild), name="mod log")

    async def _work(self, guild_id: int, guild: _Guild) -> None:
        try:
            while guild.due or guild.look or guild.ended:
                await asyncio.sleep(self._wait(guild))
                if guild.all:
                    async with self._beginnings:
                        await self._one_round(guild_id, guild)
                else:
                    await self._one_round(guild_id, guild)
        finally:
            guild.task = None

    async def _one_round(self, guild_id: int, guild: _Guild) -> None:
        guild.last_round = asyncio.get_running_loop().time()
        due, guild.due = guild.due, {}
        ended, guild.ended = guild.ended, set()
        look, guild.look = guild.look, False
        left = set(due)
        try:
            for number in await self._store.cases_of(guild_id, sorted(ended)):
                due.setdefault(number, guild.last_round)
                left.add(number)
            ended.clear()
            await self._round(guild_id, guild, due, left, look=look)
            guild.failures = 0
        except Exception as error:
            guild.look |= look
            guild.ended |= ended
            self._failed(guild_id, guild, error)
        for number in left:
            guild.due.setdefault(number, due[number])

    def _wait(self, guild: _Guild) -> float:
        if guild.failures:
            return RETRY_SECONDS[min(guild.failures, len(RETRY_SECONDS)) - 1]
        since = asyncio.get_running_loop().time() - guild.last_round
        return max(self._pace.settle, self._pace.between - since)

    def _failed(self, guild_id: int, guild: _Guild, error: Exception) -> None:
        guild.failures += 1
        if not isinstance(error, STORE_TROUBLE):
            log.error("The mod log of server %d broke", guild_id, exc_info=error)
        elif guild.failures == 1:
            log.warning("The mod log of server %d waits: %s", guild_id, error)

    async def _round(
        self, guild_id: int, guild: _Guild, due: dict[int, float], left: set[int], *, look: bool
    ) -> None:
        """Write what is due. Each case that needs no further look is taken from ``left``."""
        settings = (await self._policies.policy(guild_id)).mod_log
        wanted = channels_of(settings)
        since = self._clock() - GRACE_MS
        rows = await self._store.log_channels(guild_id, wanted, since)
        known = {row.channel_id: row for row in rows}
        if look:
            for one in rows:
                await self._health.now(guild_id, one)
        if guild.all:
            # What is without a post is told of in the channels of now, so none is asked for.
            oldest = min((row.since for row in rows), default=self._clock())
            for number in await self._store.stale(guild_id, oldest):
                due.setdefault(number, guild.last_round)
                left.add(number)
            guild.all = False
        sketches = await self._store.sketches(guild_id, sorted(due))
        left &= {sketch.number for sketch in sketches}
        posts: dict[int, list[int]] = {}
        made = set()
        for sketch in sketches:
            post_id = sketch.post_id
            if post_id is None:
                if not self._is_due(sketch, due[sketch.number]):
                    continue
                row = known.get(channel_for(sketch, settings) or 0)
                if row is None or sketch.at < row.since:
                    left.discard(sketch.number)
                    continue
                if not (await self._health.now(guild_id, row)).takes_posts:
                    left.discard(sketch.number)  # told of when the channel is mended
                    continue
                post_id, new = await self._assign(guild_id, guild, sketch, row.channel_id)
                made |= {post_id} if new else set()
            posts.setdefault(post_id, []).append(sketch.number)
        failed: PostFailed | None = None
        for post_id, numbers in posts.items():
            try:
                await self._write(guild_id, guild, numbers[0], known, new=post_id in made)
                left.difference_update(numbers)
            except PostFailed as error:
                failed = error
        if failed is not None:
            raise failed

    def _is_due(self, sketch: Sketch, first_sign: float) -> bool:
        waited = asyncio.get_running_loop().time() - first_sign
        return not sketch.pending or waited >= self._pace.patience

    async def _assign(
        self, guild_id: int, guild: _Guild, sketch: Sketch, channel_id: int
    ) -> tuple[int, bool]:
        """The post that is to tell of a case, in the store by now; whether it is new."""
        now = asyncio.get_running_loop().time()
        post_id = guild.folds.join(sketch, channel_id, now)
        if post_id is not None:
            await self._store.add_to_post(guild_id, post_id, [sketch.number])
            return post_id, False
        post = await self._store.make_post(
            guild_id, channel_id, sketch.number, nonce=secrets.token_hex(12), at=self._clock()
        )
        guild.folds.opened(sketch, channel_id, post.post_id, now)
        return post.post_id, True

    async def _write(
        self, guild_id: int, guild: _Guild, number: int, known: dict[int, LogChannel], *, new: bool
    ) -> None:
        """Make or change the post of a case. Raises PostFailed where it is to be tried again."""
        post = await self._store.post_of(guild_id, number)
        if post is None or post.gone:
            return
        row = known.get(post.channel_id)
        fitness = await self._health.now(guild_id, row) if row is not None else Fitness()
        if not fitness.takes_posts:
            return
        try:
            burst = await self._store.burst(guild_id, post.post_id)
            case = await self._cases.case(guild_id, burst.first)
        except NoSuchCase:
            return  # erased meanwhile
        entry = LogEntry(case, burst, public=fitness.unfit is not None)
        # The last action to end may have been read before word of it came.
        bare = replace(entry, burst=replace(burst, changed_at=0))
        try:
            if guild.shows.get(post.post_id) != bare:
                await self._show(guild_id, guild, post, entry, new=new)
        except PostGone:
            await self._store.forget_post(guild_id, post.post_id)
        except PostRefused as error:
            log.error("Discord refuses an entry of the mod log of server %d: %s", guild_id, error)
        except ChannelUnfit as error:
            if row is not None:
                await self._health.refused(guild_id, row, error.fitness)
        else:
            await self._store.shown(guild_id, post.post_id, burst.changed_at)
            guild.messages.pop(post.post_id, None)
            guild.shows[post.post_id] = bare
            loop = asyncio.get_running_loop()
            loop.call_later(self._pace.remembers, guild.shows.pop, post.post_id, None)

    async def _show(
        self, guild_id: int, guild: _Guild, post: LogPost, entry: LogEntry, *, new: bool
    ) -> None:
        channel_id = post.channel_id
        message_id = post.message_id or guild.messages.get(post.post_id)
        there = message_id is not None
        if message_id is None and self._clock() - post.made_at > NONCE_MS:
            message_id = await self._channels.find(guild_id, channel_id, post.numbers, post.made_at)
        if message_id is None:
            message_id = await self._channels.post(guild_id, channel_id, entry, post.nonce)
        if post.message_id is None:
            guild.messages[post.post_id] = message_id
            await self._store.posted(guild_id, post.post_id, message_id)
        if there or not new:
            # What was made before says what was known then.
            await self._channels.edit(guild_id, channel_id, message_id, entry)


def channels_of(settings: ModLog) -> frozenset[int]:
    """All channels of a mod log."""
    named = (settings.channel, settings.punishments, settings.by_hand)
    return frozenset(channel_id for channel_id in named if channel_id is not None)


def channel_for(case: Sketch, settings: ModLog) -> int | None:
    """Where a case is told of."""
    if case.kind is not CaseKind.VIOLATION:
        return settings.by_hand or settings.channel
    if case.punishes:
        return settings.punishments or settings.channel
    return settings.channel
