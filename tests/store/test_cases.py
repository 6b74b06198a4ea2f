"""The case book on a real database: reading, filters, edits, undoing."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from data import case_reading
from data.store import Store
from moderation.cases import CaseFilter, CaseKind, CaseState, NoSuchCase
from moderation.consequence import BAN, KICK, Consequence, Step
from moderation.intents import Ending
from moderation.records import Actor
from moderation.states import State
from tests.store.casemaking import (
    ANN,
    BEN,
    BY_MIA,
    CHANNEL,
    GUILD,
    HIT,
    MIA,
    NOW,
    OTHER,
    by_hand,
    decide,
    found,
    opened,
)
from tests.store.clock import DAY_MS, Clock

HOUR = Consequence(Step.TIMEOUT, 3_600_000)


async def numbers(store: Store, which: CaseFilter, **page: int) -> list[int]:
    cases = await store.cases.cases(GUILD, which, **{"limit": 100, **page})
    return [case.number for case in cases.cases]


async def test_a_case_of_the_bots_is_read_as_it_was_made(store: Store) -> None:
    number = await decide(store, found(1, consequence=HOUR))
    case = await store.cases.case(GUILD, number)
    deletion, timeout = case.actions
    await store.intents.ended([Ending(GUILD, deletion.action_id, State.DONE, NOW + 7)])
    case = await store.cases.case(GUILD, number)
    deletion, timeout = case.actions
    assert (deletion.kind, deletion.state, deletion.at) == ("delete", State.DONE, NOW + 7)
    assert (timeout.kind, timeout.state) == ("timeout", State.PENDING)
    assert timeout.until == NOW + 3_600_000
    assert (case.number, case.kind, case.state) == (1, CaseKind.VIOLATION, CaseState.OPEN)
    assert (case.user_id, case.user_name, case.by) == (ANN, "ann", Actor(0, ""))
    assert (case.text, case.attachments) == ("you 1diot", ("https://cdn/a.png",))
    assert (case.channel_id, case.message_id, case.strikes) == (CHANNEL, 1, 1)
    (hit,) = case.hits
    assert (hit.start, hit.end, hit.undone) == (HIT.start, HIT.end, HIT.undone)
    assert (case.consequence, case.expires_at) == (HOUR, NOW + 3_600_000)
    assert (case.notes, case.told, case.undone_by) == ((), None, None)


async def test_cases_are_numbered_in_each_server(store: Store) -> None:
    made = [await decide(store, found(one)) for one in (1, 2)]
    there = await decide(store, found(1, guild_id=OTHER))
    by_mia = await opened(store, by_hand())
    assert (made, there, by_mia.number) == ([1, 2], 1, 3)


async def test_a_moderators_case_of_one_cause_is_made_once(store: Store) -> None:
    first = await opened(store, by_hand(CaseKind.BAN, consequence=BAN, cause="audit:5"))
    assert await store.cases.open_case(GUILD, by_hand(cause="audit:5")) is None
    assert (first.by, first.kind, first.reason) == (BY_MIA, CaseKind.BAN, "spam")
    assert await opened(store, by_hand(cause="audit:5"), OTHER), "another server's entry"


@pytest.mark.parametrize("number", [0, -1, 2, 1 << 62, 1 << 70, -(1 << 70)])
async def test_a_case_that_is_not_there(store: Store, number: int) -> None:
    await decide(store, found(1))
    await decide(store, found(1, guild_id=OTHER))
    await decide(store, found(2, guild_id=OTHER))
    cases = store.cases
    for attempt in (
        cases.case(GUILD, number),
        cases.edit_reason(GUILD, number, "x", by=BY_MIA),
        cases.add_note(GUILD, number, "x", by=BY_MIA),
        cases.undo_case(GUILD, number, by=BY_MIA),
    ):
        with pytest.raises(NoSuchCase, match=r"The newest one is #1\."):
            await attempt
    untouched = await cases.case(OTHER, 2)
    assert (untouched.state, untouched.notes) == (CaseState.OPEN, ())


async def test_the_first_case_is_asked_for_before_there_is_one(store: Store) -> None:
    with pytest.raises(NoSuchCase, match="There are no cases yet"):
        await store.cases.case(GUILD, 1)


async def test_an_edited_reason_keeps_the_old_one(store: Store, clock: Clock) -> None:
    number = (await opened(store, by_hand(reason="spam"))).number
    clock.now += 1000
    ben = Actor(BEN, "ben")
    case = await store.cases.edit_reason(GUILD, number, "advertising", by=ben)
    assert case.reason == "advertising"
    (note,) = case.notes
    assert (note.text, note.was_reason, note.by, note.at) == ("spam", True, ben, clock.now)
    same = await store.cases.edit_reason(GUILD, number, "advertising", by=ben)
    assert same.notes == case.notes, "nothing was changed"


async def test_notes_are_kept_in_order(store: Store) -> None:
    number = await decide(store, found(1))
    for text in ("first", "second", "half a pair \ud800"):
        case = await store.cases.add_note(GUILD, number, text, by=BY_MIA)
    assert [note.text for note in case.notes] == ["first", "second", "half a pair ?"]
    assert not any(note.was_reason for note in case.notes)


async def test_each_edit_is_a_change_that_the_mod_log_sees(store: Store, path: Path) -> None:
    number = await decide(store, found(1))
    seen = [changed_at(path, number)]
    await store.cases.add_note(GUILD, number, "x", by=BY_MIA)
    seen.append(changed_at(path, number))
    await store.cases.edit_reason(GUILD, number, "y", by=BY_MIA)
    seen.append(changed_at(path, number))
    await store.cases.undo_case(GUILD, number, by=BY_MIA)
    seen.append(changed_at(path, number))
    assert seen == sorted(set(seen)), "the clock stood still, and yet each is later"


def changed_at(path: Path, number: int) -> int:
    with closing(sqlite3.connect(path)) as connection:
        sql = "SELECT changed_at FROM cases WHERE guild_id = ? AND number = ?"
        ((at,),) = connection.execute(sql, (GUILD, number))
    return int(at)


async def test_undoing_happens_once_and_says_by_whom(store: Store) -> None:
    first = await decide(store, found(1, at=NOW - DAY_MS))
    second = await decide(store, found(2))
    assert await store.cases.strikes(GUILD, ANN, NOW - 2 * DAY_MS) == 2
    undone = await store.cases.undo_case(GUILD, second, by=BY_MIA)
    assert undone is not None
    assert (undone.case.state, undone.case.undone_by) == (CaseState.UNDONE, BY_MIA)
    assert (undone.withdrawn, undone.strikes_now) == (1, 1)
    assert await store.cases.undo_case(GUILD, second, by=Actor(BEN, "ben")) is None
    assert (await store.cases.case(GUILD, second)).undone_by == BY_MIA
    assert await store.cases.strikes(GUILD, ANN, NOW - 2 * DAY_MS) == 1
    last = await store.cases.undo_case(GUILD, first, by=BY_MIA, since=NOW - DAY_MS + 1)
    assert last is not None
    assert last.strikes_now == 0


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (State.PENDING, State.WITHDRAWN),
        (State.FORBIDDEN, State.WITHDRAWN),
        (State.HELD, State.WITHDRAWN),
        (State.DONE, State.DONE),
        (State.GONE, State.GONE),
        (State.FAILED, State.FAILED),
        (State.UNKNOWN, State.UNKNOWN),
    ],
)
async def test_undoing_withdraws_what_was_not_done(
    store: Store, state: State, after: State
) -> None:
    number = await decide(store, found(1))
    other = await decide(store, found(2))
    (action,) = (await store.cases.case(GUILD, number)).actions
    await store.intents.ended([Ending(GUILD, action.action_id, state, NOW)])
    undone = await store.cases.undo_case(GUILD, number, by=BY_MIA)
    assert undone is not None
    assert undone.withdrawn == (state is not after)
    assert undone.case.actions[0].state is after
    assert (await store.cases.case(GUILD, other)).actions[0].state is State.PENDING


async def test_undoing_leaves_alone_what_lifts_a_punishment(store: Store, path: Path) -> None:
    """The unban of a ban that is over is on its way while somebody undoes the case."""
    number = await decide(store, found(1, consequence=Consequence(Step.BAN, DAY_MS)))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO actions (guild_id, decision_id, kind, target_id, reason, created_at,"
            " deadline) SELECT guild_id, decision_id, 'unban', user_id, '', at, at"
            " FROM decisions WHERE case_number = ?",
            (number,),
        )
    undone = await store.cases.undo_case(GUILD, number, by=BY_MIA)
    assert undone is not None
    states = {action.kind: action.state for action in undone.case.actions}
    assert states == {
        "delete": State.WITHDRAWN,
        "ban": State.WITHDRAWN,
        "unban": State.PENDING,
    }


async def test_a_burst_is_one_strike_and_shadows_are_none(store: Store, path: Path) -> None:
    for one, at in enumerate((NOW, NOW + 1000, NOW + 59_000, NOW + 120_000)):
        await decide(store, found(one, at=at))
    await opened(store, by_hand(CaseKind.WARNING, at=NOW + 300_000))
    assert await store.cases.strikes(GUILD, ANN, 0) == 2
    assert await store.cases.strikes(GUILD, ANN, NOW + 90_000) == 1
    assert await store.cases.strikes(GUILD, BEN, 0) == 0
    assert await store.cases.strikes(OTHER, ANN, 0) == 0


async def some_cases(store: Store) -> None:
    await decide(store, found(1, at=NOW))
    await decide(store, found(2, at=NOW + 10, user_id=BEN, entry="walrus"))
    await opened(store, by_hand(CaseKind.KICK, at=NOW + 20, consequence=KICK))
    await opened(store, by_hand(CaseKind.NOTE, at=NOW + 30, user_id=BEN, by=Actor(BEN, "ben")))
    await decide(store, found(9, guild_id=OTHER))


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (CaseFilter(), [4, 3, 2, 1]),
        (CaseFilter(user_id=ANN), [3, 1]),
        (CaseFilter(user_id=MIA), []),
        (CaseFilter(moderator_id=MIA), [3]),
        (CaseFilter(moderator_id=0), [2, 1]),
        (CaseFilter(kind=CaseKind.VIOLATION), [2, 1]),
        (CaseFilter(kind=CaseKind.BAN), []),
        (CaseFilter(entry="walrus"), [2]),
        (CaseFilter(entry="' OR 1=1 --"), []),
        (CaseFilter(since=NOW + 10), [4, 3, 2]),
        (CaseFilter(until=NOW + 10), [1]),
        (CaseFilter(since=NOW + 10, until=NOW + 30), [3, 2]),
        (CaseFilter(below=3), [2, 1]),
        (CaseFilter(user_id=BEN, kind=CaseKind.NOTE, moderator_id=BEN), [4]),
        (CaseFilter(user_id=BEN, entry="idiot"), []),
        (CaseFilter(kind=CaseKind.KICK, since=NOW + 21), []),
    ],
)
async def test_filters(store: Store, which: CaseFilter, expected: list[int]) -> None:
    await some_cases(store)
    assert await numbers(store, which) == expected
    assert (await store.cases.cases(GUILD, which, limit=1)).total == len(expected)


async def test_pages(store: Store) -> None:
    for one in range(7):
        await decide(store, found(one))
    assert await numbers(store, CaseFilter(), limit=3) == [7, 6, 5]
    assert await numbers(store, CaseFilter(), limit=3, offset=6) == [1]
    assert await numbers(store, CaseFilter(), limit=3, offset=9) == []
    assert await numbers(store, CaseFilter(), limit=0) == []
    assert await numbers(store, CaseFilter(), limit=-1) == []


FILTERS = [
    CaseFilter(),
    CaseFilter(user_id=ANN),
    CaseFilter(moderator_id=MIA),
    CaseFilter(kind=CaseKind.VIOLATION),
    CaseFilter(entry="idiot"),
    CaseFilter(since=NOW, until=NOW + 5),
    CaseFilter(below=5),
]


@pytest.mark.parametrize("which", FILTERS)
async def test_no_filter_reads_the_whole_table(store: Store, path: Path, which: CaseFilter) -> None:
    """Whatever is asked for, an index leads to it; a row that is looked at is at least of the same
    server, and where a person, an entry, a moderator or a kind is asked for, of that one."""
    await some_cases(store)
    plans = list(plans_of(path, which))
    assert len(plans) == 5
    for sql, plan in plans:
        for step in plan:
            assert not step.startswith("SCAN") or "json_each" in step, (sql, plan)
    counted = plans[0][1][0]
    assert "guild_id=?" in counted
    if which != CaseFilter() and which.below is None:
        assert counted.count("=?") + counted.count(">?") > 1, counted


def plans_of(path: Path, which: CaseFilter) -> list[tuple[str, list[str]]]:
    """What SQLite is asked for a page of cases, and how it goes about each statement."""
    asked: list[str] = []
    with closing(sqlite3.connect(path)) as connection:
        connection.set_trace_callback(asked.append)
        case_reading.count(connection, GUILD, which)
        numbers = case_reading.numbers(connection, GUILD, which, 10, 0)
        case_reading.several(connection, GUILD, numbers)
        connection.set_trace_callback(None)
        return [
            (sql, [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")])
            for sql in asked
        ]


async def test_half_a_surrogate_pair_is_no_reason_to_fail(store: Store) -> None:
    case = await opened(store, by_hand(reason="a \ud800", by=Actor(MIA, "\udfff")))
    assert (case.reason, case.by.name) == ("a ?", "?")
    case = await store.cases.edit_reason(GUILD, case.number, "b \ud800", by=Actor(MIA, "\udfff"))
    assert case.reason == "b ?"
    assert await store.cases.undo_case(GUILD, case.number, by=Actor(MIA, "\udfff")) is not None


async def test_everything_goes_with_its_guild(store: Store, path: Path, clock: Clock) -> None:
    number = await decide(store, found(1))
    await store.cases.add_note(GUILD, number, "x", by=BY_MIA)
    await store.guild_left(GUILD)
    clock.now += 31 * DAY_MS
    assert await store.erase_departed() == [GUILD]
    with pytest.raises(NoSuchCase):
        await store.cases.case(GUILD, number)
    with closing(sqlite3.connect(path)) as connection:
        left: list[Any] = connection.execute("SELECT * FROM case_notes").fetchall()
    assert left == []
