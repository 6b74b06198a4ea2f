"""What filters are known to get wrong, where no test of the part shows it by itself. The table of
all of them is in docs/known-defects.md."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.cases import CaseFilter, CaseState
from moderation.consequence import WARN
from moderation.policy import ListPolicy
from moderation.records import OPERATOR
from moderation.states import State
from moderation.verdict import Because, Outcome, Skip
from moderation.words import parse_entry
from sandbox import Channel, Permissions
from tests.e2e.court import Court, offends
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.mod_logs import HOUR, entry, fields, set_main
from tests.e2e.test_policies import exempts
from tests.e2e.test_words_commands import said

DELETE = "/channels/{channel_id}/messages/{message_id}"


async def test_an_edit_of_a_message_that_is_weeks_old(stopped_bot: Bot) -> None:
    old = await stopped_bot.alice.says("hello", at=datetime.now(UTC) - timedelta(days=40))
    await stopped_bot.ban("idiot")
    await stopped_bot.start()
    await old.edit("idiot")
    await old.wait_deleted(timeout=TIMEOUT)


@pytest.mark.parametrize(
    "several",
    [
        {"files": [("cat.png", b""), ("idiot.png", b"")]},
        {
            "embeds": [
                {"title": "fine"},
                {"title": "fine", "fields": [{"name": "x", "value": "idiot"}]},
            ]
        },
        {"content": "https://fine.example/idiot https://other.example/idiot"},
        {"content": "https://other.example/idiot https://fine.example/idiot"},
    ],
    ids=["attachments", "embeds", "links", "links the other way round"],
)
async def test_the_first_of_several_does_not_answer_for_the_others(
    bot: Bot, several: dict[str, Any]
) -> None:
    await bot.allow("fine.example/idiot")
    await bot.kept(await bot.alice.says("https://fine.example/idiot"))
    await (await bot.alice.says(**several)).wait_deleted(timeout=TIMEOUT)


async def test_an_address_is_found_in_whatever_link_it_stands(bot: Bot) -> None:
    await bot.ban("bad.example")
    for link in (
        "https://bad.example",
        "http://www.bad.example/x?y",
        "[see](https://bad.example/x)",
    ):
        await (await bot.alice.says(f"look: {link}")).wait_deleted(timeout=TIMEOUT)
    await bot.kept(await bot.alice.says("look: https://notbad.example"))


async def test_a_warning_that_does_not_arrive_is_a_case_and_a_strike(court: Court) -> None:
    await court.asks_for(WARN)
    alice, guild_id = court.bot.alice, court.bot.guild.id
    alice.user.take_direct(False)
    await offends(court.bot)
    await court.bot.stop()
    case = await court.bot.store.cases.case(guild_id, 1)
    assert (case.state, case.told) == (CaseState.OPEN, State.FAILED)
    assert [hit.entry for hit in case.hits] == ["idiot"]
    assert await court.bot.store.cases.strikes(guild_id, alice.id, 0) == 1


async def test_one_offence_is_one_case_whatever_is_done_about_it(
    stopped_bot: Bot, log: Channel
) -> None:
    """A deletion, a timeout and a notice, for two entries of two lists."""
    bot = stopped_bot
    await set_main(bot, consequence=HOUR)
    assert bot.parts is not None
    await bot.parts.policies.create_list(bot.guild.id, "other", ListPolicy(WARN), by=OPERATOR)
    words = [parse_entry("walrus")]
    await bot.parts.word_lists.add(bot.guild.id, words, by=OPERATOR, list_name="other")
    await (await bot.alice.says("idiot walrus")).wait_deleted(timeout=TIMEOUT)
    await bot.alice.wait_timed_out(timeout=TIMEOUT)
    told = await entry(log, "Case #1 · Violation")
    await told.wait(lambda one: "timed out until" in fields(one)["Done"], timeout=TIMEOUT)
    assert fields(told)["Strikes"] == "1 strike with this one"
    assert len(log.messages) == 1
    page = await bot.store.cases.cases(bot.guild.id, CaseFilter(), limit=9)
    assert page.total == 1
    assert {action.kind for action in page.cases[0].actions} == {"delete", "timeout", "notice"}


async def test_what_automod_blocked_is_no_offence_once_more(stopped_bot: Bot, log: Channel) -> None:
    """Its alert holds the word and is told of as its author's."""
    bot = stopped_bot
    alerts = bot.guild.add_channel("alerts")
    alert = await bot.guild.automod_blocks(bot.alice, "idiot", keyword="idiot", alerts=alerts)
    assert (await bot.watch.verdict_on(alert)).skipped is Skip.ALERT
    await bot.works()
    assert not alert.deleted
    page = await bot.store.cases.cases(bot.guild.id, CaseFilter(), limit=9)
    assert [case.hits[0].entry for case in page.cases] == ["canary"]


async def test_what_is_set_for_one_channel_holds_in_that_one_at_once(bot: Bot) -> None:
    """Also where something was judged in both just before, and again when it is taken back."""
    here, there = bot.guild.general, bot.guild.add_channel("harbour")
    for free, watched in ((here, there), (there, here), (here, there)):
        await exempts(bot, channels={free.id})
        kept = await bot.alice.says("idiot", channel=free)
        await (await bot.alice.says("idiot", channel=watched)).wait_deleted(timeout=TIMEOUT)
        assert (await bot.watch.verdict_on(kept)).spared[0].because is Because.CHANNEL
        assert not kept.deleted


async def test_trying_says_what_is_true_and_does_nothing(bot: Bot) -> None:
    """``/words test`` agrees with what happens to the same text, and happens to nobody."""
    for text, would in (("you 1d10t", True), ("idiotic", False)):
        tried = await said(await bot.owner.uses("/words test", text=text))
        assert ("1 hit" in tried) is would
        assert ("Nothing would match" in tried) is not would
        before = len(bot.discord.journal.requests("DELETE", DELETE))
        message = await bot.alice.says(text)
        if would:
            await message.wait_deleted(timeout=TIMEOUT)
        else:
            await bot.kept(message)
        after = len(bot.discord.journal.requests("DELETE", DELETE))
        assert after - before == would


async def test_a_deletion_that_fails_is_never_told_as_done(stopped_bot: Bot, log: Channel) -> None:
    """Neither by the entry nor by the case."""
    bot = stopped_bot
    bot.guild.general.permit(bot.guild.role("Palisade"), deny=Permissions.MANAGE_MESSAGES)
    message = await bot.alice.says("idiot")
    await bot.watch.until(lambda: bot.watch.count(Outcome.FORBIDDEN) == 1)
    told = await entry(log, "Case #1")
    assert fields(told)["Done"] != "message deleted"
    # Once the refusal is written down, all tell it.
    await told.wait(lambda one: "Manage Messages" in fields(one)["Done"], timeout=TIMEOUT)
    shown = await (await bot.owner.uses("/case view", number=1)).reply()
    assert "not deleted" in fields(shown)["Done"]
    case = await bot.store.cases.case(bot.guild.id, 1)
    assert [action.state for action in case.actions] == [State.FORBIDDEN]
    assert not message.deleted
