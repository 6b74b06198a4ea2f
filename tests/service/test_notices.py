"""Authors are told once, before what would make it impossible, within the bounds, and never twice
across a kill."""

import asyncio

from moderation.cases import Case, CaseKind, CaseState
from moderation.consequence import BAN, DELETE, KICK, WARN
from moderation.intents import Owed
from moderation.policy import GuildPolicy, NoticeBy
from moderation.policy import Notices as Settings
from moderation.records import Actor
from moderation.states import State
from moderation.verdict import Because, Exempt, TimeOut, Verdict
from service.delivery import LOST, SAFE_MS, TOO_MANY
from service.notice_bound import CONVERSATIONS_A_MINUTE, REPLIES_A_MINUTE
from service.notices import SANCTION_WAITS_SECONDS
from tests.service.fakes import GUILD, USER, said
from tests.service.notice_world import (
    BANNED,
    BY_REPLY,
    CLOSED,
    HOUR,
    KICKED,
    LOST_ANSWER,
    World,
    clock,
)
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


# Attempts


@in_virtual_time
async def test_a_lost_answer_is_asked_for_under_the_same_nonce() -> None:
    world = World()
    world.messenger.script = [LOST_ANSWER, LOST_ANSWER]
    world.decides()
    await world.quiet()
    assert world.messenger.attempts == 3
    assert len(world.messenger.posted) == 1
    assert world.store.states() == [(1, State.DONE, "")]


@in_virtual_time
async def test_it_is_given_up_before_its_nonce_is_forgotten() -> None:
    world = World()
    world.messenger.script = [LOST_ANSWER] * 1_000
    world.decides()
    begun = clock()
    await asyncio.sleep(SAFE_MS / 1000)
    assert world.store.states() == [(1, State.UNKNOWN, LOST)]
    assert world.store.endings[0].at - begun <= SAFE_MS
    before = world.messenger.attempts
    await world.quiet()
    assert world.messenger.attempts == before


@in_virtual_time
async def test_whoever_takes_no_messages_is_not_asked_at_once_again() -> None:
    world = World()
    world.messenger.script = [CLOSED]
    world.decides(1, WARN)
    await asyncio.sleep(5)
    world.store.told.clear()
    world.decides(2, WARN)
    await asyncio.sleep(5)
    assert world.messenger.attempts == 1
    assert [state for _, state, _ in world.store.states()] == [State.FAILED] * 2
    await asyncio.sleep(700)
    world.store.told.clear()
    world.decides(3, WARN)
    await asyncio.sleep(5)
    assert world.store.states()[-1] == (3, State.DONE, "")


@in_virtual_time
async def test_what_ended_is_written_when_the_disk_can() -> None:
    world = World()
    world.store.broken = 3
    world.decides()
    await world.quiet()
    assert world.store.states() == [(1, State.DONE, "")]
    assert len(world.messenger.posted) == 1


# Bounds


@in_virtual_time
async def test_few_new_conversations_are_opened_in_a_minute() -> None:
    world = World()
    for number in range(1, 15):
        world.decides(number, user_id=100 + number)
    await asyncio.sleep(10)
    assert len(world.messenger.opened) == CONVERSATIONS_A_MINUTE
    failed = [detail for _, state, detail in world.store.states() if state is State.FAILED]
    assert failed == [TOO_MANY] * 4
    world.store.told.clear()
    world.decides(20, user_id=101)
    await asyncio.sleep(10)
    assert world.store.states()[-1] == (20, State.DONE, ""), "that conversation is open"
    await asyncio.sleep(60)
    world.decides(21, user_id=121)
    await asyncio.sleep(10)
    assert world.store.states()[-1] == (21, State.DONE, "")


@in_virtual_time
async def test_few_replies_are_written_in_a_minute() -> None:
    world = World(BY_REPLY)
    for number in range(1, 31):
        world.decides(number, user_id=100 + number)
    await asyncio.sleep(9)
    assert len(world.messenger.posted) == REPLIES_A_MINUTE
    failed = [detail for _, state, detail in world.store.states() if state is State.FAILED]
    assert failed == [TOO_MANY] * 10


# Replies


@in_virtual_time
async def test_a_reply_is_taken_away_after_ten_seconds() -> None:
    world = World(BY_REPLY)
    world.decides()
    await asyncio.sleep(9)
    assert world.messenger.texts == [
        f"<@{USER}>: Your message was removed: it breaks the rules here. "
        "Please take this as a warning."
    ]
    assert world.messenger.removed == []
    await asyncio.sleep(5)
    assert world.messenger.removed == [1]
    assert world.store.standing == []


@in_virtual_time
async def test_a_reply_is_taken_away_after_a_start_as_well() -> None:
    world = World(BY_REPLY)
    world.decides()
    await asyncio.sleep(5)
    await world.restart()
    assert world.messenger.removed == []
    await world.quiet()
    assert world.messenger.removed == [1]
    assert world.store.standing == []


@in_virtual_time
async def test_a_reply_that_would_hold_the_word_says_less_or_nothing() -> None:
    template = Settings(NoticeBy.REPLY, text="You idiot")
    world = World(GuildPolicy(notices=template))
    world.decides()
    await world.quiet()
    assert "idiot" not in world.messenger.texts[0]


# Kills


@in_virtual_time
async def test_a_kill_before_the_answer_is_no_second_notice() -> None:
    world = World()
    world.messenger.script = [LOST_ANSWER] * 1_000
    world.decides()
    await asyncio.sleep(5)
    world.messenger.script = []
    await world.restart()
    await world.quiet()
    assert len(world.messenger.posted) == 1
    assert world.store.states() == [(1, State.DONE, "")]


@in_virtual_time
async def test_after_a_long_absence_nothing_is_sent_again() -> None:
    world = World()
    world.messenger.script = [LOST_ANSWER] * 1_000
    world.decides()
    await asyncio.sleep(5)
    await world.notices.close(timeout=0.0)
    await asyncio.sleep(SAFE_MS / 1000)
    world.messenger.script, before = [], world.messenger.attempts
    await world.restart()
    await world.quiet()
    assert world.messenger.attempts == before
    assert world.store.states() == [(1, State.UNKNOWN, LOST)]


@in_virtual_time
async def test_a_reply_of_long_ago_is_found_and_taken_away() -> None:
    world = World(BY_REPLY)
    world.messenger.script = [LOST_ANSWER] * 1_000
    world.decides()
    await asyncio.sleep(5)
    await world.notices.close(timeout=0.0)
    await asyncio.sleep(SAFE_MS / 1000)
    await world.restart()
    await world.quiet()
    assert len(world.messenger.posted) == 1
    assert world.messenger.removed == [1]
    assert world.store.states() == [(1, State.DONE, "")]


@in_virtual_time
async def test_a_ban_after_a_start_waits_for_what_is_sent_again() -> None:
    world = World()
    world.messenger.script = [LOST_ANSWER] * 1_000
    world.decides(1, BAN)
    await asyncio.sleep(1)
    world.messenger.script = []
    world.messenger.log.clear()
    await world.restart()
    await world.notices.before(BANNED)
    assert world.messenger.log == ["told"]
    assert world.store.states() == [(1, State.DONE, "")]


@in_virtual_time
async def test_only_servers_in_which_something_is_left_are_looked_at() -> None:
    world = World()
    world.notices.begin([GUILD - 1, GUILD, GUILD + 1])
    await world.quiet()
    assert world.store.asked == [GUILD]


@in_virtual_time
async def test_what_is_left_in_another_server_holds_nothing_up() -> None:
    world = World()
    world.store.left_in, world.store.slow = frozenset({GUILD - 1, GUILD}), asyncio.Event()
    world.notices.begin([GUILD - 1, GUILD])
    begun = now()
    await world.notices.before(BANNED)
    assert now() - begun < SANCTION_WAITS_SECONDS
    world.store.slow.set()


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
