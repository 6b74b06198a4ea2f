"""Strikes, the ladder and the brake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.consequence import BAN, DELETE, KICK, LOG, WARN, Consequence, Step, strongest
from moderation.escalation import BRAKE, Past, braked, climbed, escalate, strikes
from moderation.policy import NO_LADDER, Ladder, Rung

MINUTE = 60_000
HOUR = Consequence(Step.TIMEOUT, 60 * MINUTE)
DAY = Consequence(Step.TIMEOUT, 24 * 60 * MINUTE)
LADDER = Ladder((Rung(3, HOUR), Rung(5, BAN)))

consequences = st.sampled_from([DELETE, WARN, HOUR, DAY, KICK, BAN])
pasts = st.builds(
    Past,
    st.integers(0, 20 * MINUTE),
    consequences,
    st.sampled_from([None, None, "a", "b"]),
    st.booleans(),
)


def at(*seconds: float, catch_up: str | None = None) -> list[Past]:
    return [Past(int(one * 1000), DELETE, catch_up) for one in seconds]


@pytest.mark.parametrize(
    ("cases", "count"),
    [
        ([], 0),
        (at(0), 1),
        (at(0, 59.9), 1),
        (at(0, 60), 2),
        (at(0, 50, 100), 2),
        (at(0, 30, 59, 60, 100, 119, 120), 3),
        (at(100, 0), 2),
        (at(0, 500, 5000, catch_up="a"), 1),
        (at(0, 500, catch_up="a") + at(1000, 1500, catch_up="b"), 2),
        (at(0) + at(50, 500, catch_up="a"), 1),
        ([*at(0), Past(300_000, DELETE, counts=False), *at(600)], 2),
        ([Past(0, DELETE, counts=False)], 0),
    ],
)
def test_what_is_one_strike(cases: list[Past], count: int) -> None:
    assert len(strikes(cases)) == count


@pytest.mark.parametrize(
    ("count", "consequence"),
    [(1, None), (2, None), (3, HOUR), (4, HOUR), (5, BAN), (99, BAN)],
)
def test_a_rung_holds_from_its_count_on(count: int, consequence: Consequence | None) -> None:
    assert climbed(LADDER, count) == consequence
    assert climbed(NO_LADDER, count) is None


@pytest.mark.parametrize(
    ("asked", "before", "comes_to", "count", "owed"),
    [
        (DELETE, [], DELETE, 1, False),
        (WARN, [], WARN, 1, False),
        (HOUR, [], HOUR, 1, True),
        (DELETE, at(-900, -600), HOUR, 3, True),
        (DAY, at(-900, -600), DAY, 3, True),
        (DELETE, at(-2000, -1500, -900, -600), BAN, 5, True),
        (DELETE, [*at(-900, -600), Past(-1000, HOUR)], HOUR, 3, False),  # a burst
        (DAY, [*at(-900, -600), Past(-1000, HOUR)], DAY, 3, True),  # and worse
        (HOUR, [Past(-1000, DAY)], HOUR, 1, False),
        (HOUR, [Past(-1000, DAY, counts=False)], HOUR, 1, True),  # undone
        (HOUR, [Past(-60_000, HOUR)], HOUR, 2, True),
    ],
)
def test_what_a_case_comes_to(
    asked: Consequence, before: list[Past], comes_to: Consequence, count: int, owed: bool
) -> None:
    now = escalate(Past(0, asked), before, LADDER)
    assert (now.consequence, now.strikes, now.owed) == (comes_to, count, owed)


def test_the_shadow_is_no_strike_and_climbs_nothing() -> None:
    now = escalate(Past(0, LOG, counts=False), at(-900, -600, -300), LADDER)
    assert (now.consequence, now.strikes, now.owed) == (LOG, 0, False)


@given(consequences, st.lists(pasts))
def test_where_there_is_nobody_to_act_on_no_more_is_done_than_deleted(
    asked: Consequence, before: list[Past]
) -> None:
    now = escalate(Past(0, asked), before, LADDER, punishable=False)
    assert (now.consequence, now.strikes, now.owed) == (DELETE, 0, False)


@given(st.lists(pasts))
def test_every_case_that_counts_is_in_one_strike(cases: list[Past]) -> None:
    counting = [case for case in cases if case.counts]
    found = [case for strike in strikes(cases) for case in strike]
    assert sorted(map(id, found)) == sorted(map(id, counting))
    for strike in strikes(cases):
        first, readings = strike[0], {case.catch_up for case in strike}
        for case in strike[1:]:
            assert case.at - first.at < 61_000 or case.catch_up in readings - {None}


@given(st.lists(pasts))
def test_what_does_not_count_is_as_if_it_had_never_been(cases: list[Past]) -> None:
    assert strikes(cases) == strikes([case for case in cases if case.counts])


@given(st.lists(st.builds(Past, st.integers(0, 20 * MINUTE), st.just(DELETE))), st.data())
def test_undoing_a_case_never_makes_more_strikes(cases: list[Past], data: st.DataObject) -> None:
    if cases:
        gone = data.draw(st.integers(0, len(cases) - 1))
        assert len(strikes(cases[:gone] + cases[gone + 1 :])) <= len(strikes(cases))


@given(st.lists(pasts))
def test_one_row_a_second_makes_the_same_strikes(cases: list[Past]) -> None:
    """As the store reads them: of each second and reading the strongest."""
    rows: dict[tuple[int, str | None], Past] = {}
    for case in cases:
        if case.counts:
            key = (case.at // 1000, case.catch_up)
            had = rows[key].consequence if key in rows else LOG
            both = strongest((had, case.consequence))
            rows[key] = Past(key[0] * 1000, both, case.catch_up)
    whole, read = strikes(cases), strikes(rows.values())
    assert [strongest(one.consequence for one in strike) for strike in read] == [
        strongest(one.consequence for one in strike) for strike in whole
    ]


@given(consequences, st.lists(pasts))
def test_the_ladder_never_weakens_what_a_list_asks_for(
    asked: Consequence, before: list[Past]
) -> None:
    new = Past(20 * MINUTE, asked)
    with_ladder, without = escalate(new, before, LADDER), escalate(new, before, NO_LADDER)
    assert without.consequence == asked
    assert with_ladder.consequence.strength >= asked.strength
    assert with_ladder.strikes == without.strikes
    assert with_ladder.owed or not without.owed


@given(st.lists(st.tuples(st.integers(0, 59_000), consequences), min_size=1))
def test_a_burst_punishes_only_for_more(asked: list[tuple[int, Consequence]]) -> None:
    """Played one after the other: each punishment is stronger than the one before."""
    before: list[Past] = []
    given_: list[Consequence] = []
    for when, consequence in sorted(asked, key=lambda one: one[0]):
        now = escalate(Past(when, consequence), before, LADDER)
        assert now.strikes == 1
        if now.owed:
            given_.append(now.consequence)
        before.append(Past(when, now.consequence))
    strengths = [one.strength for one in given_]
    assert strengths == sorted(set(strengths))
    hardest = strongest(consequence for _, consequence in asked)
    assert given_[-1:] == ([hardest] if hardest.punishes else [])


def test_the_brake() -> None:
    assert not braked(BRAKE - 1)
    assert braked(BRAKE)
