"""Events that wait for the lists of their guild."""

import asyncio
import logging

import pytest

from moderation.events import Event, MessageSeen
from service.positions import Positions
from service.rules import Rules
from service.waiting import Waiting
from tests.service.fakes import CHANNEL, GUILD, FakeStore, named, said
from tests.virtual_time import in_virtual_time, now


class Scene:
    """A server whose lists cannot be read until the gate is opened."""

    def __init__(self, limit: int) -> None:
        self.store = FakeStore(gate=asyncio.Event())
        self.judged: list[Event] = []
        self.left: list[int] = []
        self.positions = Positions(lambda: 1_700_000_000_000)
        self.waiting = Waiting(
            Rules(self.store),
            self.positions,
            lambda event, _: self.judged.append(event),
            self.left.append,
            limit=limit,
            clock=now,
        )

    async def open(self) -> None:
        assert self.store.gate is not None
        self.store.gate.set()
        await self.waiting.drain(100)


@in_virtual_time
async def test_all_are_judged_in_order_when_the_lists_are_there() -> None:
    scene = Scene(limit=1000)
    events = [said("text", message_id=number) for number in range(1, 301)]
    for event in events:
        scene.waiting.add(GUILD, event)
    await scene.open()
    assert scene.judged == events
    assert scene.left == []
    assert scene.positions.gaps(GUILD) == []


@in_virtual_time
async def test_the_newest_stay_and_the_rest_is_left_to_be_read_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene(limit=3)
    with caplog.at_level(logging.ERROR):
        for number in range(1, 8):
            scene.waiting.add(GUILD, said("text", message_id=number))
    assert len(caplog.messages) == 1
    assert "1 older events gave way" in caplog.text
    await scene.open()
    assert [one.message_id for one in scene.judged if isinstance(one, MessageSeen)] == [5, 6, 7]
    assert scene.left == [GUILD]
    (gap,) = scene.positions.gaps(GUILD)
    assert (gap.channel_id, gap.position) == (CHANNEL, 0)


@in_virtual_time
async def test_names_give_way_like_messages() -> None:
    scene = Scene(limit=1)
    scene.waiting.add(GUILD, named("bad"))
    scene.waiting.add(GUILD + 1, said("text", guild_id=GUILD + 1))
    await scene.open()
    assert [one.guild_id for one in scene.judged] == [GUILD + 1]
    assert scene.left == [GUILD]


@in_virtual_time
async def test_what_still_waits_at_the_end_stays_before_its_cursor() -> None:
    scene = Scene(limit=10)
    scene.waiting.add(GUILD, said("text", message_id=7))
    scene.positions.seen(GUILD, CHANNEL, 7)
    await scene.waiting.drain(1)
    assert scene.judged == []
    assert all(7 not in one.moved.values() for one in scene.positions.collect(final=True))
