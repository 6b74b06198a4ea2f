"""Disguises: what is undone, what is spared and why, and the laws that hold for any text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moderation.canonical import canonical
from moderation.glyphs import GLYPHS
from moderation.matcher import INSIDE, compile_lists
from moderation.raw import raw_of
from moderation.rewriting import rewrite
from moderation.signs import flags_of
from moderation.skeletons import condense, has_single_letters, skeleton, squeeze
from moderation.sparing import (
    ACRONYM,
    ANOTHER_SCRIPT,
    ANOTHER_WORD,
    CONTRACTION,
    ENUMERATION,
    MODEL_NUMBER,
    ONLY_DIGITS,
    TWO_WORDS,
)
from moderation.words import parse_allowed, parse_entry

UNDONE = [
    # entry, text, what is found, what was undone
    ("idiot", "1d10t", "1d10t", {"digits for letters"}),
    ("idiot", "!d!ot", "!d!ot", {"symbols for letters"}),
    ("bastard", "b@$tard!", "b@$tard", {"symbols for letters"}),
    ("wanker", "vvan|<er", "vvan|<er", {"symbols for letters"}),
    ("fool", "ph00l", "ph00l", {"digits for letters", "symbols for letters"}),
    ("scope", "ѕсоре", "ѕсоре", {"look-alikes"}),
    ("idiot", "ıdıot", "ıdıot", {"look-alikes"}),
    ("bad", "🅱️🅰️d", "🅱️🅰️d", {"fancy letters", "invisible characters"}),
    ("bad", "🇧🇦🇩", "🇧🇦🇩", {"fancy letters"}),
    ("idiot", "ʇoᴉpᴉ", "ʇoᴉpᴉ", {"upside-down letters"}),
    ("idiot", "ïdíôt", "ïdíôt", {"diacritics"}),
    ("idiot", "i\u0336d\u0336i\u0336o\u0336t\u0336", "i\u0336d\u0336i\u0336o\u0336t\u0336",
     {"combining marks"}),
    ("idiot", "id\u200bi\u00ado\u2060t", "id\u200bi\u00ado\u2060t", {"invisible characters"}),
    ("idiot", "id\U000e0061\U000e007fiot", "id\U000e0061\U000e007fiot", {"invisible characters"}),
    ("bad", "b/a/d", "b/a/d", {"separators between letters"}),
    ("idiot", "so a i d i o t!", "i d i o t", {"separators between letters"}),
    ("idiot", "i.d-i_o*t", "i.d-i_o*t", {"separators between letters"}),
    ("idiot", "i\nd\ni\no\nt", "i\nd\ni\no\nt", {"separators between letters"}),
    ("idiot", "i👏d👏i👏o👏t", "i👏d👏i👏o👏t", {"emoji between letters"}),
    ("idiot", "id<@123456789012345678>iot", "id<@123456789012345678>iot", {"markup"}),
    ("idiot", "id<:kek:123456789012345678>iot", "id<:kek:123456789012345678>iot", {"markup"}),
    ("idiot", "idiiiiooot", "idiiiiooot", {"repeated letters"}),
    ("banana", "b*nana", "b*nana", {"masked letters"}),
    ("banana", "||ban||ana", "ban||ana", {"markup"}),
    ("banana", "[ban](https://a.example/)ana", "ban](https://a.example/)ana", {"markup"}),
    ("banana", "ban&#97;n&#x61;", "ban&#97;n&#x61;", {"encoded characters"}),
    ("banana", "b%61nana", "b%61nana", {"encoded characters"}),
    ("banana", "\u202eananab", "ananab", {"right-to-left override"}),
    ("banana", "B\u200b4.N\u200b4.N\u200b4", "B\u200b4.N\u200b4.N\u200b4",
     {"case", "digits for letters", "invisible characters", "separators between letters"}),
    ("дурак", "дyрaк", "дyрaк", {"look-alikes"}),
    ("козёл", "козел", "козел", set()),
    ("βλάκας", "ΒΛΑΚΑΣ", "ΒΛΑΚΑΣ", {"case"}),
    ("حمار", "حِـمَـار", "حِـمَـار", {"combining marks", "invisible characters"}),
    ("טיפש", "טִיפֵּשׁ", "טִיפֵּשׁ", {"combining marks"}),
    ("바보", "ㅂㅏㅂㅗ", "ㅂㅏㅂㅗ", set()),
    ("バカ", "ﾊﾞｶ", "ﾊﾞｶ", {"composed forms", "compatibility forms"}),
    ("笨蛋", "你笨.蛋吗", "笨.蛋", {"separators between letters"}),
    ("sıkıcı", "SIKICI", "SIKICI", {"case"}),
    ("aptal", "APTAL", "APTAL", {"case"}),
    ("b4d", "b4d", "b4d", set()),
    ("b4d", "Ｂ4\u200bＤ", "Ｂ4\u200bＤ", {"case", "compatibility forms", "invisible characters"}),
    ("mother-figure", "m0ther-figure", "m0ther-figure", {"digits for letters"}),
    ("free nitro", "fr33   n!tro", "fr33   n!tro", {"digits for letters", "symbols for letters"}),
    ("free nitro", "free_nitro", "free_nitro", {"separators between letters"}),
    ("free*nitro", "fr33 shiny n1tro", "fr33 shiny n1tro", {"digits for letters"}),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "text", "found", "undone"), UNDONE)
def test_undone(entry: str, text: str, found: str, undone: set[str]) -> None:
    (hit,) = compile_lists({"main": [parse_entry(entry)]}).detect(text).hits
    assert (hit.text, set(hit.undone)) == (found, undone)
    assert text[hit.start : hit.end] == found


SPARED = [
    # entry, text, the reason; None where nothing even looks like it
    ("hell", "he'll come", CONTRACTION),
    ("whore", "who're you", CONTRACTION),
    ("ass", "number 455", ONLY_DIGITS),
    ("ass", "the A55 road", MODEL_NUMBER),
    ("ass", "c.l.a.s.s", None),
    ("ass", "c l a s s", None),
    ("abc", "a) one b) two c) three", None),
    ("abc", "a, b, c", ENUMERATION),
    ("usa", "the U.S.A. won", ACRONYM),
    ("god", "good", ANOTHER_WORD),
    ("penis", "the pen.is here", TWO_WORDS),
    ("cop", "сор и мусор", ANOTHER_SCRIPT),
    ("schön", "schon", None),
    ("b4d", "bad", None),
    ("b4d", "B 4. D", None),
    ("c++", "c", None),
    ("two words", "two, words", None),
    ("idiot", "idiotic", INSIDE),
]


@pytest.mark.parametrize(("entry", "text", "reason"), SPARED)
def test_spared(entry: str, text: str, reason: str | None) -> None:
    detection = compile_lists({"main": [parse_entry(entry)]}).examine(text)
    assert detection.hits == ()
    if reason is not None:
        assert reason in {one.reason for one in detection.spared}
    for one in detection.spared:
        assert text[one.start : one.end] == one.text


def test_an_allowed_phrase_covers_disguised_hits() -> None:
    matcher = compile_lists({"main": [parse_entry("*class*")]}, [parse_allowed("class")])
    assert not matcher.detect("c.l.4.s.s ｃｌａｓｓ")
    assert matcher.detect("c.l.4.s.s1c")


ODD = "ab|ph|<|😀|а|ß|é|e\u0301|坏|바|ㅂ|ค|\u202e|ɐ|\u200b|🅰️|&#97;|%61|Η|İ|ﬁ|ς|\ud800"
MARKUP = ["||", "<@123456789012345678>", "](http://a.b)"]
PIECES = st.sampled_from([*"abdi .-*_|!@$1403lvu'\n<&%()[]", *ODD.split("|"), *MARKUP])
TEXTS = st.lists(PIECES | st.characters(), max_size=40).map("".join)
WORDS = st.sampled_from(["abd", "bad", "dab", "ab ba", "abid", "baß", "аба", "坏坏", "바", "abé"])


@given(st.lists(WORDS, min_size=1, max_size=5), TEXTS)
def test_spans_of_disguises_point_into_the_text(words: list[str], text: str) -> None:
    matcher = compile_lists({"main": [parse_entry(word) for word in set(words)]})
    detection = matcher.examine(text)
    spans = [(hit.start, hit.end, hit.text) for hit in detection.hits]
    spans += [(one.start, one.end, one.text) for one in detection.spared]
    for start, end, said in spans:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == said


@given(WORDS, TEXTS, st.sampled_from(["bad", "ab", "d", "坏"]))
def test_allowing_never_adds_a_disguised_hit(word: str, text: str, allowed: str) -> None:
    banned = {"main": [parse_entry(word)]}
    without = {(h.start, h.end) for h in compile_lists(banned).detect(text).hits}
    matcher = compile_lists(banned, [parse_allowed(allowed)])
    assert {(h.start, h.end) for h in matcher.detect(text).hits} <= without


@given(TEXTS)
@example("a \x80\na")  # a word of which nothing can be seen
@example("\nㅂ")
def test_folding_an_entry_twice_changes_nothing(text: str) -> None:
    once = canonical((text,))
    if once[0]:
        assert canonical(once) == once


@given(st.characters())
def test_every_character_has_a_skeleton(character: str) -> None:
    assert all(byte < 0x80 for byte in skeleton(character))
    assert GLYPHS[character] == GLYPHS[character]


@given(st.binary(max_size=1_500).map(lambda data: bytes(byte & 0x7F for byte in data)))
def test_squeezing_leaves_no_repeats(data: bytes) -> None:
    squeezed = squeeze(data)
    expected = bytes(b for i, b in enumerate(data) if b and (not i or b != data[i - 1]))
    if 0 not in data:
        assert squeezed == expected
    assert squeeze(squeezed) == squeezed


@given(TEXTS)
def test_a_rewriting_knows_where_it_comes_from(text: str) -> None:
    for rewritten in rewrite(text, flags_of(condense(raw_of(text))[0])):
        size = len(rewritten.text)
        for i in range(size):
            start, end = rewritten.original(i, i + 1)
            assert 0 <= start < end <= len(text)
            if not rewritten.undone(i, i + 1):
                assert rewritten.text[i] == text[start:end]
        if size:
            start, end = rewritten.original(0, size)
            assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    ("text", "has"), [("a b c", True), ("a bc d", False), ("to a b", False), ("x i d i y", True)]
)
def test_letters_that_stand_alone(text: str, has: bool) -> None:
    assert has_single_letters(b" %b " % condense(text.encode())[2]) is has
