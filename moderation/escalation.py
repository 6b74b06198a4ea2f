"""Strikes and the ladder: what the cases on record make of a new one. Computed from the rows each
time that it is asked, so that a case that is undone is as if it had never been.

A burst is one strike: the cases of one member within 60 seconds of the first of them, and those
that one reading of the history found. Within one strike a member is punished once, and again only
for what asks for more than the strike had already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moderation.consequence import DELETE, Consequence, strongest
from moderation.policy import Ladder

BURST_SECONDS = 60
"""Cases of one member within so many seconds of the first of them are one strike. Whole seconds of
the clock are counted, so that many cases of one second may be read as one row."""

BRAKE = 20
"""How many punishments a minute the bot decides on in one guild; the rest wait for a moderator."""

BRAKE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Past:
    """A case of the member on record, as far as it makes a strike: when (UTC in milliseconds), what
    it came to, and which reading of the history found it, None while it happened. ``counts`` is
    False for one that is undone or was found in the shadow alone."""

    at: int
    consequence: Consequence
    catch_up: str | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Escalated:
    """What a new case comes to. ``strikes`` is how many there are with it, 0 where it counts for
    none; ``owed`` says that the member is to be punished with ``consequence`` now, which is False
    where the strike that it belongs to had as much already."""

    consequence: Consequence
    strikes: int
    owed: bool


def strikes(cases: Iterable[Past]) -> list[tuple[Past, ...]]:
    """The strikes that the cases make, oldest first, each with its cases."""
    found: list[list[Past]] = []
    by_reading: dict[str, list[Past]] = {}
    for case in sorted(cases, key=lambda one: one.at):
        if not case.counts:
            continue
        strike = by_reading.get(case.catch_up) if case.catch_up is not None else None
        if strike is None and found and _near(found[-1][0], case):
            strike = found[-1]
        if strike is None:
            strike = []
            found.append(strike)
        strike.append(case)
        if case.catch_up is not None:
            by_reading.setdefault(case.catch_up, strike)
    return [tuple(strike) for strike in found]


def climbed(ladder: Ladder, count: int) -> Consequence | None:
    """What the ladder asks for after so many strikes: the strongest of the rungs reached; None
    below the first."""
    reached = [rung.consequence for rung in ladder.rungs if rung.strikes <= count]
    return strongest(reached) if reached else None


def escalate(
    new: Past, before: Sequence[Past], ladder: Ladder, *, punishable: bool = True
) -> Escalated:
    """What a new case comes to, after those on record within the ladder's window. Who is not
    ``punishable`` (a webhook, someone unknown) loses what they wrote, and nothing more."""
    if not punishable:
        return Escalated(min(new.consequence, DELETE, key=lambda one: one.strength), 0, owed=False)
    if not new.counts:
        return Escalated(new.consequence, 0, owed=False)
    on_record = strikes([*before, new])
    rung = climbed(ladder, len(on_record))
    consequence = new.consequence if rung is None else strongest((new.consequence, rung))
    (mine,) = (strike for strike in on_record if any(case is new for case in strike))
    had = strongest(case.consequence for case in mine if case is not new)
    owed = consequence.punishes and consequence.strength > had.strength
    return Escalated(consequence, len(on_record), owed)


def braked(lately: int) -> bool:
    """Whether a punishment is to be held back, after so many within the last minute."""
    return lately >= BRAKE


def _near(first: Past, case: Past) -> bool:
    return case.at // 1000 - first.at // 1000 < BURST_SECONDS
