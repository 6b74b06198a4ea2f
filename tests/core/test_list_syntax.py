"""Whole lists: lines, comments, duplicates, refusals, and the way back to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.limits import MAX_REGEXES
from moderation.words import (
    export,
    parse_allowed,
    parse_allowed_list,
    parse_entry,
    parse_list,
)

# Pieces from which lines with meaning are likely.
LINES = st.lists(
    st.sampled_from(
        [*'ab*/#"\\ \t\r', "word", "ｗ", "é", "e\u0301", "\u0301", "ß", "免", "++", "\ufeff"]
    )
    | st.characters(),
    max_size=12,
).map("".join)


def test_a_list() -> None:
    parsed = parse_list(
        "\ufeff# a comment\r\nidiot\r\n\r\n   \n#\n#tag\nf*ck\nIDIOT\ntwo words\n*\nlast"
    )
    assert [entry.text for entry in parsed.entries] == ["idiot", "#tag", "two words", "last"]
    assert parsed.duplicates == 1
    assert parsed.comments == 2
    assert [(line.line_number, line.line) for line in parsed.refused] == [(7, "f*ck"), (10, "*")]
    assert "whole word" in parsed.refused[0].reason


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "# only\n#\n", " \r\n\t\n"])
def test_an_empty_list_is_no_error(text: str) -> None:
    parsed = parse_list(text)
    assert (parsed.entries, parsed.refused, parsed.duplicates) == ((), (), 0)


def test_only_the_newline_divides_lines() -> None:
    assert [entry.text for entry in parse_list("one\u2028two\nthree").entries] == [
        "one two",
        "three",
    ]


def test_the_first_of_duplicates_is_kept() -> None:
    assert [entry.text for entry in parse_list("Word\nword\nWORD").entries] == ["Word"]


def test_an_allowed_list_refuses_what_an_allowed_phrase_cannot_be() -> None:
    parsed = parse_allowed_list("fine\n/no/\nneither*this\n")
    assert [entry.text for entry in parsed.entries] == ["fine"]
    assert [line.line_number for line in parsed.refused] == [2, 3]


def test_more_regular_expressions_than_possible_are_refused_unread() -> None:
    parsed = parse_list("\n".join(f"/a{number}/" for number in range(MAX_REGEXES + 2)))
    assert len(parsed.entries) == MAX_REGEXES
    assert [line.line_number for line in parsed.refused] == [MAX_REGEXES + 1, MAX_REGEXES + 2]


@given(st.lists(LINES, max_size=6).map("\n".join))
def test_export_and_parse_are_inverse(text: str) -> None:
    parsed = parse_list(text)
    again = parse_list(export(parsed.entries))
    assert again.entries == parsed.entries
    assert (again.refused, again.duplicates, again.comments) == ((), 0, 0)
    for entry in parsed.entries:
        assert parse_entry(entry.text) == entry

    allowed = parse_allowed_list(text)
    assert parse_allowed_list(export(allowed.entries)).entries == allowed.entries
    for phrase in allowed.entries:
        assert parse_allowed(phrase.text) == phrase


@given(st.text(max_size=80))
def test_every_line_is_accounted_for(text: str) -> None:
    parsed = parse_list(text)
    lines = [line for line in text.removeprefix("\ufeff").split("\n") if line.strip()]
    assert len(lines) == (
        len(parsed.entries) + parsed.duplicates + parsed.comments + len(parsed.refused)
    )
