"""Whether the channels of the mod log will do. The owner of a server is told of each thing that is
wrong once, also across restarts, and anew when it had been mended meanwhile."""

import asyncio
import logging
from collections.abc import Callable

from moderation.log_posts import LogChannel
from service.log_channel import Fitness, LogChannels, Unfit
from service.stores import LogStore

log = logging.getLogger(__name__)

REFUSED_SECONDS = 3600.0
"""How long it is not said again that Discord refuses what its permissions allow."""

type Place = tuple[int, int]
"""A guild and a channel."""


class LogHealth:
    """``now`` before writing in a channel and after a change, which ``again`` tells of;
    ``refused`` when Discord did not let the bot. ``mended`` is called with a guild in which a
    channel takes posts that did not take any before."""

    def __init__(
        self, store: LogStore, channels: LogChannels, mended: Callable[[int], None]
    ) -> None:
        self._store = store
        self._channels = channels
        self._mended = mended
        # With the moment since when it is the mod log: set anew, it has no trouble yet.
        self._trouble: dict[Place, tuple[int, Unfit | None]] = {}
        self._refused: dict[Place, Fitness] = {}
        self._silent_until: dict[Place, float] = {}

    def again(self, guild_id: int) -> None:
        """Something has changed: what was refused may be granted."""
        for place in [place for place in self._refused if place[0] == guild_id]:
            del self._refused[place]

    async def now(self, guild_id: int, row: LogChannel) -> Fitness:
        """Whether a channel will do; reported where that is news."""
        fitness = self._refused.get((guild_id, row.channel_id))
        if fitness is None:
            fitness = await self._channels.fitness(guild_id, row.channel_id)
        await self._report(guild_id, row, fitness)
        return fitness

    async def refused(self, guild_id: int, row: LogChannel, fitness: Fitness) -> None:
        """Discord did not let the bot write there; it is left alone until something changes."""
        place = (guild_id, row.channel_id)
        seen = await self._channels.fitness(*place)
        if not seen.takes_posts:
            fitness = seen
        else:
            # Not for want of a permission, so a change of one does not mend it.
            now = asyncio.get_running_loop().time()
            silent = self._silent_until.get(place, 0.0) > now
            self._silent_until[place] = now + REFUSED_SECONDS
            if silent:
                self._refused[place] = fitness
                self._trouble[place] = (row.since, fitness.unfit)
                return
        self._refused[place] = fitness
        await self._report(guild_id, row, fitness)

    def _before(self, place: Place, row: LogChannel) -> Unfit | None:
        since, unfit = self._trouble.get(place, (0, None))
        if since == row.since:
            return unfit
        return Unfit(row.trouble) if row.trouble else None

    async def _report(self, guild_id: int, row: LogChannel, fitness: Fitness) -> None:
        """Written down first: told once rather than perhaps twice."""
        place = (guild_id, row.channel_id)
        before = self._before(place, row)
        if fitness.unfit is before:
            return
        value = fitness.unfit.value if fitness.unfit else None
        await self._store.channel_trouble(*place, value)
        self._trouble[place] = (row.since, fitness.unfit)
        if fitness.takes_posts and not Fitness(before).takes_posts:
            self._mended(guild_id)
        if fitness.unfit is None:
            log.info("Server %d: the mod log's channel %d will do again", *place)
            return
        log.error(
            "Server %d: the mod log's channel %d is %s%s",
            *place,
            WRONG[fitness.unfit],
            f"; the bot lacks {', '.join(fitness.missing)} there" if fitness.missing else "",
        )
        if not await self._channels.tell_owner(*place, fitness):
            log.warning("Server %d: its owner could not be told of that", guild_id)


WRONG = {
    Unfit.GONE: "gone",
    Unfit.CLOSED: "closed to the bot",
    Unfit.PUBLIC: "readable by everybody",
}
