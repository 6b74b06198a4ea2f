"""A short run of the chaos. The long one: ``uv run python -m tests.chaos --kills 50``."""

import os
import time
from pathlib import Path

from tests.chaos.run import Plan, chaos

SEED = "CHAOS_SEED"
"""The variable that repeats a run."""


async def test_nothing_is_missed_and_nothing_is_lost(tmp_path: Path) -> None:
    seed = int(os.environ.get(SEED) or time.time_ns() % 1_000_000)
    print(f"{SEED}={seed}")  # noqa: T201 - pytest shows it where the test fails
    plan = Plan(seed, kills=3, messages=360, violations=36, channels=20, calm_seconds=40.0)
    figures = await chaos(plan, tmp_path)
    (tmp_path / "output.log").write_text("\n--- killed ---\n".join(figures.output))
    assert not figures.findings, f"{SEED}={seed}\n" + "\n".join(figures.findings)
    assert figures.kills + figures.refused >= plan.kills
    assert figures.bad > 0
