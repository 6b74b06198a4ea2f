"""The buttons under an entry of the mod log: what they do, and for whom."""

import asyncio

import pytest

from moderation.consequence import BAN
from moderation.records import OPERATOR
from sandbox import Channel, Permissions
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.mod_logs import (
    HOUR,
    entry,
    fields,
    fill_in,
    found,
    labels,
    moderator,
    punished,
    role,
    set_main,
)
from tests.e2e.test_words_commands import NEEDED, allowed, said

MEMBER = "/guilds/{guild_id}/members/{user_id}"

# Not a violation


async def test_not_a_violation_undoes_the_case_and_offers_the_phrase(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    assert labels(told) == ["Not a violation", "Timeout", "Kick", "Ban", "Reason"]
    pressed = await bot.owner.presses(told, "Not a violation")
    text = await said(pressed)
    assert text.startswith("Case #1 is undone and counts no more.")
    assert f"<@{bot.alice.id}> has no strikes now." in text
    assert "allow the phrase `idiot savant`" in text
    await told.wait(lambda one: one.embeds[0]["title"].endswith("· undone"), timeout=TIMEOUT)
    assert fields(told)["State"] == f"undone by <@{bot.owner.id}> `ada`"
    again = await pressed.press("Allow “idiot savant”")
    assert await said(again) == (
        "`idiot savant` is allowed from now on. `/allowed remove` takes it back."
    )
    await bot.kept(await bot.alice.says("an idiot savant"))
    assert await allowed(bot) == ["idiot savant"]


async def test_the_timeout_is_lifted(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await punished(bot, log, HOUR)
    assert bot.alice.timed_out
    text = await said(await moderator(bot, log).presses(told, "Not a violation"))
    assert "Timeout lifted." in text
    assert not bot.alice.timed_out
    await told.wait(lambda one: "timeout lifted" in fields(one)["Done"], timeout=TIMEOUT)


async def test_a_timeout_that_discord_is_just_being_asked_for_is_lifted(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    asked = bot.discord.faults.rest(method="PATCH", path=MEMBER, hold=True)
    await set_main(bot, consequence=HOUR)
    told = await found(bot, log)
    await asked.wait_met()
    pressed = await moderator(bot, log).presses(told, "Not a violation")
    await pressed.answered()
    asked.release()
    text = await said(pressed)
    assert "Timeout lifted." in text
    assert "carried out" not in text
    assert not bot.alice.timed_out


async def test_the_ban_is_lifted(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await punished(bot, log, BAN)
    assert bot.guild.banned(bot.alice)
    text = await said(await moderator(bot, log).presses(told, "Not a violation"))
    assert "Unbanned." in text
    assert not bot.guild.banned(bot.alice)


async def test_a_moderator_without_manage_server_is_not_offered_the_phrase(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    pressed = await moderator(bot, log).presses(told, "Not a violation")
    text = await said(pressed)
    assert "That takes the permission Manage Server" in text
    assert (await pressed.reply()).components == []


async def test_accepting_the_phrase_takes_manage_server_when_it_is_pressed(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    admin = role(bot, log, "Admins", Permissions.MANAGE_GUILD, 3)
    ben = moderator(bot, log)
    ben.give(admin)
    pressed = await ben.presses(told, "Not a violation")
    await said(pressed)
    ben.take(admin)
    assert await said(await pressed.press("Allow “idiot savant”")) == NEEDED
    assert await allowed(bot) == []


async def test_a_burst_is_undone_as_far_as_the_entry_showed_it(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    for number in range(3):
        await bot.alice.says(f"idiot {number}")
    told = await log.wait_message(
        lambda one: bool(one.embeds) and one.embeds[0]["title"].startswith("Cases #1 to #3"),
        timeout=TIMEOUT,
    )
    old = told.components
    await bot.alice.says("idiot 4")
    await told.wait(
        lambda one: one.embeds[0]["title"].startswith("Cases #1 to #4"), timeout=TIMEOUT
    )
    told.state.components = old
    text = await said(await bot.owner.presses(told, "Not a violation"))
    assert text == "Undone: 3 cases, #1 to #3. They count no more."
    await told.wait(lambda one: fields(one).get("State") == "3 undone", timeout=TIMEOUT)
    assert (await bot.store.cases.case(bot.guild.id, 4)).undone_by is None


# Punishing


async def test_timeout(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    ben = moderator(bot, log)
    text = await fill_in(await ben.presses(told, "Timeout"), length="2 h", reason="enough")
    assert text.startswith("Case #2: timed out until <t:")
    assert bot.alice.timed_out
    made = await entry(log, "Case #2 · Timeout")
    assert fields(made)["By"] == f"<@{ben.id}> `ben`"
    assert fields(made)["Reason"] == "`enough`"
    await made.wait(lambda one: "timed out until <t:" in fields(one)["Done"], timeout=TIMEOUT)


async def test_kick(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    text = await fill_in(await moderator(bot, log).presses(told, "Kick"))
    assert text == "Case #2: kicked."
    assert not bot.alice.present
    assert fields(await entry(log, "Case #2 · Kick"))["Reason"] == "`See case #1`"


@pytest.mark.parametrize(
    ("length", "done"), [("", "banned for good."), ("7 d", "banned until <t:")]
)
async def test_ban(stopped_bot: Bot, log: Channel, length: str, done: str) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    text = await fill_in(await moderator(bot, log).presses(told, "Ban"), length=length)
    assert text.startswith(f"Case #2: {done}")
    assert bot.guild.banned(bot.alice)


async def test_who_left_can_be_banned_and_nothing_else(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    bot.alice.leave()
    ben = moderator(bot, log)
    for label in ("Timeout", "Kick"):
        text = await said(await ben.presses(told, label))
        assert text == "They are not in this server any more."
    await fill_in(await ben.presses(told, "Ban"))
    assert bot.guild.banned(bot.alice)


@pytest.mark.parametrize("length", ["soon", "100 d", "1 h 5"])
async def test_a_wrong_length_does_nothing(stopped_bot: Bot, log: Channel, length: str) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    text = await fill_in(await moderator(bot, log).presses(told, "Timeout"), length=length)
    assert text.endswith("Nothing was done.")
    assert not bot.alice.timed_out


async def test_two_at_once_do_it_once(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    ben = moderator(bot, log)
    forms = [await one.presses(told, "Ban") for one in (ben, bot.owner)]
    texts = await asyncio.gather(*(fill_in(form) for form in forms))
    assert sorted(text.partition(":")[0] for text in texts) in (
        ["Case #2", "`ada` has done that a moment ago. Nothing was done again."],
        ["Case #2", "`ben` has done that a moment ago. Nothing was done again."],
    )
    route = "/guilds/{guild_id}/bans/{user_id}"
    assert len(bot.discord.journal.requests("PUT", route)) == 1


async def test_two_at_once_undo_it_once(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    ben = moderator(bot, log)
    pressed = [await one.presses(told, "Not a violation") for one in (ben, bot.owner)]
    texts = sorted([(await said(one)).split(" <@")[0][:26] for one in pressed])
    assert texts == ["Case #1 is undone and coun", "Case #1 was undone before "]


# Reason, release, restart


async def test_reason(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    text = await fill_in(await moderator(bot, log).presses(told, "Reason"), reason="rule *2*")
    assert text == "Case #1 has this reason now: `rule *2*`."
    await told.wait(lambda one: fields(one).get("Reason") == "`rule *2*`", timeout=TIMEOUT)


async def test_a_long_reason_comes_back_whole(stopped_bot: Bot, log: Channel) -> None:
    bot, long = stopped_bot, "long " * 199 + "end"
    told = await found(bot, log)
    await bot.store.cases.edit_reason(bot.guild.id, 1, long, by=OPERATOR)
    opened = await moderator(bot, log).presses(told, "Reason")
    await opened.answered()
    assert opened.modal is not None
    assert opened.modal["components"][0]["components"][0]["value"] == long
    await said(await opened.submit({"reason": long}))
    assert (await bot.store.cases.case(bot.guild.id, 1)).reason == long


async def test_the_buttons_work_after_a_restart(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    await bot.stop()
    await bot.start()
    assert "kicked" in await fill_in(await bot.owner.presses(told, "Kick"))
    assert "is undone" in await said(await bot.owner.presses(told, "Not a violation"))


async def test_what_the_brake_holds_is_released_once(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    await set_main(bot, consequence=HOUR)
    raiders = [bot.guild.join(bot.discord.add_user(f"raider{n}")) for n in range(22)]
    for raider in raiders:
        await raider.says("idiot")
    shared = await log.wait_message(lambda one: "Release all 2" in labels(one), timeout=3 * TIMEOUT)
    ben = moderator(bot, log, Permissions.MODERATE_MEMBERS)
    texts = [await said(await one.presses(shared, "Release all 2")) for one in (ben, bot.owner)]
    assert texts == [
        "Released: 2 punishments. The entry shows what becomes of it.",
        "Nothing is held any more: somebody was faster, or the case was undone.",
    ]
    assert all(raider.timed_out for raider in raiders)
