"""Notices to authors: actions of kind ``notice`` in the intent log, and the replies that are still
to be taken away.

``NoticeLog`` is a part of the store (``store.py``). Every call may raise StoreFailed.
"""

import json
import logging

import aiosqlite

from data.connections import Reader
from data.writing import Writer
from moderation.consequence import Consequence, Step
from moderation.notice_records import NewNotice, NoticeEnding, OwedNotice, StandingReply
from moderation.occasions import Occasion
from moderation.policy import NoticeBy

_log = logging.getLogger(__name__)

STRIKE_MS = 60_000
"""Cases of one member so close to each other are one strike, of which they are told once."""

_LEFT = (
    "SELECT guild_id FROM guilds WHERE EXISTS (SELECT 1 FROM notice_replies"
    " WHERE notice_replies.guild_id = guilds.guild_id)"
    " OR EXISTS (SELECT 1 FROM actions WHERE actions.guild_id = guilds.guild_id"
    " AND kind = 'notice' AND state = 'pending')"
)


class NoticeLog:
    """What is told, written before it is told."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def plan(
        self, occasion: Occasion, channel_id: int | None, new: NewNotice
    ) -> OwedNotice | None:
        """Write a notice down, before it is given. None where the person was told of this strike
        already, of the same or a stronger consequence; None too where the case is unknown."""
        return await self._writer.run(lambda on: _plan(on, occasion, channel_id, new))

    async def ended(self, ending: NoticeEnding) -> None:
        """Write what became of a notice; its case has changed with that. What has ended stays."""

        async def work(connection: aiosqlite.Connection) -> None:
            owed, reply = ending.owed, ending.reply
            await connection.execute(
                "UPDATE actions SET state = ?, ended_at = ?, detail = ?, attempts = attempts + ?"
                " WHERE guild_id = ? AND action_id = ?"
                # Its case may have been undone while it was given.
                " AND (state = 'pending' OR state = 'withdrawn' AND ? = 'done')",
                (
                    ending.state.value,
                    ending.at,
                    ending.detail or None,
                    ending.attempts,
                    owed.guild_id,
                    owed.action_id,
                    ending.state.value,
                ),
            )
            await connection.execute(
                "UPDATE cases SET changed_at = max(changed_at + 1, ?)"
                " WHERE guild_id = ? AND number = ?",
                (ending.at, owed.guild_id, owed.number),
            )
            if reply is not None:
                await connection.execute(
                    "INSERT INTO notice_replies (guild_id, channel_id, message_id, due_at)"
                    " SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM guilds WHERE guild_id = ?)"
                    " ON CONFLICT DO NOTHING",
                    (
                        reply.guild_id,
                        reply.channel_id,
                        reply.message_id,
                        reply.due_at,
                        reply.guild_id,
                    ),
                )

        await self._writer.run(work)

    async def left(self) -> frozenset[int]:
        """The guilds with such notices or replies."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(_LEFT)
        return frozenset(guild_id for (guild_id,) in rows)

    async def unfinished(self, guild_id: int) -> list[OwedNotice]:
        """The guild's notices of whose end nothing is known, oldest first."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT action_id, case_number, target_id, actions.channel_id, argument, nonce,"
                " created_at FROM actions JOIN decisions USING (guild_id, decision_id)"
                " WHERE guild_id = ? AND kind = 'notice' AND state = 'pending'"
                " ORDER BY action_id",
                (guild_id,),
            )
        found = []
        for action_id, number, user_id, channel_id, argument, nonce, at in rows:
            told = json.loads(argument)
            notice = NewNotice(NoticeBy(told["by"]), told["text"], nonce, at)
            found.append(OwedNotice(guild_id, action_id, number, user_id, channel_id, notice))
        return found

    async def replies(self, guild_id: int) -> list[StandingReply]:
        """The guild's replies that are still to be taken away."""
        async with self._reader.snapshot() as connection:
            rows = await connection.execute_fetchall(
                "SELECT guild_id, channel_id, message_id, due_at FROM notice_replies"
                " WHERE guild_id = ? ORDER BY due_at",
                (guild_id,),
            )
        return [StandingReply(*row) for row in rows]

    async def removed(self, guild_id: int, message_id: int) -> None:
        """A reply stands no more."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM notice_replies WHERE guild_id = ? AND message_id = ?",
                (guild_id, message_id),
            )

        await self._writer.run(work)


async def _plan(
    connection: aiosqlite.Connection, occasion: Occasion, channel_id: int | None, new: NewNotice
) -> OwedNotice | None:
    guild_id, user_id = occasion.guild_id, occasion.user_id
    if await _told(connection, occasion, new.at):
        return None
    argument = {
        "by": new.by.value,
        "text": new.text,
        "step": occasion.consequence.step.value,
        "ms": occasion.consequence.ms,
    }
    made = await connection.execute_fetchall(
        "INSERT INTO actions (guild_id, decision_id, kind, target_id, channel_id, argument, nonce,"
        " reason, created_at, deadline)"
        " SELECT guild_id, min(decision_id), 'notice', ?, ?, ?, ?, '', ?, ? FROM decisions"
        " WHERE guild_id = ? AND case_number = ? GROUP BY guild_id"
        " ON CONFLICT DO NOTHING RETURNING action_id",
        (
            user_id,
            channel_id,
            _clean(json.dumps(argument, ensure_ascii=False)),
            new.nonce,
            new.at,
            new.at + STRIKE_MS,
            guild_id,
            occasion.number,
        ),
    )
    for (action_id,) in made:
        return OwedNotice(guild_id, int(action_id), occasion.number, user_id, channel_id, new)
    return None


async def _told(connection: aiosqlite.Connection, occasion: Occasion, at: int) -> bool:
    """Whether a notice of the same strike said as much."""
    rows = await connection.execute_fetchall(
        "SELECT argument FROM (SELECT guild_id, number AS case_number FROM cases"
        " WHERE guild_id = ? AND user_id = ? AND (at > ? OR catch_up = ?))"
        " JOIN decisions USING (guild_id, case_number)"
        " JOIN actions USING (guild_id, decision_id) WHERE kind = 'notice'",
        (occasion.guild_id, occasion.user_id, at - STRIKE_MS, occasion.catch_up),
    )
    for (argument,) in rows:
        said = json.loads(argument)
        told = Consequence(Step(said["step"]), said["ms"])
        if told.strength >= occasion.consequence.strength:
            return True
    return False


def _clean(text: str) -> str:
    """A name may carry half a surrogate pair, which UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
