"""Nothing that was decided is lost: not by a kill, not for want of a permission; and nothing is
done twice."""

import asyncio
import logging
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from moderation.verdict import Outcome
from sandbox import App, Guild, LocalDiscord, Member, Message, Permissions
from sandbox.journal import RequestEntry
from tests.e2e.harness import Bot
from tests.e2e.processes import TIMEOUT, Process, Runner, ban

DELETE = "/channels/{channel_id}/messages/{message_id}"
TOGETHER = "/channels/{channel_id}/messages/bulk-delete"
MEMBER = "/guilds/{guild_id}/members/{user_id}"


def log_of(database: Path) -> list[tuple[str, str, str]]:
    """Cause, kind and state of every action in the log, oldest first."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(
            "SELECT cause, kind, state FROM actions JOIN decisions USING (decision_id)"
            " ORDER BY action_id"
        ).fetchall()


def deletions(discord: LocalDiscord, message: Message) -> list[RequestEntry]:
    """The requests for one message that were answered."""
    return [
        request
        for request in discord.journal.requests("DELETE", DELETE)
        if request.params["message_id"] == str(message.id) and request.status is not None
    ]


async def test_a_decision_is_on_disk_before_its_request(bot: Bot) -> None:
    seen: list[list[tuple[str, str, str]]] = []
    stop = bot.discord.journal.listen(
        lambda entry: (
            seen.append(log_of(bot.database))
            if isinstance(entry, RequestEntry) and entry.route == DELETE
            else None
        )
    )
    message = await bot.alice.says("idiot")
    await message.wait_deleted()
    stop()
    assert seen == [[(f"message:{message.id}", "delete", "pending")]]
    await bot.stop()
    assert log_of(bot.database) == [(f"message:{message.id}", "delete", "done")]


async def test_names_are_written_down_as_well(bot: Bot) -> None:
    await bot.alice.nick("An Idiot")
    await bot.alice.wait_nickname(None)
    await bot.stop()
    ((cause, kind, state),) = log_of(bot.database)
    assert cause.startswith(f"names:{bot.alice.id}:")
    assert (kind, state) == ("nickname", "done")
    (old,) = await bot.store.intents.old_nicknames(bot.guild.id, bot.alice.id)
    assert old.nickname == "An Idiot"


async def test_what_is_clean_is_not_written_down(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    assert log_of(bot.database) == []


async def test_an_event_that_comes_again_after_a_start_is_not_acted_on_again(bot: Bot) -> None:
    message = await bot.alice.says("idiot")
    await message.wait_deleted()
    (event,) = bot.discord.journal.events("MESSAGE_CREATE")
    await bot.stop()
    await bot.start()
    frame = {"op": 0, "t": "MESSAGE_CREATE", "s": 1000, "d": event.data}
    bot.discord.gateway.send_raw(bot.app.state, frame)
    await bot.works()
    assert [request.status for request in deletions(bot.discord, message)] == [204]


# Killed


class Killed:
    """``bot.py``, killed while Discord gets its requests but answers none, and started again."""

    def __init__(self, runner: Runner, discord: LocalDiscord, app: App) -> None:
        self._runner = runner
        self._discord = discord
        self._settings = {"DISCORD_TOKEN": app.token, "DISCORD_API_URL": discord.api_url}
        self._app = app

    async def start(self) -> Process:
        process = await self._runner.start(**self._settings)
        await self._discord.connected(self._app, timeout=TIMEOUT)
        return process

    async def kill(self, process: Process) -> None:
        process.send(signal.SIGKILL)
        await process.ended()
        await self._discord.gateway.disconnected(self._app.state)
        self._discord.faults.clear()

    async def cut_off(self, method: str, route: str) -> None:
        """Wait for a request whose answer was cut off."""
        await self._discord.journal.wait_request(
            method, route, lambda request: request.status is None, timeout=TIMEOUT
        )


@pytest.fixture
async def killed(
    runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member]
) -> Killed:
    app, guild, _ = harbour
    await ban(runner.database, guild, "idiot")
    return Killed(runner, discord, app)


@pytest.mark.parametrize(("taken", "state"), [("before", "done"), ("after", "gone")])
async def test_a_bot_that_is_killed_before_its_deletion_deletes_after_its_start(
    runner: Runner,
    discord: LocalDiscord,
    harbour: tuple[App, Guild, Member],
    killed: Killed,
    taken: str,
    state: str,
) -> None:
    _, _, alice = harbour
    process = await killed.start()
    if taken == "before":
        discord.faults.rest(method="DELETE", times=100, drop="before")
    else:
        discord.faults.rest(method="DELETE", times=100, drop="after")
    message = await alice.says("idiot")
    await killed.cut_off("DELETE", DELETE)
    await killed.kill(process)
    assert message.deleted is (taken == "after")
    assert log_of(runner.database) == [(f"message:{message.id}", "delete", "pending")]
    process = await killed.start()
    await message.wait_deleted(timeout=TIMEOUT)
    await discord.journal.wait_request(
        "DELETE", DELETE, lambda request: request.status is not None, timeout=TIMEOUT
    )
    process.send(signal.SIGTERM)
    assert await process.ended() == 0
    statuses = [request.status for request in deletions(discord, message)]
    assert statuses == [204 if taken == "before" else 404]
    assert log_of(runner.database) == [(f"message:{message.id}", "delete", state)]


@pytest.mark.parametrize("now", ["An Idiot", "Alice"])
async def test_a_name_is_looked_at_again_after_a_kill(
    runner: Runner,
    discord: LocalDiscord,
    harbour: tuple[App, Guild, Member],
    killed: Killed,
    now: str,
) -> None:
    _, _, alice = harbour
    process = await killed.start()
    discord.faults.rest(method="PATCH", path=MEMBER, times=100, drop="before")
    await alice.nick("Idiot")
    await killed.cut_off("PATCH", MEMBER)
    await killed.kill(process)
    await alice.nick(now)
    process = await killed.start()
    await discord.journal.wait_request("GET", MEMBER, timeout=TIMEOUT)
    if now == "An Idiot":
        await alice.wait_nickname(None, timeout=TIMEOUT)
    await (await alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    process.send(signal.SIGTERM)
    assert await process.ended() == 0
    answered = [
        request.status
        for request in discord.journal.requests("PATCH", MEMBER)
        if request.status is not None
    ]
    (_, _, state) = log_of(runner.database)[0]
    if now == "An Idiot":
        assert (answered, state) == ([200], "done")
    else:
        assert (answered, state) == ([], "gone")
        assert alice.nickname == "Alice"


# Forbidden


async def refused(bot: Bot) -> list[Message]:
    """Three messages that the bot may not delete."""
    bot.guild.general.permit(bot.guild.role("Palisade"), deny=Permissions.MANAGE_MESSAGES)
    messages = []
    for number in range(3):
        messages.append(await bot.alice.says(f"idiot {number}"))
        await bot.watch.until(lambda: bot.watch.count(Outcome.FORBIDDEN) == len(messages))
    return messages


def allow_again(bot: Bot) -> None:
    bot.guild.general.permit(bot.guild.role("Palisade"))


async def test_what_is_forbidden_waits_and_is_done_when_it_is_allowed(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        messages = await refused(bot)
    said = [text for text in caplog.messages if "is refused" in text]
    assert len(said) == 1, "once, not for every message"
    assert "Manage Messages" in said[0]
    status = await (await bot.owner.uses("/status")).reply()
    assert "3 messages are to be deleted and wait for a permission" in status.content
    allow_again(bot)
    for message in messages:
        await message.wait_deleted()
    await bot.watch.until(lambda: bot.watch.count(Outcome.DONE) == 3)
    status = await (await bot.owner.uses("/status")).reply()
    assert "wait for a permission" not in status.content
    await bot.stop()
    assert [state for _, _, state in log_of(bot.database)] == ["done"] * 3


async def test_what_two_factor_authentication_holds_up_is_done_when_it_is_no_longer_demanded(
    bot: Bot,
) -> None:
    bot.app.owner.state.two_factor = False
    bot.guild.demand_two_factor()
    message = await bot.alice.says("idiot")
    assert (await bot.watch.outcome()).result.outcome is Outcome.FORBIDDEN
    bot.guild.demand_two_factor(False)
    await message.wait_deleted()


async def test_what_is_forbidden_is_tried_again_after_a_start(bot: Bot) -> None:
    messages = await refused(bot)
    await bot.stop()
    assert [state for _, _, state in log_of(bot.database)] == ["forbidden"] * 3
    allow_again(bot)
    await bot.start()
    for message in messages:
        await message.wait_deleted()


async def test_a_permission_that_does_not_help_costs_few_requests(bot: Bot) -> None:
    messages = await refused(bot)
    before = bot.discord.journal.count
    bot.guild.general.permit(
        bot.guild.role("Palisade"),
        allow=Permissions.ADD_REACTIONS,
        deny=Permissions.MANAGE_MESSAGES,
    )
    await bot.watch.until(lambda: bot.watch.count(Outcome.FORBIDDEN) == 6)
    assert len(bot.discord.journal.requests("POST", TOGETHER, after=before)) == 1
    assert bot.discord.journal.requests("DELETE", DELETE, after=before) == []
    assert not any(message.deleted for message in messages)


async def test_a_name_that_may_not_be_changed_waits_as_well(bot: Bot) -> None:
    role = bot.guild.role("Palisade")
    needed = bot.guild.member(bot.app).permissions()
    role.change(permissions=needed & ~Permissions.MANAGE_NICKNAMES)
    await bot.alice.nick("Idiot")
    assert (await bot.watch.outcome()).result.outcome is Outcome.FORBIDDEN
    role.change(permissions=needed)
    async with asyncio.timeout(TIMEOUT):
        await bot.alice.wait_nickname(None)
