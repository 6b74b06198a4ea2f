"""What stands in the mod log and what is to be written there.

``LogPosts`` is a part of the store (``store.py``): its writes go through the one ``Writer``, its
reads are snapshots. Every call may raise StoreFailed.

A case changes when it is edited or undone (``changed_at``) and when one of its actions ends: the
newest of these is what a post shows, or does not show yet.
"""

import json
from collections.abc import Collection, Sequence

import aiosqlite

from data import guilds
from data.connections import Reader
from data.writing import Writer
from moderation.cases import CaseKind, NoSuchCase
from moderation.consequence import Step
from moderation.log_posts import Burst, LogChannel, LogPost, Sketch
from moderation.states import State

SHOWN_ENTRIES = 5
"""How many entries of a burst are named."""


class LogPosts:
    """The posts of the mod log and their cases."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def make_post(
        self, guild_id: int, channel_id: int, number: int, *, nonce: str, at: int
    ) -> LogPost:
        """Write down that a post is about to be made for a case; the one that is there already
        where the case has one."""

        async def work(connection: aiosqlite.Connection) -> LogPost:
            there = await _post_of(connection, guild_id, number)
            if there is not None:
                return there
            ((post_id,),) = await connection.execute_fetchall(
                "INSERT INTO log_posts (guild_id, channel_id, nonce, made_at)"
                " VALUES (?, ?, ?, ?) RETURNING post_id",
                (guild_id, channel_id, nonce, at),
            )
            await _add(connection, guild_id, post_id, [number])
            return LogPost(post_id, channel_id, None, nonce, at, (number,))

        return await self._writer.run(work)

    async def add_to_post(self, guild_id: int, post_id: int, numbers: Sequence[int]) -> None:
        """Cases are told of in a post that is there; those that have one stay there."""
        await self._writer.run(lambda on: _add(on, guild_id, post_id, numbers))

    async def posted(self, guild_id: int, post_id: int, message_id: int) -> None:
        """Discord has told the post's message."""
        await self._run(
            "UPDATE log_posts SET message_id = ? WHERE guild_id = ? AND post_id = ?",
            (message_id, guild_id, post_id),
        )

    async def shown(self, guild_id: int, post_id: int, changed_at: int) -> None:
        """The post shows its cases as they were at a time."""
        await self._run(
            "UPDATE log_posts SET shown_at = ? WHERE guild_id = ? AND post_id = ?",
            (changed_at, guild_id, post_id),
        )

    async def forget_post(self, guild_id: int, post_id: int) -> None:
        """Its message was deleted: its cases are told of no more."""
        await self._run(
            "UPDATE log_posts SET gone = 1 WHERE guild_id = ? AND post_id = ?", (guild_id, post_id)
        )

    async def post_of(self, guild_id: int, number: int) -> LogPost | None:
        """The post that tells of a case, with all its cases."""
        async with self._reader.snapshot() as connection:
            return await _post_of(connection, guild_id, number)

    async def sketches(self, guild_id: int, numbers: Sequence[int]) -> list[Sketch]:
        """As much of these cases as decides where each is told of; unknown ones are left out."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT number, at, kind, by_id, user_id, channel_id, step, post_id,"
                " EXISTS (SELECT 1 FROM decisions JOIN actions USING (guild_id, decision_id)"
                " WHERE guild_id = ? AND case_number = number AND state = 'pending')"
                " FROM cases LEFT JOIN log_post_cases USING (guild_id, number)"
                " WHERE guild_id = ? AND number IN (SELECT value FROM json_each(?))"
                " ORDER BY number",
                (guild_id, guild_id, json.dumps(list(numbers))),
            )
        return [
            Sketch(
                number,
                at,
                CaseKind(kind),
                by_id,
                user_id,
                channel_id,
                step >= Step.TIMEOUT,
                bool(pending),
                post_id,
            )
            for number, at, kind, by_id, user_id, channel_id, step, post_id, pending in rows
        ]

    async def cases_of(self, guild_id: int, action_ids: Sequence[int]) -> list[int]:
        """The cases that these actions belong to, oldest first."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT DISTINCT case_number FROM actions"
                " JOIN decisions USING (guild_id, decision_id)"
                " WHERE guild_id = ? AND action_id IN (SELECT value FROM json_each(?))"
                " AND case_number IS NOT NULL ORDER BY case_number",
                (guild_id, json.dumps(list(action_ids))),
            )
        return [int(number) for (number,) in rows]

    async def burst(self, guild_id: int, post_id: int) -> Burst:
        """The cases of a post, counted. Raises NoSuchCase for a post without any."""
        of_post = (guild_id, post_id)
        async with self._reader.snapshot() as connection:
            (
                (first, last, count, users, channels, channel, undone, changed),
            ) = await connection.execute_fetchall(
                "SELECT min(number), max(number), count(*),"
                " count(DISTINCT coalesce(user_id, -number)), count(DISTINCT channel_id),"
                " min(channel_id), sum(state = 'undone'), max(changed_at)"
                " FROM log_post_cases JOIN cases USING (guild_id, number)"
                " WHERE guild_id = ? AND post_id = ?",
                of_post,
            )
            entries = await connection.execute_fetchall(
                "SELECT list, entry, count(*) AS found"
                " FROM log_post_cases JOIN cases USING (guild_id, number)"
                " WHERE guild_id = ? AND post_id = ? AND entry <> ''"
                " GROUP BY list, entry ORDER BY found DESC, list, entry LIMIT ?",
                (*of_post, SHOWN_ENTRIES),
            )
            outcomes = await connection.execute_fetchall(
                "SELECT kind, state, count(*), max(ended_at)"
                " FROM actions JOIN decisions USING (guild_id, decision_id)"
                " WHERE guild_id = ? AND case_number IN"
                " (SELECT number FROM log_post_cases WHERE guild_id = ? AND post_id = ?)"
                " GROUP BY kind, state ORDER BY kind, state",
                (guild_id, *of_post),
            )
        if not count:
            raise NoSuchCase(0, 0)
        return Burst(
            first,
            last,
            count,
            users,
            channels,
            channel,
            undone,
            tuple((list_name, entry, found) for list_name, entry, found in entries),
            {(kind, State(state)): number for kind, state, number, _ in outcomes},
            max([changed, *(ended for *_, ended in outcomes if ended is not None)]),
        )

    async def stale(self, guild_id: int, since: int) -> list[int]:
        """A case of each post that does not show its cases' newest change, and the cases
        made since a time that have no post, oldest first."""
        async with self._reader.snapshot() as connection:
            behind = await connection.execute_fetchall(
                "SELECT min(number) FROM log_posts"
                " JOIN log_post_cases USING (guild_id, post_id)"
                " JOIN cases USING (guild_id, number)"
                " WHERE guild_id = ? AND gone = 0 GROUP BY post_id"
                " HAVING shown_at IS NULL OR log_posts.message_id IS NULL"
                " OR shown_at < max(changed_at)",
                (guild_id,),
            )
            ended = await connection.execute_fetchall(
                "SELECT min(number) FROM log_posts"
                " JOIN log_post_cases USING (guild_id, post_id)"
                " WHERE guild_id = ? AND gone = 0 AND EXISTS"
                " (SELECT 1 FROM decisions JOIN actions USING (guild_id, decision_id)"
                " WHERE guild_id = ? AND case_number = number AND ended_at > shown_at)"
                " GROUP BY post_id",
                (guild_id, guild_id),
            )
            untold = await connection.execute_fetchall(
                "SELECT number FROM cases LEFT JOIN log_post_cases USING (guild_id, number)"
                " WHERE guild_id = ? AND at >= ? AND post_id IS NULL",
                (guild_id, since),
            )
        return sorted({int(number) for (number,) in (*behind, *ended, *untold)})

    async def log_channels(
        self, guild_id: int, wanted: Collection[int], at: int
    ) -> list[LogChannel]:
        """The channels of the mod log are these from now on: all that is kept of them."""
        async with self._reader.snapshot() as connection:
            kept = await _channels(connection, guild_id)
        if {one.channel_id for one in kept} == set(wanted):
            return kept

        async def work(connection: aiosqlite.Connection) -> list[LogChannel]:
            await guilds.make_known(connection, guild_id, at)
            await connection.execute(
                "DELETE FROM log_channels WHERE guild_id = ?"
                " AND channel_id NOT IN (SELECT value FROM json_each(?))",
                (guild_id, json.dumps(list(wanted))),
            )
            await connection.executemany(
                "INSERT INTO log_channels (guild_id, channel_id, since) VALUES (?, ?, ?)"
                " ON CONFLICT (guild_id, channel_id) DO NOTHING",
                [(guild_id, channel_id, at) for channel_id in wanted],
            )
            return await _channels(connection, guild_id)

        return await self._writer.run(work)

    async def channel_trouble(self, guild_id: int, channel_id: int, trouble: str | None) -> None:
        """What is wrong with a channel of the mod log; None: nothing any more."""
        await self._run(
            "UPDATE log_channels SET trouble = ? WHERE guild_id = ? AND channel_id = ?",
            (trouble, guild_id, channel_id),
        )

    async def _run(self, statement: str, values: tuple[object, ...]) -> None:
        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(statement, values)

        await self._writer.run(work)


async def _post_of(connection: aiosqlite.Connection, guild_id: int, number: int) -> LogPost | None:
    rows = await connection.execute_fetchall(
        "SELECT post_id, channel_id, message_id, nonce, made_at, gone"
        " FROM log_posts JOIN log_post_cases USING (guild_id, post_id)"
        " WHERE guild_id = ? AND number = ?",
        (guild_id, number),
    )
    for post_id, channel_id, message_id, nonce, made_at, gone in rows:
        numbers = await connection.execute_fetchall(
            "SELECT number FROM log_post_cases WHERE guild_id = ? AND post_id = ? ORDER BY number",
            (guild_id, post_id),
        )
        told = tuple(int(one) for (one,) in numbers)
        return LogPost(post_id, channel_id, message_id, nonce, made_at, told, bool(gone))
    return None


async def _add(
    connection: aiosqlite.Connection, guild_id: int, post_id: int, numbers: Sequence[int]
) -> None:
    await connection.executemany(
        "INSERT INTO log_post_cases (guild_id, number, post_id) VALUES (?, ?, ?)"
        " ON CONFLICT (guild_id, number) DO NOTHING",
        [(guild_id, number, post_id) for number in numbers],
    )


async def _channels(connection: aiosqlite.Connection, guild_id: int) -> list[LogChannel]:
    rows = await connection.execute_fetchall(
        "SELECT channel_id, since, trouble FROM log_channels WHERE guild_id = ?"
        " ORDER BY channel_id",
        (guild_id,),
    )
    return [LogChannel(*row) for row in rows]
