"""A disk that fills up under a running bot, and a database that another program locks.

In a folder on a small file system of its own (as a tmpfs of some megabytes) a file takes all that
is left: SQLite then hears ENOSPC. Elsewhere the process may from now on write no file beyond its
first bytes (RLIMIT_FSIZE): SQLite hears EFBIG from every write to its log.
"""

import contextlib
import os
import resource
import shutil
import sqlite3
from pathlib import Path

SMALL = 64 * 1024 * 1024
"""Bytes; a file system that is not larger is filled."""

_UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
_FIRST_BYTES = 1024


class Disk:
    """``fill`` and ``empty``, ``lock`` and ``unlock``."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._filler = database.with_name("filler")
        self.small = shutil.disk_usage(database.parent).total <= SMALL
        self._limited: int | None = None
        self._other: sqlite3.Connection | None = None
        self._met: set[int] = set()
        self.full = False

    def met(self, pid: int) -> bool:
        """Whether the process may have found the disk full."""
        return self.small or pid in self._met

    @property
    def failing(self) -> bool:
        """Whether nothing can be written just now."""
        return self.full or self._other is not None

    def fill(self, pid: int) -> None:
        """Let there be no room for the process."""
        if self.small:
            with self._filler.open("ab") as file:
                file.write(b"\0" * 4096)
            _take_all(self._filler)
        else:
            # It may have been killed just now, or have ended.
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (_FIRST_BYTES, resource.RLIM_INFINITY))
                self._limited = pid
                self._met.add(pid)
        self.full = True

    def empty(self) -> None:
        """Let there be room again."""
        self._filler.unlink(missing_ok=True)
        if self._limited is not None:
            # It may have been killed meanwhile, and the limit with it.
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(self._limited, resource.RLIMIT_FSIZE, _UNLIMITED)
            self._limited = None
        self.full = False

    def lock(self) -> None:
        """Hold the database as another program might. Raises sqlite3.OperationalError where the bot
        is writing just now."""
        other = sqlite3.connect(self._database, isolation_level=None, timeout=0.0)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            other.close()
            raise
        self._other = other

    def unlock(self) -> None:
        """Let go of it."""
        if self._other is not None:
            self._other.execute("ROLLBACK")
            self._other.close()
            self._other = None


def _take_all(path: Path) -> None:
    piece = b"\0" * 65536
    with path.open("ab", buffering=0) as file:
        while piece:
            try:
                file.write(piece)
            except OSError:
                piece = piece[: len(piece) // 2]
        os.fsync(file.fileno())
