"""What was left to do is taken up again, and nothing is done twice."""

import asyncio

import pytest

from moderation.intents import DEADLINE_MS
from moderation.states import State
from moderation.verdict import Outcome
from service.members import NotFoundOut
from service.name_guard import LOOK_AGAIN_SECONDS
from service.resumption import SETTLE_SECONDS
from tests.service.fakes import GUILD, USER, FakeDiscord, a_verdict, delete
from tests.service.resuming import Scene
from tests.virtual_time import in_virtual_time


async def killed(*numbers: int) -> Scene:
    """A run that was killed with deletions under way; the next one."""
    scene = Scene(discord=FakeDiscord(gate=asyncio.Event()))
    await scene.decides(*numbers)
    await scene.is_killed()
    assert scene.states == [State.PENDING] * len(numbers)
    scene.discord.gate = None
    scene.discord.enforced.clear()
    return scene.after()


@in_virtual_time
async def test_what_was_under_way_is_done_after_the_start() -> None:
    scene = await killed(1, 2)
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    assert [action.key for action in scene.discord.enforced] == [delete(1).key, delete(2).key]
    assert scene.states == [State.DONE] * 2
    assert scene.watch.results == [Outcome.DONE] * 2


@in_virtual_time
async def test_a_second_ready_begins_nothing_again() -> None:
    scene = await killed(1)
    for _ in range(2):
        scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    assert len(scene.discord.enforced) == 1


@in_virtual_time
async def test_an_event_that_comes_again_before_that_is_the_same_thing() -> None:
    scene = await killed(1)
    scene.outbox.submit(a_verdict(1), delete(1))
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    scene.outbox.submit(a_verdict(1), delete(1))
    await asyncio.sleep(1)
    assert len(scene.discord.enforced) == 1
    assert scene.states == [State.DONE]


@in_virtual_time
async def test_what_was_done_for_another_reason_meanwhile_is_settled() -> None:
    scene = await killed(1)
    scene.outbox.submit(a_verdict(2), delete(1))  # as one of the messages that spell a word
    await asyncio.sleep(1)
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    assert len(scene.discord.enforced) == 1
    assert scene.states == [State.GONE, State.DONE]


@in_virtual_time
async def test_a_log_that_cannot_be_read_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    scene = await killed(1)
    scene.log.broken = OSError("the disk is tired")
    scene.resumption.begin([GUILD])
    await asyncio.sleep(20)
    assert "the disk is tired" in caplog.text
    assert scene.discord.enforced == []
    scene.log.broken = None
    await asyncio.sleep(40)
    assert scene.states == [State.DONE]


@in_virtual_time
async def test_what_is_too_late_is_given_up_and_told() -> None:
    scene = await killed(1)
    await asyncio.sleep(DEADLINE_MS / 1000 + 1)
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    assert scene.discord.enforced == []
    assert scene.states == [State.FAILED]
    assert scene.watch.results == [Outcome.FAILED]


@pytest.mark.parametrize(
    ("nickname", "asked", "state"),
    [("so bad", 1, State.DONE), ("Ann", 0, State.GONE), (None, 0, State.GONE)],
)
@in_virtual_time
async def test_a_name_is_looked_at_again(nickname: str | None, asked: int, state: State) -> None:
    before = Scene(discord=FakeDiscord(gate=asyncio.Event()))
    await before.renames()
    await before.is_killed()
    before.discord.gate = None
    before.discord.enforced.clear()
    before.discord.rename(USER, nickname)
    scene = before.after()
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    assert len(scene.discord.enforced) == asked
    assert scene.states == [state]


async def renaming(*, error: Exception | None) -> Scene:
    """The run after one that was killed with a name under way, in which looking it up fails."""
    before = Scene(discord=FakeDiscord(gate=asyncio.Event()))
    before.discord.rename(USER, "bad")
    await before.renames()
    await before.is_killed()
    before.discord.gate = None
    before.discord.enforced.clear()
    scene = before.after()
    scene.discord.lookup_error = error
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    return scene


@in_virtual_time
async def test_a_member_who_has_left_is_no_more_to_be_renamed() -> None:
    before = Scene(discord=FakeDiscord(gate=asyncio.Event()))
    await before.renames()
    await before.is_killed()
    scene = before.after()
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    assert scene.states == [State.GONE]


@in_virtual_time
async def test_a_member_who_cannot_be_looked_up_just_now_is_looked_up_again() -> None:
    scene = await renaming(error=NotFoundOut("503", passing=True))
    assert scene.states == [State.PENDING]
    scene.discord.lookup_error = None
    await asyncio.sleep(LOOK_AGAIN_SECONDS[0] + 1)
    assert scene.states == [State.DONE]


@in_virtual_time
async def test_a_member_who_may_not_be_looked_up_waits_for_a_permission() -> None:
    scene = await renaming(error=NotFoundOut("403", passing=False))
    await asyncio.sleep(sum(LOOK_AGAIN_SECONDS))
    assert len(scene.discord.looked_up) == 1
    assert scene.states == [State.PENDING]
    scene.discord.lookup_error = None
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(SETTLE_SECONDS + 1)
    assert scene.states == [State.DONE]


@in_virtual_time
async def test_a_name_that_another_event_tells_of_meanwhile_is_finished_with_it() -> None:
    scene = await renaming(error=NotFoundOut("503", passing=True))
    scene.discord.lookup_error = None
    scene.discord.gate = asyncio.Event()
    await scene.renames()  # its owner speaks, or sets it again
    await asyncio.sleep(LOOK_AGAIN_SECONDS[0] + 1)
    assert scene.states == [State.PENDING, State.PENDING]
    scene.discord.gate.set()
    await asyncio.sleep(1)
    assert len(scene.discord.enforced) == 1
    assert scene.states == [State.GONE, State.DONE]


@in_virtual_time
async def test_one_message_of_two_decisions_is_deleted_once_and_both_are_finished() -> None:
    before = Scene(discord=FakeDiscord(gate=asyncio.Event()))
    await before.decides(1)
    await before.is_killed()
    await (second := before.after()).decides(2, 1)
    number, (decision, _) = len(second.log.actions), second.log.actions[2]
    second.log.actions[number + 1] = (decision, delete(1))
    second.log.states[number + 1] = State.PENDING
    await second.is_killed()
    second.discord.gate = None
    second.discord.enforced.clear()
    scene = second.after()
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    assert sorted(action.key for action in scene.discord.enforced) == [delete(1).key, delete(2).key]
    assert scene.states == [State.DONE, State.DONE, State.GONE]
