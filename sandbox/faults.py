"""Faults that a test asks for: answers that fail, come late or not at all, and frames that are
lost or come twice."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.limits import Scope
from sandbox.waiting import DEFAULT_TIMEOUT


@dataclass(slots=True, eq=False)
class RestFault:
    """What is to go wrong with the next requests that match."""

    method: str | None
    path: str | None
    times: int
    status: int | None
    delay: float
    drop: Literal["before", "after"] | None
    json: Any
    headers: dict[str, str]
    text: str | None = None
    """A page in place of JSON, as what stands before Discord answers."""
    limit: Scope | None = None
    """Whose rate limit it says was reached."""
    seconds: float = 0.0
    """When that limit ends."""
    met: int = field(default=0)
    """How many requests have met it so far."""
    hold: bool = False
    """Whether requests wait until it is released."""
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait_met(self, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until a request has met it; raises TimeoutError."""
        async with asyncio.timeout(timeout):
            await self._arrived.wait()

    def release(self) -> None:
        """Let the requests that it holds, and those to come, go on."""
        self._released.set()

    async def pause(self) -> None:
        """Let a request that met it wait as long as it should."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.hold:
            await self._released.wait()

    def note(self) -> None:
        """Count a request that met it."""
        self.met += 1
        self._arrived.set()


class Faults:
    """The faults that are waiting to happen."""

    def __init__(self) -> None:
        self._rest: list[RestFault] = []
        self._holding: list[RestFault] = []
        self._duplicate = 0
        self._drop = 0
        self._swap = 0

    def rest(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
        status: int | None = None,
        delay: float = 0.0,
        drop: Literal["before", "after"] | None = None,
        json: Any = None,
        headers: dict[str, str] | None = None,
        text: str | None = None,
        hold: bool = False,
    ) -> RestFault:
        """Have the next `times` requests of a method and a path template fail.

        With a status they are answered with it, `json` and the headers, and change nothing; with
        `text` in place of JSON as Cloudflare does, which leaves out the header Via. A delay
        in seconds comes first. Dropped before, a request does nothing and its connection is cut;
        dropped after, it is carried out, but the answer is lost. A delay alone only delays, and to
        hold makes requests wait until the fault is told to release them.
        """
        fault = RestFault(method, path, times, status, delay, drop, json, headers or {}, text)
        if hold:
            fault.hold = True
            self._holding.append(fault)
        self._rest.append(fault)
        return fault

    def limit(
        self,
        scope: Scope | Literal["user", "global", "shared"] = Scope.USER,
        *,
        seconds: float,
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
    ) -> RestFault:
        """Have the next `times` requests of a method and a path template be answered 429, as if a
        limit had been reached that ends in so many seconds. Limits need not be switched on."""
        fault = RestFault(method, path, times, 429, 0.0, None, None, {})
        fault.limit, fault.seconds = Scope(scope), seconds
        self._rest.append(fault)
        return fault

    def next_frames(self, *, duplicate: int = 0, drop: int = 0, swap: int = 0) -> None:
        """Lose the next `drop` events of the gateway, then send `duplicate` of them twice, then
        `swap` of them after the one that follows."""
        self._drop += drop
        self._swap += swap
        self._duplicate += duplicate

    def withdraw(self, fault: RestFault) -> None:
        """Let no more requests meet it; those that did go on."""
        fault.release()
        if fault in self._rest:
            self._rest.remove(fault)

    def clear(self) -> None:
        """Let everything work again."""
        for fault in (*self._rest, *self._holding):
            fault.release()
        self._rest.clear()
        self._holding.clear()
        self._duplicate = self._drop = self._swap = 0

    def take_rest(self, method: str, route: str) -> RestFault | None:
        """The fault that meets a request, if one does."""
        for fault in self._rest:
            if fault.method in (None, method) and fault.path in (None, route):
                fault.note()
                if fault.met >= fault.times:
                    self._rest.remove(fault)
                return fault
        return None

    def copies_of_frame(self) -> int:
        """How many times the next event goes out: 0, 1 or 2."""
        if self._drop:
            self._drop -= 1
            return 0
        if self._duplicate:
            self._duplicate -= 1
            return 2
        return 1

    def swaps_frame(self) -> bool:
        """Whether the next event waits for the one that follows."""
        if not self._swap:
            return False
        self._swap -= 1
        return True
