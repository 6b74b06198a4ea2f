"""What is done to members by moderators, after the brake, and when a case is undone or over."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from data.store import Store
from moderation.cases import CaseKind, HandMade
from moderation.consequence import BAN, LOG, Consequence, Step
from moderation.escalation import BRAKE
from moderation.intents import DEADLINE_MS, Ending, Over, Owed
from moderation.people import Person
from moderation.records import Actor
from moderation.states import State
from moderation.verdict import Action, Ban, EndTimeout, TimeOut, Unban
from tests.store.clock import DAY_MS
from tests.store.test_case_rows import (
    ANN,
    BOB,
    GUILD,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    cases,
    decided,
    on,
    undo,
)

MOD = Actor(7, "mo")
HOUR_MS = 60 * MINUTE
BAN_HOUR = Consequence(Step.BAN, HOUR_MS)
LATER = NOW + HOUR_MS


@pytest.fixture
async def store(store: Store) -> Store:
    await store.guild_joined(GUILD)
    await store.guild_joined(OTHER)
    return store


def by_hand(kind: CaseKind, consequence: Consequence, at: int = NOW) -> HandMade:
    until = None if consequence.ms is None else at + consequence.ms
    return HandMade(kind, ANN, "ann", MOD, "rude", consequence, at, expires_at=until)


async def punish(store: Store, message_id: int, consequence: Consequence, at: int = NOW) -> Owed:
    """A case with a sanction that was carried out."""
    (recorded,) = await decided(store, on(message_id, consequence, at))
    (owed,) = recorded.sanctions
    await end(store, owed)
    return owed


async def end(store: Store, owed: Owed, state: State = State.DONE) -> None:
    await store.intents.ended([Ending(GUILD, owed.action_id, state, NOW)])


def actions(owed: Sequence[Owed]) -> list[Action]:
    return [one.action for one in owed]


# By moderators


async def test_a_moderator_s_action_has_a_case_of_its_own(store: Store, path: Path) -> None:
    action = TimeOut(GUILD, ANN, LATER, "rude")
    owed = await store.sanctions.by_hand(GUILD, by_hand(CaseKind.TIMEOUT, HOUR), action)
    assert owed is not None
    assert (owed.action, owed.state, owed.case_number) == (action, State.PENDING, 1)
    assert owed.deadline == NOW + DEADLINE_MS
    (case,) = cases(path)
    assert (case["kind"], case["by_id"], case["by_name"]) == ("timeout", 7, "mo")
    assert (case["counts"], case["strikes"], case["expires_at"]) == (0, 0, LATER)
    assert await store.intents.unfinished(GUILD) == [owed]


async def test_what_two_ask_for_with_one_cause_is_done_once(store: Store, path: Path) -> None:
    new = replace(by_hand(CaseKind.BAN, BAN), cause="button:1:ban")
    told = await asyncio.gather(
        *(store.sanctions.by_hand(GUILD, new, Ban(GUILD, ANN, None, "x")) for _ in range(2))
    )
    assert [one is not None for one in told] == [True, False]
    assert len(cases(path)) == 1


async def test_moderators_are_not_braked_nor_counted(store: Store) -> None:
    for _ in range(BRAKE + 2):
        new = by_hand(CaseKind.BAN, BAN)
        owed = await store.sanctions.by_hand(GUILD, new, Ban(GUILD, ANN, None, "x"))
        assert owed is not None
        assert owed.state is State.PENDING
    (recorded,) = await decided(store, on(1, BAN))
    assert (recorded.sanctions[0].state, recorded.strikes) == (State.PENDING, 1)


@pytest.mark.parametrize(
    ("consequence", "kind", "action"),
    [
        (BAN_HOUR, CaseKind.UNBAN, Unban(GUILD, ANN, "x")),
        (HOUR, CaseKind.TIMEOUT_ENDED, EndTimeout(GUILD, ANN, "x")),
    ],
)
async def test_what_a_moderator_ends_is_over(
    store: Store, path: Path, consequence: Consequence, kind: CaseKind, action: Unban
) -> None:
    await punish(store, 1, consequence)
    await store.sanctions.by_hand(GUILD, by_hand(kind, LOG), action)
    assert [case["state"] for case in cases(path)] == ["expired", "open"]
    assert (await store.sanctions.expire(LATER)).unbans == ()


# Wanted


@pytest.mark.parametrize("state", State)
async def test_what_was_withdrawn_or_is_held_is_not_to_be_carried_out(
    store: Store, state: State
) -> None:
    (recorded,) = await decided(store, on(1, BAN))
    await end(store, recorded.sanctions[0], state)
    wanted = await store.sanctions.wanted(GUILD, recorded.sanctions[0].action_id)
    assert wanted is (state not in (State.WITHDRAWN, State.HELD))
    assert not await store.sanctions.wanted(OTHER, recorded.sanctions[0].action_id)


# The brake


async def brake(store: Store, consequence: Consequence) -> int:
    """The number of a case that is held back."""
    raid = [on(one, consequence, NOW, person=Person(1000 + one)) for one in range(1, BRAKE + 2)]
    number = (await decided(store, *raid))[-1].case_number
    assert number is not None
    return number


@pytest.mark.parametrize("consequence", [HOUR, BAN_HOUR, BAN])
async def test_what_is_released_is_done_from_then_on(
    store: Store, path: Path, consequence: Consequence
) -> None:
    number = await brake(store, consequence)
    assert cases(path)[-1]["expires_at"] is None
    over = (await store.sanctions.expire(NOW + DAY_MS)).unbans
    assert number not in [one.case_number for one in over], "nobody was banned yet"
    (owed,) = await store.sanctions.release(GUILD, number, NOW + DAY_MS)
    assert isinstance(owed.action, TimeOut | Ban)
    until = None if consequence.ms is None else NOW + DAY_MS + HOUR_MS
    assert (owed.action.until, owed.state) == (until, State.PENDING)
    assert owed.deadline == NOW + DAY_MS + DEADLINE_MS
    assert (cases(path)[-1]["expires_at"], cases(path)[-1]["state"]) == (until, "open")


async def test_it_is_released_once(store: Store) -> None:
    number = await brake(store, BAN)
    told = await asyncio.gather(*(store.sanctions.release(GUILD, number, NOW) for _ in range(2)))
    assert sorted(map(len, told)) == [0, 1]
    assert await store.sanctions.release(GUILD, 1, NOW) == []
    assert await store.sanctions.release(OTHER, number, NOW) == []


# Undone


@pytest.mark.parametrize(
    ("consequence", "lifting"), [(HOUR, EndTimeout), (BAN, Unban), (BAN_HOUR, Unban)]
)
async def test_what_an_undone_case_left_standing_is_lifted_once(
    store: Store, path: Path, consequence: Consequence, lifting: type[Action]
) -> None:
    await punish(store, 1, consequence)
    assert await store.sanctions.lift(GUILD, NOW) == [], "the case stands"
    undo(path, 1)
    (owed,) = await store.sanctions.lift(GUILD, NOW)
    assert isinstance(owed.action, lifting)
    assert (owed.state, owed.case_number) == (State.PENDING, 1)
    assert await store.sanctions.lift(GUILD, NOW) == []


@pytest.mark.parametrize("state", [State.PENDING, State.FAILED, State.WITHDRAWN, State.HELD])
async def test_what_was_not_done_is_not_lifted(store: Store, path: Path, state: State) -> None:
    (recorded,) = await decided(store, on(1, HOUR))
    await end(store, recorded.sanctions[0], state)
    undo(path, 1)
    assert await store.sanctions.lift(GUILD, NOW) == []


async def test_a_timeout_that_is_over_is_not_lifted(store: Store, path: Path) -> None:
    await punish(store, 1, HOUR)
    undo(path, 1)
    assert await store.sanctions.lift(GUILD, LATER) == []


async def test_what_another_open_case_asks_for_stays_until_that_is_undone_too(
    store: Store, path: Path
) -> None:
    await punish(store, 1, HOUR)
    await decided(store, on(2, HOUR, NOW + 1000))  # the same strike: nothing more is done
    undo(path, 1)
    assert await store.sanctions.lift(GUILD, NOW) == []
    undo(path, 2)
    assert actions(await store.sanctions.lift(GUILD, NOW)) == [
        EndTimeout(GUILD, ANN, "Case #1 was undone")
    ]


async def test_a_moderator_s_ban_is_not_lifted_with_one_of_ours(store: Store, path: Path) -> None:
    await punish(store, 1, BAN)
    new = by_hand(CaseKind.BAN, BAN)
    assert await store.sanctions.by_hand(GUILD, new, Ban(GUILD, ANN, None, "x"))
    undo(path, 1)
    assert await store.sanctions.lift(GUILD, NOW) == []


# Over


async def test_a_ban_for_a_time_is_ended_once_at_its_time(store: Store, path: Path) -> None:
    await punish(store, 1, BAN_HOUR)
    assert await store.sanctions.next_end() == LATER
    assert (await store.sanctions.expire(LATER - 1)).unbans == ()
    (owed,) = (await store.sanctions.expire(LATER)).unbans
    assert isinstance(owed.action, Unban)
    assert (owed.case_number, cases(path)[0]["state"]) == (1, "expired")
    assert (await store.sanctions.expire(LATER)).unbans == ()
    assert await store.sanctions.next_end() is None
    assert await store.intents.unfinished(GUILD) != [], "it is found again after a kill"


async def test_a_timeout_ends_by_itself(store: Store, path: Path) -> None:
    await punish(store, 1, HOUR)
    assert await store.sanctions.next_end() == LATER
    assert await store.sanctions.expire(LATER) == Over(((GUILD, 1),), ())
    assert await store.sanctions.expire(LATER) == Over((), ())
    assert cases(path)[0]["state"] == "expired"


async def test_a_ban_for_good_has_no_end(store: Store) -> None:
    await punish(store, 1, BAN)
    assert await store.sanctions.next_end() is None


async def test_who_is_banned_for_another_case_as_well_stays_banned(
    store: Store, path: Path
) -> None:
    await punish(store, 1, BAN_HOUR)
    await punish(store, 2, BAN, NOW + 2 * MINUTE)
    assert (await store.sanctions.expire(LATER)).unbans == ()
    assert [case["state"] for case in cases(path)] == ["expired", "open"]


async def test_of_two_bans_the_later_end_counts(store: Store) -> None:
    await punish(store, 1, BAN_HOUR)
    await punish(store, 2, BAN_HOUR, NOW + 2 * MINUTE)
    assert (await store.sanctions.expire(LATER)).unbans == ()
    assert await store.sanctions.next_end() == LATER + 2 * MINUTE
    assert len((await store.sanctions.expire(LATER + 2 * MINUTE)).unbans) == 1


async def test_where_the_bot_is_no_more_nothing_ends(store: Store) -> None:
    await punish(store, 1, BAN_HOUR)
    await store.guild_left(GUILD)
    assert await store.sanctions.next_end() is None
    assert (await store.sanctions.expire(LATER)).unbans == ()
    await store.guild_joined(GUILD)
    assert len((await store.sanctions.expire(LATER)).unbans) == 1


async def test_a_ban_that_did_not_happen_is_not_ended(store: Store) -> None:
    (recorded,) = await decided(store, on(1, BAN_HOUR, person=Person(BOB)))
    await end(store, recorded.sanctions[0], State.FAILED)
    assert (await store.sanctions.expire(LATER)).unbans == ()
