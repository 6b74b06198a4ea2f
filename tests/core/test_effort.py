"""However a text is made, looking at it takes work in proportion to its length. Work is counted,
not timed: bytes that are scanned and pieces of text that are read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.disguises import DisguisedWords
from moderation.words import parse_entry

WORDS = (
    "idiot", "scumbag", "bollocks", "ass", "fool", "dumb cow", "free*nitro", "*bad*", "дурак",
    "笨蛋", "바보", "c0ck", "ill", "aaaa*", "*abab*", "*aba*",
)  # fmt: skip
# What calls for another view, a rewriting, a mask, or a closer look.
COSTLY = (
    "a b c d ", "b*d ", "a-b-", "|\\/|", "/\\", "()", "||", "&#98;", "%62", "<@123456789012345678>",
    "](http://a.b/c)", "\u202eabc", "ɐqɔ", "😀a", "а", "e\u0301", "🅰️", "ｂ", "丂a", "坏", "바", "ค",
    "!!!", "$", "1l0", "ph", "vv", "aaaa", "\u200b", "____", "****", "[a", "\n", "Η", "●x",
    "a. b) ", "ab", "as", "i d i o t ", "idi", "ot", "bad ", "bo", "llocks", "dumb",
    " cow", "free", "nitro",
)  # fmt: skip
_PATTERNS = [parse_entry(word).pattern for word in WORDS]
FINDER = DisguisedWords(_PATTERNS, range(len(_PATTERNS)))
TEXTS = st.lists(st.sampled_from(COSTLY), min_size=1, max_size=8).map(
    lambda pieces: ("".join(pieces) * 4_000)[:4_000]
)


@settings(deadline=None)
@given(TEXTS)
def test_work_is_bounded(text: str) -> None:
    effort = FINDER.effort(text)
    assert effort.scanned <= 60 * len(text)
    assert effort.read <= len(text)


@settings(deadline=None)
@given(TEXTS)
def test_work_is_linear(text: str) -> None:
    half, whole = FINDER.effort(text[:2_000]), FINDER.effort(text)
    assert whole.scanned <= 3 * half.scanned + 10_000
    assert whole.read <= 3 * half.read + 200
