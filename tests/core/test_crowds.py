"""Pieces that many entries share, and finds that would overlap: bounded, and nothing is missed."""

from moderation.crowds import CROWD, OFTEN, Crowds, Tallies
from moderation.limits import MAX_HITS_EXPLAINED
from moderation.matcher import compile_lists
from moderation.words import parse_entry

type Use = tuple[int, int]


def crowds_of(uses: list[list[Use]]) -> Crowds[Use]:
    return Crowds(map(len, uses), uses.__getitem__, lambda use: use)


def test_a_crowded_piece_gives_only_the_uses_whose_anchor_is_there() -> None:
    entries = CROWD + 1
    shared = [(number, 0) for number in range(entries)]
    anchors = [[(number, 1)] for number in range(entries)]
    crowds = crowds_of([shared, *anchors])
    assert 0 in crowds
    assert 1 not in crowds
    assert list(crowds.uses(0, {0})) == []
    assert sorted(crowds.uses(0, {0, 1 + 7, 1 + 9})) == [(7, 0), (9, 0)]


def test_few_uses_are_no_crowd() -> None:
    assert not crowds_of([[(number, 0) for number in range(CROWD)]])


def test_a_pattern_of_one_piece_is_its_own_anchor() -> None:
    crowds = crowds_of([[(number, 0) for number in range(CROWD + 1)]])
    assert len(list(crowds.uses(0, {0}))) == CROWD + 1


def test_any_way_to_write_the_anchor_will_do() -> None:
    entries = CROWD + 1
    shared = [(number, 0) for number in range(entries)]
    anchors = [[(number, 1)] for number in range(entries)]
    crowds = crowds_of([shared, *anchors, *anchors])
    assert list(crowds.uses(0, {0, 1 + 7})) == [(7, 0)]
    assert list(crowds.uses(0, {0, 1 + entries + 7})) == [(7, 0)]


def test_entries_that_share_a_piece_are_each_found_and_only_they() -> None:
    words = [f"{a}{b}{c}" for a in "bcdfg" for b in "aeiou" for c in "lmnpr"]
    for first in ("aaa", "fox"):  # one with letters that repeat, one without
        matcher = compile_lists({"main": [parse_entry(f"{first}*{word}") for word in words]})
        assert not matcher.detect(f"{first} and nothing else, {first}")
        for word in words:
            found = matcher.detect(f"{first} then {word}!")
            assert [hit.entry for hit in found.hits] == [f"{first}*{word}"]


def test_overlapping_finds_are_left_out_when_there_are_many() -> None:
    tallies = Tallies()
    for number in range(OFTEN):
        assert not tallies.has_enough(1, number)
        tallies.add(1, number + 3)
    assert tallies.has_enough(1, OFTEN)
    assert not tallies.has_enough(1, OFTEN + 2)
    assert not tallies.has_enough(2, OFTEN)


def test_a_long_run_of_one_letter_is_still_a_hit_whose_number_is_bounded() -> None:
    matcher = compile_lists({"main": [parse_entry("*aaaa*")]})
    found = matcher.detect("a" * 4_000)
    assert found
    assert len(found.hits) + found.more <= 1_000 + OFTEN


def test_whole_words_within_whole_words_are_found_where_they_are_words() -> None:
    words = ["a" * size for size in range(1, CROWD + 9)]
    matcher = compile_lists({"main": [parse_entry(f'"{word}"') for word in words]})
    for text in ("aaaa aaa", "aaaa你aaa", "«AAAA», aaa!", "aaaa_aaa"):
        assert [hit.end - hit.start for hit in matcher.detect(text).hits] == [4, 3]
    assert not matcher.detect("a" * 4_000)
    assert not matcher.detect("xaaaay")


def test_of_entries_within_entries_as_many_are_told_as_are_explained() -> None:
    words = ["a" * size for size in range(4, 60)]
    matcher = compile_lists({"main": [parse_entry(f"*{word}*") for word in words]})
    found = matcher.detect("x" + "a" * 70)
    assert {hit.entry for hit in found.hits} <= {f"*{'a' * size}*" for size in range(4, 25)}
    assert len(found.hits) == MAX_HITS_EXPLAINED
    assert matcher.detect("the aaaa").hits[0].entry == "*aaaa*"
