"""The limit over all routes, and who goes first where it is the bottleneck."""

import asyncio
from collections import defaultdict

import pytest

from cogs.helpers.nextcord_private.rate_limits import GLOBAL_PER_SECOND, Haste, RateLimits
from tests.virtual_time import in_virtual_time, now


@in_virtual_time
async def test_the_limit_over_all_routes() -> None:
    limits = RateLimits(now)
    begun = now()
    sent: defaultdict[int, int] = defaultdict(int)

    async def send() -> None:
        await limits.wait_global(Haste.URGENT)
        sent[int(now() - begun)] += 1

    await asyncio.gather(*(send() for _ in range(2 * GLOBAL_PER_SECOND + 1)))
    assert dict(sent) == {0: GLOBAL_PER_SECOND, 1: GLOBAL_PER_SECOND, 2: 1}


class Counted:
    """Who was let through in which second."""

    def __init__(self) -> None:
        self.limits = RateLimits(now)
        self.begun = now()
        self.sent: defaultdict[tuple[Haste, int], int] = defaultdict(int)

    async def send(self, haste: Haste) -> None:
        await self.limits.wait_global(haste)
        self.sent[haste, int(now() - self.begun)] += 1

    def many(self, haste: Haste, count: int) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self.send(haste)) for _ in range(count)]

    def never_too_many(self) -> bool:
        seconds = {second for _, second in self.sent}
        return all(
            sum(self.sent[haste, second] for haste in Haste) <= GLOBAL_PER_SECOND
            for second in seconds
        )


@in_virtual_time
async def test_what_is_urgent_goes_first_and_has_a_part_of_the_limit_to_itself() -> None:
    counted = Counted()
    names = counted.many(Haste.ORDINARY, 100)
    await asyncio.sleep(0.5)
    await asyncio.gather(*counted.many(Haste.URGENT, 55))
    await asyncio.gather(*names)
    assert counted.sent[Haste.URGENT, 0] == 10, "the part that names do not get, at once"
    assert counted.sent[Haste.URGENT, 1] == 45, "and the rest before any other name"
    assert counted.sent[Haste.ORDINARY, 0] == 40
    assert sum(counted.sent.values()) == 155
    assert counted.never_too_many()


@in_virtual_time
async def test_reading_leaves_room_for_everything_else() -> None:
    counted = Counted()
    reads = counted.many(Haste.READING, 100)
    await asyncio.sleep(0.5)
    await asyncio.gather(*counted.many(Haste.ORDINARY, 15), *counted.many(Haste.URGENT, 10))
    assert counted.sent[Haste.READING, 0] == 25
    assert counted.sent[Haste.ORDINARY, 0] == 15, "at once"
    assert counted.sent[Haste.URGENT, 0] == 10, "at once, too"
    await asyncio.gather(*reads)
    assert counted.sent[Haste.READING, 1] == 25
    assert counted.never_too_many()


@in_virtual_time
async def test_whoever_waits_with_less_haste_goes_on_in_the_end() -> None:
    counted = Counted()
    reads = counted.many(Haste.READING, 3)
    await asyncio.gather(*counted.many(Haste.URGENT, 200), *reads)
    assert max(second for _, second in counted.sent) <= 4


@in_virtual_time
async def test_a_global_429_stops_everything_for_as_long_as_it_says() -> None:
    limits = RateLimits(now)
    limits.block_globally(7)
    limits.block_globally(3)
    begun = now()
    await asyncio.gather(*(limits.wait_global() for _ in range(10)))
    assert now() - begun == pytest.approx(7)
