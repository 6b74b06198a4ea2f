"""How many people are written to at most, so that Discord does not take the bot for a spammer."""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from time import monotonic

CONVERSATIONS_A_MINUTE = 10
"""New direct conversations, over all servers together. Discord refuses bots that open too many."""

REPLIES_A_MINUTE = 20
"""Short replies, in each server."""

MINUTE = 60.0

KNOWN_CONVERSATIONS = 1_000
"""How many people's conversations are remembered as open."""

CLOSED_SECONDS = 600.0
"""How long it is remembered that somebody takes no messages, or that a channel may not be written
in: refusals are counted by Discord, 10,000 in ten minutes."""

CLOSED_AT_MOST = 5_000


class Bound:
    """At most so many within any minute, for each key on its own."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = a_minute
        self._clock = clock
        self._taken: dict[Hashable, deque[float]] = {}

    def take(self, key: Hashable = None) -> bool:
        """Take one more; False where there have been too many within the last minute."""
        now = self._clock()
        for other, times in list(self._taken.items()):
            while times and now - times[0] >= MINUTE:
                times.popleft()
            if not times:
                del self._taken[other]
        taken = self._taken.setdefault(key, deque())
        if len(taken) >= self._most:
            return False
        taken.append(now)
        return True


class Closed:
    """Who or what refused lately, and in which words."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._refused: OrderedDict[Hashable, tuple[float, str]] = OrderedDict()

    def add(self, key: Hashable, why: str) -> None:
        """It was refused just now."""
        self._refused[key] = (self._clock(), why)
        self._refused.move_to_end(key)
        if len(self._refused) > CLOSED_AT_MOST:
            self._refused.popitem(last=False)

    def why(self, key: Hashable) -> str | None:
        """Why there is no use in asking; None where there may be."""
        known = self._refused.get(key)
        if known is None:
            return None
        if self._clock() - known[0] >= CLOSED_SECONDS:
            del self._refused[key]
            return None
        return known[1]


class Conversations:
    """The direct channels that are open, by account; those used longest ago are forgotten first."""

    def __init__(self) -> None:
        self._channels: OrderedDict[int, int] = OrderedDict()

    def of(self, user_id: int) -> int | None:
        """The channel, None where none is known."""
        channel_id = self._channels.get(user_id)
        if channel_id is not None:
            self._channels.move_to_end(user_id)
        return channel_id

    def opened(self, user_id: int, channel_id: int) -> None:
        """There is one now."""
        self._channels[user_id] = channel_id
        if len(self._channels) > KNOWN_CONVERSATIONS:
            self._channels.popitem(last=False)
