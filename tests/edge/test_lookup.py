"""Finding an entry again: what is suggested while somebody types, and the entry that was meant."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.lookup import MAX_CHOICE, find, suggestions
from moderation.words import AllowedPhrase, BannedWord, parse_allowed, parse_entry

LONG = ["long " + "x" * 150 + end for end in ("a", "b")]
BANNED = [parse_entry(text) for text in ["idiot", "idiot*", "Sea Lion", "/wal+rus/", '"C#"', *LONG]]
ALLOWED = [parse_allowed(text) for text in ["scunthorpe", "class*", *LONG]]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("idiot", "idiot"),
        ("idiot*", "idiot*"),
        ("IDIOT", "idiot"),
        (" ＩＤＩＯＴ ", "idiot"),
        ("sea   lion", "Sea Lion"),
        ("/wal+rus/", "/wal+rus/"),
        ('"c#"', '"C#"'),
        (LONG[0], LONG[0]),
        (LONG[1].upper(), LONG[1]),
    ],
)
def test_an_entry_is_found_however_it_is_written(typed: str, text: str) -> None:
    found = find(BANNED, typed)
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("typed", ["", " ", "walrus", "# note", "*", "/(/", "entry 0123", "long"])
def test_what_is_not_there_is_not_found(typed: str) -> None:
    assert find(BANNED, typed) is None
    assert find(ALLOWED, typed) is None


def test_nothing_is_found_in_an_empty_list() -> None:
    nothing: list[BannedWord] = []
    assert find(nothing, "idiot") is None


def test_allowed_phrases_are_read_as_such() -> None:
    assert find(ALLOWED, "CLASS*") == ALLOWED[1]
    assert find(ALLOWED, "/class/") is None


def names(listed: Sequence[BannedWord | AllowedPhrase], typed: str) -> list[str]:
    return [choice["name"] for choice in suggestions(listed, typed)]


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("idi", ["idiot", "idiot*"]),
        ("IDI", ["idiot", "idiot*"]),
        ("lion", ["Sea Lion"]),
        ("s", ["Sea Lion", "/wal+rus/"]),
        (" sea ", ["Sea Lion"]),
        ("nothing", []),
    ],
)
def test_suggestions_hold_what_was_typed_and_begin_with_it_if_they_can(
    typed: str, suggested: list[str]
) -> None:
    assert names(BANNED, typed) == suggested


def test_at_most_25_are_suggested_in_the_order_of_the_list() -> None:
    many = [parse_entry(f"word{number}") for number in range(40)]
    assert names(many, "") == [f"word{number}" for number in range(25)]


def test_one_that_begins_with_it_comes_first_however_late_it_stands() -> None:
    many = [parse_entry(f"keyword{number}") for number in range(40)] + [parse_entry("word")]
    assert names(many, "word")[0] == "word"


@pytest.mark.parametrize("listed", [BANNED, ALLOWED])
def test_every_suggestion_finds_its_own_entry_within_discords_limits(
    listed: Sequence[BannedWord] | Sequence[AllowedPhrase],
) -> None:
    choices = suggestions(listed, "")
    assert len(choices) == len(listed)
    for choice, entry in zip(choices, listed, strict=True):
        assert 0 < len(choice["name"]) <= MAX_CHOICE
        assert 0 < len(choice["value"]) <= MAX_CHOICE
        assert find(listed, choice["value"]) is entry  # type: ignore[type-var]  # of one kind
    assert len({choice["value"] for choice in choices}) == len(listed)


@given(st.text(max_size=120))
def test_whatever_is_typed_is_harmless(typed: str) -> None:
    assert all(choice in suggestions(BANNED, "") for choice in suggestions(BANNED, typed))
    found = find(BANNED, typed)
    assert found is None or found in BANNED
