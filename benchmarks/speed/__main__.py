"""The speed report, in units of one `text.encode().translate(table)` over 100 ASCII characters.

    uv run --group bench python -m benchmarks.speed
    ... --quick    fewer texts, without the peers: a smoke run

Every figure is a median of ratios to the unit, measured in turns with it.
"""

import argparse
import asyncio
import ctypes
import gc
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median

from benchmarks import data
from benchmarks.quality.peers import BETTER_PROFANITY, DECANCER, RED, available
from benchmarks.speed import texts
from benchmarks.speed.measuring import unit_seconds, units, worst_units
from moderation.matcher import Matcher, compile_lists
from moderation.words import BannedWord, parse_stored


def entries(count: int) -> list[BannedWord]:
    """That many entries."""
    return [parse_stored(word) for word in texts.words(count)]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed")
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    few = 10 if quick else 150
    print(f"The unit is {unit_seconds() * 1e6:.3f} µs here.\n\n| what | target | measured | |")
    print("|---|---|---|---|")
    matcher = compile_lists({"main": entries(1_000)})
    clean = texts.ascii_messages()[:few]
    ours = units(matcher.detect, clean)
    _row("clean ASCII, 1,000 entries", 25, ours)
    tweets = units(matcher.detect, texts.tweets()[:few])
    _row("the same, tweets with mentions and hashtags", None, tweets)
    with_emoji = units(matcher.detect, [t + " 😀" for t in clean])
    _row("a message with one emoji", 3 * ours, with_emoji)
    _row("Russian", 3 * ours, units(matcher.detect, texts.russian()[:few]))
    _hits(matcher, few)
    _long(matcher, quick=quick)
    if quick:
        return
    large = compile_lists({"main": entries(100_000)})
    _row("clean ASCII, 100,000 entries", 1.25 * ours, units(large.detect, clean))
    _peers(clean, ours)
    del large
    _compiling()
    _servers()
    data.tell_missing()


def _row(what: str, most: float | None, measured: float, unit: str = "units") -> None:
    """One line, which says itself whether the target is met."""
    target = "-" if most is None else f"{most:,.4g}" if most < 1_000 else f"{most:,.0f}"
    verdict = "" if most is None else "met" if measured <= most else "NOT met"
    print(f"| {what} | {target} | {measured:,.1f} {unit} | {verdict} |", flush=True)


def _beside(what: str, least: float, measured: float, ours: float) -> None:
    """One line for a peer, which is to take at least so many times as long as we do."""
    verdict = "met" if measured >= least * ours else "NOT met"
    target = f"at least {least:g} times ours ({ours:.1f})"
    print(f"| {what} | {target} | {measured:,.1f} units | {verdict} |", flush=True)


def _hits(matcher: Matcher, few: int) -> None:
    words = texts.words(1_000)[: min(few, 60)]
    disguises: dict[str, Callable[[str], str]] = {
        "plain": str,
        "digits": lambda w: w.translate(str.maketrans("aeio", "4310")),
        "look-alikes": lambda w: w.translate(str.maketrans("aeoc", "аеос")),
        "dots": ".".join,
    }
    for name, disguise in disguises.items():
        said = [f"you are such a {disguise(word)} really, please go away now" for word in words]
        said = [text for text in said if matcher.detect(text)]
        _row(f"a hit, {name}", 300, units(matcher.detect, said))


def _long(matcher: Matcher, *, quick: bool) -> None:
    shorter = units(matcher.detect, texts.prose(4_000), calls=2)
    _row("4,000 characters of English prose", 3_000, shorter)
    longer = units(matcher.detect, texts.prose(8_000), calls=2)
    _row("8,000 characters, as a multiple", 2.2, longer / shorter, "times")
    hostile = texts.hostile(4_000, texts.words(1_000), count=40 if quick else 200)
    worst = worst_units(matcher.detect, hostile, 3)
    _row(f"the worst of {len(hostile)} hostile texts of 4,000", 12_000, worst)


def _peers(clean: list[str], ours: float) -> None:
    present, skipped = available()
    for reason in skipped:
        print(f"| skipped: {reason} | | | |")
    for peer, sample, least in ((DECANCER, 60, 1), (RED, 20, 50), (BETTER_PROFANITY, 2, 1)):
        if peer in present:
            find = peer.compile(texts.words(1_000))
            theirs = units(find, clean[:sample], rounds=3, calls=2)
            _beside(f"{peer.name}, 1,000 entries", least, theirs, ours)


def _compiling() -> None:
    for count in (10_000, 100_000):
        listed = {"main": entries(count)}
        seconds = []
        for _ in range(3):
            began = time.thread_time()
            compile_lists(listed)
            seconds.append(time.thread_time() - began)
        is_large = count > 10_000
        _row(f"compile {count:,} entries", 1.5 if is_large else None, median(seconds), "s")
        before = _resident()
        kept = compile_lists(listed)
        _row(f"memory of it, {count:,}", 64, (_resident() - before) / 1e6, "MB")
        del kept
        lag = 1e3 * asyncio.run(_lag(listed))
        _row(f"lag of the loop, {count:,}", 300 if is_large else 20, lag, "ms")
    ten = entries(10_000)
    began = time.thread_time()
    compile_lists({"main": [*ten, parse_stored("onemore")]})
    _row("one entry added to 10,000", 250, 1e3 * (time.thread_time() - began), "ms")


async def _lag(listed: dict[str, list[BannedWord]]) -> float:
    task = asyncio.create_task(asyncio.to_thread(compile_lists, listed))
    worst = 0.0
    while not task.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        worst = max(worst, time.perf_counter() - began - 0.001)
    return worst


def _servers() -> None:
    before = _resident()
    kept = [compile_lists({"main": entries(1_000)}) for _ in range(100)]
    _row("100 active servers of 1,000 entries each", 150, (_resident() - before) / 1e6, "MB")
    del kept


def _resident() -> int:
    """Bytes that the process holds (Linux), without what the allocator keeps for later."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


if __name__ == "__main__":
    main()
