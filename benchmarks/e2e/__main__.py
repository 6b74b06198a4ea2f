"""The speed table: the whole bot beside a bare Nextcord bot, as ratios in one run.

    uv run python -m benchmarks.e2e [--quick] [--only NAME ...] [--red PYTHON]

The server and the bots have a process each; ratios are taken round by round, and their median is
told. ``--quick`` shows that everything runs; its figures mean little.
"""

import argparse
import asyncio
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.e2e.raid import raid
from benchmarks.e2e.running import OTHERS, ROOT
from benchmarks.e2e.servers import kib_per_server, start
from benchmarks.e2e.talk import cpu_per_message, delays, memory


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    messages: int
    rounds: int
    seconds: float
    remembered: tuple[int, int]
    guilds: int
    raid: tuple[int, int]


FULL = Size(30_000, 3, 10.0, (10_000, 100_000), 1_000, (2_000, 20))
QUICK = Size(300, 1, 0.5, (200, 400), 3, (60, 3))


async def cpu(size: Size) -> None:
    """CPU of a clean message."""
    ratios = []
    for _ in range(size.rounds):
        bare = await cpu_per_message("bare", size.messages)
        ours = await cpu_per_message("ours", size.messages)
        ratios.append(ours / bare if bare else 0.0)
        print(f"  bare {bare:.1f} us, ours {ours:.1f} us: {ratios[-1]:.2f}")
    print(
        f"CPU of a clean message: {statistics.median(ratios):.2f} times the bare bot (at most 1.0)"
    )


async def red(size: Size) -> None:
    """The same against Red, where an environment with it was given."""
    if "red" not in OTHERS:
        return
    ratios = []
    messages = max(100, size.messages // 5)  # Red takes its time
    for _ in range(size.rounds):
        ours = await cpu_per_message("ours", messages)
        theirs = await cpu_per_message("red", messages)
        ratios.append(ours / theirs if theirs else 0.0)
        print(f"  Red {theirs:.0f} us, ours {ours:.1f} us: {ratios[-1]:.3f}")
    print(f"CPU of a clean message: {statistics.median(ratios):.3f} times Red's (at most 0.1)")


async def delay(size: Size) -> None:
    """From the frame to the DELETE."""
    table: dict[float, list[tuple[float, float]]] = {0.5: [], 0.99: []}
    for _ in range(size.rounds):
        bare, _ = await delays("bare", size.seconds)
        ours, syncs = await delays("ours", size.seconds)
        for part, rows in table.items():
            allowed = 1.5 * centile(bare, part) + centile(syncs, part)
            rows.append((centile(ours, part), allowed))
            print(
                f"  p{part * 100:.0f}: bare {centile(bare, part):.2f} ms, one fsync "
                f"{centile(syncs, part):.2f} ms, ours {centile(ours, part):.2f} ms"
            )
    for part, rows in table.items():
        ratio = statistics.median(took / allowed for took, allowed in rows)
        print(
            f"Frame to DELETE, p{part * 100:.0f}: {ratio:.2f} times 1.5 bare bots and one fsync "
            "(at most 1.0)"
        )


async def flat(size: Size) -> None:
    """Memory as messages go by."""
    early, late = await memory("ours", size.remembered)
    less, more = size.remembered
    print(
        f"Memory after {less:,} clean messages {early:.1f} MiB, after {more:,} {late:.1f} MiB: "
        f"{late - early:+.1f} MiB (flat)"
    )


async def servers(size: Size) -> None:
    """A start in many servers."""
    judged, ready, kib = {}, {}, {}
    for name in ("bare", "lean", "ours"):
        judged[name], ready[name], resident = await start(name, size.guilds)
        kib[name] = await kib_per_server(name, size.guilds, resident)
        print(
            f"  {name}: judges after {judged[name]:.2f} s, on_ready after {ready[name]:.2f} s, "
            f"{kib[name]:.1f} KiB a server"
        )
    print(
        f"{size.guilds:,} servers: {kib['ours'] / kib['lean']:.2f} times the memory of Nextcord "
        f"with members not cached (at most 1.0); judges after {judged['ours'] / judged['bare']:.2f}"
        f" and is ready after {ready['ours'] / ready['bare']:.2f} times what the bare bot takes "
        "(at most 1.0)"
    )


async def storm(size: Size) -> None:
    """A raid."""
    messages, channels = size.raid
    told = await raid(messages, channels)
    print(
        f"Raid, {messages:,} messages over {channels} channels: all gone after {told.took:.2f} s, "
        f"{told.took / told.allowed:.2f} times what the limits allow ({told.allowed:.2f} s; at most"
        f" 1.2); {told.refused} requests met a limit"
    )
    print(
        f"A quiet channel meanwhile, {len(told.quiet_ms)} deletions: median "
        f"{statistics.median(told.quiet_ms):.0f} ms, slowest {max(told.quiet_ms):.0f} ms "
        "(at most 250 ms)"
    )


PARTS: dict[str, Callable[[Size], Awaitable[None]]] = {
    "cpu": cpu,
    "red": red,
    "delay": delay,
    "raid": storm,
    "memory": flat,
    "servers": servers,
}


def centile(values: list[float], part: float) -> float:
    """The value below which this part of the values lies."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


async def measure(size: Size, parts: list[str]) -> None:
    """Print the table."""
    for part in parts:
        await PARTS[part](size)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that it runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--red", metavar="PYTHON", help="the Python of an environment with Red 3.5")
    args = parser.parse_args()
    if args.red:
        OTHERS["red"] = (args.red, str(ROOT / "benchmarks/e2e/red_bot.py"))
    asyncio.run(measure(QUICK if args.quick else FULL, args.only))


if __name__ == "__main__":
    main()
