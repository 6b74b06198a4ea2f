"""The page of ``/policy edit`` about a list, and those of moderators and the mod log."""

import pytest

from moderation.consequence import BAN, KICK, WARN, Consequence, Step
from moderation.policy import EVERYWHERE, ListPolicy, ModLog, Watched
from sandbox import Interaction, Member, Permissions
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.test_policy_commands import admin
from tests.e2e.test_policy_edit import chosen, page, pressed, text
from tests.e2e.test_words_commands import said

FOLLOWS, WATCHES = "What follows from a hit", "What it watches"
WHERE = "Only in these channels and categories; none: everywhere"
MINUTE_MS = 60_000
MAY_NOT = "you need Ban Members. Nothing was changed."


async def list_page(who: Member, name: str = "main") -> Interaction:
    """The page of a list."""
    used = await page(who, "list")
    await chosen(used, "Which list?", name)
    return used


async def of(bot: Bot, name: str = "main") -> ListPolicy:
    return (await bot.store.policies.policy(bot.guild.id)).of(name)


async def filled(used: Interaction, **fields: str) -> Interaction:
    """The form that was opened, sent."""
    await used.answered()
    sent = await used.submit(fields)
    await sent.answered()
    return sent


async def test_what_follows_is_chosen_and_how_long_is_written(bot: Bot) -> None:
    used = await list_page(bot.owner)
    assert text(used) == "**main**: 1 entry; delete."
    assert await chosen(used, FOLLOWS, "Delete and tell the author") == (
        "**main**: 1 entry; delete and warn."
    )
    assert (await of(bot)).consequence == WARN
    await filled(await used.select(FOLLOWS, "Timeout …"), length="90 min")
    assert text(used) == "**main**: 1 entry; timeout for 1 hour 30 minutes."
    assert (await of(bot)).consequence == Consequence(Step.TIMEOUT, 90 * MINUTE_MS)
    form = await used.select(FOLLOWS, "Timeout …")
    await filled(form)
    assert (await of(bot)).consequence == Consequence(Step.TIMEOUT, 90 * MINUTE_MS)
    await filled(await used.select(FOLLOWS, "Ban …"), length="")
    assert (await of(bot)).consequence == BAN
    await chosen(used, FOLLOWS, "Kick")
    assert (await of(bot)).consequence == KICK


@pytest.mark.parametrize(("length", "why"), [("soon", "how long"), ("40 d", "28 days")])
async def test_a_length_that_cannot_be(bot: Bot, length: str, why: str) -> None:
    used = await list_page(bot.owner)
    sent = await filled(await used.select(FOLLOWS, "Timeout …"), length=length)
    assert why in await said(sent)
    assert await of(bot) == ListPolicy()


async def test_what_it_watches_and_where(bot: Bot) -> None:
    used = await list_page(bot.owner)
    assert "watches names" in await chosen(used, WATCHES, "Names")
    assert (await of(bot)).watches == {Watched.NAMES}
    await bot.kept(await bot.alice.says("idiot"))
    await chosen(used, WATCHES, *[one.value for one in Watched])
    assert (await of(bot)).watches == EVERYWHERE
    elsewhere = bot.guild.add_channel("elsewhere")
    assert f"only in <#{elsewhere.id}>" in await chosen(used, WHERE, elsewhere)
    await bot.kept(await bot.alice.says("idiot"))
    again = await list_page(bot.owner)
    menus = [row["components"][0] for row in again.messages[-1].json["components"][:3]]
    assert [one["value"] for one in menus[0]["options"] if one["default"]] == ["delete"]
    assert all(one["default"] for one in menus[1]["options"])
    assert [one["id"] for one in menus[2]["default_values"]] == [str(elsewhere.id)]
    await chosen(again, WHERE)
    await (await bot.alice.says("idiot")).wait_deleted(timeout=TIMEOUT)


async def test_off_and_on_in_the_shadow_and_out(bot: Bot) -> None:
    used = await list_page(bot.owner)
    assert "(switched off)" in await pressed(used, "Switch off")
    await bot.kept(await bot.alice.says("idiot"))
    assert "switched off" not in await pressed(used, "Switch on")
    assert "log only (would delete)" in await pressed(used, "Log only")
    await bot.watch.verdict_on(message := await bot.alice.says("idiot"))
    assert not message.deleted
    assert await pressed(used, "Act again") == "**main**: 1 entry; delete."
    await (await bot.alice.says("idiot")).wait_deleted(timeout=TIMEOUT)


async def test_a_notice_of_its_own(bot: Bot) -> None:
    used = await list_page(bot.owner)
    await filled(await used.press("Notice"), text="Not here, please.")
    assert "tells authors `Not here, please.`" in text(used)
    refused = await filled(await used.press("Notice"), text="{nonsense}")
    assert "no placeholder {nonsense}" in await said(refused)
    assert (await of(bot)).notice == "Not here, please."
    await filled(await used.press("Notice"), text="")
    assert (await of(bot)).notice == ""
    # The same by command.
    bad = await bot.owner.uses("/lists edit", list="main", notice="you idiot")
    assert "holds a banned word" in await said(bad)
    await said(await bot.owner.uses("/lists edit", list="main", notice="Please."))
    assert (await of(bot)).notice == "Please."
    await said(await bot.owner.uses("/lists edit", list="main", notice="usual"))
    assert (await of(bot)).notice == ""


async def test_its_exemptions_are_one_button_away(bot: Bot) -> None:
    used = await list_page(bot.owner)
    assert await pressed(used, "Exemptions") == "**Exempt from main:** nobody by name."
    await chosen(used, "Exempt members", bot.alice)
    assert (await of(bot)).exemptions.members == {bot.alice.id}


async def test_manage_server_alone_makes_no_list_ban(bot: Bot) -> None:
    await said(await bot.owner.uses("/lists create", name="bans", action="ban"))
    ben = await admin(bot, Permissions.MANAGE_GUILD)
    used = await list_page(ben)
    sent = await filled(await used.select(FOLLOWS, "Ban …"), length="")
    assert MAY_NOT in await said(sent)


@pytest.mark.parametrize(
    ("weaken", "back"),
    [
        ("Switch off", "Switch on"),
        ("Log only", "Act again"),
        ((WATCHES, "Names"), (WATCHES, "Names", "Polls")),
        ((WHERE, "general"), (WHERE,)),
    ],
)
async def test_what_weakens_is_free_and_the_way_back_is_not(
    bot: Bot, weaken: str | tuple[str, ...], back: str | tuple[str, ...]
) -> None:
    await said(await bot.owner.uses("/lists create", name="bans", action="ban"))
    used = await list_page(await admin(bot, Permissions.MANAGE_GUILD), "bans")
    await (await does(bot, used, weaken)).answered()
    weakened = await of(bot, "bans")
    assert weakened != ListPolicy(BAN)
    assert MAY_NOT in await said(await does(bot, used, back))
    assert await of(bot, "bans") == weakened
    used = await list_page(bot.owner, "bans")
    await (await does(bot, used, back)).answered()
    assert await of(bot, "bans") != weakened


async def does(bot: Bot, used: Interaction, what: str | tuple[str, ...]) -> Interaction:
    """Press a button, or choose in a menu."""
    if isinstance(what, str):
        return await used.press(what)
    menu, *values = what
    channels = [bot.guild.channel(value) if value == "general" else value for value in values]
    return await used.select(menu, *channels)


async def test_main_stays(bot: Bot) -> None:
    assert "cannot be deleted" in await said(await bot.owner.uses("/lists delete", list="main"))


async def test_moderator_roles_and_log_channels_on_the_page(bot: Bot) -> None:
    used = await page(bot.owner, "moderators")
    helpers = bot.guild.add_role("Helpers")
    shown = await chosen(used, "Roles that count as moderators", helpers)
    assert f"<@&{helpers.id}>" in shown
    assert (await bot.store.policies.policy(bot.guild.id)).moderators == {helpers.id}
    used = await page(bot.owner, "log")
    general = bot.guild.channel("general")
    shown = await chosen(used, "The channel of all cases", general)
    assert f"**Mod log:** <#{general.id}>" in shown
    staff = bot.guild.add_channel("staff")
    await chosen(used, "One of their own for punishments", staff)
    kept = (await bot.store.policies.policy(bot.guild.id)).mod_log
    assert kept == ModLog(general.id, punishments=staff.id)
    await chosen(used, "The channel of all cases")
    kept = (await bot.store.policies.policy(bot.guild.id)).mod_log
    assert kept == ModLog(None, punishments=staff.id)
