"""The small Discord as a whole: starts and stops the server, and makes accounts and guilds."""

import asyncio
import contextlib
import errno
import re
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.changes import guilds
from sandbox.core import Core
from sandbox.faults import Faults
from sandbox.gateway.connection import Connection
from sandbox.gateway.hub import Gateway
from sandbox.gateway.session import Session
from sandbox.handles.app import App
from sandbox.handles.guild import Guild
from sandbox.handles.user import User
from sandbox.journal import Journal
from sandbox.limits import Limits
from sandbox.nonces import Nonces
from sandbox.rest import all_routes
from sandbox.rest.front import Front
from sandbox.waiting import DEFAULT_TIMEOUT, Signals
from sandbox.world import Account, Application, World, new_token

_API = re.compile(r"/api(?:/v(?P<version>\d+))?(?P<path>/.*)")
_FILE = re.compile(r"/attachments/\d+/(?P<id>\d+)/[^/]+")
MAX_BODY = 30 * 1024 * 1024
"""Bytes of a request: some files of the 10 MiB that Discord takes."""


TURNS_OF_ACCEPTING = 3
"""Turns of the loop from a connection's coming in until the server knows it (CPython 3.12 and 3.13,
asyncio/selector_events.py)."""


class PortInUseError(OSError):
    """The port belongs to another program."""


class LocalDiscord:
    """A Discord of one's own on loopback.

    Use it as an async context manager, or call start() and stop(). Port 0 takes any free one.
    `heartbeat_interval_ms`, and how many seconds interactions wait and nonces are remembered, may
    be made short in tests. With `rate_limits` requests meet the limits of .limits, which can be
    changed.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        heartbeat_interval_ms: int = 41_250,
        interaction_seconds: float = 3.0,
        interaction_token_seconds: float = 900.0,
        nonce_seconds: float = 180.0,
        rate_limits: bool = False,
        journal_limit: int | None = None,
    ) -> None:
        self._host, self._port = host, port
        self._runner: web.ServerRunner | None = None
        self._listening: asyncio.Server | None = None
        self.world = World()
        signals = Signals()
        self.journal = Journal(signals, journal_limit)
        self.faults = Faults()
        self.limits = Limits(on=rate_limits)
        self.gateway = Gateway(
            self.world, self.journal, self.faults, signals, self.limits, heartbeat_interval_ms
        )
        self.core = Core(
            self.world,
            self.gateway,
            self.journal,
            self.faults,
            signals,
            self.limits,
            Nonces(nonce_seconds),
            interaction_seconds,
            interaction_token_seconds,
        )
        self._front = Front(self.core, all_routes())

    @property
    def url(self) -> str:
        """The server's address, as http://127.0.0.1:8080."""
        return self.core.base_url

    @property
    def api_url(self) -> str:
        """What takes the place of https://discord.com/api/v10."""
        return f"{self.core.base_url}/api/v10"

    async def start(self) -> None:
        """Listen; raises PortInUseError."""
        server = web.Server(self._handle, request_factory=_request, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await runner.setup()
        loop = asyncio.get_running_loop()
        try:
            self._listening = await loop.create_server(
                server, self._host, self._port, reuse_address=True
            )
        except OSError as error:
            await runner.cleanup()
            if error.errno == errno.EADDRINUSE:
                raise PortInUseError(
                    f"port {self._port} of {self._host} is used by another program"
                ) from None
            raise
        self._runner = runner
        host, port = self._listening.sockets[0].getsockname()[:2]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.core.base_url = f"http://{address}"
        self.gateway.url = f"ws://{address}"

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        await self.gateway.stop()
        if self._listening is not None:
            await _stop_listening(self._listening)
            self._listening = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    def add_user(
        self,
        username: str,
        *,
        global_name: str | None = None,
        bot: bool = False,
        two_factor: bool = True,
    ) -> User:
        """An account. A bot made so has no application and only acts as a test has it act."""
        account = Account(
            self.world.snowflakes.next(),
            username,
            global_name,
            bot,
            two_factor,
            discriminator="1234" if bot else "0",
        )
        self.world.accounts[account.id] = account
        return User(self.core, account)

    def add_application(
        self,
        name: str,
        *,
        members_intent: bool = True,
        message_content_intent: bool = True,
        presence_intent: bool = False,
        owner: User | None = None,
    ) -> App:
        """An application with its bot, and the privileged intents that are switched on."""
        owner = owner or self.add_user(f"{name.lower()}-developer")
        bot = self.add_user(name, bot=True).state
        application = Application(
            bot.id,
            name,
            new_token(bot.id),
            bot,
            owner.state,
            members_intent,
            message_content_intent,
            presence_intent,
        )
        self.world.applications[application.id] = application
        self.world.tokens[application.token] = application
        return App(self.core, application)

    def add_guild(self, name: str, *, owner: User) -> Guild:
        """A guild with @everyone, its owner and #general."""
        return Guild(self.core, guilds.create(self.core, name, owner.state))

    async def connected(self, app: App, timeout: float = DEFAULT_TIMEOUT) -> Session:
        """Wait until a bot is connected and has been sent its guilds."""
        return await self.gateway.connected(app.state, timeout)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await Connection(self.gateway, request.query).serve(request)
        if (match := _API.fullmatch(request.path)) and match["version"] in (None, "10"):
            return await self._front.answer(request, match["path"])
        if (match := _FILE.fullmatch(request.path)) and (
            attachment := self.world.attachments.get(int(match["id"]))
        ):
            headers = {"Content-Type": attachment.content_type}
            return web.Response(body=attachment.data, headers=headers)
        return web.Response(status=404, text="Not Found")


def _request(
    message: object, payload: object, protocol: object, writer: object, task: object
) -> web.BaseRequest:
    """A request that may be as large as Discord takes files."""
    return web.BaseRequest(
        message,  # type: ignore[arg-type]  # aiohttp's own types for these are not public
        payload,  # type: ignore[arg-type]  # as above
        protocol,  # type: ignore[arg-type]  # as above
        writer,  # type: ignore[arg-type]  # as above
        task,  # type: ignore[arg-type]  # as above
        asyncio.get_running_loop(),
        client_max_size=MAX_BODY,
    )


async def _stop_listening(server: asyncio.Server) -> None:
    """asyncio leaves a connection open for ever that it accepts in the turn of the loop in which
    its server is closed: what is accepted comes in before that."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows: there is no reader to remove
        for listening in server.sockets:
            loop.remove_reader(listening.fileno())
    for _ in range(TURNS_OF_ACCEPTING):
        await asyncio.sleep(0)
    server.close()
