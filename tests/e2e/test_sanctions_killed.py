"""A bot that is killed between its record and what is done to somebody: done after the next start,
and never twice."""

import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from data.store import Store
from moderation.consequence import BAN, KICK
from moderation.records import MAIN_LIST, OPERATOR
from sandbox import App, Guild, LocalDiscord, Member, Message
from tests.e2e.court import BANNED, HOUR, MEMBER, PUNISHING
from tests.e2e.processes import TIMEOUT, Process, Runner, ban

FOLLOWS = {"timeout": HOUR, "kick": KICK, "ban": BAN}
REQUESTS = {"timeout": ("PATCH", MEMBER), "kick": ("DELETE", MEMBER), "ban": ("PUT", BANNED)}
type Taken = Literal["before", "after"]
"""When the answers are cut off: before Discord has done it, or after."""

KINDS = {20: "kick", 22: "ban", 24: "timeout"}


class Killed:
    """The process, and what became of the member."""

    def __init__(self, runner: Runner, discord: LocalDiscord, app: App, guild: Guild) -> None:
        self.runner = runner
        self.discord = discord
        self.app = app
        self.guild = guild
        self.settings = {"DISCORD_TOKEN": app.token, "DISCORD_API_URL": discord.api_url}

    async def asks_for(self, kind: str) -> None:
        """What follows from a violation."""
        store = await Store.open(self.runner.database)
        await store.policies.set_list(
            self.guild.id,
            MAIN_LIST,
            lambda was: replace(was, consequence=FOLLOWS[kind]),
            by=OPERATOR,
        )
        await store.close()

    async def start(self) -> Process:
        process = await self.runner.start(**self.settings)
        await self.discord.connected(self.app, timeout=TIMEOUT)
        return process

    async def killed_while_asking(self, kind: str, drop: Taken, alice: Member) -> Message:
        """A run that had its decision on disk, and no answer."""
        method, route = REQUESTS[kind]
        await self.asks_for(kind)
        process = await self.start()
        self.discord.faults.rest(method=method, path=route, times=100, drop=drop)
        message = await alice.says("idiot")
        await self.discord.journal.wait_request(
            method, route, lambda request: request.status is None, timeout=TIMEOUT
        )
        process.send(signal.SIGKILL)
        await process.ended()
        await self.discord.gateway.disconnected(self.app.state)
        self.discord.faults.clear()
        assert self.state(kind) == ["pending"]
        return message

    async def looked(self, kind: str) -> None:
        """Wait until it has looked whether it is done already."""
        await self.discord.journal.wait_request("GET", REQUESTS[kind][1], timeout=TIMEOUT)

    async def works(self, process: Process) -> None:
        """It has taken up what was left, and ends in order."""
        bob = self.guild.join(self.discord.add_user("bob"))
        await (await bob.says("idiot")).wait_deleted(timeout=TIMEOUT)
        process.send(signal.SIGTERM)
        assert await process.ended() == 0

    def punished(self, member: Member) -> list[str]:
        """What Discord's audit log says was done to them."""
        return [
            KINDS[entry.action]
            for entry in self.guild.audit_log
            if entry.action in KINDS and entry.target_id == member.id
        ]

    def state(self, kind: str) -> list[str]:
        """The states of the first such action, by the log."""
        with closing(sqlite3.connect(self.runner.database)) as connection:
            rows = connection.execute(
                "SELECT state FROM actions WHERE kind = ? ORDER BY action_id LIMIT 1", (kind,)
            ).fetchall()
        return [state for (state,) in rows]


@pytest.fixture
async def court(
    tmp_path: Path, discord: LocalDiscord, harbour: tuple[App, Guild, Member]
) -> AsyncIterator[Killed]:
    app, guild, _ = harbour
    guild.role("Palisade").change(permissions=PUNISHING)
    runner = Runner(tmp_path)
    await ban(runner.database, guild, "idiot")
    yield Killed(runner, discord, app, guild)
    for process in runner.running:
        await process.kill()


@pytest.mark.parametrize("taken", ["before", "after"])
@pytest.mark.parametrize("kind", REQUESTS)
async def test_it_is_done_once_whether_or_not_discord_had_done_it(
    court: Killed, harbour: tuple[App, Guild, Member], kind: str, taken: Taken
) -> None:
    _, _, alice = harbour
    await court.killed_while_asking(kind, taken, alice)
    assert court.punished(alice) == ([kind] if taken == "after" else [])
    process = await court.start()
    await alice.wait(lambda member: bool(court.punished(member)), timeout=TIMEOUT)
    await court.looked(kind)
    await court.works(process)
    assert court.punished(alice) == [kind]
    assert court.state(kind) == ["done"]


async def test_who_was_kicked_and_came_back_is_not_kicked_again(
    court: Killed, harbour: tuple[App, Guild, Member]
) -> None:
    _, guild, alice = harbour
    await court.killed_while_asking("kick", "after", alice)
    back = guild.join(alice.user)
    process = await court.start()
    await court.looked("kick")
    await court.works(process)
    assert back.present
    assert court.state("kick") == ["done"]


@pytest.mark.parametrize("kind", ["timeout", "ban"])
async def test_what_is_in_force_is_not_asked_for_again(
    court: Killed, discord: LocalDiscord, harbour: tuple[App, Guild, Member], kind: str
) -> None:
    _, _, alice = harbour
    await court.killed_while_asking(kind, "after", alice)
    before = discord.journal.count
    process = await court.start()
    await court.looked(kind)
    await court.works(process)
    method, route = REQUESTS[kind]
    asked = discord.journal.requests(method, route, after=before)
    assert [one for one in asked if one.params["user_id"] == str(alice.id)] == []
    assert court.state(kind) == ["done"]
