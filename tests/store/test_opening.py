"""Opening a database: alone, privately, and only one that is sound and ours."""

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import aiosqlite
import pytest

from data.errors import StoreInUse, StoreUnusable
from data.migrate import migrations
from data.opening import APPLICATION_ID
from data.store import Store
from moderation.records import OPERATOR
from moderation.words import parse_entry

PROJECT = Path(__file__).resolve().parents[2]


def open_and_close(path: Path) -> None:
    async def both() -> None:
        await (await Store.open(path)).close()

    asyncio.run(both())


async def test_the_folder_is_made_and_the_files_are_private(store: Store, path: Path) -> None:
    await store.add_words(1, [parse_entry("one")], by=OPERATOR)
    if os.name == "posix":
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
        assert set(modes.values()) == {0o600}, modes
    assert store.info.path == str(path)
    assert store.info.sqlite_version == sqlite3.sqlite_version
    assert store.info.schema_version == len(migrations())


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_a_database_that_others_could_read_is_taken_back(path: Path) -> None:
    open_and_close(path)
    path.chmod(0o644)
    open_and_close(path)
    assert path.stat().st_mode & 0o777 == 0o600


async def test_the_connection_is_durable(store: Store) -> None:
    pragmas = {}

    async def ask(connection: aiosqlite.Connection) -> None:
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete"):
            ((pragmas[name],),) = await connection.execute_fetchall(f"PRAGMA {name}")

    await store._writer.run(ask)
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


async def test_a_second_store_is_refused_until_the_first_is_closed(path: Path) -> None:
    first = await Store.open(path)
    try:
        alias = path.with_name("alias.sqlite3")
        alias.symlink_to(path)
        for name in (path, alias):
            with pytest.raises(StoreInUse, match=f"{os.getpid()}") as refused:
                await Store.open(name)
            assert refused.value.pid == os.getpid()
    finally:
        await first.close()
        await first.close()
    await (await Store.open(path)).close()


async def test_a_lock_ends_with_its_process_even_when_that_is_killed(path: Path) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from data.store import Store\n"
        "async def hold():\n"
        "    store = await Store.open(Path(sys.argv[1]))\n"
        "    print('held', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(hold())\n",
        str(path),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdout is not None
    async with asyncio.timeout(20):
        assert await holder.stdout.readline() == b"held\n"
        for _ in range(2):
            with pytest.raises(StoreInUse) as refused:
                await Store.open(path)
            assert refused.value.pid == holder.pid
        holder.kill()
        await holder.wait()
    await (await Store.open(path)).close()


def _folder(path: Path) -> None:
    path.mkdir()


def _file_for_a_folder(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("not a folder")


def _text(path: Path) -> None:
    path.write_text("this is no database, but it is long enough to be looked at " * 20)


def _sqlite(*statements: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return make


def _damaged(path: Path) -> None:
    asyncio.run(_filled(path))
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 200] = b"\xff" * 200
    path.write_bytes(bytes(content))


async def _filled(path: Path) -> None:
    store = await Store.open(path)
    await store.add_words(1, [parse_entry(f"word{n}") for n in range(2000)], by=OPERATOR)
    await store.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_folder, "it is a folder"),
        (_file_for_a_folder, "not writable"),
        (_text, "it is not an SQLite database"),
        (_sqlite("CREATE TABLE theirs (a)"), "another program"),
        (_sqlite("CREATE TABLE theirs (a)", "PRAGMA user_version = 1"), "another program"),
        (_sqlite("PRAGMA application_id = 77"), "another program"),
        (
            _sqlite(f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = 999"),
            "a newer version of this program",
        ),
        (_damaged, "damaged"),
    ],
)
def test_what_cannot_be_used_is_refused_and_left_as_it_was(
    tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    path = tmp_path / "folder" / "palisade.sqlite3"
    path.parent.mkdir()
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreUnusable, match=said) as refused:
        open_and_close(path)
    assert str(path) in str(refused.value)
    assert str(refused.value).endswith(".")
    assert before is None or path.read_bytes() == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that nobody may fill")
async def test_a_folder_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(StoreUnusable, match="not writable"):
        await Store.open(Path("/proc/palisade/palisade.sqlite3"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_file_is_refused(path: Path) -> None:
    open_and_close(path)
    path.chmod(0o400)
    with pytest.raises(StoreUnusable, match="not writable"):
        open_and_close(path)


def test_a_refused_database_can_be_opened_once_it_is_mended(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("no database " * 100)
    with pytest.raises(StoreUnusable):
        open_and_close(path)
    path.unlink()
    open_and_close(path)


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    open_and_close(path)


async def test_a_copy_with_its_log_opens_with_everything(
    store: Store, path: Path, tmp_path: Path
) -> None:
    await store.add_words(1, [parse_entry("one")], by=OPERATOR)
    copy = tmp_path / "copy" / "palisade.sqlite3"
    copy.parent.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        shutil.copy(path.with_name(name), copy.with_name(name))
    other = await Store.open(copy)
    kept = await other.words(1)
    await other.close()
    assert kept.lists["main"] == (parse_entry("one"),)
