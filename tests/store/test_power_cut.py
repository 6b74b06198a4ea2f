"""The power fails: what was acknowledged is on the disk, whatever became of what was not synced.

The database is taken as it was when a decision was acknowledged, and of what was written to its log
afterwards, which no sync has covered, as much as a disk may have kept: nothing, a part, blanks in
the right length, or garbage. This trusts SQLite to have synced what it acknowledged; that it is
told to, is tested in test_opening.py.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from data.store import Store
from moderation.events import Surface
from moderation.intents import DEADLINE_MS, Decision
from moderation.verdict import DeleteMessage

GUILD, CHANNEL = 10, 20
DECISIONS = 12


def decision(number: int) -> Decision:
    return Decision(
        guild_id=GUILD,
        cause=f"message:{number}",
        at=1000 + number,
        deadline=1000 + number + DEADLINE_MS,
        surface=Surface.MESSAGE,
        list_name="main",
        entry="idiot",
        actions=(DeleteMessage(GUILD, CHANNEL, number, "idiot"),),
        channel_id=CHANNEL,
    )


def kept(rest: bytes, how: str, random: Random) -> bytes:
    """What a disk has of bytes that were written and not synced."""
    match how:
        case "nothing":
            return b""
        case "a part":
            return rest[: random.randrange(len(rest))]
        case "blanks":
            return bytes(len(rest))
        case "garbage":
            return random.randbytes(len(rest))
        case "the last part alone":
            half = random.randrange(len(rest))
            return bytes(half) + rest[half:]
    raise ValueError(how)


@pytest.mark.parametrize("how", ["nothing", "a part", "blanks", "garbage", "the last part alone"])
async def test_what_was_acknowledged_outlives_a_power_cut(tmp_path: Path, how: str) -> None:
    path = tmp_path / "palisade.sqlite3"
    wal = path.with_name(path.name + "-wal")
    store = await Store.open(path)
    lengths = []
    for number in range(1, DECISIONS + 1):
        await store.intents.decided(decision(number))
        lengths.append(wal.stat().st_size)
    written, main = wal.read_bytes(), path.read_bytes()
    assert lengths == sorted(set(lengths)), "nothing was moved from the log meanwhile"
    await store.close()
    for acknowledged, length in enumerate(lengths[:-1], start=1):
        folder = tmp_path / f"{acknowledged}"
        folder.mkdir()
        copy = folder / path.name
        copy.write_bytes(main)
        unsynced = kept(written[length:], how, Random(acknowledged))
        copy.with_name(wal.name).write_bytes(written[:length] + unsynced)
        after = await Store.open(copy)
        numbers = [one.action.key[2] for one in await after.intents.unfinished(GUILD)]
        await after.close()
        assert numbers[:acknowledged] == list(range(1, acknowledged + 1))
        assert numbers == list(range(1, len(numbers) + 1)), "each whole, in order, none between"
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        shutil.rmtree(folder)
