"""Rate limits as Discord has them ("Rate Limits"): a bucket for each route and each channel, guild
or webhook in its path, one for all of an application's requests, and some that all share.

They are off unless switched on. The numbers are examples: Discord promises none, changes them, and
asks clients to follow the headers. A test may put others into the tables.
"""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sandbox.snowflakes import age_seconds, parse
from sandbox.wire import Json

TOP_LEVEL = ("channel_id", "guild_id", "webhook_id", "interaction_id")
"""The parameters of a path that have limits of their own; a webhook counts with its token, which
tells the interactions of one application apart."""
KEPT_WINDOWS = 10_000


class Scope(StrEnum):
    """Whose limit was reached."""

    USER = "user"
    GLOBAL = "global"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in a window that begins with the first of them and lasts so long."""

    requests: int
    seconds: float


_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_MEMBER = "/guilds/{guild_id}/members/{user_id}"

OLD = "old"
"""A deletion of a message older than two weeks: it has a bucket of its own."""
YOUNG = "young"
"""A deletion of a message younger than ten seconds: of its own only where the table says so."""
RENAMING = "name"
"""A change of a channel's or thread's name."""

EXAMPLES: Mapping[tuple[str, str, str], Limit] = {
    ("POST", _MESSAGES, ""): Limit(5, 5.0),
    ("GET", _MESSAGES, ""): Limit(5, 5.0),
    ("PATCH", _MESSAGE, ""): Limit(5, 5.0),
    ("DELETE", _MESSAGE, ""): Limit(5, 1.0),
    ("DELETE", _MESSAGE, OLD): Limit(30, 120.0),
    ("POST", _MESSAGES + "/bulk-delete", ""): Limit(1, 1.0),
    ("PATCH", "/channels/{channel_id}", RENAMING): Limit(2, 600.0),
    ("PATCH", _MEMBER, ""): Limit(10, 10.0),
    ("DELETE", _MEMBER, ""): Limit(5, 1.0),
    ("PUT", "/guilds/{guild_id}/bans/{user_id}", ""): Limit(5, 1.0),
    ("GET", "/guilds/{guild_id}/members", ""): Limit(10, 10.0),
    ("POST", "/users/@me/channels", ""): Limit(10, 10.0),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}", ""): Limit(5, 2.0),
}
"""By method, path template and variant (empty for what has none)."""
OTHERS = Limit(50, 1.0)
"""What holds for a route that is not in the table."""
TOGETHER = Limit(50, 1.0)
"""What an application may ask in all."""
ALL_MEMBERS = Limit(1, 30.0)
"""How often a bot may ask the gateway for all members of a guild ("Request Guild Members")."""
IDENTIFIES = Limit(1000, 86_400.0)
"""How many sessions an application may begin in a day ("Session Start Limit")."""
IDENTIFY_SECONDS = 5.0
"""The window in which max_concurrency counts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the limits see it."""

    application_id: int | None
    """None where a secret in the path takes the place of a token, as for interactions: such
    requests are not under the limit for all of an application's."""
    method: str
    route: str
    params: Mapping[str, str]
    renames: bool = False
    """Whether its body has a name in it."""

    @property
    def resource(self) -> str:
        """The channel, guild, webhook or interaction that it is about."""
        number = next((self.params[name] for name in TOP_LEVEL if name in self.params), "")
        return number + self.params.get("webhook_token", "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer 429."""

    body: Json
    headers: dict[str, str]
    scope: Scope


@dataclass(slots=True)
class _Window:
    limit: Limit
    ends: float
    used: int = 0

    @property
    def left(self) -> int:
        """How many more requests the window takes."""
        return max(0, self.limit.requests - self.used)


class Limits:
    """The limits and how far they are used up. The clock gives seconds that only grow."""

    def __init__(self, *, on: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.on = on
        self.routes = dict(EXAMPLES)
        self.others = OTHERS
        self.together = TOGETHER
        self.shared: dict[tuple[str, str], Limit] = {}
        """By method and path template: limits of a channel or guild that all applications, and
        people too, use up together."""
        self.all_members = ALL_MEMBERS
        self.identifies = IDENTIFIES
        self.refused: Counter[Scope] = Counter()
        """How many requests met a limit, by whose it was."""
        self._invalid: Counter[int | None] = Counter()
        self._clock = clock
        self._windows: dict[tuple[str, ...], _Window] = {}

    def invalid_requests(self, application_id: int | None) -> int:
        """How many answers 401, 403 and 429 (but of shared limits) an application got, or those
        without a known token. 10,000 of them in 10 minutes make Discord lock an address out."""
        return self._invalid[application_id]

    def count(self, application_id: int | None, status: int | None, scope: str | None) -> None:
        """Note an answer."""
        if status in (401, 403) or (status == 429 and scope != Scope.SHARED):
            self._invalid[application_id] += 1

    def use_up_shared(self, method: str, route: str, resource: int, seconds: float) -> None:
        """Have a shared limit of one channel or guild be reached by others, for a while."""
        limit = self.shared.setdefault((method, route), Limit(10, seconds))
        key = ("shared", method, route, str(resource))
        self._windows[key] = _Window(limit, self._clock() + seconds, limit.requests)

    def take(self, limit: Limit, *key: object) -> float:
        """Use up one of a limit of the gateway: gives 0.0, or the seconds to wait if none is left.
        Switched off, it gives 0.0 always."""
        if not self.on:
            return 0.0
        window = self._window(("gateway", *map(str, key)), limit)
        if not window.left:
            return self._left(window)
        window.used += 1
        return 0.0

    def left(self, limit: Limit, *key: object) -> tuple[int, float]:
        """How many of a limit of the gateway are left, and the seconds until it begins anew."""
        if not self.on:
            return limit.requests, limit.seconds
        window = self._window(("gateway", *map(str, key)), limit)
        return window.left, self._left(window)

    def meet(self, asked: Asked) -> tuple[Refusal | None, dict[str, str]]:
        """Count a request: whether it is refused, and the headers of its answer if it is not."""
        application = str(asked.application_id)
        if asked.application_id is not None:
            together = self._window(("together", application), self.together)
            if not together.left:
                return self._refuse(Scope.GLOBAL, together, {}), {}
            together.used += 1
        bucket, limit = self._bucket(asked)
        own = self._window(("own", application, bucket, asked.resource), limit)
        if not own.left:
            return self._refuse(Scope.USER, own, self._headers(bucket, own)), {}
        if shared_limit := self.shared.get((asked.method, asked.route)):
            key = ("shared", asked.method, asked.route, asked.resource)
            shared = self._window(key, shared_limit)
            if not shared.left:
                return self._refuse(Scope.SHARED, shared, self._headers(bucket, own)), {}
            shared.used += 1
        own.used += 1
        return None, self._headers(bucket, own)

    def refusal(self, asked: Asked, scope: Scope, seconds: float) -> Refusal:
        """A 429 that a test wants, as if a limit had been reached that ends in so many seconds."""
        bucket, limit = self._bucket(asked)
        window = _Window(limit, self._clock() + seconds, limit.requests)
        if scope is Scope.GLOBAL:
            return self._refuse(scope, window, {})
        if scope is Scope.SHARED:
            own = self._window(("own", str(asked.application_id), bucket, asked.resource), limit)
            return self._refuse(scope, window, self._headers(bucket, own))
        return self._refuse(scope, window, self._headers(bucket, window))

    def _bucket(self, asked: Asked) -> tuple[str, Limit]:
        """The name of the bucket, which says nothing of the channel, and its limit."""
        for variant in (_variant(asked), ""):
            limit = self.routes.get((asked.method, asked.route, variant))
            if limit is not None:
                return _hash(asked.method, asked.route, variant), limit
        return _hash(asked.method, asked.route, ""), self.others

    def _window(self, key: tuple[str, ...], limit: Limit) -> _Window:
        window, now = self._windows.get(key), self._clock()
        if window is None or window.ends <= now:
            if len(self._windows) >= KEPT_WINDOWS:
                self._windows = {k: w for k, w in self._windows.items() if w.ends > now}
            window = self._windows[key] = _Window(limit, now + limit.seconds)
        return window

    def _headers(self, bucket: str, window: _Window) -> dict[str, str]:
        left = self._left(window)
        return {
            "X-RateLimit-Limit": str(window.limit.requests),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": bucket,
        }

    def _left(self, window: _Window) -> float:
        """Seconds to the end of a window, in milliseconds rounded up, so that waiting suffices."""
        return math.ceil(max(0.0, window.ends - self._clock()) * 1000) / 1000

    def _refuse(self, scope: Scope, window: _Window, headers: dict[str, str]) -> Refusal:
        left = self._left(window)
        self.refused[scope] += 1
        whose = "The resource is" if scope is Scope.SHARED else "You are"
        body: Json = {
            "message": f"{whose} being rate limited.",
            "retry_after": left,
            "global": scope is Scope.GLOBAL,
        }
        told = {"Retry-After": str(math.ceil(left)), "X-RateLimit-Scope": str(scope)}
        if scope is Scope.GLOBAL:
            told["X-RateLimit-Global"] = "true"
        return Refusal(body, {**headers, **told}, scope)


def _variant(asked: Asked) -> str:
    """Which of a route's limits counts: deletions have one by the age of the message, changes of a
    channel one for its name."""
    if (asked.method, asked.route) == ("DELETE", _MESSAGE):
        age = age_seconds(parse(asked.params["message_id"]) or 0)
        return OLD if age > 14 * 24 * 3600 else YOUNG if age < 10 else ""
    if (asked.method, asked.route) == ("PATCH", "/channels/{channel_id}") and asked.renames:
        return RENAMING
    return ""


def _hash(*parts: str) -> str:
    return hashlib.blake2b(" ".join(parts).encode(), digest_size=16).hexdigest()
