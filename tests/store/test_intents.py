"""The intent log: decisions and actions whole or not at all, once for each cause, until done."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from data.intents import KEPT_MS
from data.store import Store
from moderation.events import MessageSeen, NamesSeen, Part, Surface
from moderation.intents import DEADLINE_MS, Decision, Ending, OldNickname, decision_on
from moderation.matcher import Hit
from moderation.people import Membership, Person
from moderation.states import State
from moderation.verdict import (
    Action,
    DeleteMessage,
    Found,
    RenameThread,
    SetNickname,
    Verdict,
)
from tests.store.clock import DAY_MS, Clock

GUILD, OTHER, CHANNEL, ANN = 11, 12, 20, 30
NOW = Clock().now
FINISHED = (State.DONE, State.GONE, State.UNKNOWN, State.HELD, State.WITHDRAWN)
FOUND = (Found(Part(Surface.MESSAGE, "you idiot"), Hit("idiot", "main", 4, 9, "idiot", ())),)


def delete(message_id: int, guild_id: int = GUILD) -> DeleteMessage:
    return DeleteMessage(guild_id, CHANNEL, message_id, "because")


def on_message(message_id: int, *actions: Action, guild_id: int = GUILD) -> Decision:
    event = MessageSeen(guild_id, CHANNEL, message_id, Person(ANN), (FOUND[0].part,))
    wanted = actions or (delete(message_id, guild_id),)
    return decision_on(Verdict(event, found=FOUND, actions=wanted), wanted, NOW)


def on_name(nickname: str | None, at: int = NOW) -> Decision:
    event = NamesSeen(GUILD, Person(ANN, membership=Membership(nickname)))
    action = SetNickname(GUILD, ANN, None, "because")
    return decision_on(Verdict(event, found=FOUND, actions=(action,)), (action,), at)


async def number(store: Store, decision: Decision) -> int:
    """Write a decision with one action that is to be done; its number."""
    (action_id,) = (await store.intents.decided(decision)).actions
    assert action_id is not None
    return action_id


def ending(action_id: int, state: State) -> Ending:
    return Ending(GUILD, action_id, state, NOW)


def holds(path: Path, text: bytes) -> bool:
    return text in path.read_bytes()


@pytest.fixture
async def store(store: Store) -> Store:
    await store.guild_joined(GUILD)
    return store


@pytest.mark.parametrize(
    "action",
    [
        delete(1),
        SetNickname(GUILD, ANN, None, "because"),
        SetNickname(GUILD, ANN, "Member 0030", "because"),
        RenameThread(GUILD, 40, "Title removed", "because"),
    ],
)
async def test_what_is_not_done_is_given_back_as_it_was(store: Store, action: Action) -> None:
    action_id = await number(store, on_message(1, action))
    (owed,) = await store.intents.unfinished(GUILD)
    assert (owed.action_id, owed.action, owed.state) == (action_id, action, State.PENDING)
    assert owed.deadline == NOW + DEADLINE_MS
    (found,) = owed.verdict.found
    assert (found.part.surface, found.hit.entry, found.hit.list) == (
        Surface.MESSAGE,
        "idiot",
        "main",
    )


async def test_what_people_wrote_is_kept_in_the_case_alone(store: Store, path: Path) -> None:
    await store.intents.decided(on_message(1))
    await store.intents.decided(replace(on_message(2), case=None))
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        everything = "\n".join(connection.iterdump())
    assert everything.count("you idiot") == 1


async def test_one_decision_may_have_many_actions(store: Store) -> None:
    actions = [delete(1), delete(2), delete(3)]
    numbers = (await store.intents.decided(on_message(3, *actions))).actions
    assert [owed.action for owed in await store.intents.unfinished(GUILD)] == actions
    await store.intents.ended([ending(one, State.DONE) for one in numbers[:2] if one])
    assert [owed.action for owed in await store.intents.unfinished(GUILD)] == [delete(3)]


@pytest.mark.parametrize("state", [State.PENDING, State.FORBIDDEN, State.FAILED])
async def test_a_second_decision_of_one_cause_is_the_first_one_again(
    store: Store, state: State
) -> None:
    first = await number(store, on_message(1))
    await store.intents.ended([ending(first, state)])
    assert await number(store, on_message(1)) == first
    assert [owed.state for owed in await store.intents.unfinished(GUILD)] == [State.PENDING]


@pytest.mark.parametrize("state", FINISHED)
async def test_what_is_done_is_not_to_be_done_again(store: Store, state: State) -> None:
    first = await number(store, on_message(1))
    await store.intents.ended([ending(first, state)])
    assert (await store.intents.decided(on_message(1))).actions == (None,)
    assert await store.intents.unfinished(GUILD) == []


async def test_a_second_decision_may_ask_for_more(store: Store) -> None:
    first = await number(store, on_message(1))
    await store.intents.ended([ending(first, State.DONE)])
    told = (await store.intents.decided(on_message(1, delete(1), delete(2)))).actions
    assert told[0] is None
    assert [owed.action for owed in await store.intents.unfinished(GUILD)] == [delete(2)]


async def test_a_name_may_be_set_again_and_is_another_cause_then(store: Store) -> None:
    first = await number(store, on_name("idiot", NOW))
    await store.intents.ended([ending(first, State.DONE)])
    assert await number(store, on_name("idiot", NOW + 1)) != first
    assert len(await store.intents.unfinished(GUILD)) == 1


@pytest.mark.parametrize(
    ("state", "owed"),
    [(state, state in (State.PENDING, State.FORBIDDEN)) for state in State],
)
async def test_what_is_owed_is_what_is_pending_or_forbidden(
    store: Store, state: State, owed: bool
) -> None:
    await store.intents.ended([ending(await number(store, on_message(1)), state)])
    assert bool(await store.intents.unfinished(GUILD)) is owed


async def test_the_same_ids_in_two_guilds_are_two_things(store: Store) -> None:
    await store.guild_joined(OTHER)
    here = await number(store, on_message(1))
    there = await number(store, on_message(1, guild_id=OTHER))
    await store.intents.ended([Ending(OTHER, here, State.DONE, NOW)])  # not its own: no effect
    assert [one.action_id for one in await store.intents.unfinished(GUILD)] == [here]
    assert [one.action_id for one in await store.intents.unfinished(OTHER)] == [there]


async def test_a_guild_without_a_row_is_given_one(store: Store) -> None:
    await number(store, on_message(1, guild_id=OTHER))
    assert OTHER in await store.guild_ids()


async def test_old_nicknames_are_kept_for_undoing(store: Store, clock: Clock) -> None:
    await store.intents.decided(on_name("Idiot One", NOW))
    await store.intents.decided(on_name("Idiot Two", NOW + 5))
    await store.intents.decided(on_name(None, NOW + 9))
    newest_first = [OldNickname("Idiot Two", NOW + 5), OldNickname("Idiot One", NOW)]
    assert await store.intents.old_nicknames(GUILD, ANN) == newest_first
    assert await store.intents.old_nicknames(OTHER, ANN) == []
    clock.now = NOW + KEPT_MS + 3
    await store.erase_departed()
    assert await store.intents.old_nicknames(GUILD, ANN) == newest_first[:1]


@pytest.mark.parametrize("state", State)
async def test_decisions_are_kept_for_thirty_days(store: Store, clock: Clock, state: State) -> None:
    without_case = replace(on_message(1), case=None)
    await store.intents.ended([ending(await number(store, without_case), state)])
    clock.now = NOW + KEPT_MS
    await store.erase_departed()
    again = (await store.intents.decided(without_case)).actions
    assert (again == (None,)) is (state in FINISHED), "it is still known"
    clock.now += DAY_MS
    await store.erase_departed()
    assert await store.intents.unfinished(GUILD) == []
    await number(store, without_case)


async def test_the_decision_of_a_case_is_kept_with_it(store: Store, clock: Clock) -> None:
    await store.intents.ended([ending(await number(store, on_message(1)), State.DONE)])
    clock.now = NOW + KEPT_MS + DAY_MS
    await store.erase_departed()
    assert (await store.intents.decided(on_message(1))).actions == (None,)


async def test_everything_goes_with_its_guild(store: Store, clock: Clock, path: Path) -> None:
    await store.intents.decided(on_message(1))
    await store.intents.decided(on_name("Unmistakable Idiot"))
    await store._writer.checkpoint()
    assert holds(path, b"Unmistakable")
    await store.guild_left(GUILD)
    clock.now += 31 * DAY_MS
    assert await store.erase_departed() == [GUILD]
    assert await store.intents.unfinished(GUILD) == []
    assert not holds(path, b"Unmistakable")


async def test_half_a_surrogate_pair_is_no_reason_to_fail(store: Store) -> None:
    half = replace(delete(1), reason="an \ud800 entry")
    action_id = await number(store, on_message(1, half))
    await store.intents.decided(on_name("\udfff"))
    await store.intents.ended([Ending(GUILD, action_id, State.FORBIDDEN, NOW, 1, "no \ud800")])
    assert len(await store.intents.unfinished(GUILD)) == 2


async def test_many_decisions_at_once(store: Store) -> None:
    told = await asyncio.gather(*(store.intents.decided(on_message(one)) for one in range(1, 301)))
    assert len({one.actions for one in told}) == 300
    assert len(await store.intents.unfinished(GUILD)) == 300


async def test_what_was_withdrawn_is_done_only_if_discord_has_done_it(store: Store) -> None:
    action_id = await number(store, on_message(1))
    await store.intents.ended([ending(action_id, State.WITHDRAWN)])
    await store.intents.ended([ending(action_id, State.FORBIDDEN)])
    assert await store.intents.unfinished(GUILD) == []
    assert (await store.intents.decided(on_message(1))).actions == (None,), "nor again"


async def test_what_is_done_stays_done(store: Store) -> None:
    """Two decisions of one message, or an answer that comes late, may end the same action twice."""
    action_id = await number(store, on_message(1))
    await store.intents.ended([ending(action_id, State.DONE)])
    await store.intents.ended([ending(action_id, State.FAILED)])
    assert (await store.intents.decided(on_message(1))).actions == (None,), "it is done"
