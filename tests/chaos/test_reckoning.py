"""The reckoning of the chaos suite finds what is wrong: each test plays a bot that does one thing
wrong, by hand."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clock import utc_ms
from data.store import Store
from moderation.events import Surface
from moderation.intents import Decision, Ending
from moderation.states import State
from moderation.verdict import Action, DeleteMessage, SetNickname, TimeOut
from sandbox import LocalDiscord, Member, Message
from tests.chaos.excuses import CAN_WRITE, CANNOT_WRITE, Unwritten, unwritten
from tests.chaos.reckoning import Reckoning
from tests.chaos.stage import Stage
from tests.sandbox.clients import Rest

NOW = 1_790_000_000_000


@dataclass
class HandMade:
    """A bot that does exactly what a test tells it."""

    stage: Stage
    store: Store
    database: Path
    rest: Rest
    periods: list[Unwritten] = field(default_factory=list)

    async def says(self, content: str) -> Message:
        """Somebody writes; what says "bad" is a violation."""
        message = await self.stage.people[0].says(content)
        said = self.stage.said
        (said.bad if "bad" in content else said.clean)[message.id] = message
        return message

    async def decides(self, action: Action, cause: str) -> int:
        """Write a decision down; the number of its action."""
        guild_id = action.guild_id
        decision = Decision(guild_id, cause, NOW, NOW, Surface.MESSAGE, "main", "bad", (action,))
        (number,) = (await self.store.intents.decided(decision)).actions
        assert number is not None
        return number

    async def ends(self, number: int, state: State) -> None:
        """Write down what became of it."""
        await self.store.intents.ended([Ending(self.stage.guild.id, number, state, NOW)])

    async def asks_to_delete(self, message: Message) -> int:
        """The answer's status."""
        path = f"/channels/{message.channel_id}/messages/{message.id}"
        return (await self.rest("DELETE", path)).status

    async def deletes(self, message: Message, state: State = State.DONE) -> None:
        """As it should be: decided, done, and written down."""
        number = await self.decides(deletion(self, message), f"message:{message.id}")
        await self.asks_to_delete(message)
        await self.ends(number, state)

    async def renames(self, member: Member) -> None:
        """Take a nickname away."""
        path = f"/guilds/{self.stage.guild.id}/members/{member.id}"
        assert (await self.rest("PATCH", path, json={"nick": None})).status == 200

    def reckoning(self) -> Reckoning:
        """What is found."""
        return Reckoning(self.stage, self.database, self.periods)


def deletion(made: HandMade, message: Message) -> DeleteMessage:
    return DeleteMessage(made.stage.guild.id, message.channel_id, message.id, "because")


@pytest.fixture
async def made(discord: LocalDiscord, tmp_path: Path) -> AsyncIterator[HandMade]:
    stage = Stage.furnish(discord, channels=2, messages=1)
    database = tmp_path / "palisade.sqlite3"
    store = await Store.open(database)
    async with Rest(discord, stage.app.token) as rest:
        yield HandMade(stage, store, database, rest)
    await store.close()


async def test_nothing_is_found_where_all_is_well(made: HandMade) -> None:
    await made.says("good")
    await made.deletes(await made.says("bad"))
    await made.stage.renamed[0].nick("bad")
    await made.renames(made.stage.renamed[0])
    gone = await made.says("bad, and its author deletes it")
    await gone.delete()
    await made.deletes(gone, State.GONE)
    assert made.reckoning().findings() == []
    assert made.reckoning().still_to_do() == []


async def test_a_violation_that_stands_is_found(made: HandMade) -> None:
    message = await made.says("bad")
    found = made.reckoning().findings()
    assert any("A violation stands" in one and str(message.id) in one for one in found)
    (to_do,) = made.reckoning().still_to_do()
    assert "this violation stands" in to_do


async def test_a_violation_that_stands_is_never_excused(made: HandMade) -> None:
    message = await made.says("bad")
    made.periods.append(Unwritten(0, time.monotonic() + 100))
    made.stage.discord.faults.rest(method="DELETE", status=500, json={})
    assert await made.asks_to_delete(message) == 500
    assert any("A violation stands" in one for one in made.reckoning().findings())


async def test_an_innocent_message_that_is_gone_is_found(made: HandMade) -> None:
    message = await made.says("good")
    await made.deletes(message)
    found = made.reckoning().findings()
    assert any("An innocent message is gone" in one for one in found)
    assert any(f"Decided about message {message.id}" in one for one in found)


@pytest.mark.parametrize("state", [State.GONE, State.FAILED, State.FORBIDDEN, State.PENDING])
async def test_an_outcome_that_discord_did_not_give_is_found(made: HandMade, state: State) -> None:
    await made.deletes(await made.says("bad"), state)
    (found,) = made.reckoning().findings()
    assert "Written down otherwise than it was" in found


async def test_an_outcome_that_was_written_before_the_request_is_found(made: HandMade) -> None:
    message = await made.says("bad")
    number = await made.decides(deletion(made, message), f"message:{message.id}")
    await made.ends(number, State.DONE)
    await message.delete()
    (found,) = made.reckoning().findings()
    assert "Written down otherwise than it was" in found


async def test_a_message_that_was_deleted_twice_is_found(made: HandMade) -> None:
    message = await made.says("bad")
    await made.deletes(message)
    assert await made.asks_to_delete(message) == 404
    (found,) = made.reckoning().findings()
    assert "Written down otherwise than it was" in found


async def test_what_is_still_to_be_done_is_named(made: HandMade) -> None:
    message = await made.says("bad")
    await made.decides(deletion(made, message), f"message:{message.id}")
    assert await made.asks_to_delete(message) == 204
    member = made.stage.renamed[0]
    await made.decides(SetNickname(made.stage.guild.id, member.id, None, ""), "names:1")
    told = made.reckoning().still_to_do()
    assert len(told) == 2
    assert f"delete of {message.id}" in told[0]
    assert "DELETE -> 204" in told[0]
    assert f"nickname of {member.id}" in told[1]


async def test_a_deletion_without_a_record_is_found(made: HandMade) -> None:
    assert await made.asks_to_delete(await made.says("bad")) == 204
    (found,) = made.reckoning().findings()
    assert "Written down otherwise than it was" in found


@pytest.mark.parametrize(("end", "excused"), [(1.0, True), (-1.0, False)])
async def test_only_what_was_asked_for_while_nothing_could_be_written_is_excused(
    made: HandMade, end: float, excused: bool
) -> None:
    assert await made.asks_to_delete(await made.says("bad")) == 204
    made.periods.append(Unwritten(0, time.monotonic() + end))
    assert (made.reckoning().findings() == []) is excused


async def test_a_wrong_record_is_not_excused(made: HandMade) -> None:
    await made.deletes(await made.says("bad"), State.GONE)
    made.periods.append(Unwritten(0, time.monotonic() + 1))
    assert len(made.reckoning().findings()) == 1


async def test_a_banned_nickname_that_stays_is_found(made: HandMade) -> None:
    member = made.stage.renamed[0]
    await member.nick("bad")
    (found,) = made.reckoning().findings()
    assert "keeps a banned nickname, bad" in found


async def test_somebody_who_is_renamed_twice_is_found(made: HandMade) -> None:
    member = made.stage.renamed[0]
    await member.nick("bad")
    await made.renames(member)
    await made.renames(member)
    (found,) = made.reckoning().findings()
    assert "was renamed 2 times" in found


HOUR_MS = 3_600_000


async def offends(made: HandMade) -> Member:
    """Somebody writes what people are timed out for; it is deleted, the rest is to be done."""
    traitor = made.stage.traitors[0]
    message = await traitor.says("a bad traitor")
    made.stage.said.bad[message.id] = message
    await made.deletes(message)
    return traitor


async def times_out(made: HandMade, member: Member, hours: int, state: State | None) -> None:
    """Time somebody out, with a record that says how it ended."""
    until = utc_ms() + hours * HOUR_MS
    moment = datetime.fromtimestamp(until / 1000, UTC).isoformat()
    path = f"/guilds/{made.stage.guild.id}/members/{member.id}"
    answer = await made.rest("PATCH", path, json={"communication_disabled_until": moment})
    assert answer.status == 200
    if state is not None:
        action = TimeOut(made.stage.guild.id, member.id, until, "because")
        await made.ends(await made.decides(action, f"timeout:{member.id}:{hours}"), state)


async def test_who_is_timed_out_once_is_as_it_should_be(made: HandMade) -> None:
    await times_out(made, await offends(made), 1, State.DONE)
    assert made.reckoning().findings() == []
    assert made.reckoning().acted_on_twice() == 0


@pytest.mark.parametrize("state", [State.DONE, None])
async def test_who_is_timed_out_twice_is_found(made: HandMade, state: State | None) -> None:
    traitor = await offends(made)
    await times_out(made, traitor, 1, State.DONE)
    await times_out(made, traitor, 2, state)
    (found,) = made.reckoning().findings()
    assert "is to be timed out once" in found
    assert made.reckoning().acted_on_twice() == 1


async def test_who_is_not_timed_out_is_found(made: HandMade) -> None:
    await offends(made)
    (found,) = made.reckoning().findings()
    assert "is to be timed out once" in found


@pytest.mark.parametrize("state", [State.GONE, State.PENDING, State.FORBIDDEN])
async def test_a_timeout_that_is_written_down_otherwise_is_found(
    made: HandMade, state: State
) -> None:
    await times_out(made, await offends(made), 1, state)
    assert len(made.reckoning().findings()) == 1


async def test_who_is_timed_out_for_nothing_is_found(made: HandMade) -> None:
    await times_out(made, made.stage.people[0], 1, State.DONE)
    (found,) = made.reckoning().findings()
    assert "was timed out and did nothing" in found


async def test_something_that_is_told_twice_is_found(made: HandMade) -> None:
    path = f"/channels/{made.stage.channels[0].id}/messages"
    for _ in range(2):
        assert (await made.rest("POST", path, json={"content": "a message was deleted"})).status
    assert any("Told twice" in one for one in made.reckoning().findings())


async def test_what_is_asked_for_again_under_its_nonce_is_told_once(made: HandMade) -> None:
    path = f"/channels/{made.stage.channels[0].id}/messages"
    body = {"content": "a message was deleted", "nonce": "7", "enforce_nonce": True}
    for _ in range(2):
        assert (await made.rest("POST", path, json=body)).status == 200
    assert made.reckoning().findings() == []


LINE = "2026-11-25 19:15:{:06.3f}Z ERROR   service.ledger: {}\n"
AT_19_15 = 1_795_634_100.0


@pytest.mark.parametrize(
    ("lines", "since"),
    [
        ([], None),
        ([(1, "something else")], None),
        ([(1, CANNOT_WRITE)], 1),
        ([(1, CANNOT_WRITE), (9, CANNOT_WRITE)], 1),
        ([(1, CANNOT_WRITE), (2, CAN_WRITE)], None),
        ([(1, CANNOT_WRITE), (2, CAN_WRITE), (3.5, CANNOT_WRITE)], 3.5),
    ],
)
def test_since_when_nothing_could_be_written_is_read_in_the_output(
    lines: list[tuple[float, str]], since: float | None
) -> None:
    output = "".join(LINE.format(second, text) for second, text in lines)
    period = unwritten(output, killed_at=20.0, wall_minus_monotonic=AT_19_15)
    assert (period and period.begin) == (None if since is None else pytest.approx(since))
    assert period is None or period.end == 20.0
