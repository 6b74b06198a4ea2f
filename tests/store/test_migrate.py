"""Migrations: split safely, applied whole or not at all, resumable after a kill anywhere."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.migrate import MIGRATIONS, migrate, migrations, statements, version

PROJECT = Path(__file__).resolve().parents[2]


def schema(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(connect()) as opened:
        yield opened


def connect(path: Path | str = ":memory:") -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def newest() -> list[tuple[str, str]]:
    """The schema that all migrations make."""
    with closing(connect()) as whole:
        migrate(whole, migrations())
        return schema(whole)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", []),
        ("-- nothing; but a comment\n", []),
        ("SELECT 1;", ["SELECT 1;"]),
        ("SELECT 1; SELECT 2;\n", ["SELECT 1;", "SELECT 2;"]),
        ("SELECT ';'; SELECT 2;", ["SELECT ';';", "SELECT 2;"]),
        ("SELECT 1 /* ; */; -- ; end\n", ["SELECT 1 /* ; */;"]),
        (
            "CREATE TRIGGER t BEFORE DELETE ON a BEGIN SELECT 1; SELECT 2; END; SELECT 3;",
            ["CREATE TRIGGER t BEFORE DELETE ON a BEGIN SELECT 1; SELECT 2; END;", "SELECT 3;"],
        ),
    ],
)
def test_a_script_is_split_into_statements(sql: str, expected: list[str]) -> None:
    assert list(statements(sql)) == expected


@pytest.mark.parametrize("sql", ["SELECT 1", "SELECT 1; SELECT 2", "SELECT 'open;"])
def test_an_unfinished_statement_is_refused(sql: str) -> None:
    with pytest.raises(ValueError, match="not ended by a semicolon"):
        list(statements(sql))


def test_splitting_gives_the_schema_that_sqlite_makes_of_the_whole(
    connection: sqlite3.Connection,
) -> None:
    for step in migrations():
        connection.executescript(step.sql)
    assert schema(connection) == newest() != []


def test_a_second_run_changes_nothing(connection: sqlite3.Connection) -> None:
    migrate(connection, migrations())
    before = version(connection), schema(connection)
    assert before == (len(migrations()), newest())
    migrate(connection, migrations())
    assert (version(connection), schema(connection)) == before


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["first.sql"], "named like"),
        (["0002_second.sql"], "numbered"),
        (["0001_a.sql", "0003_c.sql"], "numbered"),
        (["0001_a.sql", "0001_b.sql"], "numbered"),
    ],
)
def test_files_out_of_order_are_refused(tmp_path: Path, names: list[str], said: str) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1;")
    with pytest.raises(ValueError, match=said):
        migrations(tmp_path)


STEPS = {
    "0001_first.sql": "CREATE TABLE a (x); INSERT INTO a VALUES (1);",
    "0002_second.sql": "CREATE TABLE b (x); DROP TABLE a; CREATE TABLE c (x);",
}


def test_a_failed_step_is_undone_and_the_next_start_carries_on(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    for name, sql in STEPS.items():
        (tmp_path / name).write_text(sql)
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE b (x); DROP TABLE a; SELECT nope;")
    with pytest.raises(sqlite3.OperationalError, match="nope"):
        migrate(connection, migrations(tmp_path))
    assert (version(connection), [name for name, _ in schema(connection)]) == (1, ["a"])
    assert not connection.in_transaction
    (tmp_path / "0002_second.sql").write_text(STEPS["0002_second.sql"])
    migrate(connection, migrations(tmp_path))
    assert (version(connection), [name for name, _ in schema(connection)]) == (2, ["b", "c"])


def test_a_step_that_leaves_orphans_is_undone(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    (tmp_path / "0001_a.sql").write_text(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id));"
        "INSERT INTO c VALUES (5);"
    )
    with pytest.raises(sqlite3.IntegrityError, match="orphaned"):
        migrate(connection, migrations(tmp_path))
    assert (version(connection), schema(connection)) == (0, [])


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from data import migrate
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
left = int(sys.argv[2])
def die_in_time(sql):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
connection.set_trace_callback(die_in_time)
migrate.migrate(connection, migrate.migrations())
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
@pytest.mark.parametrize("after", [1, 2, 4, 7, 11, 14])
def test_a_program_killed_in_a_migration_leaves_a_database_to_carry_on_with(
    tmp_path: Path, after: int
) -> None:
    path = tmp_path / "db.sqlite3"
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(after)], cwd=PROJECT, check=False
    )
    assert died.returncode == -signal.SIGKILL
    with closing(connect(path)) as connection:
        assert (version(connection), schema(connection)) == (0, [])
        migrate(connection, migrations(MIGRATIONS))
        assert schema(connection) == newest()
