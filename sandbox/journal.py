"""Everything that passed between the bot and this Discord, in order: requests with their answers,
and the events that were sent."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sandbox.waiting import DEFAULT_TIMEOUT, Signals
from sandbox.wire import Json, loads
from sandbox.world import Application


@dataclass(frozen=True)
class RequestEntry:
    """One REST request and its answer."""

    method: str
    path: str
    """Below /api/v10, without the query."""
    route: str
    """The path's template, as "/channels/{channel_id}"; the path itself if no route matched."""
    params: dict[str, str]
    query: dict[str, str]
    json: Any
    """The body, of a form its payload_json; None without one."""
    files: tuple[tuple[str, str, bytes], ...]
    """The files of a form: field, file name, bytes."""
    form: bool
    reason: str | None
    """X-Audit-Log-Reason, decoded."""
    application: Application | None
    status: int | None
    """None where a fault cut the connection."""
    answer: Any
    started: float
    at: float
    """Monotonic seconds, when the request came and when it was answered."""
    fault: bool = False
    """Whether an injected fault made the answer."""
    scope: str | None = None
    """Of an answer 429: whose limit was reached, "user", "global" or "shared"."""
    kind: Literal["request"] = "request"

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status or 'cut off'}"


@dataclass(frozen=True)
class EventEntry:
    """One event that was sent to a session, or kept for it while it was away."""

    application: Application
    session_id: str
    name: str
    """As MESSAGE_CREATE."""
    sequence: int
    raw: bytes = field(repr=False)
    at: float
    kind: Literal["event"] = "event"

    @cached_property
    def data(self) -> Json:
        """The event's content."""
        value: Json = loads(self.raw)
        return value

    def __str__(self) -> str:
        return f"event {self.name}"


type Entry = RequestEntry | EventEntry


class Journal:
    """The entries, oldest first; with a limit only the newest are kept."""

    def __init__(self, signals: Signals, limit: int | None = None) -> None:
        self.entries: deque[Entry] = deque(maxlen=limit)
        self.count = 0
        """How many entries there were, those no longer kept included: a mark for `after`."""
        self._signals = signals
        self._listeners: list[Callable[[Entry], None]] = []

    def add(self, entry: Entry) -> None:
        """Write an entry, tell the listeners and wake who waits."""
        self.entries.append(entry)
        self.count += 1
        for listener in self._listeners:
            listener(entry)
        self._signals.tell("journal")

    def listen(self, listener: Callable[[Entry], None]) -> Callable[[], None]:
        """Have every coming entry handed over as it is written; gives what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def since(self, mark: int = 0) -> list[Entry]:
        """The kept entries that were written after `count` had the value of the mark."""
        skip = max(0, mark - (self.count - len(self.entries)))
        return list(self.entries)[skip:]

    def requests(
        self, method: str | None = None, route: str | None = None, *, after: int = 0
    ) -> list[RequestEntry]:
        """The requests, of one method and one path template if given."""
        return [
            entry
            for entry in self.since(after)
            if isinstance(entry, RequestEntry)
            and method in (None, entry.method)
            and route in (None, entry.route)
        ]

    def events(self, name: str | None = None, *, after: int = 0) -> list[EventEntry]:
        """The events sent, of one name if given."""
        return [
            entry
            for entry in self.since(after)
            if isinstance(entry, EventEntry) and name in (None, entry.name)
        ]

    async def wait(
        self,
        matches: Callable[[Entry], bool],
        *,
        timeout: float = DEFAULT_TIMEOUT,
        after: int = 0,
        what: str = "a journal entry",
    ) -> Entry:
        """The first entry that matches, past or future; raises NotSeenError after the timeout."""
        return await self._first(lambda e: e if matches(e) else None, timeout, after, what)

    async def wait_request(
        self,
        method: str,
        route: str,
        matches: Callable[[RequestEntry], bool] = lambda _: True,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        after: int = 0,
    ) -> RequestEntry:
        """The first matching request that was answered, past or future."""

        def pick(entry: Entry) -> RequestEntry | None:
            if not isinstance(entry, RequestEntry):
                return None
            fits = (entry.method, entry.route) == (method, route) and matches(entry)
            return entry if fits else None

        return await self._first(pick, timeout, after, f"{method} {route}")

    async def _first[T](
        self, pick: Callable[[Entry], T | None], timeout: float, after: int, what: str
    ) -> T:
        seen = after

        def look() -> T | None:
            nonlocal seen
            new, seen = self.since(seen), self.count
            return next((found for entry in new if (found := pick(entry)) is not None), None)

        def told() -> str:
            recent = "\n  ".join(str(entry) for entry in list(self.entries)[-20:])
            return f"{what}; the last entries:\n  {recent or '(none)'}"

        return await self._signals.until("journal", look, timeout=timeout, what=told)
