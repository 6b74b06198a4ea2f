"""Entries with an open side: too short ones are refused, the others come with a warning."""

import pytest

from moderation.errors import EntryRefused
from moderation.words import parse_entry, parse_stored, warning


@pytest.mark.parametrize("line", ["as*", "*as", "*a*", "e-*", "да*"])
def test_too_short_to_be_open(line: str) -> None:
    with pytest.raises(EntryRefused, match="too short to be safe") as refused:
        parse_entry(line)
    assert refused.value.reason.endswith("the word without the star.")
    assert parse_stored(line).text == line


def test_the_refusal_names_what_would_be_hit() -> None:
    with pytest.raises(EntryRefused, match=r"it would hit [\d,]+ ordinary words, such as “as"):
        parse_entry("as*")


@pytest.mark.parametrize("line", ["as", "ass*", "坏*", "*바*", "+*", "/as.*/"])
def test_long_enough(line: str) -> None:
    assert parse_entry(line)


@pytest.mark.parametrize(
    ("line", "words"),
    [("*ass*", "“"), ("cock*", "cockpit"), ("idiots*", None), ("ass", None), ("дур*", None)],
)
def test_warned_of_ordinary_words(line: str, words: str | None) -> None:
    said = warning(parse_entry(line))
    if words is None:
        assert said is None
    else:
        assert said is not None
        assert said.startswith("It also hits ")
        assert words in said or "such as" in said
