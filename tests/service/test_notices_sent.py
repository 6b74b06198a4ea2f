"""How notices are sent: attempts, bounds, replies that go away, and kills."""

import asyncio

from moderation.consequence import BAN, WARN
from moderation.policy import GuildPolicy, NoticeBy
from moderation.policy import Notices as Settings
from moderation.states import State
from service.delivery import LOST, SAFE_MS, TOO_MANY
from service.notice_bound import CONVERSATIONS_A_MINUTE, REPLIES_A_MINUTE
from tests.service.fakes import USER
from tests.service.notice_world import BANNED, BY_REPLY, CLOSED, LOST_ANSWER, World, clock
from tests.virtual_time import in_virtual_time

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
