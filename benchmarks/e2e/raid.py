"""A raid on the local Discord with its rate limits on: bad messages in many channels at once, and a
lone one now and then in a channel where nothing else happens."""

import asyncio
import time
from dataclasses import dataclass

from benchmarks.e2e.allowance import soonest
from benchmarks.e2e.bots import MARK
from benchmarks.e2e.running import process_of
from sandbox.remote.client import RemoteDiscord

QUIET_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Raid:
    """What came of it: seconds from the first message to the last deletion, the same as the limits
    allow it, how long each lone message stood, in milliseconds, and how many requests met a
    limit."""

    took: float
    allowed: float
    quiet_ms: list[float]
    refused: int


async def raid(messages: int, channels: int, seconds: float = 2.0) -> Raid:
    """So many bad messages over so many channels within so many seconds."""
    options = ("--rate-limits", "--channels", str(channels + 2), "--journal-limit", "1000")
    async with RemoteDiscord(*options) as discord:
        guild_id = discord.introduction["ids"]["guild"]
        async with process_of("ours", discord.api_url, discord.token, guild_id) as bot:
            await bot.wait_ready()
            return await _raid(discord, messages, channels, seconds)


async def _raid(discord: RemoteDiscord, messages: int, channels: int, seconds: float) -> Raid:
    names = [f"channel-{number}" for number in range(2, channels + 2)]
    for name in names:
        await discord.call("guild.channel", name, name=name)
    await _one(discord, 0)  # the lists are read by now
    began = time.monotonic()
    playing = asyncio.create_task(
        discord.call(
            "load.play",
            ["$alice"],
            [f"${name}" for name in names],
            [f"{MARK} {number}" for number in range(messages)],
            per_second=messages / seconds,
        )
    )
    over = asyncio.Event()
    quiet = asyncio.create_task(_quiet(discord, over))
    await playing
    await discord.call("load.wait_gone", list(range(messages)), timeout=120)
    took = time.monotonic() - began
    over.set()
    every = seconds / messages
    times = [[n * every for n in range(one, messages, channels)] for one in range(channels)]
    refused = sum((await discord.get("discord.limits.refused")).values())
    return Raid(took, soonest(times), await quiet, refused)


async def _quiet(discord: RemoteDiscord, over: asyncio.Event) -> list[float]:
    stood = []
    number = 0
    while not over.is_set():
        number += 1
        stood.append(await _one(discord, number))
        try:
            async with asyncio.timeout(QUIET_EVERY):
                await over.wait()
        except TimeoutError:
            pass
    return stood


async def _one(discord: RemoteDiscord, number: int) -> float:
    """Milliseconds that a bad message in the quiet channel stands, asked over the pipe."""
    began = time.monotonic()
    await discord.call("bob.says", MARK, channel="$general", name=f"lone{number}")
    await discord.call(f"lone{number}.wait_deleted", timeout=60)
    return (time.monotonic() - began) * 1e3
