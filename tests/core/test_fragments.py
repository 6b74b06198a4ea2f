"""A word split over several messages: found when it is spelled exactly, never by chance."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.events import MessageSeen, Part, Surface
from moderation.fragments import (
    MAX_CHARACTERS,
    MAX_MESSAGES,
    WINDOW_MS,
    Fragment,
    fragment,
    judge_split,
)
from moderation.matcher import compile_lists
from moderation.people import Person
from moderation.ruleset import Ruleset
from moderation.verdict import DeleteMessage, Verdict
from moderation.words import parse_allowed, parse_entry

SECOND = 1_000


def banning(*entries: str) -> Ruleset:
    """Rules with these entries."""
    return Ruleset(compile_lists({"main": [parse_entry(entry) for entry in entries]}))


def at(milliseconds: int) -> int:
    """The id of a message written at some time."""
    return (milliseconds + 1) << 22


def run_of(texts: Sequence[str], apart: int = SECOND) -> list[Fragment]:
    pieces = [fragment(at(number * apart), text) for number, text in enumerate(texts)]
    assert None not in pieces, "none of these is longer than three letters"
    return [piece for piece in pieces if piece is not None]


def judged(run: Sequence[Fragment], rules: Ruleset) -> Verdict | None:
    last = MessageSeen(1, 2, run[-1].message_id, Person(3), (Part(Surface.MESSAGE, "x"),))
    return judge_split(last, run, rules)


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("id", "id"),
        (" id ", "id"),
        ("i...", "i"),
        ("*i*", "i"),
        ("i d", "i d"),
        ("b4d", "b4d"),
        ("e\N{COMBINING ACUTE ACCENT}", "e\N{COMBINING ACUTE ACCENT}"),
        ("@", "@"),
        ("?", "?"),
        ("бад", "бад"),
        ("four", None),
        ("i " * MAX_CHARACTERS, None),
        ("a" + "." * MAX_CHARACTERS, None),
        ("????", None),
    ],
)
def test_what_is_a_piece_of_a_word(text: str, piece: str | None) -> None:
    found = fragment(1, text)
    assert (found.text if found else None) == piece


SPELLED = [
    (["idi", "ot"], ["idiot"], "idiot"),
    (["i", "d", "i", "o", "t"], ["idiot"], "idiot"),
    (["ID", "iot"], ["idiot"], "IDiot"),
    (["i.", "d.", "iot!"], ["idiot"], "idiot"),
    (["he", "ll"], ["hell"], "hell"),
    (["no", "id", "iot"], ["idiot"], "idiot"),
    (["id", "?", "iot"], ["idiot"], "idiot"),
    (["иди", "от"], ["идиот"], "идиот"),
    (["idi", "ot"], ["idiot*"], "idiot"),
    (["1d", "10t"], ["idiot"], "1d10t"),
    (["сволочь"[:3], "сволочь"[3:6], "ь"], ["сволочь"], "сволочь"),
]


@pytest.mark.parametrize(("texts", "entries", "word"), SPELLED)
def test_a_word_that_is_spelled_exactly_goes_with_all_of_its_messages(
    texts: list[str], entries: list[str], word: str
) -> None:
    run = run_of(texts)
    verdict = judged(run, banning(*entries))
    assert verdict is not None
    (found,) = verdict.found
    assert found.part == Part(Surface.SPLIT, word)
    assert (found.hit.start, found.hit.end) == (0, len(word))
    deleted = {action.message_id for action in verdict.actions if isinstance(action, DeleteMessage)}
    assert deleted == {piece.message_id for piece in run if piece.text in word}
    reason = f"Banned in messages that together spell a word: {entries[0]} (list main)"
    assert {action.reason for action in verdict.actions} == {reason}


NOT_SPELLED = [
    (["as", "s"], ["ass"], "an entry of three letters is too short"),
    (["idi", "ots"], ["idiot"], "more than the entry"),
    (["id", "iot"], ["*idiots*"], "less than the entry"),
    (["he", "lll"], ["hell"], "a letter more than the entry"),
    (["fre", "e n", "itr", "o"], ["free nitro"], "a phrase"),
    (["idi", "ot"], ["/idiot/"], "a regular expression"),
    (["idi", "ot"], ['"idiot"'], "a literal entry"),
    (["ok", "no", "lol"], ["oknot", "oklol"], "something else"),
    (["i", "d", "i", "o", "t", "s"], ["idiots"], "six messages"),
]


@pytest.mark.parametrize(("texts", "entries", "why"), NOT_SPELLED)
def test_what_is_not_spelled_exactly_stays(texts: list[str], entries: list[str], why: str) -> None:
    assert judged(run_of(texts), banning(*entries)) is None, why


@pytest.mark.parametrize(("apart", "spelled"), [(WINDOW_MS, True), (WINDOW_MS + 1, False)])
def test_the_messages_are_within_twenty_seconds(apart: int, spelled: bool) -> None:
    verdict = judged(run_of(["idi", "ot"], apart), banning("idiot"))
    assert (verdict is not None) is spelled


def test_a_word_that_the_new_message_has_no_part_in_is_not_its_business() -> None:
    assert judged(run_of(["idi", "ot", "ok"]), banning("idiot")) is None


def test_an_allowed_phrase_wins_here_too() -> None:
    lists = {"main": [parse_entry("idiot")]}
    rules = Ruleset(compile_lists(lists, [parse_allowed("idiot")]))
    assert judged(run_of(["idi", "ot"]), rules) is None


LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzл", min_size=4, max_size=15)
CHATTER = st.lists(
    st.sampled_from(["ok", "no", "lol", "hi", "k", "?", "ye", "s", "id", "he", "ll", "o", "xd"]),
    min_size=2,
    max_size=MAX_MESSAGES,
)


@given(CHATTER, st.lists(LETTERS, min_size=1, max_size=20))
def test_chatter_goes_only_where_it_spells_an_entry_letter_for_letter(
    texts: list[str], entries: list[str]
) -> None:
    run = run_of(texts)
    verdict = judged(run, banning(*entries))
    lettered = [text for text in texts if text != "?"]
    spellings = {"".join(some[first:]) for some in (texts, lettered) for first in range(len(some))}
    if verdict is None:
        exact = {"".join(lettered[first:]) for first in range(len(lettered) - 1)}
        assert texts[-1] == "?" or not exact & set(entries)
    else:
        assert verdict.found[0].part.text in spellings & set(entries)


@given(LETTERS, st.data())
def test_however_a_word_is_cut_it_is_found(word: str, data: st.DataObject) -> None:
    pieces: list[str] = []
    rest = word
    while rest:
        most = min(3, len(rest))
        fewest = max(1, len(rest) - 3 * (MAX_MESSAGES - 1 - len(pieces)))
        size = data.draw(st.integers(min(fewest, most), most))
        pieces.append(rest[:size])
        rest = rest[size:]
    verdict = judged(run_of(pieces), banning(word))
    assert verdict is not None
    assert len(verdict.actions) >= 2
