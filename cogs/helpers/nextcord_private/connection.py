"""Staying connected: makes gateway connections one after another until told to stop.

Takes the place of the loop in ``Client.connect`` (the client overrides that method and calls
:func:`stay_connected`), because Nextcord 3.2.0 dies of a first connection that fails, reconnects a
hundred times a second to a server that keeps closing, and ends on anything it did not expect.
``DiscordWebSocket.from_client`` is its internal way to make a connection.
"""

import asyncio
import logging
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
from cogs.helpers.nextcord_private.pace import Backoff, Ended, Identifies, Pace
from cogs.helpers.nextcord_private.payloads import Handlers
from cogs.helpers.nextcord_private.rest import ask_for_gateway

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


async def stay_connected(client: "Client", handlers: Handlers, pace: Pace) -> None:
    """Be connected until the client is closed.

    Raises PrivilegedIntentsRequired (4014) or ConnectionClosed (another code of
    :data:`FATAL_CODES`); everything else makes a new connection.
    """
    backoff, identifies = Backoff(pace), Identifies(pace)
    session: Gateway | None = None  # the last connection with a session that may be resumed
    url: str | None = None  # where to connect, where Discord has told
    failed_resumes = 0
    while not client.is_closed():
        connected = False
        resume = session is not None
        gateway: Gateway | None = None
        try:
            if session is None:
                url = await _gateway_for_a_new_session(client, identifies)
                if client.is_closed():
                    return
            gateway = await _connect(client, handlers, session, url)
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
            session, url = gateway, gateway.resume_url
        else:
            # The special resume address may be what is out of reach; ask for a fresh one.
            url = None
        failed_resumes = 0 if gateway is None or gateway.established else failed_resumes + 1
        code = gateway.socket.close_code if gateway is not None else None
        if not resume or code in NEW_SESSION_CODES or failed_resumes >= MAX_FAILED_RESUMES:
            session, url, failed_resumes = None, None, 0
        pause = backoff.pause(_how_it_ended(session, connected=connected))
        log.info("Connecting again in %.1f s%s", pause, ", resuming the session" if session else "")
        await asyncio.sleep(pause)


def _how_it_ended(session: Gateway | None, *, connected: bool) -> Ended:
    if not connected:
        return Ended.FAILED
    return Ended.ENDED if session is None else Ended.RESUMABLE


async def _gateway_for_a_new_session(client: "Client", identifies: Identifies) -> str | None:
    """The gateway's address, when an IDENTIFY may be sent there."""
    url, left = await ask_for_gateway(client.http)
    if left is not None:
        identifies.told(*left)
    wait = identifies.wait()
    if wait > 0:
        log.info("A new session may begin in %.1f s", wait)
        await asyncio.sleep(wait)
    identifies.sent()
    return url


async def _connect(
    client: "Client", handlers: Handlers, session: Gateway | None, url: str | None
) -> Gateway:
    """A connection that has said HELLO and was sent IDENTIFY or RESUME."""
    async with asyncio.timeout(CONNECT_SECONDS):
        gateway: Gateway = await Gateway.from_client(
            client,
            initial=True,
            gateway=url,
            shard_id=client.shard_id,
            session=session.session_id if session else None,
            sequence=session.sequence if session else None,
            resume=session is not None,
            format_gateway=url is not None,
        )
    gateway.handlers = handlers
    if session is not None:
        gateway.resume_url = url or session.resume_url
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
