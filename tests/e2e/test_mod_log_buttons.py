"""The buttons under an entry of the mod log: what they do, and for whom."""

import asyncio
from dataclasses import replace

import pytest

from moderation.consequence import BAN, Consequence, Step
from moderation.policy import Ladder, Rung
from moderation.records import OPERATOR
from sandbox import Channel, Interaction, Member, Message, Permissions, Role
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.test_mod_log import entry, fields, set_up
from tests.e2e.test_words_commands import NEEDED, allowed, said

HOUR = Consequence(Step.TIMEOUT, 3_600_000)
EVERY = Permissions.MODERATE_MEMBERS | Permissions.KICK_MEMBERS | Permissions.BAN_MEMBERS


@pytest.fixture
async def log(stopped_bot: Bot) -> Channel:
    """The running bot's mod log, its role above those that the tests make."""
    await stopped_bot.ban("idiot")
    channel = await set_up(stopped_bot)
    await stopped_bot.start()
    return channel


def role(bot: Bot, log: Channel, name: str, permissions: Permissions, position: int) -> Role:
    """A role that sees the mod log; the bot's stays above it."""
    made = bot.guild.add_role(name, permissions=permissions)
    made.change(position=position)
    log.permit(made, allow=Permissions.VIEW_CHANNEL)
    bot.guild.role("Palisade").change(position=10)
    return made


def moderator(bot: Bot, log: Channel, permissions: Permissions = EVERY) -> Member:
    """Ben, who may do all that moderators do."""
    return bot.guild.join(
        bot.discord.add_user("ben"), roles=[role(bot, log, "Mods", permissions, 2)]
    )


async def found(bot: Bot, log: Channel, text: str = "an idiot savant") -> Message:
    """The entry of a case about Alice."""
    await (await bot.alice.says(text)).wait_deleted(timeout=TIMEOUT)
    return await entry(log, "Case #1")


async def punished(bot: Bot, log: Channel, consequence: Consequence) -> Message:
    """The entry of a case that led to more than a deletion."""
    assert bot.parts is not None
    bot.parts.ledger.ladder = lambda _: Ladder((Rung(1, consequence),))
    told = await found(bot, log)
    done = "timed out" if consequence.step is Step.TIMEOUT else "banned"
    await told.wait(lambda one: done in fields(one)["Done"], timeout=TIMEOUT)
    return told


async def fill_in(pressed: Interaction, **fields: str) -> str:
    """Send the form that a button opened; what is answered."""
    await pressed.answered()
    assert pressed.modal is not None, [one.content for one in pressed.messages]
    return await said(await pressed.submit(fields))


def labels(message: Message) -> list[str]:
    return [one["label"] for row in message.components for one in row["components"]]


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
    assert "allow the phrase `an idiot`" in text
    await told.wait(lambda one: one.embeds[0]["title"].endswith("· undone"), timeout=TIMEOUT)
    assert fields(told)["State"] == f"undone by <@{bot.owner.id}> `ada`"
    again = await pressed.press("Allow “an idiot”")
    assert await said(again) == (
        "`an idiot` is allowed from now on. `/allowed remove` takes it back."
    )
    await bot.kept(await bot.alice.says("an idiot savant"))
    assert await allowed(bot) == ["an idiot"]


async def test_the_timeout_is_lifted(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await punished(bot, log, HOUR)
    assert bot.alice.timed_out
    text = await said(await moderator(bot, log).presses(told, "Not a violation"))
    assert "Timeout lifted." in text
    assert not bot.alice.timed_out
    await told.wait(lambda one: "timeout lifted" in fields(one)["Done"], timeout=TIMEOUT)


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
    assert await said(await pressed.press("Allow “an idiot”")) == NEEDED
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
        ["Case #2", "ada has done that a moment ago. Nothing was done again."],
        ["Case #2", "ben has done that a moment ago. Nothing was done again."],
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


# Who may


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
    assert text == f"You need the permission {permission} in this server to do this."


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


# Reason, release, restart


async def test_reason(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    text = await fill_in(await moderator(bot, log).presses(told, "Reason"), reason="rule *2*")
    assert text == "Case #1 has this reason now: `rule *2*`."
    await told.wait(lambda one: fields(one).get("Reason") == "`rule *2*`", timeout=TIMEOUT)


async def test_the_buttons_work_after_a_restart(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    told = await found(bot, log)
    await bot.stop()
    await bot.start()
    assert "kicked" in await fill_in(await bot.owner.presses(told, "Kick"))
    assert "is undone" in await said(await bot.owner.presses(told, "Not a violation"))


async def test_what_the_brake_holds_is_released_once(stopped_bot: Bot, log: Channel) -> None:
    bot = stopped_bot
    assert bot.parts is not None
    bot.parts.ledger.ladder = lambda _: Ladder((Rung(1, HOUR),))
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
