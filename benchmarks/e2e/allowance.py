"""How soon a raid could be gone at best under the rate limits of the local Discord: an answer takes
no time, every request goes the moment it may, and each takes as much as it can."""

import heapq
from collections.abc import Sequence

from sandbox.limits import EXAMPLES, TOGETHER, Limit

ONE = EXAMPLES["DELETE", "/channels/{channel_id}/messages/{message_id}", ""]
MANY = EXAMPLES["POST", "/channels/{channel_id}/messages/bulk-delete", ""]
BULK = 100


class Window:
    """So many requests from the first on, then again."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._ends = 0.0
        self._used = 0

    def free_at(self, now: float) -> float:
        """When the next request may go: now or later."""
        full = self._used >= self._limit.requests
        return self._ends if full and now < self._ends else now

    def take(self, now: float) -> None:
        """Use up one."""
        if now >= self._ends:
            self._ends, self._used = now + self._limit.seconds, 0
        self._used += 1


def soonest(channels: Sequence[Sequence[float]]) -> float:
    """When the last message is gone if each channel's messages, given by their times in seconds, go
    as soon as they may: together where two or more stand, else alone."""
    together = Window(TOGETHER)
    ones, manies = [Window(ONE) for _ in channels], [Window(MANY) for _ in channels]
    gone = [0] * len(channels)
    turns = [(times[0], number) for number, times in enumerate(channels) if times]
    heapq.heapify(turns)
    last = 0.0
    while turns:
        now, number = heapq.heappop(turns)
        times = channels[number]
        standing = sum(at <= now for at in times) - gone[number]
        many = standing > 1 and manies[number].free_at(now) <= now
        window = manies[number] if many else ones[number]
        free = max(window.free_at(now), together.free_at(now))
        if free > now:
            free = max(together.free_at(now), min(free, manies[number].free_at(now)))
        if free > now:
            heapq.heappush(turns, (free, number))
            continue
        window.take(now)
        together.take(now)
        gone[number] += min(standing, BULK) if many else 1
        last = now
        if gone[number] < len(times):
            heapq.heappush(turns, (max(now, times[gone[number]]), number))
    return last
