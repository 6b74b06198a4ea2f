"""Bring a database to the newest schema: the numbered files of ``migrations/``, in order.

Each file is applied in one transaction together with its number (``PRAGMA user_version``), so
that a program killed at any point leaves a database that the next start carries on with.
"""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: the schema's number once it is applied, and its SQL."""

    number: int
    name: str
    sql: str


def migrations(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """The migrations of a folder in order. Raises ValueError where their numbers are not 1, 2, 3
    and so on, or where a file's name is not ``0001_what_it_does.sql``."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        named = _FILE_NAME.fullmatch(path.name)
        if named is None:
            raise ValueError(f"{path.name} is not named like 0001_what_it_does.sql")
        found.append(Migration(int(named[1]), path.name, path.read_text(encoding="utf-8")))
    if [one.number for one in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"the migrations in {folder} are not numbered 1, 2, 3 ...")
    return tuple(found)


def version(connection: sqlite3.Connection) -> int:
    """The number of the last migration that the database has seen; 0 for an empty one."""
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


def migrate(connection: sqlite3.Connection, steps: tuple[Migration, ...]) -> None:
    """Apply the ``steps`` that the database lacks.

    The connection must be in autocommit mode (``isolation_level=None``). Raises sqlite3.Error
    with the failed step undone and those before it kept.
    """
    # A table is rebuilt by dropping the old one, which must not cascade. This pragma does nothing
    # inside a transaction, hence here; what it lets through is checked before each commit.
    connection.execute("PRAGMA foreign_keys = OFF")
    for step in steps[version(connection) :]:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            for statement in statements(step.sql):
                connection.execute(statement)
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise sqlite3.IntegrityError(f"{step.name} leaves rows of {broken[0]} orphaned")
            connection.execute(f"PRAGMA user_version = {step.number:d}")
            connection.execute("COMMIT")
        except BaseException:
            # SQLite itself has already rolled back after some errors, a full disk among them.
            connection.rollback()
            raise


def statements(sql: str) -> Iterator[str]:
    """The single statements of a script. ``executescript`` would commit the open transaction;
    SQLite's own tokenizer knows which semicolon ends a statement, not a comment or a trigger's
    inner line. Raises ValueError where the last statement is not ended by a semicolon."""
    pending = ""
    for piece in re.split(r"(?<=;)", sql):
        pending += piece
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    # What may follow the last semicolon are comments; SQLite compiles those to nothing.
    rest = re.sub(r"--[^\n]*|/\*.*?\*/", "", pending, flags=re.DOTALL)
    if rest.strip():
        raise ValueError(f"this statement is not ended by a semicolon: {rest.strip()[:80]}")
