"""Attacks and innocent texts written by hand, many languages and techniques at once: what somebody
would try first. One list holds them all, so that no entry gets in the way of another."""

import pytest

from moderation.matcher import Matcher, compile_lists
from moderation.sparing import ANOTHER_WORD, LONG_NUMBER, LONGER_WORD, MIXED_GAPS
from moderation.words import parse_allowed, parse_entry

ENTRIES = (
    "idiot", "moron", "loser", "clown", "bollocks", "belittler", "fool", "wanker",
    "twit", "git", "dumb cow",
    "lil", "ass", "graf", "c++", "b4d", "free*nitro", "trottel", "blödmann", "dreckskerl",
    "scheußlich", "crétin", "bouffon", "estúpido", "cabrón", "stronzo", "otário", "głupek",
    "aptal", "sıkıcı", "дурак", "козёл", "сволочь", "βλάκας", "χαζός", "حمار", "غبية", "טיפש",
    "בן זונה", "笨蛋", "傻瓜", "馬鹿", "バカ", "くそ", "바보", "멍청이", "ควาย", "เหี้ย", "đồ ngu",
)  # fmt: skip


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    allowed = [parse_allowed(line) for line in ("fool's gold", "assembly")]
    return compile_lists({"main": [parse_entry(entry) for entry in ENTRIES]}, allowed)


ATTACKS = [
    # each technique that the matcher promises to undo
    ("idiot", "IdIoT"), ("idiot", "ｉｄｉｏｔ"), ("idiot", "𝕚𝕕𝕚𝕠𝕥"), ("idiot", "іԁіоt"),
    ("idiot", "ⓘⓓⓘⓞⓣ"), ("idiot", "🅸🅳🅸🅾🆃"), ("idiot", "🇮🇩🇮🇴🇹"), ("idiot", "🇮 🇩 🇮 🇴 🇹"),
    ("idiot", "ⁱᵈⁱᵒᵗ"), ("idiot", "ɪᴅɪᴏᴛ"), ("idiot", "ʇoᴉpᴉ"), ("idiot", "ᴉpᴉoʇ"),
    ("idiot", "𝖎𝖉𝖎𝖔𝖙"), ("idiot", "ⒾⒹⒾⓄⓉ"), ("idiot", "⒤⒟⒤⒪⒯"), ("idiot", "i̶d̶i̶o̶t̶"),
    ("idiot", "ïḋîőť"), ("idiot", "i\u200bd\u200ci\u200do\u2060t"), ("idiot", "i\u2066d\u2069iot"),
    ("idiot", "i\U000e0064diot"), ("idiot", "i\u3164diot"), ("idiot", "i\ufe0fd\ufe0fiot"),
    ("idiot", "\u202etoidi\u202c"), ("idiot", "1d10t"), ("idiot", "!d!0t"), ("idiot", "i|)iot"),
    ("idiot", "id|o+"), ("idiot", "i d i o t"), ("idiot", "i.d.i.o.t"), ("idiot", "i  d  i  o  t"),
    ("idiot", "i👏d👏i👏o👏t"), ("idiot", "i <:kek:123456789012345678> d i o t"),
    ("idiot", "id<@123456789012345678>iot"), ("idiot", "id<t:1700000000:R>iot"),
    ("idiot", "i\nd\ni\no\nt"), ("idiot", "iiidddiiioootttt"), ("idiot", "idioot"),
    ("idiot", "id*ot"), ("idiot", "i**ot"), ("idiot", "**id**iot"), ("idiot", "||id||iot"),
    ("idiot", "`id`iot"), ("idiot", "\\i\\d\\i\\o\\t"), ("idiot", "[id](https://a.example)iot"),
    ("idiot", "i&#100;iot"), ("idiot", "%69%64%69%6f%74"), ("idiot", "&#x69;d&#x69;ot"),
    ("clown", "©lown"), ("clown", "c1ow|\\|"), ("clown", "cIown"),
    ("fool", "phool"), ("fool", "PH00L"), ("fool", "ph()()l"), ("fool", "f()ol"),
    ("wanker", "vvanker"), ("wanker", "\\/\\/anker"), ("wanker", "w4nk3r"), ("wanker", "шanker"),
    ("bollocks", "b0ll0cks"), ("bollocks", "8o||ocks"),
    ("moron", "m0r0n"), ("moron", "|\\/|oron"), ("moron", "мoroп"), ("moron", "m o r o n"),
    ("loser", "1oser"), ("loser", "l0$er"), ("loser", "lo5er"), ("loser", "loşer"),
    ("twit", "tw1t"), ("twit", "t.w.i.t"), ("twit", "twlt"),
    ("dumb cow", "DUMB   C0W"), ("dumb cow", "d u m b   c o w"), ("dumb cow", "dumb\ncow"),
    ("dumb cow", "dumb-cow"), ("dumb cow", "ԁumb соw"), ("lil", "LIL"), ("lil", "l1l"),
    ("b4d", "B4D"), ("c++", "C++"), ("free*nitro", "fr33 d1scord n1tro"),
    ("belittler", "bbeelliittttlleerr"), ("belittler", "bellittler"),
    # other languages
    ("trottel", "tr0tt3l"), ("trottel", "t.r.o.t.t.e.l"), ("trottel", "TROTTEL"),
    ("blödmann", "bl\u200bödmann"), ("blödmann", "BLÖDMANN"),
    ("blödmann", "blo\u0308dmann"), ("blödmann", "b l ö d m a n n"), ("scheußlich", "SCHEUSSLICH"),
    ("scheußlich", "scheusslich"), ("crétin", "cré+in"), ("crétin", "CRÉTIN"),
    ("crétin", "c r é t i n"), ("bouffon", "b0uff0n"), ("bouffon", "bouphfon"),
    ("estúpido", "3stúp1do"), ("estúpido", "e.s.t.ú.p.i.d.o"), ("cabrón", "c@brón"),
    ("stronzo", "str0nz0"), ("otário", "0tár1o"), ("głupek", "głup3k"),
    ("głupek", "GŁUPEK"), ("aptal", "4pt4l"), ("aptal", "A P T A L"), ("sıkıcı", "SIKICI"),
    ("дурак", "ДУРАК"), ("дурак", "д у р а к"), ("дурак", "дypaк"), ("дурак", "дурааак"),
    ("дурак", "д.у.р.а.к"), ("дурак", "д*рак"), ("козёл", "КОЗЕЛ"), ("козёл", "к0зёл"),
    ("козёл", "ко3ёл"), ("сволочь", "сволоч\u0301ь"), ("сволочь", "cвoлoчь"),
    ("βλάκας", "ΒΛΑΚΑΣ"), ("βλάκας", "βλακας"), ("βλάκας", "β λ ά κ α ς"), ("χαζός", "xαζός"),
    ("حمار", "حـمـار"), ("حمار", "حِمَار"), ("حمار", "ح.م.ا.ر"), ("غبية", "غبيه"),
    ("טיפש", "טיפֵּשׁ"), ("טיפש", "ט י פ ש"), ("笨蛋", "你是笨蛋吗"),
    ("笨蛋", "笨 蛋"), ("傻瓜", "傻😀瓜"), ("馬鹿", "馬・鹿"), ("バカ", "ﾊﾞｶ"), ("バカ", "バ カ"),
    ("くそ", "くそー"), ("바보", "ㅂㅏㅂㅗ"), ("바보", "바.보"), ("바보", "바보야"),
    ("멍청이", "멍 청 이"), ("ควาย", "ค.ว.า.ย"), ("ควาย", "ไอ้ควายเอ๊ย"), ("เหี้ย", "เ ห ี้ ย"),
    ("đồ ngu", "ĐỒ NGU"),
    # several at once
    ("idiot", "1\u200bD\u200b1\u200b0\u200bT"), ("idiot", "𝓲.𝓭.𝓲.𝓸.𝓽"), ("idiot", "i.d.1.0.t"),
    ("idiot", "||1||d||1||0||t||"), ("idiot", "ｉ ｄ ｉ ｏ ｔ"), ("idiot", "ï-d-ï-ö-t"),
    ("idiot", "iііdiot"), ("idiot", "**1**d&#49;0t"), ("moron", "M-0-R-0-N"),
    ("bollocks", "b̶0̶l̶l̶0̶c̶k̶s̶"), ("trottel", "TRОТТЕL"), ("clown", "ｃ|ｏ\\/\\/ｎ"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "text"), ATTACKS)
def test_an_attack_is_found(matcher: Matcher, entry: str, text: str) -> None:
    for sentence in ("{}", "you {}!", "so {} , ok"):
        said = sentence.format(text)
        hits = matcher.detect(said).hits
        assert entry in {hit.entry for hit in hits}, said
        for hit in hits:
            assert said[hit.start : hit.end] == hit.text


INNOCENT = (
    "It took from 9:30 am to 5 pm on 12/05/2024, room B 4. D, $4.55 (+7 %)",
    "hg commit -m 'fix' && hg push",
    "#include <iostream> // C, c, a+b, c+ +, a[i]=l1l0",
    "class Assembly: pass  # assembly, assess, assets, mass, glass, bass",
    "https://example.com/a/s/s?id=10t&f=00l#cl-own",
    "me@example.com, first.last+tag@mail.example.org",
    "40344d83-94f2-55e4-5c47-1803975042b8 da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "aWRpb3Q= bW9yb24= SGVsbG8gd29ybGQ= TE9TRVI=",
    "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. O-O  |  C#m7 F#m G#dim",
    "f(x) = a·x² + b, ∀x ∈ A ∪ B, i² = −1, ||v|| ≤ 1",
    "a) bread b) salt c) olives d) figs; i) one ii) two iii) three",
    "U.S.A., N.A.T.O., e.g. this, i.e. that, a.k.a. him, 24/7, w/o, n/a",
    "I'll, he'll, she'd, they've, who're, it's, o'clock, rock'n'roll",
    "World War II, Rocky III, Louis XIV, Chapter VIII",
    "photograph, graph, savvy, vacuum, skiing, phase, shepherd",
    "¯\\_(ツ)_/¯ (╯°□°)╯︵ ┻━┻ ʕ•ᴥ•ʔ :-) xD <3 >_<",
    "<:smile:123456789012345678> <@123456789012345678> <t:1700000000:R> ||spoiler|| **bold**",
    "getUserIdOtherwise(), toLowerCase, m_oronta, losers_list",
    "a b c d e f g, W I N N E R, B I N G O",
    "fool's gold and the assembly",
    "schön, Füße, Straße, blöd, Mann; scheu, lich",
    "créteil, tin; estupendo; cabra; strozzo; głupi; optalidon",
    "дура, козлёнок, рак, кот, сор; волочь; на дворе трава",
    "βλάβη, χαρά; καλημέρα σας",
    "حمام، محار، غابة", "טיפ, שטיפה", "苯, 蛋糕, 瓜子", "鹿 馬車", "バス, カバ", "보바, 청소",
    "ความ, เห็น", "ılık, sıkı, kıcı",
)  # fmt: skip


@pytest.mark.parametrize("text", INNOCENT)
def test_the_innocent_is_spared(matcher: Matcher, text: str) -> None:
    assert [(hit.entry, hit.text) for hit in matcher.detect(text).hits] == []


@pytest.mark.parametrize(
    ("entry", "text", "reason"),
    [
        ("scat", "40344d83-94f2-55e4-5c47-1803975042b8", LONG_NUMBER),
        ("darkie", "a darkle", ANOTHER_WORD),
        ("graf", "graph", ANOTHER_WORD),
        ("cum", "b * c[u-m]", MIXED_GAPS),
        ("tit", "l@t1t@t10n", LONGER_WORD),
        ("ill", "World War III", ANOTHER_WORD),
    ],
)
def test_why_it_was_spared(entry: str, text: str, reason: str) -> None:
    detection = compile_lists({"main": [parse_entry(entry)]}).examine(text, inside=False)
    assert detection.hits == ()
    assert reason in {one.reason for one in detection.spared}
