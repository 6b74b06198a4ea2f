"""Texts as a reader sees them: markup that Discord does not show, encoded characters, text that is
written backwards or upside down, several symbols that draw one letter.

A rewriting replaces pieces of a text and remembers where its parts come from. It is tried only
where a text has what it is about.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from moderation.raw import PLACEHOLDERS, exchange
from moderation.signs import OVERRIDE, REWRITING, TURNED
from moderation.spans import Span
from moderation.steps import Step

type Rewriting = Rewritten | Turned

# Symbols to the matcher, which lets them stand between letters like any other symbol.
_SHOWN_ELSEWHERE, _ENDED, _LEFT_OUT = tuple(PLACEHOLDERS)
# What stands between two parts of a text: no space, so that no word ends there, and no entry.
_ELSEWHERE = f" {_LEFT_OUT}zxqzxq{_LEFT_OUT} "
# How much of a text is looked at before and after what was replaced, to the next space.
_NEAR = 100
LONG = 600
"""Beyond it a text that was rewritten is not rewritten in another way as it was, too."""

# Each with one group around it all, for re.split.
_MARKUP = re.compile(
    r"(<a?:\w{2,32}:\d{15,21}>"  # custom emoji
    r"|<(?:@[!&]?|#)\d{15,21}>|<id:\w+>|</[\w\- ]{1,100}:\d{15,21}>"  # mentions
    r"|<t:-?\d{1,13}(?::[tTdDfFR])?>"  # timestamps
    r"|\]\(<?[a-zA-Z][\w+.\-]*:[^\s()]{1,1000}>?(?:\s\"[^\"\n]{0,100}\")?\)"  # a masked link's end
    r"|\|\|)"  # a spoiler's sign, each | of which could be a letter
)
_ENTITY = re.compile(r"(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});)")
_PERCENT = re.compile(r"((?:%[0-9a-fA-F]{2})+)")
_OVERRIDDEN = re.compile("(?<=\u202e)([^\u202c\u202d\u2066-\u2069\n]+)")

# Several symbols for one letter, the longest first.
_DRAWN = {
    "/\\/\\": "m", "|\\/|": "m", "|v|": "m", "(v)": "m", "\\/\\/": "w", "|/\\|": "w", "|\\|": "n",
    "/\\/": "n", "|-|": "h", "]-[": "h", ")-(": "h", "}{": "h", "|_|": "u", "(_)": "u",
    "[_]": "u", "\\_/": "u", "-|-": "t", "']['": "t", "|<": "k", "|{": "k", "|(": "k", "|3": "b",
    "|)": "d", "|]": "d", "|}": "d", "[)": "d", "|>": "p", "|*": "p", "|2": "r", "|?": "r",
    "|_": "l", "|=": "f", "()": "o", "[]": "o", "><": "x", "}{,": "x", "\\/": "v", "/\\": "a",
    "/-\\": "a", "_|": "j", "`/": "y", "><,": "x",
}  # fmt: skip
_DRAWN |= {drawing.upper(): letter for drawing, letter in _DRAWN.items()}
_DRAWING = re.compile("(" + "|".join(map(re.escape, sorted(_DRAWN, key=len, reverse=True))) + ")")
# An upside-down letter, and the ordinary letters that are another one when turned.
_TURNED = dict(zip("ɐqɔpǝɟƃɓɥᴉıɾʞןꞁɯuodbɹsʇnʌʍxʎz", "abcdefgghiijkllmnopqrstuvwxyz", strict=True))


class Rewritten:
    """A text in which pieces of another are replaced: parts that stay and parts that were
    replaced take turns. `source` is the rewriting that it was made from, if any."""

    __slots__ = ("_begins", "_froms", "_said", "_source", "_step", "text")

    def __init__(
        self,
        source: "Rewritten | None",
        parts: list[str],
        replaced: Sequence[str],
        step: Step,
    ) -> None:
        self._source = source
        self._step = step
        self._froms = [0, *accumulate(map(len, parts))]
        parts[1::2] = replaced
        self._said = parts
        self._begins = [0, *accumulate(map(len, parts))]
        self.text = "".join(parts)

    def original(self, start: int, end: int) -> Span:
        """The span of the first text behind `text[start:end]`, which must not be empty."""
        first = bisect_right(self._begins, start) - 1
        last = bisect_right(self._begins, end - 1) - 1
        spans = [self._within(first, start, end)]
        if last != first:
            spans.append(self._within(last, start, end))
        start, end = min(span[0] for span in spans), max(span[1] for span in spans)
        return (start, end) if self._source is None else self._source.original(start, end)

    def undone(self, start: int, end: int) -> set[Step]:
        """What was undone inside of a span."""
        first = bisect_right(self._begins, start) - 1
        last = bisect_right(self._begins, end - 1) - 1
        changed = range(first | 1, last + 1, 2)
        steps = {self._step} if any(self._said[part] != _ELSEWHERE for part in changed) else set()
        if self._source is not None:
            spans = [self._within(first, start, end), self._within(last, start, end)]
            steps |= self._source.undone(min(spans)[0], max(span[1] for span in spans))
        return steps

    def touches(self, start: int, end: int) -> bool:
        """Whether anything in a span or right beside it is not as it was."""
        begins = self._begins
        first = bisect_right(begins, start - 1) - 1 if start else 0
        if first % 2 or bisect_right(begins, end) - 1 != first:
            return True
        if self._source is None:
            return False
        start, end = self._within(first, start, end)
        return self._source.touches(start, end)

    def _within(self, part: int, start: int, end: int) -> Span:
        """Where the piece of one part comes from that lies in `text[start:end]`."""
        begin, source = self._begins[part], self._froms[part]
        if part % 2:
            source_end = self._froms[part + 1]
            if self._step is not Step.BACKWARDS or self._said[part] == _ELSEWHERE:
                return source, source_end
            return (
                source_end - (min(end, self._begins[part + 1]) - begin),
                source_end - (max(start, begin) - begin),
            )
        first = source + max(start, begin) - begin
        return first, source + min(end, self._begins[part + 1]) - begin


class Turned:
    """A text with its upside-down letters turned, each at its place or all of them backwards."""

    __slots__ = ("_backwards", "_source", "text")

    def __init__(self, source: str, turned: str, *, backwards: bool) -> None:
        self._source = source
        self._backwards = backwards
        self.text = turned[::-1] if backwards else turned

    def original(self, start: int, end: int) -> Span:
        """As Rewritten has it."""
        size = len(self._source)
        return (size - end, size - start) if self._backwards else (start, end)

    def undone(self, start: int, end: int) -> set[Step]:
        """As Rewritten has it."""
        return {Step.UPSIDE_DOWN} if self.touches(start, end) else set()

    def touches(self, start: int, end: int) -> bool:
        """As Rewritten has it, but for what stands beside."""
        start, end = self.original(start, end)
        return any(character in _TURNED for character in self._source[start:end])


def rewrite(text: str, flags: int) -> Iterator[Rewriting]:
    """Every rewriting that this text calls for; usually none. `flags` are those of its signs."""
    shown = _shown(text) if flags & (REWRITING | OVERRIDE) else None
    if shown is not None:
        yield shown
    if flags & REWRITING:
        if shown is None or len(text) <= LONG:
            drawn = _drawn(None, text)
            if drawn is not None:
                yield drawn
        if shown is not None:
            drawn = _drawn(shown, shown.text)
            if drawn is not None:
                yield drawn
    if flags & TURNED:
        turned = exchange(text, _TURNED)
        yield Turned(text, turned, backwards=False)
        yield Turned(text, turned, backwards=True)


def _shown(text: str) -> Rewritten | None:
    """As Discord shows it, and as a browser would."""
    current: Rewritten | None = None
    for signs, pattern, replace, step in _LAYERS:
        if any(text.find(sign) >= 0 for sign in signs):
            rewritten = _replaced(current, text, pattern, replace, step)
            if rewritten is not None:
                current, text = rewritten, rewritten.text
    return current


def _drawn(source: Rewritten | None, text: str) -> Rewritten | None:
    return _replaced(source, text, _DRAWING, _letter, Step.SYMBOLS)


def _replaced(
    source: Rewritten | None,
    text: str,
    pattern: re.Pattern[str],
    replace: Callable[[str], str],
    step: Step,
) -> Rewritten | None:
    """The text with what the pattern matches replaced, and of a long text only what is near
    that; None where it matches nothing."""
    parts = pattern.split(text)
    if len(parts) == 1:
        return None
    made: dict[str, str] = {}
    if len(text) > LONG and max(map(len, parts[::2])) > 3 * _NEAR:
        parts, left_out = _near(parts)
        made = dict.fromkeys(left_out, _ELSEWHERE)
    pieces = parts[1::2]
    for piece in set(pieces) - made.keys():
        made[piece] = replace(piece)
    return Rewritten(source, parts, [made[piece] for piece in pieces], step)


def _near(parts: list[str]) -> tuple[list[str], list[str]]:
    """What stays and what is replaced take turns: the middle of what stays and is long is to be
    replaced, too. Also all such middles."""
    near: list[str] = []
    left_out: list[str] = []
    for number, part in enumerate(parts):
        head = tail = -1
        if not number % 2 and len(part) > 3 * _NEAR:
            head = part.find(" ", _NEAR) if number else 0
            tail = part.rfind(" ", 0, -_NEAR) if number < len(parts) - 1 else len(part)
        if 0 <= head < tail:
            near += (part[:head], part[head:tail], part[tail:])
            left_out.append(part[head:tail])
        else:
            near.append(part)
    return near, left_out


def _letter(piece: str) -> str:
    return _DRAWN[piece]


def _sign(piece: str) -> str:
    return _ENDED if piece[0] in "]|" else _SHOWN_ELSEWHERE


def _percent(piece: str) -> str:
    try:
        return bytes.fromhex(piece.replace("%", "")).decode()
    except UnicodeDecodeError:
        return piece


def _backwards(piece: str) -> str:
    return piece[::-1]


_LAYERS: tuple[tuple[tuple[str, ...], re.Pattern[str], Callable[[str], str], Step], ...] = (
    (("&",), _ENTITY, html.unescape, Step.ENCODED),
    (("%",), _PERCENT, _percent, Step.ENCODED),
    (("<", "](", "||"), _MARKUP, _sign, Step.MARKUP),
    (("\u202e",), _OVERRIDDEN, _backwards, Step.BACKWARDS),
)
