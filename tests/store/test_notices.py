"""Notices are written before they are given, once for a strike, until their end is known."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import aiosqlite
import pytest

from data.store import Store
from moderation.consequence import BAN, DELETE, KICK, WARN, Consequence, Step
from moderation.notice_records import NewNotice, NoticeEnding, OwedNotice, StandingReply
from moderation.occasions import Occasion
from moderation.policy import NoticeBy
from moderation.records import Actor
from moderation.states import State
from tests.store.clock import Clock

GUILD, OTHER, CHANNEL, ANN, BOB = 11, 12, 20, 30, 31
NOW = Clock().now
WARNED = Occasion(GUILD, ANN, 1, WARN)
NEW = NewNotice(NoticeBy.DM, "Hello", "n1", NOW)
HOUR = Consequence(Step.TIMEOUT, 3_600_000)
MO = Actor(7, "mo")


async def a_case(
    store: Store,
    number: int,
    *,
    guild_id: int = GUILD,
    user_id: int = ANN,
    at: int = NOW,
    consequence: Consequence = WARN,
    kind: str = "violation",
    catch_up: str | None = None,
) -> None:
    """Put a case and its decision on record, as the pipeline does."""

    async def work(connection: aiosqlite.Connection) -> None:
        await connection.execute(
            "INSERT INTO cases (guild_id, number, at, kind, user_id, by_id, step, ms, counts,"
            " catch_up, changed_at) VALUES (?, ?, ?, ?, ?, 0, ?, ?, 1, ?, ?)",
            (
                guild_id,
                number,
                at,
                kind,
                user_id,
                consequence.step.value,
                consequence.ms,
                catch_up,
                at,
            ),
        )
        await connection.execute(
            "INSERT INTO decisions (guild_id, cause, at, user_id, surface, list, entry,"
            " case_number) VALUES (?, ?, ?, ?, 'message', 'main', 'idiot', ?)",
            (guild_id, f"message:{number}", at, user_id, number),
        )

    await store._writer.run(work)


async def rows(store: Store, sql: str) -> list[Sequence[object]]:
    async with store._reader.snapshot() as connection:
        return [tuple(row) for row in await connection.execute_fetchall(sql)]


@pytest.fixture
async def store(store: Store) -> Store:
    await store.guild_joined(GUILD)
    await store.guild_joined(OTHER)
    return store


async def test_a_notice_is_kept_until_its_end_is_known(store: Store) -> None:
    await a_case(store, 1)
    owed = await store.notices.plan(WARNED, None, NEW)
    assert owed is not None
    assert await store.notices.unfinished(GUILD) == [owed]
    assert await store.notices.unfinished(OTHER) == []
    assert await store.notices.left() == {GUILD}
    assert await store.intents.unfinished(GUILD) == [], "it is nobody else's to carry out"
    await store.notices.ended(NoticeEnding(owed, State.FAILED, NOW + 5, 2, "they take none"))
    assert await store.notices.unfinished(GUILD) == []
    assert await rows(store, "SELECT kind, state, attempts, detail, ended_at FROM actions") == [
        ("notice", "failed", 2, "they take none", NOW + 5)
    ]
    assert await rows(store, "SELECT changed_at FROM cases") == [(NOW + 5,)]
    await store.notices.ended(NoticeEnding(owed, State.DONE, NOW + 6))
    assert await rows(store, "SELECT state FROM actions") == [("failed",)]


async def test_what_was_told_while_its_case_was_undone_was_told(store: Store) -> None:
    for number, ended in enumerate((State.DONE, State.FAILED), 1):
        await a_case(store, number, user_id=ANN + number)
        who = replace(WARNED, number=number, user_id=ANN + number)
        owed = await store.notices.plan(who, None, replace(NEW, nonce=f"n{number}"))
        assert owed is not None
        undone = await store.cases.undo_case(GUILD, number, by=MO)
        assert undone is not None
        assert undone.withdrawn == 0, "nothing is missing that would have been done"
        await store.notices.ended(NoticeEnding(owed, ended, NOW + 5))
    assert await rows(store, "SELECT state FROM actions ORDER BY action_id") == [
        ("done",),
        ("withdrawn",),
    ]


async def test_a_case_shows_as_changed_even_within_its_millisecond(store: Store) -> None:
    await a_case(store, 1)
    owed = await store.notices.plan(WARNED, None, NEW)
    assert owed is not None
    await store.notices.ended(NoticeEnding(owed, State.DONE, NOW))
    assert await rows(store, "SELECT changed_at FROM cases") == [(NOW + 1,)]


async def test_an_unknown_case_is_not_told_of(store: Store) -> None:
    await a_case(store, 1, guild_id=OTHER)
    assert await store.notices.plan(WARNED, None, NEW) is None


@pytest.mark.parametrize(
    ("first", "second", "after_ms", "told"),
    [
        (WARN, WARN, 0, False),
        (WARN, WARN, 59_999, False),
        (WARN, WARN, 60_000, True),
        (WARN, DELETE, 10, False),
        (DELETE, WARN, 10, True),
        (WARN, HOUR, 10, True),
        (HOUR, HOUR, 10, False),
        (HOUR, KICK, 10, True),
        (BAN, KICK, 10, False),
    ],
)
async def test_a_strike_is_told_once_but_for_something_stronger(
    store: Store, first: Consequence, second: Consequence, after_ms: int, told: bool
) -> None:
    await a_case(store, 1, consequence=first)
    await a_case(store, 2, consequence=second, at=NOW + after_ms)
    assert await store.notices.plan(replace(WARNED, consequence=first), None, NEW) is not None
    occasion = replace(WARNED, number=2, consequence=second)
    planned = await store.notices.plan(occasion, None, replace(NEW, at=NOW + after_ms))
    assert (planned is not None) is told


async def test_what_one_reading_of_the_history_found_is_one_strike(store: Store) -> None:
    later = NOW + 600_000
    for number, at, catch_up in ((1, NOW, "a"), (2, later, "a"), (3, later + 600_000, "b")):
        await a_case(store, number, at=at, catch_up=catch_up)
    told = []
    for number, at, catch_up in ((1, NOW, "a"), (2, later, "a"), (3, later + 600_000, "b")):
        occasion = replace(WARNED, number=number, catch_up=catch_up)
        told.append(await store.notices.plan(occasion, None, replace(NEW, at=at)) is not None)
    assert told == [True, False, True]


async def test_others_and_other_guilds_are_told_on_their_own(store: Store) -> None:
    await a_case(store, 1)
    await a_case(store, 2, user_id=BOB)
    await a_case(store, 1, guild_id=OTHER)
    for occasion in (
        WARNED,
        replace(WARNED, number=2, user_id=BOB),
        replace(WARNED, guild_id=OTHER),
    ):
        assert await store.notices.plan(occasion, None, NEW) is not None


async def test_a_reply_stands_until_it_is_removed(store: Store, path: Path, clock: Clock) -> None:
    await a_case(store, 1)
    owed = await store.notices.plan(WARNED, CHANNEL, replace(NEW, by=NoticeBy.REPLY))
    assert owed == OwedNotice(
        GUILD, 1, 1, ANN, CHANNEL, NewNotice(NoticeBy.REPLY, "Hello", "n1", NOW)
    )
    reply = StandingReply(GUILD, CHANNEL, 99, NOW + 10_000)
    await store.notices.ended(NoticeEnding(owed, State.DONE, NOW, reply=reply))
    assert await store.notices.replies(GUILD) == [reply]
    assert await store.notices.replies(OTHER) == []
    assert await store.notices.left() == {GUILD}
    await store.notices.removed(OTHER, 99)
    assert await store.notices.replies(GUILD) == [reply]
    await store.notices.removed(GUILD, 99)
    assert await store.notices.replies(GUILD) == []
    assert await store.notices.left() == frozenset()


async def test_half_a_character_does_not_stop_a_notice(store: Store) -> None:
    await a_case(store, 1)
    assert await store.notices.plan(WARNED, None, replace(NEW, text="half \ud83d")) is not None
    ((argument,),) = await rows(store, "SELECT argument FROM actions")
    assert json.loads(str(argument))["text"] == "half ?"


# The audit log


async def test_what_was_seen_never_goes_back(store: Store) -> None:
    assert await store.hand_made.seen(GUILD) is None
    await store.hand_made.saw(GUILD, 100)
    await store.hand_made.saw(GUILD, 90)
    await store.hand_made.saw(14, 7)
    assert await store.hand_made.seen(GUILD) == 100
    assert await store.hand_made.seen(OTHER) is None
    assert await store.hand_made.seen(14) == 7


async def test_a_running_ban_is_over_when_somebody_unbans(store: Store) -> None:
    await a_case(store, 1, consequence=BAN)
    await a_case(store, 2, consequence=Consequence(Step.BAN, 86_400_000), kind="ban")
    await a_case(store, 3, consequence=HOUR)
    await a_case(store, 4, consequence=BAN, user_id=BOB)
    await a_case(store, 5, consequence=BAN, at=NOW + 100)
    await a_case(store, 1, consequence=BAN, guild_id=OTHER)

    async def close() -> list[int]:
        return await store.hand_made.close_running(
            GUILD, ANN, Step.BAN, before=NOW + 50, by=MO, note="Unbanned by hand."
        )

    assert await close() == [1, 2]
    assert await close() == [], "once"
    assert await rows(
        store, "SELECT guild_id, number FROM cases WHERE state <> 'open' AND changed_at > at"
    ) == [(GUILD, 1), (GUILD, 2)]
    assert await rows(store, "SELECT number, by_id, by_name, text FROM case_notes") == [
        (1, 7, "mo", "Unbanned by hand."),
        (2, 7, "mo", "Unbanned by hand."),
    ]


async def test_all_of_it_goes_with_the_guild(store: Store, clock: Clock) -> None:
    await a_case(store, 1)
    owed = await store.notices.plan(WARNED, CHANNEL, NEW)
    assert owed is not None
    reply = StandingReply(GUILD, CHANNEL, 99, NOW)
    await store.notices.ended(NoticeEnding(owed, State.DONE, NOW, reply=reply))
    await store.hand_made.saw(GUILD, 100)
    await store.guild_left(GUILD)
    clock.now += 31 * 86_400_000
    await store.erase_departed()
    await store.notices.ended(NoticeEnding(owed, State.DONE, NOW, reply=reply))
    assert (
        await rows(
            store,
            "SELECT guild_id FROM notice_replies "
            " UNION SELECT guild_id FROM audit_logs UNION SELECT guild_id FROM actions",
        )
        == []
    )
