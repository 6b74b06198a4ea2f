"""The names of all members: after a start, after a change of the lists, and when asked for."""

import logging
from dataclasses import replace

import pytest

from moderation.consequence import BAN
from moderation.policy import Ladder, Rung
from moderation.records import OPERATOR
from sandbox import LocalDiscord, Member, Permissions
from service.sweep import ASK_ABOVE
from tests.e2e.harness import Bot

MEMBER = "/guilds/{guild_id}/members/{user_id}"
MANY = ASK_ABOVE + 1


def crowd(bot: Bot, number: int) -> list[Member]:
    """People whose accounts are called walrus."""
    return [
        bot.guild.join(bot.discord.add_user(f"p{n}", global_name=f"Walrus {n}"))
        for n in range(number)
    ]


async def test_a_name_from_while_the_bot_was_off_is_corrected(stopped_bot: Bot) -> None:
    await stopped_bot.ban("walrus")
    await stopped_bot.alice.nick("a walrus")
    await stopped_bot.start(sweep_after=0.0)
    await stopped_bot.alice.wait_nickname(None)
    (request,) = stopped_bot.discord.journal.requests("PATCH", MEMBER)
    assert request.reason == "Banned in nickname: walrus (list main)"


async def test_a_new_entry_is_looked_for_in_all_names(stopped_bot: Bot) -> None:
    await stopped_bot.ban("idiot")
    people = crowd(stopped_bot, ASK_ABOVE)
    await stopped_bot.start(sweep_after=0.0)
    await stopped_bot.works()
    await stopped_bot.ban("walrus")
    for person in people:
        await person.wait(lambda member: member.nickname is not None)


async def test_many_are_renamed_only_when_an_admin_says_so(
    stopped_bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot = stopped_bot
    people = crowd(bot, MANY)
    bot.alice.give(bot.guild.add_role("Captains", position=9))  # above the bot's
    await bot.alice.nick("walrus")
    await bot.ban("walrus")
    with caplog.at_level(logging.WARNING):
        await bot.start(sweep_after=0.0)
        await bot.discord.journal.wait_request("GET", "/guilds/{guild_id}/members")
        used = await bot.owner.uses("/names sweep")
        asked = await used.reply()
    assert f"**{MANY} names are banned**, and nothing is changed yet" in asked.content
    assert "display name: `Walrus 0`, for `walrus`" in asked.content
    assert "1 member more cannot be renamed by me" in asked.content
    assert f"{MANY} of {MANY + 3} members have a banned name" in caplog.text
    assert "use /names sweep in that server" in caplog.text
    assert all(person.nickname is None for person in people)
    pressed = await used.press("Rename them")
    assert "I am renaming everybody whose name is banned" in (await pressed.reply()).content
    for person in people:
        await person.wait(lambda member: member.nickname is not None)
    assert bot.alice.nickname == "walrus"
    left = await (await bot.owner.uses("/names sweep")).reply()
    assert "No name has to be changed." in left.content


async def test_manage_server_alone_bans_nobody_for_their_names(stopped_bot: Bot) -> None:
    bot = stopped_bot
    people = crowd(bot, MANY)
    await bot.ban("walrus")
    ladder = Ladder((Rung(1, BAN),))
    await bot.store.policies.set_policy(
        bot.guild.id, lambda was: replace(was, ladder=ladder), by=OPERATOR, what="ladder"
    )
    await bot.start(sweep_after=0.0)
    role = bot.guild.add_role("Admins", permissions=Permissions.MANAGE_GUILD)
    ben = bot.guild.join(bot.discord.add_user("ben"), roles=[role])
    used = await ben.uses("/names sweep")
    await used.reply()
    refused = await (await used.press("Rename them")).reply()
    assert "you need Ban Members. Nothing was changed." in refused.content
    await bot.works()
    assert all(person.nickname is None and person.present for person in people)


async def test_a_sweep_that_finds_nothing_offers_nothing(bot: Bot) -> None:
    reply = await (await bot.owner.uses("/names sweep")).reply()
    assert reply.content == "I looked at 3 members. No name has to be changed."
    assert not reply.components


async def test_members_that_cannot_be_read_are_said(bot: Bot, discord: LocalDiscord) -> None:
    refused = {"code": 50001, "message": "Missing Access"}
    discord.faults.rest(
        method="GET", path="/guilds/{guild_id}/members", status=403, json=refused, times=1
    )
    reply = await (await bot.owner.uses("/names sweep")).reply()
    assert "is the Server Members Intent switched on?" in reply.content
