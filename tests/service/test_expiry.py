"""Bans end at their time."""

import asyncio

from moderation.intents import Owed
from moderation.verdict import EndTimeout
from service.expiry import LOOK_SECONDS, RETRY_SECONDS
from tests.service.fakes import GUILD, USER
from tests.service.sanction_scene import FULL, HOUR_MS, Scene, clock
from tests.virtual_time import in_virtual_time


def unban(scene: Scene, number: int) -> Owed:
    return scene.owed(EndTimeout(GUILD, USER + number, "over"), number)


@in_virtual_time
async def test_a_ban_ends_at_its_time_and_is_not_looked_for_all_the_while() -> None:
    scene = Scene()
    scene.store.ends[clock() + 30 * 60_000] = unban(scene, 1)
    over: list[tuple[int, int]] = []
    scene.expiry.on_over = lambda *case: over.append(case)
    scene.expiry.start()
    await asyncio.sleep(30 * 60 - 1)
    assert (scene.discord.enforced, over) == ([], [])
    await asyncio.sleep(2)
    assert len(scene.discord.enforced) == 1
    assert over == [(GUILD, 1)]
    assert scene.store.looks < 6
    await scene.expiry.close()


@in_virtual_time
async def test_a_nearer_end_is_heard_of() -> None:
    scene = Scene()
    scene.store.ends[clock() + 30 * 60_000] = unban(scene, 1)
    scene.expiry.start()
    await asyncio.sleep(60)
    scene.store.ends[clock() + 60_000] = unban(scene, 2)
    scene.expiry.wake()
    await asyncio.sleep(61)
    assert [one.key[2] for one in scene.discord.enforced] == [USER + 2]
    await scene.expiry.close()


@in_virtual_time
async def test_an_end_that_cannot_be_read_is_looked_for_again() -> None:
    scene = Scene()
    scene.store.ends[clock()] = unban(scene, 1)
    scene.store.broken = FULL
    scene.expiry.start()
    scene.expiry.start()
    await asyncio.sleep(5 * RETRY_SECONDS + 1)
    assert scene.store.looks == 6
    scene.store.broken = None
    await asyncio.sleep(RETRY_SECONDS)
    assert len(scene.discord.enforced) == 1
    await scene.expiry.close()


@in_virtual_time
async def test_the_clock_is_looked_at_now_and_then() -> None:
    scene = Scene()
    scene.store.ends[clock() + 100 * HOUR_MS] = unban(scene, 1)
    scene.expiry.start()
    await asyncio.sleep(3 * LOOK_SECONDS + 1)
    assert scene.store.looks == 4
    await scene.expiry.close()
