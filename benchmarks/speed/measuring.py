"""Ratios that hold on a busy machine: what is measured and the unit take turns, and the medians of
both are compared. Time is the thread's own on the processor, so that no other process counts."""

import time
from collections.abc import Callable, Sequence
from statistics import median

_TABLE = bytes(range(256))
_TEXT = "x" * 100
_UNIT_CALLS = 200


def unit_seconds() -> float:
    """One `text.encode().translate(table)` over 100 ASCII characters, now."""
    text, table = _TEXT, _TABLE
    began = time.thread_time()
    for _ in range(_UNIT_CALLS):
        text.encode().translate(table)
    return (time.thread_time() - began) / _UNIT_CALLS


def units(
    call: Callable[[str], object], texts: Sequence[str], *, rounds: int = 7, calls: int = 20
) -> float:
    """The median over the texts of how many units a call takes."""
    each: list[float] = []
    for text in texts:
        call(text)
        ratios: list[float] = []
        for _ in range(rounds):
            unit = unit_seconds()
            began = time.thread_time()
            for _ in range(calls):
                call(text)
            taken = (time.thread_time() - began) / calls
            ratios.append(taken / min(unit, unit_seconds()))
        each.append(median(ratios))
    return median(each)


def worst_units(call: Callable[[str], object], texts: Sequence[str], rounds: int = 5) -> float:
    """The most that one of the texts takes, each by the median of some rounds."""
    return max(units(call, [text], rounds=rounds, calls=1) for text in texts)
