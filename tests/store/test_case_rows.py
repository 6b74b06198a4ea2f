"""A decision makes its case and what the member is owed for it, in one transaction and once."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.case_rows import hits_from, hits_json
from data.store import Store
from data.strikes import FEW
from moderation.cases import CaseHit
from moderation.consequence import BAN, DELETE, KICK, LOG, WARN, Consequence, Step
from moderation.escalation import BRAKE
from moderation.events import MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.intents import Decision, Ending, Recorded, decision_on
from moderation.matcher import Hit
from moderation.people import Kind, Membership, Person
from moderation.policy import NO_LADDER, GuildPolicy, Ladder, Rung
from moderation.states import State
from moderation.verdict import Ban, DeleteMessage, Found, Kick, Sanction, TimeOut, Verdict
from tests.store.clock import Clock

GUILD, OTHER, CHANNEL, ANN, BOB = 11, 12, 20, 30, 31
NOW = Clock().now
MINUTE = 60_000
HOUR = Consequence(Step.TIMEOUT, 60 * MINUTE)
DAY = Consequence(Step.TIMEOUT, 24 * 60 * MINUTE)
PART = Part(Surface.MESSAGE, "you idiot")
WHY = "Banned in message: idiot (list main)"


def found(consequence: Consequence = DELETE, *, shadow: bool = False) -> Found:
    return Found(PART, Hit("idiot", "main", 4, 9, "idiot", ("leet",)), consequence, shadow, "rude")


def on(
    message_id: int,
    consequence: Consequence = DELETE,
    at: int = NOW,
    *,
    person: Person | None = None,
    guild_id: int = GUILD,
    ladder: Ladder = NO_LADDER,
    catch_up: str | None = None,
) -> Decision:
    author = person or Person(ANN, username="ann")
    event = MessageSeen(guild_id, CHANNEL, message_id, author, (PART,), catch_up=catch_up)
    shadow = consequence is LOG
    actions = () if shadow else (DeleteMessage(guild_id, CHANNEL, message_id, WHY),)
    hits = (found(consequence, shadow=shadow),)
    policy = GuildPolicy(ladder=ladder)
    verdict = Verdict(event, found=hits, actions=actions, consequence=consequence, policy=policy)
    return decision_on(verdict, actions, at)


def cases(path: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM cases ORDER BY guild_id, number").fetchall()
    return [dict(row) for row in rows]


def undo(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE cases SET state = 'undone' WHERE number = ?", (number,))


@pytest.fixture
async def store(store: Store) -> Store:
    await store.guild_joined(GUILD)
    await store.guild_joined(OTHER)
    return store


async def decided(store: Store, *decisions: Decision) -> list[Recorded]:
    return [await store.intents.decided(one) for one in decisions]


def sanction(recorded: Recorded) -> Sanction | None:
    """What the member is owed, which is one thing at most."""
    assert len(recorded.sanctions) <= 1
    for owed in recorded.sanctions:
        assert isinstance(owed.action, TimeOut | Kick | Ban)
        return owed.action
    return None


async def test_a_decision_makes_its_case(store: Store, path: Path) -> None:
    decision = on(5, WARN)
    assert decision.case is not None
    case = replace(decision.case, attachments=("https://cdn.example/a.png",), more=2)
    (recorded,) = await decided(store, replace(decision, case=case))
    assert (recorded.case_number, recorded.consequence, recorded.strikes) == (1, WARN, 1)
    assert recorded.sanctions == ()
    (row,) = cases(path)
    assert hits_from(row.pop("hits")) == (
        CaseHit("main", "idiot", Surface.MESSAGE, 4, 9, ("leet",), WARN, reason="rude"),
    )
    assert row == {
        "guild_id": GUILD,
        "number": 1,
        "cause": "message:5",
        "at": NOW,
        "kind": "violation",
        "state": "open",
        "user_id": ANN,
        "user_name": "ann",
        "by_id": 0,
        "by_name": "",
        "reason": "rude",
        "step": 2,
        "ms": None,
        "counts": 1,
        "catch_up": None,
        "strikes": 1,
        "surface": "message",
        "channel_id": CHANNEL,
        "message_id": 5,
        "list": "main",
        "entry": "idiot",
        "text": "you idiot",
        "more": 2,
        "attachments": '["https://cdn.example/a.png"]',
        "expires_at": None,
        "undone_by": None,
        "undone_name": None,
        "changed_at": NOW,
        "erased": 0,
    }


@pytest.mark.parametrize(
    ("consequence", "action", "until"),
    [
        (HOUR, TimeOut(GUILD, ANN, NOW + 60 * MINUTE, f"Case #1: {WHY}"), NOW + 60 * MINUTE),
        (KICK, Kick(GUILD, ANN, f"Case #1: {WHY}"), None),
        (BAN, Ban(GUILD, ANN, None, f"Case #1: {WHY}"), None),
        (
            Consequence(Step.BAN, 60 * MINUTE),
            Ban(GUILD, ANN, NOW + 60 * MINUTE, f"Case #1: {WHY}"),
            NOW + 60 * MINUTE,
        ),
    ],
)
async def test_what_the_member_is_owed_is_written_with_it(
    store: Store, path: Path, consequence: Consequence, action: Sanction, until: int | None
) -> None:
    (recorded,) = await decided(store, on(5, consequence))
    assert sanction(recorded) == action
    assert cases(path)[0]["expires_at"] == until
    # And is found again after a kill.
    deletion, owed = await store.intents.unfinished(GUILD)
    assert (deletion.case_number, owed) == (1, recorded.sanctions[0])


async def test_a_decision_that_was_erased_and_comes_again_has_no_part_in_the_case_of_its_cause(
    store: Store, path: Path
) -> None:
    (first,) = await decided(store, on(1, HOUR))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")  # its actions go with it
        connection.execute("DELETE FROM decisions")
    (again,) = await decided(store, on(1, HOUR))
    assert len(again.actions) == len(first.actions)
    assert (again.case_number, again.sanctions) == (None, ())
    assert len(cases(path)) == 1
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT case_number FROM decisions").fetchall()
    assert rows == [(None,)]


async def test_a_second_decision_of_one_cause_makes_no_second_case_or_sanction(
    store: Store, path: Path
) -> None:
    first, second = await decided(store, on(5, BAN), on(5, BAN, NOW + 99_000))
    assert sanction(first) is not None
    assert (second.case_number, second.sanctions) == (None, ())
    assert len(cases(path)) == 1
    assert len(await store.intents.unfinished(GUILD)) == 2


async def test_cases_are_numbered_in_each_guild_without_gaps(store: Store, path: Path) -> None:
    decisions = [on(one, guild_id=GUILD if one % 3 else OTHER) for one in range(1, 61)]
    await asyncio.gather(*(store.intents.decided(one) for one in [*decisions, *decisions]))
    numbers = [(row["guild_id"], row["number"]) for row in cases(path)]
    assert numbers == [(GUILD, one) for one in range(1, 41)] + [
        (OTHER, one) for one in range(1, 21)
    ]


async def test_strikes_are_counted_in_the_same_transaction(store: Store) -> None:
    """All at once, so that two decisions could each take themselves for the second strike."""
    ladder = Ladder((Rung(3, HOUR), Rung(5, DAY)))
    many = [on(one, at=NOW + one * 2 * MINUTE, ladder=ladder) for one in range(1, 7)]
    told = await asyncio.gather(*(store.intents.decided(one) for one in many))
    assert [one.strikes for one in told] == [1, 2, 3, 4, 5, 6]
    assert [one.consequence for one in told] == [DELETE, DELETE, HOUR, HOUR, DAY, DAY]


async def test_a_burst_is_one_strike_and_punished_once(store: Store) -> None:
    told = await decided(store, *(on(one, HOUR, NOW + one * 1000) for one in range(1, 60)))
    assert {one.strikes for one in told} == {1}
    assert [sanction(one) is not None for one in told] == [True, *[False] * 58]
    worse, milder = await decided(store, on(98, DAY, NOW + 3000), on(99, HOUR, NOW + 4000))
    assert sanction(worse) is not None
    assert sanction(milder) is None


async def test_a_long_past_is_counted_like_a_short_one(store: Store) -> None:
    """A raid by one member: more rows than are read one by one."""
    ladder = Ladder((Rung(2, DAY),))
    burst = [on(one, HOUR, NOW + one * 100) for one in range(FEW + 50)]
    await asyncio.gather(*(store.intents.decided(one) for one in burst))
    same, second = await decided(
        store, on(998, HOUR, NOW + 50_000), on(999, HOUR, NOW + 61_000, ladder=ladder)
    )
    assert (same.strikes, sanction(same)) == (1, None)
    assert (second.strikes, second.consequence) == (2, DAY)


async def test_a_reading_of_the_history_is_one_strike(store: Store) -> None:
    told = await decided(
        store, *(on(one, HOUR, NOW + one * 5 * MINUTE, catch_up="a") for one in range(1, 4))
    )
    assert [(one.strikes, sanction(one) is not None) for one in told] == [
        (1, True),
        (1, False),
        (1, False),
    ]


async def test_undone_cases_are_no_strikes(store: Store, path: Path) -> None:
    ladder = Ladder((Rung(3, HOUR),))
    await decided(store, on(1), on(2, at=NOW + 2 * MINUTE))
    undo(path, 1)
    (third,) = await decided(store, on(3, at=NOW + 4 * MINUTE, ladder=ladder))
    assert (third.strikes, third.consequence) == (2, DELETE)


@pytest.mark.parametrize(
    "other",
    [
        on(1, guild_id=OTHER),
        on(1, person=Person(BOB)),
        on(1, LOG),
        on(1, at=NOW - 7 * 24 * 60 * MINUTE - 1),
    ],
    ids=["another guild", "another member", "shadow", "too long ago"],
)
async def test_what_is_no_strike_of_a_member(store: Store, other: Decision) -> None:
    told = await decided(store, other, on(2, at=NOW + 2 * MINUTE))
    assert told[-1].strikes == 1


async def test_a_list_in_the_shadow_makes_a_case_and_nothing_else(store: Store, path: Path) -> None:
    (recorded,) = await decided(store, on(5, LOG))
    assert recorded == Recorded((), 1, LOG, 0)
    assert (cases(path)[0]["counts"], cases(path)[0]["strikes"]) == (0, 0)
    (again, worse) = await decided(store, on(5, LOG), on(5, BAN))
    assert again.case_number is None
    assert worse.case_number == 2, "edited into something that is not in the shadow"
    assert sanction(worse) is not None


@pytest.mark.parametrize(
    "person", [Person(BOB, Kind.WEBHOOK), Person(BOB, Kind.APPLICATION), Person(0, Kind.UNKNOWN)]
)
async def test_where_there_is_nobody_to_punish_it_is_deleted_alone(
    store: Store, path: Path, person: Person
) -> None:
    (recorded,) = await decided(store, on(5, BAN, person=person))
    assert (recorded.consequence, recorded.strikes, recorded.sanctions) == (DELETE, 0, ())
    assert cases(path)[0]["user_id"] == (person.user_id or None)


async def test_a_title_belongs_to_nobody(store: Store, path: Path) -> None:
    event = ThreadSeen(GUILD, 40, "Idiots")
    verdict = Verdict(event, found=(found(BAN),), consequence=BAN)
    (recorded,) = await decided(store, decision_on(verdict, (), NOW))
    assert (recorded.case_number, recorded.sanctions) == (1, ())
    assert cases(path)[0]["user_id"] is None


async def test_a_name_that_stays_is_told_of_once(store: Store, path: Path) -> None:
    event = NamesSeen(GUILD, Person(ANN, server_tag="IDIO", membership=Membership("ann")))
    verdict = Verdict(event, found=(found(),))
    await decided(store, decision_on(verdict, (), NOW), decision_on(verdict, (), NOW + 9999))
    assert len(cases(path)) == 1
    assert await store.intents.old_nicknames(GUILD, ANN) == []


async def test_a_longer_timeout_is_not_cut_short(store: Store) -> None:
    (_, shorter, longer) = await decided(
        store, on(1, DAY), on(2, HOUR, NOW + 2 * MINUTE), on(3, DAY, NOW + 4 * MINUTE)
    )
    assert isinstance(action := sanction(shorter), TimeOut)
    assert action.until == NOW + 24 * 60 * MINUTE
    assert isinstance(action := sanction(longer), TimeOut)
    assert action.until == NOW + (24 * 60 + 4) * MINUTE


async def test_past_twenty_a_minute_the_brake_holds_what_comes(store: Store) -> None:
    people = [Person(1000 + one) for one in range(BRAKE + 5)]
    raid = [on(one, BAN, NOW + one, person=person) for one, person in enumerate(people, 1)]
    told = await decided(store, *raid)
    states = [one.sanctions[0].state for one in told]
    assert states == [State.PENDING] * BRAKE + [State.HELD] * 5
    owed = [one.action for one in await store.intents.unfinished(GUILD)]
    assert sum(isinstance(action, DeleteMessage) for action in owed) == BRAKE + 5
    assert sum(isinstance(action, Ban) for action in owed) == BRAKE
    (elsewhere,) = await decided(store, on(900, BAN, NOW + 50, guild_id=OTHER))
    assert elsewhere.sanctions[0].state is State.PENDING
    (later,) = await decided(store, on(901, BAN, NOW + 2 * MINUTE))
    assert later.sanctions[0].state is State.PENDING


async def test_the_mod_log_is_told_of_an_outcome(store: Store, path: Path) -> None:
    (recorded,) = await decided(store, on(5, BAN))
    owed = recorded.sanctions[0]
    await store.intents.ended([Ending(GUILD, owed.action_id, State.DONE, NOW + 500)])
    assert cases(path)[0]["changed_at"] == NOW + 500


async def test_half_a_surrogate_pair_moves_no_mark(store: Store, path: Path) -> None:
    decision = on(5)
    assert decision.case is not None
    case = replace(decision.case, text="\ud83d idiot", user_name="\ud83d")
    await decided(store, replace(decision, case=case))
    assert (cases(path)[0]["text"], cases(path)[0]["user_name"]) == ("? idiot", "?")


def test_hits_come_back_as_they_were() -> None:
    hits = (
        CaseHit("main", "a", Surface.EMBED, 0, 0, (), BAN, shadow=True),
        CaseHit("x", "b", Surface.SPLIT, 3, 4, ("spaces", "leet"), HOUR, reason="because"),
    )
    assert hits_from(hits_json(hits)) == hits
