"""A person is taken out of all that is kept: not in rows, not in the files' bytes."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from data.backup import copy_database
from data.errors import StoreFailed
from data.store import Store
from moderation.cases import CaseFilter, CaseKind, CaseState, ErasedPerson
from moderation.consequence import BAN, DELETE, KICK, Consequence, Step
from moderation.intents import Decision, Ending
from moderation.notice_records import NewNotice, NoticeEnding
from moderation.occasions import Occasion
from moderation.policy import NoticeBy
from moderation.records import ERASED, Actor
from moderation.states import State
from moderation.verdict import Kick, SetNickname, Unban
from tests.store.casemaking import (
    ANN,
    BEN,
    BY_MIA,
    GUILD,
    MIA,
    NOW,
    OTHER,
    by_hand,
    decide,
    found,
    opened,
)
from tests.store.clock import DAY_MS, Clock
from tests.store.raw import everything, run

WEEK = Consequence(Step.BAN, 7 * DAY_MS)
SECRET = "unmistakable"


async def test_a_person_is_erased_and_the_numbers_stay(
    store: Store, path: Path, clock: Clock
) -> None:
    ann, ben = f"{SECRET}-ann", f"{SECRET}-ben"
    await decide(store, named(found(1, text=ann), ann))
    await decide(store, named(found(2, text=ben, user_id=BEN), ben))
    note = await opened(store, by_hand(CaseKind.NOTE, reason=ann))
    await store.cases.add_note(GUILD, note.number, ann, by=BY_MIA)
    await store.cases.edit_reason(GUILD, note.number, ann + "!", by=BY_MIA)
    await decide(store, named(found(1, guild_id=OTHER), "elsewhere"))
    await store.intents.decided(name_taken(ann))
    clock.now += 1000
    assert (await store.cases.erase_person(GUILD, ANN)).about == 3
    page = await store.cases.cases(GUILD, CaseFilter(), limit=9)
    assert [case.number for case in page.cases] == [4, 3, 2, 1]
    for number in (1, 3, 4):
        case = await store.cases.case(GUILD, number)
        assert (case.user_id, case.user_name, case.text, case.reason) == (None, "", None, "")
        assert (case.notes, case.attachments, case.message_id) == ((), (), None)
    kept = await store.cases.case(GUILD, 1)
    assert (kept.consequence, kept.hits[0].entry, kept.at) == (DELETE, "idiot", NOW)
    raw = everything(path)
    assert ann.encode() not in raw
    assert ben.encode() in raw
    assert ids_left(path, GUILD, ANN) == []
    assert ids_left(path, OTHER, ANN) != []
    assert (await store.cases.case(OTHER, 1)).user_name == "elsewhere"
    assert await store.intents.old_nicknames(GUILD, ANN) == []
    assert (await store.cases.erase_person(GUILD, ANN)).about == 0


def named(decision: Decision, name: str) -> Decision:
    assert decision.case is not None
    return replace(decision, case=replace(decision.case, user_name=name))


def name_taken(nickname: str) -> Decision:
    made = named(found(5), nickname)
    action = SetNickname(GUILD, ANN, None, "because")
    return replace(made, cause=f"names:{ANN}:5", actions=(action,), old_nickname=nickname)


def ids_left(path: Path, guild_id: int, user_id: int) -> list[tuple[str, str]]:
    """Each table and column in which a server has a person's id, in a number or in a text."""
    left = []
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for table in [name for (name,) in tables]:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for column in set(columns) - {"guild_id"}:
                sql = (
                    f"SELECT count(*) FROM {table} WHERE guild_id = ? AND"  # noqa: S608  # schema
                    f" (':' || {column} || ':') LIKE '%:' || ? || ':%'"
                )
                if connection.execute(sql, (guild_id, user_id)).fetchone()[0]:
                    left.append((table, column))
    return left


async def test_what_would_still_be_done_to_an_erased_person_is_not(store: Store) -> None:
    hour = Consequence(Step.TIMEOUT, 3_600_000)
    number = await decide(store, found(1, consequence=hour))
    await store.cases.erase_person(GUILD, ANN)
    case = await store.cases.case(GUILD, number)
    assert {action.state for action in case.actions} == {State.WITHDRAWN}
    assert await store.intents.unfinished(GUILD) == []


async def banned(store: Store, consequence: Consequence) -> int:
    """A case whose message was deleted and whose author was banned."""
    number = await decide(store, named(found(1, consequence=consequence), SECRET))
    for action in (await store.cases.case(GUILD, number)).actions:
        await store.intents.ended([Ending(GUILD, action.action_id, State.DONE, NOW)])
    return number


@pytest.mark.parametrize("undone", [False, True])
async def test_the_end_of_a_running_ban_outlives_the_person(
    store: Store, path: Path, clock: Clock, undone: bool
) -> None:
    number = await banned(store, WEEK)
    assert (await store.cases.erase_person(GUILD, ANN)).about == 1
    case = await store.cases.case(GUILD, number)
    assert (case.user_id, case.user_name, case.text) == (ANN, "", None), "needed for the unban"
    assert case.expires_at == NOW + 7 * DAY_MS
    clock.now = NOW + 6 * DAY_MS
    await store.erase_departed()
    assert (await store.cases.case(GUILD, number)).user_id == ANN
    if undone:
        await store.cases.undo_case(GUILD, number, by=BY_MIA)
        (owed,) = await store.sanctions.lift(GUILD, clock.now)
    clock.now = NOW + 7 * DAY_MS
    if not undone:
        (owed,) = (await store.sanctions.expire(clock.now)).unbans
    await store.erase_departed()
    assert (await store.cases.case(GUILD, number)).user_id == ANN, "the unban is on its way"
    assert owed.action == Unban(GUILD, ANN, owed.action.reason)
    await store.intents.ended([Ending(GUILD, owed.action_id, State.DONE, clock.now)])
    await store.erase_departed()
    assert (await store.cases.case(GUILD, number)).user_id is None
    assert ids_left(path, GUILD, ANN) == []


async def test_nobody_is_unbanned_in_the_place_of_an_erased_person(
    store: Store, path: Path, clock: Clock
) -> None:
    number = await banned(store, BAN)
    await store.cases.erase_person(GUILD, ANN)
    assert ids_left(path, GUILD, ANN) == []
    await store.cases.undo_case(GUILD, number, by=BY_MIA)
    assert await store.sanctions.lift(GUILD, clock.now) == []


async def test_who_comes_back_after_an_erasure_begins_anew(
    store: Store, path: Path, clock: Clock
) -> None:
    first = await decide(store, found(1, consequence=WEEK))
    await store.cases.erase_person(GUILD, ANN)
    second = await decide(store, found(2, at=NOW + DAY_MS))
    clock.now = NOW + 8 * DAY_MS
    run(path, "UPDATE cases SET state = 'expired' WHERE number = ?", first)
    await store.erase_departed()
    assert (await store.cases.case(GUILD, first)).user_id is None
    new = await store.cases.case(GUILD, second)
    assert (new.user_id, new.user_name, new.text) == (ANN, "ann", "you 1diot")
    assert [action.state for action in new.actions] == [State.PENDING]
    assert [one.case_number for one in await store.intents.unfinished(GUILD)] == [second]


async def test_an_erased_moderator_is_somebody(store: Store) -> None:
    mine = await opened(store, by_hand(CaseKind.BAN, consequence=BAN))
    await store.cases.add_note(GUILD, mine.number, "seen", by=BY_MIA)
    await store.cases.add_note(GUILD, mine.number, "too", by=Actor(BEN, "ben"))
    await store.cases.undo_case(GUILD, mine.number, by=BY_MIA)
    assert (await store.cases.erase_person(GUILD, MIA)).about == 0
    case = await store.cases.case(GUILD, mine.number)
    assert (case.by, case.undone_by, case.state) == (ERASED, ERASED, CaseState.UNDONE)
    assert [(note.by, note.text) for note in case.notes] == [
        (ERASED, "seen"),
        (Actor(BEN, "ben"), "too"),
    ]
    assert (case.user_id, case.reason) == (ANN, "spam"), "that is about somebody else"


async def test_nothing_names_an_erased_person_in_any_column_of_any_file(
    store: Store, path: Path, clock: Clock
) -> None:
    """Whatever is on record of somebody as a member and as a moderator; looked for as an id in a
    number and in a text, and as what they are called and wrote."""
    who, name = 1574494399243485191, f"{SECRET}-name"
    they = Actor(who, name)
    month = Consequence(Step.TIMEOUT, 28 * DAY_MS)
    for number, consequence in enumerate((DELETE, BAN, month), 1):
        message = 1574494399243480000 + number
        made = found(message, user_id=who, consequence=consequence, text=f"{SECRET}-text")
        await decide(store, named(replace(made, at=NOW + number * 120_000), name))
    told = replace(found(4, user_id=who), cause=f"told:names:{who}:nickname:main:idiot")
    await decide(store, named(replace(told, actions=(), at=NOW + 999_000), name))
    taken = replace(name_taken(name), cause=f"names:{who}:7", user_id=who, at=NOW + 1_999_000)
    await decide(store, replace(taken, actions=(SetNickname(GUILD, who, None, "because"),)))
    occasion = Occasion(GUILD, who, 2, BAN)
    notice = NewNotice(NoticeBy.DM, f"{SECRET}-notice", "nonce", NOW)
    owed = await store.notices.plan(occasion, None, notice)
    assert owed is not None
    await store.notices.ended(NoticeEnding(owed, State.FAILED, NOW, detail=f"{SECRET}-why"))
    await store.policies.first_exempt(GUILD, who)
    for one in range(1, 6):
        for action in (await store.cases.case(GUILD, one)).actions:
            ending = Ending(GUILD, action.action_id, State.DONE, NOW, detail=f"{SECRET}-detail")
            await store.intents.ended([ending])
    theirs = by_hand(CaseKind.KICK, user_id=BEN, by=they, consequence=KICK, cause="button:1")
    kicked = await store.sanctions.by_hand(GUILD, theirs, Kick(GUILD, BEN, f"{name}: spam"))
    assert kicked is not None
    await store.cases.add_note(GUILD, 6, "seen", by=they)
    await store.cases.undo_case(GUILD, 6, by=they)

    erased = await store.cases.erase_person(GUILD, who)
    assert erased == ErasedPerson(5, (1, 2, 3, 4, 5, 6))
    kept = {("cases", "user_id"), ("decisions", "user_id"), ("actions", "target_id")}
    assert set(ids_left(path, GUILD, who)) == kept, "for the end of the timeout"
    copy = path.parent.parent / "copy.sqlite3"
    copy_database(path, copy)
    for raw in (everything(path), copy.read_bytes()):
        assert SECRET.encode() not in raw
        assert str(who).encode() not in raw
        for message in (1574494399243480001, 1574494399243480002, 1574494399243480003):
            assert str(message).encode() not in raw
            assert message.to_bytes(8, "big") not in raw

    clock.now = NOW + 29 * DAY_MS
    await store.sanctions.expire(clock.now)
    await store.erase_departed()
    assert ids_left(path, GUILD, who) == []
    assert who.to_bytes(8, "big") not in everything(path)
    assert run(path, "SELECT reason FROM actions WHERE kind = 'kick'") == [("Case #6",)]
    steps = run(path, "SELECT number, step, strikes, entry FROM cases ORDER BY number")
    assert [row[:2] for row in steps] == [(1, 1), (2, 5), (3, 3), (4, 1), (5, 1), (6, 4)]


async def test_the_mod_log_learns_of_an_erasure(store: Store, path: Path, clock: Clock) -> None:
    number = await decide(store, found(1))
    clock.now += 5
    await store.cases.erase_person(GUILD, ANN)
    assert run(path, "SELECT changed_at FROM cases WHERE number = ?", number) == [(clock.now,)]


async def test_an_erasure_does_not_fail_with_the_rewriting(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await decide(store, found(1))

    async def full() -> None:
        raise StoreFailed("the disk is full", "Make room.")

    monkeypatch.setattr(store._writer, "rewrite", full)
    assert (await store.cases.erase_person(GUILD, ANN)).about == 1
    assert "it is rewritten later" in caplog.text
    assert len(run(path, "SELECT * FROM erasures")) == 1
