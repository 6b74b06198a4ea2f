"""The one straight line: what comes in is judged, and what was decided is done."""

import asyncio
import logging

import pytest

from moderation.events import Event, MessageSeen, Part, Surface
from moderation.people import Kind, Person
from moderation.verdict import DeleteMessage, Outcome, SetNickname, Skip
from service.diary import Diary
from service.moderator import Moderator
from service.name_guard import NameGuard
from service.ports import Observer
from service.rules import Rules
from tests.service.fakes import (
    CHANNEL,
    GUILD,
    USER,
    Broken,
    FakeDiscord,
    FakeStore,
    Watch,
    an_outbox,
    named,
    said,
    words,
)
from tests.virtual_time import in_virtual_time, now


class Scene:
    """A server that bans “bad”, with everything behind the cogs."""

    def __init__(self, *observers: Observer) -> None:
        self.discord = FakeDiscord()
        self.watch = Watch()
        self.store = FakeStore({GUILD: words("bad"), GUILD + 1: words("worse")})
        self.rules = Rules(self.store)
        told: list[Observer] = [*observers, self.watch]
        outbox = an_outbox(self.discord, told)
        guard = NameGuard(self.discord, outbox, self.rules, told, threads=self.discord, clock=now)
        self.moderator = Moderator(self.rules, outbox, guard, told)

    async def ends(self) -> None:
        """Everything that was begun has been done."""
        await self.moderator.drain(100)


@in_virtual_time
async def test_a_message_is_judged_at_once_where_the_lists_are_there() -> None:
    scene = Scene()
    await scene.rules.get(GUILD)
    scene.moderator.handle(said("so bad"))
    (verdict,) = scene.watch.judgements
    assert verdict.violates
    await scene.ends()
    reason = "Banned in message: bad (list main)"
    assert scene.discord.enforced == [DeleteMessage(GUILD, CHANNEL, 1, reason)]
    assert scene.watch.results == [Outcome.DONE]


@in_virtual_time
async def test_messages_wait_for_lists_that_are_not_there_yet_and_keep_their_order() -> None:
    scene = Scene()
    scene.store.gate = asyncio.Event()
    for number in range(1, 6):
        scene.moderator.handle(said("so bad", message_id=number))
    await asyncio.sleep(1)
    assert scene.watch.judgements == []
    scene.store.gate.set()
    await scene.ends()
    judged = [verdict.event for verdict in scene.watch.judgements]
    assert judged == [said("so bad", message_id=number) for number in range(1, 6)]
    assert len(scene.discord.enforced) == 5
    assert scene.store.reads == [GUILD]


@in_virtual_time
async def test_a_server_that_waits_holds_up_no_other() -> None:
    scene = Scene()
    await scene.rules.get(GUILD + 1)
    scene.store.gate = asyncio.Event()
    scene.moderator.handle(said("so bad"))
    scene.moderator.handle(said("worse", guild_id=GUILD + 1))
    assert [verdict.event.guild_id for verdict in scene.watch.judgements] == [GUILD + 1]
    scene.store.gate.set()
    await scene.ends()


@in_virtual_time
async def test_a_direct_message_is_skipped_without_asking_for_lists() -> None:
    scene = Scene()
    scene.moderator.handle(said("bad", guild_id=None))
    (verdict,) = scene.watch.judgements
    assert verdict.skipped is Skip.DIRECT_MESSAGE
    await scene.ends()
    assert scene.store.reads == []


@in_virtual_time
async def test_a_name_goes_to_the_guard() -> None:
    scene = Scene()
    scene.moderator.handle(named("so bad"))
    await scene.ends()
    reason = "Banned in nickname: bad (list main)"
    assert scene.discord.enforced == [SetNickname(GUILD, USER, None, reason)]


@in_virtual_time
async def test_an_observer_that_raises_stops_neither_this_event_nor_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene(Broken())
    scene.moderator.handle(said("bad", message_id=1))
    scene.moderator.handle(said("bad", message_id=2))
    await scene.ends()
    assert scene.watch.results == [Outcome.DONE] * 2
    assert caplog.text.count("Broken could not take in a verdict") == 2


@in_virtual_time
async def test_an_event_that_cannot_be_judged_stays_and_does_not_stop_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    await scene.rules.get(GUILD)
    no_text: list[str] = [None]  # type: ignore[list-item]  # what no translation would let through
    parts = tuple(Part(Surface.MESSAGE, text) for text in no_text)
    scene.moderator.handle(MessageSeen(GUILD, CHANNEL, 1, Person(USER), parts))
    scene.moderator.handle(said("bad", message_id=2))
    await scene.ends()
    assert "Judging message 1 in channel 20 broke" in caplog.text
    assert [action.key for action in scene.discord.enforced] == [("delete", CHANNEL, 2)]


@in_virtual_time
async def test_draining_lets_waiting_events_through_first() -> None:
    scene = Scene()
    scene.store.gate = asyncio.Event()
    scene.moderator.handle(said("bad"))
    asyncio.get_running_loop().call_later(3, scene.store.gate.set)
    await scene.moderator.drain(10)
    assert scene.watch.results == [Outcome.DONE]


@in_virtual_time
async def test_draining_ends_in_time_and_says_what_was_left(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    await scene.rules.get(GUILD)
    scene.discord.gate = scene.store.gate = asyncio.Event()
    scene.moderator.handle(said("bad"))
    scene.moderator.handle(said("worse", guild_id=GUILD + 1))
    begun = now()
    with caplog.at_level(logging.ERROR):
        await scene.moderator.drain(10)
    assert now() - begun <= 10
    assert caplog.messages == [
        "Still waiting for lists at the end: 1 events. Messages among them are read again after "
        "the next start",
        "Not done before the end, left to the next start: delete 20 1",
    ]
    assert scene.watch.outcomes == []
    await scene.rules.close()


@in_virtual_time
async def test_what_is_under_way_has_all_the_time_there_is() -> None:
    scene = Scene()
    await scene.rules.get(GUILD)
    scene.discord.gate = asyncio.Event()
    scene.moderator.handle(said("bad"))
    asyncio.get_running_loop().call_later(9, scene.discord.gate.set)
    await scene.moderator.drain(10)
    assert scene.watch.results == [Outcome.DONE]


SECRET = "my secret"
EVENTS: list[Event] = [
    said(f"{SECRET} bad"),
    said(SECRET, message_id=2),
    named(f"{SECRET} bad"),
    MessageSeen(GUILD, CHANNEL, 3, Person(USER, Kind.BOT, SECRET), (Part(Surface.MESSAGE, "x"),)),
]


@in_virtual_time
async def test_the_log_has_ids_and_entries_and_never_what_people_wrote(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene(Diary())
    with caplog.at_level(logging.DEBUG):
        for event in EVENTS:
            scene.moderator.handle(event)
        await scene.ends()
    assert SECRET not in caplog.text
    assert "Deleting message 1 in channel 20: done, for 'bad' (main)" in caplog.messages
    assert "Setting the nickname of member 30: done, for 'bad' (main)" in caplog.messages


@in_virtual_time
async def test_a_failure_is_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene(Diary())
    scene.discord.script.append(RuntimeError("no"))
    scene.moderator.handle(said("bad"))
    await scene.ends()
    line = "Deleting message 1 in channel 20: failed (RuntimeError: no), for 'bad' (main)"
    (record,) = [record for record in caplog.records if record.getMessage() == line]
    assert record.levelno == logging.ERROR
    assert record.__dict__["guild_id"] == GUILD
