"""Banned words and allowed phrases: what is added, removed, cleared, and read back."""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from data.store import Store
from moderation.records import MAIN_LIST, Actor, LimitReached, UnknownList
from moderation.words import AllowedPhrase, BannedWord, parse_allowed, parse_entry

ADMIN = Actor(7, "Ada")
GUILD = 11


def words(*texts: str) -> tuple[BannedWord, ...]:
    return tuple(parse_entry(text) for text in texts)


def phrases(*texts: str) -> tuple[AllowedPhrase, ...]:
    return tuple(parse_allowed(text) for text in texts)


def texts(entries: Sequence[BannedWord | AllowedPhrase | str]) -> list[str]:
    return [entry if isinstance(entry, str) else entry.text for entry in entries]


async def main_list(store: Store) -> list[str]:
    return texts((await store.words(GUILD)).lists[MAIN_LIST])


async def test_a_guild_without_entries_has_an_empty_main_list(store: Store) -> None:
    kept = await store.words(GUILD)
    assert (kept.revision, kept.lists, kept.allowed) == (0, {MAIN_LIST: ()}, ())


async def test_words_are_kept_in_the_order_of_adding(store: Store, path: Path) -> None:
    first = words("zebra", "free*nitro", "/ab+c/", '"Exact"', "two  words")
    assert (await store.add_words(GUILD, first, by=ADMIN)).added == first
    await store.add_words(GUILD, words("apple"), by=ADMIN)
    await store.close()
    again = await Store.open(path)
    kept = await again.words(GUILD)
    await again.close()
    assert kept.lists[MAIN_LIST] == (*first, *words("apple"))


@pytest.mark.parametrize(
    ("before", "asked", "added", "already"),
    [
        ([], ["one", "two"], ["one", "two"], []),
        (["one"], ["one", "two"], ["two"], ["one"]),
        (["one"], ["ONE"], [], ["ONE"]),
        ([], ["one", "two", "One"], ["one", "two"], ["One"]),
        (["one"], [], [], []),
    ],
)
async def test_adding(
    store: Store, before: list[str], asked: list[str], added: list[str], already: list[str]
) -> None:
    await store.add_words(GUILD, words(*before), by=ADMIN)
    done = await store.add_words(GUILD, words(*asked), by=ADMIN)
    assert (texts(done.added), texts(done.already)) == (added, already)
    assert await main_list(store) == before + added


@pytest.mark.parametrize(
    ("asked", "removed", "missing"),
    [
        (words("One"), ["one"], []),
        (["one", "three"], ["one", "three"], []),
        ([*words("nine"), "ten"], [], ["nine", "ten"]),
        (words("one", "ONE"), ["one"], ["ONE"]),
        ([], [], []),
    ],
)
async def test_removing(
    store: Store, asked: list[BannedWord | str], removed: list[str], missing: list[str]
) -> None:
    await store.add_words(GUILD, words("one", "two", "three"), by=ADMIN)
    done = await store.remove_words(GUILD, asked, by=ADMIN)
    assert (texts(done.removed), texts(done.missing)) == (removed, missing)
    assert await main_list(store) == [one for one in ("one", "two", "three") if one not in removed]


async def test_an_entry_whose_key_is_made_differently_now_is_found_by_its_text(
    store: Store, path: Path
) -> None:
    await store.add_words(GUILD, words("one", "two"), by=ADMIN)
    tamper(path, "UPDATE banned_words SET key = 'as it once was' WHERE text = 'one'")
    done = await store.remove_words(GUILD, words("one"), by=ADMIN)
    assert texts(done.removed) == ["one"]
    assert await main_list(store) == ["two"]


async def test_clearing_gives_back_what_was_there(store: Store) -> None:
    await store.add_words(GUILD, words("one", "two"), by=ADMIN)
    await store.add_allowed(GUILD, phrases("stays"), by=ADMIN)
    assert await store.clear_words(GUILD, by=ADMIN) == words("one", "two")
    assert await store.clear_words(GUILD, by=ADMIN) == ()
    kept = await store.words(GUILD)
    assert (kept.lists[MAIN_LIST], kept.allowed) == ((), phrases("stays"))


async def test_allowed_phrases_belong_to_the_guild(store: Store) -> None:
    done = await store.add_allowed(GUILD, phrases("class", "Class", "grass"), by=ADMIN)
    assert (done.added, texts(done.already)) == (phrases("class", "grass"), ["Class"])
    gone = await store.remove_allowed(GUILD, [*phrases("class"), "brass"], by=ADMIN)
    assert (gone.removed, gone.missing) == (phrases("class"), ("brass",))
    assert (await store.words(GUILD)).allowed == phrases("grass")


async def test_the_revision_moves_with_what_changes_and_with_nothing_else(store: Store) -> None:
    async def revision() -> int:
        return (await store.words(GUILD)).revision

    await store.add_words(GUILD, words("one"), by=ADMIN)
    seen = [await revision()]
    for write in (
        lambda: store.add_words(GUILD, words("two"), by=ADMIN),
        lambda: store.remove_words(GUILD, words("two"), by=ADMIN),
        lambda: store.add_allowed(GUILD, phrases("three"), by=ADMIN),
        lambda: store.remove_allowed(GUILD, phrases("three"), by=ADMIN),
        lambda: store.clear_words(GUILD, by=ADMIN),
    ):
        await write()
        seen.append(await revision())
    assert len(set(seen)) == 6
    await store.add_words(GUILD, [], by=ADMIN)
    await store.remove_words(GUILD, ["absent"], by=ADMIN)
    await store.clear_words(GUILD, by=ADMIN)
    assert await revision() == seen[-1]


async def test_another_list_than_main_is_unknown(store: Store) -> None:
    for write in (
        store.add_words(GUILD, words("one"), by=ADMIN, list_name="scams"),
        store.remove_words(GUILD, words("one"), by=ADMIN, list_name="scams"),
        store.clear_words(GUILD, by=ADMIN, list_name="scams"),
    ):
        with pytest.raises(UnknownList, match=r"“scams” here\. The lists are: main\."):
            await write
    assert await store.guild_ids() == []


async def test_a_second_list_holds_its_own_entries(store: Store, path: Path) -> None:
    await store.add_words(GUILD, words("one"), by=ADMIN)
    tamper(
        path,
        "INSERT INTO lists (guild_id, list_id, name, created_at) VALUES (11, 2, 'scams', 0)",
    )
    await store.add_words(GUILD, words("one", "two"), by=ADMIN, list_name="scams")
    await store.remove_words(GUILD, words("one"), by=ADMIN)
    assert (await store.words(GUILD)).lists == {MAIN_LIST: (), "scams": words("one", "two")}


async def test_over_the_limit_nothing_is_added(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.entries.MAX_ENTRIES", 4)
    await store.add_words(GUILD, words("one", "two"), by=ADMIN)
    await store.add_allowed(GUILD, phrases("three"), by=ADMIN)
    before = await store.words(GUILD), await store.changes(GUILD)
    with pytest.raises(LimitReached) as refused:
        await store.add_words(GUILD, words("one", "four", "five"), by=ADMIN)
    assert (refused.value.limit, refused.value.have, refused.value.wanted) == (4, 3, 2)
    with pytest.raises(LimitReached):
        await store.add_allowed(GUILD, phrases("four", "five"), by=ADMIN)
    assert (await store.words(GUILD), await store.changes(GUILD)) == before
    assert texts((await store.add_words(GUILD, words("four"), by=ADMIN)).added) == ["four"]
    assert (await store.add_words(12, words("of", "another", "guild"), by=ADMIN)).added


async def test_regular_expressions_have_a_limit_of_their_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.entries.MAX_REGEXES", 1)
    await store.add_words(GUILD, words("/on+e/", "/path", r"\/x/"), by=ADMIN)
    with pytest.raises(LimitReached, match=r"1 regular expressions\. This one has 1, and 1 more"):
        await store.add_words(GUILD, words("/tw+o/", "three"), by=ADMIN)
    assert await main_list(store) == ["/on+e/", "/path", r"\/x/"]


async def test_an_entry_that_no_longer_parses_is_kept_skipped_and_logged(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await store.add_words(GUILD, words("one", "two"), by=ADMIN)
    tamper(path, "UPDATE banned_words SET text = '/(broken/' WHERE text = 'one'")
    with caplog.at_level(logging.WARNING):
        assert await main_list(store) == ["two"]
    assert "does not understand" in caplog.text
    assert (await store.remove_words(GUILD, words("one"), by=ADMIN)).removed == ()
    assert rows(path, "SELECT text FROM banned_words") == [("/(broken/",), ("two",)]
    # It is in nobody's way: the same entry, added anew, takes its place.
    assert (await store.add_words(GUILD, words("one"), by=ADMIN)).added == words("one")
    assert await main_list(store) == ["one", "two"]


def tamper(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(sql)
    connection.close()


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute(sql).fetchall()
    connection.close()
    return found
