"""Who may use the commands, where, and with which buttons; see also test_rights.py."""

import pytest

from sandbox import LocalDiscord, Member, Permissions
from tests.e2e.harness import Bot
from tests.e2e.test_words_commands import NEEDED, listed, said

MANAGE_SERVER, MODERATE_MEMBERS, ADMINISTRATOR = str(1 << 5), str(1 << 40), str(1 << 3)


async def test_suggestions_are_only_for_those_who_may_see_the_list(bot: Bot) -> None:
    await bot.allow("idiot proof")
    assert await bot.alice.types("/words remove", force=True, entry="i") == []
    assert await bot.alice.types("/allowed remove", force=True, phrase="i") == []
    assert len(await bot.owner.types("/words remove", entry="i")) == 1
    assert len(await bot.owner.types("/allowed remove", phrase="i")) == 1


async def test_in_a_direct_message_a_command_says_where_it_works(bot: Bot) -> None:
    # Discord does not offer it there, so the event is made by hand.
    user = {"id": str(bot.owner.id), "username": "ada", "discriminator": "0", "avatar": None}
    data = {
        "id": "7",
        "application_id": str(bot.app.id),
        "type": 2,
        "token": "none",
        "version": 1,
        "channel_id": "9",
        "user": user,
        "data": {"id": "1", "type": 1, "name": "words", "options": [{"type": 1, "name": "show"}]},
    }
    frame = {"op": 0, "t": "INTERACTION_CREATE", "s": 50, "d": data}
    bot.discord.gateway.send_raw(bot.app.state, frame)
    answer = await bot.discord.journal.wait(
        lambda entry: entry.kind == "request" and entry.path.startswith("/interactions/7/")
    )
    assert answer.kind == "request"
    text = answer.json["data"]["content"]
    assert text == "This works only in a server: each server has its own lists."


async def test_a_button_pressed_by_someone_who_lost_the_right(bot: Bot) -> None:
    ben = await moderator(bot)
    cleared = await ben.uses("/words clear")
    await cleared.reply()
    ben.take(bot.guild.role("Mods"))
    pressed = await cleared.press("Remove them all")
    assert await said(pressed) == NEEDED
    assert await listed(bot) == ["idiot"]


async def test_manage_server_is_enough(bot: Bot) -> None:
    ben = await moderator(bot)
    assert "Added 1 entry" in await said(await ben.uses("/words add", entry="walrus"))


async def test_an_administrator_has_every_right(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    # Discord documents that the right implies all others, not that it sends their bits along.
    monkeypatch.setattr("sandbox.interactions.in_channel", lambda *_: Permissions.ADMINISTRATOR)
    used = await bot.alice.uses("/words add", force=True, entry="walrus")
    assert "Added 1 entry" in await said(used)


async def moderator(bot: Bot) -> Member:
    role = bot.guild.add_role("Mods", permissions=Permissions.MANAGE_GUILD)
    return bot.guild.join(bot.discord.add_user("ben"), roles=[role])


async def test_the_commands_are_hidden_from_members_and_offered_in_servers_only(
    bot: Bot, discord: LocalDiscord
) -> None:
    (request,) = discord.journal.requests("PUT", "/applications/{application_id}/commands")
    shown_to = {command["name"]: command["default_member_permissions"] for command in request.json}
    assert shown_to == {
        **dict.fromkeys(("words", "allowed", "names", "status"), MANAGE_SERVER),
        **dict.fromkeys(("case", "history", "Moderation history"), MODERATE_MEMBERS),
        "Check against the lists": MODERATE_MEMBERS,
        "data": ADMINISTRATOR,
    }
    for command in request.json:
        assert command["contexts"] == [0]
        assert command["integration_types"] == [0]
