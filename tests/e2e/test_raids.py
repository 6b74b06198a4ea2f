"""Many bad messages at once: a channel's go together, and no channel waits for another."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox import LocalDiscord, Message, Permissions
from sandbox.handles.place import Channel
from sandbox.journal import RequestEntry
from sandbox.limits import Limit
from tests.e2e.harness import TIMEOUT, Bot

DELETE = "/channels/{channel_id}/messages/{message_id}"
TOGETHER = "/channels/{channel_id}/messages/bulk-delete"


async def raid(bot: Bot, count: int, channel: Channel | None = None) -> list[Message]:
    """Bad messages, one right after the other."""
    return [await bot.alice.says(f"idiot {number}", channel=channel) for number in range(count)]


async def gone(messages: list[Message]) -> None:
    for message in messages:
        await message.wait_deleted(timeout=TIMEOUT)


def together(bot: Bot) -> list[RequestEntry]:
    return bot.discord.journal.requests("POST", TOGETHER)


def alone(bot: Bot) -> list[RequestEntry]:
    return bot.discord.journal.requests("DELETE", DELETE)


def asked_for(bot: Bot) -> Iterator[str]:
    """The id of every message that was asked to be deleted, once for each request."""
    for request in together(bot):
        yield from request.json["messages"]
    for request in alone(bot):
        yield request.params["message_id"]


async def test_what_comes_while_a_deletion_is_under_way_goes_together(bot: Bot) -> None:
    slow = bot.discord.faults.rest(method="DELETE", path=DELETE, delay=0.5)
    first = await bot.alice.says("idiot")
    await slow.wait_met()
    messages = [first, *await raid(bot, 150)]
    await gone(messages)
    assert max(len(request.json["messages"]) for request in together(bot)) <= 100
    assert len(together(bot)) + len(alone(bot)) <= 4
    assert sorted(asked_for(bot)) == sorted(str(message.id) for message in messages)
    await bot.watch.until(lambda: len(bot.watch.outcomes) == 151)
    assert all(told.result.outcome.succeeded for told in bot.watch.outcomes)


async def test_no_message_is_asked_for_twice_however_often_it_is_told_of(bot: Bot) -> None:
    slow = bot.discord.faults.rest(method="DELETE", path=DELETE, delay=0.3)
    first = await bot.alice.says("idiot")
    await slow.wait_met()
    bot.discord.faults.next_frames(duplicate=20)
    messages = [first, *await raid(bot, 20)]
    await gone(messages)
    assert sorted(asked_for(bot)) == sorted(str(message.id) for message in messages)


async def test_the_reason_names_the_entries(bot: Bot) -> None:
    await bot.ban("walrus")
    slow = bot.discord.faults.rest(method="DELETE", path=DELETE, delay=0.3)
    first = await bot.alice.says("idiot")
    await slow.wait_met()
    messages = [await bot.alice.says(text) for text in ("idiot", "walrus", "idiot")]
    await gone([first, *messages])
    (request,) = together(bot)
    both = "Banned in message: idiot (list main); Banned in message: walrus (list main)"
    assert request.reason == f"{len(request.json['messages'])} messages. {both}"


async def test_two_that_come_at_once_are_enough(bot: Bot) -> None:
    await gone(await raid(bot, 2))
    assert len(list(asked_for(bot))) == 2


@pytest.mark.parametrize("code", [50034, 50035, 0])
async def test_a_refused_request_is_followed_by_single_ones(bot: Bot, code: int) -> None:
    bot.discord.faults.rest(
        method="POST", path=TOGETHER, status=400, json={"message": "no", "code": code}
    )
    slow = bot.discord.faults.rest(method="DELETE", path=DELETE, delay=0.3)
    first = await bot.alice.says("idiot")
    await slow.wait_met()
    messages = [first, *await raid(bot, 5)]
    await gone(messages)
    assert len(together(bot)) == 1
    assert len(alone(bot)) == 6


async def test_old_messages_go_one_by_one(bot: Bot) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=15)
    old = [await bot.alice.says(f"hello {number}", at=long_ago) for number in range(3)]
    slow = bot.discord.faults.rest(method="DELETE", path=DELETE, delay=0.3)
    first = await bot.alice.says("idiot")
    await slow.wait_met()
    for message in old:
        await message.edit("idiot")
    young = await raid(bot, 3)
    await gone([first, *old, *young])
    asked = {number for request in together(bot) for number in request.json["messages"]}
    assert not asked & {str(message.id) for message in old}
    assert all(request.status in (200, 204) for request in [*together(bot), *alone(bot)])


async def test_a_raid_that_may_not_be_deleted_costs_few_requests(bot: Bot) -> None:
    bot.guild.general.permit(bot.guild.role("Palisade"), deny=Permissions.MANAGE_MESSAGES)
    slow = bot.discord.faults.rest(method="DELETE", path=DELETE, delay=0.3)
    await bot.alice.says("idiot")
    await slow.wait_met()
    await raid(bot, 50)
    await bot.watch.until(lambda: len(bot.watch.outcomes) == 51)
    assert len(together(bot)) + len(alone(bot)) <= 3


# With Discord's limits


@pytest.fixture
async def limited(tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot on a Discord with limits; one bulk deletion of a channel in two seconds."""
    async with LocalDiscord(rate_limits=True) as discord:
        discord.limits.routes["POST", TOGETHER, ""] = Limit(1, 2.0)
        bot = await Bot.make(discord, tmp_path)
        await bot.ban("idiot")
        await bot.start()
        yield bot
        await bot.stop()
        await bot.store.close()


async def test_a_raid_holds_up_no_other_channel(limited: Bot) -> None:
    bot = limited
    channels = [bot.guild.add_channel(f"raided-{number}") for number in range(10)]
    quiet = bot.guild.add_channel("quiet")
    raided: list[Message] = []
    for _ in range(3):
        async with asyncio.TaskGroup() as group:
            raids = [group.create_task(raid(bot, 20, channel)) for channel in channels]
        raided += [message for task in raids for message in task.result()]
        await bot.watch.verdict_on(raided[-1])
    lone = await bot.alice.says("idiot", channel=quiet)
    await gone([lone])
    assert not all(message.deleted for message in raided), "the raid is over, and proves nothing"
    await gone(raided)
    assert len(list(asked_for(bot))) == len(raided) + 1
    assert bot.discord.limits.refused.total() == 0
