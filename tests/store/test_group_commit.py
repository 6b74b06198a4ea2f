"""Writes that wait together are committed together, and each keeps its own fate."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from data.errors import StoreFailed
from data.store import Store
from data.writing import MAX_GROUP, Writer


class Table:
    """A writer on a table of numbers, and the statements that reach the database."""

    def __init__(self, path: Path, connection: aiosqlite.Connection) -> None:
        self.path = path
        self.connection = connection
        self.writer = Writer(connection)
        self.statements: list[str] = []

    async def insert(self, number: int) -> int:
        """Write a number that is not there yet; gives how many there are."""

        async def work(connection: aiosqlite.Connection) -> int:
            await connection.execute("INSERT INTO numbers VALUES (?)", (number,))
            ((count,),) = await connection.execute_fetchall("SELECT count(*) FROM numbers")
            return int(count)

        return await self.writer.run(work)

    async def hold(self) -> asyncio.Event:
        """Keep the writer busy until the event is set, so that more comes together."""
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def wait(_: aiosqlite.Connection) -> None:
            begun.set()
            await go_on.wait()

        self.holding = asyncio.create_task(self.writer._in_turn(wait, in_transaction=False))
        await begun.wait()
        return go_on

    async def insert_at_once(self, number: int) -> int:
        """The same in the connection's thread."""

        def statements(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT INTO numbers VALUES (?)", (number,))
            ((count,),) = connection.execute("SELECT count(*) FROM numbers").fetchall()
            return int(count)

        return await self.writer.run_at_once(statements)

    def commits(self) -> int:
        return self.statements.count("COMMIT")

    def kept(self) -> set[int]:
        """What another connection sees."""
        with closing(sqlite3.connect(self.path)) as other:
            return {number for (number,) in other.execute("SELECT number FROM numbers")}


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    path = tmp_path / "numbers.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    opened = await aiosqlite.connect(path, isolation_level=None, timeout=0.2)
    table = Table(path, opened)
    await opened.set_trace_callback(table.statements.append)
    yield table
    await table.writer.close()


async def together(table: Table, *numbers: int) -> list[int | BaseException]:
    """Write these numbers while the writer is busy, so that they make one group."""
    go_on = await table.hold()
    tasks = [asyncio.create_task(table.insert(number)) for number in numbers]
    await asyncio.sleep(0)
    go_on.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_waits_together_is_committed_together(table: Table) -> None:
    assert await together(table, *range(50)) == list(range(1, 51))
    assert table.commits() == 1
    assert table.kept() == set(range(50))


async def at_once(table: Table, *numbers: int) -> list[int | BaseException]:
    """The same for what is done in the connection's thread."""
    go_on = await table.hold()
    tasks = [asyncio.create_task(table.insert_at_once(number)) for number in numbers]
    await asyncio.sleep(0)
    go_on.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_is_done_in_the_thread_is_committed_together_too(table: Table) -> None:
    assert await at_once(table, *range(50)) == list(range(1, 51))
    assert table.commits() == 1
    assert table.kept() == set(range(50))


@pytest.mark.parametrize("several", [False, True])
async def test_whoever_asked_is_told_when_only_the_disk_is_waited_for(
    table: Table, several: bool
) -> None:
    told: list[tuple[int, list[str]]] = []

    def insert(number: int) -> asyncio.Task[None]:
        def statements(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO numbers VALUES (?)", (number,))

        def nearly() -> None:
            assert asyncio.get_running_loop()
            told.append((number, [task.get_name() for task in tasks if task.done()]))

        return asyncio.create_task(table.writer.run_at_once(statements, nearly))

    tasks: list[asyncio.Task[None]] = []
    go_on = await table.hold() if several else asyncio.Event()
    tasks += [insert(number) for number in range(3 if several else 1)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*tasks)
    assert told == [(number, []) for number in range(len(tasks))], "before any is committed"


async def test_one_that_fails_in_the_thread_takes_nothing_from_the_others(table: Table) -> None:
    assert await table.insert_at_once(3) == 1
    told = await at_once(table, 1, 2, 3, 4)
    assert [isinstance(one, StoreFailed) for one in told] == [False, False, True, False]
    with pytest.raises(StoreFailed, match="UNIQUE"):
        await table.insert_at_once(3)
    assert table.kept() == {1, 2, 3, 4}
    assert table.commits() == 2


async def test_a_locked_file_is_waited_for_once_in_the_thread_too(table: Table) -> None:
    with closing(sqlite3.connect(table.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):
            told = await at_once(table, *range(100))
        other.execute("ROLLBACK")
    assert all(isinstance(one, StoreFailed) and "locked" in str(one) for one in told)
    assert await table.insert_at_once(1) == 1


async def test_both_kinds_share_a_transaction(table: Table) -> None:
    go_on = await table.hold()
    tasks = [
        asyncio.create_task(one)
        for one in (table.insert(1), table.insert_at_once(2), table.insert(3))
    ]
    await asyncio.sleep(0)
    go_on.set()
    assert await asyncio.gather(*tasks) == [1, 2, 3]
    assert table.commits() == 1


async def test_what_comes_between_makes_no_turn_for_each_of_the_others(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = 0
    # It has no types of its own.
    execute: Callable[..., Any] = table.connection._execute

    def counted(*args: Any) -> Any:
        nonlocal turns
        turns += 1
        return execute(*args)

    await table.insert(60)
    go_on = await table.hold()
    tasks = [asyncio.create_task(table.insert_at_once(number)) for number in range(50)]
    tasks.append(asyncio.create_task(table.insert(50)))
    tasks += [asyncio.create_task(table.insert_at_once(number)) for number in range(51, 100)]
    await asyncio.sleep(0)
    monkeypatch.setattr(table.connection, "_execute", counted)
    go_on.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    failed = [number for number, one in enumerate(told) if isinstance(one, StoreFailed)]
    assert failed == [60], "it was there already"
    assert table.kept() == set(range(100))
    assert table.commits() == 2
    # A beginning, an end, what is in the thread before and after, and the statements of the other.
    assert turns < 12


async def test_one_that_fails_takes_nothing_from_the_others(table: Table) -> None:
    await table.insert(3)
    told = await together(table, 1, 2, 3, 4)
    assert [isinstance(one, StoreFailed) for one in told] == [False, False, True, False]
    assert table.kept() == {1, 2, 3, 4}
    assert table.commits() == 2


async def test_a_group_whose_commit_fails_is_written_one_by_one(table: Table) -> None:
    # A foreign key that is checked at the commit fails the whole transaction.
    await table.connection.execute("PRAGMA foreign_keys = ON")
    await table.connection.execute(
        "CREATE TABLE pairs (number INTEGER REFERENCES numbers DEFERRABLE INITIALLY DEFERRED)"
    )

    async def orphan(connection: aiosqlite.Connection) -> None:
        await connection.execute("INSERT INTO pairs VALUES (99)")

    go_on = await table.hold()
    good = [asyncio.create_task(table.insert(number)) for number in (1, 2)]
    bad = asyncio.create_task(table.writer.run(orphan))
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(StoreFailed, match="FOREIGN KEY"):
        await bad
    assert await asyncio.gather(*good) == [1, 2]
    assert table.kept() == {1, 2}


async def test_a_locked_file_is_waited_for_once_and_not_by_each(table: Table) -> None:
    with closing(sqlite3.connect(table.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):  # a hundred waits of 0.2 s would be 20
            told = await together(table, *range(100))
        other.execute("ROLLBACK")
    assert all(isinstance(one, StoreFailed) and "locked" in str(one) for one in told)
    assert await table.insert(1) == 1


async def test_a_group_is_no_larger_than_its_limit(table: Table) -> None:
    told = await together(table, *range(MAX_GROUP + 10))
    assert len(told) == MAX_GROUP + 10
    assert table.commits() == 2


async def test_closing_writes_what_waits(table: Table) -> None:
    go_on = await table.hold()
    tasks = [asyncio.create_task(table.insert(number)) for number in range(10)]
    await asyncio.sleep(0)
    closing_ = asyncio.create_task(table.writer.close())
    go_on.set()
    await closing_
    await asyncio.gather(*tasks)
    assert table.kept() == set(range(10))


async def test_an_emptied_log_waits_for_the_writes_before_it(store: Store) -> None:
    await asyncio.gather(store.guild_joined(1), store._writer.checkpoint(), store.guild_joined(2))
    assert await store.guild_ids() == [1, 2]
