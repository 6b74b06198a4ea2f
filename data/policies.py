"""What each guild has set: its policy, its lists', its entries'. Every write is recorded with what
was there before, in the same transaction, so that it can be undone (``taking_back.py``).

``PolicyBook`` is a part of the store (``store.py``). Every call may raise StoreFailed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import aiosqlite

from data import changes, entries, guilds, lists, policy_rows, taking_back, terms
from data.connections import Reader
from data.entries import BANNED_WORDS, Place
from data.writing import Writer
from moderation.list_names import list_name
from moderation.policy import EntryTerms, GuildPolicy, ListPolicy
from moderation.records import (
    MAIN_LIST,
    Actor,
    Change,
    Changed,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
    ChangeKind,
    ListRefused,
    UnknownEntry,
)

type Asked = Callable[[Change, GuildPolicy], None]
"""Asked whether a change may be taken back, given the policy in force; raises where it may not."""


type Compared = Callable[[GuildPolicy, GuildPolicy], None]
"""Asked whether the policy may be changed so, given both; raises where it may not."""


def _nothing(_: object, __: object) -> None:
    """Everything may be."""


class PolicyBook:
    """The policies of all guilds; see ``service/stores.py: PolicyStore``."""

    def __init__(self, reader: Reader, writer: Writer, clock: Callable[[], int]) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock

    async def policy(self, guild_id: int) -> GuildPolicy:
        """The guild's policy, the lists' and the entries' with it; defaults for an unknown one."""
        async with self._reader.snapshot() as connection:
            return await policy_rows.whole(connection, guild_id)

    async def set_policy(
        self, guild_id: int, change: Callable[[GuildPolicy], GuildPolicy], *, by: Actor, what: str
    ) -> GuildPolicy:
        """Change what belongs to no list; what lists and entries have stays as it is. What it is
        afterwards. Raises what ``change`` raises, with nothing changed."""

        async def work(connection: aiosqlite.Connection) -> GuildPolicy:
            before = await policy_rows.whole(connection, guild_id)
            after = replace(change(before), lists=before.lists, terms=before.terms)
            if after != before:
                await guilds.make_known(connection, guild_id, self._clock())
                await policy_rows.write(connection, guild_id, after)
                await self._record(
                    connection,
                    guild_id,
                    by,
                    ChangeKind.POLICY_CHANGED,
                    ChangedPolicy(what, _own(before)),
                    ChangedPolicy(what, _own(after)),
                )
            return after

        return await self._writer.run(work)

    async def create_list(
        self,
        guild_id: int,
        name: str,
        policy: ListPolicy,
        *,
        by: Actor,
        allowed: Compared = _nothing,
    ) -> None:
        """Make a list. Raises ListRefused for a name that is taken or cannot be one, and for one
        list too many; and what ``allowed`` raises."""
        name = list_name(name)

        async def work(connection: aiosqlite.Connection) -> None:
            now = self._clock()
            before = await policy_rows.whole(connection, guild_id)
            allowed(before, replace(before, lists={**before.lists, name: policy}))
            await guilds.make_known(connection, guild_id, now)
            await lists.make(connection, guild_id, name, policy, now)
            after = ChangedList(name, policy)
            await self._record(connection, guild_id, by, ChangeKind.LIST_CREATED, None, after)

        await self._writer.run(work)

    async def set_list(
        self,
        guild_id: int,
        name: str,
        change: Callable[[ListPolicy], ListPolicy],
        *,
        by: Actor,
        rename: str = "",
    ) -> ListPolicy:
        """Change what a list does, its name too where ``rename`` is given; what it does afterwards.
        Raises UnknownList, ListRefused, and what ``change`` raises, with nothing changed."""
        wanted = list_name(rename) if rename else ""

        async def work(connection: aiosqlite.Connection) -> ListPolicy:
            now = self._clock()
            known, list_id = await lists.named(connection, guild_id, name)
            before = (await lists.policies(connection, guild_id)).get(known, ListPolicy())
            after = change(before)
            called = wanted or known
            if (called, after) == (known, before):
                return after
            if called != known:
                await _refuse_rename(connection, guild_id, known, called)
            if list_id is None:
                await guilds.make_known(connection, guild_id, now)
                _, list_id = await lists.find_or_make_main(connection, guild_id, known, now)
            await lists.set_policy(connection, guild_id, list_id, after)
            await lists.rename(connection, guild_id, list_id, called)
            await self._record(
                connection,
                guild_id,
                by,
                ChangeKind.LIST_CHANGED,
                ChangedList(known, before),
                ChangedList(called, after),
            )
            return after

        return await self._writer.run(work)

    async def delete_list(self, guild_id: int, name: str, *, by: Actor) -> int:
        """Delete a list and its entries; how many those were. Raises UnknownList; ListRefused for
        ``main``, which every server has."""

        async def work(connection: aiosqlite.Connection) -> int:
            known, list_id = await lists.named(connection, guild_id, name)
            if known == MAIN_LIST or list_id is None:
                raise ListRefused(
                    "Every server has the list “main”, so it cannot be deleted. To empty it, use "
                    "/words clear; to stop it, switch it off."
                )
            place = Place(guild_id, list_id)
            policy = (await lists.policies(connection, guild_id))[known]
            texts = tuple((await entries.rows(connection, BANNED_WORDS, place)).values())
            gone = ChangedEntries(known, texts, await terms.of_list(connection, place))
            await lists.delete(connection, guild_id, list_id)
            before = ChangedList(known, policy, gone)
            await self._record(connection, guild_id, by, ChangeKind.LIST_DELETED, before, None)
            return len(texts)

        return await self._writer.run(work)

    async def set_terms(
        self,
        guild_id: int,
        list_name: str,
        entry: str,
        terms: EntryTerms,
        *,
        by: Actor,
        allowed: Compared = _nothing,
    ) -> None:
        """Give an entry, by its text or key, terms of its own, or with empty ones none. Raises
        UnknownList, and UnknownEntry where the list does not hold it; and what ``allowed``
        raises."""
        await self._writer.run(
            lambda on: self._set_terms(on, guild_id, list_name, entry, terms, by, allowed)
        )

    async def first_exempt(self, guild_id: int, user_id: int) -> bool:
        """Whether a moderator was not yet told that they are exempt; from now on they were."""

        async def work(connection: aiosqlite.Connection) -> bool:
            now = self._clock()
            await guilds.make_known(connection, guild_id, now)
            made = await connection.execute_fetchall(
                "INSERT INTO exempt_told (guild_id, user_id, at) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING RETURNING user_id",
                (guild_id, user_id, now),
            )
            return bool(list(made))

        return await self._writer.run(work)

    async def undoable(self, guild_id: int, change_id: int) -> Change:
        """One line of the record, where it could be taken back just now. Raises CannotUndo."""
        async with self._reader.snapshot() as connection:
            since = await taking_back.since(connection, guild_id, change_id)
        await asyncio.to_thread(taking_back.plan, since)
        return since[0]

    async def undo_change(
        self, guild_id: int, change_id: int, *, by: Actor, allowed: Asked = _nothing
    ) -> str:
        """Put back what a change of the policy or of the words took away; what was put back, in
        words. Recorded as a change itself. Raises CannotUndo, having changed nothing: where it is
        unknown, or what it changed has been changed again since. Raises LimitReached and
        ListRefused where there is no room for it any more. ``allowed`` is asked in the same
        transaction, with the change and what is in force; what it raises is raised."""
        while True:
            async with self._reader.snapshot() as connection:
                since = await taking_back.since(connection, guild_id, change_id)
            # Entries are read and changes compared off the event loop: there may be 50,000 of them.
            undo = await asyncio.to_thread(taking_back.plan, since)
            newest = since[-1].change_id

            async def work(
                connection: aiosqlite.Connection,
                undo: taking_back.Undo = undo,
                newest: int = newest,
                change: Change = since[0],
            ) -> bool:
                if await changes.newest(connection, guild_id) != newest:
                    return False
                allowed(change, await policy_rows.whole(connection, guild_id))
                now = self._clock()
                await guilds.make_known(connection, guild_id, now)
                before, after = await taking_back.carry_out(connection, guild_id, undo, by, now)
                await self._record(
                    connection, guild_id, by, undo.kind, before, after, undoes=change_id
                )
                return True

            if await self._writer.run(work):
                return undo.told

    async def _set_terms(
        self,
        connection: aiosqlite.Connection,
        guild_id: int,
        name: str,
        entry: str,
        own: EntryTerms,
        by: Actor,
        allowed: Compared,
    ) -> None:
        known, list_id = await lists.named(connection, guild_id, name)
        place = Place(guild_id, list_id or 0)
        text = await terms.find(connection, place, entry)
        if text is None:
            raise UnknownEntry(known, entry)
        policy = await policy_rows.whole(connection, guild_id)
        before = policy.terms.get((known, text), EntryTerms())
        if own == before:
            return
        allowed(policy, replace(policy, terms={**policy.terms, (known, text): own}))
        await terms.set_all(connection, place, {text: own})
        await self._record(
            connection,
            guild_id,
            by,
            ChangeKind.ENTRY_CHANGED,
            ChangedTerms(known, text, before),
            ChangedTerms(known, text, own),
        )

    async def _record(
        self,
        connection: aiosqlite.Connection,
        guild_id: int,
        by: Actor,
        kind: ChangeKind,
        before: Changed | None,
        after: Changed | None,
        *,
        undoes: int | None = None,
    ) -> None:
        await guilds.bump_revision(connection, guild_id)
        await changes.record(
            connection, guild_id, self._clock(), by, kind, before=before, after=after, undoes=undoes
        )


def _own(policy: GuildPolicy) -> GuildPolicy:
    return replace(policy, lists={}, terms={})


async def _refuse_rename(
    connection: aiosqlite.Connection, guild_id: int, known: str, called: str
) -> None:
    if known == MAIN_LIST:
        raise ListRefused(
            "Every server has the list “main”, so it keeps its name. Create another list and put "
            "the entries there."
        )
    others = (MAIN_LIST, *await lists.ids(connection, guild_id))
    lists.refuse_taken(called, tuple(one for one in others if one != known))
