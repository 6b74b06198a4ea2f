"""A copy of the database, taken while the bot runs or while it does not. Synchronous.

The database is opened for reading only and never locked: what the bot writes meanwhile is not in
the copy, and what it wrote before is, all of it. Copying the file by other means is not the same:
without its write-ahead log it is damaged.
"""

import os
import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import mkstemp

from data.connections import failed
from data.errors import StoreUnusable
from data.opening import APPLICATION_ID

_OF_THE_TARGET = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC")
"""What SQLite says when it cannot write the copy; anything else is about the database."""

_DATE = re.compile(r"(.*?)(\d{4}-\d\d-\d\d)(.*)")
_HEADER = 100
"""Bytes of the header of a database file."""


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


def expired_copies(target: Path, days: int) -> list[Path]:
    """The copies beside ``target`` of more than so many days before it, oldest first: databases of
    this program whose names, as ``palisade-2026-01-31.sqlite3``, differ from its own in the date
    alone. None where it has no date itself."""
    own = _dated(target.name)
    found: list[tuple[date, Path]] = []
    for file in target.parent.iterdir() if own else ():
        its = _dated(file.name)
        if own and its and its[1:] == own[1:] and (own[0] - its[0]).days > days and _is_copy(file):
            found.append((its[0], file))
    return [file for _, file in sorted(found)]


def has_date(target: Path) -> bool:
    """Whether there is a date in a file's name, such as 2026-01-31."""
    return _dated(target.name) is not None


def _dated(name: str) -> tuple[date, str, str] | None:
    """The date in a name, what stands before it and after it."""
    found = _DATE.fullmatch(name)
    try:
        return (date.fromisoformat(found[2]), found[1], found[3]) if found else None
    except ValueError:
        return None


def _is_copy(file: Path) -> bool:
    """Whether a file is a database of this program, by the mark in its header (SQLite, Database
    File Format)."""
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as opened:
        head = opened.read(_HEADER)
    return head.startswith(b"SQLite format 3\0") and head[68:72] == APPLICATION_ID.to_bytes(4)


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
