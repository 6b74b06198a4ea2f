"""How far each channel was judged is written every five seconds, and no more than that."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from moderation.progress import GuildCursors, GuildProgress
from service.cursors import EVERYWHERE_AFTER, FLUSH_SECONDS, Cursors
from tests.service.fakes import CHANNEL, GUILD
from tests.virtual_time import in_virtual_time, now


@dataclass
class Disk:
    """Keeps what is written, and when."""

    kept: list[tuple[float, GuildProgress]] = field(default_factory=list)
    broken: bool = False

    async def resume(self, guild_id: int, heard_until: int | None = None) -> GuildCursors:
        return GuildCursors()

    async def keep(self, changed: Sequence[GuildProgress]) -> None:
        if self.broken:
            raise OSError("the disk is tired")
        self.kept += [(now(), one) for one in changed]

    def written_at(self, message_id: int) -> list[float]:
        return [at for at, one in self.kept if one.moved.get(CHANNEL) == message_id]


async def begun(disk: Disk) -> Cursors:
    """Cursors that are being written, of one guild."""
    cursors = Cursors(disk, clock=lambda: int(now() * 1000))
    await cursors.resume(GUILD, [])
    cursors.start()
    return cursors


@in_virtual_time
async def test_a_message_is_behind_its_cursor_within_two_flushes() -> None:
    cursors = await begun(disk := Disk())
    began = now()
    cursors.positions.seen(GUILD, CHANNEL, 7)
    await asyncio.sleep(3 * FLUSH_SECONDS)
    # What came just before a flush waits for the next one: an older message may follow.
    assert disk.written_at(7) == [began + 2 * FLUSH_SECONDS]
    await cursors.close()


@in_virtual_time
async def test_no_cursor_passes_a_message_that_is_not_recorded_yet() -> None:
    cursors = await begun(disk := Disk())
    cursors.positions.hold(GUILD, CHANNEL, 7)
    for message_id in (6, 7, 8):
        cursors.positions.seen(GUILD, CHANNEL, message_id)
    await asyncio.sleep(10 * FLUSH_SECONDS)
    assert max(one.moved.get(CHANNEL, 0) for _, one in disk.kept) == 6
    cursors.positions.release(CHANNEL, 7)
    await asyncio.sleep(FLUSH_SECONDS)
    assert disk.written_at(8)
    await cursors.close()


@in_virtual_time
async def test_a_quiet_guild_costs_one_write_a_minute() -> None:
    cursors = await begun(disk := Disk())
    disk.kept.clear()
    await asyncio.sleep(10 * EVERYWHERE_AFTER * FLUSH_SECONDS + 1)
    assert len(disk.kept) == 10
    await cursors.close()


@in_virtual_time
async def test_what_cannot_be_written_is_written_later_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cursors = await begun(disk := Disk())
    disk.broken = True
    cursors.positions.seen(GUILD, CHANNEL, 7)
    with caplog.at_level(logging.ERROR):
        await asyncio.sleep(10 * FLUSH_SECONDS)
    assert caplog.text.count("the disk is tired") == 1
    disk.broken = False
    await asyncio.sleep(2 * FLUSH_SECONDS)
    assert disk.written_at(7)
    await cursors.close()
