"""A word split over several messages, through the whole bot."""

from datetime import UTC, datetime, timedelta

from sandbox import LocalDiscord
from tests.e2e.harness import Bot

TOGETHER = "/channels/{channel_id}/messages/bulk-delete"


async def test_all_messages_of_a_split_word_are_deleted(bot: Bot, discord: LocalDiscord) -> None:
    ben = bot.guild.join(discord.add_user("ben"))
    first = await bot.alice.says("so")
    pieces = [await bot.alice.says("id"), await bot.alice.says("i")]
    between = await ben.says("what?")
    pieces.append(await bot.alice.says("OT"))
    for piece in pieces:
        await piece.wait_deleted()
    (reason,) = {request.reason for request in discord.journal.requests("POST", TOGETHER)}
    assert reason == "Banned in messages that together spell a word: idiot (list main)"
    await bot.works()
    assert not first.deleted
    assert not between.deleted


async def test_a_word_over_five_messages(bot: Bot) -> None:
    await bot.ban("blackguards")
    five = [await bot.alice.says(text) for text in ("bla", "ck", "gua", "rd", "s")]
    for piece in five:
        await piece.wait_deleted()


async def test_a_word_over_six_messages_is_too_long_for_it(bot: Bot) -> None:
    await bot.ban("walrus")
    six = [await bot.alice.says(text) for text in "walrus"]
    await bot.works()
    assert not any(piece.deleted for piece in six)


async def test_chatter_stays(bot: Bot) -> None:
    said = [await bot.alice.says(text) for text in ("id", "is", "it", "ok", "iot", "lol")]
    await bot.works()
    assert not any(message.deleted for message in said)


async def test_an_edit_that_completes_a_word(bot: Bot) -> None:
    pieces = [await bot.alice.says("idi"), await bot.alice.says("ok")]
    await bot.kept(pieces[1])
    await pieces[1].edit("ot")
    for piece in pieces:
        await piece.wait_deleted()


async def test_old_messages_are_no_part_of_it(bot: Bot) -> None:
    old = await bot.alice.says("idi", at=datetime.now(UTC) - timedelta(seconds=30))
    new = await bot.alice.says("ot")
    await bot.works()
    assert not old.deleted
    assert not new.deleted


async def test_a_word_that_was_split_while_the_bot_was_away(bot: Bot) -> None:
    await bot.caught_up()
    await bot.stop()
    pieces = [await bot.alice.says(text) for text in ("id", "io", "t")]
    await bot.start()
    for piece in pieces:
        await piece.wait_deleted()


async def test_a_piece_that_comes_twice_spells_nothing_twice(bot: Bot) -> None:
    await bot.ban("papa")
    bot.discord.faults.next_frames(duplicate=1)
    piece = await bot.alice.says("pa")
    await bot.works()
    assert not piece.deleted
