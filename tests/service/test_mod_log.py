"""The mod log against a real database and a channel that can be slow, closed or gone."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.store import Store
from moderation.policy import GuildPolicy, ModLog
from service.log_channel import ChannelUnfit, Fitness, PostFailed, PostGone, PostRefused, Unfit
from service.mod_log import BEGUN_AT_ONCE, LogPace
from tests.service.mod_log_fakes import AT_ONCE, CLOSED, NOBODY_WAITS, Around, settled
from tests.store.clock import Clock
from tests.store.test_log_posts import GUILD, LOG, Rows


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Around]:
    clock = Clock()
    store = await Store.open(tmp_path / "db.sqlite3", clock=clock)
    made = Around(store, Rows(tmp_path / "db.sqlite3"), clock)
    yield made
    for log in made.logs:
        await log.close()
    await store.close()


async def test_a_case_is_told_of_and_changed_in_place(around: Around) -> None:
    log = around.start()
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.shown() == [(1, 1)]
    around.cases.cases[1] = replace(around.cases.cases[1], reason="another")
    around.change(1)
    log.changed(GUILD, 1)
    await settled(log)
    assert [entry.case.reason for entry in around.channels.messages.values()] == ["another"]
    assert around.channels.requests == ["post", "edit"]
    assert await around.store.log_posts.stale(GUILD, 0) == []


async def test_an_entry_is_not_written_again_where_it_would_say_the_same(around: Around) -> None:
    log = around.start()
    around.make(1)
    for _ in range(3):
        log.changed(GUILD, 1)
        await settled(log)
        around.change(1)
    assert around.channels.requests == ["post"]
    await settled(log)
    around.rows.action(1, "timeout", "done", ended_at=around.clock.now)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.channels.requests == ["post", "edit"], "what is counted is another"
    assert await around.store.log_posts.stale(GUILD, 0) == []


async def test_what_an_entry_says_is_not_remembered_for_long(around: Around) -> None:
    log = around.start(LogPace(settle=0.0, between=0.0, patience=0.0, remembers=0.0))
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    around.change(1)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.channels.requests == ["post", "edit"]


async def test_a_start_in_many_servers_looks_at_few_at_a_time(around: Around) -> None:
    around.channels.gate = asyncio.Event()
    log = around.start()
    log.begin(range(GUILD + 1, GUILD + 8))
    await around.channels.until(lambda: around.channels.looking == BEGUN_AT_ONCE)
    around.channels.gate.set()
    await settled(log)
    assert (around.channels.looks, around.channels.most_at_once) == (8, BEGUN_AT_ONCE)


async def test_an_entry_waits_for_its_outcomes(around: Around) -> None:
    log = around.start(NOBODY_WAITS)
    around.make(1)
    around.rows.run("UPDATE actions SET state = 'pending'")
    around.make(2, user_id=8)
    log.changed(GUILD, 1)
    log.changed(GUILD, 2)
    await around.channels.until(lambda: around.shown() == [(2, 2)])
    await asyncio.to_thread(around.rows.run, "UPDATE actions SET state = 'done'")
    await settled(log)
    assert around.shown() == [(2, 2), (1, 1)]


async def test_what_is_found_at_the_start_waits_for_its_outcomes_as_well(around: Around) -> None:
    around.start(NOBODY_WAITS)
    around.make(1)
    around.rows.run("UPDATE actions SET state = 'pending'")
    around.make(2, user_id=8)
    await around.channels.until(lambda: around.shown() == [(2, 2)])
    await asyncio.to_thread(around.rows.run, "UPDATE actions SET state = 'done'")
    await around.channels.until(lambda: around.shown() == [(2, 2), (1, 1)])


async def test_an_entry_does_not_wait_for_ever(around: Around) -> None:
    log = around.start(AT_ONCE)
    around.make(1)
    around.rows.run("UPDATE actions SET state = 'pending'")
    log.changed(GUILD, 1)
    await settled(log)
    assert around.shown() == [(1, 1)]


async def test_a_burst_is_one_entry(around: Around) -> None:
    log = around.start()
    for number in (1, 2, 3):
        around.make(number)
        log.changed(GUILD, number)
    await settled(log)
    around.make(4)
    log.changed(GUILD, 4)
    await settled(log)
    assert around.shown() == [(1, 4)]
    (entry,) = around.channels.messages.values()
    assert entry.burst.count == 4


@pytest.mark.parametrize(
    ("kind", "step", "told"),
    [("violation", 1, 50), ("violation", 3, 51), ("ban", 5, 52), ("note", 0, 52)],
)
async def test_each_kind_has_its_channel(around: Around, kind: str, step: int, told: int) -> None:
    around.policies.set = GuildPolicy(mod_log=ModLog(50, 51, 52))
    log = around.start()
    around.make(1)
    around.rows.run("UPDATE cases SET kind = ?, step = ?", kind, step)
    log.changed(GUILD, 1)
    await settled(log)
    post = await around.store.log_posts.post_of(GUILD, 1)
    assert post is not None
    assert post.channel_id == told


async def test_without_a_channel_nothing_is_written(around: Around) -> None:
    around.policies.set = GuildPolicy()
    log = around.start()
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.channels.requests == []


async def test_what_is_older_than_the_log_is_not_told_of(around: Around) -> None:
    around.make(1)
    around.clock.now += 120_000
    around.make(2)
    log = around.start()
    await settled(log)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.shown() == [(2, 2)]


# Killed


async def test_what_was_not_written_is_after_a_start(around: Around) -> None:
    await settled(around.start())
    around.make(1)
    around.make(2, user_id=8)
    await settled(around.start())
    assert around.shown() == [(1, 1), (2, 2)]
    around.change(1)
    await settled(around.start())
    assert around.channels.requests == ["post", "post", "edit"]
    await settled(around.start())
    assert around.channels.requests == ["post", "post", "edit"], "all of it is shown"


@pytest.mark.parametrize("remembers", [True, False])
async def test_a_post_whose_answer_was_lost_is_found_again(around: Around, remembers: bool) -> None:
    around.channels.fail = [("after", asyncio.CancelledError())]
    log = around.start()
    await settled(log)
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.shown() == [(1, 1)]
    if not remembers:
        around.clock.now += 61_000
        around.channels.remembers = False
    around.cases.cases[1] = replace(around.cases.cases[1], reason="another")
    await settled(around.start())
    assert around.shown() == [(1, 1)], "once"
    assert [entry.case.reason for entry in around.channels.messages.values()] == ["another"]
    assert around.channels.requests[1:] == ["post" if remembers else "find", "edit"]
    post = await around.store.log_posts.post_of(GUILD, 1)
    assert post is not None
    assert post.message_id == 100


async def test_a_post_that_was_never_made_is_made_later(around: Around) -> None:
    around.channels.fail = [("before", asyncio.CancelledError())]
    log = around.start()
    await settled(log)
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    around.clock.now += 61_000
    await settled(around.start())
    assert around.shown() == [(1, 1)]
    assert around.channels.requests == ["post", "find", "post", "edit"]


async def test_what_fails_is_tried_again(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.mod_log.RETRY_SECONDS", (0.0,))
    log = around.start()
    await settled(log)
    around.channels.fail = [("after", PostFailed("503")), ("before", PostFailed("503"))]
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.shown() == [(1, 1)]
    assert around.channels.requests == ["post", "post", "post", "edit"]


# Gone, refused, closed


async def test_an_entry_that_somebody_deleted_is_not_written_again(around: Around) -> None:
    log = around.start()
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    around.channels.fail = [("before", PostGone("Unknown Message"))]
    for reason in "ab":
        around.cases.cases[1] = replace(around.cases.cases[1], reason=reason)
        around.change(1)
        log.changed(GUILD, 1)
        await settled(log)
    await settled(around.start())
    assert around.channels.requests == ["post", "edit"]


async def test_what_discord_never_takes_is_said(
    around: Around, caplog: pytest.LogCaptureFixture
) -> None:
    around.channels.fail = [("before", PostRefused("400 Invalid Form Body"))]
    log = around.start()
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.channels.requests == ["post"]
    assert "400 Invalid Form Body" in caplog.text


async def test_a_closed_channel_is_reported_once_and_told_of_when_it_is_mended(
    around: Around, caplog: pytest.LogCaptureFixture
) -> None:
    around.channels.fit = CLOSED
    log = around.start()
    for number in (1, 2):
        around.make(number)
        log.changed(GUILD, number)
        await settled(log)
    log = around.start()
    log.look(GUILD)
    await settled(log)
    assert around.channels.told == [CLOSED], "once, after a restart as well"
    assert around.channels.requests == []
    assert [one for one in caplog.messages if "lacks Send Messages" in one]
    around.channels.fit = Fitness()
    log.look(GUILD)
    await settled(log)
    assert around.shown() == [(1, 2)]
    around.channels.fit = CLOSED
    log.look(GUILD)
    await settled(log)
    assert around.channels.told == [CLOSED, CLOSED], "it had been mended meanwhile"


async def test_a_channel_that_is_set_again_is_reported_again(around: Around) -> None:
    around.channels.fit = CLOSED
    log = around.start()
    await settled(log)
    for mod_log in (ModLog(), ModLog(LOG)):
        around.clock.now += 10
        around.policies.set = GuildPolicy(mod_log=mod_log)
        log.look(GUILD)
        await settled(log)
    assert around.channels.told == [CLOSED, CLOSED]


async def test_what_discord_refuses_is_reported_once_and_left_alone(around: Around) -> None:
    gone = ChannelUnfit(Fitness(Unfit.GONE))
    around.channels.fail = [("before", gone), ("before", gone)]
    log = around.start()
    await settled(log)
    for number in (1, 2):
        around.make(number)
        log.changed(GUILD, number)
        await settled(log)
    assert around.channels.requests == ["post"]
    log.look(GUILD)
    await settled(log)
    assert around.channels.requests == ["post", "post"], "tried again after a change"
    assert around.channels.told == [Fitness(Unfit.GONE)], "but not told again"
    log.look(GUILD)
    await settled(log)
    assert around.shown() == [(1, 2)]


async def test_a_public_channel_is_reported_and_written_to_without_the_text(
    around: Around,
) -> None:
    around.channels.fit = Fitness(Unfit.PUBLIC)
    log = around.start()
    around.make(1)
    log.changed(GUILD, 1)
    await settled(log)
    assert around.channels.told == [Fitness(Unfit.PUBLIC)]
    (entry,) = around.channels.messages.values()
    assert entry.public
    assert await log.trouble(GUILD) == [(LOG, Fitness(Unfit.PUBLIC))]
    around.channels.fit = Fitness()
    assert await log.trouble(GUILD) == []


# The store


async def test_nothing_is_posted_twice_while_the_store_cannot_write(
    around: Around, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.mod_log.RETRY_SECONDS", (0.0,))
    log = around.start()
    await settled(log)
    around.make(1)
    around.rows.run(
        "CREATE TRIGGER broken BEFORE UPDATE OF message_id ON log_posts"
        " BEGIN SELECT raise(ABORT, 'the disk is tired'); END"
    )
    log.changed(GUILD, 1)
    await around.channels.until(lambda: "post" in around.channels.requests)
    looks = around.channels.looks
    await around.channels.until(lambda: around.channels.looks > looks + 2)
    await asyncio.to_thread(around.rows.run, "DROP TRIGGER broken")
    await settled(log)
    assert around.channels.requests.count("post") == 1
    assert around.shown() == [(1, 1)]


async def test_nothing_is_posted_that_is_not_written_down(
    around: Around, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr("service.mod_log.RETRY_SECONDS", (0.0,))
    log = around.start()
    await settled(log)
    around.make(1)
    around.rows.run(
        "CREATE TRIGGER broken BEFORE INSERT ON log_posts"
        " BEGIN SELECT raise(ABORT, 'the disk is tired'); END"
    )
    log.changed(GUILD, 1)
    looks = around.channels.looks
    await around.channels.until(lambda: around.channels.looks > looks + 2)
    assert around.channels.requests == []
    assert "the disk is tired" in caplog.text
    await asyncio.to_thread(around.rows.run, "DROP TRIGGER broken")
    await settled(log)
    assert around.shown() == [(1, 1)]
