"""What is excused: while nothing can be written the bot deletes without a record, and a kill then
takes what it would have written later. Nothing else is excused, a standing violation never."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

CANNOT_WRITE = "Decisions cannot be written"
CAN_WRITE = "Decisions can be written again"

SLACK_SECONDS = 0.1
"""The log tells milliseconds, and the two clocks are not read at the same moment."""

ARRIVES_SECONDS = 0.5
"""What was sent just before the kill is taken in a little later."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """From when to when (monotonic seconds) a bot that was killed had asked for deletions without
    being able to write them down."""

    begin: float
    end: float

    def covers(self, moment: float) -> bool:
        """Whether a request that was sent then has lost its record."""
        return self.begin - SLACK_SECONDS <= moment <= self.end + ARRIVES_SECONDS


def unwritten(output: str, *, killed_at: float, wall_minus_monotonic: float) -> Unwritten | None:
    """What a process that was killed then may have lost, by what it wrote; None where it could
    write, or had nothing to write. It says that it can again only when that has lasted, so that the
    rest of a life is excused as well: lives are short here."""
    since = None
    for line in output.splitlines():
        if CAN_WRITE in line:
            since = None
        elif CANNOT_WRITE in line and since is None:
            since = _moment(line) - wall_minus_monotonic
    return None if since is None else Unwritten(since, killed_at)


def excused(periods: Iterable[Unwritten], started: Iterable[float]) -> bool:
    """Whether one of the requests about a message was sent in one of the periods."""
    moments = list(started)
    return any(period.covers(moment) for period in periods for moment in moments)


def _moment(line: str) -> float:
    """When a line of the log was written, in seconds since 1970."""
    date, time, _ = line.split(" ", 2)
    return datetime.fromisoformat(f"{date}T{time}").timestamp()
