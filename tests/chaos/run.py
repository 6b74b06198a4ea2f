"""One run of the chaos, from the first start of the bot to the reckoning."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from data.store import Store
from moderation.consequence import MINUTE_MS, Consequence, Step
from moderation.policy import EntryTerms
from moderation.records import MAIN_LIST, OPERATOR
from moderation.words import parse_entry
from sandbox import LocalDiscord, NotSeenError
from tests.chaos.disk import Disk
from tests.chaos.lives import Lives
from tests.chaos.reckoning import Reckoning, records, unfinished
from tests.chaos.stage import ENTRIES, TRAITOR, Stage, script
from tests.chaos.storm import Storm
from tests.chaos.talk import Talk
from tests.e2e.processes import Runner

PLANTED_BOT = Path(__file__).with_name("planted_bot.py")
HEARTBEAT_MS = 1500
LOOK_SECONDS = 0.2
"""Between two looks at a condition that nothing tells of."""

LAST_CHARACTERS = 5_000
"""So much of the bot's output is shown with what is wrong."""

SECONDS_FOR_EACH_KILL = 2.5
"""How long the conversation goes on for each kill that is to come."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen. The seed decides what is said and which faults strike, as far as chance is
    ours: how fast the processes are is the machine's."""

    seed: int
    kills: int = 50
    messages: int = 3000
    violations: int = 300
    channels: int = 20
    calm_seconds: float = 120.0
    """How long the bot has, when the faults are over, to put everything right."""
    plant: str | None = None
    """The defect that the bot is given on purpose (``plants.py``)."""


@dataclass(frozen=True)
class Figures:
    """What happened, and what is wrong."""

    plan: Plan
    findings: list[str]
    kills: int
    kills_while_failing: int
    refused: int
    excused: int
    struck: Counter[str]
    states: Counter[str]
    bad: int
    standing: int
    innocent: int
    wronged: int
    names: int
    traitors: int
    timed_out: int
    twice: int
    storm_seconds: float
    calm_seconds: float
    full_by: str
    output: list[str]


async def chaos(plan: Plan, folder: Path) -> Figures:
    """Let it happen; the database is in the folder."""
    async with LocalDiscord(heartbeat_interval_ms=HEARTBEAT_MS) as discord:
        runner = Runner(folder) if plan.plant is None else Runner(folder, PLANTED_BOT)
        try:
            return await _run(plan, discord, runner)
        finally:
            for process in runner.running:
                await process.kill()


async def _run(plan: Plan, discord: LocalDiscord, runner: Runner) -> Figures:
    stage = Stage.furnish(discord, channels=plan.channels, messages=plan.messages)
    await _lists(runner.database, stage)
    disk = Disk(runner.database)
    lives = Lives(stage, runner, disk, Random(f"lives {plan.seed}"), plan.plant)
    storm = Storm(stage, lives, disk, Random(f"storm {plan.seed}"))
    lines = script(
        Random(f"script {plan.seed}"),
        messages=plan.messages,
        violations=plan.violations,
        channels=plan.channels,
    )
    talk = Talk(stage, lines, Random(f"talk {plan.seed}"))
    await _first_start(lives, runner.database, plan.channels)
    began = time.monotonic()
    ended = asyncio.Event()
    raging = asyncio.create_task(storm.rage(ended))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(talk.play(max(1, plan.kills) * SECONDS_FOR_EACH_KILL))
            group.create_task(lives.end_by_kills(plan.kills))
    finally:
        ended.set()
        await raging
        await storm.calm()
    storm_seconds = time.monotonic() - began
    reckoning = Reckoning(stage, runner.database, lives.unwritten)
    calm = await _put_right(plan, reckoning, lives)
    findings = [*calm.late, *reckoning.findings()]
    if findings:
        findings.append(f"The last that the bot wrote:\n{lives.output[-1][-LAST_CHARACTERS:]}")
    states = Counter(f"{one.kind} {one.state}" for one in records(runner.database))
    said = stage.said
    return Figures(
        plan=plan,
        findings=findings,
        kills=lives.kills,
        kills_while_failing=lives.kills_while_failing,
        refused=lives.refused,
        excused=len(said.bad) - states["delete done"] - states["delete gone"],
        struck=storm.struck,
        states=states,
        bad=len(said.bad),
        standing=len(said.standing()),
        innocent=len(said.clean),
        wronged=len(said.wronged()),
        names=len(stage.renamed),
        traitors=len(stage.traitors),
        timed_out=sum(member.timed_out for member in stage.traitors),
        twice=reckoning.acted_on_twice(),
        storm_seconds=storm_seconds,
        calm_seconds=calm.seconds,
        full_by="ENOSPC" if disk.small else "EFBIG",
        output=lives.output,
    )


async def _lists(database: Path, stage: Stage) -> None:
    store = await Store.open(database)
    entries = [parse_entry(entry) for entry in ENTRIES]
    await store.add_words(stage.guild.id, entries, by=OPERATOR)
    terms = EntryTerms(consequence=Consequence(Step.TIMEOUT, 60 * MINUTE_MS))
    await store.policies.set_terms(stage.guild.id, MAIN_LIST, TRAITOR, terms, by=OPERATOR)
    await store.close()


async def _first_start(lives: Lives, database: Path, channels: int) -> None:
    """What was said before the bot was there for the first time is not its business: so let it
    know its channels before anything is said."""
    await lives.start()
    await lives.connected()

    def known() -> bool:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM cursors").fetchone()
        return bool(count >= channels)

    assert await _until(known, 30.0), "the bot did not write where it begins"


@dataclass(frozen=True, slots=True)
class _Calm:
    late: list[str]
    seconds: float


async def _put_right(plan: Plan, reckoning: Reckoning, lives: Lives) -> _Calm:
    """The faults are over: give the bot time, then end it."""
    began = time.monotonic()
    stage, database = reckoning.stage, reckoning.database
    late = []
    try:
        await lives.connected(plan.calm_seconds)
    except NotSeenError:
        late.append(f"After {plan.calm_seconds:.0f} s of calm the bot is not connected")
    for member in stage.renamed:
        # A name that was set while the bot was away is looked at when its owner speaks.
        while member.nickname is not None and time.monotonic() - began < plan.calm_seconds:
            message = await member.says("hello")
            stage.said.clean[message.id] = message
            # mypy cannot tell the type of a lambda's default.
            await _until(lambda member=member: member.nickname is None, 1.0)  # type: ignore[misc]
    left = plan.calm_seconds - (time.monotonic() - began)
    if not await _until(lambda: not stage.said.standing() and not unfinished(database), left):
        late += [
            f"After {plan.calm_seconds:.0f} s of calm {one}" for one in reckoning.still_to_do()
        ]
    seconds = time.monotonic() - began
    if status := await lives.end():
        late.append(f"The bot ended with status {status}")
    return _Calm(late, seconds)


async def _until(condition: Callable[[], bool], seconds: float) -> bool:
    """Look until it is so, or the time is over; whether it is."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(LOOK_SECONDS)
    return True
