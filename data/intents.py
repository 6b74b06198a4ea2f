"""The intent log: decisions, their actions and what became of them, and the nicknames taken away.

``IntentLog`` is a part of the store (``store.py``): its writes go through the one ``Writer``, its
reads are snapshots. Every call may raise StoreFailed.
"""

import logging
import sqlite3
from collections.abc import Callable, Sequence

import aiosqlite

from data import guilds
from data.connections import Reader
from data.writing import Writer
from moderation.events import Surface
from moderation.intents import Decision, Ending, OldNickname, Owed, verdict_from
from moderation.states import State
from moderation.verdict import Action, DeleteMessage, RenameThread, SetNickname

_log = logging.getLogger(__name__)

KEPT_MS = 30 * 24 * 60 * 60 * 1000
"""How long decisions and old nicknames are kept: 30 days, in milliseconds."""

_INSERT_DECISION = (
    "INSERT INTO decisions (guild_id, cause, at, channel_id, user_id, surface, list, entry)"
    " SELECT :guild_id, :cause, :at, :channel_id, :user_id, :surface, :list, :entry"
    " WHERE EXISTS (SELECT 1 FROM guilds WHERE guild_id = :guild_id)"
    " ON CONFLICT (guild_id, cause) DO NOTHING RETURNING decision_id"
)
_INSERT_ACTION = (
    "INSERT INTO actions (guild_id, decision_id, kind, target_id, channel_id, argument, reason,"
    " created_at, deadline) VALUES (:guild_id, :decision_id, :kind, :target_id, :channel_id,"
    " :argument, :reason, :at, :deadline) RETURNING action_id"
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
    ) -> tuple[int | None, ...]:
        """Write a decision and its actions, all or nothing. The number of each action in the log,
        None for one that is done, as far as is known, since an earlier decision of the same cause.
        One that had failed, or waits for a permission, is pending again. ``nearly`` is called when
        all that is left is to wait for the disk."""
        return await self._writer.run_at_once(lambda on: _decided(on, decision), nearly)

    async def ended(self, endings: Sequence[Ending]) -> None:
        """Write what became of actions, in one transaction. What is done stays done."""
        values = [
            {
                "guild_id": ending.guild_id,
                "action_id": ending.action_id,
                "state": ending.state.value,
                "at": ending.at,
                "attempts": ending.attempts,
                "detail": _clean(ending.detail) or None,
            }
            for ending in endings
        ]

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.executemany(
                "UPDATE actions SET state = :state, ended_at = :at, detail = :detail,"
                " attempts = attempts + :attempts"
                " WHERE guild_id = :guild_id AND action_id = :action_id"
                " AND state NOT IN ('done', 'gone')",
                values,
            )

        await self._writer.run(work)

    async def unfinished(self, guild_id: int) -> list[Owed]:
        """The guild's actions that are pending or wait for a permission, oldest first, but for
        notices (``notices.py``). One that this version of the program does not know is left out,
        and said in the log."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT action_id, kind, target_id, actions.channel_id, argument, reason, state,"
                " deadline, surface, list, entry, user_id"
                " FROM actions JOIN decisions USING (guild_id, decision_id)"
                " WHERE guild_id = ? AND state IN ('pending', 'forbidden') AND kind <> 'notice'"
                " ORDER BY action_id",
                (guild_id,),
            )
        owed = []
        for action_id, kind, target, channel, argument, reason, state, deadline, *told in rows:
            action = _action(kind, guild_id, target, channel, argument, reason)
            surface, list_name, entry, user_id = told
            if action is None or surface not in Surface:
                _log.error("Action %d is of an unknown kind (%s)", action_id, kind)
                continue
            verdict = verdict_from(action, Surface(surface), list_name, entry, user_id)
            owed.append(Owed(action_id, verdict, action, State(state), deadline))
        return owed

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
    deadline is far shorter."""
    await connection.execute("DELETE FROM decisions WHERE at < ?", (now - KEPT_MS,))
    await connection.execute("DELETE FROM old_nicknames WHERE removed_at < ?", (now - KEPT_MS,))


def _decided(connection: sqlite3.Connection, decision: Decision) -> tuple[int | None, ...]:
    values = {
        "guild_id": decision.guild_id,
        "cause": decision.cause,
        "at": decision.at,
        "channel_id": decision.channel_id,
        "user_id": decision.user_id,
        "surface": decision.surface.value,
        "list": decision.list_name,
        "entry": decision.entry,
    }
    made = list(connection.execute(_INSERT_DECISION, values))
    if not made:
        found = connection.execute(
            "SELECT decision_id FROM decisions WHERE guild_id = :guild_id AND cause = :cause",
            values,
        ).fetchall()
        for (decision_id,) in found:
            return _decided_before(connection, decision, decision_id)
        # The guild has no row, as after an erasure.
        connection.execute(guilds.MAKE_KNOWN, (decision.guild_id, decision.at, decision.at))
        made = list(connection.execute(_INSERT_DECISION, values))
    ((decision_id,),) = made
    if decision.old_nickname is not None:
        connection.execute(
            "INSERT INTO old_nicknames (guild_id, user_id, removed_at, nickname)"
            " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (decision.guild_id, decision.user_id, decision.at, _clean(decision.old_nickname)),
        )
    return tuple([_insert(connection, decision, decision_id, one) for one in decision.actions])


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
            _values(decision, decision_id, action),
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
    ((action_id,),) = connection.execute(_INSERT_ACTION, _values(decision, decision_id, action))
    return int(action_id)


def _values(decision: Decision, decision_id: int, action: Action) -> dict[str, object]:
    channel_id = argument = None
    match action:
        case DeleteMessage():
            kind, target_id, channel_id = "delete", action.message_id, action.channel_id
        case SetNickname():
            kind, target_id, argument = "nickname", action.user_id, action.nickname
        case RenameThread():
            kind, target_id, argument = "title", action.thread_id, action.title
    return {
        "guild_id": decision.guild_id,
        "decision_id": decision_id,
        "kind": kind,
        "target_id": target_id,
        "channel_id": channel_id,
        "argument": argument,
        "reason": _clean(action.reason),
        "at": decision.at,
        "deadline": decision.deadline,
    }


def _action(
    kind: str,
    guild_id: int,
    target_id: int,
    channel_id: int | None,
    argument: str | None,
    reason: str,
) -> Action | None:
    match kind:
        case "delete" if channel_id is not None:
            return DeleteMessage(guild_id, channel_id, target_id, reason)
        case "nickname":
            return SetNickname(guild_id, target_id, argument, reason)
        case "title" if argument is not None:
            return RenameThread(guild_id, target_id, argument, reason)
    return None


def _clean(text: str) -> str:
    """Discord's JSON may carry half a surrogate pair, which UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
