"""Waiting for something to become true without sleeping.

Whoever changes a thing tells its key; whoever waits looks again each time the key is told.
"""

import asyncio
from collections.abc import Callable, Hashable

DEFAULT_TIMEOUT = 10.0
"""Seconds that a wait lasts unless it says otherwise."""


class NotSeenError(TimeoutError):
    """What was waited for did not happen in time; the message says what that was."""


class Signals:
    """Keys that can be told and waited for."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[asyncio.Future[None]]] = {}

    def tell(self, key: Hashable) -> None:
        """Make everyone who waits for this key look again."""
        if not self._waiting:
            return
        for future in self._waiting.pop(key, ()):
            if not future.done():
                future.set_result(None)

    async def until[T](
        self,
        key: Hashable,
        condition: Callable[[], T | None],
        *,
        timeout: float,
        what: str | Callable[[], str],
    ) -> T:
        """Wait until the condition gives something other than None or False, and return that.

        The timeout is in seconds; raises NotSeenError, naming what was waited for.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while (value := condition()) is None or value is False:
            left = deadline - loop.time()
            if left <= 0:
                raise NotSeenError(
                    f"not seen within {timeout:g} s: {what if isinstance(what, str) else what()}"
                )
            future = loop.create_future()
            self._waiting.setdefault(key, []).append(future)
            await asyncio.wait((future,), timeout=left)
            if not future.done():
                future.cancel()
                waiting = self._waiting.get(key, [])
                if future in waiting:
                    waiting.remove(future)
        return value
