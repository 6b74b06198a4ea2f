"""``bot.py`` for somebody whose machine is not ready yet."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_without_the_packages_it_says_how_to_get_them() -> None:
    # -S leaves out the packages that are installed beside the standard library.
    run = subprocess.run(
        [sys.executable, "-S", str(ROOT / "bot.py")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.startswith("The package ")
    assert "pip install uv && uv run bot.py sandbox" in run.stderr
    assert "Traceback" not in run.stderr
