"""A bot in a process of its own, and what the operating system says of it (Linux)."""

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.e2e.firehose import GUILD, TOKEN, Firehose

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120

OTHERS: dict[str, tuple[str, ...]] = {}
"""What to run for a bot that needs an environment of its own, by its name."""


class Running:
    """A process with a bot in it."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far."""
        fields = self._read("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident_mib(self) -> float:
        """Memory in use, as the operating system counts it."""
        return int(self._read("statm").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    async def wait_ready(self) -> None:
        """Wait until Nextcord has called on_ready."""
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
        if line.strip() != b"ready":
            raise RuntimeError("the bot ended before it was ready")

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self._process.pid}/{name}").read_text()


@asynccontextmanager
async def process_of(
    name: str, api_url: str, token: str = TOKEN, guild_id: int = GUILD
) -> AsyncIterator[Running]:
    """Run the bot of this name (``bots.py``) and end it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        program = OTHERS.get(name, (sys.executable, "-m", "benchmarks.e2e.bots"))
        process = await asyncio.create_subprocess_exec(
            *(*program, name, api_url),
            *(str(Path(folder) / "bench.sqlite3"), token, str(guild_id)),
            cwd=ROOT,
            stdout=PIPE,
            stderr=DEVNULL if name in OTHERS else None,
        )
        try:
            yield Running(process)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


@asynccontextmanager
async def running(name: str, guilds: int = 1) -> AsyncIterator[tuple[Firehose, Running]]:
    """The bot of this name, connected to a firehose of its own."""
    server = Firehose(guilds)
    runner = await server.start()
    try:
        async with process_of(name, f"http://{server.url}/api/v10") as bot:
            await asyncio.wait_for(server.ready.wait(), START_SECONDS)
            yield server, bot
    finally:
        await runner.cleanup()
