"""The faults, each struck at a random moment with random particulars, and counted by name."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from sandbox import Permissions, Scope
from sandbox.faults import RestFault
from tests.chaos.disk import Disk
from tests.chaos.lives import Lives
from tests.chaos.stage import RIGHTS, Stage

CLOSE_CODES = (1000, 1001, 1011, 1012, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009)
"""After which a bot connects again (Discord, Gateway Close Event Codes; RFC 6455)."""

PATHS = (
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"),
    ("POST", "/channels/{channel_id}/messages/bulk-delete"),
    ("GET", "/channels/{channel_id}/messages"),
    ("PATCH", "/guilds/{guild_id}/members/{user_id}"),
    ("GET", "/guilds/{guild_id}/members/{user_id}"),
    (None, None),
)
STATUSES = (500, 501, 502, 503, 504, 520)

MALFORMED: tuple[object, ...] = (
    {"op": 0, "t": "MESSAGE_CREATE", "s": None, "d": {"content": "idiot"}},
    {"op": 0, "t": "MESSAGE_CREATE", "s": None, "d": None},
    {"op": 0, "t": "MESSAGE_UPDATE", "d": {"id": [], "channel_id": {}}},
    {"op": 0, "t": "GUILD_MEMBER_UPDATE", "s": None, "d": {"user": 5}},
    {"op": 0, "t": "GUILD_CREATE", "s": None, "d": {"id": "x", "channels": 7}},
    {"op": 0, "t": "THREAD_UPDATE", "s": None, "d": "thread"},
    {"op": 0, "t": 17, "s": None, "d": {}},
    {"op": 99, "d": {}},
    {"t": "MESSAGE_CREATE"},
    b'{"op": 0, "t": "MESS',
    b"[]",
    b"\xff\xfe\x00",
)

ANYWHERE_SECONDS = (0.3, 1.5)
"""How long a fault waits for any request at all: a bot that tries to connect sends few, and those
that pile up meanwhile would only keep it from its work."""

APART_SECONDS = (0.05, 0.5)
"""From one fault to the next."""

type Strike = Callable[[], Awaitable[None]]


class Storm:
    """``rage`` until it is told to stop, then ``calm``."""

    def __init__(self, stage: Stage, lives: Lives, disk: Disk, random: Random) -> None:
        self._stage = stage
        self._discord = stage.discord
        self._app = stage.app
        self._lives = lives
        self._disk = disk
        self._random = random
        self.struck: Counter[str] = Counter()
        self._lasting: set[asyncio.Task[None]] = set()
        self._table: dict[str, tuple[int, Strike]] = {
            "connection closed with a code": (6, self._close),
            "connection cut": (3, self._cut),
            "heartbeats unanswered": (1, self._freeze),
            "RECONNECT": (2, self._reconnect),
            "INVALID_SESSION": (2, self._invalid_session),
            "events twice": (6, self._twice),
            "events in another order": (6, self._other_order),
            "malformed frame": (5, self._malformed),
            "429 of a limit": (5, self._limit),
            "429 without headers": (2, self._bare_limit),
            "429 of a proxy": (1, self._proxy_limit),
            "5xx": (6, self._fails),
            "reset before": (5, self._reset_before),
            "answer lost": (8, self._answer_lost),
            "slow answer": (4, self._slow),
            "permission taken": (3, self._permission),
            "right to time out taken": (2, self._right),
            "disk full": (2, self._full),
            "database locked": (1, self._locked),
        }

    async def rage(self, ended: asyncio.Event) -> None:
        """Strike until told to stop, each kind at least once."""
        names = list(self._table)
        weights = [weight for weight, _ in self._table.values()]
        first = self._random.sample(names, len(names))
        while not ended.is_set():
            name = first.pop() if first else self._random.choices(names, weights)[0]
            await self._table[name][1]()
            self.struck[name] += 1
            await asyncio.sleep(self._random.uniform(*APART_SECONDS))

    async def calm(self) -> None:
        """Let everything work again."""
        for task in self._lasting:
            task.cancel()
        await asyncio.gather(*self._lasting, return_exceptions=True)
        self._discord.faults.clear()

    def _last(self, end: Callable[[], None], seconds: tuple[float, float]) -> None:
        """Have a fault end after a random time, or with the storm."""
        duration = self._random.uniform(*seconds)

        async def wait() -> None:
            try:
                await asyncio.sleep(duration)
            finally:
                end()

        task = asyncio.create_task(wait())
        self._lasting.add(task)
        task.add_done_callback(self._lasting.discard)

    def _times(self) -> int:
        return self._random.randint(1, 4)

    # The connection

    async def _close(self) -> None:
        await self._discord.gateway.close(self._app, self._random.choice(CLOSE_CODES))

    async def _cut(self) -> None:
        self._discord.gateway.cut(self._app)

    async def _freeze(self) -> None:
        self._discord.gateway.freeze_heartbeats(self._app)

    async def _reconnect(self) -> None:
        self._discord.gateway.reconnect(self._app)

    async def _invalid_session(self) -> None:
        resumable = self._random.random() < 0.5
        self._discord.gateway.invalid_session(self._app, resumable=resumable)

    async def _twice(self) -> None:
        self._discord.faults.next_frames(duplicate=self._times())

    async def _other_order(self) -> None:
        self._discord.faults.next_frames(swap=self._times())

    async def _malformed(self) -> None:
        self._discord.gateway.send_raw(self._app, self._random.choice(MALFORMED))

    # REST

    def _asked(self, fault: RestFault) -> None:
        if fault.path is None:
            self._last(lambda: self._discord.faults.withdraw(fault), ANYWHERE_SECONDS)

    async def _limit(self) -> None:
        method, path = self._random.choice(PATHS)
        scope = self._random.choice(list(Scope))
        seconds = self._random.uniform(0.05, 1.0)
        fault = self._discord.faults.limit(
            scope, seconds=seconds, method=method, path=path, times=self._times()
        )
        self._asked(fault)

    async def _bare_limit(self) -> None:
        method, path = self._random.choice(PATHS)
        body = {"message": "You are being rate limited.", "retry_after": 0.4, "global": False}
        fault = self._discord.faults.rest(
            method=method, path=path, status=429, json=body, times=self._times()
        )
        self._asked(fault)

    async def _proxy_limit(self) -> None:
        method, path = self._random.choice(PATHS)
        fault = self._discord.faults.rest(
            method=method,
            path=path,
            status=429,
            text="<html>error code: 1015</html>",
            headers={"Retry-After": "1"},
        )
        self._asked(fault)

    async def _fails(self) -> None:
        method, path = self._random.choice(PATHS)
        status = self._random.choice(STATUSES)
        fault = self._discord.faults.rest(
            method=method, path=path, status=status, json={"message": "no"}, times=self._times()
        )
        self._asked(fault)

    async def _reset_before(self) -> None:
        method, path = self._random.choice(PATHS)
        fault = self._discord.faults.rest(
            method=method, path=path, drop="before", times=self._times()
        )
        self._asked(fault)

    async def _answer_lost(self) -> None:
        method, path = self._random.choice(PATHS)
        fault = self._discord.faults.rest(
            method=method, path=path, drop="after", times=self._times()
        )
        self._asked(fault)

    async def _slow(self) -> None:
        method, path = self._random.choice(PATHS)
        delay = self._random.uniform(0.2, 2.5)
        fault = self._discord.faults.rest(
            method=method, path=path, delay=delay, times=self._times()
        )
        self._asked(fault)

    # Permissions and the disk

    async def _permission(self) -> None:
        role = self._stage.guild.role("Palisade")
        channel = self._random.choice(self._stage.channels)
        denied = self._random.choice(
            [
                Permissions.MANAGE_MESSAGES,
                Permissions.READ_MESSAGE_HISTORY,
                Permissions.VIEW_CHANNEL,
            ]
        )
        channel.permit(role, deny=denied)
        self._last(lambda: channel.permit(role), (0.3, 3.0))

    async def _right(self) -> None:
        role = self._stage.guild.role("Palisade")
        role.change(permissions=RIGHTS & ~Permissions.MODERATE_MEMBERS)
        self._last(lambda: role.change(permissions=RIGHTS), (0.3, 3.0))

    async def _full(self) -> None:
        pid = self._lives.pid
        if pid is not None and not self._disk.failing:
            self._disk.fill(pid)
            self._last(self._disk.empty, (0.5, 4.0))

    async def _locked(self) -> None:
        if self._lives.pid is None or self._disk.failing:
            return
        try:
            self._disk.lock()
        except sqlite3.OperationalError:
            return  # the bot is writing
        self._last(self._disk.unlock, (0.5, 4.0))
