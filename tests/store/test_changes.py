"""The record of changes: who, when, before and after; and that it cannot be rewritten."""

import sqlite3
from pathlib import Path

import pytest

from data.store import Store
from moderation.records import Actor, Change, ChangedEntries, ChangeKind
from moderation.words import parse_allowed, parse_entry
from tests.store.clock import Clock

ADA, BOB = Actor(7, "Ada"), Actor(8, "Bob")
GUILD = 11


async def test_each_write_that_changes_something_is_recorded(store: Store, clock: Clock) -> None:
    one, two = parse_entry("one"), parse_entry("two")
    start = clock.now
    await store.add_words(GUILD, [one, two], by=ADA)
    clock.now += 1
    await store.remove_words(GUILD, [one, "absent"], by=BOB)
    await store.add_allowed(GUILD, [parse_allowed("fine")], by=BOB)
    await store.remove_allowed(GUILD, ["fine"], by=BOB)
    await store.clear_words(GUILD, by=ADA)
    for nothing in (
        store.add_words(GUILD, [], by=ADA),
        store.remove_words(GUILD, ["absent"], by=ADA),
        store.remove_allowed(GUILD, ["absent"], by=ADA),
        store.clear_words(GUILD, by=ADA),
    ):
        await nothing

    def main(*texts: str) -> ChangedEntries:
        return ChangedEntries("main", texts)

    fine = ChangedEntries(None, ("fine",))
    assert await store.changes(GUILD) == [
        Change(5, start + 1, ADA, ChangeKind.WORDS_CLEARED, main("two"), None),
        Change(4, start + 1, BOB, ChangeKind.ALLOWED_REMOVED, fine, None),
        Change(3, start + 1, BOB, ChangeKind.ALLOWED_ADDED, None, fine),
        Change(2, start + 1, BOB, ChangeKind.WORDS_REMOVED, main("one"), None),
        Change(1, start, ADA, ChangeKind.WORDS_ADDED, None, main("one", "two")),
    ]


async def test_the_record_is_read_page_by_page(store: Store) -> None:
    for n in range(5):
        await store.add_words(GUILD, [parse_entry(f"word{n}")], by=ADA)

    async def page(limit: int, before: int | None = None) -> list[int]:
        return [c.change_id for c in await store.changes(GUILD, limit=limit, before=before)]

    assert await page(2) == [5, 4]
    assert await page(2, before=4) == [3, 2]
    assert await page(2, before=2) == [1]
    assert await page(2, before=1) == []
    assert await page(0) == []


async def test_a_name_that_is_not_quite_unicode_is_recorded(store: Store) -> None:
    await store.add_words(GUILD, [parse_entry("one")], by=Actor(9, "half \ud83d"))
    assert (await store.changes(GUILD))[0].actor == Actor(9, "half ?")


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE changes SET actor_name = 'somebody else'",
        "UPDATE changes SET change_id = change_id + 10",
        "DELETE FROM changes",
        "DELETE FROM changes WHERE change_id = 2",
        "INSERT OR REPLACE INTO changes VALUES (11, 1, 0, 0, 'x', 'words added', NULL, NULL, NULL)",
        "INSERT INTO changes VALUES (11, 9, 0, 0, 'x', 'words added', NULL, NULL, NULL)",
        "DELETE FROM guilds",
    ],
)
async def test_nothing_rewrites_the_record(store: Store, path: Path, attempt: str) -> None:
    await store.add_words(GUILD, [parse_entry("one")], by=ADA)
    await store.add_words(GUILD, [parse_entry("two")], by=ADA)
    before = await store.changes(GUILD)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|has left"):
        connection.execute(attempt)
    connection.close()
    assert await store.changes(GUILD) == before
    await store.add_words(GUILD, [parse_entry("three")], by=ADA)
    assert len(await store.changes(GUILD)) == 3
