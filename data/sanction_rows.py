"""What is to be done to members, as rows beside their case; and rows read back as what is owed."""

import logging
import sqlite3
from collections.abc import Sequence
from typing import Any

from data import action_rows
from moderation.consequence import Consequence, Step
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

_ONE = (
    "SELECT action_id, kind, target_id, actions.channel_id, argument, reason, state, deadline,"
    " created_at, surface, list, entry, user_id, case_number"
    " FROM actions JOIN decisions USING (guild_id, decision_id)"
    " WHERE guild_id = ? AND action_id = ?"
)

_ELSEWHERE = ("notice",)
"""Kinds of action that are taken up by others (``service/notices.py``)."""


def sanction(
    connection: sqlite3.Connection,
    decision: Decision,
    user_id: int,
    consequence: Consequence,
    why: str,
) -> Sanction:
    """What a consequence does to a member, from the time of the decision on."""
    guild_id, until = decision.guild_id, None
    if consequence.ms is not None:
        until = decision.at + consequence.ms
    match consequence.step:
        case Step.TIMEOUT if until is not None:
            # Discord keeps one end for each member: a new timeout does not cut a longer one short.
            ends = connection.execute(
                "SELECT max(expires_at) FROM cases WHERE guild_id = ? AND user_id = ? AND step = ?"
                " AND state = 'open' AND expires_at > ?",
                (guild_id, user_id, Step.TIMEOUT.value, until),
            )
            until = max(until, next(end or 0 for (end,) in ends))
            return TimeOut(guild_id, user_id, until, why)
        case Step.KICK:
            return Kick(guild_id, user_id, why)
        case Step.BAN:
            return Ban(guild_id, user_id, until, why)
    raise ValueError(f"{consequence} does nothing to a member")


def one(connection: sqlite3.Connection, guild_id: int, action_id: int) -> Owed:
    """An action of ours by its number."""
    (row,) = connection.execute(_ONE, (guild_id, action_id))
    found = owed(guild_id, row)
    if found is None:
        raise ValueError(f"action {action_id} is of an unknown kind")
    return found


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
