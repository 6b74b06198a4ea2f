"""What is read of a member's past leads to the same as all of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from data.strikes import FEW, consequence, past, past_before
from moderation.consequence import BAN, DELETE, KICK, WARN, Consequence, Step
from moderation.escalation import BURST_SECONDS, Past, escalate
from moderation.policy import NO_LADDER, Ladder, Rung

GUILD, USER, OTHER = 1, 2, 3
SECOND = 1_000
BEGIN = 1_700_000_000_000
HOUR, DAY = (Consequence(Step.TIMEOUT, hours * 3_600_000) for hours in (1, 24))
BAN_DAY = Consequence(Step.BAN, DAY.ms)
LADDER = Ladder((Rung(2, HOUR), Rung(4, BAN)), 500 * SECOND)

consequences = st.sampled_from([DELETE, WARN, HOUR, DAY, KICK, BAN_DAY, BAN])
moments = st.integers(0, 700 * SECOND)
readings = st.sampled_from([None, None, None, None, None, "a", "b"])


@st.composite
def histories(draw: st.DrawFn) -> list[Past]:
    """Cases at any time, often many close together, few of them found by a reading."""
    made = st.builds(Past, moments, consequences, readings, st.booleans())
    live = st.builds(Past, moments, consequences, st.none(), st.just(True))
    return draw(st.lists(live, max_size=12)) + draw(st.lists(made, max_size=4))


@contextmanager
def migrated() -> Iterator[sqlite3.Connection]:
    """A database of now, in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for migration in sorted(Path("data/migrations").glob("*.sql")):
        connection.executescript(migration.read_text(encoding="utf-8"))
    connection.execute(
        "INSERT INTO guilds (guild_id, revision, joined_at) VALUES (?, 0, 0)", (GUILD,)
    )
    with closing(connection):
        yield connection


def keep(connection: sqlite3.Connection, cases: list[Past], user_id: int = USER) -> None:
    ((before,),) = connection.execute("SELECT count(*) FROM cases")
    connection.executemany(
        "INSERT INTO cases (guild_id, number, at, kind, state, user_id, by_id, step, ms, counts,"
        " catch_up, changed_at) VALUES (?, ?, ?, 'violation', ?, ?, 0, ?, ?, ?, ?, 0)",
        [
            (
                GUILD,
                number,
                BEGIN + case.at,
                # One that does not count is undone, or was found in the shadow alone.
                "undone" if not case.counts and case.at % 2 else "open",
                user_id,
                case.consequence.step.value,
                case.consequence.ms,
                case.counts or case.at % 2,
                case.catch_up,
            )
            for number, case in enumerate(cases, before + 1)
        ],
    )


def later(case: Past) -> Past:
    return Past(BEGIN + case.at, case.consequence, case.catch_up, case.counts)


@given(
    histories(),
    st.builds(Past, moments, consequences, readings, st.just(True)),
    st.integers(0, 700 * SECOND),
    st.booleans(),
)
@example([Past(0, BAN), Past(61 * SECOND, HOUR)], Past(62 * SECOND, DAY), 0, False)
@example([Past(0, BAN), Past(1, DAY)], Past(59 * SECOND, DAY), 0, False)
@example([Past(0, HOUR), Past(50 * SECOND, DAY)], Past(61 * SECOND, HOUR), 0, False)
@example([Past(100 * SECOND, HOUR), Past(155 * SECOND, HOUR)], Past(50 * SECOND, HOUR), 0, True)
@example([Past(0, HOUR, "a"), Past(90 * SECOND, HOUR)], Past(200 * SECOND, DAY, "a"), 0, True)
@example([Past(0, HOUR), Past(1, DELETE)], Past(1, HOUR), 1, False)
def test_a_new_case_comes_to_the_same(
    before: list[Past], new: Past, since: int, newest: bool
) -> None:
    if newest:
        new = Past(max(new.at, *(case.at for case in before), 0), new.consequence, new.catch_up)
    with migrated() as connection:
        keep(connection, before)
        keep(connection, [Past(0, BAN), Past(new.at, BAN)], OTHER)
        known = [later(case) for case in before if case.at >= since]
        read = past_before(connection, GUILD, USER, BEGIN + since, later(new))
        assert escalate(later(new), read, LADDER) == escalate(later(new), known, LADDER)
        if not new.consequence.punishes:
            few = past_before(connection, GUILD, USER, BEGIN + since, later(new), may_punish=False)
            assert escalate(later(new), few, NO_LADDER) == escalate(later(new), known, NO_LADDER)


def test_a_raid_is_read_as_few_rows() -> None:
    with migrated() as connection:
        raid = [Past(number * 10, HOUR) for number in range(2_000)]
        keep(connection, [*raid, Past(90 * SECOND, DAY)])
        new = Past(BEGIN + 100 * SECOND, BAN)
        read = past_before(connection, GUILD, USER, BEGIN, new)
        assert read == [
            Past(BEGIN, DELETE),
            Past(BEGIN + 90 * SECOND, DELETE),
            Past(BEGIN + 90 * SECOND, DAY),
        ]
        assert len(past(connection, GUILD, USER, BEGIN)) == 21
        assert BURST_SECONDS == 60


def test_no_case_is_looked_at_one_by_one() -> None:
    """Each of them is found in an index: the time does not grow with a raid."""
    with migrated() as connection:
        asked: list[str] = []
        keep(connection, [Past(number * 10, HOUR) for number in range(2 * FEW)])
        connection.set_trace_callback(asked.append)
        past_before(connection, GUILD, USER, BEGIN, Past(BEGIN + 100 * SECOND, BAN))
        connection.set_trace_callback(None)
        assert len(asked) == 2
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.set_progress_handler(count, 1)
        past_before(connection, GUILD, USER, BEGIN, Past(BEGIN + 10 * SECOND, BAN))
        few = steps
        keep(connection, [Past(number, HOUR) for number in range(4 * FEW)])
        steps = 0
        past_before(connection, GUILD, USER, BEGIN, Past(BEGIN + 10 * SECOND, BAN))
        assert steps == few


def test_consequences_are_read_back() -> None:
    for one in (DELETE, WARN, HOUR, KICK, BAN_DAY, BAN):
        assert consequence(one.step.value, one.ms) == one
