"""``bot.py`` for one long day that passes in seconds: SIGUSR1 says that it is later, by as many
milliseconds as the file CLOCK_FILE holds, and nothing waits for more of its kind."""

import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

VARIABLE = "CLOCK_FILE"
LATER = "It is {} ms later."
"""Written to standard error when the bot knows it."""


class Clocks:
    """Python's clocks, as many milliseconds ahead as the file says."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = int(file.read_text("ascii"))
        self._monotonic, self._time_ns = time.monotonic, time.time_ns

    def later(self, *_: object) -> None:
        """Time has passed."""
        self._ahead = int(self._file.read_text("ascii"))
        os.write(sys.stderr.fileno(), f"{LATER.format(self._ahead)}\n".encode())

    def monotonic(self) -> float:
        """As ``time.monotonic``, the clock of the event loop."""
        return self._monotonic() + self._ahead / 1_000

    def time_ns(self) -> int:
        """As ``time.time_ns``, the clock of the project."""
        return self._time_ns() + self._ahead * 1_000_000


def run() -> int:
    """Imported only now, since modules keep the clock that they find."""
    import cli.run
    from cli.compose import compose
    from cli.main import main
    from tests.e2e.harness import FAST, LOG_AT_ONCE, TOLD_AT_ONCE

    hurried = partial(compose, pace=FAST, log_pace=LOG_AT_ONCE, notice_pace=TOLD_AT_ONCE)
    cli.run.compose = hurried  # type: ignore[attr-defined]  # the one seam that needs no option
    return main()


if __name__ == "__main__":
    clocks = Clocks(Path(os.environ[VARIABLE]))
    time.monotonic, time.time_ns = clocks.monotonic, clocks.time_ns
    signal.signal(signal.SIGUSR1, clocks.later)
    sys.exit(run())
