"""The append-only record of who changed what: one row for each write, in the same transaction."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import aiosqlite

from data import policy_json
from data.policy_json import Json
from moderation.records import (
    Actor,
    Change,
    Changed,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
    ChangeKind,
)


async def record(
    connection: aiosqlite.Connection,
    guild_id: int,
    now: int,
    by: Actor,
    kind: ChangeKind,
    *,
    before: Changed | None = None,
    after: Changed | None = None,
    undoes: int | None = None,
) -> None:
    """Append one change to the guild's record."""
    await connection.execute(
        "INSERT INTO changes"
        " (guild_id, change_id, at, actor_id, actor_name, kind, before, after, undoes)"
        " SELECT :guild_id, coalesce(max(change_id), 0) + 1, :at, :actor_id, :actor_name, :kind,"
        " :before, :after, :undoes FROM changes WHERE guild_id = :guild_id",
        {
            "guild_id": guild_id,
            "at": now,
            "actor_id": by.user_id,
            # Discord's JSON may carry half a surrogate pair, which UTF-8 cannot.
            "actor_name": by.name.encode("utf-8", "replace").decode("utf-8"),
            "kind": kind.value,
            "before": _to_json(before),
            "after": _to_json(after),
            "undoes": undoes,
        },
    )


async def read(
    connection: aiosqlite.Connection, guild_id: int, limit: int, before: int | None
) -> list[Change]:
    """The guild's newest ``limit`` changes, newest first; with ``before`` only those numbered
    below it."""
    rows = await connection.execute_fetchall(
        "SELECT change_id, at, actor_id, actor_name, kind, before, after, undoes FROM changes"
        " WHERE guild_id = :guild_id AND (:before IS NULL OR change_id < :before)"
        " ORDER BY change_id DESC LIMIT :limit",
        {"guild_id": guild_id, "before": before, "limit": max(limit, 0)},
    )
    # A change of 50,000 entries is a megabyte of JSON: not on the event loop.
    return await asyncio.to_thread(_changes, rows)


async def read_from(
    connection: aiosqlite.Connection, guild_id: int, change_id: int
) -> list[Change]:
    """A change and all that came after it, oldest first; none where there is no such change."""
    rows = await connection.execute_fetchall(
        "SELECT change_id, at, actor_id, actor_name, kind, before, after, undoes FROM changes"
        " WHERE guild_id = ? AND change_id >= ? ORDER BY change_id",
        (guild_id, change_id),
    )
    return await asyncio.to_thread(_changes, rows)


async def newest(connection: aiosqlite.Connection, guild_id: int) -> int:
    """The number of the guild's last change; 0 where there is none."""
    ((number,),) = await connection.execute_fetchall(
        "SELECT coalesce(max(change_id), 0) FROM changes WHERE guild_id = ?", (guild_id,)
    )
    return int(number)


def _changes(rows: Iterable[Any]) -> list[Change]:
    return [
        Change(
            change_id,
            at,
            Actor(actor_id, actor_name),
            ChangeKind(kind),
            _from_json(before),
            _from_json(after),
            undoes,
        )
        for change_id, at, actor_id, actor_name, kind, before, after, undoes in rows
    ]


def _to_json(changed: Changed | None) -> str | None:
    match changed:
        case None:
            return None
        case ChangedEntries():
            value = _from_entries(changed)
        case ChangedList(name, policy, entries):
            value = {"list": name, "policy": policy_json.from_list(policy)}
            if entries is not None:
                value["entries"] = _from_entries(entries)
        case ChangedTerms(list_name, text, terms):
            value = {"list": list_name, "text": text, "terms": policy_json.from_terms(terms)}
        case ChangedPolicy(what, guild_policy):
            value = {"what": what, "set": policy_json.from_policy(guild_policy)}
    return policy_json.written(value)


def _from_json(text: str | None) -> Changed | None:
    if text is None:
        return None
    value = json.loads(text)
    # Each kind of value has a key that no other has.
    if "texts" in value:
        return _to_entries(value)
    if "policy" in value:
        entries = _to_entries(value["entries"]) if "entries" in value else None
        return ChangedList(value["list"], policy_json.to_list(value["policy"]), entries)
    if "text" in value:
        return ChangedTerms(value["list"], value["text"], policy_json.to_terms(value["terms"]))
    return ChangedPolicy(value["what"], policy_json.to_policy(value["set"]))


def _from_entries(entries: ChangedEntries) -> Json:
    # The count is for whoever reads the table by hand.
    value: Json = {"list": entries.list_name, "count": len(entries.texts), "texts": entries.texts}
    if entries.terms:
        value["terms"] = {
            text: policy_json.from_terms(terms) for text, terms in entries.terms.items()
        }
    return value


def _to_entries(value: Json) -> ChangedEntries:
    terms = {text: policy_json.to_terms(one) for text, one in value.get("terms", {}).items()}
    return ChangedEntries(value["list"], tuple(value["texts"]), terms)
