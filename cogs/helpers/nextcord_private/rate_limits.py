"""Discord's rate limits as its headers tell them (Discord, Rate Limits).

Used by ``rest.py`` instead of Nextcord's, which keys buckets by the hash alone (so one raided
channel holds up all others), ignores Retry-After on a 429, and keeps a long window for ever.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import IntEnum
from time import monotonic

GLOBAL_PER_SECOND = 50
"""Requests a second for one bot, all routes together; interaction answers do not count."""


class Haste(IntEnum):
    """What goes first where the limit over all routes is the bottleneck."""

    READING = 0
    """Of what was said, and of all members: it can wait, and there may be much of it."""
    LOGGING = 1
    """The mod log: it tells of what the rest has done."""
    ORDINARY = 2
    """Names, titles, answers."""
    URGENT = 3
    """Deletions."""


SHARES = {Haste.READING: 0.5, Haste.LOGGING: 0.6, Haste.ORDINARY: 0.8, Haste.URGENT: 1.0}
"""How much of the limit each may use at most: the rest is kept for those that go before it."""

REMEMBERED_BUCKETS = 5_000

type Major = tuple[object, ...]
"""The parameters that Discord's buckets are separate by: channel, guild, webhook and its token."""


class LimitReachedError(Exception):
    """A request would have to wait longer than whoever sends it is ready to, by so many
    ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"Discord's limit on this is reached for {seconds:.0f} s more")


class Bucket:
    """One window of requests. Until the first answer tells the limit, requests go one at a time;
    where the answer tells none, all go at once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._limit: int | None = None
        self._known = False
        self._remaining = 1
        self._reset_at = 0.0
        self._in_flight = 0
        self._changed = asyncio.Event()
        # First come, first served; and of many who wait only the first is woken by each answer.
        self._turn = asyncio.Lock()

    @property
    def idle(self) -> bool:
        """Whether forgetting this bucket would lose nothing."""
        busy = self._in_flight > 0 or self._turn.locked()
        return not busy and self._clock() >= self._reset_at

    async def acquire(self) -> None:
        """Wait until one more request may go."""
        async with self._turn:
            while (wait := self._wait()) is not None:
                self._changed.clear()
                try:
                    async with asyncio.timeout(wait if wait > 0 else None):
                        await self._changed.wait()
                except TimeoutError:
                    pass
            self._in_flight += 1
            self._remaining -= 1

    def pause(self) -> float:
        """The seconds until one more request may go, as far as is known now."""
        return self._wait() or 0.0

    def release(self) -> None:
        """The request has ended, whatever became of it."""
        self._in_flight -= 1
        self._changed.set()

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take in the headers of an answer whose request has not been released yet."""
        limit = _number(headers.get("X-RateLimit-Limit"))
        remaining = _number(headers.get("X-RateLimit-Remaining"))
        reset_after = _number(headers.get("X-RateLimit-Reset-After"))
        if limit is None or remaining is None or reset_after is None:
            if not self._known:
                self._known, self._limit = True, None
        else:
            now = self._clock()
            # Requests under way may or may not be counted in Discord's figure: assume not.
            left = max(0, int(remaining) - (self._in_flight - 1))
            reset_at = now + reset_after
            if self._limit is not None and now < self._reset_at:
                # Answers overtake each other; an older one tells of more than there is by now.
                left, reset_at = min(left, self._remaining), max(reset_at, self._reset_at)
            self._known, self._limit = True, max(1, int(limit))
            self._remaining, self._reset_at = left, reset_at
        self._changed.set()

    def block(self, seconds: float) -> None:
        """A 429: nothing goes for ``seconds``."""
        self._known = True
        self._limit = self._limit or 1
        self._remaining = 0
        self._reset_at = max(self._reset_at, self._clock() + seconds)
        self._changed.set()

    def _wait(self) -> float | None:
        """None: go. 0: wait for an answer that is under way. Else: at most so many seconds."""
        if not self._known:
            return None if self._in_flight == 0 else 0.0
        if self._limit is None:
            return None
        now = self._clock()
        if self._remaining <= 0 and now >= self._reset_at:
            # A new window; what is under way may still fall into it.
            self._remaining = max(1 if self._in_flight == 0 else 0, self._limit - self._in_flight)
        if self._remaining > 0:
            return None
        return max(self._reset_at - now, 0.001) if now < self._reset_at else 0.0


class RateLimits:
    """All buckets of one bot, and the global limit; ``per_second`` may be changed at any time."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.per_second = GLOBAL_PER_SECOND
        self._clock = clock
        self._hashes: dict[str, str] = {}
        self._buckets: OrderedDict[tuple[str, Major], Bucket] = OrderedDict()
        self._global_until = 0.0
        self._window_start = 0.0
        self._window_used = 0
        self._waiting = dict.fromkeys(Haste, 0)

    def pause(self, route: str, major: Major) -> float:
        """The seconds until a request to ``route`` under ``major`` may go, as far as is known."""
        return max(self._bucket(route, major).pause(), self._global_until - self._clock())

    async def acquire(self, route: str, major: Major) -> Bucket:
        """Wait until a request to ``route`` (method and path template) under ``major`` may go.
        Returns its bucket, to be released when the request has ended."""
        while True:
            bucket = self._bucket(route, major)
            await bucket.acquire()
            if self._bucket(route, major) is bucket:
                return bucket
            # Meanwhile an answer told that the route shares the bucket of another one.
            bucket.release()

    def _bucket(self, route: str, major: Major) -> Bucket:
        key = (self._hashes.get(route, route), major)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self._clock)
            self._trim()
        self._buckets.move_to_end(key)
        return bucket

    def learn(self, route: str, major: Major, bucket: Bucket, headers: Mapping[str, str]) -> None:
        """Take in an answer's headers: which bucket the route really has, and how full it is."""
        name = headers.get("X-RateLimit-Bucket")
        if name is not None and self._hashes.get(route) != name:
            self._hashes[route] = name
            self._buckets.setdefault((name, major), bucket)
            for old, other in [key for key in self._buckets if key[0] == route]:
                self._buckets.setdefault((name, other), self._buckets.pop((old, other)))
        bucket.learn(headers)

    async def wait_global(self, haste: Haste = Haste.ORDINARY) -> None:
        """Wait for the limit over all routes. What has more haste goes first, and has a part of
        the limit to itself."""
        self._waiting[haste] += 1
        try:
            while True:
                pause = self._global_pause(haste)
                if pause is None:
                    break
                await asyncio.sleep(pause)
            self._window_used += 1
        finally:
            self._waiting[haste] -= 1

    def _global_pause(self, haste: Haste) -> float | None:
        """How long to wait before asking again; None: go."""
        now = self._clock()
        if now < self._global_until:
            return self._global_until - now
        if now - self._window_start >= 1.0:
            self._window_start, self._window_used = now, 0
        before = sum(count for other, count in self._waiting.items() if other > haste)
        limit = max(1, int(self.per_second * SHARES[haste]) - before)
        if self._window_used < limit:
            return None
        return self._window_start + 1.0 - now

    def block_globally(self, seconds: float) -> None:
        """A global 429: nothing goes anywhere for ``seconds``."""
        self._global_until = max(self._global_until, self._clock() + seconds)

    def _trim(self) -> None:
        if len(self._buckets) <= REMEMBERED_BUCKETS:
            return
        for key, bucket in list(self._buckets.items())[: REMEMBERED_BUCKETS // 10]:
            if bucket.idle:
                del self._buckets[key]


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
