"""What follows, and the law by which many merge into one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.consequence import (
    BAN,
    DELETE,
    KICK,
    LOG,
    MAX_BAN_MS,
    MAX_TIMEOUT_MS,
    MINUTE_MS,
    WARN,
    Consequence,
    ConsequenceRefused,
    Step,
    strongest,
    weaker,
)

consequences = st.one_of(
    st.sampled_from([LOG, DELETE, WARN, KICK, BAN]),
    st.integers(MINUTE_MS, MAX_TIMEOUT_MS).map(lambda ms: Consequence(Step.TIMEOUT, ms)),
    st.integers(MINUTE_MS, MAX_BAN_MS).map(lambda ms: Consequence(Step.BAN, ms)),
)


@given(consequences)
def test_merging_is_idempotent(one: Consequence) -> None:
    assert strongest([one, one]) == one == strongest([one])


@given(consequences, consequences)
def test_merging_is_commutative(one: Consequence, other: Consequence) -> None:
    assert strongest([one, other]) == strongest([other, one])


@given(consequences, consequences, consequences)
def test_merging_is_associative(a: Consequence, b: Consequence, c: Consequence) -> None:
    assert strongest([strongest([a, b]), c]) == strongest([a, strongest([b, c])])
    assert strongest([a, b, c]) == strongest([strongest([a, b]), c])


@given(st.lists(consequences, min_size=1))
def test_the_strongest_wins(several: list[Consequence]) -> None:
    merged = strongest(several)
    assert merged in several
    assert all(merged.strength >= one.strength for one in several)


@given(consequences, consequences)
def test_of_two_one_is_the_weaker_and_one_the_stronger(
    one: Consequence, other: Consequence
) -> None:
    assert {weaker(one, other), strongest([one, other])} == {one, other}


def test_of_nothing_nothing_follows() -> None:
    assert strongest([]) == LOG


def test_the_order() -> None:
    hour, day = 60 * MINUTE_MS, 24 * 60 * MINUTE_MS
    ordered = [
        LOG,
        DELETE,
        WARN,
        Consequence(Step.TIMEOUT, hour),
        Consequence(Step.TIMEOUT, day),
        KICK,
        Consequence(Step.BAN, day),
        BAN,
    ]
    mixed = ordered[4:] + ordered[:4]
    assert sorted(mixed, key=lambda one: one.strength) == ordered


@pytest.mark.parametrize(
    ("step", "ms", "told"),
    [
        (Step.TIMEOUT, None, "1 minute to 28 days"),
        (Step.TIMEOUT, MINUTE_MS - 1, "1 minute to 28 days"),
        (Step.TIMEOUT, MAX_TIMEOUT_MS + 1, "1 minute to 28 days"),
        (Step.BAN, 0, "1 minute to 10 years"),
        (Step.BAN, MAX_BAN_MS + 1, "1 minute to 10 years"),
        (Step.DELETE, MINUTE_MS, "Only timeouts and bans"),
        (Step.KICK, MINUTE_MS, "Only timeouts and bans"),
    ],
)
def test_what_discord_does_not_allow_is_refused(step: Step, ms: int | None, told: str) -> None:
    with pytest.raises(ConsequenceRefused, match=told):
        Consequence(step, ms)
