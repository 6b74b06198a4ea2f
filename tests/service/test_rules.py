"""The compiled lists in memory: shared, never stale, there in the end whatever the disk does."""

import asyncio
import logging

import pytest

from service.rules import RETRY_SECONDS, Rules
from tests.service.fakes import ADMIN, GUILD, FakeStore, words
from tests.virtual_time import in_virtual_time, now


@pytest.fixture
def store() -> FakeStore:
    return FakeStore(lists={GUILD: words("bad")})


async def test_the_lists_are_read_once_and_kept(store: FakeStore) -> None:
    rules = Rules(store)
    assert rules.ready(GUILD) is None
    matcher = await rules.get(GUILD)
    assert matcher.detect("so bad")
    assert rules.ready(GUILD) is matcher
    assert await rules.get(GUILD) is matcher
    assert store.reads == [GUILD]


async def test_lists_are_numbered_while_they_are_in_force(store: FakeStore) -> None:
    rules = Rules(store)
    first = await rules.get(GUILD)
    other = await rules.get(GUILD + 1)
    numbers = [rules.revision(GUILD, first), rules.revision(GUILD + 1, other)]
    assert rules.revision(GUILD, other) is None
    rules.changed(GUILD)
    assert rules.revision(GUILD, first) is None
    rules.forget(GUILD)
    numbers.append(rules.revision(GUILD, await rules.get(GUILD)))
    assert rules.revision(GUILD, first) is None
    assert None not in numbers
    assert len(set(numbers)) == 3


async def test_each_server_has_its_own(store: FakeStore) -> None:
    rules = Rules(store)
    assert (await rules.get(GUILD)).detect("bad")
    assert not (await rules.get(GUILD + 1)).detect("bad")


async def test_those_who_wait_together_share_one_compilation(store: FakeStore) -> None:
    rules = Rules(store)
    store.gate = asyncio.Event()
    waiting = [asyncio.create_task(rules.get(GUILD)) for _ in range(20)]
    await store.reading.wait()
    store.gate.set()
    matchers = await asyncio.gather(*waiting)
    assert len({id(matcher) for matcher in matchers}) == 1
    assert store.reads == [GUILD]


async def test_after_a_change_the_old_lists_are_no_longer_in_force(store: FakeStore) -> None:
    rules = Rules(store)
    await rules.get(GUILD)
    await store.add_words(GUILD, words("worse"), by=ADMIN)
    rules.changed(GUILD)
    assert rules.ready(GUILD) is None
    assert (await rules.get(GUILD)).detect("worse")


async def test_a_change_of_one_server_leaves_the_others_alone(store: FakeStore) -> None:
    rules = Rules(store)
    other = await rules.get(GUILD + 1)
    rules.changed(GUILD)
    assert rules.ready(GUILD + 1) is other


async def test_a_change_while_the_lists_are_read_is_part_of_what_comes_out(
    store: FakeStore,
) -> None:
    rules = Rules(store)
    store.gate = asyncio.Event()
    early = asyncio.create_task(rules.get(GUILD))
    await store.reading.wait()
    rules.changed(GUILD)
    late = asyncio.create_task(rules.get(GUILD))
    store.lists[GUILD] = words("worse")
    store.gate.set()
    for matcher in (await early, await late):
        assert matcher.detect("worse")
        assert not matcher.detect("bad")
    assert store.reads == [GUILD, GUILD], "what was read before the change was thrown away"


@in_virtual_time
async def test_a_change_in_the_very_moment_in_which_the_lists_are_ready(store: FakeStore) -> None:
    rules = Rules(store)
    compiled = asyncio.create_task(rules.get(GUILD))
    for _ in range(10):
        if rules.ready(GUILD) is not None:
            break
        await asyncio.sleep(0)  # each turn of the loop is looked at: the next would be too late
    store.lists[GUILD] = words("worse")
    rules.changed(GUILD)
    assert (await rules.get(GUILD)).detect("worse")
    assert (await compiled).detect("bad"), "it was asked for before the change"


async def test_one_waiter_who_gives_up_does_not_take_the_lists_from_the_others(
    store: FakeStore,
) -> None:
    rules = Rules(store)
    store.gate = asyncio.Event()
    first, second = (asyncio.create_task(rules.get(GUILD)) for _ in range(2))
    await store.reading.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    store.gate.set()
    assert (await second).detect("bad")
    assert store.reads == [GUILD]


@in_virtual_time
async def test_a_failure_is_tried_again_with_growing_pauses_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    attempts = len(RETRY_SECONDS) + 2
    store = FakeStore({GUILD: words("bad")}, broken=attempts)
    begun = now()
    with caplog.at_level(logging.ERROR):
        matcher = await Rules(store).get(GUILD)
    assert matcher.detect("bad")
    assert now() - begun == pytest.approx(sum(RETRY_SECONDS) + 2 * RETRY_SECONDS[-1])
    assert len(caplog.records) == attempts
    assert "Next attempt in 0.2 s" in caplog.records[0].getMessage()


async def test_a_server_that_was_left_is_forgotten(store: FakeStore) -> None:
    rules = Rules(store)
    await rules.get(GUILD)
    rules.forget(GUILD)
    assert rules.ready(GUILD) is None


async def test_closing_ends_what_is_under_way(store: FakeStore) -> None:
    rules = Rules(store)
    store.gate = asyncio.Event()
    waiting = asyncio.create_task(rules.get(GUILD))
    await store.reading.wait()
    await rules.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_rulesets_that_nobody_uses_are_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.rules.KEPT_RULESETS", 3)
    rules = Rules(FakeStore(lists={GUILD: words("bad")}))
    for guild_id in range(GUILD, GUILD + 4):
        await rules.get(guild_id)
    assert all(rules.ready(guild_id) for guild_id in range(GUILD, GUILD + 4))
    rules._release_unused()
    assert rules.ready(GUILD) is not None
    rules._release_unused()
    assert [rules.ready(guild_id) is None for guild_id in range(GUILD, GUILD + 3)] == [
        False,
        True,
        True,
    ]
    assert (await rules.get(GUILD + 1)).detect("x") is not None
