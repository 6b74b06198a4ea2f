"""Every place in a message where a word can stand, and what is left alone."""

from typing import Any

import pytest

from moderation.verdict import Skip
from sandbox import LocalDiscord, Message
from tests.e2e.harness import Bot

DELETE = "/channels/{channel_id}/messages/{message_id}"


async def deleted_for(bot: Bot, message: Message, surface: str) -> None:
    """Wait until a message is gone, and see that the reason names where the word stood."""
    await message.wait_deleted()
    reasons = [
        request.reason
        for request in bot.discord.journal.requests("DELETE", DELETE)
        if request.params["message_id"] == str(message.id)
    ]
    assert reasons == [f"Banned in {surface}: idiot (list main)"]


SAID: list[tuple[str, dict[str, Any]]] = [
    ("embed", {"embeds": [{"type": "rich", "description": "an idiot"}]}),
    ("embed", {"embeds": [{"title": "x", "fields": [{"name": "x", "value": "idiot"}]}]}),
    ("link target", {"embeds": [{"title": "x", "url": "https://example.org/idiot"}]}),
    ("attachment", {"files": [("idiot.txt", b"")]}),
    ("attachment", {"files": [("x.png", b"", "an idiot")]}),
    ("sticker name", {"stickers": ["x", "idiot"]}),
    (
        "component",
        {"components": [{"type": 1, "components": [{"type": 2, "label": "idiot"}]}]},
    ),
    ("component", {"components": [{"type": 17, "components": [{"type": 10, "content": "idiot"}]}]}),
    ("message", {"content": "look [here](https://example.org/idiot)"}),
    ("message", {"content": "look [idiot](https://example.org)"}),
]


@pytest.mark.parametrize(("surface", "said"), SAID)
async def test_a_word_in_any_part_of_a_message(
    bot: Bot, surface: str, said: dict[str, Any]
) -> None:
    await deleted_for(bot, await bot.alice.says(**said), surface)


async def test_a_poll(bot: Bot) -> None:
    await deleted_for(bot, await bot.alice.polls("Is he an idiot?", ["yes", "no"]), "poll")
    await deleted_for(bot, await bot.alice.polls("What is he?", ["fine", "an idiot"]), "poll")
    await bot.kept(await bot.alice.polls("What is he?", ["fine", "nice"]))


async def test_a_forward_of_a_message_from_elsewhere(bot: Bot, discord: LocalDiscord) -> None:
    elsewhere = discord.add_guild("Island", owner=bot.alice.user)
    for said in ({"content": "idiot"}, {"embeds": [{"title": "idiot"}]}):
        original = await elsewhere.owner.says(**said)
        await deleted_for(bot, await bot.alice.forwards(original), "forwarded message")
        assert not original.deleted


async def test_a_webhooks_embed_and_an_applications_response(
    bot: Bot, discord: LocalDiscord
) -> None:
    hook = await bot.guild.webhook("News")
    await deleted_for(bot, await hook.says("", embeds=[{"title": "idiot"}]), "embed")
    other = discord.add_application("Dice")
    bot.guild.install(other)
    embeds = [{"title": "idiot"}]
    said = await other.responds("", channel=bot.guild.general, embeds=embeds)
    await deleted_for(bot, said, "embed")


async def test_the_name_under_which_a_webhook_writes(bot: Bot, discord: LocalDiscord) -> None:
    hook = await bot.guild.webhook("News")
    await deleted_for(bot, await hook.says("hello", username="Idiot"), "webhook name")
    file = [{"filename": "cat.png"}]
    await deleted_for(bot, await hook.says("", username="Idiot", attachments=file), "webhook name")
    await bot.kept(await hook.says("hello", username="Somebody"))
    idiot = discord.add_application("Idiot")
    bot.guild.install(idiot)
    # An application has one name, which the members see before they let it in.
    await bot.kept(await idiot.responds("hello", channel=bot.guild.general))


async def test_a_preview_that_arrives_later(bot: Bot) -> None:
    message = await bot.alice.says("https://example.org")
    await bot.kept(message)
    await message.embed_arrives({"type": "link", "title": "What an idiot"})
    await deleted_for(bot, message, "embed")


async def test_what_says_the_same_is_not_judged_again(bot: Bot) -> None:
    message = await bot.alice.says("hello")
    await bot.kept(message)
    await message.embed_arrives()  # an update, as after a pin, that changes no text
    await bot.watch.until(lambda: bot.watch.verdicts[-1].skipped is Skip.UNCHANGED)
    await bot.ban("hello")
    await message.embed_arrives()
    await message.wait_deleted()


async def test_an_alert_of_automod_is_left_to_the_moderators(bot: Bot) -> None:
    embed = {"type": "auto_moderation_message", "description": "idiot"}
    alert = await bot.alice.says(type=24, embeds=[embed])
    assert (await bot.watch.verdict_on(alert)).skipped is Skip.ALERT
    await bot.works()
    assert not alert.deleted


@pytest.mark.parametrize("kind", [1, 4, 5, 21])
async def test_what_nobody_can_delete_is_left_alone(bot: Bot, kind: int) -> None:
    notice = await bot.alice.says("idiot", type=kind)
    assert (await bot.watch.verdict_on(notice)).skipped is Skip.UNDELETABLE
    assert not bot.discord.journal.requests("DELETE", DELETE)


async def test_the_name_of_somebody_who_speaks_for_the_first_time(stopped_bot: Bot) -> None:
    await stopped_bot.ban("idiot")
    await stopped_bot.alice.nick("An Idiot")
    await stopped_bot.start()
    said = await stopped_bot.alice.says("hello")
    await stopped_bot.alice.wait_nickname(None)
    assert not said.deleted
    await stopped_bot.alice.says("hello again")
    await stopped_bot.works()
    path = "/guilds/{guild_id}/members/{user_id}"
    assert len(stopped_bot.discord.journal.requests("PATCH", path)) == 1


async def test_a_new_entry_is_tried_on_every_text_of_recent_messages(bot: Bot) -> None:
    hook = await bot.guild.webhook("News")
    for number in range(6):
        await hook.says("", embeds=[{"title": f"Harbour news {number}"}])
    asked = await bot.owner.uses("/words add", entry="harbour")
    text = (await asked.reply()).content
    assert "would hit 6 of the last" in text, text
