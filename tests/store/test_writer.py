"""The writer: one transaction at a time, whole or not at all, whatever becomes of the callers."""

import asyncio
import logging
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import aiosqlite
import pytest

from data.connections import failed
from data.errors import StoreFailed
from data.store import Store
from moderation.errors import CannotBeKept
from moderation.records import MAIN_LIST, OPERATOR, Actor
from moderation.words import parse_entry

PROJECT = Path(__file__).resolve().parents[2]
GUILD = 11
MADE = "INSERT INTO guilds (guild_id, revision, joined_at) VALUES (?, 0, 0)"


async def test_many_callers_at_once_are_served_one_after_another(store: Store) -> None:
    entries = [parse_entry(f"word{n}") for n in range(40)]
    await asyncio.gather(
        *(store.add_words(GUILD, [one], by=Actor(n, "x")) for n, one in enumerate(entries))
    )
    assert (await store.words(GUILD)).lists[MAIN_LIST] == tuple(entries)
    assert [c.change_id for c in await store.changes(GUILD)] == list(range(40, 0, -1))


async def test_a_failure_undoes_its_transaction_and_no_other(store: Store) -> None:
    async def half(connection: aiosqlite.Connection) -> None:
        await connection.execute(MADE, (1,))
        raise RuntimeError("in the middle")

    async def wrong(connection: aiosqlite.Connection) -> None:
        await connection.execute(MADE, (2,))
        await connection.execute(MADE, (2,))

    before, failing, breaking, after = await asyncio.gather(
        store.guild_joined(3),
        store._writer.run(half),
        store._writer.run(wrong),
        store.guild_joined(4),
        return_exceptions=True,
    )
    assert (before, after) == (None, None)
    assert isinstance(failing, RuntimeError)
    assert isinstance(breaking, StoreFailed)
    assert "UNIQUE" in str(breaking)
    assert await store.guild_ids() == [3, 4]


async def test_a_caller_cancelled_before_its_turn_has_changed_nothing(store: Store) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: aiosqlite.Connection) -> None:
        begun.set()
        await go_on.wait()

    first = asyncio.create_task(store._writer.run(slow))
    await begun.wait()
    second = asyncio.create_task(store.guild_joined(2))
    third = asyncio.create_task(store.guild_joined(3))
    await asyncio.sleep(0)
    second.cancel()
    go_on.set()
    await asyncio.gather(first, third)
    assert second.cancelled()
    assert await store.guild_ids() == [3]


async def test_a_caller_cancelled_in_the_middle_leaves_a_whole_transaction(store: Store) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: aiosqlite.Connection) -> None:
        await connection.execute(MADE, (1,))
        begun.set()
        await go_on.wait()
        await connection.execute(MADE, (2,))

    caller = asyncio.create_task(store._writer.run(slow))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    await store.guild_joined(3)
    assert await store.guild_ids() == [1, 2, 3]


async def test_a_failure_that_nobody_waits_for_is_logged(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: aiosqlite.Connection) -> None:
        begun.set()
        await go_on.wait()
        raise RuntimeError("too late to tell")

    caller = asyncio.create_task(store._writer.run(slow))
    await begun.wait()
    caller.cancel()
    go_on.set()
    with caplog.at_level(logging.ERROR):
        await store.guild_joined(1)
    assert "too late to tell" in caplog.text


async def test_closing_finishes_what_was_asked_for_and_takes_no_more(
    store: Store, path: Path
) -> None:
    asked = [asyncio.create_task(store.guild_joined(n)) for n in range(1, 6)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*asked)
    for late in (store.guild_joined(9), store.guild_ids(), store.words(1)):
        with pytest.raises(StoreFailed, match="closed"):
            await late
    again = await Store.open(path)
    assert await again.guild_ids() == [1, 2, 3, 4, 5]
    await again.close()


async def test_a_full_disk_is_told_and_forgotten_once_there_is_room(store: Store) -> None:
    async def limit(pages: int) -> None:
        async def set_limit(connection: aiosqlite.Connection) -> None:
            await connection.execute_fetchall(f"PRAGMA max_page_count = {pages}")

        await store._writer.run(set_limit)

    entries = [parse_entry(f"word{n}") for n in range(5000)]
    await store.add_words(GUILD, entries[:10], by=OPERATOR)
    await limit(1)  # SQLite takes this as "no more pages than there are"
    with pytest.raises(StoreFailed, match="the disk is full"):
        await store.add_words(GUILD, entries, by=OPERATOR)
    assert (await store.words(GUILD)).lists[MAIN_LIST] == tuple(entries[:10])
    await limit(1_000_000)
    await store.add_words(GUILD, entries, by=OPERATOR)
    assert (await store.words(GUILD)).lists[MAIN_LIST] == tuple(entries)


@pytest.mark.parametrize(
    ("statement", "value", "never"),
    [
        ("INSERT INTO guilds (guild_id, revision, joined_at) VALUES (?, 0, NULL)", 5, True),
        ("INSERT INTO guilds (guild_id, revision, joined_at) VALUES (?, 0, 'when')", 5, True),
        ("SELECT ?", object(), True),
        ("INSERT INTO missing VALUES (?)", 5, False),
    ],
)
async def test_what_will_never_be_taken_is_told_from_what_may_be_later(
    store: Store, statement: str, value: object, never: bool
) -> None:
    async def work(connection: aiosqlite.Connection) -> None:
        await connection.execute(statement, (value,))

    with pytest.raises(StoreFailed) as told:
        await store._writer.run(work)
    assert isinstance(told.value, CannotBeKept) is never


def test_a_full_or_locked_disk_and_a_closed_file_may_be_over_later() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"
    closed = sqlite3.ProgrammingError("Cannot operate on a closed database.")
    assert not any(isinstance(failed(one), CannotBeKept) for one in (full, closed))


# The database itself calls for the kill, through a trigger at a chosen row: no guess at the time.
KILLED = """
import asyncio, os, signal, sqlite3, sys
from pathlib import Path
from data.store import Store
from moderation.records import OPERATOR
from moderation.words import parse_entry

real = sqlite3.connect
def connect(*args, **kwargs):
    connection = real(*args, **kwargs)
    connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
    return connection
sqlite3.connect = connect

async def add():
    store = await Store.open(Path(sys.argv[1]))
    await store.add_words(11, [parse_entry(f"word{n}") for n in range(3000)], by=OPERATOR)
    print("done", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(add())
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
@pytest.mark.parametrize(
    "trigger",
    [
        "AFTER INSERT ON banned_words WHEN NEW.text = 'word0'",
        "AFTER INSERT ON banned_words WHEN NEW.text = 'word1500'",
        "AFTER INSERT ON banned_words WHEN NEW.text = 'word2999'",
        "AFTER UPDATE ON guilds",
        "AFTER INSERT ON changes",
        None,
    ],
)
async def test_an_addition_that_is_killed_leaves_all_or_nothing(
    path: Path, trigger: str | None
) -> None:
    before = await Store.open(path)
    await before.guild_joined(GUILD)
    await before.close()
    if trigger is not None:
        rig(path, f"CREATE TRIGGER fatal {trigger} BEGIN SELECT die(); END")
    died = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", KILLED, str(path)],
        cwd=PROJECT,
        check=False,
        capture_output=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert died.stdout == (b"done\n" if trigger is None else b"")
    if trigger is not None:
        rig(path, "DROP TRIGGER fatal")
    after = await Store.open(path)
    kept, recorded = await after.words(GUILD), await after.changes(GUILD)
    await after.close()
    whole = 3000 if trigger is None else 0
    assert (len(kept.lists[MAIN_LIST]), len(recorded)) == (whole, 1 if whole else 0)


def rig(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(sql)
    connection.close()
