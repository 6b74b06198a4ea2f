"""The rows of cases as they are made: beside their decision, in its transaction. Reading and
editing them is in ``cases.py``."""

import json
import sqlite3
from collections.abc import Sequence

from data.strikes import consequence, past_before
from moderation.cases import CaseHit, CaseKind, HandMade, NewCase
from moderation.escalation import BRAKE_MS, Escalated, Past, braked, escalate
from moderation.events import Surface
from moderation.intents import Decision

_INSERT = (
    "INSERT INTO cases (guild_id, number, cause, at, kind, user_id, user_name, by_id, by_name,"
    " reason, step, ms, counts, catch_up, strikes, surface, channel_id, message_id, list, entry,"
    " text, hits, more, attachments, expires_at, changed_at)"
    " SELECT :guild_id, coalesce(max(number), 0) + 1, :cause, :at, :kind, :user_id, :user_name,"
    " :by_id, :by_name, :reason, :step, :ms, :counts, :catch_up, :strikes, :surface, :channel_id,"
    " :message_id, :list, :entry, :text, :hits, :more, :attachments, :expires_at, :at"
    " FROM cases WHERE guild_id = :guild_id"
    " ON CONFLICT (guild_id, cause) DO NOTHING RETURNING number"
)

_PUNISHED_LATELY = (
    "SELECT count(*) FROM actions JOIN decisions USING (guild_id, decision_id)"
    " WHERE guild_id = ? AND created_at > ? AND kind IN ('timeout', 'kick', 'ban')"
    " AND decisions.list <> ''"
)
"""Only what the bot decided has a list."""


def escalated(connection: sqlite3.Connection, decision: Decision, case: NewCase) -> Escalated:
    """What a case comes to with the strikes on record."""
    new = Past(decision.at, case.consequence, case.catch_up, case.counts)
    before: list[Past] = []
    if case.counts and decision.user_id is not None:
        since = decision.at - max(case.ladder.window_ms, BRAKE_MS)
        before = past_before(
            connection,
            decision.guild_id,
            decision.user_id,
            since,
            new,
            may_punish=case.consequence.punishes or bool(case.ladder.rungs),
        )
    return escalate(new, before, case.ladder, punishable=case.punishable)


def held_back(connection: sqlite3.Connection, guild_id: int, at: int) -> bool:
    """Whether the brake holds what is decided now."""
    ((lately,),) = connection.execute(_PUNISHED_LATELY, (guild_id, at - BRAKE_MS))
    return braked(lately)


def insert(
    connection: sqlite3.Connection,
    decision: Decision,
    case: NewCase,
    now: Escalated,
    *,
    held: bool,
) -> int | None:
    """Make the case of a decision; its number, None where one of its cause is there. What the brake
    holds has no end until it is let go."""
    length = now.consequence.ms if now.owed and not held else None
    made = connection.execute(
        _INSERT,
        {
            "guild_id": decision.guild_id,
            "cause": clean(decision.cause),
            "at": decision.at,
            "kind": CaseKind.VIOLATION.value,
            "user_id": decision.user_id,
            "user_name": clean(case.user_name),
            "by_id": 0,
            "by_name": "",
            "reason": clean(case.reason),
            "step": now.consequence.step.value,
            "ms": now.consequence.ms,
            "counts": case.counts,
            "catch_up": case.catch_up,
            "strikes": now.strikes,
            "surface": decision.surface.value,
            "channel_id": decision.channel_id,
            "message_id": decision.message_id,
            "list": decision.list_name,
            "entry": clean(decision.entry),
            "text": None if case.text is None else clean(case.text),
            "hits": hits_json(case.hits),
            "more": case.more,
            "attachments": json.dumps(case.attachments) if case.attachments else None,
            "expires_at": None if length is None else decision.at + length,
        },
    ).fetchall()
    return int(made[0][0]) if made else None


def insert_by_hand(
    connection: sqlite3.Connection, guild_id: int, new: HandMade, cause: str | None
) -> int | None:
    """Make a moderator's case; its number, None where one of its cause is there. It is no strike.
    The guild must have its row."""
    made = connection.execute(
        _INSERT,
        {
            "guild_id": guild_id,
            "cause": cause,
            "at": new.at,
            "kind": new.kind.value,
            "user_id": new.user_id,
            "user_name": clean(new.user_name),
            "by_id": new.by.user_id,
            "by_name": clean(new.by.name),
            "reason": clean(new.reason),
            "step": new.consequence.step.value,
            "ms": new.consequence.ms,
            "counts": False,
            "catch_up": None,
            "strikes": 0,
            "surface": None,
            "channel_id": None,
            "message_id": None,
            "list": "",
            "entry": "",
            "text": None if new.text is None else clean(new.text),
            "hits": "[]",
            "more": 0,
            "attachments": None,
            "expires_at": new.expires_at,
        },
    ).fetchall()
    return int(made[0][0]) if made else None


def hits_json(hits: Sequence[CaseHit]) -> str:
    """Hits as their column keeps them."""
    return json.dumps(
        [
            {
                "list": hit.list,
                "entry": hit.entry,
                "surface": hit.surface.value,
                "start": hit.start,
                "end": hit.end,
                "undone": hit.undone,
                "step": hit.consequence.step.value,
                "ms": hit.consequence.ms,
                "shadow": hit.shadow,
                "reason": hit.reason,
            }
            for hit in hits
        ]
    )


def hits_from(text: str) -> tuple[CaseHit, ...]:
    """Hits from their column."""
    return tuple(
        CaseHit(
            list=hit["list"],
            entry=hit["entry"],
            surface=Surface(hit["surface"]),
            start=hit["start"],
            end=hit["end"],
            undone=tuple(hit["undone"]),
            consequence=consequence(hit["step"], hit["ms"]),
            shadow=hit["shadow"],
            reason=hit["reason"],
        )
        for hit in json.loads(text)
    )


def clean(text: str) -> str:
    """Discord's JSON may carry half a surrogate pair, which UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
