"""What is forbidden waits for the permission, is said once, and costs few requests."""

import asyncio
import logging
from dataclasses import replace

import pytest

from moderation.intents import DEADLINE_MS
from moderation.states import State
from moderation.verdict import Outcome, Result, SetNickname
from service.parking import LATELY_SECONDS
from service.resumption import APART_SECONDS, NAME_SECONDS, NAMES_REFUSED, SETTLE_SECONDS
from tests.service.fakes import DONE, GUILD, a_verdict, delete, named
from tests.service.resuming import Scene
from tests.virtual_time import in_virtual_time

FORBIDDEN = Result(Outcome.FORBIDDEN, "the bot lacks Manage Messages")


async def forbidden(*numbers: int) -> Scene:
    """A run in which these deletions were refused."""
    scene = Scene()
    for number in numbers:
        scene.discord.script.append(FORBIDDEN)
        await scene.decides(number)
    assert scene.states == [State.FORBIDDEN] * len(numbers)
    scene.discord.enforced.clear()
    return scene


@in_virtual_time
async def test_what_is_forbidden_waits_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        scene = await forbidden(1, 2, 3)
    await asyncio.sleep(3600)
    assert scene.discord.enforced == []
    assert len(scene.outbox.parked(GUILD)) == 3
    assert scene.outbox.parked(GUILD + 1) == []
    (said,) = caplog.messages
    assert "the bot lacks Manage Messages" in said


@in_virtual_time
async def test_a_permission_that_comes_back_lets_it_happen_at_once_and_together() -> None:
    scene = await forbidden(1, 2, 3)
    for _ in range(5):
        scene.resumption.permissions_changed(GUILD)
    scene.resumption.permissions_changed(GUILD + 1)
    await asyncio.sleep(SETTLE_SECONDS + 1)
    assert len(scene.discord.enforced) == 3
    assert scene.outbox.parked(GUILD) == []
    assert scene.states == [State.DONE] * 3


@in_virtual_time
async def test_changes_that_do_not_help_are_not_tried_all_the_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = await forbidden(1)
    scene.discord.script.extend([FORBIDDEN] * 100)
    for _ in range(int(10 * APART_SECONDS)):
        scene.resumption.permissions_changed(GUILD)
        await asyncio.sleep(1)
    assert 9 <= len(scene.discord.enforced) <= 11
    assert len(scene.outbox.parked(GUILD)) == 1
    await scene.is_killed()


@in_virtual_time
async def test_what_was_forbidden_is_tried_once_after_a_start() -> None:
    before = await forbidden(1)
    scene = before.after()
    scene.discord.script.append(FORBIDDEN)
    scene.resumption.begin([GUILD])
    await asyncio.sleep(60)
    assert len(scene.discord.enforced) == 1
    assert len(scene.outbox.parked(GUILD)) == 1
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(1)
    assert scene.states == [State.DONE]


@in_virtual_time
async def test_waiting_ends_with_the_deadline_of_the_decision() -> None:
    scene = await forbidden(1)
    await asyncio.sleep(DEADLINE_MS / 2000)
    scene.discord.script.extend([FORBIDDEN] * 10)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(DEADLINE_MS / 2000 + 1)
    tried = len(scene.discord.enforced)
    assert tried > 0
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(1)
    assert len(scene.discord.enforced) == tried, "now it is too late"
    assert scene.states == [State.FAILED]


@in_virtual_time
async def test_a_permission_that_comes_back_while_the_refusal_is_on_its_way() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    scene.discord.script.append(FORBIDDEN)
    await scene.decides(1)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(SETTLE_SECONDS + 1)
    scene.discord.gate.set()
    await asyncio.sleep(APART_SECONDS)
    assert scene.states == [State.DONE]


@in_virtual_time
async def test_what_is_refused_again_and_again_after_a_change_is_left_soon() -> None:
    scene = await forbidden(1)
    scene.discord.script.extend([FORBIDDEN] * 100)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(3600)
    assert len(scene.discord.enforced) <= 1 + LATELY_SECONDS / APART_SECONDS
    assert len(scene.outbox.parked(GUILD)) == 1


async def refused_names(number: int) -> Scene:
    """A run in which so many names may not be changed."""
    scene = Scene()
    scene.discord.script.extend([FORBIDDEN] * number)
    for user_id in range(1, number + 1):
        scene.discord.rename(user_id, "bad")
        verdict = replace(a_verdict(), event=named("bad", user_id=user_id))
        scene.outbox.submit(verdict, SetNickname(GUILD, user_id, None, "because"))
    await asyncio.sleep(1)
    assert scene.states == [State.FORBIDDEN] * number
    scene.discord.enforced.clear()
    return scene


@in_virtual_time
async def test_names_that_are_refused_again_are_tried_a_few_at_a_time() -> None:
    scene = await refused_names(30)
    scene.discord.script.extend([FORBIDDEN] * 30)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(1)
    assert len(scene.discord.enforced) == NAMES_REFUSED
    assert len(scene.outbox.parked(GUILD)) == 30
    scene.discord.script.clear()
    await asyncio.sleep(APART_SECONDS)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(1)
    assert scene.states == [State.DONE] * 30


@in_virtual_time
async def test_names_that_are_granted_are_all_changed() -> None:
    scene = await refused_names(30)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(1)
    assert scene.states == [State.DONE] * 30
    assert scene.outbox.parked(GUILD) == []


@in_virtual_time
async def test_names_that_are_refused_after_a_start_wait_for_a_permission() -> None:
    before = await refused_names(30)
    await before.is_killed()
    scene = before.after()
    scene.discord.script.extend([FORBIDDEN] * 30)
    scene.resumption.begin([GUILD])
    await asyncio.sleep(1)
    assert len(scene.outbox.parked(GUILD)) == 30
    scene.discord.script.clear()
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(APART_SECONDS + 1)
    assert scene.states == [State.DONE] * 30


@in_virtual_time
async def test_one_name_that_takes_long_does_not_hold_up_the_others() -> None:
    scene = await refused_names(2)
    scene.discord.script.append(Result(Outcome.FAILED, "503", final=False))
    scene.discord.script.extend([Result(Outcome.FAILED, "503", final=False)] * 3)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(NAME_SECONDS + 3)
    assert State.DONE in scene.states


@in_virtual_time
async def test_a_name_that_is_set_again_while_the_last_one_waits_is_one_that_waits() -> None:
    scene = await refused_names(1)
    scene.discord.script.append(FORBIDDEN)
    scene.outbox.submit(
        replace(a_verdict(), event=named("bad", user_id=1)), SetNickname(GUILD, 1, None, "because")
    )
    await asyncio.sleep(1)
    assert scene.states == [State.FAILED, State.FORBIDDEN]
    assert len(scene.outbox.parked(GUILD)) == 1
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(1)
    assert scene.states == [State.FAILED, State.DONE]


@in_virtual_time
async def test_a_message_that_breaks_a_rule_again_is_tried_again() -> None:
    scene = await forbidden(1)
    await scene.decides(1)
    assert scene.states == [State.DONE]
    assert scene.outbox.parked(GUILD) == []
    assert scene.watch.outcomes[-1] == (delete(1), DONE)


@in_virtual_time
async def test_a_message_that_is_decided_about_again_while_nothing_can_be_written() -> None:
    scene = await forbidden(1)
    scene.log.broken = OSError("the disk is tired")
    scene.discord.script.append(FORBIDDEN)
    await scene.decides(1)
    scene.log.broken = None
    await asyncio.sleep(10)
    assert scene.states == [State.FORBIDDEN], "it waits for the permission, and is no failure"
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(1)
    assert scene.states == [State.DONE]
