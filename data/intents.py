"""The intent log: decisions, their actions and what became of them, and the nicknames taken away.

``IntentLog`` is a part of the store (``store.py``): its writes go through the one ``Writer``, its
reads are snapshots. Every call may raise StoreFailed.
"""

import sqlite3
from collections.abc import Callable, Sequence

import aiosqlite

from data import action_rows, case_rows, guilds, sanction_rows
from data.case_rows import clean
from data.connections import Reader
from data.writing import Writer
from moderation.cases import NewCase
from moderation.intents import Decision, Ending, OldNickname, Owed, Recorded
from moderation.states import State
from moderation.verdict import Action

KEPT_MS = 30 * 24 * 60 * 60 * 1000
"""How long old nicknames and decisions without a case are kept: 30 days, in milliseconds."""

_INSERT_DECISION = (
    "INSERT INTO decisions (guild_id, cause, at, channel_id, user_id, surface, list, entry,"
    " case_number)"
    " SELECT :guild_id, :cause, :at, :channel_id, :user_id, :surface, :list, :entry,"
    # That of the case that is made next.
    " CASE WHEN :has_case"
    " THEN (SELECT coalesce(max(number), 0) + 1 FROM cases WHERE guild_id = :guild_id) END"
    " WHERE EXISTS (SELECT 1 FROM guilds WHERE guild_id = :guild_id)"
    " ON CONFLICT (guild_id, cause) DO NOTHING RETURNING decision_id"
)

_TO_DO = (State.PENDING, State.FORBIDDEN, State.FAILED)
"""The states in which doing an action cannot do it twice."""


class IntentLog:
    """What was decided, written before it is done."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def decided(
        self, decision: Decision, nearly: Callable[[], None] | None = None
    ) -> Recorded:
        """Write a decision, its actions, its case and what the member is owed for it, all or
        nothing. A second decision of the same cause makes no second case; what of it is done, as
        far as is known, has no number then, and what had failed, or waits for a permission, is
        pending again. ``nearly`` is called when all that is left is to wait for the disk."""
        return await self._writer.run_at_once(lambda on: _decided(on, decision), nearly)

    async def ended(self, endings: Sequence[Ending]) -> None:
        """Write what became of actions, in one transaction. What is done stays done; what was
        withdrawn stays so, unless Discord had carried it out all the same."""
        values = [
            {
                "guild_id": ending.guild_id,
                "action_id": ending.action_id,
                "state": ending.state.value,
                "at": ending.at,
                "attempts": ending.attempts,
                "detail": clean(ending.detail) or None,
            }
            for ending in endings
        ]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "UPDATE actions SET state = :state, ended_at = :at, detail = :detail,"
                " attempts = attempts + :attempts"
                " WHERE guild_id = :guild_id AND action_id = :action_id"
                " AND state NOT IN ('done', 'gone')"
                " AND (state <> 'withdrawn' OR :state = 'done')",
                values,
            )
            # The mod log shows its case again.
            connection.executemany(
                "UPDATE cases SET changed_at = max(changed_at, :at) WHERE guild_id = :guild_id"
                " AND number = (SELECT case_number FROM decisions JOIN actions"
                " USING (guild_id, decision_id) WHERE guild_id = :guild_id"
                " AND action_id = :action_id)",
                values,
            )

        # Beside the decisions of a raid: not to be a turn of the event loop for each statement.
        await self._writer.run_at_once(write)

    async def unfinished(self, guild_id: int) -> list[Owed]:
        """The guild's actions that are pending or wait for a permission, oldest first, but for
        notices (``notices.py``). One that this version of the program does not know is left out,
        and said in the log."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(sanction_rows.UNFINISHED, (guild_id,))
        return [one for row in rows if (one := sanction_rows.owed(guild_id, tuple(row)))]

    async def old_nicknames(self, guild_id: int, user_id: int) -> list[OldNickname]:
        """The nicknames that were taken from a member in the last 30 days, newest first."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT nickname, removed_at FROM old_nicknames"
                " WHERE guild_id = ? AND user_id = ? ORDER BY removed_at DESC",
                (guild_id, user_id),
            )
        return [OldNickname(nickname, removed_at) for nickname, removed_at in rows]


async def prune(connection: aiosqlite.Connection, now: int) -> None:
    """Erase what is older than is kept, of every guild. All of it is finished: an action's
    deadline is far shorter. The decisions of cases belong to them."""
    await connection.execute(
        "DELETE FROM decisions WHERE at < ? AND case_number IS NULL", (now - KEPT_MS,)
    )
    await connection.execute("DELETE FROM old_nicknames WHERE removed_at < ?", (now - KEPT_MS,))


def _decided(connection: sqlite3.Connection, decision: Decision) -> Recorded:
    values = {
        "guild_id": decision.guild_id,
        "cause": clean(decision.cause),
        "at": decision.at,
        "channel_id": decision.channel_id,
        "user_id": decision.user_id,
        "surface": decision.surface.value,
        "list": decision.list_name,
        "entry": clean(decision.entry),
        "has_case": decision.case is not None,
    }
    made = list(connection.execute(_INSERT_DECISION, values))
    if not made:
        found = connection.execute(
            "SELECT decision_id FROM decisions WHERE guild_id = :guild_id AND cause = :cause",
            values,
        ).fetchall()
        for (decision_id,) in found:
            return Recorded(_decided_before(connection, decision, decision_id))
        # The guild has no row, as after an erasure.
        connection.execute(guilds.MAKE_KNOWN, (decision.guild_id, decision.at, decision.at))
        made = list(connection.execute(_INSERT_DECISION, values))
    ((decision_id,),) = made
    if decision.old_nickname is not None:
        connection.execute(
            "INSERT INTO old_nicknames (guild_id, user_id, removed_at, nickname)"
            " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (decision.guild_id, decision.user_id, decision.at, clean(decision.old_nickname)),
        )
    numbers = tuple([_insert(connection, decision, decision_id, one) for one in decision.actions])
    if decision.case is None:
        return Recorded(numbers)
    return _with_case(connection, decision, decision_id, decision.case, numbers)


def _with_case(
    connection: sqlite3.Connection,
    decision: Decision,
    decision_id: int,
    case: NewCase,
    numbers: tuple[int, ...],
) -> Recorded:
    now = case_rows.escalated(connection, decision, case)
    held = now.owed and case_rows.held_back(connection, decision.guild_id, decision.at)
    number = case_rows.insert(connection, decision, case, now, held=held)
    if number is None:  # its case is there, and was another decision's
        connection.execute(
            "UPDATE decisions SET case_number = NULL WHERE guild_id = ? AND decision_id = ?",
            (decision.guild_id, decision_id),
        )
        return Recorded(numbers)
    sanctions: tuple[Owed, ...] = ()
    user_id = decision.user_id
    if now.owed and user_id is not None:
        strikes = f", {now.strikes} strikes" if now.strikes > 1 else ""
        why = f"Case #{number}{strikes}: {case.why}"
        action = sanction_rows.sanction(connection, decision, user_id, now.consequence, why)
        state = State.HELD if held else State.PENDING
        action_id = action_rows.insert(
            connection,
            decision_id,
            action,
            at=decision.at,
            deadline=decision.deadline,
            state=state,
        )
        sanctions = (sanction_rows.one(connection, decision.guild_id, action_id),)
    return Recorded(numbers, number, now.consequence, now.strikes, sanctions)


def _decided_before(
    connection: sqlite3.Connection, decision: Decision, decision_id: int
) -> tuple[int | None, ...]:
    """The decision is there; so may be its actions, or other ones."""
    numbers: list[int | None] = []
    for action in decision.actions:
        there = connection.execute(
            "SELECT action_id, state FROM actions"
            " WHERE guild_id = :guild_id AND decision_id = :decision_id AND kind = :kind"
            " AND target_id = :target_id",
            {**action_rows.columns(action), "decision_id": decision_id},
        )
        known = {int(action_id): state for action_id, state in there}
        if not known:
            numbers.append(_insert(connection, decision, decision_id, action))
        for action_id, state in known.items():
            again = state in _TO_DO
            if again:
                connection.execute(
                    "UPDATE actions SET state = 'pending', deadline = ?"
                    " WHERE guild_id = ? AND action_id = ?",
                    (decision.deadline, decision.guild_id, action_id),
                )
            numbers.append(action_id if again else None)
    return tuple(numbers)


def _insert(
    connection: sqlite3.Connection, decision: Decision, decision_id: int, action: Action
) -> int:
    return action_rows.insert(
        connection, decision_id, action, at=decision.at, deadline=decision.deadline
    )
