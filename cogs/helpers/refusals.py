"""Refusals by place, so that few requests are sent in vain: 10,000 refused ones in ten minutes get
the whole address banned (Discord, Rate Limits, Invalid Request Limit)."""

import asyncio
from time import monotonic

PER_MINUTE = 10
"""After so many refusals in one place within a minute no more requests are sent there until the
minute is over or a permission changes. Those under way may be refused as well and are counted, so
no more than this many go at once."""

MINUTE = 60.0

type Place = tuple[int, int]
"""A guild, and a channel, thread or member in it."""


class _Here:
    """What is under way in one place, what waits, and what was refused there lately."""

    __slots__ = ("refused", "turn", "under_way", "waiting")

    def __init__(self) -> None:
        self.refused: list[float] = []
        self.under_way = 0
        self.waiting = 0
        self.turn = asyncio.Event()

    def full(self) -> bool:
        """Whether too many were refused within the last minute."""
        if self.refused:
            now = monotonic()
            self.refused = [at for at in self.refused if now - at < MINUTE]
        return len(self.refused) >= PER_MINUTE


class Refusals:
    """``enter`` before a request; where it gives True, ``leave`` after it."""

    def __init__(self) -> None:
        self._places: dict[Place, _Here] = {}

    async def enter(self, place: Place) -> bool:
        """Wait until one more request may go; False where too many were refused."""
        here = self._places.setdefault(place, _Here())
        here.waiting += 1
        try:
            while not here.full():
                if len(here.refused) + here.under_way < PER_MINUTE:
                    here.under_way += 1
                    return True
                here.turn.clear()
                await here.turn.wait()
            return False
        finally:
            here.waiting -= 1

    def leave(self, place: Place, *, refused: bool | None = None) -> None:
        """The request has ended: it was refused, or granted, which shows that what was refused
        before says nothing any more; None where it was neither."""
        here = self._places[place]
        here.under_way -= 1
        if refused is True:
            here.refused.append(monotonic())
        elif refused is False:
            here.refused.clear()
        here.turn.set()
        if not (here.refused or here.under_way or here.waiting):
            del self._places[place]

    def permissions_changed(self, guild_id: int) -> None:
        """A role, a channel or our own membership changed: what was refused may work now."""
        for place, here in list(self._places.items()):
            if place[0] == guild_id:
                here.refused.clear()
                here.turn.set()
                if not (here.under_way or here.waiting):
                    del self._places[place]
