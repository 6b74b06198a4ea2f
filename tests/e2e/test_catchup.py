"""What was said while the bot was away."""

import asyncio
import logging

import pytest

from moderation.verdict import Outcome
from sandbox import Channel, LocalDiscord, Permissions
from service.catchup import Bounds
from tests.e2e.harness import TIMEOUT, Bot

MESSAGES = "/channels/{channel_id}/messages"


@pytest.fixture
async def bot(bot: Bot) -> Bot:
    """The running bot, when it has found out where each channel stands: what is missed is what
    comes after that."""
    assert bot.parts is not None
    async with asyncio.timeout(TIMEOUT):
        await bot.parts.catch_up.idle()
    return bot


async def restart(bot: Bot) -> None:
    await bot.stop()
    await bot.start()


async def test_what_was_posted_while_the_bot_was_off_is_deleted(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    bad = await bot.alice.says("idiot")
    good = await bot.alice.says("still here")
    await bot.start()
    await bad.wait_deleted()
    await bot.kept(good)


async def test_a_channel_in_which_nothing_was_said_before_is_read_too(bot: Bot) -> None:
    quiet = bot.guild.add_channel("quiet")
    await bot.works()
    await bot.stop()
    bad = await bot.alice.says("idiot", channel=quiet)
    await bot.start()
    await bad.wait_deleted()


async def test_a_channel_made_while_the_bot_was_off_is_read_from_its_start(bot: Bot) -> None:
    await bot.works()
    await bot.stop()
    bad = await bot.alice.says("idiot", channel=bot.guild.add_channel("new"))
    await bot.start()
    await bad.wait_deleted()


async def test_nothing_from_before_the_first_start_is_judged(stopped_bot: Bot) -> None:
    bot = stopped_bot
    old = await bot.alice.says("idiot")
    await bot.ban("idiot")
    await bot.start()
    await bot.works()
    await restart(bot)
    await bot.caught_up()
    assert not old.deleted


async def test_what_was_judged_before_is_not_judged_by_a_list_of_later(bot: Bot) -> None:
    before = await bot.alice.says("a walrus")
    await bot.kept(before)
    await bot.stop()
    await bot.ban("walrus")
    bad = await bot.alice.says("another walrus")
    await bot.start()
    await bad.wait_deleted()
    await bot.caught_up()
    assert not before.deleted


async def test_an_edit_made_while_the_bot_was_off_is_judged(bot: Bot) -> None:
    edited, left = await bot.alice.says("hello"), await bot.alice.says("a walrus")
    await bot.kept(left)
    await bot.stop()
    await bot.ban("walrus")
    await edited.edit("idiot")
    await bot.start()
    await edited.wait_deleted()
    await bot.caught_up()
    assert not left.deleted


async def test_what_was_said_before_a_session_that_could_not_resume(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("hello"))
    bot.discord.faults.next_frames(drop=1)
    lost = await bot.alice.says("idiot")
    bot.discord.gateway.invalid_session(bot.app.state, resumable=False)
    await lost.wait_deleted()
    await bot.caught_up()


async def test_more_than_a_page_is_read_in_order_and_once(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    said = [await bot.alice.says(f"{'idiot' if n % 50 == 0 else 'fine'} {n}") for n in range(230)]
    await bot.start()
    for message in said[::50]:
        await message.wait_deleted()
    await bot.kept(said[-1])
    read = [v.event.message_id for v in bot.watch.verdicts if hasattr(v.event, "message_id")]
    ids = [message.id for message in said]
    # Of those with a hit it is asked first who wrote them.
    assert [one for one in read if one in set(ids) - set(ids[::50])] == [
        one for one in ids if one not in ids[::50]
    ]
    assert sorted(one for one in read if one in set(ids)) == ids
    pages = [
        request
        for request in bot.discord.journal.requests("GET", MESSAGES)
        if "after" in request.query
    ]
    assert len(pages) == 3


async def test_no_more_than_the_bound_is_read_and_that_is_said(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    said = [await bot.alice.says(f"idiot {n}") for n in range(5)]
    with caplog.at_level(logging.WARNING):
        await bot.start(bounds=Bounds(messages=3))
        await bot.caught_up()
    for message in said[:3]:
        await message.wait_deleted()
    assert not any(message.deleted for message in said[3:])
    assert "more than 3 messages, of which the first were read" in caplog.text


async def test_nothing_is_read_with_a_bound_of_no_hours(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    bad = await bot.alice.says("idiot")
    await bot.start(bounds=Bounds(hours=0))
    await bot.caught_up()
    assert not bad.deleted


async def test_a_channel_that_may_not_be_read_is_said_and_read_when_it_may(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    me = bot.guild.member(bot.app)
    bot.guild.general.permit(me, deny=Permissions.READ_MESSAGE_HISTORY)
    bad = await bot.alice.says("idiot")
    with caplog.at_level(logging.WARNING):
        await bot.start()
        await bot.caught_up()
    assert f"channel {bot.guild.general.id}: the bot needs Read Message History" in caplog.text
    assert not bad.deleted
    await bot.stop()
    bot.guild.general.permit(me)
    await bot.start()
    await bad.wait_deleted()


async def test_a_channel_that_is_gone_stops_nothing(bot: Bot) -> None:
    gone = bot.guild.add_channel("gone")
    await bot.kept(await bot.alice.says("hello", channel=gone))
    await bot.stop()
    gone.remove()
    bad = await bot.alice.says("idiot")
    await bot.start()
    await bad.wait_deleted()


async def test_live_messages_do_not_push_the_cursor_over_what_is_unread(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    bad = await bot.alice.says("idiot")
    refused = {"code": 50001, "message": "Missing Access"}
    bot.discord.faults.rest(method="GET", path=MESSAGES, status=403, json=refused, times=100)
    await bot.start()
    live = await bot.alice.says("another idiot")
    await live.wait_deleted()
    await bot.stop()
    bot.discord.faults.clear()
    assert not bad.deleted
    await bot.start()
    await bad.wait_deleted()


async def test_a_thread_is_read_too(bot: Bot) -> None:
    thread = await bot.alice.starts_thread("talk")
    await bot.kept(await bot.alice.says("hello", channel=thread))
    await bot.stop()
    old = await bot.alice.says("idiot", channel=thread)
    new = await bot.alice.starts_thread("more talk")
    first = await bot.alice.says("idiot", channel=new)
    await bot.start()
    await old.wait_deleted()
    await first.wait_deleted()


async def test_after_being_invited_again_it_begins_with_what_is_new(
    bot: Bot, discord: LocalDiscord
) -> None:
    await bot.works()
    permissions = bot.guild.member(bot.app).permissions()
    await bot.stop()
    bot.guild.remove(bot.app)
    before = bot.discord.journal.count
    await bot.start()
    # Commands are registered when READY, which tells of the servers, was taken in.
    await bot.discord.journal.wait(
        lambda entry: entry.kind == "request" and entry.method == "PUT", after=before
    )
    await bot.stop()
    old = await bot.alice.says("idiot")
    bot.guild.install(bot.app, permissions=permissions)
    await bot.start()
    await bot.caught_up()
    assert not old.deleted
    assert bot.watch.count(Outcome.FORBIDDEN) == 0


async def test_a_channel_is_read_as_soon_as_its_history_may_be_read(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    me = bot.guild.member(bot.app)
    bot.guild.general.permit(me, deny=Permissions.READ_MESSAGE_HISTORY)
    bad = await bot.alice.says("idiot")
    await bot.start()
    await bot.caught_up()
    assert not bad.deleted
    bot.guild.general.permit(me)
    await bad.wait_deleted()


async def test_what_was_said_while_the_bot_could_not_see_a_channel(bot: Bot) -> None:
    me, role = bot.guild.member(bot.app), bot.guild.role("Palisade")
    allowed = me.permissions()
    bot.guild.general.permit(me, allow=Permissions.VIEW_CHANNEL)
    role.change(permissions=allowed | Permissions.ADMINISTRATOR)
    hall = bot.guild.add_channel("hall")
    hall.permit(bot.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    hall.permit(bot.alice, allow=Permissions.VIEW_CHANNEL)
    await bot.kept(await bot.alice.says("hello", channel=hall))
    role.change(permissions=allowed)
    bad = await bot.alice.says("idiot", channel=hall)
    await bot.works()
    role.change(permissions=allowed | Permissions.ADMINISTRATOR)
    live = await bot.alice.says("another idiot", channel=hall)
    await live.wait_deleted()
    await bad.wait_deleted()


async def test_a_history_that_is_taken_away_just_when_it_is_read(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.helpers.history.EMPTY_SECONDS", 0.1)
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    bad = await bot.alice.says("idiot")
    reading = bot.discord.faults.rest(method="GET", path=MESSAGES, hold=True)
    await bot.start()
    await reading.wait_met()
    me = bot.guild.member(bot.app)
    bot.guild.general.permit(me, deny=Permissions.READ_MESSAGE_HISTORY)
    # Discord answers as if nothing had been said.
    reading.release()
    await bot.caught_up()
    assert not bad.deleted
    bot.guild.general.permit(me)
    await bad.wait_deleted()


@pytest.fixture
def hall(bot: Bot) -> Channel:
    """A channel that the bot can see, and in which something was said."""
    return bot.guild.add_channel("hall")


def hide(bot: Bot, hall: Channel) -> None:
    hall.permit(bot.guild.member(bot.app), deny=Permissions.VIEW_CHANNEL)


def show(bot: Bot, hall: Channel) -> None:
    hall.permit(bot.guild.member(bot.app))


async def test_a_channel_that_an_overwrite_hides_for_a_while(bot: Bot, hall: Channel) -> None:
    await bot.kept(await bot.alice.says("hello", channel=hall))
    hide(bot, hall)
    bad = await bot.alice.says("idiot", channel=hall)
    good = await bot.alice.says("goodbye", channel=hall)
    await bot.works()
    assert not bad.deleted
    show(bot, hall)
    live = await bot.alice.says("another idiot", channel=hall)
    await live.wait_deleted()
    await bad.wait_deleted()
    await bot.kept(good)


async def test_threads_of_a_channel_that_was_hidden(bot: Bot, hall: Channel) -> None:
    known = await bot.alice.starts_thread("holidays", channel=hall)
    await bot.kept(await bot.alice.says("hello", channel=known))
    hide(bot, hall)
    opened = await bot.alice.starts_thread("idiot days", channel=hall)
    in_known = await bot.alice.says("idiot", channel=known)
    in_opened = await bot.alice.says("idiot", channel=opened)
    await bot.works()
    show(bot, hall)
    await in_known.wait_deleted()
    await in_opened.wait_deleted()
    await opened.wait_title("Title removed")


async def test_a_channel_that_is_hidden_over_a_restart(bot: Bot, hall: Channel) -> None:
    await bot.kept(await bot.alice.says("hello", channel=hall))
    await bot.stop()
    hide(bot, hall)
    first = await bot.alice.says("idiot", channel=hall)
    await bot.start()
    await bot.caught_up()
    second = await bot.alice.says("idiot", channel=hall)
    await bot.works()
    assert not first.deleted
    show(bot, hall)
    await first.wait_deleted()
    await second.wait_deleted()


async def test_a_channel_that_was_hidden_from_the_first_start_on(stopped_bot: Bot) -> None:
    bot = stopped_bot
    hall = bot.guild.add_channel("hall")
    hide(bot, hall)
    before = await bot.alice.says("idiot, before the bot came", channel=hall)
    await bot.ban("idiot")
    await bot.start()
    await bot.caught_up()
    bad = await bot.alice.says("idiot", channel=hall)
    await bot.works()
    show(bot, hall)
    await bad.wait_deleted()
    await bot.works()
    assert not before.deleted, "that is not the bot's business"


async def test_a_channel_that_is_hidden_when_a_role_is_deleted(bot: Bot, hall: Channel) -> None:
    me, key = bot.guild.member(bot.app), bot.guild.add_role("Key")
    me.give(key)
    hall.permit(key, allow=Permissions.VIEW_CHANNEL)
    hall.permit(bot.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    hall.permit(bot.alice, allow=Permissions.VIEW_CHANNEL)
    await bot.kept(await bot.alice.says("hello", channel=hall))
    key.remove()
    bad = await bot.alice.says("idiot", channel=hall)
    await bot.works()
    assert not bad.deleted
    hall.permit(me, allow=Permissions.VIEW_CHANNEL)
    await bad.wait_deleted()
