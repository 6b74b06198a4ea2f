"""Names: nicknames, account names, joins, and somebody who will not stop."""

import pytest

from moderation.events import Surface
from moderation.verdict import Outcome
from sandbox import LocalDiscord
from service.name_guard import FREE_CORRECTIONS
from tests.e2e.harness import Bot

MEMBER = "/guilds/{guild_id}/members/{user_id}"


async def test_a_banned_nickname_is_removed_from_a_member_nobody_has_cached(bot: Bot) -> None:
    # Nextcord drops GUILD_MEMBER_UPDATE for members outside its cache, which is empty here.
    assert bot.parts is not None
    guild = bot.parts.bot.get_guild(bot.guild.id)
    assert guild is not None
    assert guild.get_member(bot.alice.id) is None
    await bot.alice.nick("An Idiot")
    await bot.alice.wait_nickname(None)
    (request,) = bot.discord.journal.requests("PATCH", MEMBER)
    assert request.json == {"nick": None}
    assert request.reason == "Banned in nickname: idiot (list main)"


async def test_a_clean_nickname_stays(bot: Bot) -> None:
    await bot.alice.nick("Alice the Great")
    verdict = await bot.watch.verdict_on_names(bot.alice.id)
    assert not verdict.violates
    assert bot.alice.nickname == "Alice the Great"


@pytest.mark.parametrize("name", ["username", "global_name"])
async def test_a_banned_account_name_is_covered_by_a_neutral_nickname(bot: Bot, name: str) -> None:
    await bot.alice.rename(**{name: "idiot"})
    await bot.alice.wait(lambda member: member.nickname is not None)
    assert bot.alice.nickname == f"Member {bot.alice.id % 10_000:04d}"


async def test_a_banned_nickname_over_a_banned_account_name_becomes_neutral(bot: Bot) -> None:
    await bot.alice.rename(global_name="idiot")
    neutral = f"Member {bot.alice.id % 10_000:04d}"
    await bot.alice.wait_nickname(neutral)
    await bot.alice.nick("idiot too")
    await bot.alice.wait_nickname(neutral)


async def test_a_clean_nickname_covers_a_banned_account_name(bot: Bot) -> None:
    await bot.alice.nick("Alice")
    await bot.alice.rename(global_name="idiot")
    verdict = await bot.watch.verdict_on_names(bot.alice.id, number=2)
    assert not verdict.actions
    assert bot.alice.nickname == "Alice"


async def test_the_neutral_nickname_is_never_banned_itself(bot: Bot) -> None:
    await bot.ban("member*")
    await bot.alice.rename(global_name="idiot")
    await bot.alice.wait(lambda member: member.nickname is not None)
    assert bot.alice.nickname == f"Name removed {bot.alice.id % 10_000:04d}"


async def test_someone_who_joins_with_a_banned_name(bot: Bot, discord: LocalDiscord) -> None:
    ben = bot.guild.join(discord.add_user("ben", global_name="Total Idiot"))
    await ben.wait(lambda member: member.nickname is not None)


async def test_a_changed_account_name_counts_in_every_shared_server(
    bot: Bot, discord: LocalDiscord
) -> None:
    other = discord.add_guild("Island", owner=discord.add_user("ben"))
    other.install(bot.app, permissions=bot.guild.member(bot.app).permissions())
    there = other.join(bot.alice.user)
    await bot.ban("idiot", guild=other)
    await bot.alice.rename(global_name="idiot")
    await there.wait(lambda member: member.nickname is not None)
    await bot.alice.wait(lambda member: member.nickname is not None)


async def test_bots_keep_their_names(bot: Bot, discord: LocalDiscord) -> None:
    other = bot.guild.join(discord.add_user("idiot", bot=True))
    verdict = await bot.watch.verdict_on_names(other.id)
    assert verdict.skipped is not None
    assert other.nickname is None


async def test_a_name_out_of_reach_is_told_and_not_claimed(bot: Bot) -> None:
    bot.alice.give(bot.guild.add_role("Captains", position=9))  # above the bot's
    await bot.alice.nick("idiot")
    told = await bot.watch.outcome()
    assert told.result.outcome is Outcome.FORBIDDEN
    assert "Manage Nicknames" in told.result.detail
    assert bot.alice.nickname == "idiot"


async def test_someone_who_sets_it_again_and_again_is_not_fought_for_ever(bot: Bot) -> None:
    for _ in range(FREE_CORRECTIONS):
        await bot.alice.nick("idiot")
        await bot.alice.wait_nickname(None)
    await bot.watch.until(lambda: bot.watch.count(Outcome.DONE) == FREE_CORRECTIONS)
    await bot.alice.nick("idiot")
    await bot.watch.until(lambda: bot.watch.count(Outcome.HELD) == 1)
    held = bot.watch.outcomes[-1]
    assert "the next correction follows in 60 s" in held.result.detail
    await bot.works()
    assert len(bot.discord.journal.requests("PATCH", MEMBER)) == FREE_CORRECTIONS


async def test_a_banned_server_tag_is_told_and_changes_nothing(bot: Bot) -> None:
    await bot.ban("rude")
    await bot.alice.user.wears("RUDE")
    verdict = await bot.watch.verdict_on_names(bot.alice.id)
    assert [found.part.surface for found in verdict.found] == [Surface.SERVER_TAG]
    assert verdict.actions == ()
    await bot.works()
    assert bot.alice.nickname is None
    assert bot.discord.journal.requests("PATCH", MEMBER) == []


async def test_a_tag_that_was_there_before_is_seen_when_its_wearer_speaks(
    stopped_bot: Bot,
) -> None:
    await stopped_bot.ban("rude")
    await stopped_bot.alice.user.wears("RUDE")
    await stopped_bot.start()
    await stopped_bot.alice.says("hello")
    verdict = await stopped_bot.watch.verdict_on_names(stopped_bot.alice.id)
    assert [found.part.surface for found in verdict.found] == [Surface.SERVER_TAG]
