"""What is to be done to members, as rows beside their case; and rows read back as what is owed."""

import logging
import sqlite3
from collections.abc import Sequence
from typing import Any

from data import action_rows, case_rows
from moderation.cases import NewCase
from moderation.consequence import Consequence, Step
from moderation.escalation import Escalated
from moderation.events import Surface
from moderation.intents import Decision, Owed, verdict_from
from moderation.states import State
from moderation.verdict import Ban, Kick, Sanction, TimeOut

_log = logging.getLogger(__name__)

UNFINISHED = (
    "SELECT action_id, kind, target_id, actions.channel_id, argument, reason, state, deadline,"
    " created_at, surface, list, entry, user_id, case_number"
    " FROM actions JOIN decisions USING (guild_id, decision_id)"
    " WHERE guild_id = ? AND state IN ('pending', 'forbidden') ORDER BY action_id"
)
"""What is pending or waits for a permission, oldest first; the columns that ``owed`` reads."""

_ELSEWHERE = ("notice",)
"""Kinds of action that are taken up by others (``service/notices.py``)."""


def owe(
    connection: sqlite3.Connection,
    decision: Decision,
    user_id: int,
    decision_id: int,
    number: int,
    case: NewCase,
    now: Escalated,
) -> Owed:
    """Write down what a member is to suffer for a case; held back by the brake, maybe."""
    held = case_rows.held_back(connection, decision.guild_id, decision.at)
    why = f"Case #{number}: {case.why}"
    if now.strikes > 1:
        why += f" ({now.strikes} strikes)"
    until = None
    if now.consequence.ms is not None:
        until = decision.at + now.consequence.ms
    if now.consequence.step is Step.TIMEOUT and until is not None:
        # Discord keeps one end for each member: a longer timeout is not cut short by a new one.
        ends = connection.execute(
            "SELECT max(expires_at) FROM cases WHERE guild_id = ? AND user_id = ? AND step = ?"
            " AND state = 'open' AND expires_at > ?",
            (decision.guild_id, user_id, Step.TIMEOUT.value, until),
        )
        until = max(until, next(end or 0 for (end,) in ends))
    action = _sanction(decision.guild_id, user_id, now.consequence, until, why)
    state = State.HELD if held else State.PENDING
    action_id = action_rows.insert(
        connection,
        decision_id,
        action,
        at=decision.at,
        deadline=decision.deadline,
        state=state,
    )
    verdict = verdict_from(action, decision.surface, decision.list_name, decision.entry, user_id)
    return Owed(action_id, verdict, action, state, decision.deadline, decision.at, number)


def owed(guild_id: int, row: Sequence[Any]) -> Owed | None:
    """What a row of ``UNFINISHED`` says is to be done. None for one that this version of the
    program does not know, which is said in the log, or that is not for the outbox."""
    action_id, kind, target, channel, argument, reason, state, deadline, created_at, *told = row
    surface, list_name, entry, user_id, number = told
    action = action_rows.read(kind, guild_id, target, channel, argument, reason)
    if action is None or (surface and surface not in Surface):
        if kind not in _ELSEWHERE:
            _log.error("Action %d is of an unknown kind (%s)", action_id, kind)
        return None
    found_in = Surface(surface) if surface else None
    verdict = verdict_from(action, found_in, list_name, entry, user_id)
    return Owed(action_id, verdict, action, State(state), deadline, created_at, number)


def _sanction(
    guild_id: int, user_id: int, consequence: Consequence, until: int | None, why: str
) -> Sanction:
    match consequence.step:
        case Step.TIMEOUT if until is not None:
            return TimeOut(guild_id, user_id, until, why)
        case Step.KICK:
            return Kick(guild_id, user_id, why)
        case Step.BAN:
            return Ban(guild_id, user_id, until, why)
    raise ValueError(f"{consequence} does nothing to a member")
