"""How long each command, context menu and suggestion takes in a server with many cases: the whole
bot on a local Discord, from the use to the first answer, for which Discord waits 3 seconds, and to
what is shown in the end, which is later where the bot says that it thinks.

    uv run python -m benchmarks.commands [--cases 10000] [--rounds 7]
"""

import argparse
import asyncio

from benchmarks.commands.measuring import DISCORD_SECONDS, GOAL, measured


async def run(cases: int, rounds: int) -> None:
    """Measure and tell, the slowest first."""
    took = await measured(cases, rounds)
    print(f"{cases:,} cases in one server, {rounds} rounds, slowest of each command in ms;")
    print(f"the goal for the first answer is {GOAL:.0%} of Discord's 3 s")
    print(f"{'':42} {'answered':>9} {'of 3 s':>7} {'shown':>8}")
    for one in sorted(took, key=lambda one: -one.answered):
        share = one.answered / DISCORD_SECONDS
        mark = "" if share <= GOAL else "  over the goal"
        print(
            f"{one.path:42} {one.answered * 1000:9.1f} {share:7.1%} {one.shown * 1000:8.1f}{mark}"
        )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.commands", allow_abbrev=False)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    asyncio.run(run(args.cases, args.rounds))


if __name__ == "__main__":
    main()
