"""A database that cannot be written: messages are still deleted, everything else waits, it is said
loudly, and what is owed is written when that is possible again."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing

import aiosqlite
import pytest

from data.errors import StoreUnusable
from data.store import Store
from tests.e2e.harness import TIMEOUT, Bot

SAID = "Decisions cannot be written"
AGAIN = "Decisions can be written again"


class Fault:
    """Something that keeps the bot's database from being written, until it is mended."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._other = sqlite3.connect(bot.database, isolation_level=None, check_same_thread=False)

    async def pragma(self, setting: str) -> None:
        """Tell the bot's own connection."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute_fetchall(f"PRAGMA {setting}")

        await self.bot.store._writer._in_turn(work, in_transaction=False)

    async def full(self) -> None:
        await self.pragma("max_page_count = 1")  # SQLite takes this as “no more than there are”

    async def not_full(self) -> None:
        await self.pragma("max_page_count = 1000000")

    async def read_only(self) -> None:
        await self.pragma("query_only = ON")

    async def writable(self) -> None:
        await self.pragma("query_only = OFF")

    async def locked(self) -> None:
        # In a thread: the bot's own transaction ends only if its loop goes on.
        await asyncio.to_thread(self._other.execute, "BEGIN IMMEDIATE")

    async def unlocked(self) -> None:
        self._other.execute("ROLLBACK")

    def close(self) -> None:
        self._other.close()


@pytest.fixture
def fault(bot: Bot) -> Iterator[Fault]:
    with closing(Fault(bot)) as fault:
        yield fault


type Act = Callable[[Fault], Awaitable[None]]


def states(bot: Bot) -> dict[str, str]:
    """The state of each action by its kind and target."""
    with closing(sqlite3.connect(bot.database)) as connection:
        rows = connection.execute("SELECT kind, target_id, state FROM actions").fetchall()
    return {f"{kind} {target}": state for kind, target, state in rows}


@pytest.mark.parametrize(
    ("begin", "end", "why"),
    [
        pytest.param(Fault.full, Fault.not_full, "the disk is full", id="full"),
        pytest.param(Fault.read_only, Fault.writable, "not writable", id="read-only"),
        pytest.param(Fault.locked, Fault.unlocked, "too long to write", id="locked"),
    ],
)
async def test_while_nothing_can_be_written_messages_alone_are_acted_on(
    bot: Bot,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
    begin: Act,
    end: Act,
    why: str,
) -> None:
    await begin(fault)
    messages = []
    with caplog.at_level(logging.INFO):
        # A full disk has room for some more.
        while SAID not in caplog.text:
            messages.append(await bot.alice.says("idiot"))
            await messages[-1].wait_deleted()
            assert len(messages) < 200
        await bot.alice.nick("Idiot")
        await bot.watch.verdict_on_names(bot.alice.id)
        for _ in range(3):
            messages.append(await bot.alice.says("idiot"))
            await messages[-1].wait_deleted()
        assert bot.alice.nickname == "Idiot"
        status = await (await bot.owner.uses("/status")).reply()
        assert "My database cannot be written just now" in status.content
        said = [text for text in caplog.messages if text.startswith(SAID)]
        assert len(said) == 1, "once a minute, not for every message"
        assert why in said[0]
        await end(fault)
        await bot.alice.wait_nickname(None, timeout=TIMEOUT)
        assert AGAIN not in caplog.text, "only when it has gone well for a while, or at the end"
    await bot.stop()
    assert AGAIN in caplog.text
    wanted = {f"delete {message.id}": "done" for message in messages}
    assert states(bot) == wanted | {f"nickname {bot.alice.id}": "done"}


async def test_a_database_that_is_damaged_while_the_bot_runs(
    bot: Bot, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.works()
    fault.close()
    overwrite(bot)
    await fault.pragma("shrink_memory")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            await (await bot.alice.says("idiot")).wait_deleted()
        await bot.watch.until(lambda: SAID in caplog.text)
    assert "damaged" in caplog.text or "not an SQLite database" in caplog.text
    await bot.stop()
    await bot.store.close()
    with pytest.raises(StoreUnusable):
        await Store.open(bot.database)


def overwrite(bot: Bot) -> None:
    """What a failing disk does to the file."""
    size = bot.database.stat().st_size
    with bot.database.open("r+b") as file:
        file.write(b"\xa5" * size)
