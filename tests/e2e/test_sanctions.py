"""From a message to what is done to whoever wrote it: once, whatever fails meanwhile, and never
after its case was undone."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from clock import utc_ms
from moderation.cases import CaseKind, HandMade
from moderation.consequence import BAN, DELETE, KICK, Consequence, Step
from moderation.escalation import BRAKE
from moderation.policy import Ladder, Rung
from moderation.records import Actor
from moderation.verdict import Ban, EndTimeout, Kick, Outcome, Sanction, TimeOut, Unban
from sandbox import Member, Permissions
from sandbox.journal import RequestEntry
from tests.e2e.harness import NEEDED, TIMEOUT, Bot
from tests.e2e.ladders import climb, climb_none
from tests.e2e.test_store_faults import Fault

MEMBER = "/guilds/{guild_id}/members/{user_id}"
BANNED = "/guilds/{guild_id}/bans/{user_id}"
MINUTE = 60_000
HOUR = Consequence(Step.TIMEOUT, 60 * MINUTE)
BAN_HOUR = Consequence(Step.BAN, 60 * MINUTE)
PUNISHING = (
    NEEDED | Permissions.MODERATE_MEMBERS | Permissions.KICK_MEMBERS | Permissions.BAN_MEMBERS
)
MODERATOR = Actor(7, "mo")


@dataclass
class Clock:
    """The time, as far ahead as a test wants it."""

    ahead: int = 0

    def __call__(self) -> int:
        return utc_ms() + self.ahead


@dataclass
class Court:
    """A bot that punishes, and what is asked of it."""

    bot: Bot
    clock: Clock = field(default_factory=Clock)

    async def start(self) -> None:
        await self.bot.start(clock=self.clock)

    def asks_for(self, *consequences: Consequence) -> None:
        """What follows from the first strike, the second, and so on."""
        rungs = tuple(Rung(number, one) for number, one in enumerate(consequences, 1))
        climb(Ladder(rungs))

    async def ended(self, kind: type[Sanction], number: int = 1) -> Outcome:
        """How the ``number``-th of this kind ended."""
        watch = self.bot.watch

        def of_kind() -> list[Outcome]:
            return [one.result.outcome for one in watch.outcomes if isinstance(one.action, kind)]

        await watch.until(lambda: len(of_kind()) >= number)
        return of_kind()[number - 1]

    def granted(self, method: str, route: str) -> list[RequestEntry]:
        """The requests that Discord carried out, whether or not the bot heard of it."""
        requests = self.bot.discord.journal.requests(method, route)
        return [one for one in requests if one.status in (200, 204) or one.status is None]

    def punished(self) -> list[tuple[str, int]]:
        """What the audit log says was done to people by the bot: Discord's own account of it."""
        kinds = {20: "kick", 22: "ban", 23: "unban", 24: "timeout"}
        return [
            (kinds[entry.action], entry.target_id or 0)
            for entry in self.bot.guild.audit_log
            if entry.action in kinds
            and entry.by.id == self.bot.app.id
            and (entry.action != 24 or "communication_disabled_until" in str(entry.changes))
        ]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.bot.database)) as connection:
            return connection.execute(sql).fetchall()

    def states(self) -> list[tuple[str, str]]:
        """Kind and state of all that is done to people, by the log."""
        return self.rows(
            "SELECT kind, state FROM actions"
            " WHERE kind IN ('timeout', 'kick', 'ban', 'unban', 'end timeout') ORDER BY action_id"
        )

    async def undo(self, number: int = 1) -> None:
        """As the case book does it."""
        await asyncio.to_thread(self._undo, number)

    def _undo(self, number: int) -> None:
        with closing(sqlite3.connect(self.bot.database, isolation_level=None)) as connection:
            connection.execute("UPDATE cases SET state = 'undone' WHERE number = ?", (number,))
            connection.execute(
                "UPDATE actions SET state = 'withdrawn' WHERE decision_id IN"
                " (SELECT decision_id FROM decisions WHERE case_number = ?)"
                " AND state IN ('pending', 'forbidden', 'held')",
                (number,),
            )


@pytest.fixture
async def court(stopped_bot: Bot) -> AsyncIterator[Court]:
    await stopped_bot.ban("idiot")
    stopped_bot.guild.role("Palisade").change(permissions=PUNISHING)
    court = Court(stopped_bot)
    await court.start()
    yield court
    climb_none()


async def offends(bot: Bot, member: Member | None = None) -> None:
    """Somebody writes what is banned, and it is gone."""
    message = await (member or bot.alice).says("idiot")
    await message.wait_deleted(timeout=TIMEOUT)


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
    court.asks_for(consequence)
    await offends(court.bot)
    assert await court.ended(kind) is Outcome.DONE
    assert done(court.bot)
    reasons = [entry.reason for entry in court.bot.guild.audit_log]
    assert "Case #1: Banned in message: idiot (list main)" in reasons
    await court.bot.stop()
    assert [state for _, state in court.states()] == ["done"]


async def test_a_timeout_is_as_long_as_it_should_be(court: Court) -> None:
    court.asks_for(HOUR)
    before = utc_ms()
    await offends(court.bot)
    await court.ended(TimeOut)
    (request,) = court.granted("PATCH", MEMBER)
    assert isinstance(request.json, dict)
    until = datetime.fromisoformat(request.json["communication_disabled_until"])
    assert before <= until.timestamp() * 1000 - 60 * MINUTE <= utc_ms()


async def test_nothing_is_done_to_somebody_for_a_mere_deletion(court: Court) -> None:
    court.asks_for(DELETE)
    await offends(court.bot)
    await court.bot.stop()
    assert (court.punished(), court.states()) == ([], [])
    assert court.rows("SELECT number, text FROM cases") == [(1, "idiot")]


async def test_the_ladder_is_climbed_strike_by_strike(court: Court) -> None:
    court.asks_for(DELETE, DELETE, HOUR, HOUR, BAN)
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
    court.asks_for(HOUR, BAN)
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
    court.asks_for(HOUR)
    await court.bot.alice.nick("An Idiot")
    await court.bot.alice.wait_nickname(None)
    assert await court.ended(TimeOut) is Outcome.DONE
    await court.bot.stop()
    assert court.rows("SELECT surface, text, user_id FROM cases") == [
        ("nickname", "An Idiot", court.bot.alice.id)
    ]


async def test_the_brake_holds_what_is_too_much_and_lets_go_once(court: Court) -> None:
    court.asks_for(BAN)
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


# Undone


async def test_what_was_undone_before_it_was_done_is_never_done(court: Court) -> None:
    court.asks_for(HOUR)
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
    court.asks_for(consequence)
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
    court.asks_for(HOUR)
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


@pytest.mark.parametrize(
    ("consequence", "kind", "method", "route"),
    [
        (HOUR, TimeOut, "PATCH", MEMBER),
        (KICK, Kick, "DELETE", MEMBER),
        (BAN, Ban, "PUT", BANNED),
    ],
)
async def test_a_lost_answer_is_no_second_punishment(
    court: Court, consequence: Consequence, kind: type[Sanction], method: str, route: str
) -> None:
    court.asks_for(consequence)
    # As often as one request is tried; then the outbox looks before it asks again.
    court.bot.discord.faults.rest(method=method, path=route, drop="after", times=4)
    await offends(court.bot)
    assert (await court.ended(kind)).succeeded
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
    court.asks_for(consequence)
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
    court.asks_for(HOUR)
    bot = court.bot
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
    court.asks_for(HOUR, BAN)
    court.bot.guild.role("Palisade").change(permissions=NEEDED)
    await offends(court.bot)
    await court.ended(TimeOut)
    court.bot.alice.leave()
    court.bot.guild.role("Palisade").change(permissions=PUNISHING)
    assert await court.ended(TimeOut, 2) is Outcome.GONE


# The store fails


@pytest.fixture
def fault(court: Court) -> Iterator[Fault]:
    with closing(Fault(court.bot)) as fault:
        yield fault


async def test_while_nothing_can_be_written_nobody_is_punished(court: Court, fault: Fault) -> None:
    court.asks_for(HOUR)
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
    court.asks_for(HOUR)
    await fault.locked()
    await offends(court.bot)
    await fault.unlocked()
    assert await court.ended(TimeOut) is Outcome.DONE
    assert len(court.punished()) == 1


# By moderators


def by_hand(bot: Bot, kind: CaseKind, consequence: Consequence = DELETE) -> HandMade:
    user = bot.alice
    return HandMade(kind, user.id, "alice", MODERATOR, "rude", consequence, utc_ms())


async def test_what_moderators_do_is_answered_with_what_discord_said(court: Court) -> None:
    bot, guild_id, alice = court.bot, court.bot.guild.id, court.bot.alice.id
    assert bot.parts is not None
    sanctions = bot.parts.sanctions
    until = utc_ms() + 60 * MINUTE
    asked: list[tuple[CaseKind, Sanction, Consequence]] = [
        (CaseKind.TIMEOUT, TimeOut(guild_id, alice, until, "rude"), HOUR),
        (CaseKind.TIMEOUT_ENDED, EndTimeout(guild_id, alice, "well"), DELETE),
        (CaseKind.BAN, Ban(guild_id, alice, None, "rude"), BAN),
        (CaseKind.UNBAN, Unban(guild_id, alice, "well"), DELETE),
    ]
    for number, (kind, action, consequence) in enumerate(asked, 1):
        acted = await sanctions.by_moderator(guild_id, by_hand(bot, kind, consequence), action)
        assert acted is not None
        assert acted.result is not None
        assert (acted.case_number, acted.result.outcome) == (number, Outcome.DONE)
    kinds = [kind for kind, _ in court.punished()]
    assert kinds == ["timeout", "timeout", "ban", "unban"]
    bot.guild.role("Palisade").change(permissions=NEEDED)
    refused = await sanctions.by_moderator(
        guild_id, by_hand(bot, CaseKind.BAN, BAN), Ban(guild_id, alice, None, "rude")
    )
    assert refused is not None
    assert refused.result is not None
    assert refused.result.outcome is Outcome.FORBIDDEN
    assert "Ban Members" in refused.result.detail


# Over


async def test_a_ban_for_a_time_ends_at_its_time(court: Court) -> None:
    court.asks_for(BAN_HOUR)
    await offends(court.bot)
    await court.ended(Ban)
    court.clock.ahead = 61 * MINUTE
    assert court.bot.parts is not None
    court.bot.parts.expiry.wake()
    assert await court.ended(Unban) is Outcome.DONE
    assert not court.bot.guild.banned(court.bot.alice)
    await court.bot.stop()
    assert court.rows("SELECT state FROM cases") == [("expired",)]


async def test_a_ban_that_was_over_while_the_bot_was_off_ends_at_the_start_once(
    court: Court,
) -> None:
    court.asks_for(BAN_HOUR)
    await offends(court.bot)
    await court.ended(Ban)
    await court.bot.stop()
    court.clock.ahead = 61 * MINUTE
    await court.start()
    assert await court.ended(Unban) is Outcome.DONE
    await court.bot.stop()
    await court.start()
    await court.bot.works()
    assert [kind for kind, _ in court.punished()] == ["ban", "unban"]


async def test_who_was_unbanned_by_hand_is_left_alone(court: Court) -> None:
    court.asks_for(BAN_HOUR)
    await offends(court.bot)
    await court.ended(Ban)
    await court.bot.owner.unbans(court.bot.alice.user)
    court.clock.ahead = 61 * MINUTE
    assert court.bot.parts is not None
    court.bot.parts.expiry.wake()
    assert await court.ended(Unban) is Outcome.GONE
    await court.bot.stop()
    assert court.rows("SELECT state FROM cases") == [("expired",)]
