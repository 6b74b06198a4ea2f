"""What moderators do to members, and bans that end by themselves."""

from clock import utc_ms
from moderation.cases import CaseKind, HandMade
from moderation.consequence import BAN, DELETE, Consequence
from moderation.verdict import Ban, EndTimeout, Outcome, Sanction, TimeOut, Unban
from tests.e2e.court import BAN_HOUR, HOUR, MINUTE, MODERATOR, Court, offends
from tests.e2e.harness import NEEDED, TIMEOUT, Bot
from tests.e2e.mod_logs import entry, set_up

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
    await court.asks_for(BAN_HOUR)
    await offends(court.bot)
    await court.ended(Ban)
    court.clock.ahead = 61 * MINUTE
    assert court.bot.parts is not None
    court.bot.parts.expiry.wake()
    assert await court.ended(Unban) is Outcome.DONE
    assert not court.bot.guild.banned(court.bot.alice)
    await court.bot.stop()
    assert court.rows("SELECT state FROM cases") == [("expired",)]


async def test_the_end_of_a_timeout_is_told_in_the_mod_log(court: Court) -> None:
    log = await set_up(court.bot)
    await court.asks_for(HOUR)
    await offends(court.bot)
    await court.ended(TimeOut)
    told = await entry(log, "Case #1")
    court.clock.ahead = 61 * MINUTE
    assert court.bot.parts is not None
    court.bot.parts.expiry.wake()
    await told.wait(lambda one: one.embeds[0]["title"].endswith("expired"), timeout=TIMEOUT)


async def test_a_ban_that_was_over_while_the_bot_was_off_ends_at_the_start_once(
    court: Court,
) -> None:
    await court.asks_for(BAN_HOUR)
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
    await court.asks_for(BAN_HOUR)
    await offends(court.bot)
    await court.ended(Ban)
    await court.bot.owner.unbans(court.bot.alice.user)
    court.clock.ahead = 61 * MINUTE
    assert court.bot.parts is not None
    court.bot.parts.expiry.wake()
    assert await court.ended(Unban) is Outcome.GONE
    await court.bot.stop()
    assert court.rows("SELECT state FROM cases") == [("expired",)]
