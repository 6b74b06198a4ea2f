"""The slash commands by which a team sets its policy."""

import re
from dataclasses import replace
from functools import partial

import pytest

from moderation.consequence import BAN, DELETE, Consequence, Step
from moderation.policy import Ladder, ListPolicy, Rung
from moderation.records import OPERATOR
from sandbox import Member, Permissions
from sandbox.handles.place import overwrite
from tests.e2e.harness import Bot
from tests.e2e.mod_logs import MAY_LOG
from tests.e2e.test_words_commands import said

HOUR_MS = 60 * 60 * 1000


async def admin(bot: Bot, permissions: Permissions) -> Member:
    role = bot.guild.add_role("Mods", permissions=permissions)
    return bot.guild.join(bot.discord.add_user("ben"), roles=[role])


async def test_a_list_is_made_filled_shown_and_deleted(bot: Bot) -> None:
    text = await said(
        await bot.owner.uses(
            "/lists create", options={"action": "timeout", "for": "2 h", "name": "slurs"}
        )
    )
    assert "**slurs**: 0 entries; timeout for 2 hours." in text
    assert "Added 1 entry" in await said(
        await bot.owner.uses("/words add", entry="walrus", list="SLURS")
    )
    shown = await said(await bot.owner.uses("/lists show"))
    assert "**main**: 1 entry; delete." in shown
    assert "**slurs**: 1 entry; timeout for 2 hours." in shown
    assert "`walrus`" in await said(await bot.owner.uses("/words show", list="slurs"))
    await (await bot.alice.says("a walrus")).wait_deleted()
    asked = await bot.owner.uses("/lists delete", list="slurs")
    assert await said(asked) == "Delete the list “slurs” with its 1 entry?"
    await said(await asked.press("Delete it"))
    await bot.kept(await bot.alice.says("a walrus"))


async def test_editing_says_what_is_in_force(bot: Bot) -> None:
    text = await said(await bot.owner.uses("/lists edit", list="main", action="log only"))
    assert text == "In force now:\n**main**: 1 entry; log only (would delete)."
    message = await bot.alice.says("idiot")
    assert (await bot.watch.verdict_on(message)).actions == ()
    await said(await bot.owner.uses("/lists edit", list="main", action="delete", watches="names"))
    await bot.kept(await bot.alice.says("idiot again"))
    text = await said(
        await bot.owner.uses("/lists edit", list="main", watches="everything", rename="")
    )
    assert text == "In force now:\n**main**: 1 entry; delete."
    await (await bot.alice.says("idiot")).wait_deleted()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "You named nothing to change"),
        ({"action": "kick", "for": "1 h"}, "Only timeouts and bans have a length"),
        ({"action": "timeout", "for": "soon"}, "I do not understand how long"),
        ({"action": "timeout", "for": "40 d"}, "from 1 minute to 28 days"),
        ({"watches": "smells"}, "I do not know what “smells” is"),
    ],
)
async def test_what_cannot_be_is_said_and_changes_nothing(
    bot: Bot, options: dict[str, object], why: str
) -> None:
    before = await bot.store.policies.policy(bot.guild.id)
    used = await bot.owner.uses("/lists edit", force=True, options={"list": "main", **options})
    text = await said(used)
    assert why in text
    assert text.endswith("Nothing was changed.") or not options
    assert await bot.store.policies.policy(bot.guild.id) == before
    unknown = await bot.owner.uses("/lists edit", list="nowhere", action="warn")
    assert "There is no list called “nowhere”" in await said(unknown)


async def test_manage_server_alone_is_no_mass_ban(bot: Bot) -> None:
    ben = await admin(bot, Permissions.MANAGE_GUILD)
    may_not = "Ban Members. Nothing was changed."
    assert may_not in await said(await ben.uses("/lists create", name="bans", action="ban"))
    assert may_not in await said(await ben.uses("/lists edit", list="main", action="ban"))
    assert may_not in await said(await ben.uses("/policy ladder", setting="preset"))
    await said(await bot.owner.uses("/lists create", name="bans", action="ban"))
    assert may_not in await said(await ben.uses("/words add", entry="the", list="bans"))
    form = await ben.uses("/words add", list="bans")
    assert may_not in await said(form)
    assert may_not in await said(
        await ben.uses("/words import", list="bans", options={"file": ("w.txt", b"the")})
    )
    await said(await bot.owner.uses("/policy exempt", member=bot.alice))
    assert may_not in await said(await ben.uses("/policy exempt", member=bot.alice))
    await bot.allow("idiot proof")
    assert may_not in await said(await ben.uses("/allowed remove", phrase="idiot proof"))
    assert may_not in await said(await ben.uses("/words add", entry="the", action="ban"))
    await said(await bot.owner.uses("/lists edit", list="bans", switch="off"))
    assert may_not in await said(await ben.uses("/lists edit", list="bans", switch="on"))
    newest = (await bot.store.changes(bot.guild.id, limit=1))[0].change_id
    assert may_not in await said(await ben.uses("/policy undo", number=newest))
    policy = await bot.store.policies.policy(bot.guild.id)
    assert policy.exemptions.members == {bot.alice.id}
    assert policy.of("bans").consequence == BAN
    assert not policy.of("bans").enabled
    assert not policy.ladder.rungs


async def test_with_the_permission_it_is_possible(bot: Bot) -> None:
    ben = await admin(bot, Permissions.MANAGE_GUILD | Permissions.MODERATE_MEMBERS)
    await said(await ben.uses("/lists edit", list="main", action="timeout"))
    policy = await bot.store.policies.policy(bot.guild.id)
    assert policy.of("main").consequence == Consequence(Step.TIMEOUT, HOUR_MS)


async def test_show_why_history_and_undo(bot: Bot) -> None:
    shown = await said(await bot.owner.uses("/policy show"))
    assert "**main**: 1 entry; delete." in shown
    assert "**Ladder:** off" in shown
    assert "**Texts of cases** are kept for 90 days." in shown
    await said(await bot.owner.uses("/policy exempt", member=bot.alice))
    await bot.kept(await bot.alice.says("idiot"))
    why = await said(
        await bot.owner.uses(
            "/policy why",
            options={"member": bot.alice, "channel": bot.guild.channel("general")},
        )
    )
    assert why == "**main**: exempt, since they are exempt by name."
    history = await said(await bot.owner.uses("/policy history"))
    number = int(history.split("#")[1].split("`")[0])
    asked = await bot.owner.uses("/policy undo", number=number)
    assert f"Then: exemptions: -<@{bot.alice.id}>" in await said(asked)
    await (await asked.press("Take it back")).answered()
    assert asked.messages[-1].content.startswith(f"Change #{number} is taken back")
    await (await bot.alice.says("idiot")).wait_deleted()


async def test_the_ladder_and_the_mod_log(bot: Bot) -> None:
    text = await said(await bot.owner.uses("/policy ladder", setting="preset"))
    assert "3: timeout for 1 hour; 5: timeout for 1 day; 7: ban for good" in text
    staff = bot.guild.add_channel("staff")
    text = await said(await bot.owner.uses("/policy log", options={"channel": staff}))
    assert f"<#{staff.id}>" in text
    assert (await bot.store.policies.policy(bot.guild.id)).mod_log.channel == staff.id
    assert "none" in await said(await bot.owner.uses("/policy log"))


async def test_moderator_roles_are_chosen_in_a_menu(bot: Bot) -> None:
    helpers = bot.guild.add_role("Helpers")
    menu = "Roles that count as moderators"
    ben = await admin(bot, Permissions.MANAGE_GUILD)
    used = await ben.uses("/policy moderators")
    await said(used)
    assert "you need Moderate Members" in await said(await used.select(menu, helpers))
    used = await bot.owner.uses("/policy moderators")
    await said(used)
    await (await used.select(menu, helpers)).answered()
    assert f"<@&{helpers.id}>" in used.messages[-1].content
    assert (await bot.store.policies.policy(bot.guild.id)).moderators == {helpers.id}
    again = await bot.owner.uses("/policy moderators")
    shown = (await again.reply()).json["components"][0]["components"][0]
    assert shown["default_values"] == [{"id": str(helpers.id), "type": "role"}]
    # Without the role they are judged: that reaches further where something punishes.
    await said(await bot.owner.uses("/lists edit", list="main", action="ban"))
    used = await ben.uses("/policy moderators")
    await said(used)
    assert "you need Ban Members" in await said(await used.select(menu))
    assert (await bot.store.policies.policy(bot.guild.id)).moderators == {helpers.id}


async def test_a_log_that_everybody_reads_or_that_is_closed_is_told(bot: Bot) -> None:
    silent = overwrite(bot.guild.everyone, deny=Permissions.SEND_MESSAGES)
    open_to_all = bot.guild.add_channel("open", overwrites=[silent])
    text = await said(await bot.owner.uses("/policy log", options={"channel": open_to_all}))
    assert f"I cannot write in <#{open_to_all.id}> yet: I lack Send Messages" in text
    open_to_all = bot.guild.add_channel("public")
    bot.guild.role("Palisade").change(permissions=MAY_LOG)
    text = await said(await bot.owner.uses("/policy log", options={"channel": open_to_all}))
    assert f"Everybody can read <#{open_to_all.id}>" in text
    assert "Deny View Channel to @\u200beveryone there." in text
    hidden = overwrite(bot.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    mine = overwrite(bot.guild.role("Palisade"), allow=Permissions.VIEW_CHANNEL)
    closed = bot.guild.add_channel("staff", overwrites=[hidden, mine])
    used = await bot.owner.uses("/policy log", options={"channel": closed, "kind": "punishments"})
    assert await said(used) == (
        f"In force now. **Mod log:** <#{open_to_all.id}>, punishments in <#{closed.id}>."
    )


async def test_the_record_in_pages(bot: Bot) -> None:
    for number in range(12):
        await bot.ban(f"walrus{number}")
    used = await bot.owner.uses("/policy history")
    first = await said(used)
    assert "`walrus11` put on **main**" in first
    assert "`walrus1`" not in first
    await (await used.press("Older")).answered()
    assert "`walrus1`" in used.messages[-1].content
    await (await used.press("Newer")).answered()
    assert used.messages[-1].content.split(" ", 1)[0] == first.split(" ", 1)[0]
    assert "`walrus11`" in used.messages[-1].content


async def test_changes_that_take_many_words_are_all_on_some_page(bot: Bot) -> None:
    assert bot.parts is not None
    for number in range(12):
        length = Consequence(Step.TIMEOUT, (28 * 24 - 1 - number) * HOUR_MS)
        new = Ladder(tuple(Rung(90 + rung, length) for rung in range(10)))
        change = partial(replace, ladder=new)
        await bot.parts.policies.set_policy(bot.guild.id, change, by=OPERATOR, what="x")
    newest = (await bot.store.changes(bot.guild.id, limit=1))[0].change_id
    used = await bot.owner.uses("/policy history")
    pages = [await said(used)]
    while not used.messages[-1].json["components"][0]["components"][1]["disabled"]:
        await (await used.press("Older")).answered()
        pages.append(used.messages[-1].content)
    shown = [int(number) for page in pages for number in re.findall(r"^`#(\d+)`", page, re.M)]
    assert shown == [*range(newest, 0, -1)]
    assert all(len(page) <= 2000 for page in pages)


async def test_undoing_asks_for_what_comes_back(bot: Bot) -> None:
    await said(await bot.owner.uses("/lists edit", list="main", action="ban"))
    await said(await bot.owner.uses("/lists edit", list="main", action="delete"))
    number = (await bot.store.changes(bot.guild.id, limit=1))[0].change_id
    ben = await admin(bot, Permissions.MANAGE_GUILD)
    assert "you need Ban Members" in await said(await ben.uses("/policy undo", number=number))
    asked = await bot.owner.uses("/policy undo", number=number)
    assert (await said(asked)).endswith("Then: **main**: delete → ban for good")
    message = await asked.reply()
    forged = await ben.forges(message, f"policy/undo/{number}")
    assert "you need Ban Members" in await said(forged)
    await (await asked.press("Leave it")).answered()
    assert (await bot.store.policies.policy(bot.guild.id)).of("main").consequence == DELETE
    # What makes a list weaker again is free.
    await said(await bot.owner.uses("/lists edit", list="main", action="ban"))
    free = await ben.uses("/policy undo", number=number + 1)
    assert "Take this back?" in await said(free)


async def test_many_lists_leave_room_for_all_else(bot: Bot) -> None:
    assert bot.parts is not None
    for number in range(24):
        made = ListPolicy(notice="x" * 150)
        await bot.parts.policies.create_list(bot.guild.id, f"l{number}", made, by=OPERATOR)
    shown = await said(await bot.owner.uses("/policy show"))
    assert "**Texts of cases** are kept for 90 days." in shown
    assert "**main**: 1 entry; delete." in shown
    assert "**l23**: 0 entries; delete." in shown


async def test_what_cannot_be_undone_is_told_at_once(bot: Bot) -> None:
    await said(await bot.owner.uses("/lists edit", list="main", action="warn"))
    number = (await bot.store.changes(bot.guild.id, limit=1))[0].change_id
    await said(await bot.owner.uses("/lists edit", list="main", action="kick"))
    told = await said(await bot.owner.uses("/policy undo", number=number))
    assert f"Change #{number + 1} by ada has changed the same since. Undo that one first." == told
    assert "There is no change #99" in await said(await bot.owner.uses("/policy undo", number=99))


async def test_many_lists_are_shown_in_pages(bot: Bot) -> None:
    for number in range(24):
        await bot.store.policies.create_list(
            bot.guild.id, f"list{number}", ListPolicy(notice="x" * 80), by=OPERATOR
        )
    used = await bot.owner.uses("/lists show")
    assert (await said(used)).startswith("**Lists: 25**, page 1 of ")
    await (await used.press("Next")).answered()
    assert "**list23**" in used.messages[-1].content
    page = await said(await bot.owner.uses("/policy show"))
    assert "**Ladder:** off" in page
    assert "**Texts of cases** are kept for 90 days." in page
