"""CPU of a clean message and the delay of a deletion, ours beside a bare Nextcord bot.

    uv run python -m benchmarks.e2e [--messages N] [--rounds N]

The server runs in this process, the bots in others, in turn; ratios are taken round by round and
their median is told.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.e2e.bots import MARK
from benchmarks.e2e.firehose import Firehose, message

ROOT = Path(__file__).resolve().parents[2]
WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "we",
    "all",
    "wait",
    "for",
    "lunch",
    "today",
]


@asynccontextmanager
async def running(name: str) -> AsyncIterator[tuple[Firehose, int]]:
    """A bot of this name, connected to a server of its own; its process id."""
    server = Firehose()
    runner = await server.start()
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.e2e.bots",
            name,
            f"http://{server.url}/api/v10",
            str(Path(folder) / "bench.sqlite3"),
            cwd=ROOT,
        )
        try:
            await asyncio.wait_for(server.ready.wait(), 60)
            yield server, process.pid
        finally:
            process.terminate()
            await process.wait()
            await runner.cleanup()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def cpu_per_message(name: str, messages: int) -> float:
    """Microseconds of CPU that a clean message costs the bot."""
    chance = random.Random(7)
    clean = [" ".join(chance.choices(WORDS, k=14)) for _ in range(1_000)]
    async with running(name) as (server, pid):
        await server.send([message(n, clean[n % 1_000]) for n in range(1, 2_000)])
        await server.send([message(2_000, MARK)])
        await server.wait_deleted(2_000)
        before = cpu_seconds(pid)
        batch = [message(2_000 + n, clean[n % 1_000]) for n in range(1, messages)]
        await server.send(batch)
        await server.send([message(2_000 + messages, MARK)])
        await server.wait_deleted(2_000 + messages)
        return (cpu_seconds(pid) - before) / messages * 1e6


async def delays(name: str, seconds: float) -> list[float]:
    """Milliseconds from the frame to the DELETE, at 200 messages a second of which 2 % are bad."""
    async with running(name) as (server, _):
        await server.send([message(1, MARK)])
        await server.wait_deleted(1)
        start = time.monotonic()
        sent: dict[int, float] = {}
        for number in range(2, int(seconds * 200) + 2):
            bad = number % 50 == 0
            pause = start + number / 200 - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            sent[number] = time.monotonic()
            await server.send([message(number, MARK if bad else "nothing to see here")])
        bad_ones = [number for number in sent if number % 50 == 0]
        return [(await server.wait_deleted(n) - sent[n]) * 1e3 for n in bad_ones]


def fsync_ms() -> float:
    """Milliseconds of one small durable write here and now."""
    times = []
    with tempfile.NamedTemporaryFile(dir=tempfile.gettempdir()) as file:
        for _ in range(50):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def centile(values: list[float], part: float) -> float:
    """The value below which this part of the values lies."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


async def measure(messages: int, rounds: int, seconds: float) -> None:
    """Print the table."""
    ratios, own = [], []
    for _ in range(rounds):
        bare, ours = (
            await cpu_per_message("bare", messages),
            await cpu_per_message("ours", messages),
        )
        ratios.append(ours / bare)
        own.append(ours)
        print(f"CPU a clean message: bare {bare:.0f} us, ours {ours:.0f} us, {ours / bare:.2f}")
    print(f"-> {statistics.median(ratios):.2f} times the bare bot (target: at most 1.0)")
    for _ in range(rounds):
        sync = fsync_ms()
        bare_ms, ours_ms = await delays("bare", seconds), await delays("ours", seconds)
        for part in (0.5, 0.99):
            allowed = 1.5 * centile(bare_ms, part) + sync
            print(
                f"frame to DELETE, p{part * 100:.0f}: bare {centile(bare_ms, part):.2f} ms, "
                f"ours {centile(ours_ms, part):.2f} ms, one fsync {sync:.2f} ms "
                f"(target: at most {allowed:.2f} ms)"
            )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    args = parser.parse_args()
    asyncio.run(measure(args.messages, args.rounds, args.seconds))


if __name__ == "__main__":
    main()
