"""What a stream of messages costs: CPU of a clean one, the delay of a deletion, and memory."""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.e2e.bots import MARK
from benchmarks.e2e.firehose import Firehose, message
from benchmarks.e2e.running import Running, running

WORDS = (
    *("the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog"),
    *("while", "we", "all", "wait", "for", "lunch", "today"),
)
DIFFERENT = 1_000
"""How many different texts are written; each message has an id of its own."""
WARM = 2_000
"""Messages before anything is measured."""

SETTLE_SECONDS = 0.5
"""Before memory is read: what runs now and then in the background, as flushing cursors, is in all
figures or in none."""

PER_SECOND = 200
ONE_BAD_IN = 50


def clean_texts() -> list[str]:
    """Sentences of common words, the same in each run."""
    chance = random.Random(7)
    return [" ".join(chance.choices(WORDS, k=14)) for _ in range(DIFFERENT)]


async def cpu_per_message(name: str, messages: int) -> float:
    """Microseconds of CPU that a clean message costs the bot."""
    texts = clean_texts()
    async with running(name) as (server, bot):
        await _talk(server, texts, 1, WARM)
        before = bot.cpu_seconds
        await _talk(server, texts, WARM + 1, WARM + messages)
        return (bot.cpu_seconds - before) / messages * 1e6


async def memory(name: str, messages: tuple[int, int]) -> tuple[float, float]:
    """MiB in use after the smaller number of clean messages and after the larger."""
    texts = clean_texts()
    async with running(name) as (server, bot):
        await _talk(server, texts, 1, messages[0])
        early = await _settled(bot)
        await _talk(server, texts, messages[0] + 1, messages[1])
        return early, await _settled(bot)


async def delays(name: str, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds from the frame to the DELETE, at 200 messages a second of which 2 % are bad; and
    milliseconds of one fsync each, halfway between them."""
    syncs = []
    async with running(name) as (server, _), _disk() as disk:
        await _talk(server, ["hello"], 1, 1)
        start = time.monotonic()
        sent: dict[int, float] = {}
        for number in range(2, int(seconds * PER_SECOND) + 2):
            bad = number % ONE_BAD_IN == 0
            await asyncio.sleep(start + number / PER_SECOND - time.monotonic())
            sent[number] = time.monotonic()
            await server.send([message(number, MARK if bad else "nothing to see here")])
            if number % ONE_BAD_IN == ONE_BAD_IN // 2:
                syncs.append(asyncio.create_task(asyncio.to_thread(_fsync_ms, disk)))
        bad_ones = [number for number in sent if number % ONE_BAD_IN == 0]
        found = [(await server.wait_deleted(n) - sent[n]) * 1e3 for n in bad_ones]
        return found, await asyncio.gather(*syncs)


@asynccontextmanager
async def _disk() -> AsyncIterator[int]:
    """A file on the same disk as the bots' databases."""
    with tempfile.TemporaryFile() as file:
        yield file.fileno()


def _fsync_ms(disk: int) -> float:
    """A durable write of what SQLite writes for a decision: three pages at the end of its log."""
    start = time.perf_counter()
    os.write(disk, b"x" * 3 * 4096)
    os.fsync(disk)
    return (time.perf_counter() - start) * 1e3


async def _talk(server: Firehose, texts: list[str], first: int, last: int) -> None:
    """Send clean messages and a marked one after them, and wait until that is deleted."""
    for begin in range(first, last, 1_000):
        numbers = range(begin, min(begin + 1_000, last))
        await server.send([message(number, texts[number % len(texts)]) for number in numbers])
    await server.send([message(last, MARK)])
    await server.wait_deleted(last)


async def _settled(bot: Running) -> float:
    await asyncio.sleep(SETTLE_SECONDS)
    return bot.resident_mib
