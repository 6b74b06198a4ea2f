"""Texts as a reader sees them: markup that Discord does not show, encoded characters, text that is
written backwards or upside down, several symbols that draw one letter.

A rewriting replaces pieces of a text and remembers where each new character comes from. It is
tried only where a text has what it is about.
"""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from moderation.spans import Span
from moderation.steps import Step

type _Piece = tuple[int, int, str, Step]
"""start, end, what stands there instead, what that undoes"""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text made of another. Character i comes from `starts[i]` to `ends[i]` of the source, and
    `steps[i]` says what was undone there (None where nothing)."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    steps: Sequence[Step | None]

    def original(self, start: int, end: int) -> Span:
        """The span of the source behind `text[start:end]`, which must not be empty."""
        return min(self.starts[start:end]), max(self.ends[start:end])

    def undone(self, start: int, end: int) -> set[Step]:
        """What was undone inside of a span."""
        return {step for step in self.steps[start:end] if step is not None}


# Placeholders, of the private use area: symbols to the matcher, which lets them stand between
# letters like any other symbol.
_SHOWN_ELSEWHERE = "\ue001"
_ENDED = "\ue002"

_MARKUP = re.compile(
    r"<a?:\w{2,32}:\d{15,21}>"  # custom emoji
    r"|<(?:@[!&]?|#)\d{15,21}>|<id:\w+>|</[\w\- ]{1,100}:\d{15,21}>"  # mentions
    r"|<t:-?\d{1,13}(?::[tTdDfFR])?>"  # timestamps
    r"|\]\(<?[a-zA-Z][\w+.\-]*:[^\s()]{1,1000}>?(?:\s\"[^\"\n]{0,100}\")?\)"  # a masked link's end
    r"|\|\|"  # a spoiler's sign, each | of which could be a letter
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_OVERRIDE = re.compile("\u202e([^\u202c\u202d\u2066-\u2069\n]+)")

# Several symbols for one letter, the longest first.
_DRAWN = {
    "/\\/\\": "m", "|\\/|": "m", "|v|": "m", "(v)": "m", "\\/\\/": "w", "vv": "w",
    "|/\\|": "w", "|\\|": "n", "/\\/": "n", "|-|": "h", "]-[": "h", ")-(": "h", "}{": "h",
    "|_|": "u", "(_)": "u", "[_]": "u", "\\_/": "u", "-|-": "t", "']['": "t", "|<": "k", "|{": "k",
    "|(": "k", "|3": "b", "|)": "d", "|]": "d", "|}": "d", "[)": "d", "|>": "p",
    "|*": "p", "|2": "r", "|?": "r", "|_": "l", "|=": "f", "ph": "f", "()": "o", "[]": "o",
    "><": "x", "}{,": "x", "\\/": "v", "/\\": "a", "/-\\": "a", "_|": "j", "`/": "y", "><,": "x",
}  # fmt: skip
_DRAWING_SIGNS = (b"|", b"\\", b"()", b"[]", b"><", b"}{", b")(", b"[)", b"][")
_DRAWING = re.compile(
    "|".join(map(re.escape, sorted(_DRAWN, key=len, reverse=True))) + "|[pP][hH]|[vV][vV]"
)
_PH = re.compile("[pP][hH]|[vV]{2}")
_NOT_TURNED = bytes(byte for byte in range(256) if not 0x91 <= byte < 0xA0)
# An upside-down letter, and the ordinary letters that are another one when turned.
_TURNED = dict(zip("ɐqɔpǝɟƃɓɥᴉıɾʞןꞁɯuodbɹsʇnʌʍxʎz", "abcdefgghiijkllmnopqrstuvwxyz", strict=True))


def rewrite(text: str, signs: bytes, *, has_ph: bool) -> list[Rewritten]:
    """Every rewriting that this text calls for; usually none. `signs` are what
    `skeletons.signs_of` found, `has_ph` whether ph stands somewhere."""
    rewritings: list[Rewritten] = []
    shown = _shown(text) if any(sign in signs for sign in b"<&%|]\x86") else None
    if shown is not None:
        rewritings.append(shown)
    has_drawings = any(sign in signs and sign.decode() in text for sign in _DRAWING_SIGNS)
    for source in (_same(text), shown) if has_drawings or has_ph else ():
        if source is not None:
            find = _drawings if has_drawings else _fs
            drawn = _replaced(source, find(source.text))
            if drawn is not None:
                rewritings.append(drawn)
    if signs.translate(None, _NOT_TURNED):
        rewritings += _turned(text)
    return rewritings


def _same(text: str) -> Rewritten:
    size = len(text)
    return Rewritten(text, range(size), range(1, size + 1), [None] * size)


def _shown(text: str) -> Rewritten | None:
    """As Discord shows it, and as a browser would."""
    current: Rewritten | None = None
    for sign, find in _STEPS:
        if sign in (text if current is None else current.text):
            source = current or _same(text)
            current = _replaced(source, find(source.text)) or current
    return current


def _markup(text: str) -> Iterable[_Piece]:
    for match in _MARKUP.finditer(text):
        sign = _ENDED if match[0][0] in "]|" else _SHOWN_ELSEWHERE
        yield match.start(), match.end(), sign, Step.MARKUP


def _entities(text: str) -> Iterable[_Piece]:
    for match in _ENTITY.finditer(text):
        plain = html.unescape(match[0])
        if plain != match[0]:
            yield match.start(), match.end(), plain, Step.ENCODED


def _percents(text: str) -> Iterable[_Piece]:
    for match in _PERCENT.finditer(text):
        plain = bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "replace")
        if "\ufffd" not in plain:
            yield match.start(), match.end(), plain, Step.ENCODED


def _overrides(text: str) -> Iterable[_Piece]:
    for match in _OVERRIDE.finditer(text):
        yield match.start(1), match.end(1), match[1][::-1], Step.BACKWARDS


_STEPS: tuple[tuple[str, Callable[[str], Iterable[_Piece]]], ...] = (
    ("&", _entities),
    ("%", _percents),
    ("<", _markup),
    ("](", _markup),
    ("||", _markup),
    ("\u202e", _overrides),
)


def _drawings(text: str) -> Iterable[_Piece]:
    for match in _DRAWING.finditer(text):
        yield match.start(), match.end(), _DRAWN[match[0].lower()], Step.SYMBOLS


def _fs(text: str) -> Iterable[_Piece]:
    for match in _PH.finditer(text):
        yield match.start(), match.end(), _DRAWN[match[0].lower()], Step.SYMBOLS


def _turned(text: str) -> list[Rewritten]:
    pieces = [(i, i + 1, _TURNED[c], Step.UPSIDE_DOWN) for i, c in enumerate(text) if c in _TURNED]
    forwards = _replaced(_same(text), pieces)
    if forwards is None:
        return []
    backwards = Rewritten(
        forwards.text[::-1], forwards.starts[::-1], forwards.ends[::-1], forwards.steps[::-1]
    )
    return [forwards, backwards]


def _replaced(source: Rewritten, pieces: Iterable[_Piece]) -> Rewritten | None:
    """The source with these pieces replaced, and of a long source only what is near them; None
    where there are none."""
    text = source.text
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    steps: list[Step | None] = []

    def keep(first: int, last: int) -> None:
        parts.append(text[first:last])
        starts.extend(source.starts[first:last])
        ends.extend(source.ends[first:last])
        steps.extend(source.steps[first:last])

    done = -1
    for start, end, plain, step in pieces:
        if done < 0:
            done = _before(text, start)
        elif start - done > 2 * _NEAR:
            keep(done, _after(text, done))
            at = source.ends[done]
            parts.append(_ELSEWHERE)
            starts += [at - 1] * len(_ELSEWHERE)
            ends += [at] * len(_ELSEWHERE)
            steps += [None] * len(_ELSEWHERE)
            done = max(_before(text, start), _after(text, done))
        keep(done, start)
        parts.append(plain)
        if step is Step.BACKWARDS:
            starts += source.starts[start:end][::-1]
            ends += source.ends[start:end][::-1]
        else:
            starts += [source.starts[start]] * len(plain)
            ends += [source.ends[end - 1]] * len(plain)
        steps += [step] * len(plain)
        done = end
    if done < 0:
        return None
    keep(done, _after(text, done))
    return Rewritten("".join(parts), starts, ends, steps)


# How much of a text is looked at before and after what was replaced, to the next space.
_NEAR = 100
# What stands between two parts of a text: no space, so that no word ends there, and no entry.
_ELSEWHERE = " \ue003zxqzxq\ue003 "


def _before(text: str, at: int) -> int:
    return max(text.rfind(" ", 0, max(at - _NEAR, 0)), 0)


def _after(text: str, at: int) -> int:
    end = text.find(" ", at + _NEAR)
    return len(text) if end < 0 else end
