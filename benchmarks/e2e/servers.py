"""A start in many servers: how soon the bot judges and what each server takes of memory."""

import asyncio
import time

from benchmarks.e2e.bots import MARK
from benchmarks.e2e.firehose import message
from benchmarks.e2e.running import running

SETTLE_SECONDS = 1.0
"""What a start leaves in the background ends in that time."""


async def start(name: str, guilds: int) -> tuple[float, float, float]:
    """In so many servers of 100 channels and 50 roles: seconds from READY's sending to the first
    deletion, of a message sent after all servers; seconds to on_ready; and MiB then in use."""
    async with running(name, guilds) as (server, bot):
        await server.send([message(1, MARK)])
        judged = await server.wait_deleted(1) - server.ready_at
        await bot.wait_ready()
        ready = time.monotonic() - server.ready_at
        await asyncio.sleep(SETTLE_SECONDS)
        return judged, ready, bot.resident_mib


async def kib_per_server(name: str, guilds: int, resident_mib: float) -> float:
    """KiB that each server adds to a bot in one."""
    *_, alone = await start(name, 1)
    return (resident_mib - alone) * 1024 / max(1, guilds - 1)
