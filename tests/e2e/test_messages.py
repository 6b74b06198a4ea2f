"""Messages, from the gateway's frame to the REST request that deletes them."""

from moderation.verdict import Outcome, Skip
from sandbox import LocalDiscord
from tests.e2e.harness import Bot

DELETE = "/channels/{channel_id}/messages/{message_id}"


async def test_a_banned_message_is_deleted_with_a_reason_that_names_the_entry(bot: Bot) -> None:
    message = await bot.alice.says("you IDIOT, you")
    await message.wait_deleted()
    (request,) = bot.discord.journal.requests("DELETE", DELETE)
    assert request.params["message_id"] == str(message.id)
    assert request.reason == "Banned in message: idiot (list main)"
    told = await bot.watch.outcome()
    assert told.result.outcome is Outcome.DONE


async def test_a_clean_message_stays(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("idiotic is another word"))


async def test_an_edit_that_turns_bad_is_deleted(bot: Bot) -> None:
    message = await bot.alice.says("hello")
    await bot.kept(message)
    await message.edit("hello, idiot")
    await message.wait_deleted()


async def test_an_edit_of_a_message_from_before_the_start_is_judged(stopped_bot: Bot) -> None:
    old = await stopped_bot.alice.says("hello")
    await stopped_bot.ban("idiot")
    await stopped_bot.start()
    await old.edit("idiot")
    await old.wait_deleted()


async def test_an_update_that_only_adds_a_preview_is_no_reason_to_act(bot: Bot) -> None:
    message = await bot.alice.says("look")
    await bot.kept(message)
    await message.embed_arrives({"type": "link", "title": "a page"})
    await bot.works()
    assert not message.deleted


async def test_a_webhook_is_judged_whatever_it_calls_itself(bot: Bot) -> None:
    hook = await bot.guild.webhook("News")
    message = await hook.says("idiot", username="alice")
    await message.wait_deleted()


async def test_another_applications_response_is_judged(bot: Bot, discord: LocalDiscord) -> None:
    other = discord.add_application("Dice")
    bot.guild.install(other)
    message = await other.responds("idiot", channel=bot.guild.general)
    await message.wait_deleted()


async def test_another_bot_is_left_alone(bot: Bot, discord: LocalDiscord) -> None:
    other = bot.guild.join(discord.add_user("dice", bot=True))
    message = await other.says("idiot")
    assert (await bot.watch.verdict_on(message)).skipped is Skip.BOT
    await bot.works()
    assert not message.deleted


async def test_its_own_messages_are_left_alone(bot: Bot) -> None:
    own = await bot.app.responds("idiot", channel=bot.guild.general)
    assert (await bot.watch.verdict_on(own)).skipped is Skip.OURSELVES
    me = bot.guild.member(bot.app)
    message = await me.says("idiot")
    assert (await bot.watch.verdict_on(message)).skipped is Skip.OURSELVES
    await bot.works()
    assert not own.deleted
    assert not message.deleted


async def test_an_author_who_has_left_is_judged(bot: Bot) -> None:
    message = await bot.alice.says("hello")
    await bot.kept(message)
    bot.alice.leave()
    await message.edit("idiot")
    await message.wait_deleted()


async def test_an_allowed_phrase_wins(bot: Bot) -> None:
    await bot.allow("the idiot by dostoevsky")
    await bot.kept(await bot.alice.says("I read The Idiot by Dostoevsky"))
    await (await bot.alice.says("you idiot")).wait_deleted()


async def test_a_message_in_a_voice_channels_chat_is_judged(bot: Bot) -> None:
    from sandbox.world import ChannelType

    voice = bot.guild.add_channel("lounge", kind=ChannelType.GUILD_VOICE)
    await (await bot.alice.says("idiot", channel=voice)).wait_deleted()


async def test_two_servers_never_affect_each_other(bot: Bot, discord: LocalDiscord) -> None:
    other = discord.add_guild("Island", owner=discord.add_user("ben"))
    other.install(bot.app, permissions=bot.guild.member(bot.app).permissions())
    await bot.ban("walrus", guild=other)
    there, here = other.join(discord.add_user("carl")), bot.alice
    await (await there.says("walrus")).wait_deleted()
    await (await here.says("idiot")).wait_deleted()
    await bot.kept(await there.says("idiot"))
    await bot.kept(await here.says("walrus"))
    listed = {entry.text for entry in (await bot.store.words(other.id)).lists["main"]}
    assert listed == {"walrus"}


async def test_a_change_of_the_list_holds_for_the_very_next_message(bot: Bot) -> None:
    for number in range(20):
        await bot.ban(f"word{number}")
        await (await bot.alice.says(f"this is word{number}")).wait_deleted()


async def test_messages_that_arrive_while_the_lists_are_read_wait_for_them(
    stopped_bot: Bot,
) -> None:
    await stopped_bot.ban("idiot")
    await stopped_bot.start()
    messages = [await stopped_bot.alice.says(f"idiot {number}") for number in range(30)]
    for message in messages:
        await message.wait_deleted()


async def test_one_offence_is_acted_on_once(bot: Bot) -> None:
    bot.discord.faults.next_frames(duplicate=1)
    message = await bot.alice.says("idiot")
    await message.wait_deleted()
    await bot.works()
    requests = bot.discord.journal.requests("DELETE", DELETE)
    assert [r.params["message_id"] for r in requests].count(str(message.id)) == 1
