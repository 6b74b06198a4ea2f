"""Lists and texts to measure with, the same at every call."""

import string
from functools import cache
from random import Random

from benchmarks import data

_FALLBACK = (
    "I went to the market this morning and bought three kinds of apples for the cake, you know",
    "has anyone seen the new update yet? it takes a while to load but then it works just fine",
    "we are meeting at eight in front of the station, bring a coat because it is getting cold",
)


@cache
def words(count: int) -> tuple[str, ...]:
    """Made-up words of six to twelve letters."""
    rng = Random(1)
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(rng.choices(string.ascii_lowercase, k=rng.randint(6, 12)))] = None
    return tuple(made)


def ascii_messages(count: int = 150) -> list[str]:
    """Real ones of 60 to 100 characters."""
    real = [t for t in data.snippets() if t.isascii() and 60 <= len(t) <= 100]
    return Random(2).sample(real, count) if len(real) >= count else list(_FALLBACK)


def tweets(count: int = 150) -> list[str]:
    """Real ones of 60 to 100 characters, most of them with mentions, hashtags or links."""
    real = [t for t in data.tweets() if t.isascii() and 60 <= len(t) <= 100]
    return Random(3).sample(real, count) if len(real) >= count else list(_FALLBACK)


def russian(count: int = 100) -> list[str]:
    """Prose cut to 90 characters."""
    real = [text[:90] for text in data.prose("ru") if len(text) >= 90]
    return real[:count] or [
        "мы сегодня ходили на рынок и купили три вида яблок для пирога, было весело"
    ]


def prose(size: int, count: int = 12) -> list[str]:
    """English, of that many characters each."""
    whole = " ".join(data.snippets()) or " ".join(_FALLBACK * 2_000)
    return [whole[i * size : (i + 1) * size] for i in range(count)]


_PIECES = (
    "a b c d ", "b*d ", "a-b-", "|\\/|", "/\\", "()", "||", "&#98;", "%62", "<@123456789012345678>",
    "](http://a.b/c)", "\u202eabc", "ɐqɔ", "😀a", "а", "é", "e\u0301", "ä̃̂", "🅰️", "ｂ", "丂a", "坏",
    "바", "ค", "!!!", "$", "1l0", "ph", "vv", "aaaa", "\u200b", "don't ", "____", "****", "(", "[a",
    "\n", "Η", "●x", "a. b) ",
)  # fmt: skip


def hostile(size: int, banned: tuple[str, ...], count: int = 200) -> list[str]:
    """Long texts of what makes the matcher work: few pieces repeated, or many mixed, some with
    fragments of entries."""
    rng = Random(4)
    texts: list[str] = []
    for number in range(count):
        if number < len(_PIECES):
            pieces = [_PIECES[number]]
        elif number < 2 * len(_PIECES):
            pieces = [_PIECES[number - len(_PIECES)], rng.choice(banned)]
        else:
            pieces = rng.sample(_PIECES, rng.randint(2, 8))
            pieces += [word[: rng.randint(2, len(word))] for word in rng.sample(banned, 3)]
        text = ""
        while len(text) < size:
            text += rng.choice(pieces)
        texts.append(text[:size])
    return texts
