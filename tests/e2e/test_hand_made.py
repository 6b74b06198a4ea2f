"""What moderators do by hand in Discord becomes a case, once; what the bot does makes no second."""

import asyncio
from datetime import timedelta

import pytest

from clock import utc_ms
from moderation.cases import CaseKind, CaseState, HandMade
from moderation.consequence import BAN, KICK
from moderation.verdict import Ban, Kick, TimeOut
from sandbox import Permissions
from tests.e2e.court import HOUR, MODERATOR, PUNISHING, Court, offends
from tests.e2e.harness import TIMEOUT

AUDITING = PUNISHING | Permissions.VIEW_AUDIT_LOG
READ = "/guilds/{guild_id}/audit-logs"
ENTRY = "GUILD_AUDIT_LOG_ENTRY_CREATE"

type Row = tuple[str, str, str, str, str, int]


@pytest.fixture
async def court(court: Court) -> Court:
    """A bot that may read the audit log, and has begun to."""
    await court.bot.stop()
    court.bot.guild.role("Palisade").change(permissions=AUDITING)
    await court.start()
    await read(court)
    return court


async def read(court: Court) -> None:
    """It has read what it missed."""
    await court.bot.discord.journal.wait_request("GET", READ, lambda one: one.status == 200)
    assert court.bot.parts is not None
    async with asyncio.timeout(TIMEOUT):
        await court.bot.parts.hand_made.idle()


async def heard(court: Court) -> None:
    """It has taken in all that happened so far."""
    await court.bot.works()
    assert court.bot.parts is not None
    async with asyncio.timeout(TIMEOUT):
        await court.bot.parts.hand_made.idle()


def by_hand(court: Court) -> list[Row]:
    """Kind, state, member, moderator, reason and end of the cases that are no violations."""
    return court.rows(
        "SELECT kind, state, user_name, by_name, reason, expires_at IS NOT NULL FROM cases"
        " WHERE kind <> 'violation' ORDER BY number"
    )


async def test_everything_by_hand_is_a_case(court: Court) -> None:
    bot = court.bot
    ada, alice = bot.owner, bot.alice
    await ada.renames(alice, "Al")
    await ada.times_out(alice, timedelta(hours=1), reason="calm down")
    await ada.times_out(alice, None)
    await ada.kicks(alice, reason="spam")
    await ada.bans(alice.user, reason="spam again")
    await ada.unbans(alice.user, reason="sorry")
    bot.alice = bot.guild.join(bot.discord.add_user("bob"))
    await heard(court)
    assert by_hand(court) == [
        ("nickname", "open", "alice", "ada", "", 0),
        ("timeout", "expired", "alice", "ada", "calm down", 1),
        ("timeout ended", "open", "alice", "ada", "", 0),
        ("kick", "open", "alice", "ada", "spam", 0),
        ("ban", "expired", "alice", "ada", "spam again", 0),
        ("unban", "open", "alice", "ada", "sorry", 0),
    ]
    assert court.rows("SELECT text FROM cases WHERE kind = 'nickname'") == [("(no nickname) → Al",)]


async def test_who_names_themselves_makes_no_case(court: Court) -> None:
    await court.bot.alice.nick("Al")
    await heard(court)
    assert by_hand(court) == []


async def test_what_the_bot_does_makes_no_second_case(court: Court) -> None:
    bot = court.bot
    await court.asks_for(HOUR)
    await offends(bot)
    await court.ended(TimeOut)
    assert bot.parts is not None
    new = HandMade(CaseKind.KICK, bot.alice.id, "alice", MODERATOR, "spam", KICK, utc_ms())
    kick = Kick(bot.guild.id, bot.alice.id, "spam")
    await bot.parts.sanctions.by_moderator(bot.guild.id, new, kick)
    assert len(court.punished()) == 2
    bot.alice = bot.guild.join(bot.discord.add_user("bob"))
    await heard(court)
    assert by_hand(court) == [("kick", "open", "alice", "mo", "spam", 0)]


async def test_an_event_that_comes_again_makes_no_second_case(court: Court) -> None:
    bot = court.bot
    await bot.owner.kicks(bot.alice)
    await bot.discord.journal.wait(lambda one: getattr(one, "name", "") == ENTRY)
    (event,) = bot.discord.journal.events(ENTRY)
    frame = {"op": 0, "t": ENTRY, "s": 1000, "d": event.data}
    bot.discord.gateway.send_raw(bot.app.state, frame)
    bot.alice = bot.guild.join(bot.discord.add_user("bob"))
    await heard(court)
    assert [kind for kind, *_ in by_hand(court)] == ["kick"]


async def test_what_happened_while_it_was_away_becomes_a_case_once(court: Court) -> None:
    bot = court.bot
    await bot.owner.renames(bot.alice, "Al")
    await heard(court)
    for _ in range(2):
        await bot.stop()
        if not bot.guild.banned(bot.alice):
            await bot.owner.bans(bot.alice, reason="spam")
        before = bot.discord.journal.count
        await court.start()
        await bot.discord.journal.wait_request(
            "GET", READ, lambda one: one.status == 200, after=before
        )
        assert bot.parts is not None
        await bot.parts.hand_made.idle()
        assert by_hand(court) == [
            ("nickname", "open", "alice", "ada", "", 0),
            ("ban", "open", "alice", "ada", "spam", 0),
        ]


async def test_a_long_absence_is_read_by_kinds(court: Court) -> None:
    bot = court.bot
    await bot.stop()
    await bot.owner.bans(bot.guild.join(bot.discord.add_user("first")))
    people = [bot.guild.join(bot.discord.add_user(f"member{n}")) for n in range(110)]
    for number, member in enumerate(people):
        await bot.owner.renames(member, f"Fish {number}")
    await bot.owner.kicks(people[0], reason="last")
    await court.start()
    await bot.works()
    await read(court)
    kinds = [kind for kind, *_ in by_hand(court)]
    assert kinds == ["ban", *["nickname"] * 110, "kick"]


async def test_an_unban_by_hand_ends_the_ban_of_the_bot(court: Court) -> None:
    bot = court.bot
    await court.asks_for(BAN)
    await offends(bot)
    await court.ended(Ban)
    await bot.owner.unbans(bot.alice.user)
    bot.alice = bot.guild.join(bot.discord.add_user("bob"))
    await heard(court)
    case = await bot.store.cases.case(bot.guild.id, 1)
    assert case.state is CaseState.EXPIRED
    assert [(note.by.name, note.text) for note in case.notes] == [
        ("ada", "The ban was lifted by hand.")
    ]


async def test_without_view_audit_log_the_status_says_so(court: Court) -> None:
    bot = court.bot
    await bot.stop()
    bot.guild.role("Palisade").change(permissions=PUNISHING)
    await bot.owner.renames(bot.alice, "Al")
    await court.start()
    await bot.discord.journal.wait_request("GET", READ, lambda one: one.status == 403)
    status = (await (await bot.owner.uses("/status")).reply()).content
    assert "ℹ️ Without View Audit Log I do not see what moderators do by hand" in status
    assert by_hand(court) == []


async def test_status_names_what_a_consequence_lacks(court: Court) -> None:
    bot = court.bot
    await court.asks_for(BAN)
    bot.guild.role("Palisade").change(permissions=AUDITING & ~Permissions.BAN_MEMBERS)
    status = (await (await bot.owner.uses("/status")).reply()).content
    assert "⚠️ List “main” bans, and I lack Ban Members." in status
    bot.guild.role("Palisade").change(permissions=AUDITING)
    status = (await (await bot.owner.uses("/status")).reply()).content
    assert "I lack" not in status
