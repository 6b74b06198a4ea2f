"""The ladder as people write it; what cannot be is in tests/e2e/test_policy_edit.py."""

from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.lengths import exact, read_length
from cogs.helpers.rungs import MAX_RUNGS, MAX_STRIKES, PRESET, read_ladder, rung_lines
from moderation.consequence import (
    BAN,
    DAY_MS,
    DELETE,
    KICK,
    MAX_BAN_MS,
    MAX_TIMEOUT_MS,
    MINUTE_MS,
    WARN,
    Consequence,
    Step,
)
from moderation.policy import Ladder, Rung


def minutes(most_ms: int) -> st.SearchStrategy[int]:
    """Lengths of whole minutes, in milliseconds."""
    return st.integers(1, most_ms // MINUTE_MS).map(lambda number: number * MINUTE_MS)


CONSEQUENCES = (
    st.sampled_from([DELETE, WARN, KICK, BAN])
    | minutes(MAX_TIMEOUT_MS).map(lambda ms: Consequence(Step.TIMEOUT, ms))
    | minutes(MAX_BAN_MS).map(lambda ms: Consequence(Step.BAN, ms))
)
LADDERS = st.builds(
    Ladder,
    st.dictionaries(st.integers(1, MAX_STRIKES), CONSEQUENCES, min_size=1, max_size=MAX_RUNGS).map(
        lambda rungs: tuple(Rung(*one) for one in sorted(rungs.items()))
    ),
    minutes(365 * DAY_MS),
)


@given(minutes(MAX_BAN_MS))
def test_a_length_is_read_as_it_is_written(ms: int) -> None:
    assert read_length(exact(ms)) == ms


@given(LADDERS)
def test_a_ladder_is_read_as_it_is_written(ladder: Ladder) -> None:
    assert read_ladder(rung_lines(ladder), exact(ladder.window_ms)) == ladder


def test_the_preset_as_it_is_written() -> None:
    assert rung_lines(PRESET) == "3: timeout 1 h\n5: timeout 1 d\n7: ban"
    assert exact(PRESET.window_ms) == "7 d"
