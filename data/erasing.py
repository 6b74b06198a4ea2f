"""Erasing what is kept no longer: the texts of old cases, and a person who is to be forgotten.

Statements run in the connection's thread, in the transaction of whoever calls. What was erased may
still lie in the file: SQLite overwrites what is deleted (``secure_delete``), but not the copies
that it leaves in the unused parts of pages when it moves rows to others. So each erasure is noted
down in its own transaction, and the whole file is rewritten before the note goes.
"""

import json
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from data.case_rows import hits_from, hits_json
from data.errors import StoreFailed
from data.intents import KEPT_MS
from data.writing import Writer
from moderation.cases import ErasedPerson
from moderation.policy import DAY_MS, TEXT_DAYS
from moderation.records import ERASED

_log = logging.getLogger(__name__)

BATCH = 500
"""How many texts are erased in one transaction, so that nothing waits long for it."""

_GUILDS = (
    "SELECT guild_id, coalesce(json_extract(policy, '$.text_days'), :days)"
    " FROM guilds LEFT JOIN policies USING (guild_id)"
)
_OLD = (
    "SELECT number, hits FROM cases WHERE guild_id = ? AND at < ?"
    " AND (text IS NOT NULL OR attachments IS NOT NULL) LIMIT ?"
)
# A name that broke the rule stands in both.
_FORGET_TEXT = (
    "UPDATE cases SET user_name = CASE WHEN user_name = text THEN '' ELSE user_name END,"
    " text = NULL, attachments = NULL, hits = ? WHERE guild_id = ? AND number = ?"
)
_NOTE_ERASURE = "INSERT INTO erasures (guild_id, rewrite_at) VALUES (?, ?)"

_OLD_NICKNAMES = "SELECT DISTINCT guild_id FROM old_nicknames WHERE removed_at < ?"

_ABOUT = "SELECT number, hits FROM cases WHERE guild_id = :guild_id AND user_id = :user_id"
_FORGET_NOTES = (
    "DELETE FROM case_notes WHERE guild_id = :guild_id AND number IN"
    " (SELECT number FROM cases WHERE guild_id = :guild_id AND user_id = :user_id)"
)
_FORGET_CASE = (
    "UPDATE cases SET cause = NULL, user_name = '', reason = '', message_id = NULL, text = NULL,"
    " attachments = NULL, hits = :hits, erased = 1, changed_at = max(changed_at + 1, :now)"
    " WHERE guild_id = :guild_id AND number = :number"
)
_THEIR_WORK = (
    "SELECT DISTINCT number FROM cases LEFT JOIN case_notes AS notes USING (guild_id, number)"
    " WHERE guild_id = :guild_id"
    " AND (cases.by_id = :user_id OR undone_by = :user_id OR notes.by_id = :user_id)"
)
# What they did as a moderator stays, as done by somebody. What the audit log is told of it begins
# with their name.
_FORGET_ELSEWHERE = (
    "UPDATE actions SET reason = 'Case #' || (SELECT case_number FROM decisions"
    " WHERE guild_id = :guild_id AND decision_id = actions.decision_id)"
    " WHERE guild_id = :guild_id AND reason <> '' AND decision_id IN"
    " (SELECT decision_id FROM cases JOIN decisions"
    " ON decisions.guild_id = cases.guild_id AND case_number = number"
    " WHERE cases.guild_id = :guild_id AND by_id = :user_id)",
    "UPDATE cases SET by_id = :nobody, by_name = '', changed_at = max(changed_at + 1, :now)"
    " WHERE guild_id = :guild_id AND by_id = :user_id",
    "UPDATE cases SET undone_by = :nobody, undone_name = '',"
    " changed_at = max(changed_at + 1, :now)"
    " WHERE guild_id = :guild_id AND undone_by = :user_id",
    "UPDATE case_notes SET by_id = :nobody, by_name = ''"
    " WHERE guild_id = :guild_id AND by_id = :user_id",
    "DELETE FROM old_nicknames WHERE guild_id = :guild_id AND user_id = :user_id",
    "DELETE FROM exempt_told WHERE guild_id = :guild_id AND user_id = :user_id",
)
# A timeout or ban for a time needs the id until it is over: somebody may undo it until then.
_LATER = (
    "SELECT number FROM cases WHERE guild_id = :guild_id AND user_id = :user_id AND erased = 1"
    " AND expires_at IS NOT NULL AND (expires_at > :now OR state = 'open')"
)
_THEIRS = (
    "SELECT decision_id, case_number FROM decisions"
    " WHERE guild_id = :guild_id AND user_id = :user_id"
)
_OF_ERASED_CASES = (
    "SELECT decision_id, case_number FROM decisions WHERE guild_id = :guild_id"
    " AND case_number IN (SELECT number FROM cases"
    " WHERE guild_id = :guild_id AND user_id = :user_id AND erased = 1)"
)
# What would still be done to them is not done any more, but for what lifts a punishment.
_WITHDRAW = (
    "UPDATE actions SET state = 'withdrawn', ended_at = :now"
    " WHERE guild_id = :guild_id AND state IN ('pending', 'forbidden', 'held')"
    " AND kind NOT IN ('unban', 'end timeout')"
    " AND decision_id IN (SELECT value FROM json_each(:decisions))"
)
# Of a ban or timeout that is still running, whom it is about is needed for its end, and no more.
_FORGET_ACTIONS = (
    "UPDATE actions SET reason = '', detail = NULL,"
    " target_id = CASE WHEN kind IN ('timeout', 'ban')"
    " AND decision_id NOT IN (SELECT value FROM json_each(:over))"
    " THEN target_id ELSE -action_id END,"
    " argument = CASE WHEN kind IN ('timeout', 'ban') THEN argument END"
    " WHERE guild_id = :guild_id AND state NOT IN ('pending', 'forbidden', 'held')"
    " AND target_id > 0 AND decision_id IN (SELECT value FROM json_each(:decisions))"
)
_FORGET_DECISIONS = (
    "UPDATE decisions SET cause = 'erased:' || decision_id,"
    " user_id = CASE WHEN decision_id NOT IN (SELECT value FROM json_each(:over))"
    " OR decision_id IN (SELECT decision_id FROM actions WHERE guild_id = :guild_id"
    " AND state IN ('pending', 'forbidden', 'held')) THEN user_id END"
    " WHERE guild_id = :guild_id AND decision_id IN (SELECT value FROM json_each(:decisions))"
)
_LIFTING = (
    "SELECT count(*) FROM actions WHERE guild_id = :guild_id AND target_id = :user_id"
    " AND kind IN ('unban', 'end timeout') AND state IN ('pending', 'forbidden', 'held')"
)
_FORGET_ID = (
    "UPDATE cases SET user_id = NULL WHERE guild_id = :guild_id AND user_id = :user_id"
    " AND erased = 1 AND number NOT IN (SELECT value FROM json_each(:later))"
)
_TO_FORGET = "SELECT DISTINCT guild_id, user_id FROM cases WHERE erased = 1 AND user_id IS NOT NULL"


def note(connection: sqlite3.Connection, guild_id: int, rewrite_at: int) -> None:
    """Something of a guild's is erased in this transaction: the file is to be rewritten, at or
    after a time."""
    connection.execute(_NOTE_ERASURE, (guild_id, rewrite_at))


async def rewrite(writer: Writer, now: int) -> None:
    """Rewrite the file where that is due, so that nothing of what was erased is in it. A failure
    is logged; it is due until it has been done."""
    try:
        newest = await writer.run_at_once(lambda on: _due(on, now))
        if newest is not None:
            await writer.rewrite()
            await writer.run_at_once(lambda on: _done(on, newest))
    except StoreFailed:
        _log.exception("What was erased may still be in the file; it is rewritten later")


def departed(connection: sqlite3.Connection, erased: Sequence[int], now: int) -> None:
    """Guilds are erased in this transaction, and nicknames that are old enough."""
    for guild_id in erased:
        note(connection, guild_id, now)
    tomorrow = now - now % DAY_MS + DAY_MS
    for (guild_id,) in connection.execute(_OLD_NICKNAMES, (now - KEPT_MS,)).fetchall():
        note(connection, guild_id, tomorrow)


def old_texts(connection: sqlite3.Connection, now: int) -> int:
    """Erase texts whose time is over, at most a batch of them; how many those were. Whole days
    count, so that the file is rewritten once a day."""
    today = now - now % DAY_MS
    erased = 0
    for guild_id, days in connection.execute(_GUILDS, {"days": TEXT_DAYS}).fetchall():
        before = today - int(days) * DAY_MS
        rows = connection.execute(_OLD, (guild_id, before, BATCH - erased)).fetchall()
        if rows:
            values = [(_without_places(hits), guild_id, number) for number, hits in rows]
            connection.executemany(_FORGET_TEXT, values)
            note(connection, guild_id, now)
            erased += len(rows)
        if erased >= BATCH:
            break
    return erased


def erase_person(
    connection: sqlite3.Connection, guild_id: int, user_id: int, now: int
) -> ErasedPerson:
    """See ``CaseLog.erase_person``."""
    who = {"guild_id": guild_id, "user_id": user_id, "now": now, "nobody": ERASED.user_id}
    about = connection.execute(_ABOUT, who).fetchall()
    work = connection.execute(_THEIR_WORK, who).fetchall()
    connection.execute(_FORGET_NOTES, who)
    for number, hits in about:
        case = {"guild_id": guild_id, "number": number, "now": now}
        connection.execute(_FORGET_CASE, case | {"hits": _without_places(hits)})
    for statement in _FORGET_ELSEWHERE:
        connection.execute(statement, who)
    _forget(connection, who, connection.execute(_THEIRS, who).fetchall())
    note(connection, guild_id, now)
    numbers = {number for number, *_ in (*about, *work)}
    return ErasedPerson(len(about), tuple(sorted(numbers)))


def forgotten(connection: sqlite3.Connection, now: int) -> None:
    """Take the ids of erased persons whose bans are over by now."""
    for guild_id, user_id in connection.execute(_TO_FORGET).fetchall():
        who = {"guild_id": guild_id, "user_id": user_id, "now": now}
        # They may have come back since: what is new of them stays.
        if _forget(connection, who, connection.execute(_OF_ERASED_CASES, who).fetchall()):
            note(connection, guild_id, now)


def _forget(
    connection: sqlite3.Connection, who: dict[str, int], theirs: Sequence[tuple[int, int | None]]
) -> bool:
    """Take a person's id from their erased cases and from decisions, each with its case's number,
    where it is not needed any more; whether there was such a case."""
    later = {number for (number,) in connection.execute(_LATER, who)}
    values = who | {
        "later": json.dumps(sorted(later)),
        "decisions": json.dumps([decision_id for decision_id, _ in theirs]),
        "over": json.dumps([decision_id for decision_id, number in theirs if number not in later]),
    }
    for statement in (_WITHDRAW, _FORGET_ACTIONS, _FORGET_DECISIONS):
        connection.execute(statement, values)
    ((lifting,),) = connection.execute(_LIFTING, values)
    return not lifting and connection.execute(_FORGET_ID, values).rowcount > 0


def _without_places(hits: str) -> str:
    """Hits that say which entries were found, and not where in the text."""
    return hits_json([replace(hit, start=0, end=0) for hit in hits_from(hits)])


def _due(connection: sqlite3.Connection, now: int) -> int | None:
    """The newest note of an erasure, where one is due."""
    ((newest, first),) = connection.execute("SELECT max(rowid), min(rewrite_at) FROM erasures")
    return None if first is None or first > now else int(newest)


def _done(connection: sqlite3.Connection, newest: int) -> None:
    connection.execute("DELETE FROM erasures WHERE rowid <= ?", (newest,))
