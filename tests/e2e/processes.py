"""``bot.py`` as a process of its own, to be watched, told to end, or killed."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from data.store import Store
from moderation.records import OPERATOR
from moderation.words import parse_entry
from sandbox import Guild

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 30.0


class Process:
    """One run of ``bot.py`` without a command, its standard error read as it comes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())
        self.errors = ""

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status, None while it runs."""
        return self._process.returncode

    async def says(self, text: str) -> None:
        """Wait until it has written ``text``."""
        async with asyncio.timeout(TIMEOUT):
            while text not in self.errors:
                self._changed.clear()
                await self._changed.wait()

    async def ended(self) -> int:
        """Wait for its end and give its exit status."""
        async with asyncio.timeout(TIMEOUT):
            status = await self._process.wait()
            await self._reader
        return status

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def kill(self) -> None:
        """End it whatever it does."""
        if self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.errors += line.decode()
            self._changed.set()


class Runner:
    """Starts ``bot.py`` in a folder of its own, without the settings of whoever runs the tests."""

    def __init__(self, folder: Path, entrance: Path = ROOT / "bot.py") -> None:
        self.folder = folder
        self._entrance = entrance
        self.database = folder / "palisade.sqlite3"
        self.running: list[Process] = []

    async def start(self, *arguments: str, **settings: str) -> Process:
        """Start it with these settings."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DISCORD_", "DATABASE_", "LOG_"))
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(self._entrance),
            *arguments,
            cwd=self.folder,
            env={**clean, "DATABASE_PATH": str(self.database), **settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self.running.append(Process(process))
        return self.running[-1]


async def ban(path: Path, guild: Guild, entry: str) -> None:
    """Put an entry on a list before the bot is started."""
    store = await Store.open(path)
    await store.add_words(guild.id, [parse_entry(entry)], by=OPERATOR)
    await store.close()
