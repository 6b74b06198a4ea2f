"""Deletions, channel by channel: while one is under way, further ones of its channel gather and
then go as one request. No channel waits for another.

The more channels are raided, the longer each of them gathers: all of them share the limit over all
requests, and a deletion in a quiet channel shall still find room in it.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from moderation.snowflakes import first_at
from moderation.verdict import DeleteMessage, Outcome, Result
from service.eager import eager
from service.ports import Discord, Gate

BULK = 100
"""How many messages one request deletes at most; at least two (Discord, Bulk Delete Messages)."""

OLDEST_MS = 14 * 24 * 60 * 60 * 1000 - 60 * 60 * 1000
"""Older messages can only be deleted one by one (the same page): two weeks, less an hour for the
request to get there and for clocks that differ. In milliseconds."""

PATIENCE_SECONDS = 1.0
"""A request that takes longer holds up those behind it no more."""


RAID = 20
"""It is a raid when all channels together had more deletions than this within a second."""

RAIDED_PER_SECOND = 20
"""How many requests a second all raided channels together make: Discord takes 50 of one bot, and
names, answers and the other channels need some."""

FIRST_SECONDS = 0.2
"""How long a channel gathers before its first request in a raid. Discord has room for it: nothing
was asked for before. From then on the channel's limit sets the pace, one request a second, and
whoever begins sooner has each later turn sooner, too."""

FIRST_CHANNELS = 22
"""Where more channels than this have deletions, each gathers longer before its first request: the
message that began it and that request would make more than 44 in one second."""


@dataclass(slots=True, eq=False)
class _Waiting:
    action: DeleteMessage
    result: asyncio.Future[Result]
    when: Gate | None


class Lanes:
    """``delete(action, when)`` carries out one deletion, alone or with others of its channel, and
    not before ``when`` has returned."""

    def __init__(self, discord: Discord, clock: Callable[[], int]) -> None:
        self._discord = discord
        self._clock = clock
        self._lanes: dict[int, deque[_Waiting]] = {}
        self._raids = _Raids()
        self._sent_at: dict[int, float] = {}
        self._requests: set[asyncio.Task[None]] = set()
        self._workers: set[asyncio.Task[None]] = set()

    async def delete(self, action: DeleteMessage, when: Gate | None = None) -> Result:
        """What Discord answered. Never raises for an answer of Discord's; what ``when`` raises
        passes through."""
        loop = asyncio.get_running_loop()
        self._raids.count(action.channel_id, loop.time())
        if when is not None and action.channel_id in self._lanes:
            # Only the first of a channel is made ready meanwhile; nobody waits for another's.
            await when()
            when = None
        waiting = _Waiting(action, loop.create_future(), when)
        lane = self._lanes.get(action.channel_id)
        if lane is None:
            self._lanes[action.channel_id] = deque([waiting])
            # In the next turn of the loop: what may go now goes together.
            worker = asyncio.create_task(self._serve(action.channel_id))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        else:
            lane.append(waiting)
        return await waiting.result

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = [*self._workers, *self._requests]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for lane in self._lanes.values():
            for waiting in lane:
                waiting.result.cancel()
        self._lanes.clear()

    async def _serve(self, channel_id: int) -> None:
        lane = self._lanes[channel_id]
        while lane:
            await self._gather(channel_id)
            group = list(islice(lane, BULK))
            for _ in group:
                lane.popleft()
            # Those whose caller has gone meanwhile are not asked for any more.
            group = [waiting for waiting in group if not waiting.result.done()]
            if not group:
                continue
            request = eager(self._send(group))
            self._requests.add(request)
            request.add_done_callback(self._requests.discard)
            await asyncio.wait({request}, timeout=PATIENCE_SECONDS)
        del self._lanes[channel_id]

    async def _gather(self, channel_id: int) -> None:
        """Wait until a raided channel's next request may go."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        raided = self._raids.raided(now)
        self._sent_at = {one: at for one, at in self._sent_at.items() if one in raided}
        if channel_id in raided:
            pause = min(1.0, len(raided) / RAIDED_PER_SECOND)
            sent_at = self._sent_at.get(channel_id, now)
            if channel_id not in self._sent_at and self._raids.channels <= FIRST_CHANNELS:
                pause = min(pause, FIRST_SECONDS)
            await asyncio.sleep(sent_at + pause - now)
            self._sent_at[channel_id] = loop.time()

    async def _send(self, group: Sequence[_Waiting]) -> None:
        try:
            await self._send_together(group)
        except Exception as error:
            for waiting in group:
                if not waiting.result.done():
                    waiting.result.set_exception(error)
        except asyncio.CancelledError:
            for waiting in group:
                waiting.result.cancel()
            raise

    async def _send_together(self, group: Sequence[_Waiting]) -> None:
        if len(group) > 1:
            group = [waiting for waiting in group if await _may_go(waiting)]
        oldest = first_at(self._clock() - OLDEST_MS)
        young = [waiting for waiting in group if waiting.action.message_id >= oldest]
        alone = [waiting for waiting in group if waiting.action.message_id < oldest]
        if len(young) < 2:
            alone += young
        else:
            result = await self._discord.delete_together([one.action for one in young])
            if _one_by_one(result):
                alone += young
            else:
                for waiting in young:
                    _tell(waiting, result)
        if len(alone) == 1:
            await self._send_alone(alone[0])
        else:
            await asyncio.gather(*(self._send_alone(waiting) for waiting in alone))

    async def _send_alone(self, waiting: _Waiting) -> None:
        _tell(waiting, await self._discord.enforce(waiting.action, when=waiting.when))


class _Raids:
    """Deletions by channel in this second and in the one before."""

    def __init__(self) -> None:
        self._second = 0
        self._now: Counter[int] = Counter()
        self._before: Counter[int] = Counter()

    def count(self, channel_id: int, now: float) -> None:
        """A deletion was asked for there."""
        self._turn(now)
        self._now[channel_id] += 1

    @property
    def channels(self) -> int:
        """How many channels had any deletion, raided or not."""
        return len(self._now.keys() | self._before.keys())

    def raided(self, now: float) -> set[int]:
        """The channels that make up a raid: more than one deletion, and not far fewer than others
        have."""
        self._turn(now)
        counted = self._now + self._before
        total = counted.total()
        if total <= RAID:
            return set()
        few = max(1.0, total / len(counted) / 2)
        return {channel_id for channel_id, count in counted.items() if count > few}

    def _turn(self, now: float) -> None:
        passed = int(now) - self._second
        if passed:
            self._before = self._now if passed == 1 else Counter()
            self._now = Counter()
            self._second = int(now)


def _one_by_one(result: Result) -> bool:
    """Whether a request that was refused as a whole may be granted for single messages. A missing
    permission is missing for each of them."""
    return result.outcome is Outcome.FAILED and result.final


async def _may_go(waiting: _Waiting) -> bool:
    """Wait until it may; where it may not, whoever asked for it is told."""
    if waiting.when is None:
        return True
    try:
        await waiting.when()
    except Exception as error:
        if not waiting.result.done():
            waiting.result.set_exception(error)
        return False
    waiting.when = None
    return True


def _tell(waiting: _Waiting, result: Result) -> None:
    if not waiting.result.done():
        waiting.result.set_result(result)
