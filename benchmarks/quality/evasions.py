"""The evasion generator: each technique is a function from a word to a disguised word.

A technique returns None where it does not apply to a word. All randomness comes from the
generator that it is given, so that a seed always makes the same cases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from benchmarks.quality import alphabets as abc
from benchmarks.quality.entries import Half, script_of

type Technique = Callable[[str, Random], str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A disguised entry in a sentence; the disguised word is `text[start:end]`."""

    technique: str
    language: str
    entry: str
    text: str
    start: int
    end: int


REPORTED_ONLY = ("split in the middle by one space", "two letters swapped")
"""Techniques without a target: what undoes them also hits the innocent."""


def _each(table: dict[str, str], share: float = 1.0, least: int = 1) -> Technique:
    """Replace that share of the letters that the table knows."""

    def disguise(word: str, rng: Random) -> str | None:
        places = [i for i, c in enumerate(word.lower()) if c in table]
        letters = sum(c.isalpha() for c in word)
        if len(places) < least or (share == 1.0 and len(places) < letters):
            return None
        count = max(least, round(share * len(places)))
        chosen = set(rng.sample(places, min(count, len(places))))
        return "".join(table[c.lower()] if i in chosen else c for i, c in enumerate(word))

    return disguise


def _pools(table: dict[str, str], share: float) -> Technique:
    def disguise(word: str, rng: Random) -> str | None:
        places = [i for i, c in enumerate(word.lower()) if c in table]
        if not places:
            return None
        chosen = set(rng.sample(places, max(1, round(share * len(places)))))
        return "".join(
            rng.choice(table[c.lower()]) if i in chosen else c for i, c in enumerate(word)
        )

    return disguise


def _leet(table: dict[str, str], share: float) -> Technique:
    """As _each, but at least two letters stay: a number is no word to anyone."""

    def disguise(word: str, rng: Random) -> str | None:
        places = [i for i, c in enumerate(word) if c in table]
        letters = sum(c.isalpha() for c in word)
        if not places:
            return None
        most = min(max(1, round(share * len(places))), letters - 2)
        if most < 1:
            return None
        chosen = set(rng.sample(places, most))
        return "".join(table[c] if i in chosen else c for i, c in enumerate(word))

    return disguise


def _between(separators: str | tuple[str, ...], share: float = 1.0) -> Technique:
    def disguise(word: str, rng: Random) -> str | None:
        if " " in word:
            return None
        if "\u0e00" <= word[0] <= "\u0e7f":
            return None
        separator = rng.choice(separators)
        gaps = list(range(1, len(word)))
        chosen = set(gaps if share == 1.0 else rng.sample(gaps, max(1, round(share * len(gaps)))))
        return "".join((separator if i in chosen else "") + c for i, c in enumerate(word))

    return disguise


def _inside(make: Callable[[str, str, Random], str]) -> Technique:
    """Cut the word in two somewhere and put the halves together in another way."""

    def disguise(word: str, rng: Random) -> str | None:
        if " " in word or "\u0e00" <= word[0] <= "\u0e7f" or len(word) < 2:
            return None
        cut = rng.randrange(1, len(word))
        return make(word[:cut], word[cut:], rng)

    return disguise


def _one_repeated(least: int, most: int) -> Technique:
    def disguise(word: str, rng: Random) -> str | None:
        if not word[0].isalpha() or ord(word[0]) > 0x5FF:
            return None
        place = rng.choice([i for i, c in enumerate(word) if c.isalpha()])
        times = rng.randint(least, most)
        return word[:place] + word[place] * times + word[place:]

    return disguise


def _all_repeated(word: str, rng: Random) -> str | None:
    if ord(word[0]) > 0x5FF:
        return None
    return "".join(c * rng.randint(2, 4) if c.isalpha() else c for c in word)


def _masked(signs: str, vowels_only: bool) -> Technique:
    def disguise(word: str, rng: Random) -> str | None:
        inner = [
            i
            for i in range(1, len(word) - 1)
            if word[i].isalpha() and (word[i] in "aeiouаеиоуыαεηιου" or not vowels_only)
        ]
        if not inner or len(word) < 4 or ord(word[0]) > 0x4FF:
            return None
        place = rng.choice(inner)
        return word[:place] + rng.choice(signs) + word[place + 1 :]

    return disguise


def _upside_down(reverse: bool) -> Technique:
    def disguise(word: str, rng: Random) -> str | None:
        if any(c not in abc.UPSIDE_DOWN for c in word):
            return None
        turned = [abc.UPSIDE_DOWN[c] for c in word]
        if all(c.isascii() for c in turned):
            return None
        return "".join(reversed(turned) if reverse else turned)

    return disguise


def _marks(word: str, rng: Random) -> str | None:
    if ord(word[0]) > 0x4FF:
        return None
    count = rng.randint(1, 3)
    return "".join(c + "".join(rng.choices(abc.MARKS, k=count)) for c in word)


def _invisible(pool: str) -> Technique:
    def disguise(word: str, rng: Random) -> str | None:
        return "".join(
            c + (rng.choice(pool) if rng.random() < 0.6 or i == 0 else "") if i < len(word) - 1
            else c
            for i, c in enumerate(word)
        )  # fmt: skip

    return disguise


def _random_case(word: str, rng: Random) -> str | None:
    mixed = "".join(c.upper() if rng.random() < 0.5 else c for c in word)
    return mixed if mixed != word and len(mixed) == len(word) else None


def _entities(word: str, rng: Random) -> str | None:
    form = rng.choice(("&#{};", "&#x{:x};"))
    return "".join(form.format(ord(c)) if rng.random() < 0.6 else c for c in word)


def _percent(word: str, rng: Random) -> str | None:
    some = [c if rng.random() < 0.4 else "".join(f"%{b:02X}" for b in c.encode()) for c in word]
    return "".join(some)


def _swapped(word: str, rng: Random) -> str | None:
    places = [i for i in range(1, len(word) - 2) if word[i] != word[i + 1]]
    if not places or " " in word:
        return None
    i = rng.choice(places)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


_MENTIONS = ("<@123456789012345678>", "<#223456789012345678>", "<@&323456789012345678>")
_CUSTOM = ("<:kek:123456789012345678>", "<a:wave:223456789012345678>")
_TIMES = ("<t:1700000000:R>", "<t:1700000000>")

SINGLE: dict[str, Technique] = {
    "upper case": lambda w, r: w.upper() if w.upper() != w else None,
    "mixed case": _random_case,
    "digits for some letters": _leet(abc.DIGITS, 0.5),
    "digits for all letters": _leet(abc.DIGITS, 1.0),
    "symbols for letters": _leet(abc.SYMBOLS, 0.6),
    "digits and symbols": _leet(abc.DIGITS | {"a": "@", "s": "$", "i": "!"}, 0.8),
    "several symbols for a letter": _leet(abc.SEVERAL, 0.4),
    "Cyrillic look-alikes": _each(abc.CYRILLIC, 0.6),
    "Greek look-alikes": _each(abc.GREEK, 0.5),
    "look-alikes of other scripts": _pools(abc.OTHER_SCRIPTS, 0.6),
    **{name: _each(table, 0.999) for name, table in abc.FANCY.items()},
    "upside-down, read backwards": _upside_down(True),
    "upside-down, in order": _upside_down(False),
    "emoji for letters": _each(abc.EMOJI_LETTERS, 0.7),
    "diacritics": _pools(abc.DIACRITICS, 0.7),
    "stroked letters": _each(abc.STROKED, 0.6),
    "combining marks": _marks,
    **{name: _invisible(pool) for name, pool in abc.INVISIBLE.items()},
    "spaces between all letters": _between((" ",)),
    "wide spaces between all letters": _between(("  ", "\u2003", "\u00a0")),
    "line breaks between all letters": _between(("\n",)),
    "dots between all letters": _between("."),
    "dashes between all letters": _between("-"),
    "punctuation between all letters": _between("_*~/,:;'^=·•|"),
    "spaced punctuation between letters": _between((" . ", " - ", " _ ", " * ")),
    "one punctuation mark inside": _between(".-_~*/", 0.01),
    "emoji between letters": _between(("😀", "🔥", "👏🏽", " 👏 ", "❤️", "👩‍💻")),
    "custom emoji between letters": _between(_CUSTOM),
    "mentions between letters": _between(_MENTIONS, 0.5),
    "timestamps between letters": _between(_TIMES, 0.5),
    "one letter repeated": _one_repeated(2, 6),
    "one letter doubled": _one_repeated(1, 1),
    "all letters repeated": _all_repeated,
    "a masked vowel": _masked("*", True),
    "a masked letter": _masked("*#_-•", False),
    "bold inside": _inside(lambda a, b, r: f"{a}**{b}**"),
    "italic inside": _inside(lambda a, b, r: f"*{a}*{b}"),
    "underline inside": _inside(lambda a, b, r: f"__{a}__{b}"),
    "spoiler inside": _inside(lambda a, b, r: f"||{a}||{b}"),
    "spoilers on each letter": _inside(lambda a, b, r: "".join(f"||{c}||" for c in a + b)),
    "code inside": _inside(lambda a, b, r: f"`{a}`{b}"),
    "strike inside": _inside(lambda a, b, r: f"~~{a}~~{b}"),
    "escapes inside": _inside(lambda a, b, r: "\\" + "\\".join(a + b)),
    "masked link inside": _inside(lambda a, b, r: f"[{a}](https://example.com/x?y=1){b}"),
    "HTML entities": _entities,
    "percent encoding": _percent,
    "right-to-left override": lambda w, r: "\u202e" + w[::-1] + "\u202c",
    "split in the middle by one space": _inside(lambda a, b, r: f"{a} {b}"),
    "two letters swapped": _swapped,
}

_COMBINED = (
    ("mixed case", "dots between all letters"),
    ("digits for some letters", "dashes between all letters"),
    ("digits for some letters", "one letter repeated"),
    ("Cyrillic look-alikes", "zero-width"),
    ("Cyrillic look-alikes", "spaces between all letters"),
    ("diacritics", "zero-width"),
    ("full-width letters", "spaces between all letters"),
    ("bold letters", "zero-width"),
    ("upper case", "one letter repeated"),
    ("digits for some letters", "zero-width"),
    ("symbols for letters", "one letter repeated"),
    ("combining marks", "upper case"),
    ("one letter repeated", "spoiler inside"),
    ("digits for some letters", "bold inside"),
    ("all letters repeated", "zero-width"),
)


def _together(names: tuple[str, ...]) -> Technique:
    def disguise(word: str, rng: Random) -> str | None:
        disguised: str | None = word
        for name in names:
            disguised = SINGLE[name](disguised, rng) if disguised is not None else None
        return disguised

    return disguise


TECHNIQUES: dict[str, Technique] = SINGLE | {
    f"together: {', '.join(names)}": _together(names) for names in _COMBINED
}


def _letters_of(technique: str, disguised: str) -> tuple[int, int]:
    """Where the word's own letters begin and end: signs around the word are no part of it."""
    if not any(part in technique for part in ("inside", "spoilers", "override")):
        return 0, len(disguised)
    signs = "*_~|`\\[\u202e\u202c"
    start = len(disguised) - len(disguised.lstrip(signs))
    return start, len(disguised.rstrip(signs))


def generate(half: Half, variants: int = 2) -> list[Case]:
    """The same cases at every call: `variants` of each technique on each entry, where it can be
    applied, in a random sentence of the entry's language."""
    cases: dict[tuple[str, str, str], Case] = {}
    for technique, disguise in TECHNIQUES.items():
        for language, entries in half.entries.items():
            for entry in entries:
                rng = Random(f"{half.seed}/{technique}/{entry}")  # a str seeds the same everywhere
                for _ in range(variants):
                    disguised = disguise(entry, rng)
                    if disguised is None or disguised == entry:
                        continue
                    shown = _letters_of(technique, disguised)
                    before, after = rng.choice(half.sentences[script_of(language)]).split("{}")
                    text = before + disguised + after
                    cases.setdefault(
                        (technique, entry, text),
                        Case(
                            technique,
                            language,
                            entry,
                            text,
                            len(before) + shown[0],
                            len(before) + shown[1],
                        ),
                    )
    return list(cases.values())
