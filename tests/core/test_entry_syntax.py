"""What one line means, what is refused and why, and how an entry describes itself."""

from collections.abc import Callable

import pytest

from moderation.entries import Kind, Pattern
from moderation.errors import EntryRefused
from moderation.limits import MAX_ENTRY_CHARACTERS, MAX_REGEX_CHARACTERS
from moderation.words import describe, parse_allowed, parse_entry, parse_stored

UNDERSTOOD = [
    # line, canonical text, kind, pieces, open start, open end
    ("word", "word", Kind.WORD, ("word",), False, False),
    ("  word\r\n", "word", Kind.WORD, ("word",), False, False),
    ("Straße", "Straße", Kind.WORD, ("Straße",), False, False),
    ("two \t words", "two words", Kind.PHRASE, ("two words",), False, False),
    ("two\u00a0\u3000words", "two words", Kind.PHRASE, ("two words",), False, False),
    ("word*", "word*", Kind.WORD, ("word",), False, True),
    ("*word", "*word", Kind.WORD, ("word",), True, False),
    ("**word***", "*word*", Kind.WORD, ("word",), True, True),
    ("two words*", "two words*", Kind.PHRASE, ("two words",), False, True),
    ("free*nitro", "free*nitro", Kind.STARRED, ("free", "nitro"), False, False),
    ("free***nitro", "free*nitro", Kind.STARRED, ("free", "nitro"), False, False),
    ("*one*two3*fo-ur*", "*one*two3*fo-ur*", Kind.STARRED, ("one", "two3", "fo-ur"), True, True),
    ("c++", "c++", Kind.WORD, ("c++",), False, False),
    (":)", ":)", Kind.WORD, (":)",), False, False),
    ("😀", "😀", Kind.WORD, ("😀",), False, False),
    ("#tag", "#tag", Kind.WORD, ("#tag",), False, False),
    ("\\#", "\\#", Kind.WORD, ("#",), False, False),
    ("\\# tag", "\\# tag", Kind.PHRASE, ("# tag",), False, False),
    ("\\#tag", "#tag", Kind.WORD, ("#tag",), False, False),
    ("\\*", "\\*", Kind.WORD, ("*",), False, False),
    ("\\*word*", "\\*word*", Kind.WORD, ("*word",), False, True),
    ("word\\*", "word\\*", Kind.WORD, ("word*",), False, False),
    ("a\\\\b", "a\\\\b", Kind.WORD, ("a\\b",), False, False),
    ("word\\\\*", "word\\\\*", Kind.WORD, ("word\\",), False, True),
    ("/", "/", Kind.WORD, ("/",), False, False),
    ("/words", "/words", Kind.WORD, ("/words",), False, False),
    ("and/or", "and/or", Kind.WORD, ("and/or",), False, False),
    ("\\/word/", "\\/word/", Kind.WORD, ("/word/",), False, False),
    ("/word\\/", "\\/word/", Kind.WORD, ("/word/",), False, False),
    ("\\//", "\\//", Kind.WORD, ("//",), False, False),
    ("/a+b/", "/a+b/", Kind.REGEX, ("a+b",), False, False),
    ("/a\\/b/", "/a\\/b/", Kind.REGEX, ("a\\/b",), False, False),
    ("/a\\\\/", "/a\\\\/", Kind.REGEX, ("a\\\\",), False, False),
    ("/two words/", "/two words/", Kind.REGEX, ("two words",), False, False),
    ('"word"', '"word"', Kind.LITERAL, ("word",), False, False),
    ('"a * b"', '"a * b"', Kind.LITERAL, ("a * b",), False, False),
    ('"a \\* b"', '"a * b"', Kind.LITERAL, ("a * b",), False, False),
    ('"say "hi""', '"say \\"hi\\""', Kind.LITERAL, ('say "hi"',), False, False),
    ('"a\\\\"', '"a\\\\"', Kind.LITERAL, ("a\\",), False, False),
    ('"two  words "', '"two  words "', Kind.LITERAL, ("two  words ",), False, False),
    ('\\"word"', '\\"word"', Kind.WORD, ('"word"',), False, False),
    ('5"', '5"', Kind.WORD, ('5"',), False, False),
    ("cafe\u0301", "café", Kind.WORD, ("café",), False, False),
    ("мат", "мат", Kind.WORD, ("мат",), False, False),
    ("नमस्ते", "नमस्ते", Kind.WORD, ("नमस्ते",), False, False),
    ("می\u200cخواهم", "می\u200cخواهم", Kind.WORD, ("می\u200cخواهم",), False, False),
    ("👩\u200d💻", "👩\u200d💻", Kind.WORD, ("👩\u200d💻",), False, False),
]


@pytest.mark.parametrize(("line", "text", "kind", "pieces", "open_start", "open_end"), UNDERSTOOD)
def test_understood(
    line: str, text: str, kind: Kind, pieces: tuple[str, ...], open_start: bool, open_end: bool
) -> None:
    entry = parse_entry(line)
    assert entry.text == text
    assert entry.kind is kind
    pattern = Pattern(kind, pieces, entry.pattern.folded, open_start, open_end)
    assert entry.pattern == pattern
    assert parse_entry(entry.text) == entry
    assert parse_stored(line) == entry


REFUSED = [
    # line, what the reason says
    ("", "nothing in it"),
    ("   ", "nothing in it"),
    ("\u00a0\u3000", "nothing in it"),
    ("*", "match everything"),
    ("***", "match everything"),
    ("* *", "match everything"),
    ("x" * (MAX_ENTRY_CHARACTERS + 1), "201 characters, at most 200"),
    ("x" * 5_000, "5,000 characters"),
    ("/" + "x" * (MAX_REGEX_CHARACTERS + 1) + "/", "501 characters, at most 500"),
    ("be\u0007ll", "U+0007"),
    ("a\nb", "U+000A"),
    ("a\x00b", "U+0000"),
    ("zero\u200bwidth", "U+200B (zero width space)"),
    ("soft\u00adhyphen", "U+00AD (soft hyphen)"),
    ("half\ud83d", "U+D83D"),
    ("non\ufffecharacter", "U+FFFE"),
    ("f*ck", "whole word"),
    ("abc*de", "whole word"),
    ("a-b*c-d-e", "whole word"),
    ("free*x*nitro", "whole word"),
    ("free *nitro", "right beside"),
    ("word *", "right beside"),
    ("* word", "right beside"),
    ("//", "nothing between the slashes"),
    ('""', "nothing between the quotation marks"),
    ('"  "', "nothing between the quotation marks"),
    ('"unfinished', "does not end with one"),
    ('"', "does not end with one"),
    ('"unfinished\\"', "does not end with one"),
    ("back\\slash", "\\\\ for a backslash"),
    ("\\bword\\b", "/.../ for a regular expression"),
    ("word\\", "\\\\ for a backslash"),
    ('"back\\slash"', "\\\\ for a backslash"),
    ("\u0301", "no letter, digit or symbol"),
    ("\u200d", "no letter, digit or symbol"),
    ("#", "is a comment"),
    ("# a comment", "is a comment"),
    ("#\ta comment", "is a comment"),
    ("/(/", "not closed"),
]


@pytest.mark.parametrize(("line", "reason"), REFUSED)
def test_refused(line: str, reason: str) -> None:
    parsers: list[Callable[[str], object]] = [parse_entry, parse_stored]
    if not line.startswith("/"):
        parsers.append(parse_allowed)
    for parse in parsers:
        with pytest.raises(EntryRefused) as refused:
            parse(line)
        assert reason in refused.value.reason
        assert refused.value.reason.endswith(".")
        assert refused.value.entry == line
        assert str(refused.value) == refused.value.reason


@pytest.mark.parametrize("line", ["x" * MAX_ENTRY_CHARACTERS, f"/{'x' * MAX_REGEX_CHARACTERS}/"])
def test_the_longest_possible_are_taken(line: str) -> None:
    assert parse_entry(line).text == line


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/a+/", "regular expression"),
        ("free*nitro", "star inside"),
        ("*free*nitro*", "star inside"),
    ],
)
def test_allowed_phrases_are_simpler(line: str, reason: str) -> None:
    parse_entry(line)
    with pytest.raises(EntryRefused, match=reason):
        parse_allowed(line)


@pytest.mark.parametrize("line", ["word", "two words", "*word*", '"literal"', "\\*", "c++"])
def test_an_allowed_phrase_is_read_like_a_banned_word(line: str) -> None:
    banned, allowed = parse_entry(line), parse_allowed(line)
    assert (allowed.text, allowed.key, allowed.kind, allowed.pattern) == (
        banned.text,
        banned.key,
        banned.kind,
        banned.pattern,
    )


@pytest.mark.parametrize(
    ("one", "other", "are_duplicates"),
    [
        ("word", "WORD", True),
        ("word", "ｗｏｒｄ", True),
        ("cafe\u0301", "CAFÉ", True),
        ("straße", "STRASSE", True),
        ("two  words", "Two\u00a0Words", True),
        ("word*", "WORD**", True),
        ("/word/", " /word/ ", True),
        ('"Word"', '"WORD"', True),
        ("word", "word*", False),
        ("word*", "*word", False),
        ("word*", "word\\*", False),
        ("word", '"word"', False),
        ("word", "/word/", False),
        ("/word/", "\\/word/", False),
        ("/\\w/", "/\\W/", False),
        ('"word"', '"ｗｏｒｄ"', False),
        ("schon", "schön", False),
        ("two words", "twowords", False),
    ],
)
def test_duplicates(one: str, other: str, are_duplicates: bool) -> None:
    assert (parse_entry(one).key == parse_entry(other).key) is are_duplicates


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("idiot", "the whole word “idiot”; “idiots” is not found, write idiot* for that"),
        ("ass", "the whole word “ass”; a longer word is not found, write ass* for that"),
        ("мат", "the whole word “мат”; a longer word is not found, write мат* for that"),
        ("idiot*", "“idiot” and whatever word begins with it, such as “idiots”"),
        ("*idiot", "“idiot” and whatever word ends with it"),
        ("*idiot*", "“idiot” anywhere, also inside other words"),
        ("two words", "the phrase “two words”, with any white space between the words"),
        ("c++", "the whole word “c++”"),
        (":)", "“:)” wherever it stands"),
        ("免费", "“免费” wherever it stands"),
        ("free*nitro", "“free”, at most 32 characters of one line, then “nitro”"),
        (
            "free*nitro*",
            "“free”, at most 32 characters of one line, then “nitro”, also at the beginning of a "
            "longer word",
        ),
        ("/a+b/", "the regular expression a+b, upper and lower case alike"),
        ('"a*"', "exactly “a*”, upper and lower case alike; no other disguise is undone"),
    ],
)
def test_described(line: str, sentence: str) -> None:
    assert describe(parse_entry(line)) == sentence
