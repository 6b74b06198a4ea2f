"""A bot that is killed while it tells somebody: they are told once, before what follows."""

import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Literal

import pytest

from data.store import Store
from moderation.consequence import BAN, WARN, Consequence
from moderation.policy import GuildPolicy, NoticeBy, Notices
from moderation.records import MAIN_LIST, OPERATOR
from sandbox import App, Guild, LocalDiscord, Member, Permissions
from tests.e2e.court import PUNISHING
from tests.e2e.processes import TIMEOUT, Process, Runner, ban

WRITE = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"


class Killed:
    """The process, and whom it tells."""

    def __init__(
        self, runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member]
    ) -> None:
        self.runner = runner
        self.discord = discord
        self.app, self.guild, self.alice = harbour

    async def sets(self, consequence: Consequence, notices: Notices | None = None) -> None:
        def change(policy: GuildPolicy) -> GuildPolicy:
            return replace(policy, notices=notices or Notices())

        await ban(self.runner.database, self.guild, "idiot")
        store = await Store.open(self.runner.database)
        await store.policies.set_list(
            self.guild.id,
            MAIN_LIST,
            lambda was: replace(was, consequence=consequence),
            by=OPERATOR,
        )
        await store.policies.set_policy(self.guild.id, change, by=OPERATOR, what="notices")
        await store.close()

    async def start(self) -> Process:
        process = await self.runner.start(
            DISCORD_TOKEN=self.app.token, DISCORD_API_URL=self.discord.api_url
        )
        await self.discord.connected(self.app, timeout=TIMEOUT)
        return process

    async def kill(self, process: Process) -> None:
        process.send(signal.SIGKILL)
        await process.ended()
        await self.discord.gateway.disconnected(self.app.state)
        self.discord.faults.clear()

    async def killed_while_telling(self, drop: Literal["before", "after"]) -> None:
        """A run that has the notice in its log, and no answer."""
        process = await self.start()
        self.discord.faults.rest(method="POST", path=WRITE, times=100, drop=drop)
        await (await self.alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
        await self.discord.journal.wait_request(
            "POST", WRITE, lambda request: request.status is None, timeout=TIMEOUT
        )
        await self.kill(process)
        assert self.states() == ["pending"]

    async def ends(self, process: Process) -> None:
        process.send(signal.SIGTERM)
        assert await process.ended() == 0

    def states(self) -> list[str]:
        """The states of the notices, by the log."""
        with closing(sqlite3.connect(self.runner.database)) as connection:
            rows = connection.execute("SELECT state FROM actions WHERE kind = 'notice'").fetchall()
        return [state for (state,) in rows]

    def told(self) -> int:
        """How many messages reached the author."""
        return len(self.alice.user.conversation(self.app.user).messages)

    async def answered(self) -> None:
        """Wait until Discord has answered a message of the bot's."""
        await self.discord.journal.wait_request(
            "POST", WRITE, lambda request: request.status == 200, timeout=TIMEOUT
        )


@pytest.fixture
def killed(runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member]) -> Killed:
    _, guild, _ = harbour
    guild.role("Palisade").change(permissions=PUNISHING | Permissions.SEND_MESSAGES)
    return Killed(runner, discord, harbour)


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_they_are_told_once(killed: Killed, drop: Literal["before", "after"]) -> None:
    await killed.sets(WARN)
    await killed.killed_while_telling(drop)
    assert killed.told() == (1 if drop == "after" else 0)
    process = await killed.start()
    await killed.answered()
    await killed.ends(process)
    assert killed.told() == 1
    assert killed.states() == ["done"]


async def test_they_are_told_before_the_ban_that_was_left(killed: Killed) -> None:
    await killed.sets(BAN)
    await killed.killed_while_telling("before")
    assert not killed.guild.banned(killed.alice)
    bob = killed.guild.join(killed.discord.add_user("bob"))
    held = killed.discord.faults.rest(method="POST", path=WRITE, hold=True)
    process = await killed.start()
    await held.wait_met(timeout=TIMEOUT)
    await bob.says("idiot")
    await bob.wait(lambda member: killed.guild.banned(member), timeout=TIMEOUT)
    assert not killed.guild.banned(killed.alice), "hers waits for the word"
    held.release()
    await killed.alice.wait(lambda member: killed.guild.banned(member), timeout=TIMEOUT)
    await killed.ends(process)
    assert killed.told() == 1
    assert killed.states() == ["done", "done"]


async def test_a_reply_is_written_once(killed: Killed) -> None:
    await killed.sets(WARN, Notices(NoticeBy.REPLY))
    await killed.killed_while_telling("after")
    process = await killed.start()
    await killed.answered()
    await killed.ends(process)
    replies = [one for one in killed.guild.general.messages if one.author_id == killed.app.id]
    assert len(replies) == 1
    assert killed.states() == ["done"]
    with closing(sqlite3.connect(killed.runner.database)) as connection:
        standing = connection.execute("SELECT message_id FROM notice_replies").fetchall()
    assert standing == [(replies[0].id,)], "to be taken away by the next run"
