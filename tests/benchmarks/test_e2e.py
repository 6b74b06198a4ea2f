"""The benchmark of the whole bot runs, in small; what it measures is not judged here."""

from pathlib import Path

import pytest

from benchmarks.e2e import servers, talk
from benchmarks.e2e.allowance import soonest
from benchmarks.e2e.raid import raid
from benchmarks.e2e.servers import start
from benchmarks.e2e.talk import cpu_per_message, delays, memory

linux = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="what a process uses is read as Linux tells it"
)


@pytest.fixture(autouse=True)
def in_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what makes the figures worth something."""
    monkeypatch.setattr(talk, "WARM", 20)
    for module in (talk, servers):
        monkeypatch.setattr(module, "SETTLE_SECONDS", 0.0)


@linux
async def test_messages_of_both_bots() -> None:
    assert await cpu_per_message("ours", 50) >= 0
    took, syncs = await delays("bare", 0.5)
    assert len(took) == len(syncs) == 2


@linux
async def test_memory_is_told_twice() -> None:
    early, late = await memory("ours", (20, 40))
    assert min(early, late) > 0


async def test_a_raid_ends() -> None:
    told = await raid(20, 2, seconds=0.2)
    assert told.took >= 0.18, "it ended before its last message"
    assert told.quiet_ms


@linux
async def test_a_start_in_three_servers() -> None:
    judged, ready, resident = await start("ours", 3)
    assert judged > 0
    assert ready > 0
    assert resident > 0


@pytest.mark.parametrize(
    ("channels", "seconds"),
    [
        ([], 0.0),
        ([[]], 0.0),
        ([[0.0]], 0.0),
        ([[0.0, 0.0]], 0.0),  # together
        ([[0.0] * 101], 0.0),  # a hundred together and one alone
        ([[0.0] * 105], 0.0),  # and five alone
        ([[0.0] * 106], 1.0),  # all of it used up: the next window
        ([[0.0]] * 50, 0.0),
        ([[0.0]] * 51, 1.0),  # the limit over all routes
        ([[0.0, 1.5]], 1.5),
    ],
)
def test_what_the_limits_allow(channels: list[list[float]], seconds: float) -> None:
    assert soonest(channels) == seconds
