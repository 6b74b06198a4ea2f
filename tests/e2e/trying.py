"""Trying what a person can use, by its row in tests/rights.py."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from moderation.cases import CaseKind, HandMade
from moderation.consequence import BAN, WARN
from moderation.records import OPERATOR
from sandbox import Member, Message
from tests.e2e.harness import Bot
from tests.rights import Row

ELSEWHERE = 77


@dataclass
class Tried:
    """What came of it: what was answered, "" where nothing was; the suggestions. ``answered_at`` is
    when the first answer came, by ``perf_counter``."""

    text: str = ""
    choices: int = 0
    answered_at: float = field(default=0.0, compare=False)


@dataclass
class Stage:
    """A running bot, one of its messages, and case #1 about alice, #2 about a boss; another server
    has the cases #1 to #5."""

    bot: Bot
    message: Message
    boss: Member

    @classmethod
    async def of(cls, bot: Bot) -> "Stage":
        """With cases, an allowed phrase and the bot's answer to a command."""
        top = bot.guild.add_role("Boss", position=3)
        boss = bot.guild.join(bot.discord.add_user("boss"), roles=[top])
        await bot.allow("idiot proof")
        for about in (bot.alice, boss):
            name = about.display_name
            new = HandMade(CaseKind.WARNING, about.id, name, OPERATOR, "spam", WARN, 1)
            assert await bot.store.cases.open_case(bot.guild.id, new) is not None
        for number in range(5):
            new = HandMade(CaseKind.BAN, bot.alice.id, "alice", OPERATOR, f"{number}", BAN, 1)
            assert await bot.store.cases.open_case(ELSEWHERE, new) is not None
        message = await (await bot.owner.uses("/status")).reply()
        return cls(bot, message, boss)

    async def tries(self, who: Member, path: str, row: Row, *, parts: str | None = None) -> Tried:
        """Use something, although Discord may hide it from them."""
        alice = self.bot.alice
        options: dict[str, Any] = {
            name: {"alice": alice, "Palisade": self.bot.guild.role("Palisade")}.get(
                value if isinstance(value, str) else "", value
            )
            for name, value in row.options.items()
        }
        command, _, suggesting = path.partition(", suggesting ")
        if suggesting:
            choices = await who.types(command, force=True, **options)
            return Tried(choices=len(choices), answered_at=perf_counter())
        if path.startswith("/"):
            used = await who.uses(path, force=True, options=options)
        elif "/" in path:
            tail = row.parts if parts is None else parts
            custom_id = f"{path}/{tail}" if tail or parts == "" else path
            used = await who.forges(self.message, custom_id, fields=row.fields)
        else:
            target = alice if "history" in path else await alice.says("hello")
            used = await who.uses_on(path, target, force=True)
        await used.answered()
        at = perf_counter()
        if used.modal is not None:
            return Tried("a form", answered_at=at)
        return Tried((await used.reply()).content, answered_at=at)

    def kept(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is on record, but for how far was heard."""
        with closing(sqlite3.connect(self.bot.database)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            names = [name for (name,) in tables if name not in ("cursors", "heard")]
            return {
                name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608  # schema
                for name in names
            }
