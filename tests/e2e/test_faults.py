"""Faults of REST and of the store: nothing is lost quietly, and nothing failed is called done."""

import asyncio
from collections import Counter

import pytest

from moderation.verdict import Outcome
from tests.e2e.harness import Bot

DELETE = "/channels/{channel_id}/messages/{message_id}"


async def test_an_answer_that_fails_is_tried_again(bot: Bot) -> None:
    statuses = (500, 501, 502, 503, 504, 520)
    for status in statuses:
        bot.discord.faults.rest(method="DELETE", path=DELETE, status=status, json={"message": "no"})
    channels = [bot.guild.add_channel(f"no-{status}") for status in statuses]
    messages = [await bot.alice.says("idiot", channel=channel) for channel in channels]
    for message in messages:
        await message.wait_deleted()
    await bot.watch.until(lambda: bot.watch.count(Outcome.DONE) == len(statuses))
    answered = Counter(one.status for one in bot.discord.journal.requests("DELETE", DELETE))
    assert answered == Counter(statuses) + Counter({204: len(statuses)})


async def test_a_connection_that_is_cut_is_tried_again(bot: Bot) -> None:
    bot.discord.faults.rest(method="DELETE", path=DELETE, drop="before")
    await (await bot.alice.says("idiot")).wait_deleted()


async def test_a_deletion_whose_answer_was_lost_is_no_failure(bot: Bot) -> None:
    bot.discord.faults.rest(method="DELETE", path=DELETE, drop="after")
    await (await bot.alice.says("idiot")).wait_deleted()
    assert (await bot.watch.outcome()).result.outcome is Outcome.GONE


async def test_a_message_that_is_gone_already_is_success(bot: Bot) -> None:
    hold = bot.discord.faults.rest(method="DELETE", path=DELETE, delay=0.2)
    message = await bot.alice.says("idiot")
    await message.delete()
    told = await bot.watch.outcome()
    assert hold.met == 1
    assert told.result.outcome is Outcome.GONE
    assert told.result.outcome.succeeded


@pytest.mark.parametrize("headers", [{}, {"Via": "1.1 google"}, {"Retry-After": "1"}])
async def test_a_rate_limit_is_waited_out(bot: Bot, headers: dict[str, str]) -> None:
    body = {"message": "You are being rate limited.", "retry_after": 0.3, "global": False}
    bot.discord.faults.rest(method="DELETE", path=DELETE, status=429, json=body, headers=headers)
    message = await bot.alice.says("idiot")
    await message.wait_deleted()
    first, second = bot.discord.journal.requests("DELETE", DELETE)
    assert second.started - first.at >= 0.29


async def test_a_permission_that_is_missing_is_told_and_not_claimed(bot: Bot) -> None:
    body = {"message": "Missing Permissions", "code": 50013}
    bot.discord.faults.rest(method="DELETE", path=DELETE, status=403, json=body)
    message = await bot.alice.says("idiot")
    told = await bot.watch.outcome()
    assert told.result.outcome is Outcome.FORBIDDEN
    assert "Manage Messages" in told.result.detail
    assert not message.deleted


async def test_a_bare_404_is_not_taken_for_success(bot: Bot) -> None:
    body = {"message": "404: Not Found", "code": 0}
    bot.discord.faults.rest(method="DELETE", path=DELETE, status=404, json=body)
    await bot.alice.says("idiot")
    assert (await bot.watch.outcome()).result.outcome is Outcome.FAILED


async def test_what_is_under_way_is_finished_before_closing(bot: Bot) -> None:
    bot.discord.faults.rest(method="DELETE", path=DELETE, times=6, delay=0.5)
    messages = [await bot.alice.says(f"idiot {number}") for number in range(6)]
    for message in messages:
        await bot.watch.verdict_on(message)
    await bot.stop()
    assert all(message.deleted for message in messages)


async def test_a_slow_channel_does_not_hold_up_another(bot: Bot) -> None:
    quiet = bot.guild.add_channel("quiet")
    bot.discord.faults.rest(method="DELETE", path=DELETE, hold=True)
    slow = await bot.alice.says("idiot")
    await bot.watch.verdict_on(slow)
    fast = await bot.alice.says("idiot", channel=quiet)
    await fast.wait_deleted()
    assert not slow.deleted
    bot.discord.faults.clear()
    await slow.wait_deleted()


async def test_lists_that_cannot_be_read_hold_the_messages_back(
    stopped_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stopped_bot.ban("idiot")
    read = stopped_bot.store.words
    failures = 2

    async def sometimes(guild_id: int) -> object:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise OSError("the disk is tired")
        return await read(guild_id)

    monkeypatch.setattr(stopped_bot.store, "words", sometimes)
    await stopped_bot.start()
    await (await stopped_bot.alice.says("idiot")).wait_deleted()
    assert failures < 0


async def test_one_broken_event_does_not_stop_the_next(bot: Bot) -> None:
    async with asyncio.timeout(5):
        bot.discord.gateway.send_raw(
            bot.app.state, {"op": 0, "t": "MESSAGE_CREATE", "s": 50, "d": {"content": "idiot"}}
        )
        await (await bot.alice.says("idiot")).wait_deleted()
