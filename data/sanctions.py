"""What is done to members: by moderators, after the brake, and when a case is undone or over.

``SanctionLog`` is a part of the store (``store.py``). What a decision itself asks for is written
with it (``intents.py``). Every call may raise StoreFailed.
"""

import json
import sqlite3
from collections.abc import Iterator

from data import action_rows, case_rows, guilds, sanction_rows
from data.connections import Reader
from data.writing import Writer
from moderation.cases import CaseKind, HandMade
from moderation.consequence import Step
from moderation.intents import DEADLINE_MS, Over, Owed
from moderation.verdict import EndTimeout, Sanction, Unban

_INSERT_DECISION = (
    "INSERT INTO decisions (guild_id, cause, at, user_id, surface, list, entry, case_number)"
    " VALUES (:guild_id, :cause, :at, :user_id, '', '', '', :number) RETURNING decision_id"
)
_OVER_BY_HAND = (
    "UPDATE cases SET state = 'expired', changed_at = max(changed_at + 1, :at)"
    " WHERE guild_id = :guild_id AND user_id = :user_id AND step = :step AND state = 'open'"
    " AND number <> :number"
)
# Nobody wants it any more that was to be done before.
_OVERTAKEN = (
    "UPDATE actions SET state = 'withdrawn', ended_at = :at WHERE guild_id = :guild_id"
    " AND target_id = :user_id AND kind = :kind AND state IN ('pending', 'forbidden', 'held')"
)
_HELD = (
    "SELECT action_id, argument, created_at FROM actions JOIN decisions"
    " USING (guild_id, decision_id) WHERE guild_id = ? AND case_number = ? AND state = 'held'"
)
_RELEASE = (
    "UPDATE actions SET state = 'pending', argument = :argument, deadline = :deadline"
    " WHERE guild_id = :guild_id AND action_id = :action_id"
)
_RELEASED = (
    "UPDATE cases SET expires_at = :until, changed_at = max(changed_at + 1, :now)"
    " WHERE guild_id = :guild_id AND number = :number"
)
# Somebody whose data was erased has no id any more.
_STANDING = (
    "SELECT decision_id, kind, target_id, argument, case_number FROM actions JOIN decisions"
    " USING (guild_id, decision_id) WHERE guild_id = ? AND kind IN ('timeout', 'ban')"
    " AND target_id > 0"
    " AND state IN ('done', 'unknown')"
    " AND case_number IN (SELECT number FROM cases WHERE guild_id = ? AND state = 'undone')"
)
_LIFTED = (
    "SELECT 1 FROM actions WHERE guild_id = ? AND decision_id = ?"
    " AND kind IN ('unban', 'end timeout')"
)
_ASKED_FOR = (
    "SELECT 1 FROM cases WHERE guild_id = :guild_id AND user_id = :user_id AND step = :step"
    " AND state = 'open' AND kind NOT IN ('unban', 'timeout ended')"
    " AND (expires_at > :now OR at + ms > :now OR (ms IS NULL AND expires_at IS NULL)) LIMIT 1"
)
_ENDED = (
    "SELECT guild_id, number, step FROM cases"
    " WHERE state = 'open' AND expires_at <= ?"
    " AND guild_id IN (SELECT guild_id FROM guilds WHERE left_at IS NULL) ORDER BY expires_at"
)
_EXPIRE = (
    "UPDATE cases SET state = 'expired', changed_at = max(changed_at + 1, :now)"
    " WHERE guild_id = :guild_id AND number = :number"
)
_BANNED_BY = (
    "SELECT decision_id, target_id FROM actions JOIN decisions USING (guild_id, decision_id)"
    " WHERE guild_id = ? AND case_number = ? AND kind = 'ban'"
    " AND state IN ('done', 'gone', 'pending', 'unknown')"
)
_NEXT_END = (
    "SELECT min(expires_at) FROM cases WHERE state = 'open' AND expires_at IS NOT NULL"
    " AND guild_id IN (SELECT guild_id FROM guilds WHERE left_at IS NULL)"
)


class SanctionLog:
    """What is to be done to members, written before it is done."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def by_hand(self, guild_id: int, new: HandMade, action: Sanction) -> Owed | None:
        """See :class:`service.stores.SanctionStore`, here and below."""
        return await self._writer.run_at_once(lambda on: _by_hand(on, guild_id, new, action))

    async def wanted(self, guild_id: int, action_id: int) -> bool:
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT state FROM actions WHERE guild_id = ? AND action_id = ?",
                (guild_id, action_id),
            )
        return any(state not in ("withdrawn", "held") for (state,) in rows)

    async def actions_of(self, guild_id: int, number: int) -> frozenset[int]:
        return frozenset(action_id for action_id, _ in await self._states(guild_id, number))

    async def withdrawn(self, guild_id: int, number: int) -> frozenset[int]:
        states = await self._states(guild_id, number)
        return frozenset(action_id for action_id, state in states if state == "withdrawn")

    async def _states(self, guild_id: int, number: int) -> list[tuple[int, str]]:
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT action_id, state FROM actions JOIN decisions USING (guild_id, decision_id)"
                " WHERE guild_id = ? AND case_number = ?",
                (guild_id, number),
            )
        return [(action_id, state) for action_id, state in rows]

    async def release(self, guild_id: int, number: int, now: int) -> list[Owed]:
        return await self._writer.run_at_once(lambda on: list(_release(on, guild_id, number, now)))

    async def lift(self, guild_id: int, now: int) -> list[Owed]:
        return await self._writer.run_at_once(lambda on: list(_lift(on, guild_id, now)))

    async def expire(self, now: int) -> Over:
        return await self._writer.run_at_once(lambda on: _expire(on, now))

    async def next_end(self) -> int | None:
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(_NEXT_END)
        return next((end for (end,) in rows), None)


def _by_hand(
    connection: sqlite3.Connection, guild_id: int, new: HandMade, action: Sanction
) -> Owed | None:
    connection.execute(guilds.MAKE_KNOWN, (guild_id, new.at, new.at))
    number = case_rows.insert_by_hand(connection, guild_id, new, new.cause)
    if number is None:
        return None
    values = {"guild_id": guild_id, "number": number, "at": new.at, "user_id": new.user_id}
    over = {CaseKind.UNBAN: Step.BAN, CaseKind.TIMEOUT_ENDED: Step.TIMEOUT}.get(new.kind)
    if over is not None:
        connection.execute(_OVER_BY_HAND, values | {"step": over.value})
        connection.execute(_OVERTAKEN, values | {"kind": over.name.lower()})
    ((decision_id,),) = connection.execute(_INSERT_DECISION, values | {"cause": f"case:{number}"})
    action_id = action_rows.insert(
        connection, decision_id, action, at=new.at, deadline=new.at + DEADLINE_MS
    )
    return sanction_rows.one(connection, guild_id, action_id)


def _release(
    connection: sqlite3.Connection, guild_id: int, number: int, now: int
) -> Iterator[Owed]:
    held = connection.execute(_HELD, (guild_id, number)).fetchall()
    for action_id, argument, created_at in held:
        until = json.loads(argument)["until"] if argument else None
        values = {"guild_id": guild_id, "number": number, "action_id": action_id, "now": now}
        if until is not None:
            until += now - created_at
            argument = json.dumps({"until": until})
        values |= {"argument": argument, "deadline": now + DEADLINE_MS, "until": until}
        connection.execute(_RELEASE, values)
        connection.execute(_RELEASED, values)
        yield sanction_rows.one(connection, guild_id, action_id)


def _lift(connection: sqlite3.Connection, guild_id: int, now: int) -> Iterator[Owed]:
    standing = connection.execute(_STANDING, (guild_id, guild_id)).fetchall()
    for decision_id, kind, user_id, argument, number in standing:
        until = json.loads(argument)["until"]
        if until is not None and until <= now:
            continue
        if connection.execute(_LIFTED, (guild_id, decision_id)).fetchall():
            continue
        step = Step.TIMEOUT if kind == "timeout" else Step.BAN
        if _asked_for(connection, guild_id, user_id, step, now):
            continue
        why = f"Case #{number} was undone"
        action: Sanction
        if step is Step.TIMEOUT:
            action = EndTimeout(guild_id, user_id, why)
        else:
            action = Unban(guild_id, user_id, why)
        action_id = action_rows.insert(
            connection, decision_id, action, at=now, deadline=now + DEADLINE_MS
        )
        yield sanction_rows.one(connection, guild_id, action_id)


def _expire(connection: sqlite3.Connection, now: int) -> Over:
    ended = connection.execute(_ENDED, (now,)).fetchall()
    unbans = []
    for guild_id, number, step in ended:
        connection.execute(_EXPIRE, {"guild_id": guild_id, "number": number, "now": now})
        if step != Step.BAN.value:
            continue
        banned = connection.execute(_BANNED_BY, (guild_id, number)).fetchall()
        for decision_id, user_id in banned:
            if _asked_for(connection, guild_id, user_id, Step.BAN, now):
                continue
            action = Unban(guild_id, user_id, f"Case #{number}: the ban is over")
            action_id = action_rows.insert(
                connection, decision_id, action, at=now, deadline=now + DEADLINE_MS
            )
            unbans.append(sanction_rows.one(connection, guild_id, action_id))
    return Over(tuple((guild_id, number) for guild_id, number, _ in ended), tuple(unbans))


def _asked_for(
    connection: sqlite3.Connection, guild_id: int, user_id: int, step: Step, now: int
) -> bool:
    """Whether an open case asks for a timeout or ban that is not over."""
    values = {"guild_id": guild_id, "user_id": user_id, "step": step.value, "now": now}
    return bool(connection.execute(_ASKED_FOR, values).fetchall())
