"""Joining, leaving, and the erasure 30 days later."""

import sqlite3
from contextlib import closing
from pathlib import Path

from data.store import Store
from moderation.records import MAIN_LIST, Actor
from moderation.words import parse_allowed, parse_entry
from tests.store.clock import DAY_MS, Clock

ADMIN = Actor(7, "Ada")
MARK = "unmistakable"


async def fill(store: Store, guild_id: int) -> None:
    await store.guild_joined(guild_id)
    await store.add_words(guild_id, [parse_entry(MARK)], by=ADMIN)
    await store.add_allowed(guild_id, [parse_allowed(f"{MARK} indeed")], by=ADMIN)


def rows_of(path: Path, guild_id: int) -> int:
    total = 0
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        names = [name for (name,) in tables if not name.startswith("sqlite_")]
        assert len(names) >= 5
        for name in names:
            sql = f"SELECT count(*) FROM {name} WHERE guild_id = ?"  # noqa: S608  # from the schema
            total += connection.execute(sql, (guild_id,)).fetchone()[0]
    return total


async def test_guilds_are_known_while_the_bot_is_there(store: Store) -> None:
    await store.guild_joined(2)
    await store.guild_joined(1)
    await store.guild_joined(2)
    await store.guild_left(3)
    assert await store.guild_ids() == [1, 2]
    await store.guild_left(2)
    assert await store.guild_ids() == [1]
    await store.guild_joined(2)
    assert await store.guild_ids() == [1, 2]


async def test_a_departed_guild_is_erased_after_30_days_and_no_other(
    store: Store, path: Path, clock: Clock
) -> None:
    for guild_id in (1, 2, 3):
        await fill(store, guild_id)
    await store.guild_left(1)
    clock.now += 5 * DAY_MS
    await store.guild_left(2)
    await store.guild_left(1)  # heard again: the first time counts
    clock.now += 25 * DAY_MS
    assert await store.erase_departed() == []
    clock.now += 1
    assert await store.erase_departed() == [1]
    assert [rows_of(path, guild_id) > 0 for guild_id in (1, 2, 3)] == [False, True, True]
    assert await store.changes(1) == []
    assert len(await store.changes(2)) == 2
    assert await store.erase_departed() == []


async def test_what_is_erased_is_in_no_file(store: Store, path: Path, clock: Clock) -> None:
    await fill(store, 1)
    await store.guild_left(1)
    assert MARK in everything(path)
    clock.now += 31 * DAY_MS
    assert await store.erase_departed() == [1]
    assert MARK not in everything(path)


def everything(path: Path) -> str:
    return "".join(file.read_text("latin-1") for file in path.parent.iterdir())


async def test_coming_back_in_time_finds_everything_as_it_was(store: Store, clock: Clock) -> None:
    await fill(store, 1)
    before = await store.words(1)
    await store.guild_left(1)
    clock.now += 30 * DAY_MS
    await store.guild_joined(1)
    clock.now += 30 * DAY_MS
    assert await store.erase_departed() == []
    assert await store.words(1) == before


async def test_coming_back_too_late_begins_anew(store: Store, clock: Clock) -> None:
    await fill(store, 1)
    before = await store.words(1)
    await store.guild_left(1)
    clock.now += 31 * DAY_MS  # nobody called erase_departed: the bot was not running
    await store.guild_joined(1)
    after = await store.words(1)
    assert (after.lists, after.allowed) == ({MAIN_LIST: ()}, ())
    assert await store.changes(1) == []
    # A matcher that was compiled from the old lists must not pass for the new ones'.
    assert after.revision > before.revision


async def test_lists_prepared_before_the_bot_joins_are_there_when_it_does(store: Store) -> None:
    await store.add_words(5, [parse_entry("one")], by=ADMIN)
    assert await store.guild_ids() == [5]
    await store.guild_joined(5)
    assert (await store.words(5)).lists[MAIN_LIST] == (parse_entry("one"),)
