"""How far each channel has been judged, in memory.

For a message this costs one entry in a dict. ``collect`` gives what is to be written: what came
before the last time it was asked, so that messages that Discord delivers out of order are in; never
past a message whose decision is not recorded yet; and nothing of a channel in which something older
is still to be read (a :class:`Gap`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from moderation.progress import GuildCursors, GuildProgress
from moderation.snowflakes import first_at
from service.gaps import Gap, Place

UNSURE_MS = 90_000
"""A connection that has died in silence is noticed two heartbeats later, which Discord asks for
every 41 s; the clocks of Discord and of this machine may differ, too."""


class Positions:
    """``seen`` and ``hold`` keep up with what comes; ``adopt`` finds what was missed."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        # By channel: guild and newest message. What came since the last collection, and what was
        # there then.
        self._live: dict[int, tuple[int, int]] = {}
        self._settling: dict[int, tuple[int, int]] = {}
        self._held: dict[tuple[int, int], _Held] = {}
        self._gaps: dict[int, Gap] = {}
        self._closed: dict[int, Gap] = {}
        self._dropped: dict[int, int] = {}
        self._open: set[int] = set()
        self._heard_until: dict[int, int] = {}
        self._away_since: int | None = None

    # As messages come

    def seen(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """A new message was handed on to be judged."""
        newest = self._live.get(channel_id)
        if newest is None or newest[1] < message_id:
            self._live[channel_id] = (guild_id, message_id)

    def hold(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """The message, new or edited, is not judged yet, or its decision not recorded: the cursor
        stays before it until :meth:`release` was called as often."""
        held = self._held.setdefault((channel_id, message_id), _Held(guild_id, self._clock()))
        held.times += 1

    def release(self, channel_id: int, message_id: int) -> None:
        """What :meth:`hold` waited for has come."""
        held = self._held.get((channel_id, message_id))
        if held is not None:
            held.times -= 1
            if held.times <= 0:
                del self._held[channel_id, message_id]

    def leave(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """The message will not be judged now: it is left to be read again."""
        held = self._held.get((channel_id, message_id))
        since = (self._clock() if held is None else held.since) - UNSURE_MS
        position = message_id - 1
        before = self._gaps.get(channel_id) or self._closed.pop(channel_id, None)
        if before is not None:
            since, position = min(since, before.since), min(position, before.position)
        # Always another gap: whoever is reading the one before must not close this one.
        self._gaps[channel_id] = Gap(guild_id, channel_id, position, since)

    def begin(self, guild_id: int, channel_id: int, after: int) -> None:
        """A channel is new to the bot: everything after ``after`` is to come."""
        self._live.setdefault(channel_id, (guild_id, after))

    def forget(self, guild_id: int, channel_id: int) -> None:
        """A channel is gone, or a thread archived."""
        for kept in (self._live, self._settling, self._gaps, self._closed):
            kept.pop(channel_id, None)
        self._dropped[channel_id] = guild_id

    # As the connection goes and comes

    def lost(self) -> None:
        """The connection is gone; from now on nothing is heard."""
        if self._away_since is None:
            self._away_since = self._clock()

    def regained(self) -> None:
        """The connection is back, and what was missed comes by itself (RESUMED)."""
        self._away_since = None

    def new_session(self) -> None:
        """READY: what was said while there was no connection will not come by itself."""
        for guild_id in list(self._open):
            self.pause(guild_id)
        self._away_since = None

    def pause(self, guild_id: int) -> None:
        """The guild's cursors stay where they are until :meth:`adopt`."""
        if guild_id in self._open:
            self._open.discard(guild_id)
            self._heard_until[guild_id] = self._until()
        for kept in (self._gaps, self._closed):
            for gap in [gap for gap in kept.values() if gap.guild_id == guild_id]:
                del kept[gap.channel_id]

    def heard_until(self, guild_id: int) -> int | None:
        """Up to when everything that was said in a paused guild had come, where this run knows."""
        return self._heard_until.get(guild_id)

    def adopt(
        self, guild_id: int, kept: GuildCursors, places: Sequence[Place]
    ) -> tuple[list[Gap], GuildProgress]:
        """Go on from what the store kept; gives where something may have been missed, and what is
        to be written at once, answered like what ``collect`` gives.

        A channel without a cursor begins with what is new, but not one that was made while the bot
        was away, nor a thread: that was archived before, and nothing else is unknown about it.
        """
        until = kept.until
        moved: dict[int, int] = {}
        for cursor in kept.cursors:
            self._gaps[cursor.channel_id] = Gap(
                guild_id,
                cursor.channel_id,
                cursor.message_id,
                cursor.behind_since or until or 0,
                written=cursor.message_id,
                told=True,
            )
        for place in places:
            if place.channel_id in self._gaps:
                continue
            if place.hidden:
                # From now on, as for a channel that is seen; but nothing of it will come.
                now = self._clock()
                self._gaps[place.channel_id] = Gap(
                    guild_id, place.channel_id, first_at(now) - 1, now
                )
            elif until is not None and (place.is_thread or place.opened_at > until):
                position = max(1, first_at(until)) - 1
                self._gaps[place.channel_id] = Gap(guild_id, place.channel_id, position, until)
            else:
                moved[place.channel_id] = place.newest or place.channel_id - 1
        self._heard_until.pop(guild_id, None)
        self._open.add(guild_id)
        gaps = self.gaps(guild_id)
        new = [gap for gap in gaps if not gap.told]
        moved |= {gap.channel_id: gap.position for gap in new}
        behind = {gap.channel_id: gap.since for gap in new}
        return gaps, GuildProgress(guild_id, moved, behind, until=self._until())

    def leave_guild(self, guild_id: int) -> None:
        """The bot is not there any more."""
        self.pause(guild_id)
        self._heard_until.pop(guild_id, None)
        for kept in (self._live, self._settling):
            for channel_id in [one for one, (owner, _) in kept.items() if owner == guild_id]:
                del kept[channel_id]
        for channel_id in [one for one, owner in self._dropped.items() if owner == guild_id]:
            del self._dropped[channel_id]

    # As what was missed is read

    def gap(self, channel_id: int) -> Gap | None:
        """What is still to be read in a channel or thread."""
        return self._gaps.get(channel_id)

    def gaps(self, guild_id: int) -> list[Gap]:
        """Where something of the guild is still to be read."""
        return [gap for gap in self._gaps.values() if gap.guild_id == guild_id]

    def is_open(self, gap: Gap) -> bool:
        """Whether this is still what is missing in its channel; it is not after a new session, or
        where more was missed meanwhile."""
        return self._gaps.get(gap.channel_id) is gap

    def close(self, gap: Gap) -> None:
        """Nothing more is to be read there."""
        if self.is_open(gap):
            self._closed[gap.channel_id] = self._gaps.pop(gap.channel_id)

    # Onto the disk

    def collect(self, *, final: bool = False, everywhere: bool = False) -> list[GuildProgress]:
        """What is to be written: with ``final`` what came just now, too; with ``everywhere`` also
        that guilds in which nothing was said were listened to. To be answered by ``written`` or
        ``not_written``."""
        settled, self._settling, self._live = self._settling, self._live, {}
        if final:
            recent, self._settling = self._settling, settled
            for channel_id, (guild_id, newest) in recent.items():
                self._settle(channel_id, guild_id, newest)
            settled, self._settling = self._settling, {}
        lowest: dict[int, int] = {}
        for channel_id, message_id in self._held:
            lowest[channel_id] = min(message_id, lowest.get(channel_id, message_id))
        changes: dict[int, _Changes] = {}
        for channel_id, (guild_id, newest) in settled.items():
            if guild_id not in self._open or channel_id in self._gaps:
                self._settle(channel_id, guild_id, newest)
                continue
            position = min(newest, lowest.get(channel_id, newest + 1) - 1)
            if position < newest:
                self._settle(channel_id, guild_id, newest)
            _of(changes, guild_id).moved[channel_id] = position
        for gap in (*self._gaps.values(), *self._closed.values()):
            position = min(gap.position, lowest.get(gap.channel_id, gap.position + 1) - 1)
            if gap.channel_id in self._closed and position == gap.position:
                _of(changes, gap.guild_id).level.add(gap.channel_id)
            elif gap.told and position <= gap.written:
                continue
            change = _of(changes, gap.guild_id)
            change.moved[gap.channel_id] = max(position, change.moved.get(gap.channel_id, 0))
            if not gap.told:
                change.behind[gap.channel_id] = gap.since
        for channel_id, guild_id in self._dropped.items():
            _of(changes, guild_id).dropped.add(channel_id)
        if everywhere:
            for guild_id in self._open:
                _of(changes, guild_id)
        return list(self._progress(changes, final=final))

    def written(self, progress: Iterable[GuildProgress]) -> None:
        """The store has what was collected."""
        for one in progress:
            for channel_id in one.dropped:
                self._dropped.pop(channel_id, None)
            for channel_id, position in one.moved.items():
                gap = self._gaps.get(channel_id) or self._closed.get(channel_id)
                if gap is not None:
                    gap.written = max(gap.written, position)
                    gap.told = gap.told or channel_id in one.behind
            for channel_id in one.level:
                self._closed.pop(channel_id, None)

    def not_written(self, progress: Iterable[GuildProgress]) -> None:
        """It has not: collect it again."""
        for one in progress:
            for channel_id, position in one.moved.items():
                if channel_id not in self._gaps and channel_id not in self._closed:
                    self._settle(channel_id, one.guild_id, position)

    def _settle(self, channel_id: int, guild_id: int, newest: int) -> None:
        there = self._settling.get(channel_id)
        if there is None or there[1] < newest:
            self._settling[channel_id] = (guild_id, newest)

    def _until(self) -> int:
        return (self._clock() if self._away_since is None else self._away_since) - UNSURE_MS

    def _progress(self, changes: "dict[int, _Changes]", *, final: bool) -> Iterable[GuildProgress]:
        # At an orderly end everything that came was taken in: there is nothing to be unsure of.
        until = self._clock() if final and self._away_since is None else self._until()
        waiting: dict[int, int] = {}
        for held in self._held.values():
            waiting[held.guild_id] = min(held.since, waiting.get(held.guild_id, held.since))
        for guild_id, change in changes.items():
            yield GuildProgress(
                guild_id,
                change.moved,
                change.behind,
                frozenset(change.level),
                frozenset(change.dropped),
                min(until, waiting.get(guild_id, until)) if guild_id in self._open else None,
            )


@dataclass(slots=True)
class _Held:
    guild_id: int
    since: int
    times: int = 0


@dataclass(slots=True)
class _Changes:
    moved: dict[int, int] = field(default_factory=dict)
    behind: dict[int, int] = field(default_factory=dict)
    level: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)


def _of(changes: dict[int, _Changes], guild_id: int) -> _Changes:
    return changes.setdefault(guild_id, _Changes())
