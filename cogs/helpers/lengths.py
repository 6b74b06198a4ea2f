"""Lengths of time as people write them: “1 h”, “90 min”, “2 days 12 hours”."""

import re

from moderation.consequence import DAY_MS, MINUTE_MS
from moderation.errors import Refused

HOUR_MS = 60 * MINUTE_MS
UNITS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS, "w": 7 * DAY_MS, "y": 365 * DAY_MS}
NAMES = {
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
    "y": ("y", "year", "years"),
}
BY_NAME = {name: UNITS[unit] for unit, names in NAMES.items() for name in names}

_PART = re.compile(r"\s*([0-9]{1,6})\s*([a-z]+)\s*,?\s*")


def read_length(text: str) -> int:
    """Milliseconds. Raises LengthRefused."""
    left, total = text.strip().lower(), 0
    while left:
        part = _PART.match(left)
        if part is None or part[2] not in BY_NAME:
            raise LengthRefused
        total += int(part[1]) * BY_NAME[part[2]]
        left = left[part.end() :]
    if not total:
        raise LengthRefused
    return total


def exact(ms: int) -> str:
    """A length of whole minutes as ``read_length`` takes it, nothing left out."""
    parts = []
    for unit, size in (("d", DAY_MS), ("h", HOUR_MS), ("min", MINUTE_MS)):
        number, ms = divmod(ms, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts)


class LengthRefused(Refused):
    """A text is no length of time."""

    def __init__(self) -> None:
        super().__init__(
            "I do not understand how long that is. Write for example 30 m, 12 h, 7 d or 2 weeks."
        )
