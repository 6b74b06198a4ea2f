"""The buttons of the mod log, pressed by those who may not: each is checked when it is used."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from moderation.cases import CaseKind, HandMade
from moderation.consequence import WARN
from moderation.policy import ModLog
from moderation.records import OPERATOR, Actor
from sandbox import Channel, Permissions
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.mod_logs import (
    EVERY,
    HOUR,
    MAY_ALL,
    entry,
    fill_in,
    found,
    labels,
    moderator,
    role,
    set_log,
    set_main,
    set_up,
)
from tests.e2e.test_words_commands import said


@pytest.mark.parametrize(
    ("label", "permission"),
    [("Timeout", "Moderate Members"), ("Kick", "Kick Members"), ("Ban", "Ban Members")],
)
async def test_each_takes_its_own_permission(
    stopped_bot: Bot, log: Channel, label: str, permission: str
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    most = Permissions.MANAGE_GUILD | EVERY
    lacking = Permissions[permission.upper().replace(" ", "_")]
    ben = moderator(bot, log, most & ~lacking)
    text = await said(await ben.presses(told, label))
    assert text == f"You need the permission {permission} to do this."


@pytest.mark.parametrize("label", ["Not a violation", "Reason"])
async def test_cases_are_for_moderators(stopped_bot: Bot, log: Channel, label: str) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    ben = moderator(bot, log, Permissions.MANAGE_GUILD)
    assert (await said(await ben.presses(told, label))).startswith("This is for moderators")
    assert (await bot.store.cases.case(bot.guild.id, 1)).undone_by is None


async def test_a_role_can_make_a_moderator(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    ben = moderator(bot, log, Permissions.VIEW_CHANNEL)
    named = frozenset({bot.guild.role("Mods").id})
    assert bot.parts is not None
    await bot.parts.policies.set_policy(
        bot.guild.id, lambda one: replace(one, moderators=named), by=OPERATOR, what="moderators"
    )
    assert "is undone" in await said(await ben.presses(told, "Not a violation"))


@pytest.mark.parametrize("position", [2, 3])
async def test_only_those_of_lower_rank_are_punished(
    stopped_bot: Bot, log: Channel, position: int
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    ben = moderator(bot, log)
    bot.alice.give(role(bot, log, "Peers", Permissions.VIEW_CHANNEL, position))
    if position == 2:
        bot.alice.give(bot.guild.role("Mods"))
    for label, word in (("Timeout", "time out"), ("Kick", "kick"), ("Ban", "ban")):
        text = await said(await ben.presses(told, label))
        assert text == f"You cannot {word} them: your highest role is not above theirs."
    assert "kicked" in await fill_in(await bot.owner.presses(told, "Kick"))


async def test_the_rank_is_looked_at_again_when_the_form_comes_back(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    opened = await moderator(bot, log).presses(told, "Ban")
    await opened.answered()
    bot.alice.give(bot.guild.role("Mods"))
    text = await said(await opened.submit({}))
    assert text == "You cannot ban them: your highest role is not above theirs."
    assert not bot.guild.banned(bot.alice)


async def test_the_right_is_looked_at_again_when_the_form_comes_back(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    ben = moderator(bot, log)
    opened = [await ben.presses(told, label) for label in ("Timeout", "Kick", "Ban", "Reason")]
    for one in opened:
        await one.answered()
    bot.guild.role("Mods").change(permissions=Permissions.MANAGE_GUILD)
    for one in opened:
        text = await said(await one.submit({"reason": "x"}))
        assert text.startswith(("You need the permission", "This is for moderators"))
    assert bot.alice.present
    assert not bot.alice.timed_out
    assert (await bot.store.cases.case(bot.guild.id, 1)).reason == ""


async def test_nobody_is_punished_for_what_was_undone_meanwhile(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    opened = await moderator(bot, log).presses(told, "Ban")
    await opened.answered()
    assert "is undone" in await said(await bot.owner.presses(told, "Not a violation"))
    text = await said(await opened.submit({}))
    assert text == f"Case #1 was undone before by <@{bot.owner.id}> `ada`. Nothing was done."
    assert not bot.guild.banned(bot.alice)


async def test_the_bots_own_rank_and_permission_are_said(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    high = bot.guild.add_role("High")
    high.change(position=30)
    bot.alice.give(high)
    text = await said(await bot.owner.presses(told, "Kick"))
    assert text.startswith("I cannot kick them: my role is not above theirs.")
    palisade = bot.guild.role("Palisade")
    now = Permissions(palisade.state.permissions)
    palisade.change(permissions=now & ~Permissions.BAN_MEMBERS)
    text = await said(await bot.owner.presses(told, "Ban"))
    assert text == "I cannot ban anybody: I need the permission Ban Members."


@pytest.mark.parametrize("do", ["timeout", "kick", "ban", "do-timeout", "do-kick", "do-ban"])
async def test_neither_the_owner_nor_the_bot_is_punished(
    stopped_bot: Bot, log: Channel, do: str
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    ben = moderator(bot, log)
    for about, name in ((bot.owner.id, "ada"), (bot.app.user.id, "Palisade")):
        new = HandMade(CaseKind.NOTE, about, name, Actor(5, "eve"), "x", WARN, 1)
        assert await bot.store.cases.open_case(bot.guild.id, new) is not None
    word = {"timeout": "time out"}.get(do.removeprefix("do-"), do.removeprefix("do-"))
    fields = {"length": "1 h", "reason": "x"} if do.startswith("do-") else None
    answered = [
        await said(await ben.forges(told, f"log/{do}/{number}", fields=fields)) for number in (2, 3)
    ]
    assert answered == [f"Nobody can {word} the owner of the server.", f"I cannot {word} myself."]
    assert await said(await bot.owner.forges(told, f"log/{do}/2", fields=fields)) == (
        f"You cannot {word} yourself."
    )


async def test_an_administrator_is_not_timed_out(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    bot.alice.give(role(bot, log, "Admins", Permissions.ADMINISTRATOR, 1))
    text = await said(await bot.owner.presses(told, "Timeout"))
    assert text == "Discord lets nobody time out an administrator."


async def test_nobody_decides_about_themselves(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    bot.alice.give(role(bot, log, "Mods", EVERY, 2))
    assert "about you" in await said(await bot.alice.presses(told, "Not a violation"))
    assert await said(await bot.alice.presses(told, "Kick")) == "You cannot kick yourself."


async def test_nobody_gives_a_case_about_themselves_another_reason(
    stopped_bot: Bot, log: Channel
) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    opened = await moderator(bot, log).presses(told, "Reason")
    await opened.answered()
    bot.alice.give(role(bot, log, "More", EVERY, 2))
    assert "about you" in await said(await bot.alice.presses(told, "Reason"))
    sent = await bot.alice.forges(told, "log/new-reason/1", fields={"reason": "none at all"})
    assert "about you" in await said(sent)
    assert (await bot.store.cases.case(bot.guild.id, 1)).reason == ""
    assert "has this reason now" in await said(await opened.submit({"reason": "rude"}))


async def test_what_the_brake_holds_takes_the_rank_as_well(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    await set_main(bot, consequence=HOUR)
    raiders = [bot.guild.join(bot.discord.add_user(f"raider{n}")) for n in range(22)]
    for raider in raiders:
        await raider.says("idiot")
    shared = await log.wait_message(lambda one: "Release all 2" in labels(one), timeout=3 * TIMEOUT)
    ben = moderator(bot, log, Permissions.MODERATE_MEMBERS)
    numbers = held(bot)
    case = await bot.store.cases.case(bot.guild.id, numbers[0])
    above, other = (
        next(one for one in raiders if (one.id == case.user_id) == same) for same in (True, False)
    )
    assert not above.timed_out
    above.give(bot.guild.role("Mods"))
    text = await said(await ben.presses(shared, "Release all 2"))
    assert text == (
        "Released: 1 punishment. The entry shows what becomes of it.\n"
        f"Not case #{numbers[0]}: You cannot time out them: your highest role is not above theirs."
    )
    assert held(bot) == numbers[:1]
    assert other.timed_out
    assert not above.timed_out
    assert "Released: 1" in await said(await bot.owner.presses(shared, "Release all 2"))


def held(bot: Bot) -> list[int]:
    with closing(sqlite3.connect(bot.database)) as connection:
        rows = connection.execute(
            "SELECT case_number FROM decisions JOIN actions USING (decision_id)"
            " WHERE state = 'held' ORDER BY case_number"
        ).fetchall()
    return [number for (number,) in rows]


@pytest.mark.parametrize(
    "custom_id",
    [
        *("log/undo/9/9", "log/kick/9", "log/reason/9", "log/allow/9", "log/release/9/9"),
        *("log/undo/1/x", "log/kick/-1", "log/ban/١", "log/timeout/", "log/undo/2/1"),
        "log/kick/99999999999999999999",
    ],
)
async def test_an_id_that_somebody_made_up(stopped_bot: Bot, log: Channel, custom_id: str) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    told.components[0]["components"][0]["custom_id"] = custom_id
    text = await said(await bot.owner.presses(told, "Not a violation"))
    assert any(
        one in text for one in ("There is no case #9", "older version", "nothing to undo")
    ), text
    assert (await bot.store.cases.case(bot.guild.id, 1)).undone_by is None
    assert bot.alice.present


async def test_a_case_of_another_server_is_not_reached(stopped_bot: Bot, log: Channel) -> None:
    """The number in an id is one of the server in which it is pressed."""
    bot = stopped_bot
    other = bot.discord.add_guild("Other", owner=bot.discord.add_user("eve"))
    other.install(bot.app, permissions=EVERY)
    told = await found(bot, log)
    elsewhere = await other.owner.says("mine")
    message = await other.general.wait_message(lambda one: one == elsewhere)
    message.state.author = bot.app.user.state
    message.state.components = told.components
    text = await said(await other.owner.presses(message, "Not a violation"))
    assert "There is no case #1 in this server" in text
    assert (await bot.store.cases.case(bot.guild.id, 1)).undone_by is None


def unknown(bot: Bot, channel_id: int) -> None:
    """Nextcord has not heard of the channel: it reads no more of a server's once it has come to
    one of a kind that it does not know (media channels, in 3.2.0)."""
    assert bot.parts is not None
    guild = bot.parts.bot.get_guild(bot.guild.id)
    assert guild is not None
    del guild._channels[channel_id]


@pytest.mark.parametrize("private", [False, True])
async def test_what_nextcord_does_not_know_is_not_taken_for_private(
    stopped_bot: Bot, private: bool
) -> None:
    bot = stopped_bot
    log = await set_up(bot, private=private)
    await bot.ban("idiot")
    await bot.start()
    unknown(bot, log.id)
    await bot.alice.says("you idiot")
    told = await entry(log, "Case #1")
    assert ("idiot" in str(told.embeds)) is private


async def test_no_server_writes_its_mod_log_into_another_one(stopped_bot: Bot) -> None:
    bot = stopped_bot
    other = bot.discord.add_guild("Other", owner=bot.discord.add_user("eve"))
    other.install(bot.app, permissions=MAY_ALL)
    await set_log(bot, ModLog(other.general.id))
    await bot.ban("idiot")
    await bot.start()
    await (await bot.alice.says("you idiot")).wait_deleted(timeout=TIMEOUT)
    assert bot.parts is not None
    async with asyncio.timeout(TIMEOUT):
        await bot.parts.mod_log.idle()
    route = "/channels/{channel_id}/messages"
    posts = bot.discord.journal.requests("POST", route)
    assert not [one for one in posts if one.params["channel_id"] == str(other.general.id)]
    assert bot.parts.bot.get_guild(other.id) is not None, "the bot is there"
