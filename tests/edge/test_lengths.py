"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.case_texts import spoken
from cogs.helpers.lengths import LengthRefused, read_length
from moderation.consequence import DAY_MS, MINUTE_MS

HOUR_MS = 60 * MINUTE_MS


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("30m", 30 * MINUTE_MS),
        ("30 min", 30 * MINUTE_MS),
        (" 1 Hour ", HOUR_MS),
        ("1h30m", 90 * MINUTE_MS),
        ("2 days, 12 hours", 2 * DAY_MS + 12 * HOUR_MS),
        ("2w", 14 * DAY_MS),
        ("1 year", 365 * DAY_MS),
    ],
)
def test_lengths(text: str, ms: int) -> None:
    assert read_length(text) == ms


@pytest.mark.parametrize("text", ["", "5", "h", "1 fortnight", "1h x", "-1h", "0 h", "١ h", "1.5h"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(LengthRefused):
        read_length(text)


@given(st.integers(1, 500_000))
def test_what_is_shown_can_be_typed(minutes: int) -> None:
    shown = spoken(minutes * MINUTE_MS)
    assert abs(read_length(shown) - minutes * MINUTE_MS) < HOUR_MS
