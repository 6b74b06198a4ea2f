"""``/policy edit``: the page on which a team changes its policy."""

from dataclasses import replace

import pytest

from cogs.helpers.rungs import PRESET
from moderation.consequence import BAN, KICK, Consequence, Step
from moderation.policy import Exemptions, Ladder, NoticeBy, Rung
from moderation.records import MAIN_LIST, OPERATOR
from sandbox import Interaction, Member, Permissions
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.test_policy_commands import admin
from tests.e2e.test_words_commands import said

CHANGE = "What do you want to change?"
MAY_NOT = "you need Ban Members. Nothing was changed."
DAY_MS = 24 * 60 * 60 * 1000


async def page(who: Member, *choice: str) -> Interaction:
    """The page, on which something was chosen."""
    used = await who.uses("/policy edit")
    await said(used)
    for value in choice:
        await (await used.select(CHANGE, value)).answered()
    return used


def text(used: Interaction) -> str:
    """What the page shows now."""
    return used.messages[-1].content


async def chosen(used: Interaction, menu: str, *values: object) -> str:
    """What the page shows after something was chosen on it."""
    await (await used.select(menu, *values)).answered()
    return text(used)


async def pressed(used: Interaction, button: str) -> str:
    """What the page shows after a button was pressed."""
    await (await used.press(button)).answered()
    return text(used)


async def test_exempting_from_all_lists_and_back(bot: Bot) -> None:
    used = await page(bot.owner, "exempt")
    helpers = bot.guild.add_role("Helpers")
    assert f"<@{bot.alice.id}>" in await chosen(used, "Exempt members", bot.alice)
    assert f"<@&{helpers.id}>" in await chosen(used, "Exempt roles", helpers)
    general = bot.guild.channel("general")
    assert f"<#{general.id}>" in await chosen(used, "Exempt channels and categories", general)
    await bot.kept(await bot.alice.says("idiot"))
    policy = await bot.store.policies.policy(bot.guild.id)
    exempt = Exemptions(frozenset({helpers.id}), frozenset({general.id}), frozenset({bot.alice.id}))
    assert policy.exemptions == exempt
    again = await page(bot.owner, "exempt")
    menus = [row["components"][0] for row in again.messages[-1].json["components"][:3]]
    preselected = [[one["id"] for one in menu["default_values"]] for menu in menus]
    assert preselected == [[str(helpers.id)], [str(general.id)], [str(bot.alice.id)]]
    for menu in ("Exempt members", "Exempt roles", "Exempt channels and categories"):
        shown = await chosen(again, menu)
    assert "nobody by name" in shown
    await (await bot.alice.says("idiot")).wait_deleted(timeout=TIMEOUT)


async def test_exempting_from_one_list(bot: Bot) -> None:
    await said(await bot.owner.uses("/lists create", name="slurs", action="delete"))
    await said(await bot.owner.uses("/words add", entry="walrus", list="slurs"))
    used = await page(bot.owner, "exempt-list")
    assert await chosen(used, "Which list?", "slurs") == "**Exempt from slurs:** nobody by name."
    assert f"<@{bot.alice.id}>" in await chosen(used, "Exempt members", bot.alice)
    await bot.kept(await bot.alice.says("walrus"))
    await (await bot.alice.says("idiot")).wait_deleted(timeout=TIMEOUT)


async def test_what_a_menu_has_no_room_for_stays(bot: Bot) -> None:
    many = frozenset(range(1000, 1030))
    assert bot.parts is not None
    await bot.parts.policies.set_policy(
        bot.guild.id,
        lambda before: replace(before, exemptions=Exemptions(members=many)),
        by=OPERATOR,
        what="exemptions",
    )
    used = await page(bot.owner, "exempt")
    await chosen(used, "Exempt members")
    policy = await bot.store.policies.policy(bot.guild.id)
    assert policy.exemptions.members == frozenset(range(1025, 1030))


async def test_moderators_judged_and_exempt_again(bot: Bot) -> None:
    used = await page(bot.owner, "judging")
    assert "Moderators are judged like everybody." in await pressed(
        used, "Judge them like everybody"
    )
    await (await bot.owner.says("idiot")).wait_deleted(timeout=TIMEOUT)
    assert "the owner are exempt" in await pressed(used, "Exempt them")
    await bot.kept(await bot.owner.says("idiot"))


async def test_the_ladder_by_button_form_and_off(bot: Bot) -> None:
    used = await page(bot.owner, "ladder")
    shown = await pressed(used, "policy/preset")
    assert "3: timeout for 1 hour; 5: timeout for 1 day; 7: ban for good" in shown
    assert (await bot.store.policies.policy(bot.guild.id)).ladder == PRESET
    form = await used.press("Write it")
    await form.answered()
    # Sent as it is filled in, nothing changes.
    await (await form.submit()).answered()
    assert (await bot.store.policies.policy(bot.guild.id)).ladder == PRESET
    form = await used.press("Write it")
    await form.answered()
    sent = await form.submit({"rungs": "5: KICK\n\n2: timeout 90 min", "window": "2 weeks"})
    await sent.answered()
    assert (await bot.store.policies.policy(bot.guild.id)).ladder == Ladder(
        (Rung(2, Consequence(Step.TIMEOUT, 90 * 60_000)), Rung(5, KICK)), 14 * DAY_MS
    )
    await pressed(used, "Off")
    assert (await bot.store.policies.policy(bot.guild.id)).ladder == Ladder()


@pytest.mark.parametrize(
    ("rungs", "window", "why"),
    [
        ("often: ban", "7 d", "I do not understand the rung “often: ban”"),
        ("3: hug", "7 d", "I do not understand the rung “3: hug”"),
        ("0: ban", "7 d", "1 to 100 strikes, not for 0"),
        ("3: ban\n3: kick", "7 d", "two rungs for 3 strikes"),
        ("3: timeout 40 d", "7 d", "from 1 minute to 28 days"),
        ("3: kick 1 h", "7 d", "Only timeouts and bans have a length"),
        ("3: ban soon", "7 d", "I do not understand how long"),
        ("3: ban", "soon", "How long strikes count: I do not understand"),
        ("3: ban", "2 y", "at most 365 days"),
        ("\n".join(f"{number}: warn" for number in range(1, 12)), "7 d", "at most 10 rungs"),
    ],
)
async def test_a_ladder_that_cannot_be(bot: Bot, rungs: str, window: str, why: str) -> None:
    used = await page(bot.owner, "ladder")
    form = await used.press("Write it")
    await form.answered()
    told = await said(await form.submit({"rungs": rungs, "window": window}))
    assert why in told
    assert told.count("Nothing was changed.") == 1
    assert (await bot.store.policies.policy(bot.guild.id)).ladder == Ladder()


async def test_notices(bot: Bot) -> None:
    used = await page(bot.owner, "notices")
    assert "every time, authors get a short reply" in await chosen(
        used, "How authors are told", "reply-always"
    )
    form = await used.press("Write the text")
    await form.answered()
    await (await form.submit({"text": "Please be kind in {server}."})).answered()
    notices = (await bot.store.policies.policy(bot.guild.id)).notices
    assert (notices.by, notices.deletions) == (NoticeBy.REPLY, True)
    assert notices.text == "Please be kind in {server}."
    for bad, why in (("{token}", "no placeholder {token}"), ("an idiot", "holds a banned word")):
        form = await used.press("Write the text")
        await form.answered()
        assert why in await said(await form.submit({"text": bad}))
    assert (await bot.store.policies.policy(bot.guild.id)).notices == notices


async def test_how_long_texts_are_kept(bot: Bot) -> None:
    used = await bot.owner.uses("/policy edit")
    await said(used)
    for days in ("0", "366", "two", "٣"):
        form = await used.select(CHANGE, "days")
        await form.answered()
        assert "from 1 to 365" in await said(await form.submit({"days": days}))
    form = await used.select(CHANGE, "days")
    await form.answered()
    await (await form.submit({"days": "1"})).answered()
    assert text(used).startswith("Texts of cases are kept for 1 day now.")
    assert (await bot.store.policies.policy(bot.guild.id)).text_days == 1


async def test_manage_server_alone_lets_no_punishment_reach_further(bot: Bot) -> None:
    await said(await bot.owner.uses("/lists edit", list="main", action="ban"))
    await said(await bot.owner.uses("/policy exempt", member=bot.alice))
    used = await page(bot.owner, "exempt-list")
    await chosen(used, "Which list?", MAIN_LIST)
    await chosen(used, "Exempt members", bot.alice)
    before = await bot.store.policies.policy(bot.guild.id)
    assert before.of(MAIN_LIST).consequence == BAN
    ben = await admin(bot, Permissions.MANAGE_GUILD)
    used = await page(ben, "exempt")
    assert MAY_NOT in await said(await used.select("Exempt members"))
    used = await page(ben, "exempt-list")
    await chosen(used, "Which list?", MAIN_LIST)
    assert MAY_NOT in await said(await used.select("Exempt members"))
    used = await page(ben, "judging")
    assert MAY_NOT in await said(await used.press("Judge them like everybody"))
    used = await page(ben, "ladder")
    assert "Ban Members" in await said(await used.press("policy/preset"))
    form = await used.press("Write it")
    await form.answered()
    assert MAY_NOT in await said(await form.submit({"rungs": "1: ban"}))
    assert await bot.store.policies.policy(bot.guild.id) == before
    # What only spares is free.
    used = await page(ben, "exempt")
    assert f"<@{ben.id}>" in await chosen(used, "Exempt members", bot.alice, ben)
