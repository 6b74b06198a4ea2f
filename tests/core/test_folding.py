"""Folding: what becomes equal, what stays different, and the way back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.folding import fold, fold_case, steps_undone
from moderation.steps import Step

# Characters that interact: marks, Hangul parts, ligatures, odd spaces, surrogates, special cases.
TRICKY = st.lists(
    st.sampled_from(
        "aAeß ǰİıΣςﬁｶﾞ가각ㄱㅏㄳ\n\t\u00a0\u3000´¨™ﷺ½①😀\u0301\u0308\u0345\u0323\u0340"
        "\u1100\u1161\u11a8\ud800\udc00\ufe0f\u200d"
    )
    | st.characters(),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("Plain TEXT", "plain text"),
        ("a \t\n b\nc", "a b c"),
        ("Straße", "strasse"),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("ﬁne", "fine"),
        ("𝖇𝖆𝖉", "bad"),
        ("Ⓑad", "bad"),
        ("cafe\u0301", "café"),
        ("ＣＡＦＥ\u0301", "café"),
        ("schön", "schön"),
        ("ｶﾞ", "ガ"),
        ("\u1112\u1161\u11ab", "한"),
        ("bad™", "bad™"),
        ("´bad", "´bad"),
        ("x\ud800y", "x\ufffdy"),
        ("❤️", "❤️"),
    ],
)
def test_folded(text: str, folded: str) -> None:
    assert fold(text).text == folded


@pytest.mark.parametrize(
    ("text", "piece", "original"),
    [
        ("xx ＢＡＤ", "bad", "ＢＡＤ"),
        ("a\n\n\nbad", "bad", "bad"),
        ("two \n\t words", "two words", "two \n\t words"),
        ("ﬁsh", "fi", "ﬁ"),
        ("ﬁsh", "ish", "ﬁsh"),
        ("Straße!", "strasse", "Straße"),
        ("xcafe\u0301x", "café", "cafe\u0301"),
        ("😀😀 bad", "bad", "bad"),
        ("ﷺ bad", "bad", "bad"),
        ("❤️bad", "bad", "bad"),
    ],
)
def test_the_way_back(text: str, piece: str, original: str) -> None:
    folded = fold(text)
    at = folded.text.index(piece)
    start, end = folded.original(at, at + len(piece))
    assert text[start:end] == original


@given(TRICKY)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once
    only_case = fold_case(text).text
    assert fold_case(only_case).text == only_case
    assert len(only_case) == len(text)


@given(TRICKY)
def test_composed_or_not_is_the_same(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)).text == (
        fold(unicodedata.normalize("NFD", text)).text
    )


@given(TRICKY)
def test_offsets_point_into_the_text_in_order(text: str) -> None:
    folded = fold(text)
    length = len(folded.text)
    spans = [folded.original(i, i + 1) for i in range(length)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    if length:
        assert folded.original(0, length) == (0, len(text))


def test_a_pile_of_marks_is_folded_in_linear_time() -> None:
    pile = "a" + "\u0316\u0301" * 200_000
    assert fold(pile).text == pile


@pytest.mark.parametrize(
    ("found", "written", "undone"),
    [
        ("word", "word", ()),
        ("WoRd", "word", (Step.CASE,)),
        ("word", "WORD", (Step.CASE,)),
        ("WORD", "WORD", ()),
        ("ｗｏｒｄ", "word", (Step.COMPATIBILITY,)),
        ("ＷＯＲＤ", "word", (Step.CASE, Step.COMPATIBILITY)),
        ("ｗｏｒｄ", "ｗｏｒｄ", ()),
        ("cafe\u0301", "café", (Step.COMPOSED,)),
        ("CAFE\u0301", "café", (Step.CASE, Step.COMPOSED)),
        ("two \n words", "two words", ()),
        ("two\u00a0words", "two words", ()),
        ("STRASSE", "straße", (Step.CASE,)),
    ],
)
def test_what_was_undone(found: str, written: str, undone: tuple[Step, ...]) -> None:
    assert steps_undone(found, written) == undone
