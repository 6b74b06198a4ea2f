"""Pieces that very many starred entries share, as `aaa*one`, `aaa*two` ... share the first one.

Looking at each of those entries wherever the piece stands would let one server's list hold up all
others: 20,000 of them and a message of 2,000 `a` took 9 seconds. So for such a piece an entry is
looked at only where its anchor, the piece of it that the fewest entries have, is in the text too.
And a pattern that was found often is not looked for where it would overlap the last find: 4,000
equal letters would hold it thousands of times.
"""

from collections.abc import Callable, Iterable, Iterator

CROWD = 64
"""How many uses of one piece are looked at without ado."""

OFTEN = 20
"""How often a pattern is found in one text before overlapping finds are left out."""


class Crowds[Use]:
    """For each crowded piece its uses by the anchor of their pattern. `counts` tells how many uses
    the pieces have, in the order of their numbers; `part_of` which pattern a use is of, and which
    part of it. A part may have several pieces, one for each way to write it."""

    __slots__ = ("_by_anchor",)

    def __init__(
        self,
        counts: Iterable[int],
        uses: Callable[[int], Iterable[Use]],
        part_of: Callable[[Use], tuple[int, int]],
    ) -> None:
        counted = list(counts)
        self._by_anchor: dict[int, dict[int, list[Use]]] = {
            piece: {} for piece, count in enumerate(counted) if count > CROWD
        }
        if not self._by_anchor:
            return
        ways: dict[int, dict[int, list[int]]] = {}
        for piece in range(len(counted)):
            for use in uses(piece):
                pattern, part = part_of(use)
                ways.setdefault(pattern, {}).setdefault(part, []).append(piece)
        for piece, by_anchor in self._by_anchor.items():
            for use in uses(piece):
                parts = ways[part_of(use)[0]].values()
                for anchor in min(parts, key=lambda pieces: max(map(counted.__getitem__, pieces))):
                    by_anchor.setdefault(anchor, []).append(use)

    def __contains__(self, piece: int) -> bool:
        return piece in self._by_anchor

    def __bool__(self) -> bool:
        return bool(self._by_anchor)

    def uses(self, piece: int, present: set[int]) -> Iterator[Use]:
        """The uses of a crowded piece that a text with the pieces `present` may complete."""
        by_anchor = self._by_anchor[piece]
        for anchor in present & by_anchor.keys():
            yield from by_anchor[anchor]


class Tallies:
    """How often each pattern was found in one text, and where the last find ended."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, int]] = {}

    def clear(self) -> None:
        """Begin anew."""
        self._last.clear()

    def add(self, pattern: int, end: int) -> None:
        """The pattern was found, up to `end`."""
        often = self._last[pattern][0] if pattern in self._last else 0
        self._last[pattern] = (often + 1, end)

    def has_enough(self, pattern: int, start: int) -> bool:
        """Whether a find that begins at `start` is one of too many that overlap."""
        last = self._last.get(pattern)
        return last is not None and last[0] >= OFTEN and start < last[1]
