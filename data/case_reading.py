"""Cases read whole: their rows, the actions of their decisions and their notes, put together. To be
run in the connection's thread, in a transaction of the caller's."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from data.case_rows import hits_from
from data.strikes import consequence, past
from moderation.cases import Case, CaseAction, CaseFilter, CaseKind, CaseNote, CaseState, NoSuchCase
from moderation.escalation import strikes
from moderation.events import Surface
from moderation.records import Actor
from moderation.states import State

# The numbers come as JSON, so that one statement serves for one case and for a thousand.
_CASES = (
    "SELECT number, at, kind, state, user_id, user_name, by_id, by_name, reason, step, ms, surface,"
    " channel_id, message_id, text, hits, more, attachments, strikes, expires_at, undone_by,"
    " undone_name FROM cases"
    " WHERE guild_id = ? AND number IN (SELECT value FROM json_each(?)) ORDER BY number DESC"
)
_ACTIONS = (
    "SELECT case_number, action_id, kind, state, detail, argument, ended_at"
    " FROM actions JOIN decisions USING (guild_id, decision_id)"
    " WHERE guild_id = ? AND case_number IN (SELECT value FROM json_each(?)) ORDER BY action_id"
)
_NOTES = (
    "SELECT number, at, by_id, by_name, text, was_reason FROM case_notes"
    " WHERE guild_id = ? AND number IN (SELECT value FROM json_each(?)) ORDER BY note_id"
)
_LAST = "SELECT coalesce(max(number), 0) FROM cases WHERE guild_id = ?"

# What is asked for first decides which index is used, which SQLite would not guess without having
# counted the rows; the rest is looked at row by row.
_NUMBERS = {
    "user": "SELECT number FROM cases INDEXED BY cases_of_user"
    " WHERE guild_id = :guild_id AND user_id = :user_id",
    "entry": "SELECT number FROM cases INDEXED BY cases_by_entry"
    " WHERE guild_id = :guild_id AND entry = :entry",
    "moderator": "SELECT number FROM cases INDEXED BY cases_by_moderator"
    " WHERE guild_id = :guild_id AND by_id = :by_id",
    "kind": "SELECT number FROM cases INDEXED BY cases_by_kind"
    " WHERE guild_id = :guild_id AND kind = :kind",
    "time": "SELECT number FROM cases INDEXED BY cases_by_time"
    " WHERE guild_id = :guild_id AND at >= :since AND at < :until",
    "page": "SELECT number FROM cases WHERE guild_id = :guild_id AND number < :below",
    "all": "SELECT number FROM cases WHERE guild_id = :guild_id",
}
_COUNT = {first: sql.replace("number", "count(*)", 1) for first, sql in _NUMBERS.items()} | {
    # All rows of a guild are fewer pages in an index.
    "all": "SELECT count(*) FROM cases INDEXED BY cases_by_time WHERE guild_id = :guild_id",
}
_REST = (
    " AND (:user_id IS NULL OR user_id = :user_id) AND (:by_id IS NULL OR by_id = :by_id)"
    " AND (:kind IS NULL OR kind = :kind) AND (:entry = '' OR entry = :entry)"
    " AND (:since IS NULL OR at >= :since) AND (:until IS NULL OR at < :until)"
    " AND (:below IS NULL OR number < :below)"
)
_TALLY = (
    "SELECT kind, state, count(*) FROM cases INDEXED BY cases_of_user"
    " WHERE guild_id = ? AND user_id = ? GROUP BY kind, state"
)
_ORDER = " ORDER BY number DESC LIMIT :limit OFFSET :offset"
LATEST = 1 << 62
"""Later than any time."""


def one(connection: sqlite3.Connection, guild_id: int, number: int) -> Case:
    """Raises NoSuchCase."""
    found = several(connection, guild_id, [number] if abs(number) < LATEST else [])
    if not found:
        raise NoSuchCase(number, last(connection, guild_id))
    return found[0]


def last(connection: sqlite3.Connection, guild_id: int) -> int:
    """The newest case's number; 0 where there is none."""
    ((number,),) = connection.execute(_LAST, (guild_id,))
    return int(number)


def several(connection: sqlite3.Connection, guild_id: int, numbers: Sequence[int]) -> list[Case]:
    """The cases of these numbers, newest first."""
    which = (guild_id, json.dumps(list(numbers)))
    rows = connection.execute(_CASES, which).fetchall()
    if not rows:
        return []
    actions = _by_number(connection.execute(_ACTIONS, which))
    notes = _by_number(connection.execute(_NOTES, which))
    return [_case(guild_id, row, actions[row[0]], notes[row[0]]) for row in rows]


def count(connection: sqlite3.Connection, guild_id: int, which: CaseFilter) -> int:
    """How many cases a filter lets through."""
    first = _first(which)
    # Without anything to look at in each row, the rows themselves need not be read.
    sql = _COUNT[first] if first == "all" else _COUNT[first] + _REST
    ((total,),) = connection.execute(sql, _values(guild_id, which))
    return int(total)


def numbers(
    connection: sqlite3.Connection, guild_id: int, which: CaseFilter, limit: int, offset: int
) -> list[int]:
    """The numbers of the cases that a filter lets through, newest first."""
    sql = _NUMBERS[_first(which)] + _REST + _ORDER
    values = _values(guild_id, which) | {"limit": max(limit, 0), "offset": max(offset, 0)}
    return [int(number) for (number,) in connection.execute(sql, values)]


def tally(
    connection: sqlite3.Connection, guild_id: int, user_id: int
) -> dict[tuple[CaseKind, CaseState], int]:
    """How many cases of each kind in each state there are about a member."""
    rows = connection.execute(_TALLY, (guild_id, user_id))
    return {(CaseKind(kind), CaseState(state)): number for kind, state, number in rows}


def strikes_since(connection: sqlite3.Connection, guild_id: int, user_id: int, since: int) -> int:
    """How many strikes a member has had since a time: see moderation/escalation.py."""
    return len(strikes(past(connection, guild_id, user_id, since)))


def _first(which: CaseFilter) -> str:
    """The narrowest of what is asked for, as far as one can tell."""
    if which.user_id is not None:
        return "user"
    if which.entry:
        return "entry"
    if which.moderator_id is not None:
        return "moderator"
    if which.kind is not None:
        return "kind"
    if which.since is not None or which.until is not None:
        return "time"
    return "all" if which.below is None else "page"


def _values(guild_id: int, which: CaseFilter) -> dict[str, Any]:
    by_time = _first(which) == "time"
    return {
        "guild_id": guild_id,
        "user_id": which.user_id,
        "by_id": which.moderator_id,
        "kind": which.kind.value if which.kind else None,
        "entry": which.entry,
        "since": 0 if by_time and which.since is None else which.since,
        "until": LATEST if by_time and which.until is None else which.until,
        "below": which.below,
    }


def _by_number(rows: Iterable[Sequence[Any]]) -> defaultdict[int, list[Sequence[Any]]]:
    found: defaultdict[int, list[Sequence[Any]]] = defaultdict(list)
    for number, *rest in rows:
        found[number].append(rest)
    return found


def _case(
    guild_id: int,
    row: Sequence[Any],
    actions: Sequence[Sequence[Any]],
    notes: Sequence[Sequence[Any]],
) -> Case:
    number, at, kind, state, user_id, user_name, by_id, by_name, reason, step, ms, *rest = row
    surface, channel_id, message_id, text, hits, more, attachments, *rest = rest
    strike, expires_at, undone_by, undone_name = rest
    done = tuple(_action(*one) for one in actions)
    return Case(
        guild_id=guild_id,
        number=number,
        at=at,
        kind=CaseKind(kind),
        state=CaseState(state),
        user_id=user_id,
        user_name=user_name,
        by=Actor(by_id, by_name),
        reason=reason,
        consequence=consequence(step, ms),
        surface=None if surface is None else Surface(surface),
        text=text,
        hits=hits_from(hits),
        more=more,
        channel_id=channel_id,
        message_id=message_id,
        attachments=tuple(json.loads(attachments)) if attachments else (),
        actions=done,
        notes=tuple(CaseNote(at, Actor(*by), text, bool(was)) for at, *by, text, was in notes),
        strikes=strike,
        expires_at=expires_at,
        told=next((one.state for one in reversed(done) if one.kind == "notice"), None),
        undone_by=None if undone_by is None else Actor(undone_by, undone_name or ""),
    )


def _action(
    action_id: int, kind: str, state: str, detail: str | None, argument: str | None, at: int | None
) -> CaseAction:
    until = None
    if argument is not None and kind in ("timeout", "ban"):
        until = json.loads(argument).get("until")
    return CaseAction(action_id, kind, State(state), detail or "", until, at)
