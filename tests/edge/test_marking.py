"""A marked text shows the hits and lets nothing in it come alive, read as Discord's clients read
their markdown."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cogs.helpers.marking import marked

# As Discord's clients have them: what is bold ends at the first two stars, even inside code.
UNDERLINED = re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL)
BOLD = re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)
CODE = re.compile(r"(`+)(.*?[^`])\1(?!`)", re.DOTALL)


def read(text: str, style: str = "") -> Iterator[tuple[str, str]]:
    """What a client shows: pieces of code, each with its style, and "alive" for all else."""
    at = 0
    while at < len(text):
        for expression, mark in ((UNDERLINED, "_"), (BOLD, "*"), (CODE, "`")):
            found = expression.match(text, at)
            if found:
                if mark == "`":
                    yield found[2], style
                else:
                    yield from read(found[1], style + mark)
                at = found.end()
                break
        else:
            yield text[at], "alive"
            at += 1


def alive(text: str) -> str:
    return "".join(piece for piece, style in read(text) if style == "alive")


@pytest.mark.parametrize(
    ("text", "hits", "shown"),
    [
        ("you idiot!", [(4, 9)], "`you `__**`idiot`**__`!`"),
        ("idiot", [(0, 5)], "__**`idiot`**__"),
        ("clean", [], "`clean`"),
        ("", [], "` `"),
        ("idiots", [(0, 5), (3, 6)], "__**`idiots`**__"),
        ("ab", [(0, 1), (1, 2)], "__**`ab`**__"),
        ("f**k", [(0, 4)], "__**`f∗∗k`**__"),
        ("f__k `x`", [(0, 4)], "__**`fˍˍk`**__` ˋxˋ`"),
        ("<@1> https://x.y idiot", [(17, 22)], "`<@1> https://x.y `__**`idiot`**__"),
        ("one\ntwo", [(4, 7)], "`one `__**`two`**__"),
        ("short", [(3, 99), (7, 9), (-4, 1), (2, 2)], "__**`s`**__`ho`__**`rt`**__"),
    ],
)
def test_marked(text: str, hits: list[tuple[int, int]], shown: str) -> None:
    assert marked(text, hits) == shown


def test_a_long_text_is_shown_around_its_first_hit() -> None:
    shown = marked("x" * 3000 + "idiot" + "y" * 3000, [(3000, 3005)])
    assert shown.startswith("…`" + "x" * 150 + "`__**`idiot`**__`yyy")
    assert shown.endswith("y`…")
    assert len(shown) <= 900


def test_a_hit_longer_than_the_room_is_cut() -> None:
    shown = marked("z" * 5000, [(0, 5000)])
    assert len(shown) <= 900
    assert shown.endswith("`**__…")


risky = st.text(st.sampled_from("ab*_`~|>\\<@#!&:/[]()\n \u202e"), max_size=40) | st.text(
    max_size=80
)
spans = st.lists(st.tuples(st.integers(-2, 90), st.integers(-2, 90)), max_size=6)


@given(risky, spans, st.integers(40, 200))
@example("***", [(0, 3)], 100)
@example("\\", [(0, 1)], 100)
@example("a__**b", [(0, 3), (4, 6)], 100)
def test_nothing_is_alive_and_every_letter_is_there(
    text: str, hits: list[tuple[int, int]], limit: int
) -> None:
    shown = marked(text, hits, limit)
    assert len(shown) <= limit
    assert set(alive(shown)) <= {"…"}
    inside = [(piece, style) for piece, style in read(shown) if style != "alive"]
    assert all(style in ("", "_*") for _, style in inside)
    if "…" in alive(shown) or not text:
        return
    marks = [any(start <= at < end for start, end in hits) for at in range(len(text))]
    assert "".join(str(int(style == "_*")) * len(piece) for piece, style in inside) == "".join(
        str(int(mark)) for mark in marks
    )


def test_the_reading_can_find_what_is_alive() -> None:
    assert alive("**`a**b`** `c`").strip()
    assert alive("`a` <@1>") == " <@1>"
