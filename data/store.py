"""The memory of the bot: one SQLite file, held by one process.

``Store`` is what the service's ports ask for. Each of its writes is one transaction that goes
through the one ``Writer``; each of its reads is one snapshot. The SQL lives beside this module,
by subject: ``guilds``, ``lists``, ``entries``, ``changes``, ``policies``, ``intents``,
``sanctions``, ``cursors``, ``cases``, ``erasing``, ``log_posts``,
``notices``, ``hand_made``. Every call may raise
StoreFailed.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

import aiosqlite
from filelock import FileLock

from clock import utc_ms
from data import changes, cursors, entries, erasing, guilds, intents, lists, terms
from data.at_once import at_once
from data.cases import CaseLog
from data.connections import Reader, failed
from data.cursors import CursorLog
from data.entries import ALLOWED_PHRASES, BANNED_WORDS, Place, Table
from data.errors import StoreUnusable
from data.hand_made import HandLog
from data.intents import IntentLog
from data.log_posts import LogPosts
from data.notices import NoticeLog
from data.opening import PRAGMAS, hold, prepare
from data.policies import PolicyBook
from data.sanctions import SanctionLog
from data.writing import Writer
from moderation.policy import NO_TERMS, EntryTerms
from moderation.records import (
    MAIN_LIST,
    Actor,
    Added,
    Change,
    ChangedEntries,
    ChangeKind,
    GuildWords,
    Removed,
    StoreInfo,
)
from moderation.words import AllowedPhrase, BannedWord


class Store:
    """An open database. Made by ``open``; to be closed by ``close``."""

    def __init__(
        self,
        reader: Reader,
        writer: Writer,
        lock: FileLock,
        info: StoreInfo,
        clock: Callable[[], int],
    ) -> None:
        self.info = info
        self.intents = IntentLog(reader, writer)
        self.sanctions = SanctionLog(reader, writer)
        self.cursors = CursorLog(writer, clock)
        self.log_posts = LogPosts(reader, writer)
        self.cases = CaseLog(reader, writer, clock)
        self.policies = PolicyBook(reader, writer, clock)
        self.notices = NoticeLog(reader, writer)
        self.hand_made = HandLog(reader, writer, clock)
        self._reader = reader
        self._writer = writer
        self._lock = lock
        self._clock = clock

    @classmethod
    async def open(cls, path: Path, *, clock: Callable[[], int] = utc_ms) -> Self:
        """Take hold of the database at ``path``, made with its folder when it is not there.

        Raises StoreInUse when another process (or another Store) holds it, and StoreUnusable
        when it cannot be used.
        """
        # The file itself, so that two names for it are one lock.
        path = await asyncio.to_thread(path.resolve)
        lock = await asyncio.to_thread(hold, path)
        opened: list[aiosqlite.Connection] = []
        try:
            schema = await asyncio.to_thread(prepare, path)
            for _ in range(2):
                connection = await aiosqlite.connect(path, isolation_level=None, timeout=5)
                opened.append(connection)
                for pragma in PRAGMAS:
                    await connection.execute(pragma)
            writing, reading = opened
            await reading.execute("PRAGMA query_only = ON")
            info = StoreInfo(str(path), sqlite3.sqlite_version, schema)
            return cls(Reader(reading), Writer(writing), lock, info, clock)
        except BaseException as error:
            for connection in opened:
                await connection.close()
            lock.release()
            if isinstance(error, sqlite3.Error):
                told = failed(error)
                raise StoreUnusable(path, told.what, told.cure) from error
            raise

    async def close(self) -> None:
        """Finish what was asked for, close the file and let go of it. Safe to call twice."""
        try:
            await self._reader.close()
            await self._writer.close()
        finally:
            self._lock.release()

    # Words

    async def words(self, guild_id: int) -> GuildWords:
        """All that the guild's matcher is made of; empty, with revision 0, for an unknown one."""
        async with self._reader.snapshot() as connection:
            revision = await guilds.revision(connection, guild_id)
            texts = {MAIN_LIST: (Place(guild_id), list[str]())}
            for name, list_id in (await lists.ids(connection, guild_id)).items():
                place = Place(guild_id, list_id)
                found = await entries.rows(connection, BANNED_WORDS, place)
                texts[name] = place, list(found.values())
            allowed = await entries.rows(connection, ALLOWED_PHRASES, Place(guild_id))
        return GuildWords(
            revision,
            {name: await entries.read_all(BANNED_WORDS, *of) for name, of in texts.items()},
            await entries.read_all(ALLOWED_PHRASES, Place(guild_id), allowed.values()),
        )

    async def add_words(
        self,
        guild_id: int,
        new: Iterable[BannedWord],
        *,
        by: Actor,
        list_name: str = MAIN_LIST,
        own: EntryTerms = NO_TERMS,
    ) -> Added[BannedWord]:
        """Add entries to a list, each new one with these terms of its own. Raises LimitReached and
        UnknownList, with nothing added."""
        return await self._add(
            BANNED_WORDS, guild_id, list_name, tuple(new), by, ChangeKind.WORDS_ADDED, own
        )

    async def remove_words(
        self,
        guild_id: int,
        asked: Iterable[BannedWord | str],
        *,
        by: Actor,
        list_name: str = MAIN_LIST,
    ) -> Removed[BannedWord]:
        """Remove entries, or what has these keys or texts, from a list. Raises UnknownList."""
        return await self._remove(
            BANNED_WORDS, guild_id, list_name, tuple(asked), by, ChangeKind.WORDS_REMOVED
        )

    async def clear_words(
        self, guild_id: int, *, by: Actor, list_name: str = MAIN_LIST
    ) -> tuple[BannedWord, ...]:
        """Empty a list; what was in it, in the order of adding. Raises UnknownList."""

        async def work(connection: aiosqlite.Connection) -> tuple[BannedWord, ...]:
            name, place = await _place(connection, guild_id, list_name)
            if place is None:
                return ()
            own = await terms.of_list(connection, place)
            there = await entries.clear(connection, BANNED_WORDS, place)
            if there:
                before = ChangedEntries(name, tuple(there.values()), own)
                await self._record(
                    connection, guild_id, by, ChangeKind.WORDS_CLEARED, before=before
                )
            return await entries.read_all(BANNED_WORDS, place, there.values())

        return await self._writer.run(work)

    async def add_allowed(
        self, guild_id: int, new: Iterable[AllowedPhrase], *, by: Actor
    ) -> Added[AllowedPhrase]:
        """Add allowed phrases. Raises LimitReached, with nothing added."""
        return await self._add(
            ALLOWED_PHRASES, guild_id, None, tuple(new), by, ChangeKind.ALLOWED_ADDED
        )

    async def remove_allowed(
        self, guild_id: int, asked: Iterable[AllowedPhrase | str], *, by: Actor
    ) -> Removed[AllowedPhrase]:
        """Remove allowed phrases, or what has these keys or texts."""
        return await self._remove(
            ALLOWED_PHRASES, guild_id, None, tuple(asked), by, ChangeKind.ALLOWED_REMOVED
        )

    async def changes(
        self, guild_id: int, *, limit: int = 50, before: int | None = None
    ) -> list[Change]:
        """The guild's newest changes, newest first; with ``before`` those numbered below it."""
        async with self._reader.snapshot() as connection:
            return await changes.read(connection, guild_id, limit, before)

    # Guilds

    async def guild_joined(self, guild_id: int) -> None:
        """The bot is in this guild. What it held is back, unless its 30 days were over."""
        await self._writer.run(lambda on: guilds.joined(on, guild_id, self._clock()))

    async def guild_left(self, guild_id: int) -> None:
        """The bot is no longer in this guild: from now on, or from an earlier call, 30 days. If it
        comes back, it begins with what is said then."""

        async def work(connection: aiosqlite.Connection) -> None:
            await guilds.left(connection, guild_id, self._clock())
            await cursors.forget(connection, guild_id)

        await self._writer.run(work)

    async def guild_ids(self) -> list[int]:
        """Every guild with a row that the bot has not left, in the order of their ids. One whose
        lists the operator imported is among them before the bot has joined."""
        async with self._reader.snapshot() as connection:
            return await guilds.present(connection)

    async def erase_departed(self) -> list[int]:
        """Erase every row of each guild that the bot left more than 30 days ago; which. So too, of
        every guild, what is kept for a time: the texts of cases, decisions, old nicknames. Nothing
        of the texts is in the file afterwards, of the nicknames within a day."""
        now = self._clock()

        async def work(connection: aiosqlite.Connection) -> list[int]:
            due = await guilds.departed(connection, now)
            for guild_id in due:
                await guilds.erase(connection, guild_id)
            await at_once(connection, lambda on: erasing.departed(on, due, now))
            await intents.prune(connection, now)
            return due

        erased = await self._writer.run(work)
        while await self._writer.run_at_once(lambda on: erasing.old_texts(on, now)):
            pass
        await self._writer.run_at_once(lambda on: erasing.forgotten(on, now))
        await erasing.rewrite(self._writer, now)
        return erased

    # What the writes share

    async def _add[E: (BannedWord, AllowedPhrase)](
        self,
        table: Table[E],
        guild_id: int,
        list_name: str | None,
        new: tuple[E, ...],
        by: Actor,
        kind: ChangeKind,
        own: EntryTerms = NO_TERMS,
    ) -> Added[E]:
        async def work(connection: aiosqlite.Connection) -> Added[E]:
            if not new:
                return Added((), ())
            now = self._clock()
            await guilds.make_known(connection, guild_id, now)
            name, place = list_name, Place(guild_id)
            if name is not None:
                name, list_id = await lists.find_or_make_main(connection, guild_id, name, now)
                place = Place(guild_id, list_id)
            done = await entries.add_some(
                connection, table, place, new, added_by=by.user_id, now=now
            )
            if done.added:
                texts = tuple(entry.text for entry in done.added)
                given = dict.fromkeys(texts, own) if own else {}
                await terms.set_all(connection, place, given)
                after = ChangedEntries(name, texts, given)
                await self._record(connection, guild_id, by, kind, after=after)
            return done

        return await self._writer.run(work)

    async def _remove[E: (BannedWord, AllowedPhrase)](
        self,
        table: Table[E],
        guild_id: int,
        list_name: str | None,
        asked: tuple[E | str, ...],
        by: Actor,
        kind: ChangeKind,
    ) -> Removed[E]:
        async def work(connection: aiosqlite.Connection) -> Removed[E]:
            name, place = await _place(connection, guild_id, list_name)
            if place is None:
                return Removed((), asked)
            own = await terms.of_list(connection, place)
            done = await entries.remove(connection, table, place, asked)
            if done.removed:
                gone = tuple(entry.text for entry in done.removed)
                kept = {text: own[text] for text in gone if text in own}
                before = ChangedEntries(name, gone, kept)
                await self._record(connection, guild_id, by, kind, before=before)
            return done

        return await self._writer.run(work)

    async def _record(
        self,
        connection: aiosqlite.Connection,
        guild_id: int,
        by: Actor,
        kind: ChangeKind,
        *,
        before: ChangedEntries | None = None,
        after: ChangedEntries | None = None,
    ) -> None:
        await guilds.bump_revision(connection, guild_id)
        await changes.record(
            connection, guild_id, self._clock(), by, kind, before=before, after=after
        )


async def _place(
    connection: aiosqlite.Connection, guild_id: int, list_name: str | None
) -> tuple[str | None, Place | None]:
    """The list as it is called, and where its entries are; nowhere for a ``main`` without a row."""
    if list_name is None:
        return None, Place(guild_id)
    name, list_id = await lists.named(connection, guild_id, list_name)
    return name, None if list_id is None else Place(guild_id, list_id)
