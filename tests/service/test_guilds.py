"""Which servers the bot is in, and the erasure of what it left."""

import asyncio

import pytest

from service.guilds import ERASE_EVERY_SECONDS, Guilds
from service.rules import Rules
from tests.service.fakes import GUILD, FakeStore, words
from tests.virtual_time import in_virtual_time

OTHER = GUILD + 1


def guilds(store: FakeStore) -> Guilds:
    return Guilds(store, Rules(store))


@in_virtual_time
async def test_joining_and_leaving_are_put_on_record() -> None:
    store = FakeStore()
    kept = guilds(store)
    kept.joined(GUILD)
    kept.joined(OTHER)
    kept.left(GUILD)
    await kept.close()
    assert store.guilds == {GUILD: False, OTHER: True}


@in_virtual_time
async def test_what_was_left_while_we_were_away_is_left() -> None:
    store = FakeStore(guilds={1: True, 2: True, 3: False})
    kept = guilds(store)
    kept.present(iter([1, 4]))
    await kept.close()
    assert store.guilds == {1: True, 2: False, 3: False}


@in_virtual_time
async def test_a_server_joined_while_that_is_looked_up_is_not_taken_for_left() -> None:
    store = FakeStore(guilds={1: True, 2: True}, gate=asyncio.Event())
    kept = guilds(store)
    kept.present([1])
    await store.reading.wait()
    kept.joined(GUILD)
    await asyncio.sleep(1)
    assert store.gate is not None
    store.gate.set()
    await kept.close()
    assert store.guilds == {1: True, 2: False, GUILD: True}


@in_virtual_time
async def test_the_lists_of_a_server_that_was_left_are_released() -> None:
    store = FakeStore({GUILD: words("bad"), OTHER: words("bad")}, guilds={GUILD: True, OTHER: True})
    rules = Rules(store)
    kept = Guilds(store, rules)
    await rules.get(GUILD)
    await rules.get(OTHER)
    kept.left(GUILD)
    assert rules.ready(GUILD) is None
    kept.present([])
    await kept.close()
    assert rules.ready(OTHER) is None


@in_virtual_time
async def test_a_write_that_fails_is_told_and_does_not_stop_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = FakeStore(broken=1)
    kept = guilds(store)
    kept.joined(GUILD)
    kept.joined(OTHER)
    await kept.close()
    assert store.guilds == {OTHER: True}
    assert f"Could not record that server {GUILD} was joined" in caplog.text


@in_virtual_time
async def test_what_is_due_is_erased_at_once_and_then_every_hour(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = FakeStore(due=[1])
    kept = guilds(store)
    caplog.set_level("INFO")
    kept.start_erasing()
    kept.start_erasing()
    await asyncio.sleep(1)
    assert store.due == []
    store.due = [2]
    await asyncio.sleep(ERASE_EVERY_SECONDS - 2)
    assert store.due == [2]
    await asyncio.sleep(2)
    assert store.due == []
    await kept.close()
    erased = [message for message in caplog.messages if "Erased" in message]
    assert erased == [f"Erased the data of server {n}, left 30 days ago" for n in (1, 2)]


@in_virtual_time
async def test_erasing_that_fails_is_told_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = FakeStore(due=[1], broken=1)
    kept = guilds(store)
    kept.start_erasing()
    await asyncio.sleep(1)
    assert store.due == [1]
    assert "failed; tried hourly" in caplog.text
    await asyncio.sleep(ERASE_EVERY_SECONDS)
    assert store.due == []
    await kept.close()


@in_virtual_time
async def test_erased_lists_are_not_in_force_any_more() -> None:
    store = FakeStore({GUILD: words("bad")})
    rules = Rules(store)
    kept = Guilds(store, rules)
    kept.left(GUILD)
    await rules.get(GUILD)  # an event that was still on its way
    store.lists.clear()
    store.due = [GUILD]
    kept.start_erasing()
    await asyncio.sleep(1)
    assert not (await rules.get(GUILD)).detect("bad")
    await kept.close()


@in_virtual_time
async def test_closing_without_having_erased_anything() -> None:
    await guilds(FakeStore()).close()
