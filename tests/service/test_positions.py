"""How far each channel was judged, in memory: what may be written, whatever happens."""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from moderation.progress import Cursor, GuildCursors, GuildProgress
from moderation.snowflakes import first_at, made_at
from service.gaps import Gap, Place
from service.positions import UNSURE_MS, Positions

GUILD = 1
CHANNELS = (10, 11)
START_MS = 1_700_000_000_000


@dataclass
class Disk:
    """What ``data/cursors.py`` does, in a few lines."""

    cursors: dict[int, Cursor] = field(default_factory=dict)
    until: int | None = None

    def keep(self, progress: list[GuildProgress]) -> None:
        for one in progress:
            for channel_id in one.dropped:
                self.cursors.pop(channel_id, None)
            for channel_id, moved in one.moved.items():
                had = self.cursors.get(channel_id, Cursor(channel_id, moved))
                newest = max(had.message_id, moved)
                self.cursors[channel_id] = Cursor(channel_id, newest, had.behind_since)
            for channel_id, since in one.behind.items():
                had = self.cursors[channel_id]
                if had.behind_since is None:
                    self.cursors[channel_id] = Cursor(channel_id, had.message_id, since)
            for channel_id in one.level:
                self.cursors[channel_id] = Cursor(channel_id, self.cursors[channel_id].message_id)
            if one.until is not None:
                self.until = max(self.until or 0, one.until)

    def resume(self, heard_until: int | None) -> GuildCursors:
        if heard_until is not None and self.until is not None:
            self.until = max(self.until, heard_until)
        for channel_id, had in self.cursors.items():
            if had.behind_since is None:
                self.cursors[channel_id] = Cursor(channel_id, had.message_id, self.until or 0)
        return GuildCursors(self.until, tuple(self.cursors.values()))


class Clock:
    """UTC milliseconds that the test moves."""

    now = START_MS

    def __call__(self) -> int:
        return self.now


@settings(max_examples=150, stateful_step_count=40, deadline=None)
class Absences(RuleBasedStateMachine):
    """Messages come, wait, are missed, left and read, while the bot is killed at any moment.
    Whatever is not judged stands behind what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.disk = Disk()
        self.posted: dict[int, list[int]] = {channel: [] for channel in CHANNELS}
        self.open: set[tuple[int, int]] = set()
        self.held: set[tuple[int, int]] = set()
        self.gaps: list[Gap] = []
        self.connected = False
        self.positions = Positions(self.clock)
        self.connect()

    def post(self, channel: int) -> int:
        self.clock.now += 1000
        message_id = first_at(self.clock.now) + channel
        self.posted[channel].append(message_id)
        self.open.add((channel, message_id))
        return message_id

    def newest(self, channel: int) -> int | None:
        return self.posted[channel][-1] if self.posted[channel] else None

    def connect(self) -> None:
        places = [Place(channel, self.newest(channel), START_MS - 10**9) for channel in CHANNELS]
        kept = self.disk.resume(self.positions.heard_until(GUILD))
        gaps, begun = self.positions.adopt(GUILD, kept, places)
        self.gaps += gaps
        self.disk.keep([begun])
        self.positions.written([begun])
        self.connected = True

    @precondition(lambda self: self.connected)
    @rule(channel=st.sampled_from(CHANNELS), held=st.booleans())
    def comes(self, channel: int, held: bool) -> None:
        message_id = self.post(channel)
        if held:
            self.positions.hold(GUILD, channel, message_id)
            self.held.add((channel, message_id))
        self.positions.seen(GUILD, channel, message_id)
        if not held:
            self.open.discard((channel, message_id))

    @precondition(lambda self: self.connected)
    @rule(channel=st.sampled_from(CHANNELS))
    def two_come_in_the_wrong_order(self, channel: int) -> None:
        first, second = self.post(channel), self.post(channel)
        for message_id in (second, first):
            self.positions.seen(GUILD, channel, message_id)
            self.open.discard((channel, message_id))

    @precondition(lambda self: self.held)
    @rule(left=st.booleans())
    def a_held_one_ends(self, left: bool) -> None:
        channel, message_id = one = min(self.held)
        self.held.discard(one)
        if left:
            self.positions.leave(GUILD, channel, message_id)
            self.gaps += self.positions.gaps(GUILD)
        else:
            self.open.discard(one)
        self.positions.release(channel, message_id)

    @precondition(lambda self: not self.connected)
    @rule(channel=st.sampled_from(CHANNELS))
    def is_missed(self, channel: int) -> None:
        self.post(channel)

    @precondition(lambda self: self.connected)
    @rule()
    def the_connection_is_lost(self) -> None:
        self.connected = False
        self.positions.lost()

    @precondition(lambda self: not self.connected)
    @rule()
    def a_new_session_begins(self) -> None:
        self.positions.new_session()
        self.positions.pause(GUILD)
        self.connect()

    @rule()
    def the_bot_is_killed(self) -> None:
        self.positions = Positions(self.clock)
        self.gaps.clear()
        self.held.clear()
        self.connected = False

    @precondition(lambda self: self.connected)
    @rule(pages=st.integers(1, 3), data=st.data())
    def a_gap_is_read(self, pages: int, data: st.DataObject) -> None:
        if not self.gaps:
            return
        gap = data.draw(st.sampled_from(self.gaps))  # also one that is out of date by now
        for _ in range(pages):
            page = [one for one in self.posted[gap.channel_id] if one > gap.position][:2]
            for message_id in page:
                if (gap.channel_id, message_id) not in self.held:
                    self.open.discard((gap.channel_id, message_id))
            if page:
                gap.advance(page[-1])
            else:
                self.positions.close(gap)
                return

    @rule(works=st.booleans(), final=st.booleans())
    def it_is_written(self, works: bool, final: bool) -> None:
        self.clock.now += 5000
        progress = self.positions.collect(final=final)
        if works:
            self.disk.keep(progress)
            self.positions.written(progress)
        else:
            self.positions.not_written(progress)

    @invariant()
    def nothing_that_is_not_judged_is_passed(self) -> None:
        for channel, message_id in self.open:
            assert self.disk.cursors[channel].message_id < message_id

    @invariant()
    def what_was_missed_is_known_to_be_missing(self) -> None:
        if not self.connected:
            return
        reading = {gap.channel_id for gap in self.positions.gaps(GUILD)}
        for channel, message_id in self.open - self.held:
            assert channel in reading, message_id


TestAbsences = Absences.TestCase


def ready(clock: Clock, *cursors: Cursor, until: int | None = None) -> Positions:
    positions = Positions(clock)
    _, begun = positions.adopt(GUILD, GuildCursors(until, cursors), [])
    positions.written([begun])
    return positions


def test_what_came_just_now_is_not_written_yet_but_in_the_end() -> None:
    positions = ready(Clock())
    positions.seen(GUILD, 10, 100)
    assert positions.collect() == []
    positions.seen(GUILD, 10, 200)
    (progress,) = positions.collect()
    assert progress.moved == {10: 100}
    (progress,) = positions.collect(final=True)
    assert progress.moved == {10: 200}


def test_an_orderly_end_is_sure_of_what_it_heard_and_a_lost_connection_is_not() -> None:
    clock = Clock()
    positions = ready(clock)
    (sure,) = positions.collect(final=True, everywhere=True)
    assert sure.until == START_MS
    positions.lost()
    clock.now += 3_600_000
    (unsure,) = positions.collect(final=True, everywhere=True)
    assert unsure.until == START_MS - UNSURE_MS
    positions.regained()
    (progress,) = positions.collect(everywhere=True)
    assert progress.until == clock.now - UNSURE_MS


def test_an_edit_that_waits_keeps_back_until_when_the_guild_was_heard() -> None:
    clock = Clock()
    positions = ready(clock)
    positions.hold(GUILD, 10, 5)
    clock.now += 10 * UNSURE_MS
    (progress,) = positions.collect(everywhere=True)
    assert progress.until == START_MS
    positions.release(10, 5)
    (progress,) = positions.collect(everywhere=True)
    assert progress.until == clock.now - UNSURE_MS


def test_places_without_a_cursor() -> None:
    clock = Clock()
    old, made_later = first_at(START_MS - 10**8), first_at(START_MS + 5)
    places = [
        Place(old, old + 50, made_at(old)),
        Place(old + 1, None, made_at(old)),
        Place(old + 2, old + 60, made_at(old), is_thread=True),
        Place(made_later, made_later + 7, made_at(made_later)),
    ]
    gaps, progress = Positions(clock).adopt(GUILD, GuildCursors(), places)
    assert gaps == []
    assert progress.moved == {
        old: old + 50,
        old + 1: old,
        old + 2: old + 60,
        made_later: made_later + 7,
    }
    gaps, progress = Positions(clock).adopt(GUILD, GuildCursors(START_MS), places)
    assert [gap.channel_id for gap in gaps] == [old + 2, made_later]
    assert all(gap.position == first_at(START_MS) - 1 for gap in gaps)
    assert set(progress.behind) == {old + 2, made_later}


def test_a_channel_that_is_gone_is_dropped_once() -> None:
    positions = ready(Clock(), Cursor(10, 5))
    positions.forget(GUILD, 10)
    (progress,) = positions.collect()
    assert progress.dropped == {10}
    assert positions.gaps(GUILD) == []
    positions.written([progress])
    assert positions.collect() == []


def test_nothing_is_written_of_a_guild_that_was_left() -> None:
    positions = ready(Clock(), Cursor(10, 5))
    positions.seen(GUILD, 11, 7)
    positions.forget(GUILD, 12)
    positions.leave_guild(GUILD)
    assert positions.collect(final=True, everywhere=True) == []


def test_whoever_reads_what_was_missed_does_not_close_what_was_left_meanwhile() -> None:
    positions = ready(Clock(), Cursor(10, 5))
    (reading,) = positions.gaps(GUILD)
    reading.advance(8)
    positions.leave(GUILD, 10, 7)
    positions.close(reading)
    (gap,) = positions.gaps(GUILD)
    assert gap.position == 6
    positions.close(gap)
    assert positions.gaps(GUILD) == []
