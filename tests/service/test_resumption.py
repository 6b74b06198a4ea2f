"""What was left to do is taken up again, and nothing is done twice."""

import asyncio
import logging
from dataclasses import replace

import pytest

from moderation.intents import DEADLINE_MS, State
from moderation.verdict import Outcome, Result, SetNickname
from service.ledger import Ledger
from service.members import NotFoundOut
from service.name_guard import LOOK_AGAIN_SECONDS, NameGuard
from service.outbox import Outbox
from service.resumption import (
    APART_SECONDS,
    NAME_SECONDS,
    NAMES_REFUSED,
    SETTLE_SECONDS,
    Resumption,
)
from service.rules import Rules
from tests.service.fakes import (
    DONE,
    GUILD,
    USER,
    FakeDiscord,
    FakeIntents,
    FakeStore,
    Watch,
    a_verdict,
    delete,
    named,
    words,
)
from tests.virtual_time import in_virtual_time, now

FORBIDDEN = Result(Outcome.FORBIDDEN, "the bot lacks Manage Messages")
RENAME = SetNickname(GUILD, USER, None, "because")


class Scene:
    """A run of the program; ``after`` is the next one, which finds its log."""

    def __init__(self, log: FakeIntents | None = None, discord: FakeDiscord | None = None) -> None:
        self.log = log or FakeIntents()
        self.discord = discord or FakeDiscord()
        self.watch = Watch()
        ledger = Ledger(self.log, clock=lambda: int(now() * 1000))
        self.outbox = Outbox(self.discord, [self.watch], ledger)
        rules = Rules(FakeStore({GUILD: words("bad")}))
        guard = NameGuard(
            self.discord, self.outbox, rules, [self.watch], threads=self.discord, clock=now
        )
        self.resumption = Resumption(self.outbox, ledger, guard)

    def after(self) -> "Scene":
        return Scene(self.log, self.discord)

    async def is_killed(self) -> None:
        """Nothing more of this run happens, and nothing is written."""
        await self.resumption.close()
        await self.outbox.drain(0)

    async def decides(self, *numbers: int) -> None:
        """Deletions are begun."""
        for number in numbers:
            self.outbox.submit(a_verdict(number), delete(number))
        await asyncio.sleep(1)

    async def renames(self) -> None:
        """A correction of a name is begun."""
        self.outbox.submit(replace(a_verdict(), event=named("bad")), RENAME)
        await asyncio.sleep(1)

    @property
    def states(self) -> list[State]:
        return list(self.log.states.values())


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


# Forbidden


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
    scene.discord.script.append(FORBIDDEN)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(DEADLINE_MS / 2000 + 1)
    scene.resumption.permissions_changed(GUILD)
    await asyncio.sleep(1)
    assert len(scene.discord.enforced) == 1, "the second time it was too late"
    assert scene.states == [State.FAILED]


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
