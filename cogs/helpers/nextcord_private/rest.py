"""The REST client: Nextcord's, with a request of our own.

Touches ``HTTPClient.request`` (overridden), ``HTTPClient._HTTPClient__session`` and
``Client._connection.http`` (where the caches send their requests), because Nextcord 3.2.0 gives up
at once on 501, 503 and 520 and on a reset connection, ignores Retry-After, takes a 429 without a
Via header for a ban, reads ``application/json; charset=utf-8`` as text, and has no timeout under
300 s. Everything that this project sends over REST goes through here.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp
from nextcord import Client, File
from nextcord.errors import (
    DiscordServerError,
    Forbidden,
    GatewayNotFound,
    HTTPException,
    NotFound,
    Unauthorized,
)
from nextcord.http import HTTPClient, Route
from nextcord.utils import MISSING, from_json, to_json

from cogs.helpers.nextcord_private.rate_limits import (
    Haste,
    LimitReachedError,
    Major,
    RateLimits,
)

log = logging.getLogger(__name__)

ATTEMPTS = 5
PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0)
"""Pauses after a 5xx or a lost connection, before each further attempt; with up to a quarter more
at random, so that many requests do not come back at once."""

ASKED_AGAIN_BY_CALLER = frozenset({"GET /users/@me", "GET /gateway", "GET /gateway/bot"})
"""Logging in and connecting have pauses of their own, which they tell of; these fail at once."""

RATE_LIMITED_ATTEMPTS = 20
"""A 429 is no failure, only a delay; this many in a row for one request are."""

TIMEOUT = aiohttp.ClientTimeout(total=20, connect=10)
"""For each attempt on its own."""

MAX_REASON_CHARACTERS = 512
"""Of the audit-log reason, URL-encoded (Discord, Audit Log)."""


class RestClient(HTTPClient):
    """Takes the place of ``Client.http``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.limits = RateLimits()

    async def request(
        self,
        route: Route,
        *,
        files: Sequence[File] | None = None,
        form: Iterable[dict[str, Any]] | None = None,
        auth: str | None = MISSING,
        retry_request: bool = True,
        **kwargs: Any,
    ) -> Any:
        """Send one request and return its JSON (text where it is none). With ``when``, a function,
        all is made ready at once, and nothing is sent before its awaitable has come.

        Raises nextcord's HTTPException family for Discord's refusals, OSError,
        ``aiohttp.ClientError`` or TimeoutError where Discord could not be reached, and what
        ``when`` raises. With ``patience``, in seconds, raises LimitReachedError where a rate limit
        asks for a longer pause than that. ``haste`` is its own in place of its route's;
        ``repeatable`` says that Discord lets it take effect once, however often it comes.
        """
        patience = kwargs.pop("patience", None)
        haste: Haste = kwargs.pop("haste", _haste(route))
        repeatable: bool = kwargs.pop("repeatable", _repeatable(route))
        await self.recreate()
        headers = self._make_headers(dict(kwargs.pop("headers", {})), auth=auth)
        reason = kwargs.pop("reason", None)
        if reason:
            headers["X-Audit-Log-Reason"] = encode_reason(reason)
        if "json" in kwargs:
            headers["Content-Type"] = "application/json"
            kwargs["data"] = to_json(kwargs.pop("json"))
        when = kwargs.pop("when", None)
        if when is not None:
            kwargs["middlewares"] = (_sent_after(when),)
        name = f"{route.method} {route.path}"
        retry_request = retry_request and name not in ASKED_AGAIN_BY_CALLER
        major: Major = (route.channel_id, route.guild_id, route.webhook_id, route.webhook_token)
        failures = 0
        limited = 0
        while True:
            if patience is not None and (pause := self.limits.pause(name, major)) > patience:
                raise LimitReachedError(pause)
            bucket = await self.limits.acquire(name, major)
            try:
                if auth is not None:  # answers to interactions carry none and do not count
                    await self.limits.wait_global(haste)
                answer = await self._send(route, headers, files, form, kwargs, failures + limited)
                if answer.status < 500:  # else it may be a proxy's, which says nothing of limits
                    self.limits.learn(name, major, bucket, answer.headers)
                if answer.status == 429:
                    self._limited(answer, bucket_block=bucket.block)
            except (OSError, aiohttp.ClientError, TimeoutError) as error:
                failures += 1
                # Where the connection was never made, nothing can have taken effect.
                again = repeatable or isinstance(error, aiohttp.ClientConnectorError)
                if not retry_request or failures >= ATTEMPTS or not again:
                    raise
                log.info("%s: %s; trying again", name, error or type(error).__name__)
                await _pause(failures)
                continue
            finally:
                bucket.release()
            if answer.status < 300:
                return answer.data
            if answer.status == 429 and retry_request and limited < RATE_LIMITED_ATTEMPTS:
                limited += 1
                continue
            if answer.status >= 500:
                failures += 1
                if retry_request and failures < ATTEMPTS:
                    log.info("%s: Discord answered %d; trying again", name, answer.status)
                    await _pause(failures)
                    continue
            answer.raise_refusal()

    async def get_gateway(self, **options: Any) -> str:
        """The gateway's address; from ``/gateway/bot`` of a server that knows no ``/gateway``."""
        try:
            return await super().get_gateway(**options)
        except GatewayNotFound:
            _, url = await self.get_bot_gateway(**options)
            return url

    def _limited(self, answer: "Answer", bucket_block: Any) -> None:
        seconds = answer.retry_after()
        if answer.is_global():
            log.warning("Discord's global rate limit: waiting %.2f s", seconds)
            self.limits.block_globally(seconds)
        else:
            bucket_block(seconds)

    async def _send(
        self,
        route: Route,
        headers: dict[str, str],
        files: Sequence[File] | None,
        form: Iterable[dict[str, Any]] | None,
        kwargs: Mapping[str, Any],
        attempt: int,
    ) -> "Answer":
        options = dict(kwargs)
        for file in files or ():
            file.reset(seek=attempt)
        if form is not None:
            data = aiohttp.FormData(quote_fields=False)
            for field in form:
                data.add_field(**field)
            options["data"] = data
        # Nextcord keeps its session under a name of its own class alone, which mypy does not know.
        session: aiohttp.ClientSession = self._HTTPClient__session  # type: ignore[attr-defined]
        async with session.request(
            route.method, route.url, headers=headers, timeout=TIMEOUT, **options
        ) as response:
            text = await response.text(encoding="utf-8", errors="replace")
            return Answer(response, text)


async def ask_for_gateway(http: HTTPClient) -> tuple[str | None, tuple[int, float] | None]:
    """The gateway's address, and how many IDENTIFYs are left and in how many seconds there are new
    ones (Discord, Get Gateway Bot). Each is None where it is not told. Raises as ``request``."""
    try:
        told = await http.request(Route("GET", "/gateway/bot"))
    except NotFound:
        return None, None  # Nextcord asks at /gateway
    if not isinstance(told, dict) or not isinstance(told.get("url"), str):
        return None, None
    left = None
    with contextlib.suppress(KeyError, TypeError, ValueError):
        limit = told["session_start_limit"]
        left = int(limit["remaining"]), float(limit["reset_after"]) / 1000
    return told["url"], left


def use_rest_client(client: Client) -> None:
    """Give ``client`` this REST client in place of its own, before anything was sent."""
    rest = RestClient(dispatch=client.dispatch)
    client.http = rest
    client._connection.http = rest


def set_global_limit(client: Client, per_second: int) -> None:
    """Let ``client`` send as many requests a second as its server takes; Discord takes 50."""
    if isinstance(client.http, RestClient):
        client.http.limits.per_second = per_second


class Answer:
    """What Discord answered to one attempt."""

    def __init__(self, response: aiohttp.ClientResponse, text: str) -> None:
        self.status = response.status
        self.headers = response.headers
        self.data: Any = text
        self._response = response
        if "json" in response.headers.get("Content-Type", "") and text:
            try:
                self.data = from_json(text)
            except ValueError:
                # A proxy's error page, most likely; the status says enough.
                self.data = text

    def retry_after(self) -> float:
        """How long a 429 asks to wait, in seconds; the body is the more exact of the two."""
        body = self.data.get("retry_after") if isinstance(self.data, dict) else None
        for told in (body, self.headers.get("Retry-After"), "1"):
            try:
                return max(0.0, float(told))  # type: ignore[arg-type]  # TypeError is caught
            except (TypeError, ValueError):
                continue
        return 1.0

    def is_global(self) -> bool:
        """Whether a 429 is about all routes."""
        scope = self.headers.get("X-RateLimit-Scope")
        told = isinstance(self.data, dict) and self.data.get("global") is True
        return scope == "global" or self.headers.get("X-RateLimit-Global") == "true" or told

    def raise_refusal(self) -> None:
        """Raise what Nextcord raises for this status."""
        kind = {401: Unauthorized, 403: Forbidden, 404: NotFound}.get(
            self.status, DiscordServerError if self.status >= 500 else HTTPException
        )
        raise kind(self._response, self.data)


def encode_reason(reason: str) -> str:
    """An audit-log reason as its header takes it: URL-encoded and at most
    :data:`MAX_REASON_CHARACTERS` long, never cut inside a character. Lone surrogates, which have no
    encoding, become question marks."""
    reason = reason.encode("utf-8", "replace").decode("utf-8")
    encoded = quote(reason, safe="/ ")
    if len(encoded) <= MAX_REASON_CHARACTERS:
        return encoded.strip()
    encoded = ""
    for character in reason:
        piece = quote(character, safe="/ ")
        if len(encoded) + len(piece) > MAX_REASON_CHARACTERS:
            break
        encoded += piece
    return encoded.strip()


def _sent_after(when: Callable[[], Awaitable[object]]) -> aiohttp.ClientMiddlewareType:
    """Lets a request wait where it is complete and only has to be written to its connection."""

    async def middleware(
        request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        await when()
        return await send(request)

    return middleware


def _repeatable(route: Route) -> bool:
    """Whether sending again cannot do a thing twice: what means the same however often it is sent.
    Bulk deletion does: ids of messages that are gone are passed over."""
    return route.method != "POST" or route.path.endswith("/messages/bulk-delete")


READS = frozenset({"/channels/{channel_id}/messages", "/guilds/{guild_id}/members"})
"""What is read page by page."""


def _haste(route: Route) -> Haste:
    """What takes messages away goes first, what only reads last."""
    if route.method == "GET":
        return Haste.READING if route.path in READS else Haste.ORDINARY
    if "/messages" in route.path and (
        route.method == "DELETE" or route.path.endswith("/bulk-delete")
    ):
        return Haste.URGENT
    return Haste.ORDINARY


async def _pause(failures: int) -> None:
    pause = PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS)) - 1]
    await asyncio.sleep(pause * random.uniform(1.0, 1.25))  # noqa: S311  # jitter, not a secret
