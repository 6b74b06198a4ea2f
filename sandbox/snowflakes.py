"""Discord's ids: 64-bit numbers that carry the moment of their making.

The upper 42 bits are milliseconds since 2015-01-01 UTC, the lower 22 tell ids of one millisecond
apart (Discord's reference, "Snowflakes").
"""

import re
import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
_LOW_BITS = 22
_SEQUENCE_BITS = 12
_DIGITS = re.compile(r"0|[1-9][0-9]{0,19}")


def created_at(snowflake: int) -> datetime:
    """The moment an id was made, in UTC, to the millisecond."""
    return datetime.fromtimestamp(created_ms(snowflake) / 1000, UTC)


def created_ms(snowflake: int) -> int:
    """The moment an id was made, in UTC milliseconds."""
    return (snowflake >> _LOW_BITS) + EPOCH_MS


def age_seconds(snowflake: int) -> float:
    """How long ago an id was made, in seconds."""
    return time.time() - created_ms(snowflake) / 1000


def parse(value: object) -> int | None:
    """A snowflake as clients write it, a string of digits or an integer; None if it is neither."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        return None
    return number if 0 <= number < 1 << 64 else None


class Snowflakes:
    """Makes ids: unique, growing, with the real time in them.

    The sequence part counts on over milliseconds, so the same order of making gives the same
    sequence parts in every run.
    """

    def __init__(self) -> None:
        self._count = 0
        self._last_ms = 0
        self._dated = 0

    def next(self) -> int:
        """A new id, greater than every id that this method gave before."""
        now = max(time.time_ns() // 1_000_000, self._last_ms)
        if self._count and self._count % (1 << _SEQUENCE_BITS) == 0:
            now = max(now, self._last_ms + 1)
        self._last_ms = now
        sequence = self._count % (1 << _SEQUENCE_BITS)
        self._count += 1
        return ((now - EPOCH_MS) << _LOW_BITS) | sequence

    def at(self, moment: datetime) -> int:
        """An id made at another moment, for messages that are older than the run."""
        milliseconds = int(moment.timestamp() * 1000) - EPOCH_MS
        if milliseconds < 0:
            raise ValueError("Discord's ids cannot be older than 2015-01-01")
        self._dated = (self._dated + 1) % (1 << (_LOW_BITS - 1))
        # next() never sets the highest of the low bits, so the two cannot collide.
        return (milliseconds << _LOW_BITS) | (1 << (_LOW_BITS - 1)) | self._dated
