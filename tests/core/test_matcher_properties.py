"""Laws of the matcher, on texts and entries that nobody would think of."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.matcher import Detection, compile_lists
from moderation.words import AllowedPhrase, BannedWord, parse_allowed_list, parse_list

# Few letters, so that entries and texts meet often; and all the characters that make trouble.
PIECES = st.sampled_from(
    [
        *"aabbABｂß免 \n*",
        "ab",
        "aba",
        "é",
        "e\u0301",
        "\u0301",
        "ﬀ",
        "f",
        "😀",
        "❤️",
        "\ud800",
        "가",
        "ㅏ",
    ]
)
TEXTS = st.lists(PIECES | st.characters(), max_size=40).map("".join)
LINES = st.lists(PIECES, min_size=1, max_size=5).map("".join)
ODD_LINES = st.sampled_from(
    ["/a.?b/", '"aB"', "aba*bab", "*aab*aba*", "/[^ ]+/", '"\u0301b"', "ab*"]
)


@st.composite
def word_lists(draw: st.DrawFn) -> tuple[BannedWord, ...]:
    return parse_list("\n".join(draw(st.lists(LINES | ODD_LINES, max_size=5)))).entries


@st.composite
def allowed_lists(draw: st.DrawFn) -> tuple[AllowedPhrase, ...]:
    return parse_allowed_list("\n".join(draw(st.lists(LINES | ODD_LINES, max_size=3)))).entries


def spans(detection: Detection) -> set[tuple[str, int, int]]:
    return {(hit.entry, hit.start, hit.end) for hit in detection.hits}


@given(word_lists(), allowed_lists(), TEXTS)
def test_spans_point_into_the_text(
    words: tuple[BannedWord, ...], allowed: tuple[AllowedPhrase, ...], text: str
) -> None:
    detection = compile_lists({"main": words}, allowed).detect(text)
    for hit in detection.hits:
        assert 0 <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.text
    order = [(hit.start, hit.end) for hit in detection.hits]
    assert order == sorted(order)


@given(word_lists(), allowed_lists(), TEXTS)
def test_an_allowed_phrase_never_adds_a_hit(
    words: tuple[BannedWord, ...], allowed: tuple[AllowedPhrase, ...], text: str
) -> None:
    without = compile_lists({"main": words}).detect(text)
    found = compile_lists({"main": words}, allowed).detect(text)
    assert len(found.hits) + found.more <= len(without.hits) + without.more
    if not without.more:
        assert spans(found) <= spans(without)


@given(word_lists(), word_lists(), TEXTS)
def test_an_entry_never_removes_a_hit(
    words: tuple[BannedWord, ...], others: tuple[BannedWord, ...], text: str
) -> None:
    before = compile_lists({"main": words}).detect(text)
    after = compile_lists({"main": words, "other": others}).detect(text)
    assert len(after.hits) + after.more >= len(before.hits) + before.more
    if not after.more:
        assert spans(before) <= spans(after)


@given(word_lists(), TEXTS, TEXTS)
def test_an_entry_is_found_where_it_stands_alone(
    words: tuple[BannedWord, ...], before: str, after: str
) -> None:
    matcher = compile_lists({"main": words})
    for word in words:
        if word.kind in ("word", "phrase"):
            piece = word.pattern.pieces[0]
            detection = matcher.detect(f"{before} . {piece} . {after}")
            assert detection.more or word.text in {hit.entry for hit in detection.hits}


@given(word_lists(), allowed_lists(), st.text())
def test_no_text_raises(
    words: tuple[BannedWord, ...], allowed: tuple[AllowedPhrase, ...], text: str
) -> None:
    matcher = compile_lists({"main": words}, allowed)
    assert matcher.detect(text) == matcher.detect(text)
