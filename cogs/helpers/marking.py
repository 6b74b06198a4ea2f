"""Showing what somebody wrote with the hits in it marked, and nothing in it alive: no mention,
link, invite or markdown.

Every piece is inline code; a hit is bold and underlined besides. Inside bold text Discord takes the
first ``**`` for its end, whatever code it stands in, and so with ``__``: where a hit holds one,
it is shown with look-alikes, since the rest of the text would come alive otherwise."""

from collections.abc import Iterable, Iterator, Sequence

from cogs.helpers.replies import code

MOST = 900
"""Characters that a marked text takes at most, its marks included."""

BEFORE = 150
"""How much of a long text is shown before its first hit."""

HIT = len("__**``**__")
PIECE = len("``")
CUT = "…"

type Span = tuple[int, int]


def marked(text: str, hits: Iterable[Span], limit: int = MOST) -> str:
    """``text`` in one line with its hits marked, each a start and an end in code points; the
    surroundings of the first hit where all of it would take more than ``limit`` characters."""
    if not text:
        return code("")
    spans = _merged(hits, len(text))
    start = 0
    if spans and len(text) + PIECE > limit - HIT * len(spans):
        start = max(0, spans[0][0] - BEFORE)
    shown = CUT if start else ""
    for begin, end, is_hit in _pieces(spans, start, len(text)):
        room = limit - len(shown) - len(CUT) - (HIT if is_hit else PIECE)
        if room <= 0:
            return shown + CUT
        piece = code(text[begin : min(end, begin + room)])
        shown += f"__**{_tame(piece)}**__" if is_hit else piece
        if begin + room < end:
            return shown + CUT
    return shown


def _merged(hits: Iterable[Span], length: int) -> list[Span]:
    """The spans in order, those that touch each other as one; what is not in the text is left
    out."""
    merged: list[Span] = []
    for start, end in sorted(hits):
        start, end = max(0, start), min(end, length)
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _pieces(spans: Sequence[Span], start: int, length: int) -> Iterator[tuple[int, int, bool]]:
    at = start
    for begin, end in spans:
        if at < begin:
            yield at, begin, False
        yield begin, end, True
        at = end
    if at < length:
        yield at, length, False


def _tame(piece: str) -> str:
    return piece.replace("**", "∗∗").replace("__", "ˍˍ")
