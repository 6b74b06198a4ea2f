"""The connection to Discord: what breaks it, and that the bot is there again afterwards."""

import asyncio
import json
import random
from typing import Any

import pytest

from sandbox import LocalDiscord
from tests.e2e.harness import Bot

RESUMABLE_CODES = [1000, 1001, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009]


@pytest.mark.parametrize("code", RESUMABLE_CODES)
async def test_a_closed_connection_is_made_anew(bot: Bot, code: int) -> None:
    await bot.discord.gateway.close(bot.app.state, code)
    await bot.discord.connected(bot.app)
    await bot.works()


async def test_what_was_posted_during_a_short_outage_is_judged_after_resuming(bot: Bot) -> None:
    await bot.discord.gateway.close(bot.app.state, 4000)
    message = await bot.alice.says("idiot")
    await message.wait_deleted()
    assert len(bot.discord.journal.events("READY")) == 1
    assert bot.discord.journal.events("RESUMED")


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session(bot: Bot, resumable: bool) -> None:
    before = bot.discord.journal.count
    bot.discord.gateway.invalid_session(bot.app.state, resumable=resumable)
    wanted = "RESUMED" if resumable else "READY"
    await bot.discord.journal.wait(lambda e: e.kind == "event" and e.name == wanted, after=before)
    await bot.works()


async def test_discord_asks_for_a_new_connection(bot: Bot) -> None:
    bot.discord.gateway.reconnect(bot.app.state)
    await bot.discord.journal.wait(lambda e: e.kind == "event" and e.name == "RESUMED")
    await bot.works()


async def test_a_server_that_closed_many_times_is_served_again(bot: Bot) -> None:
    for _ in range(20):
        await bot.discord.gateway.close(bot.app.state, 4000)
        await bot.discord.connected(bot.app)
    await bot.works()


BROKEN_ENVELOPES: list[Any] = [
    b"{",
    b"[]",
    b"null",
    b'"text"',
    {"t": "MESSAGE_CREATE", "s": 3, "d": {}},
    {"op": "0", "t": "MESSAGE_CREATE", "s": 3, "d": {}},
    {"op": None, "t": None, "s": None, "d": None},
    {"op": True, "d": {}},
]


@pytest.mark.parametrize("frame", BROKEN_ENVELOPES, ids=str)
async def test_a_broken_envelope_makes_a_new_connection(bot: Bot, frame: Any) -> None:
    bot.discord.gateway.send_raw(bot.app.state, frame)
    await bot.discord.journal.wait(lambda e: e.kind == "event" and e.name == "RESUMED")
    await bot.works()


BROKEN_READIES: list[Any] = [
    None,
    {},
    {"session_id": 5},
    {"session_id": "x"},
    {"session_id": "x", "user": {}, "guilds": []},
    {"session_id": "x", "user": {"id": "1"}, "guilds": [{}]},
]


@pytest.mark.parametrize("data", BROKEN_READIES, ids=str)
async def test_a_broken_ready_makes_a_new_connection(bot: Bot, data: Any) -> None:
    before = bot.discord.journal.count
    bot.discord.gateway.send_raw(bot.app.state, {"op": 0, "t": "READY", "s": 99, "d": data})
    await bot.discord.journal.wait(
        lambda e: e.kind == "event" and e.name in ("READY", "RESUMED"), after=before
    )
    await bot.works()


def malformed(payload: Any, random: random.Random) -> Any:
    """The payload with one thing wrong: a key missing, or a value of another type."""
    wrong: list[Any] = [None, 0, -1, 1.5, True, "", "x", [], {}, [None], {"id": None}, "9" * 400]
    if not isinstance(payload, dict) or not payload or random.random() < 0.15:
        return random.choice(wrong)
    broken = dict(payload)
    key = random.choice(list(broken))
    if random.random() < 0.4:
        del broken[key]
    elif isinstance(broken[key], dict) and random.random() < 0.6:
        broken[key] = malformed(broken[key], random)
    else:
        broken[key] = random.choice(wrong)
    return broken


async def test_200_random_malformed_frames_end_with_the_bot_alive(
    bot: Bot, discord: LocalDiscord
) -> None:
    seed = random.randrange(1 << 32)
    print("seed", seed)  # noqa: T201  # shown when it fails
    chance = random.Random(seed)
    await bot.alice.says("hello")
    await bot.alice.nick("Ally")
    bot.guild.join(discord.add_user("ben"))
    await bot.works()
    frames = [
        {"op": 0, "t": event.name, "s": event.sequence, "d": event.data}
        for event in discord.journal.events()
    ]
    for _ in range(200):
        frame = chance.choice(frames)
        if chance.random() < 0.8:
            frame = {**frame, "d": malformed(frame["d"], chance)}
        else:
            frame = malformed(frame, chance)
        await discord.connected(bot.app)
        discord.gateway.send_raw(bot.app.state, json.dumps(frame).encode())
        # Give the bot a turn, so that frames do not all go into one connection that is over.
        await asyncio.sleep(0)
    await bot.works_again()


LONE_SURROGATE = (
    b'{"op": 0, "t": "MESSAGE_CREATE", "s": %d, "d": {"id": "77", "channel_id": "%d", '
    b'"guild_id": "%d", "content": "idiot \\ud800", "author": {"id": "5", "username": "x"}}}'
)


async def test_half_a_surrogate_pair_is_a_character_like_any_other(bot: Bot) -> None:
    sequence = bot.discord.journal.events()[-1].sequence + 1
    frame = LONE_SURROGATE % (sequence, bot.guild.general.id, bot.guild.id)
    bot.discord.gateway.send_raw(bot.app, frame)
    told = await bot.watch.outcome()
    assert told.result.outcome.succeeded
    assert len(bot.discord.journal.events("READY")) == 1
    assert not bot.discord.journal.events("RESUMED")


async def test_a_frame_that_cannot_be_read_is_not_asked_for_again(bot: Bot) -> None:
    sequence = bot.discord.journal.events()[-1].sequence
    bot.discord.gateway.send_raw(bot.app, b'{"op": 0, "t": "X", "s": %d, "d": {' % sequence)
    await bot.discord.journal.wait(lambda e: e.kind == "event" and e.name == "RESUMED")
    await bot.works()
    assert len(bot.discord.journal.events("READY")) == 1


async def test_closing_ends_the_session_for_discord_too(bot: Bot) -> None:
    assert bot.discord.gateway.of(bot.app)
    await bot.stop()
    # A session that was closed with 4000 would be kept, and the bot shown as online.
    await bot.discord.gateway.disconnected(bot.app)
    assert not bot.discord.gateway.of(bot.app)
