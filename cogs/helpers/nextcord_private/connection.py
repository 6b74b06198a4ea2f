"""Staying connected: makes gateway connections one after another until told to stop.

Takes the place of the loop in ``Client.connect`` (the client overrides that method and calls
:func:`stay_connected`), because Nextcord 3.2.0 dies of a first connection that fails, reconnects a
hundred times a second to a server that keeps closing, and ends on anything it did not expect.
``DiscordWebSocket.from_client`` is its internal way to make a connection.
"""

import asyncio
import logging
import random
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import aiohttp
from nextcord.errors import (
    ConnectionClosed,
    GatewayNotFound,
    HTTPException,
    PrivilegedIntentsRequired,
)
from nextcord.gateway import ReconnectWebSocket

from cogs.helpers.nextcord_private.gateway import SESSION_KEPT, BrokenConnection, Gateway
from cogs.helpers.nextcord_private.payloads import Handlers

if TYPE_CHECKING:
    from nextcord import Client

log = logging.getLogger(__name__)

FATAL_CODES = frozenset({4004, 4010, 4011, 4012, 4013, 4014})
"""Close codes after which connecting again cannot help (Discord, Gateway Close Event Codes)."""

NEW_SESSION_CODES = frozenset({4003, 4007, 4009})
"""Close codes after which the session is no use any more: not authenticated, invalid sequence,
session timed out (the same page)."""

MAX_FAILED_RESUMES = 3
"""So many connections in a row that did not get to RESUMED, and a new session is begun."""

CONNECT_SECONDS = 30.0
CLOSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast to connect again, in seconds.

    A session that can be resumed costs Discord little, so ``resume_cap`` is short. Each IDENTIFY
    counts towards 1,000 a day, beyond which Discord resets the token (Discord, Gateway,
    Identifying): so two are ``identify_apart``, and ``identify_cap`` is what a server that keeps
    ending sessions, or cannot be reached, is given before the next. A connection that lived for
    ``forget`` makes the pauses short again.
    """

    first: float = 0.1
    factor: float = 1.6
    resume_cap: float = 2.0
    identify_cap: float = 120.0
    identify_apart: float = 5.0
    forget: float = 120.0


class Backoff:
    """Counts the connections that ended soon; the more in a row, the longer the pause. Those whose
    session goes on count on their own: an IDENTIFY need not pay for them."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._short = {True: 0, False: 0}  # by whether the session could be resumed
        self._begun: float | None = None
        self._identified: float | None = None

    def pause(self, *, resume: bool) -> float:
        """A connection has just ended: how long to wait before the next."""
        now = monotonic()
        if self._begun is not None and now - self._begun > self._pace.forget:
            self._short = {True: 0, False: 0}
        cap = self._pace.resume_cap if resume else self._pace.identify_cap
        # The exponent is bounded: a large one is no float any more.
        pause = self._pace.first * self._pace.factor ** min(self._short[resume], 40)
        self._short[resume] += 1
        pause = min(pause, cap) * random.uniform(0.75, 1.0)  # noqa: S311  # jitter, not a secret
        if not resume and self._identified is not None:
            pause = max(pause, self._identified + self._pace.identify_apart - now)
        # A pause is no time that a connection lived.
        self._begun = now + pause
        return pause

    def identified(self) -> None:
        """An IDENTIFY was sent."""
        self._identified = monotonic()


async def stay_connected(client: "Client", handlers: Handlers, pace: Pace) -> None:
    """Be connected until the client is closed.

    Raises PrivilegedIntentsRequired (4014) or ConnectionClosed (another code of
    :data:`FATAL_CODES`); everything else makes a new connection.
    """
    backoff = Backoff(pace)
    session: Gateway | None = None  # the last connection with a session that may be resumed
    resume_url: str | None = None
    failed_resumes = 0
    while not client.is_closed():
        connected = False
        resume = session is not None
        gateway: Gateway | None = None
        try:
            if session is None:
                backoff.identified()
            gateway = await _connect(client, handlers, session, resume_url)
            client.ws = gateway
            connected = True
            while True:
                await gateway.poll_event()
        except ReconnectWebSocket as request:
            resume = request.resume
        except BrokenConnection as broken:
            resume = broken.resume
            log.error("Discord sent %s; making a new connection", broken)
        except ConnectionClosed as closed:
            if closed.code == 4014:
                raise PrivilegedIntentsRequired(closed.shard_id) from None
            if closed.code in FATAL_CODES:
                raise
        except (
            OSError,
            HTTPException,
            GatewayNotFound,
            aiohttp.ClientError,
            TimeoutError,
        ) as error:
            if not client.is_closed():
                log.error("Discord cannot be reached: %s", error or type(error).__name__)
        except Exception:
            log.exception("The connection broke in a way that should not be; making a new one")
            resume = False
        finally:
            # 1000 tells Discord that nobody will come back for the session.
            await _close(gateway, 1000 if client.is_closed() else SESSION_KEPT)
        if client.is_closed():
            return
        if connected:
            client.dispatch("disconnect")
        if gateway is not None and gateway.session_id is not None:
            session, resume_url = gateway, gateway.resume_url
        else:
            # The special resume address may be what is out of reach; ask for a fresh one.
            resume_url = None
        failed_resumes = 0 if gateway is None or gateway.established else failed_resumes + 1
        code = gateway.socket.close_code if gateway is not None else None
        if not resume or code in NEW_SESSION_CODES or failed_resumes >= MAX_FAILED_RESUMES:
            session, resume_url, failed_resumes = None, None, 0
        pause = backoff.pause(resume=session is not None)
        log.info("Connecting again in %.1f s%s", pause, ", resuming the session" if session else "")
        await asyncio.sleep(pause)


async def _connect(
    client: "Client", handlers: Handlers, session: Gateway | None, resume_url: str | None
) -> Gateway:
    """A connection that has said HELLO and was sent IDENTIFY or RESUME."""
    async with asyncio.timeout(CONNECT_SECONDS):
        gateway: Gateway = await Gateway.from_client(
            client,
            initial=True,
            gateway=resume_url,
            shard_id=client.shard_id,
            session=session.session_id if session else None,
            sequence=session.sequence if session else None,
            resume=session is not None,
            format_gateway=resume_url is not None,
        )
    gateway.handlers = handlers
    if session is not None:
        gateway.resume_url = resume_url or session.resume_url
    return gateway


async def _close(gateway: Gateway | None, code: int) -> None:
    """Close what may be half open already, without waiting long for the other side."""
    if gateway is None:
        return
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await gateway.close(code)
    except Exception as error:
        log.debug("Closing the old connection: %r", error)
