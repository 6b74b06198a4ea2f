"""A clock that a test sets."""

from dataclasses import dataclass

DAY_MS = 24 * 60 * 60 * 1000


@dataclass
class Clock:
    now: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now
