"""Cases that are undone while Discord is being asked for what they led to: on the real store, with
a Discord that answers when it is told to."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from data.store import Store
from moderation.cases import Case
from moderation.consequence import Consequence, Step
from moderation.verdict import Action, EndTimeout, Result, TimeOut
from service.ledger import Ledger
from service.outbox import Outbox
from service.ports import Gate
from service.sanctions import Sanctions
from service.undoing import Undoing
from tests.service.fakes import DONE, GUILD, FakeDiscord, a_verdict, delete
from tests.store.casemaking import BY_MIA
from tests.store.clock import Clock

HOUR = Consequence(Step.TIMEOUT, 3_600_000)


@dataclass
class SlowDiscord(FakeDiscord):
    """Answers a timeout only when ``gate`` is opened."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    lifted: asyncio.Event = field(default_factory=asyncio.Event)

    async def enforce(self, action: Action, *, when: Gate | None = None) -> Result:
        if when is not None:
            await when()
        self.enforced.append(action)
        if isinstance(action, TimeOut):
            self.asked.set()
            await self.gate.wait()
        if isinstance(action, EndTimeout):
            self.lifted.set()
        return DONE


class Scene:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.discord = SlowDiscord()
        self.store = store
        ledger = Ledger(store.intents, clock=clock)
        self.outbox = Outbox(self.discord, [], ledger)
        sanctions = Sanctions(store.sanctions, self.outbox, ledger, self.discord)
        self.undoing = Undoing(store.cases, sanctions, lambda *_: None)

    async def times_out(self) -> Case:
        """A case whose timeout Discord is just being asked for."""
        verdict = replace(a_verdict(), actions=(delete(),), consequence=HOUR)
        self.outbox.submit_all(verdict)
        await asyncio.wait_for(self.discord.asked.wait(), 10)
        return await self.store.cases.case(GUILD, 1)


@pytest.fixture
async def scene(store: Store, clock: Clock) -> AsyncIterator[Scene]:
    scene = Scene(store, clock)
    yield scene
    await scene.outbox.drain(5)


async def test_it_is_waited_for_and_then_lifted(scene: Scene) -> None:
    case = await scene.times_out()
    undo = asyncio.create_task(scene.undoing.undo(GUILD, case.number, by=BY_MIA))
    await asyncio.wait({undo}, timeout=0.2)
    scene.discord.gate.set()
    undone = await undo
    assert undone is not None
    assert (undone.withdrawn, undone.under_way) == (0, 0)
    states = {one.kind: one.state.value for one in undone.case.actions}
    assert states == {"delete": "done", "timeout": "done", "end timeout": "done"}


async def test_where_it_takes_long_it_is_said_to_be_under_way_and_lifted_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.sanctions.SETTLE_SECONDS", 0.3)
    case = await scene.times_out()
    undone = await scene.undoing.undo(GUILD, case.number, by=BY_MIA)
    assert undone is not None
    assert (undone.withdrawn, undone.under_way) == (0, 1)
    scene.discord.gate.set()
    await asyncio.wait_for(scene.discord.lifted.wait(), 10)
