"""Regular expressions of admins: what is refused, in which words, and where the rest match."""

import time
from collections.abc import Callable

import pytest

from moderation.errors import EntryRefused
from moderation.matcher import compile_lists
from moderation.regexes import SLOW_SECONDS, Haystack, Regex, RegexSet, compile_regex
from moderation.spans import Span
from moderation.words import parse_entry

REFUSED = [
    ("(?=a)b", "Lookahead"),
    ("a(?!b)", "Lookahead"),
    ("(?<=a)b", "Lookbehind"),
    ("(?<!a)b", "Lookbehind"),
    ("(?>a)b", "Atomic groups"),
    ("(a)\\1", "Back-references, \\1,"),
    ("(?P<x>a)(?P=x)", "(?P<name>...)"),
    ("(?#comment)a", "(?# is not available"),
    ("a{1001}", "{1001} is not possible"),
    ("((a{100}){100}){100}", "is not possible"),
    ("(a", "bracket ( is not closed"),
    ("a)", ") has no ( before it"),
    ("[a", "bracket [ is not closed"),
    ("+a", "nothing before + to repeat"),
    ("a**", "** repeats a repetition"),
    ("a++", "++ repeats a repetition"),
    ("[z-a]", "z-a is not a class"),
    ("\\p{Klingon}", "\\p{Klingon} is not a class"),
    ("\\y", "\\y means nothing"),
    ("a\\Z", "written \\z"),
    ("\\u0041", "instead of \\u"),
    ("\\C", "\\C is not available"),
    ("(?P<a b>c)", "regular expression cannot be used"),
    ("x*", "where there is nothing"),
    ("\\b", "where there is nothing"),
    ("$", "where there is nothing"),
    ("(?:)", "where there is nothing"),
    ("a|", "where there is nothing"),
    ("(a?){500}a{500}", "too large: 2,504 steps"),
    ("[\\pL\\pN]{40}", "too large"),
    ("(a?){200}a{200}z|a", "too slow"),
]


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_refused(pattern: str, reason: str) -> None:
    with pytest.raises(EntryRefused) as refused:
        parse_entry(f"/{pattern}/")
    assert reason in refused.value.reason
    assert refused.value.entry == f"/{pattern}/"


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        ("b.d", "bad BED", [(0, 3), (4, 7)]),
        ("(?-i)bad", "bad BAD", [(0, 3)]),
        ("b.d", "😀 b😀d", [(2, 5)]),
        ("b.d", "é\ud83d b\ud83dd é bad", [(3, 6), (9, 12)]),
        ("bad", "", []),
        ("\\bбад", "бад", []),  # a word boundary of RE2 knows ASCII only
        ("бад", "Это БАД", [(4, 7)]),
        ("[\\pL\\pN]+", "é1 ß", [(0, 2), (3, 4)]),
        ("a.b", "a\nb", []),
        ("(?s)a.b", "a\nb", [(0, 3)]),
        ("(?m)^b$", "a\nb", [(2, 3)]),
        ("a\\/b", "a/b", [(0, 3)]),
        ("(?:https?://)?discord\\.gg/[a-z0-9-]+", "x discord.gg/abc", [(2, 16)]),
    ],
)
def test_found(pattern: str, text: str, spans: list[tuple[int, int]]) -> None:
    parse_entry(f"/{pattern}/")
    assert compile_regex(pattern).find(Haystack(text)) == spans


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a|a)*z", "(.*a){9}$", "^(\\w+\\s?)+$", "(a*)*b"]
)
def test_what_freezes_others_is_searched_once(pattern: str) -> None:
    """An engine that tries one way after another does not come back from these."""
    text = "a" * 4_000 + "!"
    matcher = compile_lists({"main": [parse_entry(f"/{pattern}/"), parse_entry("walrus")]})
    assert not matcher.detect(text)
    assert matcher.detect(f"walrus {text}")


def test_many_patterns_find_what_each_finds_alone() -> None:
    patterns = [
        "b.d",
        "(?-i)Bad",
        "^good$",
        "\\bбад",
        "\\pL",
        "x+y",
        "é.",
        "a\nb",
        "z{1,9}",
    ]
    texts = ["bad Bad BAD", "good", "a good", "бад", "é1 ß", "xxy", "a\nb", "zz", "", "𝓫𝓪𝓭", "ｘｙ"]
    together = RegexSet(enumerate(patterns))
    assert together._filter is not None
    for text in texts:
        alone = [
            (number, span)
            for number, pattern in enumerate(patterns)
            for _, span in RegexSet([(0, pattern)]).find(text)
        ]
        assert sorted(together.find(text)) == alone


def test_patterns_that_are_too_large_together_are_tried_one_by_one() -> None:
    patterns = [f"[a-z]{{40}}{number}[а-я]{{40}}" for number in range(200)]
    together = RegexSet(enumerate(patterns))
    text = "a" * 40 + "17" + "б" * 40
    assert [number for number, _ in together.find(text)] == [17]


def _busy(seconds: float) -> None:
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        pass


@pytest.mark.parametrize("patterns", [1, 9])
@pytest.mark.parametrize(("passes", "slow"), [(_busy, ["a"]), (time.sleep, [])])
def test_a_slow_pattern_is_named_once_by_the_time_that_it_takes_itself(
    patterns: int,
    passes: Callable[[float], None],
    slow: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    find = Regex.find

    def takes_long(self: Regex, haystack: Haystack) -> list[Span]:
        if self.pattern == "a":
            passes(2 * SLOW_SECONDS)
        return find(self, haystack)

    monkeypatch.setattr(Regex, "find", takes_long)
    several = RegexSet(enumerate("abcdefghi"[:patterns]))
    for _ in range(2):
        assert (0, (1, 2)) in several.find("ba")
    assert list(several.slow) == slow
    assert caplog.text.count("The regular expression /a/ took") == len(slow)
