"""The lives of the bot: ``bot.py`` as a process, started, killed at a random moment, and started
again, as a supervisor would."""

import asyncio
import contextlib
import signal
from random import Random

from sandbox import NotSeenError
from tests.chaos.disk import Disk
from tests.chaos.stage import Stage
from tests.e2e.processes import Process, Runner

STARTS_WITHIN_SECONDS = 30.0

KILLED_WHILE_STARTING = 0.2
"""The part of the lives that end before the bot is connected, or about then."""

LIFE_SECONDS = (0.2, 2.5)

CANNOT_WRITE = "Decisions cannot be written"
CAN_WRITE = "Decisions can be written again"

DATABASE_STATUS = 6


class Lives:
    """One process after the other."""

    def __init__(self, stage: Stage, runner: Runner, disk: Disk, random: Random) -> None:
        self._stage = stage
        self._runner = runner
        self._disk = disk
        self._random = random
        self._process: Process | None = None
        self.kills = 0
        self.kills_while_failing = 0
        self.excused: set[int] = set()
        """Violations that were gone when a kill came while the bot could write nothing: it may have
        taken their records."""
        self.refused = 0
        """How often a start was refused since the disk was full."""
        self.output: list[str] = []
        """What each process wrote."""

    @property
    def pid(self) -> int | None:
        """The number of the process that runs."""
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Start it, not waiting for anything."""
        settings = {
            "DISCORD_TOKEN": self._stage.app.token,
            "DISCORD_API_URL": self._stage.discord.api_url,
        }
        self._process = await self._runner.start(**settings)

    async def connected(self, timeout: float = STARTS_WITHIN_SECONDS) -> None:
        """Wait until it has a session. Raises NotSeenError."""
        await self._stage.discord.connected(self._stage.app, timeout=timeout)

    async def end_by_kills(self, times: int) -> None:
        """Kill it so many times, each at a random moment, and start it again."""
        for _ in range(times):
            if self._random.random() < KILLED_WHILE_STARTING:
                await asyncio.sleep(self._random.uniform(0.0, 2.0))
            else:
                await self._connected_or_ended()
                await asyncio.sleep(self._random.uniform(*LIFE_SECONDS))
            await self.kill()
            await self.start()

    async def _connected_or_ended(self) -> None:
        for _ in range(int(STARTS_WITHIN_SECONDS)):
            if self._process is None or self._process.status is not None:
                return
            with contextlib.suppress(NotSeenError):
                await self.connected(1.0)
                return

    async def kill(self) -> None:
        """As ``kill -9``. Raises AssertionError for a bot that had ended by itself."""
        process = self._process
        assert process is not None
        if process.status == DATABASE_STATUS and self._disk.met(process.pid):
            self.refused += 1
        else:
            assert process.status is None, f"it ended by itself:\n{process.errors[-3000:]}"
            process.send(signal.SIGKILL)
            self.kills += 1
        self._process = None
        failing = self._disk.failing
        await process.ended()
        self.output.append(process.errors)
        if failing or process.errors.rfind(CANNOT_WRITE) > process.errors.rfind(CAN_WRITE):
            self.kills_while_failing += 1
            bad = self._stage.said.bad.values()
            self.excused |= {message.id for message in bad if message.deleted}

    async def end(self) -> int:
        """Tell it to end, as a service manager does; gives its status."""
        process = self._process
        assert process is not None
        process.send(signal.SIGTERM)
        status = await process.ended()
        self.output.append(process.errors)
        self._process = None
        return status
