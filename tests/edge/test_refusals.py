"""Few requests are sent in vain, however many are asked for at once."""

import asyncio

import pytest

from cogs.helpers import refusals as module
from cogs.helpers.refusals import MINUTE, PER_MINUTE, Place, Refusals
from tests.virtual_time import in_virtual_time, now

PLACE = (1, 2)


class Server:
    """What grants or refuses, a second after it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "monotonic", now)
        self.refusals = Refusals()
        self.grants = False
        self.asked: list[Place] = []

    async def ask(self, place: Place = PLACE) -> bool:
        """Whether it was granted."""
        if not await self.refusals.enter(place):
            return False
        self.asked.append(place)
        await asyncio.sleep(1)
        self.refusals.leave(place, refused=not self.grants)
        return self.grants


@in_virtual_time
async def test_of_many_that_are_refused_at_once_few_are_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(monkeypatch)
    assert not any(await asyncio.gather(*(server.ask() for _ in range(50))))
    assert len(server.asked) == PER_MINUTE
    assert not await server.ask()
    assert len(server.asked) == PER_MINUTE
    await asyncio.sleep(MINUTE)
    assert not await server.ask()
    assert len(server.asked) == PER_MINUTE + 1


@in_virtual_time
async def test_what_is_granted_all_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    server.grants = True
    began = now()
    assert all(await asyncio.gather(*(server.ask() for _ in range(5 * PER_MINUTE))))
    assert now() - began == pytest.approx(5)


@in_virtual_time
async def test_places_do_not_hold_each_other_up(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    await asyncio.gather(*(server.ask() for _ in range(50)))
    server.grants = True
    began = now()
    assert await server.ask((1, 3))
    assert now() - began == pytest.approx(1)


@in_virtual_time
async def test_a_permission_that_changes_lets_those_who_wait_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(monkeypatch)
    await asyncio.gather(*(server.ask() for _ in range(50)))
    server.grants = True
    assert not await server.ask()
    server.refusals.permissions_changed(PLACE[0] + 1)
    assert not await server.ask()
    server.refusals.permissions_changed(PLACE[0])
    assert all(await asyncio.gather(*(server.ask() for _ in range(50))))


@in_virtual_time
async def test_a_failure_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    for _ in range(5 * PER_MINUTE):
        assert await server.refusals.enter(PLACE)
        server.refusals.leave(PLACE)


@in_virtual_time
async def test_who_gives_up_while_waiting_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    server.grants = True
    asking = [asyncio.create_task(server.ask()) for _ in range(2 * PER_MINUTE)]
    await asyncio.sleep(0)
    for task in asking[PER_MINUTE:]:
        task.cancel()
    await asyncio.wait(asking)
    assert all(await asyncio.gather(*(server.ask() for _ in range(PER_MINUTE))))
