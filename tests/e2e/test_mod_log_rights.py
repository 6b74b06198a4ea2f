"""The buttons of the mod log, pressed by those who may not: each is checked when it is used."""

from dataclasses import replace

import pytest

from moderation.records import OPERATOR
from sandbox import Channel, Permissions
from tests.e2e.harness import Bot
from tests.e2e.mod_logs import EVERY, fill_in, found, moderator, role
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


async def test_nobody_decides_about_themselves(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    bot.alice.give(role(bot, log, "Mods", EVERY, 2))
    assert "about you" in await said(await bot.alice.presses(told, "Not a violation"))
    assert await said(await bot.alice.presses(told, "Kick")) == "You cannot kick yourself."


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
