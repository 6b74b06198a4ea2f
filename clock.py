"""The time, for what has to be told it rather than asking by itself."""

import time


def utc_ms() -> int:
    """The time in UTC milliseconds since 1970."""
    return time.time_ns() // 1_000_000
