"""Titles of threads and forum posts, and what is written in them."""

import pytest

from moderation.verdict import Outcome
from sandbox import Limit, LocalDiscord, Permissions, Thread
from sandbox.limits import RENAMING
from sandbox.world import ChannelType
from service.name_guard import FREE_CORRECTIONS
from tests.e2e.harness import TIMEOUT, Bot

CHANNEL = "/channels/{channel_id}"


async def test_a_bad_title_is_replaced_when_a_thread_is_opened(bot: Bot) -> None:
    thread = await bot.alice.starts_thread("what an Idiot")
    await thread.wait_title("Title removed")
    (request,) = bot.discord.journal.requests("PATCH", CHANNEL)
    assert request.reason == "Banned in thread title: idiot (list main)"
    told = await bot.watch.outcome()
    assert told.result.outcome is Outcome.DONE


async def test_a_thread_that_is_renamed(bot: Bot) -> None:
    thread = await bot.alice.starts_thread("holidays")
    await bot.works()
    assert thread.name == "holidays"
    await thread.renames(bot.alice, "idiot days")
    await thread.wait_title("Title removed")


async def test_a_thread_of_a_message(bot: Bot) -> None:
    message = await bot.alice.says("hello")
    thread = await bot.alice.starts_thread("idiot", message=message)
    await thread.wait_title("Title removed")
    assert not message.deleted


async def test_a_forum_post_is_judged_by_its_title_and_by_what_it_says(bot: Bot) -> None:
    forum = bot.guild.add_channel("ideas", kind=ChannelType.GUILD_FORUM)
    bad_title = await bot.alice.posts("idiot idea", "let us go", channel=forum)
    bad_text = await bot.alice.posts("an idea", "you idiot", channel=forum)
    first = bad_text.first
    await bad_title.wait_title("Title removed")
    await first.wait_deleted()
    assert bad_text.name == "an idea"
    assert not bad_title.first.deleted


async def test_what_is_said_in_a_thread_is_judged(bot: Bot) -> None:
    thread = await bot.alice.starts_thread("holidays")
    await (await bot.alice.says("idiot", channel=thread)).wait_deleted()


async def test_a_thread_that_was_opened_before_the_bot_came(stopped_bot: Bot) -> None:
    await stopped_bot.ban("idiot")
    thread = await stopped_bot.alice.starts_thread("holidays")
    await stopped_bot.start()
    await thread.renames(stopped_bot.alice, "idiot")
    await thread.wait_title("Title removed")


async def test_a_thread_that_was_opened_while_the_bot_was_away(stopped_bot: Bot) -> None:
    await stopped_bot.ban("idiot")
    fine = await stopped_bot.alice.starts_thread("holidays")
    bad = await stopped_bot.alice.starts_thread("idiot days")
    await stopped_bot.start()
    await bad.wait_title("Title removed")
    assert fine.name == "holidays"


async def test_an_entry_that_is_new_bans_titles_that_were_fine(stopped_bot: Bot) -> None:
    bot = stopped_bot
    thread = await bot.alice.starts_thread("what a walrus")
    await bot.ban("idiot")
    await bot.start(sweep_after=0.1)
    await bot.works()
    assert thread.name == "what a walrus"
    await bot.ban("walrus")
    await thread.wait_title("Title removed")


async def test_a_title_that_hides_in_the_archive(bot: Bot) -> None:
    bot.discord.faults.rest(method="PATCH", path=CHANNEL, status=500)
    thread = await bot.alice.starts_thread("idiot")
    await bot.discord.journal.wait_request("PATCH", CHANNEL)
    thread.archive()
    await thread.wait_title("Title removed")


async def test_changes_that_leave_the_title_alone_cost_nothing(bot: Bot) -> None:
    thread = await bot.alice.starts_thread("holidays")
    thread.lock()
    thread.archive()
    await bot.works()
    assert bot.discord.journal.requests("PATCH", CHANNEL) == []


async def test_without_the_permission_the_outcome_names_it(bot: Bot) -> None:
    role = bot.guild.role("Palisade")
    bot.guild.general.permit(role, deny=Permissions.MANAGE_THREADS)
    thread = await bot.alice.starts_thread("idiot")
    told = await bot.watch.outcome()
    assert told.result.outcome is Outcome.FORBIDDEN
    assert "Manage Threads" in told.result.detail
    assert thread.name == "idiot"
    status = await (await bot.owner.uses("/status")).reply()
    assert f"Without Manage Threads in <#{bot.guild.general.id}>." in status.content


async def test_a_title_waits_for_the_permission_also_over_a_restart(bot: Bot) -> None:
    role = bot.guild.role("Palisade")
    bot.guild.general.permit(role, deny=Permissions.MANAGE_THREADS)
    first = await bot.alice.starts_thread("idiot 1")
    await bot.watch.outcome()
    bot.guild.general.permit(role)
    await first.wait_title("Title removed")
    bot.guild.general.permit(role, deny=Permissions.MANAGE_THREADS)
    second = await bot.alice.starts_thread("idiot 2")
    await bot.watch.outcome(3)
    await bot.stop()
    bot.guild.general.permit(role)
    await bot.start()
    await second.wait_title("Title removed")


async def test_a_title_that_is_set_again_and_again_is_not_fought_for_ever(bot: Bot) -> None:
    thread = await bot.alice.starts_thread("holidays")
    for number in range(1, FREE_CORRECTIONS + 1):
        await thread.renames(bot.alice, "idiot")
        await thread.wait_title("Title removed")
        await bot.watch.outcome(number)
    await thread.renames(bot.alice, "idiot")
    held = await bot.watch.outcome(FREE_CORRECTIONS + 1)
    assert held.result.outcome is Outcome.HELD
    assert "the next correction follows in 60 s" in held.result.detail


@pytest.fixture
def limited(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """The bot on a Discord where a title can be changed twice in 3 s (instead of ten
    minutes), and which does not wait for that longer than a moment."""
    monkeypatch.setattr("cogs.helpers.requests.PATIENCE_SECONDS", 0.1)
    bot.discord.limits.routes["PATCH", CHANNEL, RENAMING] = Limit(2, 3.0)
    bot.discord.limits.on = True
    return bot


async def corrected_twice(bot: Bot) -> Thread:
    """A thread whose title was taken away as often as Discord allows for now."""
    thread = await bot.alice.starts_thread("holidays")
    for number in (1, 2):
        await thread.renames(bot.alice, f"idiot {number}")
        await thread.wait_title("Title removed")
        await bot.watch.outcome(number)
    return thread


async def test_discords_limit_on_titles_holds_up_nothing_else(limited: Bot) -> None:
    bot = limited
    thread = await corrected_twice(bot)
    before = bot.discord.journal.count
    await thread.renames(bot.alice, "idiot 3")
    await (await bot.alice.says("idiot", channel=thread)).wait_deleted()
    other = await bot.alice.starts_thread("idiot days")
    await other.wait_title("Title removed")
    assert thread.name == "idiot 3"
    await thread.wait_title("Title removed", timeout=TIMEOUT)
    asked = bot.discord.journal.requests("PATCH", CHANNEL, after=before)
    ours = [request.status for request in asked if request.params["channel_id"] == str(thread.id)]
    assert ours == [200], "nothing is sent that Discord would refuse"
    await bot.watch.until(lambda: bot.watch.count(Outcome.DONE) == 5)
    assert bot.watch.count(Outcome.FAILED) == 0


async def test_a_title_that_is_mended_before_the_limit_ends_stays(limited: Bot) -> None:
    bot = limited
    thread = await corrected_twice(bot)
    await thread.renames(bot.alice, "idiot 3")
    await (await bot.alice.says("idiot", channel=thread)).wait_deleted()
    await thread.renames(bot.alice, "holidays")
    await bot.watch.until(lambda: bot.watch.count(Outcome.GONE) == 1)
    assert thread.name == "holidays"


async def test_a_limit_that_the_bot_has_yet_to_learn_is_obeyed(limited: Bot) -> None:
    bot = limited
    thread = await corrected_twice(bot)
    await bot.stop()
    await thread.renames(bot.alice, "idiot 3")
    bot.discord.limits.on = False  # but for what the fault says: a session may follow at once
    bot.discord.faults.limit("user", seconds=1.5, method="PATCH", path=CHANNEL)
    await bot.start()
    await (await bot.alice.says("idiot", channel=thread)).wait_deleted()
    await thread.wait_title("Title removed", timeout=TIMEOUT)
    assert bot.watch.count(Outcome.FAILED) == 0


async def test_a_title_set_while_the_last_is_being_corrected(bot: Bot) -> None:
    thread = await bot.alice.starts_thread("idiot 1")
    await thread.renames(bot.alice, "idiot 2")
    await thread.wait_title("Title removed")
    await bot.works()
    assert thread.name == "Title removed"


async def test_where_the_neutral_title_is_banned_another_is_set(
    stopped_bot: Bot, discord: LocalDiscord
) -> None:
    await stopped_bot.ban("idiot", "removed")
    await stopped_bot.start()
    thread = await stopped_bot.alice.starts_thread("idiot")
    await thread.wait_title(f"{thread.id % 10_000:04d}")
