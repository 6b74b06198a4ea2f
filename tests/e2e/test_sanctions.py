"""What is done to members, once, whatever fails meanwhile, and never after its case was undone."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cogs.helpers.nextcord_private import rest
from moderation.consequence import BAN, KICK, MAX_TIMEOUT_MS, Consequence, Step
from moderation.escalation import BRAKE
from moderation.records import OPERATOR
from moderation.verdict import Ban, EndTimeout, Kick, Outcome, Sanction, TimeOut, Unban
from sandbox import Member, Permissions
from tests.e2e.court import BANNED, HOUR, MEMBER, PUNISHING, Court, offends
from tests.e2e.harness import NEEDED, TIMEOUT
from tests.e2e.test_store_faults import Fault

# Undone


async def test_what_was_undone_before_it_was_done_is_never_done(court: Court) -> None:
    await court.asks_for(HOUR)
    court.bot.guild.role("Palisade").change(permissions=NEEDED)
    await offends(court.bot)
    assert await court.ended(TimeOut) is Outcome.FORBIDDEN
    await court.undo()
    court.bot.guild.role("Palisade").change(permissions=PUNISHING)
    assert await court.ended(TimeOut, 2) is Outcome.WITHDRAWN
    assert not court.bot.alice.timed_out
    await court.bot.stop()
    await court.start()
    await court.bot.works()
    assert not court.bot.alice.timed_out
    await court.bot.stop()
    assert court.states()[0] == ("timeout", "withdrawn")


@pytest.mark.parametrize("how", ["at once", "after a start"])
@pytest.mark.parametrize(("consequence", "kind"), [(HOUR, EndTimeout), (BAN, Unban)])
async def test_what_an_undone_case_did_is_lifted(
    court: Court, consequence: Consequence, kind: type[Sanction], how: str
) -> None:
    await court.asks_for(consequence)
    await offends(court.bot)
    await court.ended(TimeOut if consequence is HOUR else Ban)
    await court.bot.stop()  # it is written down
    if how == "after a start":
        await court.undo()
        await court.start()
    else:
        await court.start()
        await offends(court.bot, court.bot.guild.join(court.bot.discord.add_user("bob")))
        await court.undo()
        assert court.bot.parts is not None
        acted = await court.bot.parts.sanctions.undone(court.bot.guild.id, 1)
        assert acted is not None
        assert acted.result is not None
        assert acted.result.outcome is Outcome.DONE
        assert await court.bot.parts.sanctions.undone(court.bot.guild.id, 1) is None
    assert await court.ended(kind) is Outcome.DONE
    assert not court.bot.alice.timed_out
    assert not court.bot.guild.banned(court.bot.alice)
    assert [who for _, who in court.punished()].count(court.bot.alice.id) == 2


async def test_what_is_undone_while_discord_is_asked_is_lifted_afterwards(court: Court) -> None:
    await court.asks_for(HOUR)
    # Discord does it, and the bot has not heard that it has.
    court.bot.discord.faults.rest(method="PATCH", path=MEMBER, drop="after")
    await offends(court.bot)
    await court.bot.discord.journal.wait_request("PATCH", MEMBER)
    await court.undo()
    assert court.bot.alice.timed_out
    assert await court.ended(TimeOut) is Outcome.DONE
    assert await court.ended(EndTimeout) is Outcome.DONE
    assert not court.bot.alice.timed_out


# Discord fails


ASKED_FOR = pytest.mark.parametrize(
    ("consequence", "kind", "method", "route", "looked_at"),
    [
        (HOUR, TimeOut, "PATCH", MEMBER, MEMBER),
        # Discord is asked for a minute less, since clocks differ.
        (Consequence(Step.TIMEOUT, MAX_TIMEOUT_MS), TimeOut, "PATCH", MEMBER, MEMBER),
        (KICK, Kick, "DELETE", MEMBER, MEMBER),
        (BAN, Ban, "PUT", BANNED, BANNED),
    ],
    ids=["timeout", "longest timeout", "kick", "ban"],
)


@pytest.fixture
def tried_without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """One request is tried as often as it is, at once."""
    monkeypatch.setattr(rest, "PAUSES_SECONDS", (0.0,) * len(rest.PAUSES_SECONDS))


@ASKED_FOR
@pytest.mark.usefixtures("tried_without_pauses")
async def test_a_lost_answer_is_no_second_punishment(
    court: Court,
    consequence: Consequence,
    kind: type[Sanction],
    method: str,
    route: str,
    looked_at: str,
) -> None:
    await court.asks_for(consequence)
    discord = court.bot.discord
    # aiohttp sends what may be sent twice once more by itself, on a connection that it knew.
    sent = rest.ATTEMPTS if method == "PATCH" else 2 * rest.ATTEMPTS
    lost = discord.faults.rest(method=method, path=route, drop="after", times=sent)
    await offends(court.bot)
    assert await court.ended(kind) is Outcome.DONE
    discord.faults.withdraw(lost)
    # One request was tried as often as it is; then the outbox looked, and did not ask again.
    assert rest.ATTEMPTS <= len(discord.journal.requests(method, route)) <= sent
    assert discord.journal.requests("GET", looked_at)
    assert len(court.punished()) == 1


@ASKED_FOR
@pytest.mark.usefixtures("tried_without_pauses")
async def test_a_punishment_outlasts_an_outage(
    court: Court,
    consequence: Consequence,
    kind: type[Sanction],
    method: str,
    route: str,
    looked_at: str,
) -> None:
    await court.asks_for(consequence)
    discord = court.bot.discord
    discord.faults.rest(method=method, path=route, status=503, times=rest.ATTEMPTS)
    await offends(court.bot)
    assert await court.ended(kind) is Outcome.DONE
    assert len(discord.journal.requests(method, route)) == rest.ATTEMPTS + 1
    assert discord.journal.requests("GET", looked_at)
    assert len(court.punished()) == 1


@pytest.mark.parametrize(
    ("consequence", "kind", "permission", "named"),
    [
        (HOUR, TimeOut, Permissions.MODERATE_MEMBERS, "Moderate Members"),
        (KICK, Kick, Permissions.KICK_MEMBERS, "Kick Members"),
        (BAN, Ban, Permissions.BAN_MEMBERS, "Ban Members"),
    ],
)
async def test_a_permission_that_is_missing_is_named_and_waited_for(
    court: Court,
    consequence: Consequence,
    kind: type[Sanction],
    permission: Permissions,
    named: str,
) -> None:
    await court.asks_for(consequence)
    role = court.bot.guild.role("Palisade")
    role.change(permissions=PUNISHING & ~permission)
    await offends(court.bot)
    assert await court.ended(kind) is Outcome.FORBIDDEN
    refused = next(one for one in court.bot.watch.outcomes if isinstance(one.action, kind))
    assert named in refused.result.detail
    role.change(permissions=PUNISHING)
    assert await court.ended(kind, 2) is Outcome.DONE
    await court.bot.stop()
    assert [state for _, state in court.states()] == ["done"]


async def test_whom_nobody_can_punish_is_not_waited_for(court: Court) -> None:
    await court.asks_for(HOUR)
    bot = court.bot
    assert bot.parts is not None
    await bot.parts.policies.set_policy(
        bot.guild.id,
        lambda was: replace(was, judges_moderators=True),
        by=OPERATOR,
        what="moderators",
    )
    admin = bot.guild.join(bot.discord.add_user("admin"))
    admin.give(bot.guild.add_role("Admins", permissions=Permissions.ADMINISTRATOR))
    for number, (member, said) in enumerate(
        [(bot.owner, "the owner of a server cannot be timed out"), (admin, "Administrator")], 1
    ):
        await offends(bot, member)
        assert await court.ended(TimeOut, number) is Outcome.FAILED
        assert said in bot.watch.outcomes[-1].result.detail
    await bot.stop()
    assert [state for _, state in court.states()] == ["failed", "failed"]


async def test_who_left_is_out_of_reach_but_for_a_ban(court: Court) -> None:
    await court.asks_for(HOUR, BAN)
    court.bot.guild.role("Palisade").change(permissions=NEEDED)
    await offends(court.bot)
    await court.ended(TimeOut)
    court.bot.alice.leave()
    court.bot.guild.role("Palisade").change(permissions=PUNISHING)
    assert await court.ended(TimeOut, 2) is Outcome.GONE


# By hand, meanwhile, where the bot may not read the audit log


async def timed_out_by_hand(court: Court, member: Member) -> datetime:
    """A week, by the owner; its end."""
    await court.bot.owner.times_out(member, timedelta(days=7))
    assert member.timed_out_until is not None
    return member.timed_out_until


async def test_what_was_said_while_the_bot_was_off_cuts_no_longer_timeout_short(
    court: Court,
) -> None:
    await court.bot.works()
    await court.asks_for(HOUR)
    await court.bot.stop()
    bad = await court.bot.alice.says("idiot")
    end = await timed_out_by_hand(court, court.bot.alice)
    await court.start()
    await bad.wait_deleted(timeout=TIMEOUT)
    assert await court.ended(TimeOut) is Outcome.FAILED
    assert court.bot.alice.timed_out_until == end
    assert not court.punished()
    await court.bot.stop()
    told = court.rows("SELECT state, detail FROM actions WHERE kind = 'timeout'")
    assert told == [("failed", "a longer timeout is in force already")]


async def test_what_the_brake_held_cuts_no_longer_timeout_short(court: Court) -> None:
    await court.asks_for(HOUR)
    bot = court.bot
    assert bot.parts is not None
    for number in range(BRAKE):
        await offends(bot, bot.guild.join(bot.discord.add_user(f"raider{number}")))
    await court.ended(TimeOut, BRAKE)
    last = bot.guild.join(bot.discord.add_user("last"))
    await offends(bot, last)
    end = await timed_out_by_hand(court, last)
    acted = await bot.parts.sanctions.release(bot.guild.id, BRAKE + 1)
    assert acted is not None
    assert acted.result is not None
    assert acted.result.detail == "a longer timeout is in force already"
    assert last.timed_out_until == end
    assert len(court.punished()) == BRAKE


async def test_who_came_back_by_themselves_was_not_kicked_by_what_the_brake_held(
    court: Court,
) -> None:
    await court.asks_for(KICK)
    bot = court.bot
    assert bot.parts is not None
    for number in range(BRAKE):
        await offends(bot, bot.guild.join(bot.discord.add_user(f"raider{number}")))
    await court.ended(Kick, BRAKE)
    last = bot.guild.join(bot.discord.add_user("last"))
    await offends(bot, last)
    last.leave()
    bot.guild.join(last.user)
    await bot.parts.sanctions.release(bot.guild.id, BRAKE + 1)
    assert await court.ended(Kick, BRAKE + 1) is Outcome.DONE
    assert court.punished()[-1] == ("kick", last.id)


# The store fails


@pytest.fixture
def fault(court: Court) -> Iterator[Fault]:
    with closing(Fault(court.bot)) as fault:
        yield fault


async def test_while_nothing_can_be_written_nobody_is_punished(court: Court, fault: Fault) -> None:
    await court.asks_for(HOUR)
    await fault.read_only()
    await offends(court.bot)
    assert not court.bot.alice.timed_out
    await fault.writable()
    assert await court.ended(TimeOut) is Outcome.DONE
    await court.bot.stop()
    assert court.states() == [("timeout", "done")]
    assert len(court.punished()) == 1


async def test_a_record_that_came_late_is_followed_all_the_same(court: Court, fault: Fault) -> None:
    """The deletion did not wait for the lock, the write went through after it."""
    await court.asks_for(HOUR)
    await fault.locked()
    await offends(court.bot)
    await fault.unlocked()
    assert await court.ended(TimeOut) is Outcome.DONE
    assert len(court.punished()) == 1
