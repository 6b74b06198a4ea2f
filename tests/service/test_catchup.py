"""Reading what was missed, in a history of the test's own."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import pytest

from moderation.events import Event, MessageEdited, MessageSeen, Part, Surface
from moderation.people import Person
from moderation.progress import Cursor, GuildCursors, GuildProgress
from moderation.snowflakes import first_at
from service.catchup import Bounds, CatchUp
from service.cursors import Cursors
from service.gaps import Place
from service.history import Posted, Unreadable
from service.rules import Rules
from tests.service.fakes import CHANNEL, GUILD, USER, FakeStore
from tests.virtual_time import in_virtual_time

NOW_MS = 1_700_000_000_000
HOUR_MS = 3_600_000


def message(number: int, *, hours_ago: float = 1.0) -> int:
    """An id from some hours before now."""
    return first_at(NOW_MS - int(hours_ago * HOUR_MS)) + number


@dataclass
class FakeCursors:
    """A store that keeps cursors, or fails so many times."""

    kept: GuildCursors = field(default_factory=GuildCursors)
    broken: int = 0
    written: list[GuildProgress] = field(default_factory=list)

    async def resume(self, guild_id: int, heard_until: int | None = None) -> GuildCursors:
        if self.broken > 0:
            self.broken -= 1
            raise OSError("the disk is tired")
        return self.kept

    async def keep(self, changed: Sequence[GuildProgress]) -> None:
        self.written += changed


@dataclass
class FakeHistory:
    """What stands in channels. ``refusals`` come first, by channel; ``gate``, where it is set,
    holds every page after the first until it is opened."""

    channels: dict[int, list[Posted]] = field(default_factory=dict)
    refusals: dict[int, list[Unreadable]] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    asked: list[tuple[int, int]] = field(default_factory=list)
    before_refusing: Callable[[], None] = lambda: None

    def says(
        self, message_id: int, *, channel_id: int = CHANNEL, edited: int | None = None
    ) -> None:
        self.channels.setdefault(channel_id, []).append(Posted(message_id, edited, None))

    def hidden(self, guild_id: int, channel_id: int | None = None) -> Collection[int]:
        return ()

    async def latest(self, guild_id: int, channel_id: int) -> Sequence[Posted]:
        if self.refusals.get(channel_id):
            self.before_refusing()
            await asyncio.sleep(0.1)
            raise self.refusals[channel_id].pop(0)
        return self._events(MessageEdited, channel_id, self.channels.get(channel_id, [])[-100:])

    async def after(
        self, guild_id: int, channel_id: int, message_id: int, limit: int
    ) -> Sequence[Posted]:
        if self.gate is not None and self.asked:
            await self.gate.wait()
        self.asked.append((channel_id, message_id))
        rest = [one for one in self.channels[channel_id] if one.message_id > message_id]
        return self._events(MessageSeen, channel_id, rest[:limit])

    @staticmethod
    def _events(kind: type[MessageSeen], channel_id: int, posted: list[Posted]) -> list[Posted]:
        parts = (Part(Surface.MESSAGE, "text"),)
        return [
            Posted(
                one.message_id,
                one.edited_at,
                kind(GUILD, channel_id, one.message_id, Person(USER), parts),
            )
            for one in posted
        ]


class Scene:
    """A server, one channel of which was judged up to a message."""

    def __init__(
        self,
        cursor: int | None = None,
        bounds: Bounds | None = None,
        *,
        channels: Sequence[int] = (CHANNEL,),
    ) -> None:
        cursors = tuple(Cursor(one, cursor, NOW_MS - HOUR_MS) for one in channels if cursor)
        self.store = FakeCursors(GuildCursors(NOW_MS - HOUR_MS, cursors))
        self.history = FakeHistory()
        self.judged: list[Event] = []
        self._told = asyncio.Event()
        self.cursors = Cursors(self.store, clock=lambda: NOW_MS)
        self.catch_up = CatchUp(
            self.cursors,
            self.history,
            Rules(FakeStore()),
            self._handle,
            bounds or Bounds(),
            clock=lambda: NOW_MS,
        )

    def _handle(self, event: Event) -> None:
        self.judged.append(event)
        self._told.set()

    async def until_judged(self, number: int) -> None:
        """Wait until so many messages were judged."""
        while len(self.judged) < number:
            self._told.clear()
            await self._told.wait()

    async def caught_up(self, *places: Place) -> None:
        self.catch_up.start()
        self.catch_up.available(GUILD, places)
        await self.catch_up.idle()

    @property
    def ids(self) -> list[int]:
        return [one.message_id for one in self.judged if isinstance(one, MessageSeen)]

    async def written(self) -> dict[int, int]:
        await self.catch_up.close()
        await self.cursors.flush(final=True)
        moved: dict[int, int] = {}
        for progress in self.store.written:
            moved |= progress.moved
        return moved


@in_virtual_time
async def test_only_what_is_new_or_was_edited_meanwhile_is_judged() -> None:
    scene = Scene(cursor=message(5))
    for number in range(1, 6):
        edited = NOW_MS - HOUR_MS // 2 if number == 2 else None
        scene.history.says(message(number), edited=edited)
    scene.history.says(message(9))
    await scene.caught_up(Place(CHANNEL, message(9), NOW_MS - 100 * HOUR_MS))
    assert scene.ids == [message(2), message(9)]
    assert [type(one) for one in scene.judged] == [MessageEdited, MessageSeen]
    assert await scene.written() == {CHANNEL: message(9)}
    assert any(CHANNEL in one.level for one in scene.store.written)


@in_virtual_time
async def test_an_interrupted_reading_goes_on_behind_the_last_whole_page() -> None:
    scene = Scene(cursor=message(0))
    for number in range(1, 251):
        scene.history.says(message(number))
    scene.history.gate = asyncio.Event()
    scene.catch_up.start()
    scene.catch_up.available(GUILD, [])
    await scene.until_judged(100)
    assert await scene.written() == {CHANNEL: message(100)}
    assert not any(CHANNEL in one.level for one in scene.store.written)


@in_virtual_time
async def test_a_stop_before_its_turn_keeps_where_a_new_server_was() -> None:
    """The bot has just been invited, judges a message, and is stopped at once: what is said after
    that message is to be read."""
    scene = Scene()
    scene.store.kept = GuildCursors()
    scene.catch_up.start()
    scene.catch_up.available(GUILD, [Place(CHANNEL, message(3), NOW_MS - 100 * HOUR_MS)])
    scene.cursors.positions.seen(GUILD, CHANNEL, message(4))
    assert await scene.written() == {CHANNEL: message(4)}


@in_virtual_time
async def test_a_stop_does_not_wait_for_a_store_that_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene(cursor=message(1))
    scene.store.broken = 1
    scene.catch_up.available(GUILD, [Place(CHANNEL, message(3), NOW_MS - 100 * HOUR_MS)])
    await scene.catch_up.close()
    assert "the disk is tired" in caplog.text


@in_virtual_time
async def test_what_is_too_old_is_not_read_and_that_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene(cursor=message(1, hours_ago=50), bounds=Bounds(hours=24))
    scene.history.says(message(2, hours_ago=40))
    scene.history.says(message(3, hours_ago=2))
    with caplog.at_level(logging.WARNING):
        await scene.caught_up()
    assert scene.ids == [message(3, hours_ago=2)]
    assert f"channel {CHANNEL}: what is older than 24 hours" in caplog.text
    await scene.written()


@in_virtual_time
async def test_a_quiet_channel_costs_no_request() -> None:
    newest = message(1, hours_ago=50)
    scene = Scene(cursor=newest)
    scene.history.refusals[CHANNEL] = [Unreadable("it was asked")]
    await scene.caught_up(Place(CHANNEL, newest, NOW_MS - 100 * HOUR_MS))
    assert len(scene.history.refusals[CHANNEL]) == 1
    await scene.written()


@in_virtual_time
async def test_what_fails_for_a_while_is_tried_again() -> None:
    scene = Scene(cursor=message(1))
    scene.store.broken = 1
    scene.history.says(message(2))
    scene.history.refusals[CHANNEL] = [Unreadable("the line is cut", passing=True)]
    await scene.caught_up()
    assert scene.ids == []
    await scene.until_judged(1)
    await scene.catch_up.idle()
    assert scene.ids == [message(2)]
    assert await scene.written() == {CHANNEL: message(2)}


@in_virtual_time
async def test_a_channel_that_is_gone_is_forgotten() -> None:
    scene = Scene(cursor=message(1))
    scene.history.refusals[CHANNEL] = [Unreadable("gone", gone=True)]
    await scene.caught_up()
    await scene.written()
    assert any(CHANNEL in one.dropped for one in scene.store.written)


@in_virtual_time
async def test_a_permission_that_comes_back_while_other_channels_are_read() -> None:
    other = CHANNEL + 1
    scene = Scene(cursor=message(1), channels=(CHANNEL, other))
    scene.history.refusals[CHANNEL] = [Unreadable("the bot needs Read Message History there")]
    scene.history.says(message(2))
    for number in range(3, 150):
        scene.history.says(message(number), channel_id=other)
    scene.history.gate = asyncio.Event()
    scene.catch_up.start()
    scene.catch_up.available(GUILD, [])
    await scene.until_judged(100)
    scene.catch_up.permissions_changed(GUILD, CHANNEL)
    await asyncio.sleep(1)
    assert message(2) not in scene.ids
    scene.history.gate.set()
    await scene.catch_up.idle()
    assert message(2) in scene.ids
    await scene.written()


@in_virtual_time
async def test_a_permission_that_comes_back_while_the_refusal_is_on_its_way() -> None:
    scene = Scene(cursor=message(1))
    scene.history.refusals[CHANNEL] = [Unreadable("403")]
    scene.history.says(message(2))
    scene.history.before_refusing = lambda: scene.catch_up.permissions_changed(GUILD, CHANNEL)
    await scene.caught_up()
    assert scene.ids == [message(2)]
    await scene.written()


@in_virtual_time
async def test_a_channel_that_stays_unreadable_is_asked_for_once_for_each_change() -> None:
    scene = Scene(cursor=message(1))
    scene.history.refusals[CHANNEL] = [Unreadable("403") for _ in range(10)]
    await scene.caught_up()
    for _ in range(3):
        scene.catch_up.permissions_changed(GUILD)
        await asyncio.sleep(1)
    assert len(scene.history.refusals[CHANNEL]) == 10 - 1 - 3
    await scene.written()


@in_virtual_time
async def test_what_was_missed_in_one_absence_bears_one_name_however_often_it_is_read() -> None:
    names = []
    for _ in range(2):  # the second time as after a kill: the cursor is where it was
        scene = Scene(cursor=message(1))
        for number in (1, 2, 3):
            scene.history.says(message(number))
        await scene.caught_up(Place(CHANNEL, message(3), NOW_MS - 100 * HOUR_MS))
        names += [one.catch_up for one in scene.judged if isinstance(one, MessageSeen)]
        await scene.catch_up.close()
        await asyncio.sleep(1)
    assert len(names) == 4
    assert len(set(names)) == 1
    assert None not in names
