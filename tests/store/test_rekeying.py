"""Keys of an older folding are made anew when the database is opened."""

import logging
import sqlite3
from pathlib import Path

import pytest

from data.store import Store
from moderation.records import MAIN_LIST, Actor
from moderation.words import parse_allowed, parse_entry

ADMIN = Actor(7, "Ada")
GUILD = 11


async def store_with(path: Path, *entries: str) -> None:
    store = await Store.open(path)
    await store.add_words(GUILD, [parse_entry(entry) for entry in entries], by=ADMIN)
    await store.add_allowed(GUILD, [parse_allowed("class")], by=ADMIN)
    await store.close()


def tamper(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def column(path: Path, sql: str) -> list[object]:
    connection = sqlite3.connect(path)
    values = [row[0] for row in connection.execute(sql)]
    connection.close()
    return values


async def test_old_keys_are_made_anew_and_duplicates_taken_out(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await store_with(path, "one", "two", "three")
    tamper(
        path,
        "UPDATE guilds SET folding = 0",
        "UPDATE banned_words SET key = 'x' WHERE text = 'one'",
        "UPDATE banned_words SET key = 'one' WHERE text = 'two'",
        "UPDATE banned_words SET key = 'y', text = 'ONE' WHERE text = 'three'",
        "UPDATE allowed_phrases SET key = 'z'",
    )
    with caplog.at_level(logging.INFO):
        store = await Store.open(path)
    assert "taken out: 'ONE'" in caplog.text
    words = await store.words(GUILD)
    assert [word.text for word in words.lists[MAIN_LIST]] == ["one", "two"]
    assert not (await store.add_words(GUILD, [parse_entry("TWO")], by=ADMIN)).added
    assert not (await store.add_allowed(GUILD, [parse_allowed("class")], by=ADMIN)).added
    await store.close()
    assert column(path, "SELECT key FROM banned_words ORDER BY entry_id") == ["one", "two"]


async def test_keys_of_this_folding_are_left_alone(path: Path) -> None:
    await store_with(path, "one")
    await (await Store.open(path)).close()
    tamper(path, "UPDATE banned_words SET key = 'as it was'")
    await (await Store.open(path)).close()
    assert column(path, "SELECT key FROM banned_words") == ["as it was"]


async def test_what_no_longer_parses_keeps_its_key(path: Path) -> None:
    await store_with(path, "one")
    tamper(path, "UPDATE guilds SET folding = 0", "UPDATE banned_words SET text = '/(broken/'")
    await (await Store.open(path)).close()
    assert column(path, "SELECT key FROM banned_words") == ["one"]
