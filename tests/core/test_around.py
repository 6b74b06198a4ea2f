"""The phrases around a hit that could be allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.around import MOST_CHARACTERS, phrases_around


def around(text: str, hit: str) -> list[str]:
    start = text.index(hit)
    return list(phrases_around(text, start, start + len(hit)))


@pytest.mark.parametrize(
    ("text", "hit", "phrases"),
    [
        ("in Scunthorpe, today", "cunt", ["Scunthorpe", "Scunthorpe, today"]),
        ("an idiot savant", "idiot", ["idiot savant", "an idiot", "an idiot savant"]),
        ("idiot", "idiot", []),
        ("idiot!!", "idiot", []),
        ("such an idiot.", "idiot", ["an idiot"]),
        ("idiot, he said", "idiot", ["idiot, he"]),
        ("an\nidiot here", "idiot", ["idiot here"]),
        ("the coal scuttle is full", "scuttle", ["coal scuttle", "scuttle is"]),
        ("x idiot y", "idiot", ["idiot y", "x idiot", "x idiot y"]),
        ("Trottel Trottel", "Trottel", ["Trottel Trottel"]),
    ],
)
def test_what_says_most_first(text: str, hit: str, phrases: list[str]) -> None:
    found = around(text, hit)
    assert found[: len(phrases)] == phrases
    assert bool(found) == bool(phrases)


def test_a_long_word_is_not_offered() -> None:
    assert around("a" * 200 + "idiot" + "b" * 200, "idiot") == []


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_each_holds_the_hit_and_something_more(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    for phrase in phrases_around(text, start, end):
        assert text[start:end] in phrase
        assert end - start < len(phrase) <= MOST_CHARACTERS
        assert phrase in text
