"""Putting the pieces of a starred entry together: free*nitro is a free and a nitro near it."""

from bisect import bisect_left
from collections.abc import Sequence

from moderation.limits import MAX_STAR_CHARACTERS
from moderation.spans import Span

_LINE_BREAKS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")


def join(text: str, occurrences: Sequence[Sequence[Span]]) -> list[tuple[Span, ...]]:
    """Occurrences of the pieces of one pattern, each with the nearest next one that a star may
    reach; of those that end at the same place only the shortest."""
    later: list[tuple[Span, ...]] = [(span,) for span in occurrences[-1]]
    for spans in reversed(occurrences[:-1]):
        later.sort()
        starts = [pieces[0][0] for pieces in later]
        joined: list[tuple[Span, ...]] = []
        for span in spans:
            nearest = bisect_left(starts, span[1])
            if nearest < len(later) and _bridges(text, span[1], starts[nearest]):
                joined.append((span, *later[nearest]))
        later = joined
    return list({pieces[-1]: pieces for pieces in sorted(later)}.values())


def _bridges(text: str, start: int, end: int) -> bool:
    """Whether a star may hold what lies between."""
    if end - start > MAX_STAR_CHARACTERS:
        return False
    return not _LINE_BREAKS.intersection(text[start:end])
