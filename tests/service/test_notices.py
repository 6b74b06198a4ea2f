"""What authors are told, and when."""

import asyncio

from moderation.cases import Case, CaseKind, CaseState
from moderation.consequence import BAN, DELETE, KICK, WARN
from moderation.intents import Owed
from moderation.policy import GuildPolicy, NoticeBy
from moderation.policy import Notices as Settings
from moderation.records import Actor
from moderation.states import State
from moderation.verdict import Because, Exempt, TimeOut, Verdict
from service.notices import SANCTION_WAITS_SECONDS
from tests.service.fakes import GUILD, USER, said
from tests.service.notice_world import BANNED, CLOSED, HOUR, KICKED, World
from tests.virtual_time import in_virtual_time, now

# What is told


@in_virtual_time
async def test_a_warning_is_told_and_a_mere_deletion_is_not() -> None:
    world = World()
    world.decides(1, DELETE)
    world.decides(2, WARN, user_id=31)
    await world.quiet()
    (text,) = world.messenger.texts
    assert "case #2" in text
    assert world.store.states() == [(2, State.DONE, "")]
    assert world.told == [(GUILD, 2)]


@in_virtual_time
async def test_deletions_are_told_where_that_is_set() -> None:
    world = World(GuildPolicy(notices=Settings(deletions=True)))
    world.decides(1, DELETE)
    await world.quiet()
    assert len(world.messenger.texts) == 1


@in_virtual_time
async def test_nothing_is_told_where_that_is_set() -> None:
    world = World(GuildPolicy(notices=Settings(NoticeBy.NOBODY, deletions=True)))
    world.decides(1, BAN)
    await world.notices.before(BANNED)
    await world.quiet()
    assert world.store.owed == []
    assert world.messenger.posted == {}


@in_virtual_time
async def test_a_burst_is_told_once_and_counted() -> None:
    world = World()
    for number in range(1, 6):
        world.decides(number)
        await asyncio.sleep(0.1)
    await world.quiet()
    (text,) = world.messenger.texts
    assert text.startswith("5 of your messages in **Harbour** were removed")
    assert world.store.states() == [(1, State.DONE, "")]


@in_virtual_time
async def test_two_people_are_two_bursts() -> None:
    world = World()
    world.decides(1)
    world.decides(2, user_id=31)
    await world.quiet()
    assert len(world.messenger.texts) == 2


@in_virtual_time
async def test_what_is_stronger_is_told_instead() -> None:
    world = World()
    world.decides(1, WARN)
    world.decides(2, BAN)
    await world.notices.before(BANNED)
    assert world.messenger.log == ["told"]
    await world.quiet()
    (text,) = world.messenger.texts
    assert "You are banned" in text
    assert sorted(world.store.states())[0][:2] == (1, State.WITHDRAWN)
    assert sorted(world.store.states())[1] == (2, State.DONE, "")


@in_virtual_time
async def test_what_the_brake_holds_is_told_when_it_is_let_go() -> None:
    world = World()
    world.decides(1, BAN, held=True)
    await world.quiet()
    (text,) = world.messenger.texts
    assert "banned" not in text
    world.cases[1] = Case(
        GUILD, 1, 0, CaseKind.VIOLATION, CaseState.OPEN, USER, "ann", Actor(0, ""), "", BAN
    )
    world.notices.acted(Owed(1, Verdict(said("x")), BANNED, State.PENDING, 0, case_number=1))
    await world.notices.before(BANNED)
    assert "You are banned" in world.messenger.texts[1]


# Before what is done


@in_virtual_time
async def test_a_kick_waits_for_its_notice() -> None:
    world = World()
    world.messenger.gate = asyncio.Event()
    world.decides(1, KICK)
    waiting = asyncio.create_task(world.notices.before(KICKED))
    await asyncio.sleep(1)
    assert not waiting.done()
    world.messenger.gate.set()
    await waiting
    assert world.messenger.log == ["told"]


@in_virtual_time
async def test_but_not_for_long() -> None:
    world = World()
    world.messenger.gate = asyncio.Event()
    world.decides(1, KICK)
    begun = now()
    await world.notices.before(KICKED)
    assert now() - begun == SANCTION_WAITS_SECONDS
    assert world.messenger.log == []


@in_virtual_time
async def test_a_timeout_waits_for_nothing() -> None:
    world = World()
    world.messenger.gate = asyncio.Event()
    world.decides(1, HOUR)
    begun = now()
    await world.notices.before(TimeOut(GUILD, USER, 0, "x"))
    assert now() == begun


@in_virtual_time
async def test_a_notice_that_cannot_arrive_holds_nothing_up() -> None:
    world = World()
    world.messenger.script = [CLOSED]
    world.decides(1, BAN)
    await world.notices.before(BANNED)
    assert world.store.states() == [(1, State.FAILED, CLOSED.why)]


@in_virtual_time
async def test_what_a_moderator_does_is_told_before_it_is_done() -> None:
    world = World()
    by = Actor(7, "mo")
    world.cases[4] = Case(GUILD, 4, 0, CaseKind.KICK, CaseState.OPEN, USER, "ann", by, "spam", KICK)
    world.notices.acted(Owed(1, Verdict(said("x")), KICKED, State.PENDING, 0, case_number=4))
    await world.notices.before(KICKED)
    (text,) = world.messenger.texts
    assert text.startswith("From the moderators of **Harbour**")
    assert "Reason: spam" in text


# Exempt


@in_virtual_time
async def test_a_moderator_is_told_that_it_stays() -> None:
    world = World()
    spared = (Exempt("", Because.MODERATOR),)
    world.notices.exempt(Verdict(said("idiot"), spared=spared))
    await world.quiet()
    (text,) = world.messenger.texts
    assert r"in **Harbour** (\#general)" in text
    assert "`/policy edit`" in text
    assert world.store.owed == [], "it is no case"
