"""What is done to members: after a word to them, once, in turn, and not when nobody wants it by
then."""

import asyncio
from collections.abc import Callable

import pytest

from moderation.states import State
from moderation.verdict import Action, Ban, EndTimeout, Outcome, Sanction, TimeOut
from service.ledger import Ticket
from service.parking import Parked
from service.sanctions import SETTLE_SECONDS
from tests.service.fakes import DONE, GUILD, USER, a_verdict, delete
from tests.service.sanction_scene import (
    BAN,
    FORBIDDEN,
    FULL,
    HOUR_MS,
    KICK,
    OUTAGE,
    Scene,
    clock,
    time_out,
)
from tests.virtual_time import in_virtual_time, now


@in_virtual_time
async def test_a_word_goes_first() -> None:
    scene = Scene()
    told: list[Action] = []

    async def before(action: Sanction) -> None:
        await asyncio.sleep(3)
        assert scene.discord.enforced == []
        told.append(action)

    scene.outbox.attempts.before = before
    assert await scene.begins(KICK) == DONE
    assert told == scene.discord.enforced == [KICK]


@in_virtual_time
async def test_what_is_undone_meanwhile_is_not_done() -> None:
    scene = Scene()

    async def before(_: Sanction) -> None:
        await asyncio.sleep(3)

    scene.outbox.attempts.before = before
    task = scene.begins(KICK)
    await asyncio.sleep(1)
    await scene.undoes()
    assert (await task).outcome is Outcome.WITHDRAWN
    assert scene.discord.enforced == []
    await asyncio.sleep(1)
    assert scene.log.states == {1: State.WITHDRAWN}


@pytest.mark.parametrize("action", [KICK, delete()])
@in_virtual_time
async def test_what_is_undone_between_two_attempts_is_not_tried_again(action: Action) -> None:
    scene = Scene()
    scene.discord.script.append(OUTAGE)
    task = scene.begins(action)
    await asyncio.sleep(0.5)
    await scene.undoes()
    assert (await task).outcome is Outcome.WITHDRAWN
    assert scene.discord.enforced == [action]


@pytest.mark.parametrize("action", [KICK, delete()])
@in_virtual_time
async def test_what_is_undone_while_it_waits_for_a_permission_waits_no_more(
    action: Action,
) -> None:
    scene = Scene()
    scene.discord.script.append(FORBIDDEN)
    await scene.begins(action)
    assert len(scene.outbox.parked(GUILD)) == 1
    await scene.undoes()
    assert scene.outbox.parked(GUILD) == []
    assert scene.watch.results == [Outcome.FORBIDDEN, Outcome.WITHDRAWN]


@in_virtual_time
async def test_while_the_store_cannot_tell_nobody_is_punished() -> None:
    scene = Scene()
    scene.store.broken = FULL
    task = scene.begins(KICK)
    await asyncio.sleep(60)
    assert scene.discord.enforced == []
    scene.store.broken = None
    assert await task == DONE


@in_virtual_time
async def test_while_the_store_cannot_tell_a_message_is_deleted_all_the_same() -> None:
    scene = Scene()
    scene.store.broken = FULL
    scene.discord.script.append(OUTAGE)
    assert await scene.begins(delete()) == DONE


@pytest.mark.parametrize("make", [lambda: KICK, lambda: BAN, time_out])
@in_virtual_time
async def test_an_answer_that_was_lost_is_no_second_request(make: Callable[[], Action]) -> None:
    scene = Scene()
    action = make()
    scene.discord.script.append(OUTAGE)
    scene.discord.standing.append(action)
    assert (await scene.begins(action)).outcome is Outcome.DONE
    assert scene.discord.enforced == [action]


@in_virtual_time
async def test_two_for_one_member_are_done_in_turn() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    first, second = time_out(1), time_out(5)
    tasks = [scene.begins(first, 1), scene.begins(second, 2)]
    await asyncio.sleep(1)
    assert scene.discord.enforced == [first]
    scene.discord.gate.set()
    assert await asyncio.gather(*tasks) == [DONE, DONE]
    assert scene.discord.enforced == [first, second]
    await asyncio.sleep(1)
    assert scene.log.states == {1: State.DONE, 2: State.DONE}


@in_virtual_time
async def test_the_same_one_told_of_twice_is_done_once() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    owed = scene.owed(KICK)
    task = scene.sanctions.carry_out(owed)
    await asyncio.sleep(1)
    assert scene.sanctions.carry_out(owed) is None
    scene.discord.gate.set()
    assert task is not None
    await task
    assert scene.discord.enforced == [KICK]


@pytest.mark.parametrize("kind", [TimeOut, Ban])
@in_virtual_time
async def test_what_is_over_by_then_is_not_begun(kind: type[TimeOut | Ban]) -> None:
    scene = Scene()
    scene.discord.script.append(FORBIDDEN)
    await scene.begins(kind(GUILD, USER, clock() + HOUR_MS, "rude"))
    await asyncio.sleep(3600)
    (parked,) = scene.outbox.parked(GUILD)
    task = scene.outbox.resume(parked)
    assert task is not None
    assert (await task).outcome is Outcome.FAILED
    assert len(scene.discord.enforced) == 1


@in_virtual_time
async def test_what_lands_after_its_case_was_undone_is_lifted() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    task = scene.begins(time_out())
    await asyncio.sleep(1)
    scene.store.gone.add(1)
    scene.discord.gate.set()
    lift = EndTimeout(GUILD, USER, "undone")
    scene.store.lifting.append(scene.owed(lift, 2))
    await task
    await asyncio.sleep(1)
    assert scene.discord.enforced[1:] == [lift]
    assert [one.action_id for one in scene.log.endings] == [1, 2]


@pytest.mark.parametrize("action", [KICK, delete()])
@in_virtual_time
async def test_before_a_case_is_undone_what_discord_is_asked_for_is_waited_for_and_written(
    action: Action,
) -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    scene.begins(action)
    await asyncio.sleep(1)
    settled = asyncio.create_task(scene.sanctions.settled(GUILD, 1))
    await asyncio.sleep(1)
    assert not settled.done()
    scene.discord.gate.set()
    actions = await settled
    assert scene.log.states == {1: State.DONE}
    assert scene.sanctions.under_way(actions) == 0


@in_virtual_time
async def test_before_a_case_is_undone_nothing_is_waited_for_that_takes_long() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    task = scene.begins(KICK)
    await asyncio.sleep(1)
    since = now()
    actions = await scene.sanctions.settled(GUILD, 1)
    assert now() == since + SETTLE_SECONDS
    assert scene.sanctions.under_way(actions) == 1
    scene.discord.gate.set()
    await task


@pytest.mark.parametrize("waits", ["between two attempts", "before the first"])
@in_virtual_time
async def test_before_a_case_is_undone_nothing_is_waited_for_that_can_be_called_off(
    waits: str,
) -> None:
    scene = Scene()
    if waits == "before the first":
        scene.outbox.attempts.before = lambda _: asyncio.sleep(10)
    else:
        scene.discord.script.append(OUTAGE)
    task = scene.begins(KICK)
    await asyncio.sleep(0.5)
    since = now()
    actions = await scene.sanctions.settled(GUILD, 1)
    assert (now(), scene.sanctions.under_way(actions)) == (since, 0)
    await scene.undoes()
    assert (await task).outcome is Outcome.WITHDRAWN


@in_virtual_time
async def test_a_defect_in_one_server_does_not_leave_out_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    scene.store.defect_in = GUILD + 1
    scene.store.lifting = [scene.owed(EndTimeout(GUILD, USER, "undone"))]
    scene.sanctions.begin([GUILD + 1, GUILD])
    await asyncio.sleep(60)
    assert [type(one) for one in scene.discord.enforced] == [EndTimeout]
    assert f"left standing in {GUILD + 1}" in caplog.text


@in_virtual_time
async def test_nothing_begins_after_the_end() -> None:
    scene = Scene()
    await scene.outbox.drain(1)
    assert scene.sanctions.carry_out(scene.owed(KICK)) is None
    assert scene.outbox.resume(Parked(a_verdict(), KICK, Ticket(clock() + 1, 1))) is None
    assert scene.discord.enforced == []
