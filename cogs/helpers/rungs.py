"""The escalation ladder as people write it: one rung a line, “3: timeout 1 h”."""

import re
from itertools import pairwise

from cogs.helpers.lengths import HOUR_MS, LengthRefused, exact, read_length
from cogs.helpers.list_options import STEPS, consequence
from moderation.consequence import (
    BAN,
    DAY_MS,
    Consequence,
    ConsequenceRefused,
    Step,
)
from moderation.errors import SettingRefused
from moderation.policy import Ladder, Rung

PRESET = Ladder(
    (
        Rung(3, Consequence(Step.TIMEOUT, HOUR_MS)),
        Rung(5, Consequence(Step.TIMEOUT, DAY_MS)),
        Rung(7, BAN),
    )
)
"""3 strikes in 7 days: timeout for an hour; 5: for a day; 7: ban."""

MAX_RUNGS = 10
MAX_STRIKES = 100
MAX_WINDOW_MS = 365 * DAY_MS
EXAMPLE = "Write for example “3: timeout 1 h” or “7: ban”."

_RUNG = re.compile(r"([0-9]{1,4})\s*[:=]?\s*([a-z]+)\s*(.*)")


def read_ladder(rungs: str, window: str) -> Ladder:
    """The ladder of a form. Raises LadderRefused, which names the line."""
    written = [line.strip() for line in rungs.splitlines() if line.strip()]
    if not written:
        raise LadderRefused(f"There is no rung. {EXAMPLE}")
    if len(written) > MAX_RUNGS:
        raise LadderRefused(f"A ladder has at most {MAX_RUNGS} rungs; these are {len(written)}.")
    read = sorted((_rung(line) for line in written), key=lambda rung: rung.strikes)
    for one, other in pairwise(read):
        if one.strikes == other.strikes:
            raise LadderRefused(f"There are two rungs for {one.strikes} strikes. Keep one of them.")
    return Ladder(tuple(read), _window(window))


def rung_lines(ladder: Ladder) -> str:
    """The rungs as :func:`read_ladder` takes them."""
    return "\n".join(
        f"{rung.strikes}: {rung.consequence.step.name.lower()} "
        f"{'' if rung.consequence.ms is None else exact(rung.consequence.ms)}".rstrip()
        for rung in ladder.rungs
    )


def _rung(line: str) -> Rung:
    found = _RUNG.fullmatch(line.lower())
    if found is None or found[2] not in STEPS:
        raise LadderRefused(
            f"I do not understand the rung “{line[:60]}”. {EXAMPLE} There are: {', '.join(STEPS)}."
        )
    strikes = int(found[1])
    if not 1 <= strikes <= MAX_STRIKES:
        raise LadderRefused(f"A rung is for 1 to {MAX_STRIKES} strikes, not for {strikes}.")
    try:
        return Rung(strikes, consequence(found[2], found[3]))
    except (ConsequenceRefused, LengthRefused) as error:
        raise LadderRefused(f"In the rung “{line[:60]}”: {error}") from None


def _window(text: str) -> int:
    try:
        window = read_length(text)
    except LengthRefused as error:
        raise LadderRefused(f"How long strikes count: {error}") from None
    if window > MAX_WINDOW_MS:
        raise LadderRefused("Strikes count for at most 365 days. Write a shorter time.")
    return window


class LadderRefused(SettingRefused):
    """What was written is no ladder; the text says why, and what to write."""
