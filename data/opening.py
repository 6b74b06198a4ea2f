"""Take hold of a database file: one process alone, checked whole, at the newest schema.

Everything here is synchronous; ``Store.open`` runs it in a thread.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from data.connections import failed
from data.errors import StoreInUse, StoreUnusable
from data.migrate import MIGRATIONS, migrate, migrations, version
from data.rekeying import rekey

APPLICATION_ID = 0x50414C49
"""The mark in the header of our database files, set by the first migration."""

_WRITABLE = "Give the user that runs the bot the right to write there, or set DATABASE_PATH."


def hold(path: Path) -> FileLock:
    """Lock the database at ``path`` for this process, creating its folder where needed.

    The lock is the operating system's, on ``<path>.lock``: it ends with the process, however the
    process ends. Raises StoreInUse, or StoreUnusable where the file could not even be locked.
    """
    lock_path = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise StoreUnusable(path, "it is a folder", "Set DATABASE_PATH to a file in it.")
        # Older versions of filelock empty the file when they try to lock it: read it before.
        holder = _process_id(lock_path)
        lock = FileLock(lock_path, timeout=0, mode=0o600, thread_local=False)
        lock.acquire()
    except Timeout:
        raise StoreInUse(path, holder) from None
    except (OSError, NotImplementedError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise StoreUnusable(path, f"its folder is not writable ({said})", _WRITABLE) from error
    # The id is a courtesy to whoever is refused; Windows lets nobody write a locked file.
    with suppress(OSError):
        lock_path.write_text(str(os.getpid()), encoding="ascii")
    return lock


def _process_id(lock_path: Path) -> int | None:
    try:
        return int(lock_path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def prepare(path: Path, migrations_folder: Path = MIGRATIONS) -> int:
    """Check the database at ``path`` and bring it to the newest schema, creating it when it is
    not there; its schema's number. The caller holds its lock.

    Raises StoreUnusable: not writable, not a database, another program's, damaged, or written
    by a newer version of this program. Nothing is changed then.
    """
    steps = migrations(migrations_folder)
    try:
        _make_private(path)
        # Autocommit: transactions begin and end where we say.
        connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        _refuse_strangers(connection, path, newest=len(steps))
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise StoreUnusable(path, f"it is damaged ({verdict})", _cure("SQLITE_CORRUPT"))
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StoreUnusable(
                path,
                "its file system cannot hold a database that is written while it is read",
                "Set DATABASE_PATH to a file on a local disk.",
            )
        migrate(connection, steps)
        rekey(connection)
        return version(connection)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    finally:
        connection.close()


PRAGMAS = (
    # FULL alone loses nothing that was acknowledged when the power fails; NORMAL does.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is erased is overwritten, so that it is gone from the file too.
    "PRAGMA secure_delete = ON",
    # 256 KiB: the lists are compiled into memory, and the operating system keeps the file's pages.
    "PRAGMA cache_size = -256",
)


def _make_private(path: Path) -> None:
    """Create the file, or take it back from others: it holds what members wrote and did. SQLite
    gives its -wal and -shm files the rights of the database."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _refuse_strangers(connection: sqlite3.Connection, path: Path, newest: int) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION_ID and (application or tables or version(connection)):
        raise StoreUnusable(
            path, "it belongs to another program", "Set DATABASE_PATH to another file."
        )
    if (schema := version(connection)) > newest:
        raise StoreUnusable(
            path,
            f"a newer version of this program wrote it (schema {schema}, this one knows {newest})",
            "Update the program, or set DATABASE_PATH to another file.",
        )


def _unusable(path: Path, error: OSError | sqlite3.Error) -> StoreUnusable:
    if isinstance(error, OSError):
        return StoreUnusable(path, f"it is not writable ({error.strerror})", _WRITABLE)
    told = failed(error)
    return StoreUnusable(path, told.what, told.cure)


def _cure(error_name: str) -> str:
    error = sqlite3.DatabaseError()
    error.sqlite_errorname = error_name
    return failed(error).cure
