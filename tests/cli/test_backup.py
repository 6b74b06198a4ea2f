"""``backup``: a whole copy, whatever the bot does meanwhile, and nothing overwritten unasked."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from data.store import Store
from moderation.records import OPERATOR
from moderation.words import parse_entry
from tests.cli.commands import Shell, files_in

GUILD = 11


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with one word, in an empty folder."""
    path = tmp_path / "kept" / "palisade.sqlite3"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_PATH", str(path))
    asyncio.run(add(path, "idiot"))
    return path


async def add(path: Path, *entries: str) -> None:
    store = await Store.open(path)
    await store.add_words(GUILD, [parse_entry(entry) for entry in entries], by=OPERATOR)
    await store.close()


def words_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM banned_words")]


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Another process's connection, with something written that is in the log alone."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("UPDATE banned_words SET text = 'walrus'")
        yield connection


def test_a_copy_of_a_database_at_rest(shell: Shell, database: Path) -> None:
    before = files_in(database.parent)
    status, out, err = shell.runs("backup", "copy.sqlite3")
    assert (status, out) == (0, "")
    assert "copy.sqlite3" in err
    assert words_in(Path("copy.sqlite3")) == ["idiot"]
    assert files_in(database.parent) == before, "nothing is left beside the database"


def test_a_copy_while_the_bot_writes_has_all_that_was_written(shell: Shell, database: Path) -> None:
    with writing(database) as bot:
        bot.execute("BEGIN IMMEDIATE")
        bot.execute("UPDATE banned_words SET text = 'not yet'")
        assert shell.runs("backup", "copy.sqlite3")[0] == 0
        bot.execute("COMMIT")
    assert words_in(Path("copy.sqlite3")) == ["walrus"]
    assert words_in(database) == ["not yet"]


def test_a_copy_can_take_the_databases_place(shell: Shell, database: Path) -> None:
    assert shell.runs("backup", "copy.sqlite3")[0] == 0
    asyncio.run(add(database, "walrus"))
    Path("copy.sqlite3").replace(database)

    async def words() -> int:
        store = await Store.open(database)
        try:
            return len((await store.words(GUILD)).lists["main"])
        finally:
            await store.close()

    assert asyncio.run(words()) == 1


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_a_copy_is_for_its_owner_alone(shell: Shell, database: Path) -> None:
    shell.runs("backup", "copy.sqlite3")
    assert stat.S_IMODE(Path("copy.sqlite3").stat().st_mode) == 0o600


def test_nothing_is_overwritten_unasked(shell: Shell, database: Path) -> None:
    Path("copy.sqlite3").write_text("precious")
    status, _, err = shell.runs("backup", "copy.sqlite3")
    assert status == 2
    assert "--force" in err
    assert Path("copy.sqlite3").read_text() == "precious"
    assert shell.runs("backup", "--force", "copy.sqlite3")[0] == 0
    assert words_in(Path("copy.sqlite3")) == ["idiot"]


@pytest.mark.parametrize("end", ["", "-wal", "-shm", ".lock"])
def test_the_database_itself_is_never_the_target(shell: Shell, database: Path, end: str) -> None:
    before = database.read_bytes()
    status, _, err = shell.runs("backup", "--force", f"kept/../kept/palisade.sqlite3{end}")
    assert status == 2
    assert "the database itself" in err
    assert database.read_bytes() == before


@pytest.mark.parametrize("target", ["missing/copy.sqlite3", "kept"])
def test_a_target_that_cannot_be_written(shell: Shell, database: Path, target: str) -> None:
    status, _, err = shell.runs("backup", target)
    assert status == (2 if target == "kept" else 1)
    assert target in err
    assert err.count("\n") == 1


def test_there_is_no_database_yet(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_PATH", "none.sqlite3")
    status, _, err = shell.runs("backup", "copy.sqlite3")
    assert status == 6
    assert "none.sqlite3" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"no database" * 1000, b""])
def test_what_is_not_our_database_is_refused(shell: Shell, database: Path, content: bytes) -> None:
    database.write_bytes(content)
    status, _, err = shell.runs("backup", "copy.sqlite3")
    assert status == 6
    assert "cannot be used" in err
    assert not Path("copy.sqlite3").exists()


def test_a_damaged_database_gives_no_copy(shell: Shell, database: Path) -> None:
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (database.stat().st_size - 4096))
    status, _, err = shell.runs("backup", "copy.sqlite3")
    assert status == 6
    assert "damaged" in err
    assert [path.name for path in Path.cwd().iterdir()] == ["kept"]


def test_old_copies_are_deleted_when_asked(shell: Shell, database: Path, tmp_path: Path) -> None:
    shell.runs("backup", "p-2026-01-17.sqlite3")
    copy = Path("p-2026-01-17.sqlite3").read_bytes()
    for name in ("p-2026-01-16.sqlite3", "p-2025-12-01.sqlite3"):
        Path(name).write_bytes(copy)
    kept = {
        "p-2026-13-45.sqlite3": copy,  # no date
        "other-2025-12-01.sqlite3": copy,
        "p-2025-12-01.sqlite3.old": copy,
        "p-2026-02-07.sqlite3": copy,  # later than the new one
        "p-2025-11-01.sqlite3": b"not a database of ours",
        "p.sqlite3": copy,
    }
    for name, content in kept.items():
        Path(name).write_bytes(content)
    status, _, err = shell.runs("backup", "--keep-days", "14", "p-2026-01-31.sqlite3")
    assert status == 0
    assert [line.split(",")[0] for line in err.splitlines()[1:]] == [
        "Deleted the copy p-2025-12-01.sqlite3",
        "Deleted the copy p-2026-01-16.sqlite3",
    ]
    there = {file.name for file in tmp_path.iterdir() if file.is_file()}
    assert there == {*kept, "p-2026-01-17.sqlite3", "p-2026-01-31.sqlite3"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--keep-days", "14", "copy.sqlite3"), "needs a date in the name"),
        (("--keep-days", "0", "p-2026-01-31.sqlite3"), "no number of days"),
        (("--keep-days", "-3", "p-2026-01-31.sqlite3"), "keep-days"),
        (("--keep-days", "many", "p-2026-01-31.sqlite3"), "no number of days"),
    ],
)
def test_days_that_make_no_sense(
    shell: Shell, database: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    status, _, err = shell.runs("backup", *words)
    assert status == 2
    assert said in err
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_old_copies_stay_where_the_new_one_could_not_be_made(
    shell: Shell, database: Path, tmp_path: Path
) -> None:
    shell.runs("backup", "p-2026-01-01.sqlite3")
    database.write_bytes(b"no database")
    assert shell.runs("backup", "--keep-days", "1", "p-2026-01-31.sqlite3")[0] == 6
    assert Path("p-2026-01-01.sqlite3").exists()
