"""What the matcher finds, where, and how it explains it: one table of cases."""

import json
from collections.abc import Iterable
from inspect import isgenerator

import pytest
from ahocorasick_rs import BytesAhoCorasick

from moderation.limits import MAX_HITS_EXPLAINED
from moderation.matcher import Detection, Hit, compile_lists
from moderation.words import parse_allowed, parse_entry, parse_stored

type Case = tuple[str, str, list[str]]


def texts(detection: Detection) -> list[str]:
    return [hit.text for hit in detection.hits]


WHOLE_WORDS: list[Case] = [
    # entries, text, what is found
    ("idiot", "you idiot!", ["idiot"]),
    ("idiot", "idiots", []),
    ("idiot", "anidiot", []),
    ("idiot", "_idiot_", ["idiot"]),
    ("idiot", "idiot's", ["idiot"]),
    ("idiot", "«idiot»", ["idiot"]),
    ("idiot", "idiot1", []),
    ("idiot", "2idiot", []),
    ("idiot", "idiot\u0301", ["idiot\u0301"]),
    ("idiot", "❤️idiot❤️", ["idiot"]),
    ("idiot", "\u0301idiot", ["idiot"]),
    ("idiot", "idiot", ["idiot"]),
    ("idiot", "IDIOT IdIoT", ["IDIOT", "IdIoT"]),
    ("idiot", "ｉｄｉｏｔ", ["ｉｄｉｏｔ"]),
    ("idiot", "idiot™", ["idiot"]),
    ("lass", "Ⓒlass", []),
    ("idiot", "idiot你好", ["idiot"]),
    ("c++", "I like C++.", ["C++"]),
    ("c++", "c++x", ["c++"]),
    ("c++", "abc++", []),
    ("c", "c++", ["c"]),
    (":)", "x:)y", [":)"]),
    ("#tag", "a#tag #tags", ["#tag"]),
    ("дурак", "ДУРАК дураки", ["ДУРАК"]),
    ("حمار", "يا حمار!", ["حمار"]),
    ("evil.example", "https://evil.example/x", ["evil.example"]),
    ("evil.example", "https://www.Evil.Example:80", ["Evil.Example"]),
    ("evil.example", "https://notevil.example evil.examples", []),
    ("evil.example/x*", "see https://evil.example/xyz", ["evil.example/x"]),
    ("злой.рф", "https://ЗЛОЙ.рф/", ["ЗЛОЙ.рф"]),
    ("sub-word", "(a-sub-word-or-two)", ["sub-word"]),
    ("idiöt", "IDIO\u0308T", ["IDIO\u0308T"]),
    ("idio\u0308t", "idiöt", ["idiöt"]),
    ("schon", "schön", ["schön"]),
    ("schön", "schon", []),
    ("straße", "STRASSE", ["STRASSE"]),
    ("strasse", "Straße", ["Straße"]),
    ("坏人", "你是坏人吗", ["坏人"]),
    ("เลว", "คนเลวมาก", ["เลว"]),
    ("바보", "바보야", ["바보"]),
    ("ばか", "お前ばかだ", ["ばか"]),
    ("नीच", "नीच!", ["नीच"]),
]

SIDES: list[Case] = [
    ("idiot*", "idiots idiotic anidiot", ["idiot", "idiot"]),
    ("*idiot", "anidiot idiots", ["idiot"]),
    ("*idiot*", "xidiotx", ["idiot"]),
    ("*ana*", "banana", ["ana", "ana"]),
    ("two words*", "two wordsmiths", ["two words"]),
    ("idiot\\*", "idiot idiot*", ["idiot*"]),
]

PHRASES: list[Case] = [
    ("two words", "two words", ["two words"]),
    ("two words", "TWO \n\t WORDS", ["TWO \n\t WORDS"]),
    ("two words", "two\u00a0words", ["two\u00a0words"]),
    ("two words", "two\u3000\u2028words", ["two\u3000\u2028words"]),
    ("two words", "twowords", []),
    ("two words", "two, words", []),
    ("two words", "two wordsmiths", []),
    ("two words", "x\n\n\ntwo  words  two words", ["two  words", "two words"]),
]

STARS: list[Case] = [
    ("free*nitro", "freenitro", ["freenitro"]),
    ("free*nitro", "FREE discord nitro", ["FREE discord nitro"]),
    ("free*nitro", "free " + "x" * 31 + "nitro", ["free " + "x" * 31 + "nitro"]),
    ("free*nitro", "free " + "x" * 32 + "nitro", []),
    ("free*nitro", "free " + "😀" * 31 + "nitro", ["free " + "😀" * 31 + "nitro"]),
    ("free*nitro", "free " + "\t" * 40 + "nitro", []),
    ("free*nitro", "free\nnitro", []),
    ("free*nitro", "free\u2028nitro", []),
    ("free*nitro", "freely nitro", ["freely nitro"]),
    ("free*nitro", "carefree nitro", []),
    ("free*nitro", "free nitros", []),
    ("free*nitro", "free nitros nitro", ["free nitros nitro"]),
    ("free*nitro", "free free nitro", ["free nitro"]),
    ("free*nitro", "free nitro nitro", ["free nitro"]),
    ("free*nitro", "nitro free", []),
    ("free*nitro", "freenitrofree nitro", ["freenitrofree nitro"]),
    ("*free*nitro*", "carefree nitros", ["free nitro"]),
    ("one*two*six", "one two six", ["one two six"]),
    ("one*two*six", "one six two", []),
    ("one*two*six", "one\ntwo six", []),
    ("one*one", "one", []),
    ("one*one", "oneone one", ["oneone"]),
]

LITERALS: list[Case] = [
    ('"Word"', "word WORD", ["word", "WORD"]),
    ('"word"', "ｗｏｒｄ", []),
    ('"word"', "words", []),
    ('"two words"', "two words", ["two words"]),
    ('"two words"', "two  words", []),
    ('"a*b"', "axb a*b", ["a*b"]),
    ('"ДА"', "да", ["да"]),
    ('"ß"', "SS", []),
    ('"ｗ"', "ｗ w", ["ｗ"]),
    ('"x"', "\ud800x", ["x"]),
]

REGEXES: list[Case] = [
    ("/b[ae]d+/", "baddy BED", ["badd", "BED"]),
    ("/^.$/", "\ud83d", ["\ud83d"]),
    ("/b.d/", "é b😀d", ["b😀d"]),
]


@pytest.mark.parametrize(
    ("entry", "text", "found"), WHOLE_WORDS + SIDES + PHRASES + STARS + LITERALS + REGEXES
)
def test_found(entry: str, text: str, found: list[str]) -> None:
    detection = compile_lists({"main": [parse_entry(entry)]}).detect(text)
    assert texts(detection) == found
    assert bool(detection) is bool(found)
    assert detection.more == 0
    for hit in detection.hits:
        assert text[hit.start : hit.end] == hit.text
        assert (hit.entry, hit.list) == (parse_entry(entry).text, "main")


@pytest.mark.parametrize(
    ("entry", "allowed", "text", "found"),
    [
        ("ass*", "assume", "assume asses", ["ass"]),
        ("*ass*", "class*", "class classes classic bass", ["ass"]),
        ("*ass*", "*mbass*", "embassy amass", ["ass"]),
        ("*ass*", "*class", "superclass classes", ["ass"]),
        ("*ass*", "pass the salt", "PASS\n THE salt", []),
        ("*ass*", '"class"', "class ｃｌａｓｓ", ["ａｓｓ"]),
        ("assume", "ass", "assume", ["assume"]),
        ("bad", "not bad at all", "bad not bad at all", ["bad"]),
        ("bad", "bad", "BAD", []),
        ("/b.d/", "bed", "bad bed", ["bad"]),
        ("free*nitro", "free nitro", "free free nitro", []),
        ("free*nitro", "nitro", "free nitro", ["free nitro"]),
        ("*坏*", "坏了", "坏了坏人", ["坏"]),
        ("*a*", "b*", "bab\u0301a aba", ["a", "a"]),
        # One link that is allowed says nothing of the others.
        ("bad", "a.example/bad", "https://a.example/bad https://b.example/bad", ["bad"]),
        ("bad", "a.example/bad", "https://b.example/bad https://a.example/bad", ["bad"]),
        (
            "/https?:\\/\\/\\S+/",
            "https://a.example",
            "https://a.example http://b.example",
            ["http://b.example"],
        ),
    ],
)
def test_allowed_phrases_cancel_what_lies_inside_them(
    entry: str, allowed: str, text: str, found: list[str]
) -> None:
    matcher = compile_lists({"main": [parse_stored(entry)]}, [parse_allowed(allowed)])
    assert texts(matcher.detect(text)) == found


@pytest.mark.parametrize(
    ("entry", "text", "undone"),
    [
        ("idiot", "idiot", ()),
        ("idiot", "IDIOT", ("case",)),
        ("Idiot", "idiot", ("case",)),
        ("idiot", "ＩＤＩＯＴ", ("case", "compatibility forms")),
        ("idiöt", "ｉdio\u0308t", ("compatibility forms", "composed forms")),
        ("free*nitro", "free SHINY nitro", ()),
        ("free*nitro", "free shiny NITRO", ("case",)),
        ("two words", "two \n words", ()),
        ("/idiot/", "IDIOT", ()),
        ('"idiot"', "IDIOT", ("case",)),
    ],
)
def test_what_was_undone(entry: str, text: str, undone: tuple[str, ...]) -> None:
    (hit,) = compile_lists({"main": [parse_entry(entry)]}).detect(text).hits
    assert hit.undone == undone


def test_a_hit_as_json() -> None:
    (hit,) = compile_lists({"main": [parse_entry("idiot*")]}).detect("😀 IDIOTS").hits
    expected = {
        "entry": "idiot*",
        "list": "main",
        "start": 2,
        "end": 7,
        "text": "IDIOT",
        "undone": ["case"],
    }
    assert hit.as_json() == expected
    assert json.loads(json.dumps(hit.as_json())) == expected


def test_hits_are_in_order_and_name_their_list() -> None:
    lists = {
        "first": [parse_entry("bad idea"), parse_entry("idea")],
        "second": [parse_entry("bad"), parse_entry("/i../"), parse_entry('"idea"')],
    }
    hits = compile_lists(lists).detect("a bad idea").hits
    assert [(hit.start, hit.end, hit.list, hit.entry) for hit in hits] == [
        (2, 5, "second", "bad"),
        (2, 10, "first", "bad idea"),
        (6, 9, "second", "/i../"),
        (6, 10, "first", "idea"),
        (6, 10, "second", '"idea"'),
    ]


def test_the_first_hits_are_explained_and_the_rest_counted() -> None:
    detection = compile_lists({"main": [parse_entry("bad")]}).detect("bad " * 50)
    assert [hit.start for hit in detection.hits] == [4 * i for i in range(MAX_HITS_EXPLAINED)]
    assert detection.more == 50 - MAX_HITS_EXPLAINED


def test_no_entries_find_nothing() -> None:
    assert compile_lists({}).detect("anything") == Detection()
    assert compile_lists({"main": []}, [parse_allowed("x")]).detect("x") == Detection()


def test_a_long_list_answers_like_a_short_one() -> None:
    entries = [parse_entry(f"word{number}") for number in range(20_000)]
    matcher = compile_lists({"main": entries})
    assert [hit.entry for hit in matcher.detect("word0, Word19999; word20000").hits] == [
        "word0",
        "word19999",
    ]
    assert not matcher.detect("\0" * 10_000)


def test_an_automaton_is_built_in_order_and_other_threads_get_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[bytes] = []
    lets_go: list[bool] = []

    def watched(skeletons: Iterable[bytes]) -> object:
        # While it builds, Python's lock is let go only where code of Python's runs in between.
        lets_go.append(isgenerator(skeletons))
        taken.extend(skeletons)
        return BytesAhoCorasick(taken)

    monkeypatch.setattr("moderation.automaton.BytesAhoCorasick", watched)
    matcher = compile_lists({"main": [parse_entry(word) for word in ("zebra", "apple", "fig")]})
    assert lets_go == [True]
    assert len(taken) > 3
    assert taken == sorted(taken)
    hits = matcher.detect("a fig, an app1e, a z-e-b-r-a, phig").hits
    assert [hit.entry for hit in hits] == ["fig", "apple", "zebra", "fig"]


def test_a_hit_is_a_value() -> None:
    hit = Hit("a", "main", 0, 1, "a", ())
    assert hit == Hit("a", "main", 0, 1, "a", ())
    assert len({hit, Hit("a", "main", 0, 1, "a", ())}) == 1
