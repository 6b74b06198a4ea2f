"""The one place where anything is written: every write of the program, in the order asked for, by
one task on one connection. Two tasks with transactions on one connection would collide, and a
caller that is cancelled must not leave half a transaction open.

What waits together is committed together, in one transaction with a savepoint for each: a commit
costs a wait for the disk, however much is in it.
"""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import aiosqlite

from data.at_once import at_once
from data.connections import CLOSED, failed
from data.errors import StoreFailed

type Operation[T] = Callable[[aiosqlite.Connection], Awaitable[T]]
type Statements[T] = Callable[[sqlite3.Connection], T]
type Ended = tuple[Any, Exception | None]
"""An operation's answer, or what it raised."""

_log = logging.getLogger(__name__)

MAX_GROUP = 256
"""How many writes are committed together at most, so that none waits long for the others."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Operation[Any]
    answer: asyncio.Future[Any]
    in_transaction: bool = True
    statements: Statements[Any] | None = None
    """The same as ``work``, to be run in the connection's thread with its transaction around."""
    nearly: Callable[[], None] | None = None


class Writer:
    """Runs operations, each whole or not at all, in the order they were asked for."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._jobs: deque[_Job] = deque()
        self._group: list[_Job] = []
        self._work_task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._closer = asyncio.create_task(self._close_at_the_end(), name="database writer")

    async def run[T](self, operation: Operation[T]) -> T:
        """The operation's answer, once it is committed. Whatever it raises undoes it whole, and
        nothing of what others asked for.

        An operation must do nothing but read and write the database: where the transaction that
        it shares with others fails as a whole, it is run again, in one of its own. A caller that is
        cancelled before its turn has changed nothing; one that is cancelled later has, and will
        not learn it. Raises StoreFailed for an error of the database.
        """
        return await self._in_turn(operation, in_transaction=True)

    async def run_at_once[T](
        self, statements: Statements[T], nearly: Callable[[], None] | None = None
    ) -> T:
        """The same for what is done in the connection's thread, in one go with the beginning and
        the end of its transaction: for what something waits for.

        ``nearly`` is called in the event loop when the statements are through and the wait for the
        disk begins, where they are run in the thread. Whoever has work to do meanwhile should not
        begin sooner: it would keep the thread from running.
        """

        async def work(connection: aiosqlite.Connection) -> T:
            return await at_once(connection, statements)

        return await self._in_turn(work, in_transaction=True, statements=statements, nearly=nearly)

    async def checkpoint(self) -> None:
        """Move what was written into the database file and empty the write-ahead log, so that
        what was erased is in neither."""

        async def checkpoint(connection: aiosqlite.Connection) -> None:
            await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

        await self._in_turn(checkpoint, in_transaction=False)

    async def rewrite(self) -> None:
        """Write the whole file anew and empty the write-ahead log, so that nothing that was erased
        is in either. Writes wait for it, a second for each few hundred megabytes. Raises
        StoreFailed, also where somebody keeps on reading what was there before."""

        async def rewrite(connection: aiosqlite.Connection) -> None:
            await connection.execute("VACUUM")
            rows = await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            if any(busy for busy, *_ in rows):
                raise sqlite3.OperationalError("the write-ahead log is still being read")

        await self._in_turn(rewrite, in_transaction=False)

    async def close(self) -> None:
        """Carry out what was asked for so far, then close the connection."""
        self._closing.set()
        await asyncio.shield(self._closer)

    async def _in_turn[T](
        self,
        work: Operation[T],
        *,
        in_transaction: bool,
        statements: Statements[T] | None = None,
        nearly: Callable[[], None] | None = None,
    ) -> T:
        if self._closing.is_set():
            raise StoreFailed(*CLOSED)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._jobs.append(_Job(work, answer, in_transaction, statements, nearly))
        if self._work_task is None or self._work_task.done():
            # Begun at once: where nothing else is being written, a decision is on its way to the
            # disk without waiting for a turn of the event loop.
            self._work_task = asyncio.Task(
                self._work(), loop=loop, name="database writes", eager_start=True
            )
        return await answer

    async def _work(self) -> None:
        """Carry out what was asked for, until there is no more."""
        while self._jobs:
            self._group = [self._jobs.popleft() for _ in range(min(len(self._jobs), MAX_GROUP))]
            await self._carry_out(self._group)
        self._group = []

    async def _close_at_the_end(self) -> None:
        try:
            await self._closing.wait()
        finally:
            self._closing.set()
            if self._work_task is not None:
                await asyncio.wait({self._work_task})
            for job in (*self._group, *self._jobs):
                if not job.answer.done():
                    job.answer.set_exception(StoreFailed(*CLOSED))
            self._jobs.clear()
            await self._connection.close()

    async def _carry_out(self, group: list[_Job]) -> None:
        """Whatever goes wrong with a group as a whole, each of its jobs then has a transaction of
        its own, and its own failure."""
        together: list[_Job] = []
        for job in [*group, None]:
            if job is not None and job.in_transaction:
                together.append(job)
                continue
            if len(together) == 1 or not await self._together(together):
                for one in together:
                    await self._alone(one)
            together = []
            if job is not None:
                await self._alone(job)

    async def _together(self, jobs: list[_Job]) -> bool:
        """Run the jobs in one transaction; False where it failed and nothing of it happened."""
        waiting = [job for job in jobs if not job.answer.done()]
        if not waiting:
            return True
        several = [job.statements for job in waiting if job.statements is not None]
        if len(several) == len(waiting):
            return await self._together_at_once(waiting, several, _teller(waiting))
        ended: dict[asyncio.Future[Any], Ended] = {}
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            # Locked, most likely, and that took seconds: none would fare better alone.
            for job in waiting:
                self._answer(job, None, error)
            return True
        try:
            for run in _runs(waiting):
                statements = [job.statements for job in run if job.statements is not None]
                if statements:
                    results = await at_once(self._connection, _each_of(statements))
                    ended |= {job.answer: one for job, one in zip(run, results, strict=True)}
                elif not run[0].answer.done():
                    ended[run[0].answer] = await self._in_savepoint(run[0])
            await self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            _log.debug("%d writes together failed (%s); each is tried alone", len(waiting), error)
            await self._undo()
            return False
        except BaseException:
            await self._undo()
            raise
        for job in waiting:
            if job.answer in ended:
                self._answer(job, *ended[job.answer])
        return True

    async def _together_at_once(
        self, jobs: list[_Job], several: Sequence[Statements[Any]], nearly: Callable[[], None]
    ) -> bool:
        try:
            ended = await at_once(self._connection, lambda on: _all_of(on, several, nearly))
        except sqlite3.Error as error:
            _log.debug("%d writes together failed (%s); each is tried alone", len(jobs), error)
            await self._undo()
            return False
        except BaseException:
            await self._undo()
            raise
        for job, (result, failure) in zip(jobs, ended, strict=True):
            self._answer(job, result, failure)
        return True

    async def _in_savepoint(self, job: _Job) -> tuple[Any, Exception | None]:
        """The job's answer, or what it raised. Raises sqlite3.Error where the transaction cannot
        go on."""
        await self._connection.execute("SAVEPOINT one")
        try:
            result = await job.work(self._connection)
        except Exception as error:
            # Raises in its turn where SQLite has rolled everything back, as on a full disk.
            await self._connection.execute("ROLLBACK TO one")
            await self._connection.execute("RELEASE one")
            return None, error
        await self._connection.execute("RELEASE one")
        return result, None

    async def _alone(self, job: _Job) -> None:
        if job.answer.done():
            return
        try:
            if job.statements is not None:
                statements = job.statements
                nearly = _teller([job])
                result = await at_once(self._connection, lambda on: _whole(on, statements, nearly))
                self._answer(job, result, None)
                return
            if job.in_transaction:
                # IMMEDIATE: a deferred transaction that reads first and writes later is refused
                # at once if anything was written in between, whatever the busy timeout.
                await self._connection.execute("BEGIN IMMEDIATE")
            result = await job.work(self._connection)
            if job.in_transaction:
                await self._connection.execute("COMMIT")
        except Exception as error:
            await self._undo()
            self._answer(job, None, error)
        except BaseException:
            await self._undo()
            raise
        else:
            self._answer(job, result, None)

    @staticmethod
    def _answer(job: _Job, result: Any, error: Exception | None) -> None:
        if error is None:
            if not job.answer.done():
                job.answer.set_result(result)
        elif job.answer.done():
            _log.error("a write failed whose caller had gone", exc_info=error)
        elif isinstance(error, sqlite3.Error):
            told = failed(error)
            told.__cause__ = error
            job.answer.set_exception(told)
        else:
            job.answer.set_exception(error)

    async def _undo(self) -> None:
        try:
            # Does nothing where SQLite has rolled back by itself, as it does on a full disk.
            await self._connection.rollback()
        except sqlite3.Error:
            _log.exception("the database could not undo a failed write")


def _teller(jobs: Sequence[_Job]) -> Callable[[], None]:
    """For the connection's thread: tells those who asked for it, in the event loop."""
    asked = [job.nearly for job in jobs if job.nearly is not None]
    if not asked:
        return lambda: None
    loop = asyncio.get_running_loop()

    def tell_all() -> None:
        for nearly in asked:
            nearly()

    def tell() -> None:
        loop.call_soon_threadsafe(tell_all)

    return tell


def _whole[T](
    connection: sqlite3.Connection, statements: Statements[T], nearly: Callable[[], None]
) -> T:
    """One piece of work in a transaction; what it raises is left to be undone."""
    connection.execute("BEGIN IMMEDIATE")
    result = statements(connection)
    nearly()
    connection.execute("COMMIT")
    return result


def _all_of(
    connection: sqlite3.Connection,
    several: Sequence[Statements[Any]],
    nearly: Callable[[], None],
) -> list[Ended]:
    """Several in one transaction, each with its own fate. Raises sqlite3.Error where the
    transaction cannot go on as a whole."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        # Locked, most likely, and that took seconds: none would fare better alone.
        return [(None, error) for _ in several]
    ended = _each_of(several)(connection)
    nearly()
    connection.execute("COMMIT")
    return ended


def _each_of(several: Sequence[Statements[Any]]) -> Statements[list[Ended]]:
    """Several in the transaction that is open, each with its own fate. Raises sqlite3.Error where
    it cannot go on as a whole."""

    def each(connection: sqlite3.Connection) -> list[Ended]:
        ended: list[Ended] = []
        for statements in several:
            connection.execute("SAVEPOINT one")
            try:
                ended.append((statements(connection), None))
            except Exception as error:
                # Raises in its turn where SQLite has rolled everything back, as on a full disk.
                connection.execute("ROLLBACK TO one")
                ended.append((None, error))
            connection.execute("RELEASE one")
        return ended

    return each


def _runs(jobs: Sequence[_Job]) -> Iterator[list[_Job]]:
    """The jobs in their order: what is done in the thread in one turn, as far as nothing else comes
    between; anything else by itself."""
    for in_thread, group in groupby(jobs, key=lambda job: job.statements is not None):
        if in_thread:
            yield list(group)
        else:
            yield from ([job] for job in group)
