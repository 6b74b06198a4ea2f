"""The rows of banned words and allowed phrases: two tables, one way to handle them.

An entry is stored as its text and parsed when it is read. A text that no longer parses (its
syntax was given up in a later version) is left alone, logged and skipped: one old entry must not
blind the bot. Such a row is in nobody's way: adding the same entry anew writes over it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import aiosqlite

from moderation.errors import EntryRefused
from moderation.limits import MAX_ENTRIES, MAX_REGEXES
from moderation.records import Added, LimitReached, Removed
from moderation.words import AllowedPhrase, BannedWord, parse_allowed, parse_stored

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where entries are kept: a guild's list, or (list_id 0) its allowed phrases."""

    guild_id: int
    list_id: int = 0


@dataclass(frozen=True, slots=True)
class Table[E: (BannedWord, AllowedPhrase)]:
    """The statements of one table, all with the same named parameters."""

    parse: Callable[[str], E]
    select: str
    insert: str
    overwrite: str
    delete: str
    clear: str


BANNED_WORDS: Table[BannedWord] = Table(
    parse=parse_stored,
    select="SELECT key, text FROM banned_words"
    " WHERE guild_id = :guild_id AND list_id = :list_id ORDER BY entry_id",
    insert="INSERT INTO banned_words (guild_id, list_id, key, text, added_by, added_at)"
    " VALUES (:guild_id, :list_id, :key, :text, :added_by, :added_at)",
    overwrite="UPDATE banned_words SET text = :text, added_by = :added_by, added_at = :added_at,"
    " terms = NULL WHERE guild_id = :guild_id AND list_id = :list_id AND key = :key",
    delete="DELETE FROM banned_words"
    " WHERE guild_id = :guild_id AND list_id = :list_id AND key = :key",
    clear="DELETE FROM banned_words WHERE guild_id = :guild_id AND list_id = :list_id",
)

ALLOWED_PHRASES: Table[AllowedPhrase] = Table(
    parse=parse_allowed,
    select="SELECT key, text FROM allowed_phrases WHERE guild_id = :guild_id ORDER BY entry_id",
    insert="INSERT INTO allowed_phrases (guild_id, key, text, added_by, added_at)"
    " VALUES (:guild_id, :key, :text, :added_by, :added_at)",
    overwrite="UPDATE allowed_phrases SET text = :text, added_by = :added_by,"
    " added_at = :added_at WHERE guild_id = :guild_id AND key = :key",
    delete="DELETE FROM allowed_phrases WHERE guild_id = :guild_id AND key = :key",
    clear="DELETE FROM allowed_phrases WHERE guild_id = :guild_id",
)


async def rows[E: (BannedWord, AllowedPhrase)](
    connection: aiosqlite.Connection, table: Table[E], place: Place
) -> dict[str, str]:
    """Key to text of every entry in the place, in the order of adding."""
    found = await connection.execute_fetchall(table.select, _named(place))
    return {row[0]: row[1] for row in found}


async def count(connection: aiosqlite.Connection, guild_id: int) -> int:
    """How many entries the guild holds: banned words of all lists and allowed phrases."""
    ((total,),) = await connection.execute_fetchall(
        "SELECT (SELECT count(*) FROM banned_words WHERE guild_id = :guild_id)"
        " + (SELECT count(*) FROM allowed_phrases WHERE guild_id = :guild_id)",
        {"guild_id": guild_id},
    )
    return int(total)


async def count_regexes(connection: aiosqlite.Connection, guild_id: int) -> int:
    """How many of the guild's banned words are regular expressions: no other kind is written
    with a slash at both ends."""
    ((total,),) = await connection.execute_fetchall(
        "SELECT count(*) FROM banned_words WHERE guild_id = ? AND text LIKE '/%/'",
        (guild_id,),
    )
    return int(total)


async def add[E: (BannedWord, AllowedPhrase)](
    connection: aiosqlite.Connection,
    table: Table[E],
    place: Place,
    entries: Sequence[E],
    *,
    added_by: int,
    now: int,
) -> Added[E]:
    """Add those entries whose key is not there yet."""
    there = await rows(connection, table, place)
    added: dict[str, E] = {}
    already = []
    for entry in entries:
        stored = there.get(entry.key)
        if entry.key in added or (stored is not None and _reads(table, place, stored, entry)):
            already.append(entry)
        else:
            added[entry.key] = entry
    signed = _named(place) | {"added_by": added_by, "added_at": now}
    values = [signed | {"key": key, "text": entry.text} for key, entry in added.items()]
    await connection.executemany(table.insert, [v for v in values if v["key"] not in there])
    await connection.executemany(table.overwrite, [v for v in values if v["key"] in there])
    return Added(tuple(added.values()), tuple(already))


async def add_some[E: (BannedWord, AllowedPhrase)](
    connection: aiosqlite.Connection,
    table: Table[E],
    place: Place,
    new: Sequence[E],
    *,
    added_by: int,
    now: int,
) -> Added[E]:
    """As ``add``. Raises LimitReached where the guild would hold too many."""
    had = await _sizes(connection, place.guild_id)
    done = await add(connection, table, place, new, added_by=added_by, now=now)
    if done.added:
        _refuse_too_many(had, await _sizes(connection, place.guild_id))
    return done


def _reads[E: (BannedWord, AllowedPhrase)](
    table: Table[E], place: Place, stored: str, entry: E
) -> bool:
    return stored == entry.text or read(table, place, stored) is not None


async def remove[E: (BannedWord, AllowedPhrase)](
    connection: aiosqlite.Connection, table: Table[E], place: Place, asked: Iterable[E | str]
) -> Removed[E]:
    """Remove what is asked for: by its key, or else by its text as people see it, which finds
    an entry even where a later version makes its key differently."""
    there = await rows(connection, table, place)
    keys = {text: key for key, text in there.items()}
    removed: dict[str, E] = {}
    missing: list[E | str] = []
    for one in asked:
        key, text = (one, one) if isinstance(one, str) else (one.key, one.text)
        if key not in there:
            key = keys.get(text, key)
        entry = read(table, place, there[key]) if key in there and key not in removed else None
        if entry is None:
            missing.append(one)
        else:
            removed[key] = entry
    await connection.executemany(table.delete, [_named(place) | {"key": key} for key in removed])
    return Removed(tuple(removed.values()), tuple(missing))


async def clear[E: (BannedWord, AllowedPhrase)](
    connection: aiosqlite.Connection, table: Table[E], place: Place
) -> dict[str, str]:
    """Remove every entry of the place; the key and text of each."""
    there = await rows(connection, table, place)
    await connection.execute(table.clear, _named(place))
    return there


async def read_all[E: (BannedWord, AllowedPhrase)](
    table: Table[E], place: Place, texts: Iterable[str]
) -> tuple[E, ...]:
    """The entries that the texts say, without those that no longer parse. Parsing thousands
    takes longer than the event loop may be held up, so a thread does it."""

    def read_each() -> tuple[E, ...]:
        return tuple(e for text in texts if (e := read(table, place, text)) is not None)

    return await asyncio.to_thread(read_each)


def read[E: (BannedWord, AllowedPhrase)](table: Table[E], place: Place, text: str) -> E | None:
    """The entry that a stored text says; None, and a line in the log, where it says none."""
    try:
        return table.parse(text)
    except EntryRefused as error:
        _log.warning(
            "guild %d has a stored entry that this version does not understand; it is skipped: %s",
            place.guild_id,
            error.reason,
        )
        return None


async def _sizes(connection: aiosqlite.Connection, guild_id: int) -> tuple[int, int]:
    return await count(connection, guild_id), await count_regexes(connection, guild_id)


def _refuse_too_many(had: tuple[int, int], has: tuple[int, int]) -> None:
    limits = ((MAX_ENTRIES, "entries"), (MAX_REGEXES, "regular expressions"))
    for (limit, what), before, after in zip(limits, had, has, strict=True):
        if after > limit and after > before:
            raise LimitReached(limit, before, after - before, what)


def _named(place: Place) -> dict[str, int | str]:
    return {"guild_id": place.guild_id, "list_id": place.list_id}
