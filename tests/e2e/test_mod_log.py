"""The mod log in a server: what is told of, where, and how often."""

import asyncio
import logging

import pytest

from clock import utc_ms
from moderation.policy import ModLog
from moderation.records import OPERATOR
from moderation.verdict import Outcome
from sandbox import Channel, LocalDiscord, Permissions
from sandbox.handles.place import overwrite
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.mod_logs import HOUR, POSTS, entry, fields, posts, set_log, set_main, set_up


async def test_an_entry_says_what_really_happened(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    said = await bot.alice.says("you id**i**ot <@&5> https://x.example")
    await said.wait_deleted(timeout=TIMEOUT)
    told = await entry(log, "Case #1 · Violation")
    assert fields(told)["Done"] == "message deleted"
    assert fields(told)["Member"] == f"<@{bot.alice.id}> `alice` (id {bot.alice.id})"
    link = f"https://discord.com/channels/{bot.guild.id}/{bot.guild.general.id}/{said.id}"
    assert (
        fields(told)["Where"] == f"message in <#{bot.guild.general.id}> ([where it stood]({link}))"
    )
    assert fields(told)["Found"].startswith("`idiot` on the list `main`; disguise undone: ")
    assert fields(told)["Strikes"] == "1 strike with this one"
    assert told.embeds[0]["description"] == "`you `__**`id∗∗i∗∗ot`**__` <@&5> https://x.example`"
    assert told.json["mentions"] == []
    assert told.json["mention_roles"] == []
    (request,) = [
        one
        for one in bot.discord.journal.requests("POST", POSTS)
        if one.params["channel_id"] == str(log.id)
    ]
    assert request.json["enforce_nonce"] is True
    assert request.json["allowed_mentions"] == {"parse": []}


async def test_what_is_refused_is_told_of_and_mended_in_place(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    bot.guild.general.permit(bot.guild.role("Palisade"), deny=Permissions.MANAGE_MESSAGES)
    said = await bot.alice.says("idiot")
    await bot.watch.until(lambda: bot.watch.count(Outcome.FORBIDDEN) == 1)
    told = await entry(log, "Case #1")
    assert fields(told)["Done"].startswith("**message not deleted**: the bot")
    assert "Manage Messages" in fields(told)["Done"]
    bot.guild.general.permit(bot.guild.role("Palisade"))
    await said.wait_deleted(timeout=TIMEOUT)
    await told.wait(lambda one: fields(one)["Done"] == "message deleted", timeout=TIMEOUT)
    assert posts(bot, log) == 1


async def test_a_burst_of_one_member_is_one_entry(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    for number in range(6):
        await (await bot.alice.says(f"idiot {number}")).wait_deleted(timeout=TIMEOUT)
    assert bot.parts is not None
    told = await log.wait_message(lambda one: bool(one.embeds), timeout=TIMEOUT)
    await told.wait(
        lambda one: (
            fields(one)["Done"] == "message deleted: 6"
            and one.embeds[0]["title"] == "Cases #1 to #6 · 6 within a minute"
        ),
        timeout=TIMEOUT,
    )
    assert fields(told)["Found"] == "`idiot` on the list `main`: 6"
    assert posts(bot, log) == 1


async def test_a_raid_is_a_few_entries(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    raiders = [bot.guild.join(bot.discord.add_user(f"raider{n}")) for n in range(12)]
    for raider in raiders:
        await raider.says("idiot")
    await bot.watch.until(lambda: bot.watch.count(Outcome.DONE) == 12)
    shared = await log.wait_message(
        lambda one: bool(one.embeds) and fields(one).get("Members") == "9 different people",
        timeout=TIMEOUT,
    )
    assert fields(shared)["Where"] == f"<#{bot.guild.general.id}>"
    assert len(log.messages) == 4
    assert posts(bot, log) == 4


async def test_each_kind_can_have_its_channel(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    hard = bot.guild.add_channel(
        "punished",
        overwrites=[
            overwrite(bot.guild.everyone, deny=Permissions.VIEW_CHANNEL),
            overwrite(bot.guild.role("Palisade"), allow=Permissions.VIEW_CHANNEL),
        ],
    )
    await set_log(bot, ModLog(log.id, punishments=hard.id))
    await set_main(bot, consequence=HOUR)
    await bot.alice.says("idiot")
    told = await entry(hard, "Case #1")
    await told.wait(lambda one: "timed out until <t:" in fields(one)["Done"], timeout=TIMEOUT)
    assert bot.alice.timed_out
    assert log.messages == []


async def test_the_shadow_is_told_of(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    await set_main(bot, consequence=HOUR, shadow=True)
    said = await bot.alice.says("idiot")
    told = await entry(log, "Case #1 · Violation · log only, nothing was done")
    assert fields(told)["Done"] == "nothing"
    assert fields(told)["Found"].endswith("; log only (would time out for 1 hour)")
    assert not said.deleted


# A restart, and a kill


async def test_an_entry_is_changed_after_a_restart(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    await bot.alice.says("idiot")
    told = await entry(log, "Case #1")
    await bot.stop()
    await bot.store.cases.edit_reason(bot.guild.id, 1, "a slip", by=OPERATOR)
    await bot.start()
    await told.wait(lambda one: fields(one).get("Reason") == "`a slip`", timeout=TIMEOUT)
    assert posts(bot, log) == 1


@pytest.mark.parametrize("remembered", [True, False])
async def test_an_answer_that_is_lost_for_good_makes_no_second_entry(
    stopped_bot: Bot, log: Channel, remembered: bool
) -> None:
    bot = stopped_bot
    lost = bot.discord.faults.rest(method="POST", path=POSTS, times=100, drop="after")
    await bot.alice.says("idiot")
    await lost.wait_met(timeout=TIMEOUT)
    assert bot.parts is not None
    await bot.stop()
    bot.discord.faults.clear()
    assert len(log.messages) == 1
    if not remembered:
        bot.discord.core.nonces.seconds = 0.0
    late_ms = 0 if remembered else 61_000
    await bot.start(clock=lambda: utc_ms() + late_ms)
    await bot.discord.journal.wait_request(
        "PATCH", POSTS + "/{message_id}", lambda request: request.status == 200, timeout=TIMEOUT
    )
    assert len(log.messages) == 1


# A channel that will not do


def told_owner(bot: Bot) -> list[str]:
    """The direct messages to the server's owner."""
    return [
        one.json["content"]
        for one in bot.discord.journal.requests("POST", POSTS)
        if "In your server" in one.json.get("content", "") and one.status == 200
    ]


async def status(bot: Bot) -> str:
    return (await (await bot.owner.uses("/status")).reply()).content


async def owner_hears(bot: Bot, text: str) -> None:
    await bot.discord.journal.wait_request(
        "POST",
        POSTS,
        lambda request: text in request.json.get("content", "") and request.status == 200,
        timeout=TIMEOUT,
    )


async def test_a_channel_that_is_closed_is_reported_once_and_goes_on_when_mended(
    stopped_bot: Bot, log: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    bot, role = stopped_bot, stopped_bot.guild.role("Palisade")
    with caplog.at_level(logging.ERROR):
        log.permit(role, allow=Permissions.VIEW_CHANNEL, deny=Permissions.SEND_MESSAGES)
        await owner_hears(bot, "I need Send Messages there")
    assert "lacks Send Messages" in caplog.text
    await (await bot.alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    assert "I cannot write the mod log" in await status(bot)
    await bot.stop()
    await bot.start()
    await (await bot.alice.says("idiot again")).wait_deleted(timeout=TIMEOUT)
    assert bot.parts is not None
    async with asyncio.timeout(TIMEOUT):
        await bot.parts.mod_log.idle()
    assert len(told_owner(bot)) == 1
    assert log.messages == []
    log.permit(role, allow=Permissions.VIEW_CHANNEL)
    told = await entry(log, "Cases #1 to #2")
    assert fields(told)["Done"] == "message deleted: 2"
    assert "mod log" not in await status(bot)


async def test_a_channel_that_is_deleted_is_reported(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    log.remove()
    await owner_hears(bot, "was deleted")
    await (await bot.alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    assert "The channel of the mod log was deleted" in await status(bot)
    assert len(told_owner(bot)) == 1


async def test_a_channel_that_everybody_reads_is_reported_and_told_no_text(
    stopped_bot: Bot, discord: LocalDiscord
) -> None:
    bot = stopped_bot
    await bot.ban("idiot")
    log = await set_up(bot, private=False)
    await bot.start()
    await owner_hears(bot, "Everybody can read the mod log")
    await bot.alice.says("you idiot")
    told = await entry(log, "Case #1")
    assert "idiot" not in str(told.embeds)
    assert fields(told)["Done"] == "message deleted"
    assert len(told_owner(bot)) == 1


async def test_an_owner_who_takes_no_direct_messages_stops_nothing(
    stopped_bot: Bot, log: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    bot = stopped_bot
    bot.owner.user.take_direct(False)
    log.remove()
    await (await bot.alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    assert bot.parts is not None
    async with asyncio.timeout(TIMEOUT):
        await bot.parts.mod_log.idle()
    assert "its owner could not be told" in caplog.text
