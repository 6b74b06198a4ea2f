"""The limit over all routes, and who goes first where it is the bottleneck."""

import asyncio
from collections import defaultdict

import pytest

from cogs.helpers.nextcord_private.rate_limits import GLOBAL_PER_SECOND, RateLimits
from tests.virtual_time import in_virtual_time, now


@in_virtual_time
async def test_the_limit_over_all_routes() -> None:
    limits = RateLimits(now)
    begun = now()
    sent: defaultdict[int, int] = defaultdict(int)

    async def send() -> None:
        await limits.wait_global(urgent=True)
        sent[int(now() - begun)] += 1

    await asyncio.gather(*(send() for _ in range(2 * GLOBAL_PER_SECOND + 1)))
    assert dict(sent) == {0: GLOBAL_PER_SECOND, 1: GLOBAL_PER_SECOND, 2: 1}


@in_virtual_time
async def test_what_is_urgent_goes_first_and_has_a_part_of_the_limit_to_itself() -> None:
    limits = RateLimits(now)
    begun = now()
    sent: defaultdict[tuple[bool, int], int] = defaultdict(int)

    async def send(*, urgent: bool) -> None:
        await limits.wait_global(urgent=urgent)
        sent[urgent, int(now() - begun)] += 1

    names = [asyncio.create_task(send(urgent=False)) for _ in range(100)]
    await asyncio.sleep(0.5)
    await asyncio.gather(*(send(urgent=True) for _ in range(55)))
    await asyncio.gather(*names)
    assert sent[True, 0] == 10, "the part that names do not get, at once"
    assert sent[True, 1] == 45, "and the rest before any other name"
    assert sent[False, 0] == 40
    assert sum(sent.values()) == 155
    assert all(sent[True, second] + sent[False, second] <= GLOBAL_PER_SECOND for second in range(6))


@in_virtual_time
async def test_a_global_429_stops_everything_for_as_long_as_it_says() -> None:
    limits = RateLimits(now)
    limits.block_globally(7)
    limits.block_globally(3)
    begun = now()
    await asyncio.gather(*(limits.wait_global() for _ in range(10)))
    assert now() - begun == pytest.approx(7)
