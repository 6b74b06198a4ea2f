"""Discord's rate limits, against a simulated Discord that counts: nothing too early, nothing too
late."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cogs.helpers.nextcord_private.rate_limits import (
    REMEMBERED_BUCKETS,
    Bucket,
    RateLimits,
)
from tests.virtual_time import in_virtual_time, now

DELETE = "DELETE /channels/{channel_id}/messages/{message_id}"
PIN = "PUT /channels/{channel_id}/pins/{message_id}"


@dataclass
class Window:
    """One window of one bucket."""

    ends: float
    used: int = 0


@dataclass
class Server:
    """Counts in fixed windows that begin with their first request, each route and channel on its
    own; routes named in ``shared`` count together."""

    limit: int = 5
    seconds: float = 1.0
    shared: Mapping[str, str] = field(default_factory=dict)
    windows: dict[tuple[str, object], Window] = field(default_factory=dict)
    refused: int = 0
    under_way: int = 0
    most_under_way: int = 0
    arrivals: list[float] = field(default_factory=list)

    async def answer(
        self, route: str, channel: object, up: float, down: float
    ) -> tuple[int, dict[str, str]]:
        """One request: ``up`` seconds on its way there, and its answer ``down`` seconds back."""
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(up)
        self.arrivals.append(now())
        name = self.shared.get(route, f"hash of {route}")
        window = self.windows.get((name, channel))
        if window is None or now() >= window.ends:
            window = self.windows[name, channel] = Window(now() + self.seconds)
        window.used += 1
        taken = window.used <= self.limit
        self.refused += not taken
        headers = {
            "X-RateLimit-Bucket": name,
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - window.used)),
            "X-RateLimit-Reset-After": repr(window.ends - now()),
        }
        await asyncio.sleep(down)
        self.under_way -= 1
        return (200 if taken else 429), headers


async def request(
    limits: RateLimits,
    server: Server,
    *,
    channel: object = 1,
    route: str = DELETE,
    up: float = 0.01,
    down: float = 0.01,
) -> float:
    """One request as the REST client makes it; gives when it was answered."""
    while True:
        bucket = await limits.acquire(route, (channel,))
        try:
            status, headers = await server.answer(route, channel, up, down)
            limits.learn(route, (channel,), bucket, headers)
            if status == 429:
                bucket.block(float(headers["X-RateLimit-Reset-After"]))
        finally:
            bucket.release()
        if status == 200:
            return now()


latency = st.floats(0.001, 0.6)
schedules = st.lists(
    st.tuples(
        st.floats(0, 5),  # when it is asked for
        st.integers(1, 3),  # channel
        st.sampled_from([DELETE, PIN]),
        latency,
        latency,
    ),
    min_size=1,
    max_size=60,
)


@settings(deadline=None, max_examples=150)
@given(schedule=schedules, limit=st.integers(1, 6), seconds=st.sampled_from([0.25, 1.0, 5.0]))
@in_virtual_time
async def test_never_more_than_the_limit_in_a_window_whatever_overtakes_what(
    schedule: list[tuple[float, int, str, float, float]], limit: int, seconds: float
) -> None:
    server = Server(limit, seconds)
    limits = RateLimits(now)

    async def later(start: float, channel: int, route: str, up: float, down: float) -> None:
        await asyncio.sleep(start)
        await request(limits, server, channel=channel, route=route, up=up, down=down)

    begun = now()
    await asyncio.gather(*(later(*planned) for planned in schedule))
    assert server.refused == 0
    assert len(server.arrivals) == len(schedule)
    # Nor is it much slower than it must be: a round trip and a window for each that fills one, and
    # another window that is lost where a request falls between two.
    assert now() - begun <= 5 + (len(schedule) / limit + 1) * 2 * (seconds + 1.2)


@in_virtual_time
async def test_an_unknown_bucket_is_tried_by_one_request_first() -> None:
    server, limits = Server(limit=5), RateLimits(now)
    first = asyncio.create_task(request(limits, server))
    rest = [asyncio.create_task(request(limits, server)) for _ in range(4)]
    await first
    assert len(server.arrivals) == 1
    await asyncio.gather(*rest)
    assert server.most_under_way == 4


@in_virtual_time
async def test_requests_go_in_the_order_in_which_they_were_asked_for() -> None:
    server, limits = Server(limit=3), RateLimits(now)
    order: list[int] = []

    async def numbered(number: int) -> None:
        await limits.acquire(DELETE, (1,))
        order.append(number)

    waiting = [asyncio.create_task(request(limits, server)) for _ in range(3)]
    numbered_ones = [asyncio.create_task(numbered(number)) for number in range(3)]
    await asyncio.gather(*waiting)
    late = asyncio.create_task(numbered(3))
    await asyncio.gather(*numbered_ones)
    late.cancel()
    assert order == [0, 1, 2]


@in_virtual_time
async def test_where_no_limit_is_told_all_go_at_once() -> None:
    bucket = Bucket(now)
    await bucket.acquire()
    bucket.learn({})
    bucket.release()
    async with asyncio.timeout(0.001):
        for _ in range(100):
            await bucket.acquire()


@in_virtual_time
async def test_an_answer_without_headers_leaves_a_known_limit_as_it_is() -> None:
    bucket = Bucket(now)
    await bucket.acquire()
    bucket.learn(told(limit=1, remaining=0, reset_after=3))
    bucket.learn({})
    bucket.release()
    begun = now()
    await bucket.acquire()
    assert now() - begun == pytest.approx(3)


def told(*, limit: int = 5, remaining: int = 4, reset_after: float = 1) -> dict[str, str]:
    """The headers of an answer."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": str(reset_after),
    }


@pytest.mark.parametrize(
    "headers",
    [
        {**told(), "X-RateLimit-Limit": "many"},
        {**told(), "X-RateLimit-Remaining": ""},
        {key: value for key, value in told().items() if not key.endswith("After")},
    ],
)
@in_virtual_time
async def test_headers_that_make_no_sense_tell_nothing(headers: dict[str, str]) -> None:
    bucket = Bucket(now)
    await bucket.acquire()
    bucket.learn(headers)
    bucket.release()
    async with asyncio.timeout(0.001):
        for _ in range(100):
            await bucket.acquire()


@in_virtual_time
async def test_what_remains_goes_at_once_and_the_rest_in_the_next_window() -> None:
    bucket = Bucket(now)
    await bucket.acquire()
    bucket.learn(told(remaining=2, reset_after=3))
    bucket.release()
    begun = now()
    went: list[float] = []
    for _ in range(3):
        await bucket.acquire()
        went.append(now() - begun)
        bucket.release()
    assert went == [0, 0, pytest.approx(3)]


@in_virtual_time
async def test_a_new_window_has_the_whole_limit_again() -> None:
    server, limits = Server(limit=5, seconds=1), RateLimits(now)
    begun = now()
    ended = await asyncio.gather(*(request(limits, server) for _ in range(15)))
    assert server.refused == 0
    assert sum(at - begun < 1.0 for at in ended) == 5
    assert sum(at - begun < 2.0 for at in ended) == 10
    assert max(ended) - begun < 2.2


@in_virtual_time
async def test_after_one_long_window_short_ones_are_short_again() -> None:
    """Nextcord 3.2.0 keeps the long one for ever."""
    server, limits = Server(limit=1, seconds=30), RateLimits(now)
    await request(limits, server)
    server.seconds = 1
    await request(limits, server)
    begun = now()
    for _ in range(10):
        await request(limits, server)
    assert now() - begun < 11


@in_virtual_time
async def test_a_raided_channel_holds_up_no_other() -> None:
    """Nextcord 3.2.0 keys by the hash alone, which Discord gives all channels in common."""
    server, limits = Server(limit=2, seconds=10), RateLimits(now)
    raid = [asyncio.create_task(request(limits, server)) for _ in range(20)]
    await asyncio.sleep(5)
    begun = now()
    await request(limits, server, channel=2)
    assert now() - begun < 0.1
    await asyncio.gather(*raid)
    assert server.refused == 0


@in_virtual_time
async def test_channels_that_were_all_unknown_at_first_stay_within_their_limits() -> None:
    """The first answer names the bucket of every channel, while the others are under way."""
    server, limits = Server(limit=2, seconds=5), RateLimits(now)
    first = [
        asyncio.create_task(request(limits, server, channel=channel, up=0.1 * channel))
        for channel in range(1, 6)
        for _ in range(4)
    ]
    await asyncio.sleep(0.15)
    later = [
        asyncio.create_task(request(limits, server, channel=channel))
        for channel in range(1, 6)
        for _ in range(4)
    ]
    await asyncio.gather(*first, *later)
    assert server.refused == 0


@in_virtual_time
async def test_two_routes_of_one_bucket_count_together_once_that_is_told() -> None:
    server = Server(limit=3, seconds=5, shared={DELETE: "x", PIN: "x"})
    limits = RateLimits(now)
    await request(limits, server, route=DELETE)
    await request(limits, server, route=PIN)
    await asyncio.sleep(5)
    waiting = [
        asyncio.create_task(request(limits, server, route=route))
        for _ in range(6)
        for route in (DELETE, PIN)
    ]
    await asyncio.gather(*waiting)
    assert server.refused == 0


@in_virtual_time
async def test_those_who_wait_follow_their_route_into_the_bucket_it_turns_out_to_share() -> None:
    server = Server(limit=1, seconds=5, shared={DELETE: "x", PIN: "x"})
    limits = RateLimits(now)
    await request(limits, server, route=DELETE)
    waiting = [asyncio.create_task(request(limits, server, route=PIN)) for _ in range(3)]
    waiting += [asyncio.create_task(request(limits, server, route=DELETE)) for _ in range(3)]
    await asyncio.gather(*waiting)
    # Only the one that went before anything was known of its route may have been one too many.
    assert server.refused <= 1


@in_virtual_time
async def test_a_429_stops_the_bucket_for_as_long_as_it_says() -> None:
    limits = RateLimits(now)
    bucket = await limits.acquire(DELETE, (1,))
    limits.learn(DELETE, (1,), bucket, {**told(remaining=3), "X-RateLimit-Bucket": "x"})
    bucket.block(7)
    bucket.release()
    begun = now()
    other = await limits.acquire(DELETE, (2,))
    assert now() == begun
    other.release()
    await limits.acquire(DELETE, (1,))
    assert now() - begun == pytest.approx(7)


@in_virtual_time
async def test_a_429_of_an_unknown_bucket_stops_it_too() -> None:
    bucket = Bucket(now)
    await bucket.acquire()
    bucket.learn({})
    bucket.block(7)
    bucket.release()
    begun = now()
    await bucket.acquire()
    assert now() - begun == pytest.approx(7)


@in_virtual_time
async def test_one_who_gives_up_waiting_takes_nothing_from_the_others() -> None:
    bucket = Bucket(now)
    await bucket.acquire()
    bucket.learn(told(limit=1, remaining=0, reset_after=3))
    bucket.release()
    given_up, patient = (asyncio.create_task(bucket.acquire()) for _ in range(2))
    await asyncio.sleep(1)
    given_up.cancel()
    begun = now()
    await patient
    assert now() - begun == pytest.approx(2)
    assert given_up.cancelled()


@in_virtual_time
async def test_buckets_are_forgotten_when_there_are_too_many_but_never_those_in_use() -> None:
    limits = RateLimits(now)
    kept = await limits.acquire(DELETE, ("kept",))
    kept.learn(told(limit=1, remaining=0, reset_after=1))
    for number in range(REMEMBERED_BUCKETS + 10):
        bucket = await limits.acquire(DELETE, (number,))
        bucket.learn({})
        bucket.release()
    waiting = asyncio.create_task(limits.acquire(DELETE, ("kept",)))
    await asyncio.sleep(0.5)
    assert not waiting.done(), "what was known of it is still known"
    kept.release()
    assert await waiting is kept
