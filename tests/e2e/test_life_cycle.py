"""``bot.py`` as a process: how it starts, what it says when it cannot, and how it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from data.store import Store
from moderation.records import OPERATOR
from moderation.words import parse_entry
from sandbox import App, Guild, LocalDiscord, Member
from tests.e2e.harness import NEEDED

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 30.0


class Process:
    """One run of ``bot.py`` without a command, its standard error read as it comes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())
        self.errors = ""

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

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
            str(ROOT / "bot.py"),
            *arguments,
            cwd=self.folder,
            env={**clean, "DATABASE_PATH": str(self.database), **settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self.running.append(Process(process))
        return self.running[-1]


@pytest.fixture
async def runner(tmp_path: Path) -> AsyncIterator[Runner]:
    """The runner; what still runs at the end is killed."""
    runner = Runner(tmp_path)
    yield runner
    for process in runner.running:
        await process.kill()


@pytest.fixture
def harbour(discord: LocalDiscord) -> tuple[App, Guild, Member]:
    """An application in a server with one member."""
    app = discord.add_application("Palisade")
    guild = discord.add_guild("Harbour", owner=discord.add_user("ada"))
    guild.install(app, permissions=NEEDED)
    return app, guild, guild.join(discord.add_user("alice"))


async def ban(path: Path, guild: Guild, entry: str) -> None:
    store = await Store.open(path)
    await store.add_words(guild.id, [parse_entry(entry)], by=OPERATOR)
    await store.close()


def one_screen(errors: str) -> bool:
    return "Traceback" not in errors and errors.count("\n") <= 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_deletes_and_ends_when_it_is_told_to(
    runner: Runner,
    discord: LocalDiscord,
    harbour: tuple[App, Guild, Member],
    number: signal.Signals,
) -> None:
    app, guild, alice = harbour
    await ban(runner.database, guild, "idiot")
    process = await runner.start(DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url)
    await discord.connected(app, timeout=TIMEOUT)
    await (await alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    discord.faults.rest(method="DELETE", delay=0.5)
    last = await alice.says("idiot again")
    await discord.journal.wait(lambda e: e.kind == "event" and "again" in str(e.data))
    await process.says("Connected")
    await asyncio.wait_for(clean_message_is_judged(discord, alice), TIMEOUT)
    process.send(number)
    async with asyncio.timeout(10):
        assert await process.ended() == 0
    assert last.deleted, "what was under way was lost"
    assert app.token not in process.errors


async def clean_message_is_judged(discord: LocalDiscord, alice: Member) -> None:
    """Events are taken in order, so a nickname that is gone shows that what came before was taken
    in as well."""
    await alice.nick("idiot")
    await alice.wait_nickname(None)


async def test_no_token(runner: Runner) -> None:
    process = await runner.start()
    assert await process.ended() == 3
    assert "DISCORD_TOKEN" in process.errors
    assert one_screen(process.errors)


async def test_a_refused_token(runner: Runner, discord: LocalDiscord) -> None:
    token = "MTIz.abc.not-the-token"
    process = await runner.start(DISCORD_TOKEN=token, DISCORD_API_URL=discord.api_url)
    assert await process.ended() == 4
    assert "Discord refused the token." in process.errors
    assert "Reset Token" in process.errors
    assert token not in process.errors
    assert "Traceback" not in process.errors


@pytest.mark.parametrize(
    ("off", "named", "unnamed"),
    [
        ({"message_content": False}, "Message Content Intent", "Server Members Intent"),
        ({"members": False}, "Server Members Intent", "Message Content Intent"),
    ],
)
async def test_an_intent_that_is_off(
    runner: Runner,
    discord: LocalDiscord,
    harbour: tuple[App, Guild, Member],
    off: dict[str, bool],
    named: str,
    unnamed: str,
) -> None:
    app, _, _ = harbour
    app.switch_intents(**off)
    process = await runner.start(DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url)
    assert await process.ended() == 5
    assert named in process.errors
    assert unnamed not in process.errors
    assert "Privileged Gateway Intents" in process.errors
    assert "Traceback" not in process.errors


async def test_a_second_process_on_the_same_database(
    runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member]
) -> None:
    app, _, _ = harbour
    settings = {"DISCORD_TOKEN": app.token, "DISCORD_API_URL": discord.api_url}
    await runner.start(**settings)
    await discord.connected(app, timeout=TIMEOUT)
    second = await runner.start(**settings)
    assert await second.ended() == 7
    assert "in use" in second.errors
    assert one_screen(second.errors)


async def test_a_damaged_database(runner: Runner, discord: LocalDiscord) -> None:
    runner.database.write_bytes(b"this is no database, and never was one" * 100)
    process = await runner.start(DISCORD_TOKEN="x.y.z", DISCORD_API_URL=discord.api_url)
    assert await process.ended() == 6
    assert str(runner.database) in process.errors
    assert one_screen(process.errors)


async def test_discord_out_of_reach_is_waited_for(
    runner: Runner, harbour: tuple[App, Guild, Member], discord: LocalDiscord
) -> None:
    app, guild, alice = harbour
    await ban(runner.database, guild, "idiot")
    discord.faults.rest(path="/users/@me", times=6, drop="before")
    process = await runner.start(DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url)
    await process.says("Discord cannot be reached")
    await process.says("Trying again")
    await discord.connected(app, timeout=TIMEOUT)
    await (await alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    assert "Traceback" not in process.errors


async def test_ending_while_discord_is_out_of_reach(runner: Runner) -> None:
    process = await runner.start(
        DISCORD_TOKEN="x.y.z", DISCORD_API_URL="http://127.0.0.1:9/api/v10"
    )
    await process.says("Trying again")
    process.send(signal.SIGTERM)
    async with asyncio.timeout(10):
        assert await process.ended() == 0
    assert "Traceback" not in process.errors


async def test_an_address_without_an_api_behind_it(runner: Runner, discord: LocalDiscord) -> None:
    discord.faults.rest(path="/users/@me", status=404, json={"message": "404", "code": 0})
    process = await runner.start(DISCORD_TOKEN="x.y.z", DISCORD_API_URL=discord.api_url)
    assert await process.ended() == 1
    assert "DISCORD_API_URL" in process.errors
    assert "Traceback" not in process.errors


async def test_logs_for_machines(
    runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member]
) -> None:
    import json

    app, guild, alice = harbour
    await ban(runner.database, guild, "idiot")
    process = await runner.start(
        DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url, LOG_FORMAT="json"
    )
    await discord.connected(app, timeout=TIMEOUT)
    await (await alice.says("such an idiot indeed")).wait_deleted(timeout=TIMEOUT)
    await process.says("palisade.actions")
    process.send(signal.SIGTERM)
    await process.ended()
    lines = [json.loads(line) for line in process.errors.splitlines()]
    (action,) = [line for line in lines if line["logger"] == "palisade.actions"]
    assert action["outcome"] == "done"
    assert action["guild_id"] == guild.id
    assert "indeed" not in process.errors
