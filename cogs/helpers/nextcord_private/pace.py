"""How fast to connect again: pauses that grow, and what a day's IDENTIFYs allow."""

import random
from dataclasses import dataclass
from enum import Enum
from time import monotonic


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast to connect again, in seconds.

    Pauses grow from ``first`` by ``factor`` and stay short where a session can be resumed, or was
    there and has ended: ``resume_cap``, ``ended_cap``. Where Discord cannot be reached they grow to
    ``failed_cap``. A connection that lived for ``forget`` makes them short again.

    Each IDENTIFY counts towards 1,000 a day, beyond which Discord resets the token, and two are to
    be five seconds apart (Discord, Gateway, Identifying): ``identify_apart``. So many as
    ``identify_burst`` may follow one another so; after that there is one for each
    ``identify_every``, which together stays below the 1,000.
    """

    first: float = 0.1
    factor: float = 1.6
    resume_cap: float = 2.0
    ended_cap: float = 5.0
    failed_cap: float = 30.0
    forget: float = 120.0
    identify_apart: float = 5.0
    identify_burst: int = 200
    identify_every: float = 120.0


class Ended(Enum):
    """How a connection ended."""

    RESUMABLE = "its session can be resumed"
    ENDED = "its session is over"
    FAILED = "it never had a session"


class Backoff:
    """Counts the connections that ended soon, each kind on its own: the more in a row, the longer
    the pause."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._caps = {
            Ended.RESUMABLE: pace.resume_cap,
            Ended.ENDED: pace.ended_cap,
            Ended.FAILED: pace.failed_cap,
        }
        self._short = dict.fromkeys(Ended, 0)
        self._begun: float | None = None

    def pause(self, ended: Ended) -> float:
        """A connection has just ended: how long to wait before the next."""
        now = monotonic()
        if self._begun is not None and now - self._begun > self._pace.forget:
            self._short = dict.fromkeys(Ended, 0)
        # The exponent is bounded: a large one is no float any more.
        pause = self._pace.first * self._pace.factor ** min(self._short[ended], 40)
        self._short[ended] += 1
        pause = min(pause, self._caps[ended])
        pause *= random.uniform(0.75, 1.0)  # noqa: S311  # jitter, not a secret
        # A pause is no time that a connection lived.
        self._begun = now + pause
        return pause


class Identifies:
    """What is left of the IDENTIFYs that a day allows."""

    FEW = 50
    """With fewer left than this, as Discord tells it, they are spread over the time until there are
    new ones: whoever starts the bot again and again has used up the others."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._left = float(pace.identify_burst)
        self._counted_at = monotonic()
        self._sent_at: float | None = None
        self._not_before = 0.0

    def told(self, remaining: int, reset_after: float) -> None:
        """Discord says how many are left, and in how many seconds there are new ones."""
        if remaining < self.FEW:
            since = monotonic() if self._sent_at is None or remaining <= 0 else self._sent_at
            self._not_before = since + reset_after / max(1, remaining)
        else:
            self._not_before = 0.0

    def wait(self) -> float:
        """In how many seconds the next one may be sent."""
        now = monotonic()
        self._count(now)
        waits = [self._not_before - now, (1.0 - self._left) * self._pace.identify_every]
        if self._sent_at is not None:
            waits.append(self._sent_at + self._pace.identify_apart - now)
        return max(0.0, *waits)

    def sent(self) -> None:
        """One was sent."""
        now = monotonic()
        self._count(now)
        self._left -= 1
        self._sent_at = now

    def _count(self, now: float) -> None:
        new = (now - self._counted_at) / self._pace.identify_every
        self._left = min(float(self._pace.identify_burst), self._left + new)
        self._counted_at = now
