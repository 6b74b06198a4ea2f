"""From a message to what is done to whoever wrote it: each consequence, the ladder, the brake."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from clock import utc_ms
from moderation.consequence import BAN, DELETE, KICK, MAX_TIMEOUT_MS, Consequence, Step
from moderation.escalation import BRAKE
from moderation.events import NamesSeen
from moderation.records import MAIN_LIST, OPERATOR
from moderation.verdict import Ban, Kick, Outcome, Sanction, TimeOut
from tests.e2e.court import (
    BAN_HOUR,
    HOUR,
    MEMBER,
    MINUTE,
    Court,
    offends,
)
from tests.e2e.harness import TIMEOUT, Bot


@pytest.mark.parametrize(
    ("consequence", "kind", "done"),
    [
        (HOUR, TimeOut, lambda bot: bot.alice.timed_out),
        (KICK, Kick, lambda bot: not bot.alice.present and not bot.guild.banned(bot.alice)),
        (BAN, Ban, lambda bot: bot.guild.banned(bot.alice)),
        (BAN_HOUR, Ban, lambda bot: bot.guild.banned(bot.alice)),
    ],
)
async def test_each_consequence_is_carried_out_with_its_reason(
    court: Court, consequence: Consequence, kind: type[Sanction], done: Callable[[Bot], bool]
) -> None:
    await court.asks_for(consequence)
    await offends(court.bot)
    assert await court.ended(kind) is Outcome.DONE
    assert done(court.bot)
    reasons = [entry.reason for entry in court.bot.guild.audit_log]
    assert "Case #1: Banned in message: idiot (list main)" in reasons
    await court.bot.stop()
    assert [state for _, state in court.states()] == ["done"]


async def test_a_timeout_is_as_long_as_it_should_be(court: Court) -> None:
    await court.asks_for(HOUR)
    before = utc_ms()
    await offends(court.bot)
    await court.ended(TimeOut)
    (request,) = court.granted("PATCH", MEMBER)
    assert isinstance(request.json, dict)
    until = datetime.fromisoformat(request.json["communication_disabled_until"])
    assert before <= until.timestamp() * 1000 - 60 * MINUTE <= utc_ms()


async def test_the_longest_timeout_is_taken_although_clocks_differ(court: Court) -> None:
    court.clock.ahead = MINUTE // 2
    await court.asks_for(Consequence(Step.TIMEOUT, MAX_TIMEOUT_MS))
    await offends(court.bot)
    assert await court.ended(TimeOut) is Outcome.DONE
    assert court.bot.alice.timed_out


async def test_nothing_is_done_to_somebody_for_a_mere_deletion(court: Court) -> None:
    await court.asks_for(DELETE)
    await offends(court.bot)
    await court.bot.stop()
    assert (court.punished(), court.states()) == ([], [])
    assert court.rows("SELECT number, text FROM cases") == [(1, "idiot")]


async def test_the_ladder_is_climbed_strike_by_strike(court: Court) -> None:
    await court.asks_for(DELETE, DELETE, HOUR, HOUR, BAN)
    for ends in ((), (), (TimeOut, 1), (TimeOut, 2), (Ban, 1)):
        await offends(court.bot)
        court.clock.ahead += 2 * MINUTE
        if ends:
            assert await court.ended(*ends) is Outcome.DONE
        if court.bot.alice.timed_out:
            await court.bot.owner.times_out(court.bot.alice, None)
    await court.bot.stop()
    assert court.states() == [("timeout", "done"), ("timeout", "done"), ("ban", "done")]
    assert court.rows("SELECT strikes, step FROM cases ORDER BY number") == [
        *((1, 1), (2, 1), (3, 3), (4, 3), (5, 5))
    ]


async def test_a_burst_is_one_strike(court: Court) -> None:
    await court.asks_for(HOUR, BAN)
    # All of it before the bot can act.
    messages = await asyncio.gather(*(court.bot.alice.says("idiot") for _ in range(5)))
    for message in messages:
        await message.wait_deleted(timeout=TIMEOUT)
    await court.bot.stop()
    assert court.states() == [("timeout", "done")]
    assert court.rows("SELECT DISTINCT strikes FROM cases") == [(1,)]


async def test_what_one_catch_up_finds_is_marked_as_one(court: Court) -> None:
    bot = court.bot
    await offends(bot)
    await bot.stop()
    other = bot.guild.add_channel("other")
    missed = [await bot.alice.says("idiot"), await bot.alice.says("idiot", channel=other)]
    await court.start()
    for message in missed:
        await message.wait_deleted(timeout=TIMEOUT)
    await bot.stop()
    live, *found = court.rows("SELECT catch_up FROM cases ORDER BY number")
    assert live == (None,)
    assert len(found) == 2
    assert len(set(found)) == 1
    assert found[0] != (None,)


async def test_a_case_keeps_links_to_the_files(court: Court) -> None:
    message = await court.bot.alice.says("idiot", files=[("cat.png", b"meow")])
    await message.wait_deleted(timeout=TIMEOUT)
    await court.bot.stop()
    ((attachments,),) = court.rows("SELECT attachments FROM cases")
    (link,) = json.loads(attachments)
    assert link.startswith("http")
    assert "cat.png" in link


async def test_a_name_has_its_case_and_its_consequence(court: Court) -> None:
    await court.asks_for(HOUR)
    await court.bot.alice.nick("An Idiot")
    await court.bot.alice.wait_nickname(None)
    assert await court.ended(TimeOut) is Outcome.DONE
    await court.bot.stop()
    assert court.rows("SELECT surface, text, user_id FROM cases") == [
        ("nickname", "An Idiot", court.bot.alice.id)
    ]


async def test_the_brake_holds_what_is_too_much_and_lets_go_once(court: Court) -> None:
    await court.asks_for(BAN)
    bot = court.bot
    raiders = [
        bot.guild.join(bot.discord.add_user(f"raider{number}")) for number in range(BRAKE + 3)
    ]
    messages = await asyncio.gather(*(raider.says("idiot") for raider in raiders))
    for message in messages:
        await message.wait_deleted(timeout=TIMEOUT)
    await court.ended(Ban, BRAKE)
    assert len(court.punished()) == BRAKE
    ((number,), *_) = court.rows(
        "SELECT case_number FROM decisions JOIN actions USING (decision_id) WHERE state = 'held'"
    )
    assert bot.parts is not None
    told = await asyncio.gather(
        *(bot.parts.sanctions.release(bot.guild.id, number) for _ in range(2))
    )
    (acted,) = [one for one in told if one is not None]
    assert acted.result is not None
    assert (acted.case_number, acted.result.outcome) == (number, Outcome.DONE)
    await bot.stop()
    assert len(court.punished()) == BRAKE + 1
    assert sorted(court.states()) == [("ban", "done")] * (BRAKE + 1) + [("ban", "held")] * 2


async def test_what_can_only_be_told_of_is_told_once(court: Court) -> None:
    bot = court.bot
    await bot.ban("rude")
    await bot.alice.user.wears("RUDE")
    await bot.watch.verdict_on_names(bot.alice.id)
    await bot.stop()
    await court.start()
    await bot.alice.says("hello")
    await bot.watch.verdict_on_names(bot.alice.id, number=2)
    await bot.stop()
    assert court.rows("SELECT surface, user_id, text FROM cases") == [
        ("server tag", bot.alice.id, "RUDE")
    ]
    assert court.states() == []


async def test_a_list_in_the_shadow_tells_and_does_nothing(court: Court) -> None:
    bot = court.bot
    assert bot.parts is not None
    await bot.parts.policies.set_list(
        bot.guild.id,
        MAIN_LIST,
        lambda was: replace(was, consequence=BAN, shadow=True),
        by=OPERATOR,
    )
    message = await bot.alice.says("idiot")
    await bot.watch.verdict_on(message)
    await message.edit("idiot, again")  # the same message is told of once
    await bot.alice.nick("Idiot")
    await bot.watch.until(
        lambda: any(one.violates and isinstance(one.event, NamesSeen) for one in bot.watch.verdicts)
    )
    await bot.stop()
    assert not message.deleted
    assert (bot.alice.nickname, court.states()) == ("Idiot", [])
    assert court.rows("SELECT surface, text, counts, step FROM cases ORDER BY number") == [
        ("message", "idiot", 0, 0),
        ("nickname", "Idiot", 0, 0),
    ]
