"""The lives of the bot: ``bot.py`` as a process, started, killed at a random moment, and started
again, as a supervisor would."""

import asyncio
import contextlib
import signal
import time
from random import Random

from sandbox import NotSeenError
from tests.chaos.disk import Disk
from tests.chaos.excuses import Unwritten, unwritten
from tests.chaos.stage import Stage
from tests.e2e.processes import ROOT, Process, Runner

STARTS_WITHIN_SECONDS = 30.0

CONNECTS_WITHIN_SECONDS = 10.0
"""How long a life may go on without a connection before it is ended all the same."""

KILLED_WHILE_STARTING = 0.2
"""The part of the lives that end before the bot is connected, or about then."""

LIFE_SECONDS = (0.2, 2.5)

DATABASE_STATUS = 6

PLANT = "CHAOS_PLANT"
"""The variable that tells ``planted_bot.py`` which defect it has."""


class Lives:
    """One process after the other."""

    def __init__(
        self,
        stage: Stage,
        runner: Runner,
        disk: Disk,
        random: Random,
        plant: str | None = None,
    ) -> None:
        self._plant = plant
        self._stage = stage
        self._runner = runner
        self._disk = disk
        self._random = random
        self._process: Process | None = None
        self.kills = 0
        self.kills_while_failing = 0
        self.unwritten: list[Unwritten] = []
        """When records may have been lost with a kill."""
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
        if self._plant is not None:
            settings |= {PLANT: self._plant, "PYTHONPATH": str(ROOT)}
        self._process = await self._runner.start(**settings)

    async def connected(self, timeout: float = STARTS_WITHIN_SECONDS) -> None:
        """Wait until it has a session; one whose start a full disk refused is started again, as a
        supervisor would. Raises NotSeenError."""
        end = time.monotonic() + timeout
        while True:
            try:
                await self._stage.discord.connected(self._stage.app, timeout=1.0)
            except NotSeenError:
                if time.monotonic() > end:
                    raise
                if self._was_refused():
                    await self._refused()
                    await self.start()
            else:
                return

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
        for _ in range(int(CONNECTS_WITHIN_SECONDS)):
            if self._process is None or self._process.status is not None:
                return
            with contextlib.suppress(NotSeenError):
                await self._stage.discord.connected(self._stage.app, timeout=1.0)
                return

    async def kill(self) -> None:
        """As ``kill -9``. Raises AssertionError for a bot that had ended by itself."""
        if self._was_refused():
            await self._refused()
            return
        process = self._process
        assert process is not None
        assert process.status is None, f"it ended by itself:\n{process.errors[-3000:]}"
        process.send(signal.SIGKILL)
        self.kills += 1
        self._process = None
        killed_at, difference = time.monotonic(), time.time() - time.monotonic()
        failing = self._disk.failing
        await process.ended()
        self.output.append(process.errors)
        lost = unwritten(process.errors, killed_at=killed_at, wall_minus_monotonic=difference)
        if lost is not None:
            self.unwritten.append(lost)
        if failing or lost is not None:
            self.kills_while_failing += 1

    def _was_refused(self) -> bool:
        """Whether its start was, for a full disk."""
        process = self._process
        return (
            process is not None
            and process.status == DATABASE_STATUS
            and self._disk.met(process.pid)
        )

    async def _refused(self) -> None:
        assert self._process is not None
        self.refused += 1
        await self._process.ended()
        self.output.append(self._process.errors)
        self._process = None

    async def end(self) -> int:
        """Tell it to end, as a service manager does; gives its status."""
        process = self._process
        assert process is not None
        process.send(signal.SIGTERM)
        status = await process.ended()
        self.output.append(process.errors)
        self._process = None
        return status
