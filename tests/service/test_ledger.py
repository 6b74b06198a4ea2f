"""What is decided is written down first; where that fails, deletions alone go on."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from moderation.errors import CannotBeKept, PalisadeError
from moderation.intents import DEADLINE_MS, Decision, Ending, Recorded, decision_on
from moderation.states import State
from moderation.verdict import Action, Outcome, Result, SetNickname, Verdict
from service import ledger as module
from service.ledger import (
    DELETION_WAITS_SECONDS,
    GROUPED_SECONDS,
    SAY_EVERY_SECONDS,
    Ledger,
    Ticket,
)
from tests.service.fakes import DONE, GUILD, USER, FakeIntents, a_verdict, delete, named, said
from tests.virtual_time import in_virtual_time, now

FULL = PalisadeError("The disk is full. Make room.")
RENAME = SetNickname(GUILD, USER, None, "because")


def a_name() -> Verdict:
    return Verdict(named("bad"), found=a_verdict().found, actions=(RENAME,))


@dataclass
class Scene:
    """A ledger on a log that can fail."""

    store: FakeIntents = field(default_factory=FakeIntents)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.store, clock=lambda: int(now() * 1000))

    async def deletes(self, number: int) -> Ticket:
        """A deletion is recorded."""
        return await self.records(a_verdict(number), delete(number))

    async def records(self, verdict: Verdict, *actions: Action) -> Ticket:
        (ticket,) = await self.ledger.record(verdict, actions)
        return ticket

    async def is_mended(self) -> None:
        self.store.broken = None
        await asyncio.sleep(10)
        assert self.ledger.trouble is None

    @property
    def causes(self) -> list[str]:
        return [decision.cause for decision in self.store.decisions]


@in_virtual_time
async def test_a_decision_is_written_before_record_returns() -> None:
    scene = Scene()
    ticket = await scene.deletes(1)
    assert scene.causes == ["message:1"]
    assert ticket.action_id == 1
    (decision,) = scene.store.decisions
    assert decision.deadline == decision.at + DEADLINE_MS
    assert (decision.entry, decision.list_name, decision.user_id) == ("bad", "main", USER)


@in_virtual_time
async def test_outcomes_are_written_soon_and_together() -> None:
    scene = Scene()
    tickets = [await scene.deletes(number) for number in range(1, 6)]
    writes = scene.store.writes
    for number, ticket in enumerate(tickets, 1):
        scene.ledger.ended(delete(number), ticket, DONE, 1)
    await asyncio.sleep(1)
    assert scene.store.writes == writes + 1
    assert set(scene.store.states.values()) == {State.DONE}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.DONE, State.DONE),
        (Outcome.GONE, State.GONE),
        (Outcome.FORBIDDEN, State.FORBIDDEN),
        (Outcome.FAILED, State.FAILED),
        (Outcome.HELD, State.PENDING),
    ],
)
@in_virtual_time
async def test_how_each_outcome_is_kept(outcome: Outcome, state: State) -> None:
    scene = Scene()
    scene.ledger.ended(delete(), await scene.deletes(1), Result(outcome, "words"), 3)
    await scene.ledger.close()
    assert scene.store.states == {1: state}
    assert [(one.attempts, one.detail) for one in scene.store.endings] in ([(3, "words")], [])


@in_virtual_time
async def test_a_second_decision_of_one_cause_finds_the_first_one_done() -> None:
    scene = Scene()
    scene.ledger.ended(delete(), await scene.deletes(1), DONE, 1)
    await asyncio.sleep(1)
    assert (await scene.deletes(1)).done


@in_virtual_time
async def test_two_settings_of_a_name_in_one_millisecond_are_two_causes() -> None:
    scene = Scene()
    for _ in range(2):
        await scene.records(a_name(), RENAME)
    assert len(set(scene.causes)) == 2


@in_virtual_time
async def test_a_deletion_does_not_wait_for_a_store_that_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    scene.store.broken = FULL
    begun = now()
    tickets = [await scene.deletes(number) for number in range(1, 4)]
    assert now() == begun
    assert [ticket.action_id for ticket in tickets] == [None] * 3
    assert scene.ledger.trouble == "The disk is full. Make room."
    for number, ticket in enumerate(tickets, 1):
        scene.ledger.ended(delete(number), ticket, DONE, 1)
    await scene.is_mended()
    assert scene.causes == ["message:1", "message:2", "message:3"]
    assert set(scene.store.states.values()) == {State.DONE}
    await asyncio.sleep(SAY_EVERY_SECONDS)
    assert "3 were written late, and 3 deletions had not waited" in caplog.text


@in_virtual_time
async def test_a_deletion_waits_a_moment_for_a_store_that_hangs() -> None:
    scene = Scene()
    scene.store.gate = asyncio.Event()
    begun = now()
    ticket = await scene.deletes(1)
    assert now() - begun == DELETION_WAITS_SECONDS
    assert ticket.action_id is None
    await scene.deletes(2)
    assert now() - begun == DELETION_WAITS_SECONDS, "the next one knows"
    scene.store.gate.set()
    await scene.is_mended()
    assert ticket.action_id is not None


@in_virtual_time
async def test_a_name_waits_for_a_store_that_fails() -> None:
    scene = Scene()
    scene.store.broken = FULL
    waiting = asyncio.create_task(scene.records(a_name(), RENAME))
    await asyncio.sleep(3600)
    assert not waiting.done()
    await scene.is_mended()
    assert (await waiting).action_id == 1


@in_virtual_time
async def test_it_is_said_at_once_and_then_once_a_minute_with_a_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    scene.store.broken = FULL
    for number in range(1, 181):
        await scene.deletes(number)
        await asyncio.sleep(1)
    said = [text for text in caplog.messages if text.startswith("Decisions cannot be written")]
    assert len(said) == 180 // SAY_EVERY_SECONDS
    assert "The disk is full. Make room." in said[0]
    assert "61 so far" in said[1]


def what_is_said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [text.split()[1] for text in caplog.messages if text.startswith("Decisions can")]


@in_virtual_time
async def test_a_disk_that_is_nearly_full_is_said_once_a_minute_and_over_when_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    for number in range(1, 181):
        scene.store.broken = FULL if number % 3 == 1 else None
        scene.ledger.ended(delete(), await scene.deletes(number), DONE, 1)
        await asyncio.sleep(1)
    assert what_is_said(caplog) == ["cannot"] * 3
    await asyncio.sleep(SAY_EVERY_SECONDS)
    assert what_is_said(caplog) == ["cannot"] * 3 + ["can"]
    assert "120 were written late, and 120 deletions" in caplog.messages[-1]
    scene.store.broken = FULL
    await scene.deletes(181)
    assert what_is_said(caplog)[-1] == "cannot", "another time it is said at once"


@in_virtual_time
async def test_a_write_from_before_a_failure_does_not_end_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Slow(FakeIntents):
        async def ended(self, endings: Sequence[Ending]) -> None:
            await asyncio.sleep(1)
            self.broken = None  # small as it is, there is room for it
            await super().ended(endings)
            self.broken = FULL

    scene = Scene(Slow())
    scene.ledger.ended(delete(1), await scene.deletes(1), DONE, 1)
    await asyncio.sleep(GROUPED_SECONDS * 2)
    scene.store.broken = FULL
    await scene.deletes(2)
    await asyncio.sleep(1)
    assert scene.store.states == {1: State.DONE}
    assert scene.ledger.trouble is not None
    await asyncio.sleep(SAY_EVERY_SECONDS)
    assert "can" not in what_is_said(caplog)


@in_virtual_time
async def test_closing_says_that_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.store.broken = FULL
    await scene.deletes(1)
    await scene.is_mended()
    assert what_is_said(caplog) == ["cannot"]
    await scene.ledger.close()
    await asyncio.sleep(2 * SAY_EVERY_SECONDS)
    assert what_is_said(caplog) == ["cannot", "can"]


@in_virtual_time
async def test_what_alone_cannot_be_written_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    class Picky(FakeIntents):
        async def decided(
            self, decision: Decision, nearly: Callable[[], None] | None = None
        ) -> Recorded:
            if decision.cause == "message:2" and self.broken is None:
                raise CannotBeKept("not this one")
            return await super().decided(decision)

    scene = Scene(Picky())
    scene.store.broken = FULL
    for number in (2, 1, 3):
        await scene.deletes(number)
    await scene.is_mended()
    assert sorted(scene.causes) == ["message:1", "message:3"]
    assert "left out: not this one" in caplog.text


@in_virtual_time
async def test_what_there_is_no_room_for_is_kept_although_others_were_written() -> None:
    """A disk that is nearly full takes a short row and not a long one."""

    class NearlyFull(FakeIntents):
        room = False

        async def decided(
            self, decision: Decision, nearly: Callable[[], None] | None = None
        ) -> Recorded:
            if decision.cause in ("message:2", "message:3") and not self.room:
                raise FULL
            return await super().decided(decision)

    store = NearlyFull()
    scene = Scene(store)
    store.broken = FULL
    tickets = [await scene.deletes(number) for number in range(1, 5)]
    for number, ticket in enumerate(tickets, 1):
        scene.ledger.ended(delete(number), ticket, DONE, 1)
    store.broken = None
    await asyncio.sleep(600)
    assert sorted(scene.causes) == ["message:1", "message:4"]
    assert len(store.states) == 2, "the outcomes of what was written are"
    assert scene.ledger.trouble == str(FULL)
    store.room = True
    await scene.is_mended()
    assert len(scene.causes) == 4
    assert set(store.states.values()) == {State.DONE}
    assert len(store.states) == 4


@in_virtual_time
async def test_what_will_never_be_written_is_left_out_though_it_is_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    scene.store.broken = FULL
    waiting = asyncio.create_task(scene.records(a_name(), RENAME))
    await asyncio.sleep(1)
    scene.store.broken = CannotBeKept("never")
    assert (await waiting).action_id is None
    assert "left out: never" in caplog.text
    scene.store.broken = None
    await scene.is_mended()


@in_virtual_time
async def test_an_outcome_that_will_never_be_written_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Picky(FakeIntents):
        async def ended(self, endings: Sequence[Ending]) -> None:
            if any(ending.detail == "odd" for ending in endings):
                raise CannotBeKept("not this one")
            await super().ended(endings)

    scene = Scene(Picky())
    odd = Result(Outcome.FAILED, "odd")
    for number, result in enumerate((DONE, odd, DONE), 1):
        scene.ledger.ended(delete(number), await scene.deletes(number), result, 1)
    await asyncio.sleep(60)
    assert scene.store.states == {1: State.DONE, 2: State.PENDING, 3: State.DONE}
    assert scene.ledger.trouble is None
    assert caplog.text.count("An outcome cannot be written") == 1


@in_virtual_time
async def test_a_defect_of_ours_stops_no_deletion(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.store.broken = ZeroDivisionError()
    assert (await scene.deletes(1)).action_id is None
    assert scene.ledger.trouble is None
    no_hits = Verdict(a_verdict().event)
    assert (await scene.records(no_hits, delete(2))).action_id is None
    assert caplog.text.count("carried out all the same") == 2


@in_virtual_time
async def test_more_than_the_memory_bears_is_done_without_a_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "OWED_AT_MOST", 2)
    scene = Scene()
    scene.store.broken = FULL
    tickets = [await scene.deletes(number) for number in range(1, 5)]
    for number, ticket in enumerate(tickets, 1):
        scene.ledger.ended(delete(number), ticket, DONE, 1)
    await scene.is_mended()
    assert scene.causes == ["message:1", "message:2"]
    assert set(scene.store.states.values()) == {State.DONE}


@in_virtual_time
async def test_an_outcome_that_cannot_be_written_is_written_later() -> None:
    scene = Scene()
    ticket = await scene.deletes(1)
    scene.store.broken = FULL
    scene.ledger.ended(delete(), ticket, DONE, 1)
    await asyncio.sleep(60)
    assert scene.ledger.trouble is not None
    await scene.is_mended()
    assert scene.store.states == {1: State.DONE}


@in_virtual_time
async def test_closing_writes_what_is_owed_without_a_pause() -> None:
    scene = Scene()
    scene.ledger.ended(delete(), await scene.deletes(1), DONE, 1)
    begun = now()
    await scene.ledger.close()
    assert now() == begun
    assert scene.store.states == {1: State.DONE}


@in_virtual_time
async def test_closing_does_not_wait_for_a_store_that_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    scene.store.broken = FULL
    await scene.deletes(1)
    begun = now()
    await scene.ledger.close()
    assert now() - begun <= 2
    assert "1 decisions could not be written before the end" in caplog.text


def test_nothing_is_decided_about_a_direct_message() -> None:
    verdict = Verdict(said("bad", guild_id=None), found=a_verdict().found)
    with pytest.raises(ValueError, match="direct message"):
        decision_on(verdict, [delete()], 0)
