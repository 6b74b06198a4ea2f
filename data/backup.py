"""A copy of the database, taken while the bot runs or while it does not. Synchronous.

The database is opened for reading only and never locked: what the bot writes meanwhile is not in
the copy, and what it wrote before is, all of it. Copying the file by other means is not the same:
without its write-ahead log it is damaged.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import mkstemp

from data.connections import failed
from data.errors import StoreUnusable
from data.opening import APPLICATION_ID

_OF_THE_TARGET = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC")
"""What SQLite says when it cannot write the copy; anything else is about the database."""


def copy_database(database: Path, target: Path) -> int:
    """Write a consistent copy of ``database`` to ``target``, in place of what may be there; its
    size in bytes. The copy is whole and readable for its owner alone, or it is not there.

    Raises StoreUnusable where the database is not there, damaged or another program's, and OSError
    where the copy cannot be written.
    """
    # Path.is_file would raise for a name that no file can have, and the copy be blamed for it.
    if not os.path.isfile(database):  # noqa: PTH113  # see above
        raise StoreUnusable(database, "there is none yet", "Set DATABASE_PATH to the bot's.")
    # Readable for its owner alone from the first byte on: it holds what members did.
    handle, name = mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    copy = Path(name)
    try:
        _copy(database, copy)
        _check(database, copy)
        with copy.open("rb+") as file:
            os.fsync(file.fileno())
        size = copy.stat().st_size
        copy.replace(target)
    finally:
        copy.unlink(missing_ok=True)
    return size


def _copy(database: Path, copy: Path) -> None:
    log = database.with_name(database.name + "-wal")
    # Without a log nobody has the database open. Opening it in the usual way would then leave a
    # log behind that may belong to another user than the bot's.
    resting = not log.exists()
    try:
        _vacuum(database, copy, "?mode=ro&immutable=1" if resting else "?mode=ro")
        if resting and log.exists():
            # The bot was started meanwhile.
            copy.write_bytes(b"")
            _vacuum(database, copy, "?mode=ro")
    except sqlite3.Error as error:
        if error.sqlite_errorname.startswith(_OF_THE_TARGET):
            raise OSError(failed(error).what) from error
        raise _unusable(database, error) from error


def _vacuum(database: Path, copy: Path, how: str) -> None:
    uri = database.absolute().as_uri() + how
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5)) as source:
        (application,) = source.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID:
            raise StoreUnusable(
                database, "it belongs to another program", "Set DATABASE_PATH to the bot's."
            )
        # In one statement: going page by page would begin anew with every write of the bot.
        source.execute("VACUUM INTO ?", (str(copy),))


def _check(database: Path, copy: Path) -> None:
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as made:
            (verdict,) = made.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise _unusable(database, error) from error
    if verdict != "ok":
        raise StoreUnusable(database, f"it is damaged ({verdict})", "Restore an older backup.")


def _unusable(database: Path, error: sqlite3.Error) -> StoreUnusable:
    told = failed(error)
    return StoreUnusable(database, told.what, told.cure)
