"""A server with many cases, and each command used in it: what is used is read off tests/rights.py,
in which every command of the bot has its row."""

import asyncio
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from clock import utc_ms
from data.store import Store
from moderation.cases import CaseHit, NewCase
from moderation.consequence import DELETE, WARN
from moderation.events import Surface
from moderation.intents import DEADLINE_MS, Decision, Ending
from moderation.policy import DAY_MS
from moderation.states import State
from moderation.verdict import DeleteMessage
from sandbox import LocalDiscord
from tests.e2e.harness import Bot
from tests.e2e.trying import Stage
from tests.rights import RIGHTS, Row

DISCORD_SECONDS = 3.0
"""How long Discord waits for an answer (Discord, Receiving and Responding to Interactions)."""

GOAL = 0.1
"""The share of it that a command may take."""

MEMBERS = 500
ENTRIES = 40
TEXT = "what an idiot, and so on, and so forth " * 6

MORE = {
    "/case list": [
        {"member": "alice"},
        {"type": "violation"},
        {"type": "ban"},
        {"entry": "entry7"},
        {"since": "30 d"},
        {"since": "60 d", "until": "1 m"},
        {"member": "alice", "type": "violation", "entry": "entry7", "since": "365 d"},
    ],
    "/case export": [{"format": "csv"}],
}
"""Further options to use commands with."""


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took at most, in seconds: to the first answer, and to what is shown."""

    path: str
    answered: float
    shown: float


async def measured(cases: int, rounds: int) -> list[Took]:
    """Each command, context menu and suggestion, used so often by the server's owner."""
    with tempfile.TemporaryDirectory() as folder:
        async with LocalDiscord() as discord:
            bot = await Bot.make(discord, Path(folder))
            try:
                await fill(bot.store, bot.guild.id, bot.alice.id, cases)
                await bot.ban("idiot")
                await bot.start()
                stage = await Stage.of(bot)
                return [await _one(stage, *what, rounds) for what in _used()]
            finally:
                await bot.stop()
                await bot.store.close()


async def fill(store: Store, guild_id: int, alice: int, cases: int) -> None:
    """Make so many cases of the last year: a tenth of them about alice, the rest about others, each
    with a text, a hit and a deletion."""
    now = utc_ms()
    made = [
        _decision(guild_id, alice if number % 10 == 0 else number % MEMBERS + 1, number, at)
        for number in range(1, cases + 1)
        for at in [now - 365 * DAY_MS * (cases - number) // cases]
    ]
    for at in range(0, len(made), 256):
        some = made[at : at + 256]
        recorded = await asyncio.gather(*(store.intents.decided(one) for one in some))
        numbers = [number for one in recorded for number in one.actions if number is not None]
        await store.intents.ended([Ending(guild_id, one, State.DONE, now) for one in numbers])


def _decision(guild_id: int, user_id: int, number: int, at: int) -> Decision:
    entry = f"entry{number % ENTRIES}"
    consequence = WARN if number % 7 == 0 else DELETE
    hit = CaseHit("main", entry, Surface.MESSAGE, 8, 13, ("case",), consequence)
    return Decision(
        guild_id=guild_id,
        cause=f"message:{number}",
        at=at,
        deadline=at + DEADLINE_MS,
        surface=Surface.MESSAGE,
        list_name="main",
        entry=entry,
        actions=(DeleteMessage(guild_id, 3, number, "because"),),
        channel_id=3,
        user_id=user_id,
        message_id=number,
        case=NewCase(f"member{user_id}", consequence, (hit,), text=TEXT),
    )


def _used() -> list[tuple[str, str, Row]]:
    found = []
    for path, row in RIGHTS.items():
        if path.startswith("/") or "/" not in path:
            found.append((path, path, row))
        for options in MORE.get(path, ()):
            said = " ".join(f"{name}: {value}" for name, value in options.items())
            found.append((f"{path} {said}"[:42], path, replace(row, options=options)))
    # What takes away what others need comes last.
    return sorted(found, key=lambda one: "erase" in one[1])


async def _one(stage: Stage, name: str, path: str, row: Row, rounds: int) -> Took:
    answered, shown = [], []
    for number in range(1, rounds + 1):
        options = dict(row.options)
        if isinstance(options.get("number"), int):
            options["number"] = number * 10 + 1
        began = perf_counter()
        tried = await stage.tries(stage.bot.owner, path, replace(row, options=options))
        shown.append(perf_counter() - began)
        answered.append(tried.answered_at - began)
    return Took(name, max(answered), max(shown))
