"""Nonces: how a client that repeats a message is kept from writing it twice (reference, "Create
Message", enforce_nonce)."""

import time
from collections import OrderedDict
from collections.abc import Callable

from sandbox.world import Message


class Nonces:
    """The nonces of the last minutes, each with the message that was made with it first.

    Discord says "the past few minutes"; here it is a number of seconds that a test can change.
    """

    def __init__(
        self, seconds: float = 180.0, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds = seconds
        self._clock = clock
        self._known: OrderedDict[tuple[int, str], tuple[float, Message]] = OrderedDict()

    def find(self, author_id: int, nonce: object) -> Message | None:
        """The message that an author made with a nonce, while it is remembered."""
        self._forget()
        known = self._known.get((author_id, str(nonce)))
        return known[1] if known else None

    def remember(self, message: Message) -> None:
        """Note a message that has a nonce; of two with the same the first stays."""
        self._forget()
        key = (message.author.id, str(message.nonce))
        self._known.setdefault(key, (self._clock(), message))

    def _forget(self) -> None:
        oldest = self._clock() - self.seconds
        while self._known:
            key, (since, _) = next(iter(self._known.items()))
            if since > oldest:
                return
            del self._known[key]
