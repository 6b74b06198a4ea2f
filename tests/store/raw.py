"""The files of a database as they lie on the disk, and rows read past the store."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def run(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql, values).fetchall()


def everything(path: Path) -> bytes:
    """The bytes of all files of the database."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir())
