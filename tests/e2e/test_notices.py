"""Authors are told what happened: privately or for a moment, once, and never in banned words."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from clock import utc_ms
from moderation.cases import CaseKind, HandMade
from moderation.consequence import BAN, DELETE, KICK, WARN, Consequence
from moderation.policy import GuildPolicy, ListPolicy, NoticeBy
from moderation.policy import Notices as Settings
from moderation.records import MAIN_LIST, OPERATOR
from moderation.verdict import Ban, Kick, Outcome, Sanction, TimeOut
from sandbox import Channel, Member, Permissions
from sandbox.journal import RequestEntry
from service.notices import NoticePace
from tests.e2e.court import HOUR, MODERATOR, PUNISHING, Court, offends
from tests.e2e.harness import TIMEOUT

WRITE = "/channels/{channel_id}/messages"
OPEN = "/users/@me/channels"
REPLYING = PUNISHING | Permissions.SEND_MESSAGES


def inbox(court: Court, member: Member | None = None) -> Channel:
    """The conversation between the bot and somebody."""
    return (member or court.bot.alice).user.conversation(court.bot.app.user)


def texts(court: Court, member: Member | None = None) -> list[str]:
    return [message.content for message in inbox(court, member).messages]


async def is_told(court: Court, member: Member | None = None) -> str:
    """What somebody was told, when it has come."""
    return (await inbox(court, member).wait_message(lambda _: True, timeout=TIMEOUT)).content


async def sets(court: Court, notices: Settings) -> None:
    def change(policy: GuildPolicy) -> GuildPolicy:
        return replace(policy, notices=notices)

    assert court.bot.parts is not None
    await court.bot.parts.policies.set_policy(
        court.bot.guild.id, change, by=OPERATOR, what="notices"
    )


async def sets_main(court: Court, **changes: Any) -> None:
    def change(policy: ListPolicy) -> ListPolicy:
        return replace(policy, **changes)

    assert court.bot.parts is not None
    await court.bot.parts.policies.set_list(court.bot.guild.id, MAIN_LIST, change, by=OPERATOR)


async def outcomes(court: Court) -> list[tuple[int, str, str | None]]:
    """Case, state and reason of each notice, when all is written down."""
    await court.bot.stop()
    return court.rows(
        "SELECT case_number, state, detail FROM actions JOIN decisions USING (decision_id)"
        " WHERE kind = 'notice' ORDER BY action_id"
    )


def requests(court: Court, method: str, route: str) -> list[RequestEntry]:
    return [one for one in court.bot.discord.journal.requests(method, route) if one.status]


async def replies_so_far(court: Court) -> list[RequestEntry]:
    general = str(court.bot.guild.general.id)
    return [
        one
        for one in requests(court, "POST", WRITE)
        if one.params["channel_id"] == general and one.status == 200
    ]


# Directly


async def test_a_warning_arrives_and_its_case_says_so(court: Court) -> None:
    await court.asks_for(WARN)
    await offends(court.bot)
    text = await is_told(court)
    assert text == (
        r"Your message in **Harbour** (\#general) was removed: it breaks the rules there. "
        "Please take this as a warning.\n"
        "If you think that this is a mistake, tell a moderator: case #1."
    )
    assert await outcomes(court) == [(1, "done", None)]
    case = await court.bot.store.cases.case(court.bot.guild.id, 1)
    assert case.told == "done"


async def test_a_mere_deletion_is_told_where_that_is_set(court: Court) -> None:
    await offends(court.bot)
    await sets(court, Settings(deletions=True))
    bob = court.bot.guild.join(court.bot.discord.add_user("bob"))
    await offends(court.bot, bob)
    assert "case #2" in await is_told(court, bob)
    assert texts(court) == []
    assert await outcomes(court) == [(2, "done", None)]


async def test_whoever_takes_no_messages_is_punished_all_the_same(court: Court) -> None:
    await court.asks_for(BAN)
    court.bot.alice.user.take_direct(False)
    await offends(court.bot)
    await court.ended(Ban)
    assert court.bot.guild.banned(court.bot.alice)
    ((number, state, detail),) = await outcomes(court)
    assert (number, state) == (1, "failed")
    assert "no direct messages" in str(detail)


@pytest.mark.parametrize(
    ("consequence", "kind", "said"),
    [
        (KICK, Kick, "You are being removed from the server"),
        (BAN, Ban, "You are banned from the server."),
    ],
)
async def test_before_a_kick_or_ban_the_word_comes_first(
    court: Court, consequence: Consequence, kind: type[Kick | Ban], said: str
) -> None:
    bot = court.bot
    bob = bot.guild.join(bot.discord.add_user("bob"))
    await court.asks_for(consequence)
    held = bot.discord.faults.rest(method="POST", path=WRITE, hold=True)
    await offends(bot)
    await held.wait_met()
    await offends(bot, bob)
    await court.ended(kind)
    assert (bob.present, bot.alice.present) == (False, True), "hers has not come yet"
    held.release()
    await court.ended(kind, 2)
    assert not bot.alice.present
    assert said in await is_told(court)
    assert [state for _, state, _ in await outcomes(court)] == ["done", "done"]


async def test_a_timeout_tells_until_when(court: Court) -> None:
    await court.asks_for(HOUR)
    await offends(court.bot)
    await court.ended(TimeOut)
    assert "You cannot write there until <t:" in await is_told(court)


REMOVED = r"Your message in **Harbour** (\#general) was removed: it breaks the rules there. "
STAYS = r"Your message in **Harbour** (\#general) breaks the rules there. "
WARNING = (
    "Please take this as a warning.\n"
    "If you think that this is a mistake, tell a moderator: case #1."
)


@pytest.mark.parametrize(
    ("consequence", "lacks", "said"),
    [
        (HOUR, Permissions.MODERATE_MEMBERS, REMOVED + WARNING),
        (KICK, Permissions.KICK_MEMBERS, REMOVED + WARNING),
        (BAN, Permissions.BAN_MEMBERS, REMOVED + WARNING),
        (WARN, Permissions.MANAGE_MESSAGES, STAYS + WARNING),
        (HOUR, Permissions.MODERATE_MEMBERS | Permissions.MANAGE_MESSAGES, STAYS + WARNING),
    ],
)
async def test_nobody_is_told_of_what_was_not_done(
    court: Court, consequence: Consequence, lacks: Permissions, said: str
) -> None:
    await court.asks_for(consequence)
    await sets(court, Settings(text="You are out until {until}: {consequence}."))
    court.bot.guild.role("Palisade").change(permissions=PUNISHING & ~lacks)
    await court.bot.alice.says("idiot")
    assert await is_told(court) == said


@pytest.mark.parametrize(("consequence", "kind"), [(HOUR, TimeOut), (KICK, Kick), (BAN, Ban)])
async def test_whoever_stands_above_the_bot_is_not_told_of_a_punishment(
    court: Court, consequence: Consequence, kind: type[Sanction]
) -> None:
    above = court.bot.guild.add_role("Above", position=90)
    court.bot.alice.give(above)
    await court.asks_for(consequence)
    await offends(court.bot)
    assert await court.ended(kind) is Outcome.FORBIDDEN
    assert await is_told(court) == REMOVED + WARNING


async def test_a_burst_is_told_once(court: Court) -> None:
    bot = court.bot
    await court.asks_for(WARN)
    await bot.stop()
    await bot.start(clock=court.clock, notice_pace=NoticePace(gather=1e6))
    for _ in range(3):
        await offends(bot)
    await bot.stop()  # what gathers is told at the end
    (text,) = texts(court)
    assert text.startswith("3 of your messages in **Harbour** were removed")
    await bot.start(clock=court.clock)
    await offends(bot)
    assert await outcomes(court) == [(1, "done", None)], "still the same strike"
    assert len(texts(court)) == 1


async def test_what_a_moderator_does_by_a_button_is_told_first(court: Court) -> None:
    bot = court.bot
    assert bot.parts is not None
    new = HandMade(CaseKind.KICK, bot.alice.id, "alice", MODERATOR, "spam", KICK, utc_ms())
    await bot.parts.sanctions.by_moderator(
        bot.guild.id, new, Kick(bot.guild.id, bot.alice.id, "spam")
    )
    assert texts(court) == [
        "From the moderators of **Harbour**: You are being removed from the server; you may join "
        "again. Reason: spam\nIf you think that this is a mistake, tell a moderator: case #1."
    ]
    assert not bot.alice.present


async def test_a_lost_answer_is_no_second_message(court: Court) -> None:
    await court.asks_for(WARN)
    court.bot.discord.faults.rest(method="POST", path=WRITE, drop="after")
    await offends(court.bot)
    await court.bot.discord.journal.wait_request("POST", WRITE, lambda one: one.status == 200)
    assert await outcomes(court) == [(1, "done", None)]
    assert len(texts(court)) == 1


async def test_nothing_is_told_where_that_is_set(court: Court) -> None:
    await sets(court, Settings(NoticeBy.NOBODY))
    await court.asks_for(BAN)
    await offends(court.bot)
    await court.ended(Ban)
    assert await outcomes(court) == []
    assert requests(court, "POST", OPEN) == []


# By a reply


@pytest.fixture
async def replying(court: Court) -> Court:
    """Authors are told by a reply."""
    court.bot.guild.role("Palisade").change(permissions=REPLYING)
    await sets(court, Settings(NoticeBy.REPLY))
    await court.asks_for(WARN)
    return court


async def test_a_reply_stands_for_a_moment_and_pings_nobody(replying: Court) -> None:
    bot = replying.bot
    await bot.stop()
    await bot.start(clock=replying.clock, notice_pace=NoticePace(gather=0.0, stands=1.0))
    await offends(bot)
    reply = await bot.guild.general.wait_message(
        lambda one: one.author_id == bot.app.id, timeout=TIMEOUT
    )
    assert reply.content == (
        f"<@{bot.alice.id}>: Your message was removed: it breaks the rules here. "
        "Please take this as a warning."
    )
    assert reply.mentions == []
    await reply.wait_deleted(timeout=TIMEOUT)
    assert texts(replying) == []
    assert await outcomes(replying) == [(1, "done", None)]
    assert replying.rows("SELECT * FROM notice_replies") == []


async def test_a_reply_is_removed_after_a_start_as_well(replying: Court) -> None:
    bot = replying.bot
    await bot.stop()
    await bot.start(clock=replying.clock, notice_pace=NoticePace(gather=0.0, stands=3_600.0))
    await offends(bot)
    reply = await bot.guild.general.wait_message(
        lambda one: one.author_id == bot.app.id, timeout=TIMEOUT
    )
    await bot.stop()
    assert not reply.deleted
    replying.clock.ahead = 3_601_000
    await replying.start()
    await reply.wait_deleted(timeout=TIMEOUT)
    await bot.stop()
    assert replying.rows("SELECT * FROM notice_replies") == []


@pytest.mark.parametrize("template", ["Do not say idiot", "No {list}", "1d10t, {server}!"])
async def test_a_reply_never_holds_the_word(replying: Court, template: str) -> None:
    bot = replying.bot
    await bot.ban("main")
    await sets_main(replying, notice=template)
    await offends(bot)
    await bot.discord.journal.wait_request("POST", WRITE, lambda one: one.status == 200)
    (request,) = await replies_so_far(replying)
    assert "rules here" in request.json["content"]
    assert template.split()[-1] not in request.json["content"]


async def test_a_reply_that_may_not_be_written_is_told_in_the_case(replying: Court) -> None:
    bot = replying.bot
    bot.guild.general.permit(bot.guild.role("Palisade"), deny=Permissions.SEND_MESSAGES)
    await offends(bot)
    await bot.discord.journal.wait_request("POST", WRITE, lambda one: one.status == 403)
    ((_, state, detail),) = await outcomes(replying)
    assert state == "failed"
    assert "Send Messages" in str(detail)


async def test_who_is_banned_is_told_directly(replying: Court) -> None:
    await replying.asks_for(BAN)
    await offends(replying.bot)
    await replying.ended(Ban)
    assert "banned" in await is_told(replying)
    assert await replies_so_far(replying) == []


# Exempt


async def test_a_moderator_is_told_once_that_it_stays(court: Court) -> None:
    bot = court.bot
    message = await bot.owner.says("idiot")
    text = await is_told(court, bot.owner)
    assert r"in **Harbour** (\#general) holds something that is banned" in text
    await bot.owner.says("idiot again")
    await bot.stop()
    await court.start()
    await bot.owner.says("idiot once more")
    await bot.works()
    await bot.stop()
    assert len(texts(court, bot.owner)) == 1
    assert not message.deleted


async def test_notices_are_told_within_their_bounds(court: Court) -> None:
    bot = court.bot
    await court.asks_for(WARN)
    people = [bot.guild.join(bot.discord.add_user(f"raider{n}")) for n in range(12)]
    await asyncio.gather(*(offends(bot, one) for one in people))
    told = await outcomes(court)
    assert sorted(state for _, state, _ in told) == ["done"] * 10 + ["failed"] * 2
    assert {detail for _, state, detail in told if state == "failed"} == {
        "too many were told within a minute"
    }
    assert len(requests(court, "POST", OPEN)) == 10


async def test_deletions_of_others_are_not_told(court: Court) -> None:
    await court.asks_for(DELETE)
    await offends(court.bot)
    assert await outcomes(court) == []
