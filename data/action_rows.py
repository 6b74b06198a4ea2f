"""The rows of actions: what is to be done, one row each, below the decision that asks for it."""

import json
import sqlite3

from data.case_rows import clean
from moderation.states import State
from moderation.verdict import (
    Action,
    Ban,
    DeleteMessage,
    EndTimeout,
    Kick,
    RenameThread,
    SetNickname,
    TimeOut,
    Unban,
)

_INSERT = (
    "INSERT INTO actions (guild_id, decision_id, kind, target_id, channel_id, argument, reason,"
    " created_at, deadline, state) VALUES (:guild_id, :decision_id, :kind, :target_id,"
    " :channel_id, :argument, :reason, :at, :deadline, :state) RETURNING action_id"
)


def insert(
    connection: sqlite3.Connection,
    decision_id: int,
    action: Action,
    *,
    at: int,
    deadline: int,
    state: State = State.PENDING,
) -> int:
    """Write down what is to be done, until ``deadline`` (UTC in milliseconds); its number."""
    values = columns(action)
    values |= {"decision_id": decision_id, "at": at, "deadline": deadline, "state": state.value}
    ((action_id,),) = connection.execute(_INSERT, values)
    return int(action_id)


def columns(action: Action) -> dict[str, object]:
    """An action's own columns."""
    channel_id = argument = None
    match action:
        case DeleteMessage():
            kind, target_id, channel_id = "delete", action.message_id, action.channel_id
        case SetNickname():
            kind, target_id, argument = "nickname", action.user_id, action.nickname
        case RenameThread():
            kind, target_id, argument = "title", action.thread_id, action.title
        case TimeOut() | Ban():
            kind = "timeout" if isinstance(action, TimeOut) else "ban"
            target_id, argument = action.user_id, json.dumps({"until": action.until})
        case Kick():
            kind, target_id = "kick", action.user_id
        case Unban():
            kind, target_id = "unban", action.user_id
        case EndTimeout():
            kind, target_id = "end timeout", action.user_id
    return {
        "guild_id": action.guild_id,
        "kind": kind,
        "target_id": target_id,
        "channel_id": channel_id,
        "argument": argument,
        "reason": clean(action.reason),
    }


def read(
    kind: str,
    guild_id: int,
    target_id: int,
    channel_id: int | None,
    argument: str | None,
    reason: str,
) -> Action | None:
    """An action from its columns; None for what this version of the program does not know."""
    match kind:
        case "delete" if channel_id is not None:
            return DeleteMessage(guild_id, channel_id, target_id, reason)
        case "nickname":
            return SetNickname(guild_id, target_id, argument, reason)
        case "title" if argument is not None:
            return RenameThread(guild_id, target_id, argument, reason)
        case "timeout" if argument is not None:
            return TimeOut(guild_id, target_id, json.loads(argument)["until"], reason)
        case "ban" if argument is not None:
            return Ban(guild_id, target_id, json.loads(argument)["until"], reason)
        case "kick":
            return Kick(guild_id, target_id, reason)
        case "unban":
            return Unban(guild_id, target_id, reason)
        case "end timeout":
            return EndTimeout(guild_id, target_id, reason)
    return None
