"""What follows from a violation, and the law by which many merge into one: the strongest wins.

Consequences are totally ordered: log only, delete, warn, timeout, kick, ban; among timeouts and
bans the longer one is the stronger, and a ban for good the strongest of all. Merging is taking the
strongest, so it is idempotent, and neither the order nor the grouping of hits changes the
result."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from moderation.errors import SettingRefused

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
MAX_TIMEOUT_MS = 28 * DAY_MS
"""The longest timeout that Discord knows (Discord, Modify Guild Member)."""

MAX_BAN_MS = 10 * 365 * DAY_MS
"""The longest ban for a time; for longer, ban for good."""


class Step(IntEnum):
    """The kinds of consequence, weakest first. The numbers are stored: they are never changed."""

    LOG = 0  # tell what would have been found; nothing is done
    DELETE = 1  # take away what was written: a message, a nickname, a title
    WARN = 2  # and tell whoever wrote it
    TIMEOUT = 3
    KICK = 4
    BAN = 5


@dataclass(frozen=True, slots=True)
class Consequence:
    """A step, and for how long (``ms``, milliseconds): always given for a timeout, None for a ban
    for good, None for every other step. Raises ConsequenceRefused for anything else."""

    step: Step
    ms: int | None = None

    def __post_init__(self) -> None:
        if self.step is Step.TIMEOUT:
            if self.ms is None or not MINUTE_MS <= self.ms <= MAX_TIMEOUT_MS:
                raise ConsequenceRefused("A timeout lasts from 1 minute to 28 days.")
        elif self.step is Step.BAN:
            if self.ms is not None and not MINUTE_MS <= self.ms <= MAX_BAN_MS:
                raise ConsequenceRefused(
                    "A ban for a time lasts from 1 minute to 10 years; leave the time out for a "
                    "ban for good."
                )
        elif self.ms is not None:
            raise ConsequenceRefused("Only timeouts and bans have a length.")

    @property
    def strength(self) -> tuple[int, float]:
        """By this consequences are compared."""
        endless = float("inf") if self.step is Step.BAN else 0.0
        return (self.step.value, endless if self.ms is None else float(self.ms))

    @property
    def punishes(self) -> bool:
        """Whether something is done to the member, beyond what they wrote and a word to them."""
        return self.step >= Step.TIMEOUT


LOG = Consequence(Step.LOG)
DELETE = Consequence(Step.DELETE)
WARN = Consequence(Step.WARN)
KICK = Consequence(Step.KICK)
BAN = Consequence(Step.BAN)


def strongest(several: Iterable[Consequence]) -> Consequence:
    """All of them merged into one; log only where there is none."""
    return max(several, key=lambda one: one.strength, default=LOG)


def weaker(one: Consequence, other: Consequence) -> Consequence:
    """The weaker of two."""
    return min(one, other, key=lambda either: either.strength)


class ConsequenceRefused(SettingRefused):
    """A consequence that Discord, or reason, does not allow; its text says what is possible."""
