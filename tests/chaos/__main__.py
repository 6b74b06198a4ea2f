"""``python -m tests.chaos``: a long run of the chaos, and its figures."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.plants import PLANTS
from tests.chaos.run import Figures, Plan, chaos


def main() -> int:
    """Run it and print the figures; 0 if all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--violations", type=int, default=300)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument(
        "--calm", type=float, default=120.0, help="seconds for the bot to put everything right in"
    )
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument(
        "--folder",
        type=Path,
        help="an empty folder for the database; on a file system of at most 64 MB the disk is "
        "really filled",
    )
    parser.add_argument("--log", type=Path, help="a file for what every process wrote")
    parser.add_argument(
        "--plant",
        choices=PLANTS,
        help="give the bot a defect on purpose; the run is well if it is found. "
        + "; ".join(f"{name}: {one.what}" for name, one in PLANTS.items()),
    )
    told = parser.parse_args()
    plan = Plan(
        told.seed, told.kills, told.messages, told.violations, told.channels, told.calm, told.plant
    )
    sys.stdout.write(f"seed {plan.seed}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(chaos(plan, told.folder or Path(folder)))
    if told.log is not None:
        told.log.write_text("\n--- killed ---\n".join(figures.output))
    sys.stdout.write("\n".join(lines(figures)) + "\n")
    if plan.plant is None:
        return bool(figures.findings)
    found = bool(figures.findings)
    sys.stdout.write(f"The defect {plan.plant} was {'found' if found else 'NOT found'}\n")
    return not found


def lines(figures: Figures) -> list[str]:
    """The figures for people."""
    plan = figures.plan
    faults = ", ".join(f"{name} {times}" for name, times in sorted(figures.struck.items()))
    states = ", ".join(f"{name} {times}" for name, times in sorted(figures.states.items()))
    return [
        *figures.findings,
        f"{plan.messages} messages in {plan.channels} channels, {figures.storm_seconds:.0f} s of "
        f"faults, then {figures.calm_seconds:.1f} s until all was put right",
        f"{figures.kills} kills, {figures.kills_while_failing} of them while nothing could be "
        f"written; {figures.refused} starts refused for a full disk",
        f"{sum(figures.struck.values())} faults: {faults} (a full disk answers {figures.full_by})",
        f"violations {figures.bad}, standing {figures.standing}",
        f"innocent messages {figures.innocent}, deleted {figures.wronged}",
        f"banned nicknames {figures.names}",
        f"people to be timed out {figures.traitors}, of whom {figures.timed_out} are; "
        f"{figures.twice} people acted on twice",
        f"written down: {states}; {figures.excused} records lost with a kill and excused",
        f"findings {len(figures.findings)}",
    ]


if __name__ == "__main__":
    sys.exit(main())
