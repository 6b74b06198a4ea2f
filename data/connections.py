"""The two connections to the open database, and the one place where anything is written.

``Writer`` runs every transaction of the program one after another in a task of its own: two
tasks with explicit transactions on one connection would collide, and a caller that is cancelled
must not leave half a transaction open. ``Reader`` gives snapshots, which never wait for a write.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiosqlite

from data.errors import StoreFailed

type Operation[T] = Callable[[aiosqlite.Connection], Awaitable[T]]

_log = logging.getLogger(__name__)

_CLOSED = ("it is closed", "The program is ending; try again when it is running.")


@dataclass(frozen=True, slots=True)
class _Job:
    work: Operation[Any]
    answer: asyncio.Future[Any]


class Writer:
    """Runs operations, each in a transaction of its own, in the order they were asked for."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._queue: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._closing = False
        self._task = asyncio.create_task(self._work(), name="database writer")

    async def run[T](self, operation: Operation[T]) -> T:
        """The operation's answer, once it is committed. Whatever it raises undoes it whole.

        A caller that is cancelled before its turn has changed nothing; one that is cancelled
        later has, and will not learn it. Raises StoreFailed for an error of the database.
        """

        async def transaction(connection: aiosqlite.Connection) -> T:
            # IMMEDIATE: a deferred transaction that reads first and writes later is refused
            # at once if anything was written in between, whatever the busy timeout.
            await connection.execute("BEGIN IMMEDIATE")
            answer = await operation(connection)
            await connection.execute("COMMIT")
            return answer

        return await self._in_turn(transaction)

    async def checkpoint(self) -> None:
        """Move what was written into the database file and empty the write-ahead log, so that
        what was erased is in neither."""

        async def checkpoint(connection: aiosqlite.Connection) -> None:
            await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

        await self._in_turn(checkpoint)

    async def _in_turn[T](self, work: Operation[T]) -> T:
        if self._closing:
            raise StoreFailed(*_CLOSED)
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Job(work, answer))
        return await answer

    async def close(self) -> None:
        """Carry out what was asked for so far, then close the connection."""
        if not self._closing:
            self._closing = True
            self._queue.put_nowait(None)
        await asyncio.shield(self._task)

    async def _work(self) -> None:
        try:
            while (job := await self._queue.get()) is not None:
                if not job.answer.done():
                    await self._carry_out(job)
        finally:
            self._closing = True
            while not self._queue.empty():
                if (job := self._queue.get_nowait()) is not None and not job.answer.done():
                    job.answer.set_exception(StoreFailed(*_CLOSED))
            await self._connection.close()

    async def _carry_out(self, job: _Job) -> None:
        try:
            result = await job.work(self._connection)
        except BaseException as error:
            await self._undo()
            if isinstance(error, asyncio.CancelledError):
                job.answer.cancel()
                raise
            if job.answer.done():
                _log.error("a write failed whose caller had gone", exc_info=error)
                return
            told: BaseException = error
            if isinstance(error, sqlite3.Error):
                told = failed(error)
                told.__cause__ = error
            job.answer.set_exception(told)
            return
        if not job.answer.done():
            job.answer.set_result(result)

    async def _undo(self) -> None:
        try:
            # Does nothing where SQLite has rolled back by itself, as it does on a full disk.
            await self._connection.rollback()
        except sqlite3.Error:
            _log.exception("the database could not undo a failed write")


class Reader:
    """Gives snapshots: what is read inside one was all true at one moment."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()
        self._closed = False

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[aiosqlite.Connection]:
        """A connection to read from. Raises StoreFailed for an error of the database."""
        async with self._turn:
            if self._closed:
                raise StoreFailed(*_CLOSED)
            try:
                await self._connection.execute("BEGIN")
                yield self._connection
            except sqlite3.Error as error:
                raise failed(error) from error
            finally:
                await self._connection.rollback()

    async def close(self) -> None:
        """Close the connection once the snapshot that is being read is done."""
        async with self._turn:
            if not self._closed:
                self._closed = True
                await self._connection.close()


def failed(error: sqlite3.Error) -> StoreFailed:
    """What an error of SQLite means to whoever runs the bot."""
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    for beginning, (what, cure) in FAILURES.items():
        if name.startswith(beginning):
            return StoreFailed(what, cure)
    return StoreFailed(f"SQLite says “{error}” ({name})", "Please report this; it is a fault.")


FAILURES = {
    "SQLITE_FULL": (
        "the disk is full",
        "Make room; it goes on by itself then.",
    ),
    "SQLITE_READONLY": (
        "the file or its folder is not writable",
        "Give the user that runs the bot the right to write there.",
    ),
    "SQLITE_CANTOPEN": (
        "the file or its folder cannot be opened",
        "Check that the folder exists and that the user that runs the bot may write there.",
    ),
    "SQLITE_PERM": (
        "the file may not be opened",
        "Give the user that runs the bot the right to read and write it.",
    ),
    "SQLITE_NOTADB": (
        "it is not an SQLite database",
        "Set DATABASE_PATH to another file, or move this one away.",
    ),
    "SQLITE_CORRUPT": (
        "it is damaged",
        "Restore it from a backup, or move it away to begin anew.",
    ),
    "SQLITE_IOERR": (
        "the disk reports an error on reading or writing",
        "Check the disk and that it is not a network share; restore from a backup if in doubt.",
    ),
    "SQLITE_BUSY": (
        "another program has locked the file",
        "Close what else has it open, a database browser for instance.",
    ),
}
"""By the beginning of SQLite's error name: what is wrong, and what helps."""
