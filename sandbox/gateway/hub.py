"""All sessions at once: who is told what, and the ways to disturb them."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Protocol

from sandbox import payloads
from sandbox.faults import Faults
from sandbox.gateway.connection import Connection, RefusedError
from sandbox.gateway.intents import Intents
from sandbox.gateway.members import chunks
from sandbox.gateway.opcodes import Close, Op
from sandbox.gateway.session import Session
from sandbox.journal import Journal
from sandbox.limits import IDENTIFY_SECONDS, Limit, Limits
from sandbox.waiting import DEFAULT_TIMEOUT, Signals
from sandbox.wire import Json, dumps
from sandbox.world import Account, Application, Channel, Guild, World

KEPT_SESSIONS = 3
"""How many sessions without a connection a shard can come back to."""
MOST_GUILDS = 2_500
"""How many guilds one shard takes."""


class Holder(Protocol):
    """A handle of an application."""

    @property
    def state(self) -> Application:
        """The application itself."""


type Which = Application | Holder
"""An application, or the handle of one."""


class Gateway:
    """The sessions of every bot."""

    def __init__(
        self,
        world: World,
        journal: Journal,
        faults: Faults,
        signals: Signals,
        limits: Limits,
        heartbeat_interval_ms: int,
    ) -> None:
        self.world = world
        self.heartbeat_interval_ms = heartbeat_interval_ms
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        """Every open websocket, also of who has not identified."""
        self.url = ""
        """The websocket's address, known once the server listens."""
        self._journal = journal
        self._faults = faults
        self._signals = signals
        self._limits = limits

    def dispatch(
        self,
        name: str,
        payload: Callable[[bool], Json],
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        needs: int = 0,
        about: Account | None = None,
        only: Application | None = None,
        but: Application | None = None,
        whole: Callable[[Session], bool] | None = None,
        holding: int = 0,
    ) -> None:
        """Tell every session that asked for it and may know.

        `needs` are the intents of which one suffices; the bot that an event is `about` gets it
        without them; those of a guild that are not for everyone go to bots `holding` permissions
        there. `whole` says whether a session gets the payload with what is withheld from
        others; each of the two views is made and written as JSON at most once.
        """
        views: dict[bool, bytes] = {}
        for session in self._hearing(guild, channel, needs, about, only, but):
            if holding and not session.holds(guild, holding):
                continue
            view = whole is None or whole(session)
            if view not in views:
                views[view] = dumps(payload(view))
            session.send(name, views[view])

    def dispatch_each(
        self,
        name: str,
        payload: Callable[[Session], Json],
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        needs: int = 0,
    ) -> None:
        """Tell every session that asked for it and may know, each in its own words."""
        for session in self._hearing(guild, channel, needs):
            session.send(name, dumps(payload(session)))

    def _hearing(
        self,
        guild: Guild | None,
        channel: Channel | None,
        needs: int,
        about: Account | None = None,
        only: Application | None = None,
        but: Application | None = None,
    ) -> Iterator[Session]:
        for session in list(self.sessions.values()):
            if (
                (only is not None and session.application is not only)
                or session.application is but
                or (
                    needs
                    and not session.intents & needs
                    and session.application.account is not about
                )
                or not session.minds(guild)
                or not session.sees(guild, channel)
            ):
                continue
            yield session

    def in_guild(self, guild: Guild) -> list[Session]:
        """The sessions of the bots in a guild."""
        return list(self._hearing(guild, None, 0))

    def begin(
        self, connection: Connection, application: Application, intents: int, shard: tuple[int, int]
    ) -> None:
        """Open a session after IDENTIFY: READY, then the guilds.

        Raises RefusedError where a shard would have too many guilds or the day's sessions are used
        up, which also resets the token; one that begins too soon after another is told so.
        """
        if self._limits.take(self._limits.identifies, "identifies", application.id):
            self.world.reset_token(application)
            raise RefusedError(Close.AUTHENTICATION_FAILED)
        key = shard[0] % application.max_concurrency
        if self._limits.take(Limit(1, IDENTIFY_SECONDS), "identify", application.id, key):
            connection.write_op(Op.INVALID_SESSION, False)
            return
        session = Session(application, intents, shard, self._journal, self._faults)
        guilds = [g for g in self.world.guilds_of(application.account.id) if session.minds(g)]
        if len(guilds) > MOST_GUILDS:
            raise RefusedError(Close.SHARDING_REQUIRED)
        self._forget_old(application, shard)
        session.connection, connection.session = connection, session
        self.sessions[session.id] = session
        ready = {
            "v": 10,
            "user": payloads.me(application),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(shard),
            "application": {
                "id": str(application.id),
                "flags": payloads.application_flags(application),
            },
            "private_channels": [],
            "presences": [],
            "relationships": [],
            "_trace": ["sandbox"],
        }
        session.send("READY", dumps(ready))
        for guild in guilds:
            self.send_guild(session, guild)
        session.ready = True
        self._signals.tell(("gateway", application.id))

    def send_guild(self, session: Session, guild: Guild, *, new: bool = False) -> None:
        """GUILD_CREATE: with the bot alone or, with the presence intent, with everyone."""
        if not session.intents & Intents.GUILDS:
            return
        account = session.application.account
        members = [guild.members[account.id]]
        if session.intents & Intents.GUILD_PRESENCES and len(guild.members) <= 75_000:
            members = list(guild.members.values())
        payload = payloads.guild_create(guild, account, members, new=new)
        session.send("GUILD_CREATE", dumps(payload))

    def send_members(self, session: Session, request: Json) -> None:
        """Answer opcode 8 with GUILD_MEMBERS_CHUNK, or a request for everyone that comes too soon
        after another with RATE_LIMITED."""
        application, guild_id = session.application, request.get("guild_id")
        wants_all = not request.get("user_ids") and not request.get("query")
        if wants_all and (
            wait := self._limits.take(self._limits.all_members, "all", application.id, guild_id)
        ):
            about = {key: request[key] for key in ("guild_id", "nonce") if key in request}
            told = {"opcode": int(Op.REQUEST_GUILD_MEMBERS), "retry_after": wait, "meta": about}
            session.send("RATE_LIMITED", dumps(told))
            return
        for chunk in chunks(self.world, session, request):
            session.send("GUILD_MEMBERS_CHUNK", dumps(chunk))

    def resume(self, connection: Connection, session: Session, sequence: int) -> None:
        """Take a session up again after RESUME: what was missed, then RESUMED."""
        if not session.can_replay(sequence):
            del self.sessions[session.id]
            connection.write_op(Op.INVALID_SESSION, False)
            return
        session.connection, connection.session = connection, session
        session.replay(sequence, connection)
        session.send("RESUMED", dumps({"_trace": ["sandbox"]}))
        self._signals.tell(("gateway", session.application.id))

    def detach(self, session: Session, connection: Connection, code: int | None) -> None:
        """Note that a connection ended; 1000 and 1001 from the bot end the session too."""
        if session.connection is not connection:
            return
        session.connection = None
        if code in (1000, 1001):
            self.sessions.pop(session.id, None)
        self._signals.tell(("gateway", session.application.id))

    def start_limit(self, application: Application) -> Json:
        """How many sessions an application may still begin today (GET /gateway/bot)."""
        limit = self._limits.identifies
        left, seconds = self._limits.left(limit, "identifies", application.id)
        return {
            "total": limit.requests,
            "remaining": left,
            "reset_after": int(seconds * 1000),
            "max_concurrency": application.max_concurrency,
        }

    def _forget_old(self, application: Application, shard: tuple[int, int]) -> None:
        away = [
            session
            for session in self.sessions.values()
            if session.application is application
            and session.shard == shard
            and session.connection is None
        ]
        for session in away[: max(0, len(away) - KEPT_SESSIONS + 1)]:
            del self.sessions[session.id]

    def of(self, app: Which) -> list[Session]:
        """The sessions of an application that have a connection."""
        application = _application(app)
        return [
            session
            for session in self.sessions.values()
            if session.application is application and session.connection is not None
        ]

    async def connected(self, app: Which, timeout: float = DEFAULT_TIMEOUT) -> Session:
        """Wait until an application has a session that is ready, and give it."""
        return await self._signals.until(
            ("gateway", _application(app).id),
            lambda: next((s for s in self.of(app) if s.ready), None),
            timeout=timeout,
            what=f"a gateway session of {_application(app).name}",
        )

    async def disconnected(self, app: Which, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until an application has no connection left."""
        await self._signals.until(
            ("gateway", _application(app).id),
            lambda: not self.of(app),
            timeout=timeout,
            what=f"the end of every gateway connection of {_application(app).name}",
        )

    async def stop(self) -> None:
        """Close every connection, as Discord does when it goes down for a moment."""
        await asyncio.gather(*(connection.close(1001) for connection in self.connections))

    async def close(self, app: Which, code: int = 4000, reason: str = "") -> None:
        """Close every connection of an application with a code."""
        for connection in self._connections(app):
            await connection.close(code, reason)

    def cut(self, app: Which) -> None:
        """Break every connection of an application without a close frame."""
        for connection in self._connections(app):
            connection.cut()

    def send_raw(self, app: Which, frame: bytes | str | object) -> None:
        """Send a frame as it stands: bytes or text that need not be JSON, or a value as JSON."""
        if isinstance(frame, str):
            frame = frame.encode()
        for connection in self._connections(app):
            connection.write(frame if isinstance(frame, bytes) else dumps(frame))

    def reconnect(self, app: Which) -> None:
        """Ask a bot to connect anew and resume (opcode 7)."""
        for connection in self._connections(app):
            connection.write_op(Op.RECONNECT, None)

    def invalid_session(self, app: Which, *, resumable: bool) -> None:
        """Tell a bot that its session is no good (opcode 9); forgotten unless it is resumable."""
        for connection in self._connections(app):
            if not resumable and connection.session is not None:
                self.sessions.pop(connection.session.id, None)
            connection.write_op(Op.INVALID_SESSION, resumable)

    def freeze_heartbeats(self, app: Which, *, frozen: bool = True) -> None:
        """Stop answering heartbeats, or begin again."""
        for connection in self._connections(app):
            connection.frozen = frozen

    def _connections(self, app: Which) -> list[Connection]:
        return [s.connection for s in self.of(app) if s.connection is not None]


def _application(app: Which) -> Application:
    return app if isinstance(app, Application) else app.state
