"""What was decided gets done: once, tried again while there is hope, and told as it ended."""

import asyncio
import logging
from dataclasses import replace

import pytest

from moderation.errors import PalisadeError
from moderation.verdict import Action, DeleteMessage, Outcome, Result, SetNickname
from service.ledger import DELETION_WAITS_SECONDS, Ledger
from service.outbox import RETRY_SECONDS, Outbox
from tests.service.fakes import (
    DONE,
    GUILD,
    USER,
    Broken,
    FakeDiscord,
    FakeIntents,
    Holds,
    Watch,
    a_verdict,
    an_outbox,
    delete,
)
from tests.virtual_time import in_virtual_time, now

OUTAGE = Result(Outcome.FAILED, "503", final=False)
RENAME = SetNickname(GUILD, USER, None, "because")


async def outcome(task: asyncio.Task[Result] | None) -> Result:
    """How a submitted action ended; it must have been taken."""
    assert task is not None
    return await task


@in_virtual_time
async def test_observers_are_told_of_what_happened_when_it_has() -> None:
    discord, watch = FakeDiscord(gate=asyncio.Event()), Watch()
    task = an_outbox(discord, [watch]).submit(a_verdict(), delete())
    await asyncio.sleep(1)
    assert discord.enforced == [delete()]
    assert watch.outcomes == []
    assert discord.gate is not None
    discord.gate.set()
    assert await outcome(task) == DONE
    assert watch.outcomes == [(delete(), DONE)]


@in_virtual_time
async def test_a_deletion_is_made_ready_while_it_is_written_down_and_sent_after_it() -> None:
    discord, intents = FakeDiscord(), FakeIntents(gate=asyncio.Event())
    outbox = Outbox(discord, [], Ledger(intents))
    task = outbox.submit(a_verdict(), delete())
    await asyncio.sleep(DELETION_WAITS_SECONDS / 2)
    assert (discord.prepared, discord.enforced) == ([delete()], [])
    assert intents.gate is not None
    intents.gate.set()
    assert await outcome(task) == DONE
    assert discord.enforced == [delete()]


@in_virtual_time
async def test_what_the_log_has_as_done_is_made_ready_and_not_sent() -> None:
    intents = FakeIntents()
    await outcome(Outbox(FakeDiscord(), [], Ledger(intents)).submit(a_verdict(), delete()))
    await asyncio.sleep(1)
    discord = FakeDiscord()
    task = Outbox(discord, [], Ledger(intents)).submit(a_verdict(), delete())
    assert (await outcome(task)).outcome is Outcome.GONE
    assert (discord.prepared, discord.enforced) == ([delete()], [])


@in_virtual_time
async def test_the_same_deletion_is_done_once() -> None:
    discord = FakeDiscord()
    outbox = an_outbox(discord, [])
    task = outbox.submit(a_verdict(), delete())
    assert outbox.submit(a_verdict(), delete()) is None, "it is under way"
    assert outbox.task(delete()) is task
    await outcome(task)
    again = DeleteMessage(GUILD, delete().channel_id, delete().message_id, "for another reason")
    assert outbox.submit(a_verdict(), again) is None, "it is done"
    assert discord.enforced == [delete()]
    assert outbox.submit(a_verdict(), delete(2)) is not None


@pytest.mark.parametrize("outcome_", [Outcome.FAILED, Outcome.FORBIDDEN])
@in_virtual_time
async def test_a_deletion_that_did_not_happen_may_be_asked_for_again(outcome_: Outcome) -> None:
    discord = FakeDiscord()
    discord.script.append(Result(outcome_))
    outbox = an_outbox(discord, [])
    await outcome(outbox.submit(a_verdict(), delete()))
    await asyncio.sleep(0)  # a task that has ended is put away in the next turn of the loop
    assert await outcome(outbox.submit(a_verdict(), delete())) == DONE


@in_virtual_time
async def test_a_name_may_be_corrected_again_and_again() -> None:
    discord = FakeDiscord()
    outbox = an_outbox(discord, [])
    for _ in range(3):
        await outcome(outbox.submit(a_verdict(), RENAME))
        await asyncio.sleep(0)
    assert discord.enforced == [RENAME] * 3


@pytest.mark.parametrize(
    ("answers", "ended", "attempts"),
    [
        ([Result(Outcome.GONE)], Outcome.GONE, 1),
        ([Result(Outcome.FORBIDDEN, "no")], Outcome.FORBIDDEN, 1),
        ([Result(Outcome.FAILED, "400")], Outcome.FAILED, 1),
        ([RuntimeError("a defect")], Outcome.FAILED, 1),
        ([OUTAGE, Result(Outcome.GONE)], Outcome.GONE, 2),
        ([OUTAGE, OUTAGE, Result(Outcome.FORBIDDEN)], Outcome.FORBIDDEN, 3),
        ([OUTAGE] * 5, Outcome.DONE, 6),
        ([OUTAGE] * (len(RETRY_SECONDS) + 1), Outcome.FAILED, len(RETRY_SECONDS) + 1),
    ],
)
@in_virtual_time
async def test_only_what_may_pass_is_tried_again(
    answers: list[Result | Exception], ended: Outcome, attempts: int
) -> None:
    discord, watch = FakeDiscord(), Watch()
    discord.script.extend(answers)
    begun = now()
    result = await outcome(an_outbox(discord, [watch]).submit(a_verdict(), delete()))
    assert result.outcome is ended
    assert watch.results == [ended], "told once, whatever the number of attempts"
    assert len(discord.enforced) == attempts
    assert now() - begun == sum(RETRY_SECONDS[: attempts - 1])


@in_virtual_time
async def test_a_defect_is_told_in_its_own_words(caplog: pytest.LogCaptureFixture) -> None:
    discord = FakeDiscord()
    discord.script.append(RuntimeError("a defect"))
    result = await outcome(an_outbox(discord, []).submit(a_verdict(), delete()))
    assert result.detail == "RuntimeError: a defect"
    assert caplog.records[-1].exc_info is not None


@in_virtual_time
async def test_an_observer_that_breaks_stops_neither_the_others_nor_the_work(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = Watch()
    outbox = an_outbox(FakeDiscord(), [Broken(), watch])
    assert await outcome(outbox.submit(a_verdict(), delete())) == DONE
    assert watch.results == [Outcome.DONE]
    assert "Broken" in caplog.text


@in_virtual_time
async def test_finished_deletions_are_remembered_up_to_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.outbox.REMEMBERED", 3)
    outbox = an_outbox(FakeDiscord(), [])
    for number in range(1, 5):
        await outcome(outbox.submit(a_verdict(), delete(number)))
    assert outbox.submit(a_verdict(), delete(2)) is None
    assert outbox.submit(a_verdict(), delete(1)) is not None, "the oldest one is forgotten"


@in_virtual_time
async def test_draining_waits_for_what_is_under_way() -> None:
    discord, watch = FakeDiscord(), Watch()
    discord.script.extend([OUTAGE, OUTAGE])
    outbox = an_outbox(discord, [watch])
    outbox.submit(a_verdict(), delete(1))
    outbox.submit(a_verdict(), delete(2))
    assert outbox.pending == 2
    assert await outbox.drain(5) == 0
    assert watch.results == [Outcome.DONE] * 2
    assert outbox.pending == 0


@in_virtual_time
async def test_draining_gives_up_in_the_end_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    discord, watch = FakeDiscord(gate=asyncio.Event()), Watch()
    outbox = an_outbox(discord, [watch])
    for number in (1, 2):
        outbox.submit(a_verdict(), delete(number))
    begun = now()
    with caplog.at_level(logging.ERROR):
        assert await outbox.drain(5) == 2
    assert now() - begun == 5
    assert [record.getMessage() for record in caplog.records] == [
        "Not done before the end, left to the next start: delete 20 1",
        "Not done before the end, left to the next start: delete 20 2",
    ]
    assert watch.outcomes == [], "what was not seen to happen is not told"
    assert outbox.pending == 0


@pytest.mark.parametrize("actions", [(RENAME,), ()], ids=["a name", "only told"])
@in_virtual_time
async def test_what_the_end_leaves_without_a_record_stays_held(actions: tuple[Action, ...]) -> None:
    """It is read again after the next start. A deletion does not wait for its record."""
    log, holds = FakeIntents(broken=PalisadeError("the disk is full")), Holds()
    outbox = Outbox(FakeDiscord(), [], Ledger(log), holds)
    outbox.submit_all(replace(a_verdict(), actions=actions))
    await asyncio.sleep(1)
    assert holds.held == [1]
    await outbox.drain(1)
    assert holds.held == [1]


@in_virtual_time
async def test_draining_nothing_takes_no_time() -> None:
    begun = now()
    assert await an_outbox(FakeDiscord(), []).drain(5) == 0
    assert now() == begun


@in_virtual_time
async def test_what_has_to_wait_longer_than_usual_is_not_tried_before() -> None:
    discord = FakeDiscord()
    discord.script.extend([Result(Outcome.FAILED, "a limit", final=False, again_in=600.0), OUTAGE])
    began = now()
    assert await outcome(an_outbox(discord, []).submit(a_verdict(), RENAME)) == DONE
    assert now() - began == pytest.approx(600.0 + RETRY_SECONDS[1])
    assert len(discord.enforced) == 3


@in_virtual_time
async def test_what_is_not_wanted_any_more_is_not_tried_again() -> None:
    discord, watch = FakeDiscord(), Watch()
    discord.script.append(OUTAGE)
    outbox = an_outbox(discord, [watch])

    async def not_wanted(_: Action) -> bool:
        return False

    outbox.still_wanted = not_wanted
    assert (await outcome(outbox.submit(a_verdict(), RENAME))).outcome is Outcome.GONE
    assert len(discord.enforced) == 1
    assert watch.results == [Outcome.GONE]
