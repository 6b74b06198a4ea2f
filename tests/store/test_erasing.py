"""What is erased, when, and that nothing of it is left: not in rows, not in the files' bytes."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from data.store import Store
from moderation.cases import CaseFilter
from moderation.events import Surface
from moderation.intents import DEADLINE_MS, Decision
from moderation.verdict import SetNickname
from tests.store.casemaking import (
    ANN,
    GUILD,
    NOW,
    OTHER,
    decide,
    found,
)
from tests.store.clock import DAY_MS, Clock
from tests.store.raw import everything, run

DAYS = 90
SECRET = "unmistakable"


async def texts(store: Store, guild_id: int = GUILD) -> list[str | None]:
    page = await store.cases.cases(guild_id, CaseFilter(), limit=100)
    return [case.text for case in page.cases]


async def test_texts_go_after_their_days_and_whole_days_count(store: Store, clock: Clock) -> None:
    midnight = NOW - NOW % DAY_MS
    await decide(store, found(1, at=midnight - 1))
    await decide(store, found(2, at=midnight))
    clock.now = midnight + DAYS * DAY_MS - 1
    await store.erase_departed()
    assert await texts(store) == ["you 1diot", "you 1diot"]
    clock.now += 1
    await store.erase_departed()
    assert await texts(store) == ["you 1diot", None]
    old = await store.cases.case(GUILD, 1)
    assert (old.attachments, old.hits[0].start, old.hits[0].end) == ((), 0, 0)
    assert (old.hits[0].entry, old.user_id, old.user_name) == ("idiot", ANN, "ann"), "that stays"
    new = await store.cases.case(GUILD, 2)
    assert (len(new.attachments), new.hits[0].start, new.hits[0].end) == (1, 4, 9)


async def test_each_server_says_how_long(store: Store, path: Path, clock: Clock) -> None:
    for guild_id in (GUILD, OTHER):
        await decide(store, found(1, guild_id=guild_id))
    run(path, "INSERT INTO policies (guild_id, policy) VALUES (?, ?)", GUILD, '{"text_days": 7}')
    clock.now = NOW + 8 * DAY_MS
    await store.erase_departed()
    assert (await texts(store), await texts(store, OTHER)) == ([None], ["you 1diot"])
    run(path, "UPDATE policies SET policy = '{}' WHERE guild_id = ?", GUILD)
    clock.now = NOW + (DAYS + 1) * DAY_MS
    await store.erase_departed()
    assert await texts(store, OTHER) == [None]


async def test_an_attachment_without_a_text_goes_as_well(store: Store, clock: Clock) -> None:
    await decide(store, found(1, text=None))
    clock.now += 100 * DAY_MS
    await store.erase_departed()
    assert (await store.cases.case(GUILD, 1)).attachments == ()


async def test_a_name_that_broke_the_rule_goes_with_its_text(
    store: Store, path: Path, clock: Clock
) -> None:
    made = found(1, text=SECRET)
    assert made.case is not None
    await decide(store, replace(made, case=replace(made.case, user_name=SECRET)))
    await decide(store, found(2))
    clock.now += 100 * DAY_MS
    await store.erase_departed()
    assert SECRET.encode() not in everything(path)
    names = [(await store.cases.case(GUILD, number)).user_name for number in (1, 2)]
    assert names == ["", "ann"]


async def test_many_texts_go_in_one_round(store: Store, clock: Clock) -> None:
    for one in range(1, 1102):
        await decide(store, found(one))
    clock.now += 100 * DAY_MS
    await store.erase_departed()
    page = await store.cases.cases(GUILD, CaseFilter(), limit=2000)
    assert page.total == 1101
    assert {case.text for case in page.cases} == {None}


async def test_nothing_of_an_erased_text_is_in_any_file(
    store: Store, path: Path, clock: Clock
) -> None:
    """Rows move to other pages as the table grows, and leave copies behind that SQLite does not
    overwrite: that is found only among many rows of several servers."""
    chance = random.Random(5)
    for one in range(1, 2500):
        text = f"{SECRET}-{one}- {'x' * chance.randint(0, 900)}"
        decision = found(one, guild_id=chance.randint(1, 29), at=NOW + one, text=text)
        case = decision.case
        assert case is not None
        files = (f"https://cdn/{SECRET}-{one}-.png",)
        await store.intents.decided(replace(decision, case=replace(case, attachments=files)))
    assert everything(path).count(SECRET.encode()) > 4000
    clock.now += 100 * DAY_MS
    await store.erase_departed()
    assert everything(path).count(SECRET.encode()) == 0
    assert run(path, "SELECT * FROM erasures") == []


async def test_nothing_of_an_erased_server_is_in_any_file(
    store: Store, path: Path, clock: Clock
) -> None:
    chance = random.Random(6)
    for one in range(1, 2500):
        guild_id = chance.randint(1, 29)
        text = f"{SECRET}-{guild_id}- {'x' * chance.randint(0, 900)}"
        await store.intents.decided(found(one, guild_id=guild_id, text=text))
    left = [*range(2, 29, 2)]
    for guild_id in left:
        await store.guild_left(guild_id)
    clock.now += 31 * DAY_MS
    assert f"{SECRET}-8-".encode() in everything(path)
    assert await store.erase_departed() == left
    raw = everything(path)
    assert [one for one in range(1, 30) if f"{SECRET}-{one}-".encode() in raw] == [*range(1, 30, 2)]


async def test_an_old_nickname_is_out_of_the_files_within_a_day(
    store: Store, path: Path, clock: Clock
) -> None:
    action = SetNickname(GUILD, ANN, None, "because")
    decision = Decision(
        guild_id=GUILD,
        cause="names:20:1",
        at=NOW,
        deadline=NOW + DEADLINE_MS,
        surface=Surface.NICKNAME,
        list_name="main",
        entry="idiot",
        actions=(action,),
        user_id=ANN,
        old_nickname=SECRET,
    )
    await store.intents.decided(decision)
    clock.now += 31 * DAY_MS
    await store.erase_departed()
    assert await store.intents.old_nicknames(GUILD, ANN) == []
    ((at,),) = run(path, "SELECT rewrite_at FROM erasures")
    assert clock.now < at <= clock.now + DAY_MS
    clock.now = at
    await store.erase_departed()
    assert SECRET.encode() not in everything(path)
    assert run(path, "SELECT * FROM erasures") == []


async def test_a_rewriting_that_failed_is_done_later(
    store: Store, path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A reader keeps what was there before alive, until it is done."""
    await decide(store, found(1, text=SECRET))
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM cases").fetchall()
        clock.now += 100 * DAY_MS
        await store.erase_departed()
        assert "it is rewritten later" in caplog.text
        assert await texts(store) == [None]
        assert SECRET.encode() in everything(path)
        assert len(run(path, "SELECT * FROM erasures")) == 1
    await store.close()
    again = await Store.open(path, clock=clock)
    await again.erase_departed()
    await again.close()
    assert SECRET.encode() not in everything(path)
