"""The append-only record of who changed what: one row for each write, in the same transaction."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import aiosqlite

from moderation.records import Actor, Change, ChangedEntries, ChangeKind


async def record(
    connection: aiosqlite.Connection,
    guild_id: int,
    now: int,
    by: Actor,
    kind: ChangeKind,
    *,
    before: ChangedEntries | None = None,
    after: ChangedEntries | None = None,
) -> None:
    """Append one change to the guild's record."""
    await connection.execute(
        "INSERT INTO changes"
        " (guild_id, change_id, at, actor_id, actor_name, kind, before, after)"
        " SELECT :guild_id, coalesce(max(change_id), 0) + 1, :at, :actor_id, :actor_name, :kind,"
        " :before, :after FROM changes WHERE guild_id = :guild_id",
        {
            "guild_id": guild_id,
            "at": now,
            "actor_id": by.user_id,
            # Discord's JSON may carry half a surrogate pair, which UTF-8 cannot.
            "actor_name": by.name.encode("utf-8", "replace").decode("utf-8"),
            "kind": kind.value,
            "before": _to_json(before),
            "after": _to_json(after),
        },
    )


async def read(
    connection: aiosqlite.Connection, guild_id: int, limit: int, before: int | None
) -> list[Change]:
    """The guild's newest ``limit`` changes, newest first; with ``before`` only those numbered
    below it."""
    rows = await connection.execute_fetchall(
        "SELECT change_id, at, actor_id, actor_name, kind, before, after FROM changes"
        " WHERE guild_id = :guild_id AND (:before IS NULL OR change_id < :before)"
        " ORDER BY change_id DESC LIMIT :limit",
        {"guild_id": guild_id, "before": before, "limit": max(limit, 0)},
    )
    # A change of 50,000 entries is a megabyte of JSON: not on the event loop.
    return await asyncio.to_thread(_changes, rows)


def _changes(rows: Iterable[Any]) -> list[Change]:
    return [
        Change(
            change_id,
            at,
            Actor(actor_id, actor_name),
            ChangeKind(kind),
            _from_json(before),
            _from_json(after),
        )
        for change_id, at, actor_id, actor_name, kind, before, after in rows
    ]


def _to_json(entries: ChangedEntries | None) -> str | None:
    if entries is None:
        return None
    # The count is for whoever reads the table by hand.
    value = {"list": entries.list_name, "count": len(entries.texts), "texts": entries.texts}
    return json.dumps(value, ensure_ascii=False)


def _from_json(text: str | None) -> ChangedEntries | None:
    if text is None:
        return None
    value = json.loads(text)
    return ChangedEntries(value["list"], tuple(value["texts"]))
