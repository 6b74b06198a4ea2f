"""How long the bot waits before it connects again, and what it makes of a day's IDENTIFYs."""

import random

import pytest

from cogs.helpers.nextcord_private import pace as module
from cogs.helpers.nextcord_private.pace import Backoff, Ended, Identifies, Pace

DAY = 24 * 3600.0


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "monotonic", clock)
    return clock


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the pauses that chance may choose, the longest."""
    monkeypatch.setattr(random, "uniform", lambda _, most: most)


@pytest.fixture
def shortest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the pauses that chance may choose, the shortest."""
    monkeypatch.setattr(random, "uniform", lambda least, _: least)


PACE = Pace(first=0.1, factor=2.0, resume_cap=2.0, ended_cap=5.0, failed_cap=30.0, forget=60.0)


@pytest.mark.usefixtures("longest")
@pytest.mark.parametrize(
    ("ended", "pauses"),
    [
        (Ended.RESUMABLE, [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]),
        (Ended.ENDED, [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]),
        (Ended.FAILED, [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0]),
    ],
)
def test_pauses_grow_to_their_limit(clock: Clock, ended: Ended, pauses: list[float]) -> None:
    backoff = Backoff(PACE)
    for pause in pauses:
        assert backoff.pause(ended) == pytest.approx(pause)
        clock.now += pause + PACE.forget / 2


@pytest.mark.usefixtures("longest")
def test_after_a_connection_that_lived_pauses_are_short_again(clock: Clock) -> None:
    backoff = Backoff(PACE)
    for _ in range(10):
        clock.now += backoff.pause(Ended.RESUMABLE)
    clock.now += PACE.forget + 1
    assert backoff.pause(Ended.RESUMABLE) == pytest.approx(PACE.first)


def test_no_number_of_failures_is_too_large(clock: Clock) -> None:
    backoff = Backoff(Pace())
    for _ in range(5_000):
        assert backoff.pause(Ended.RESUMABLE) <= Pace().resume_cap


def test_the_first_identify_goes_at_once_and_the_second_five_seconds_later(clock: Clock) -> None:
    identifies = Identifies(Pace())
    assert identifies.wait() == 0
    identifies.sent()
    clock.now += 1
    assert identifies.wait() == pytest.approx(Pace().identify_apart - 1)
    clock.now += Pace().identify_apart
    assert identifies.wait() == 0


@pytest.mark.usefixtures("longest")
def test_after_an_ordinary_run_of_ended_sessions_the_bot_is_back_within_seconds(
    clock: Clock,
) -> None:
    backoff, identifies = Backoff(Pace()), Identifies(Pace())
    for _ in range(100):
        identifies.sent()
        clock.now += 1.0
        pause = backoff.pause(Ended.ENDED)
        clock.now += pause
        wait = identifies.wait()
        clock.now += wait
        assert pause + wait <= 2 * Pace().identify_apart


@pytest.mark.usefixtures("shortest")
@pytest.mark.parametrize("lived", [0.0, 1.0, 60.0, Pace().forget + 1])
@pytest.mark.parametrize("ended", list(Ended))
def test_sessions_that_keep_ending_do_not_use_up_the_identifies_of_a_day(
    clock: Clock, ended: Ended, lived: float
) -> None:
    backoff, identifies = Backoff(Pace()), Identifies(Pace())
    sent, end = 0, clock.now + DAY
    while clock.now < end:
        clock.now += identifies.wait()
        identifies.sent()
        sent += 1
        clock.now += lived + backoff.pause(ended)
    assert sent < 1_000, "Discord resets the token of who sends more"


@pytest.mark.parametrize("remaining", [0, 1, 10, Identifies.FEW - 1])
def test_the_last_ones_that_discord_tells_of_are_spread(clock: Clock, remaining: int) -> None:
    """Whoever starts the bot again and again uses them up, though no single run does."""
    sent, left, reset_at = 0, remaining, clock.now + DAY
    while clock.now < reset_at - 1:
        identifies = Identifies(Pace())  # a new run
        identifies.told(left, reset_at - clock.now)
        clock.now += identifies.wait()
        identifies.sent()
        sent, left = sent + 1, left - 1
    assert sent <= remaining + 1, "the last one is of the next day"
    assert clock.now >= reset_at - 1


def test_one_run_waits_from_its_last_identify_on(clock: Clock) -> None:
    identifies = Identifies(Pace())
    identifies.sent()
    clock.now += 1_000
    identifies.told(10, 9_000)
    assert identifies.wait() == 0
    identifies.told(10, 20_000)
    assert identifies.wait() == pytest.approx(1_000)


def test_many_that_are_left_hold_up_nothing(clock: Clock) -> None:
    identifies = Identifies(Pace())
    identifies.told(5, DAY)
    identifies.told(900, DAY)
    assert identifies.wait() == 0
