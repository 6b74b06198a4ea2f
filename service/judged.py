"""Remembers what was judged and found clean, so that pins, hidden previews, replays and everything
else that changes nothing about a text costs nothing."""

from array import array
from collections.abc import Hashable

SLOTS = 1 << 17
"""How many texts are remembered at most: 131,072 of 8 bytes each."""


class Judged:
    """A table of marks of fixed size, all of it taken at the start. Each mark has one place; what
    is written there later takes it, and whatever was forgotten so is judged once more."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._last = slots - 1
        if slots & self._last:
            raise ValueError("the number of slots must be a power of two")
        self._marks = array("q", bytes(8 * slots))

    @staticmethod
    def mark(*said: Hashable) -> int:
        """A number for what was said where, under which lists. Python's hash of text is seeded
        anew in each process, so that nobody can make up two texts with the same mark."""
        return hash(said) or 1

    def __contains__(self, mark: int) -> bool:
        return self._marks[mark & self._last] == mark

    def add(self, mark: int) -> None:
        """Remember the mark."""
        self._marks[mark & self._last] = mark
