"""``/status``: what is wrong, each with its cure."""

from datetime import UTC, datetime, timedelta

import pytest

from cogs.helpers.enforce import MISSING
from moderation.verdict import Outcome
from sandbox import Permissions
from tests.e2e.harness import Bot


async def status(bot: Bot) -> str:
    """What /status says to the owner."""
    return (await (await bot.owner.uses("/status")).reply()).content


async def test_all_is_well(bot: Bot) -> None:
    text = await status(bot)
    assert text.startswith("**This server is protected.**"), text
    assert "⚠️" not in text


async def test_an_empty_list_protects_nobody(stopped_bot: Bot) -> None:
    await stopped_bot.start()
    assert "⚠️ No word is banned yet. Add one with `/words add`." in await status(stopped_bot)


async def test_a_missing_permission_is_named_with_its_channel(bot: Bot) -> None:
    role = bot.guild.role("Palisade")
    secret = bot.guild.add_channel("secret")
    quiet = bot.guild.add_channel("quiet")
    secret.permit(role, deny=Permissions.VIEW_CHANNEL)
    quiet.permit(role, deny=Permissions.MANAGE_MESSAGES | Permissions.READ_MESSAGE_HISTORY)
    text = await status(bot)
    assert text.startswith("**This server is not fully protected.**")
    assert f"Without View Channel in <#{secret.id}>." in text
    assert f"Without Manage Messages and Read Message History in <#{quiet.id}>." in text
    assert str(bot.guild.general.id) not in text


async def test_the_rank_of_the_role(bot: Bot) -> None:
    mods = bot.guild.add_role("Mods", position=5)
    text = await status(bot)
    assert f"I cannot rename members with <@&{mods.id}>" in text
    assert "Drag my role above them" in text


async def test_without_manage_nicknames(bot: Bot) -> None:
    bot.guild.role("Palisade").change(
        permissions=Permissions.VIEW_CHANNEL
        | Permissions.MANAGE_MESSAGES
        | Permissions.READ_MESSAGE_HISTORY
    )
    assert "Without Manage Nicknames I cannot remove a banned name." in await status(bot)


async def test_two_factor_authentication(bot: Bot) -> None:
    bot.guild.demand_two_factor()
    assert "✅ Two-factor authentication, which this server demands: on." in await status(bot)
    bot.app.owner.state.two_factor = False
    assert "switch it on in that account's settings" in await status(bot)
    message = await bot.alice.says("idiot")
    told = await bot.watch.outcome()
    assert told.result.detail == MISSING[60003]
    assert not message.deleted


async def test_an_intent_that_was_switched_off_later(bot: Bot) -> None:
    bot.app.switch_intents(message_content=False)
    text = await status(bot)
    assert "The Message Content Intent is off, so I cannot read messages." in text


async def test_a_permission_that_comes_back_works_at_once(bot: Bot) -> None:
    role = bot.guild.role("Palisade")
    bot.guild.general.permit(role, deny=Permissions.MANAGE_MESSAGES)
    for number in range(15):
        await bot.alice.says(f"idiot {number}")
        await bot.watch.outcome(number + 1)
    deletes = bot.discord.journal.requests("DELETE")
    assert len(deletes) == 10, "10,000 refused requests would get the address banned"
    bot.guild.general.permit(role, allow=Permissions.MANAGE_MESSAGES)
    await (await bot.alice.says("idiot")).wait_deleted()


async def test_refusals_that_come_at_once_are_counted_before_their_answers(bot: Bot) -> None:
    role = bot.guild.role("Palisade")
    bot.guild.general.permit(role, deny=Permissions.MANAGE_MESSAGES)
    # One by one, since older messages cannot be deleted together.
    long_ago = datetime.now(UTC) - timedelta(days=20)
    for number in range(20):
        await bot.alice.says(f"idiot {number}", at=long_ago)
    await bot.watch.until(lambda: bot.watch.count(Outcome.FORBIDDEN) == 20)
    assert len(bot.discord.journal.requests("DELETE")) == 10


async def test_it_answers_while_discord_answers_no_question(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.status.PATIENCE_SECONDS", 0.1)
    bot.guild.demand_two_factor()
    for path in ("/guilds/{guild_id}/channels", "/users/@me", "/applications/@me"):
        bot.discord.faults.rest(method="GET", path=path, hold=True)
    text = await status(bot)
    bot.discord.faults.clear()
    assert "Discord did not tell me about the channels just now" in text
    assert "Discord did not say whether Message Content Intent is on." in text
    assert "or Discord did not say; switch it on in that account's settings" in text
    assert "Lists: 1 banned word." in text


async def test_a_kind_of_channel_that_nextcord_does_not_know(bot: Bot) -> None:
    media = {"id": "9", "type": 16, "name": "clips", "permission_overwrites": []}
    role = bot.guild.role("Palisade")
    overwrite = {"id": str(role.id), "type": 0, "allow": "0", "deny": str(1 << 10)}
    secret = {"id": "10", "type": 0, "name": "secret", "permission_overwrites": [overwrite]}
    bot.discord.faults.rest(
        method="GET", path="/guilds/{guild_id}/channels", status=200, json=[media, secret]
    )
    text = await status(bot)
    assert "Without View Channel in <#10>." in text
    assert "<#9>" not in text


async def test_channels_that_cannot_be_read_are_not_called_complete(bot: Bot) -> None:
    route = "/guilds/{guild_id}/channels"
    bot.discord.faults.rest(method="GET", path=route, status=403, json={"message": "no", "code": 0})
    text = await status(bot)
    assert text.startswith("**This server is not fully protected.**")
    assert "Discord did not tell me about the channels just now" in text
