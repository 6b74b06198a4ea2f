"""New keys for stored entries, where a later version of the matcher folds entries differently.

A key is what makes two entries the same one. Keys of an older folding would let duplicates in, so
all of them are made anew, once, before anything reads them. Of entries that are the same one by now
the first stays; the others are taken out, which the log says. Entries that no longer parse keep
what they have.
"""

import logging
import sqlite3
from collections.abc import Callable

from moderation.canonical import FOLDING_VERSION
from moderation.errors import EntryRefused
from moderation.words import AllowedPhrase, BannedWord, parse_allowed, parse_stored

_log = logging.getLogger(__name__)
type _Row = tuple[int, int, str, str]
"""entry id, list id (0 for allowed phrases), key, text"""


def rekey(connection: sqlite3.Connection) -> None:
    """Make the keys of every guild anew that are of another folding, all of a guild or none. The
    connection must be in autocommit mode. Raises sqlite3.Error."""
    if "folding" not in {row[1] for row in connection.execute("PRAGMA table_info(guilds)")}:
        return
    due = connection.execute(
        "SELECT guild_id FROM guilds WHERE folding <> ?", (FOLDING_VERSION,)
    ).fetchall()
    for (guild_id,) in due:
        connection.execute("BEGIN IMMEDIATE")
        try:
            _rekey(
                connection,
                guild_id,
                parse_stored,
                "SELECT entry_id, list_id, key, text FROM banned_words WHERE guild_id = ?"
                " ORDER BY entry_id",
                "UPDATE banned_words SET key = ? WHERE guild_id = ? AND entry_id = ?",
                "DELETE FROM banned_words WHERE guild_id = ? AND entry_id = ?",
            )
            _rekey(
                connection,
                guild_id,
                parse_allowed,
                "SELECT entry_id, 0, key, text FROM allowed_phrases WHERE guild_id = ?"
                " ORDER BY entry_id",
                "UPDATE allowed_phrases SET key = ? WHERE guild_id = ? AND entry_id = ?",
                "DELETE FROM allowed_phrases WHERE guild_id = ? AND entry_id = ?",
            )
            connection.execute(
                "UPDATE guilds SET folding = ? WHERE guild_id = ?", (FOLDING_VERSION, guild_id)
            )
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _rekey(
    connection: sqlite3.Connection,
    guild_id: int,
    parse: Callable[[str], BannedWord | AllowedPhrase],
    select: str,
    update: str,
    delete: str,
) -> None:
    rows: list[_Row] = connection.execute(select, (guild_id,)).fetchall()
    taken: set[tuple[int, str]] = set()
    changed: list[tuple[str, int, int]] = []
    doubled: list[tuple[int, int]] = []
    for entry_id, list_id, key, text in rows:
        try:
            fresh = parse(text).key
        except EntryRefused:
            fresh = key
        if (list_id, fresh) in taken:
            doubled.append((guild_id, entry_id))
            _log.info(
                "guild %d: a stored entry is the same one as an earlier entry by now and is "
                "taken out: %r",
                guild_id,
                text,
            )
            continue
        taken.add((list_id, fresh))
        if fresh != key:
            changed.append((fresh, guild_id, entry_id))
    connection.executemany(delete, doubled)
    # A key that one entry gives up may be the one that another gets.
    connection.executemany(update, [(f"\0{entry}", guild, entry) for _, guild, entry in changed])
    connection.executemany(update, changed)
