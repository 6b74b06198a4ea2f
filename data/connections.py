"""Reading from the open database in snapshots, which never wait for a write (``writing.py``), and
what the errors of SQLite mean."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiosqlite

from data.errors import RowRefused, StoreFailed

CLOSED = ("it is closed", "The program is ending; try again when it is running.")
"""What a call of a closed store is told: what is wrong, and what helps."""


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
                raise StoreFailed(*CLOSED)
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
    refused = isinstance(error, NEVER) and "closed" not in str(error)
    kind = RowRefused if refused else StoreFailed
    return kind(f"SQLite says “{error}” ({name})", "Please report this; it is a fault.")


NEVER = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
"""Errors that are about what was to be written, not about the moment; but for a closed connection,
which is a ProgrammingError as well."""


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
