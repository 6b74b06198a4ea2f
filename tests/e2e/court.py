"""A bot that may punish, what it did to people by its log and by Discord's own account, and a clock
that a test sets."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from clock import utc_ms
from moderation.consequence import Consequence, Step
from moderation.policy import Ladder, Rung
from moderation.records import MAIN_LIST, OPERATOR, Actor
from moderation.verdict import Outcome, Sanction
from sandbox import Member, Permissions
from sandbox.journal import RequestEntry
from tests.e2e.harness import NEEDED, TIMEOUT, Bot

MEMBER = "/guilds/{guild_id}/members/{user_id}"
BANNED = "/guilds/{guild_id}/bans/{user_id}"
MINUTE = 60_000
HOUR = Consequence(Step.TIMEOUT, 60 * MINUTE)
BAN_HOUR = Consequence(Step.BAN, 60 * MINUTE)
PUNISHING = (
    NEEDED | Permissions.MODERATE_MEMBERS | Permissions.KICK_MEMBERS | Permissions.BAN_MEMBERS
)
MODERATOR = Actor(7, "mo")


@dataclass
class Clock:
    """The time, as far ahead as a test wants it."""

    ahead: int = 0

    def __call__(self) -> int:
        return utc_ms() + self.ahead


@dataclass
class Court:
    """A bot that punishes, and what is asked of it."""

    bot: Bot
    clock: Clock = field(default_factory=Clock)

    async def start(self) -> None:
        await self.bot.start(clock=self.clock)

    async def asks_for(self, *consequences: Consequence) -> None:
        """What follows from a violation; of several, from the first strike, the second, and so
        on."""
        assert self.bot.parts is not None
        policies, guild_id = self.bot.parts.policies, self.bot.guild.id
        if len(consequences) == 1:
            (one,) = consequences
            await policies.set_list(
                guild_id, MAIN_LIST, lambda was: replace(was, consequence=one), by=OPERATOR
            )
            return
        rungs = tuple(Rung(number, one) for number, one in enumerate(consequences, 1))
        await policies.set_policy(
            guild_id,
            lambda was: replace(was, ladder=Ladder(rungs)),
            by=OPERATOR,
            what="ladder",
        )

    async def ended(self, kind: type[Sanction], number: int = 1) -> Outcome:
        """How the ``number``-th of this kind ended."""
        watch = self.bot.watch

        def of_kind() -> list[Outcome]:
            return [one.result.outcome for one in watch.outcomes if isinstance(one.action, kind)]

        await watch.until(lambda: len(of_kind()) >= number)
        return of_kind()[number - 1]

    def granted(self, method: str, route: str) -> list[RequestEntry]:
        """The requests that Discord carried out, whether or not the bot heard of it."""
        requests = self.bot.discord.journal.requests(method, route)
        return [one for one in requests if one.status in (200, 204) or one.status is None]

    def punished(self) -> list[tuple[str, int]]:
        """What the audit log says was done to people by the bot: Discord's own account of it."""
        kinds = {20: "kick", 22: "ban", 23: "unban", 24: "timeout"}
        return [
            (kinds[entry.action], entry.target_id or 0)
            for entry in self.bot.guild.audit_log
            if entry.action in kinds
            and entry.by.id == self.bot.app.id
            and (entry.action != 24 or "communication_disabled_until" in str(entry.changes))
        ]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.bot.database)) as connection:
            return connection.execute(sql).fetchall()

    def states(self) -> list[tuple[str, str]]:
        """Kind and state of all that is done to people, by the log."""
        return self.rows(
            "SELECT kind, state FROM actions"
            " WHERE kind IN ('timeout', 'kick', 'ban', 'unban', 'end timeout') ORDER BY action_id"
        )

    async def undo(self, number: int = 1) -> None:
        """As the case book does it."""
        await asyncio.to_thread(self._undo, number)

    def _undo(self, number: int) -> None:
        with closing(sqlite3.connect(self.bot.database, isolation_level=None)) as connection:
            connection.execute("UPDATE cases SET state = 'undone' WHERE number = ?", (number,))
            connection.execute(
                "UPDATE actions SET state = 'withdrawn' WHERE decision_id IN"
                " (SELECT decision_id FROM decisions WHERE case_number = ?)"
                " AND state IN ('pending', 'forbidden', 'held')",
                (number,),
            )


async def offends(bot: Bot, member: Member | None = None) -> None:
    """Somebody writes what is banned, and it is gone."""
    message = await (member or bot.alice).says("idiot")
    await message.wait_deleted(timeout=TIMEOUT)
