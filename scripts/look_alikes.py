"""Make moderation/tables/look_alikes.txt: which characters look like which Latin letters.

    uv run --group bench python scripts/look_alikes.py

Sources, the earlier ones first where they disagree: the names of Unicode (Python's unicodedata);
Unicode's confusables (UTS #39), which the package confusable-homoglyphs ships (MIT); what the
package decancer folds to a letter (MIT); and the few lines at the end of this file. Characters
whose compatibility decomposition is Latin letters are left out: that is asked of unicodedata when
a text is folded.

The kinds are
    fancy    another way to write that letter: small capitals, enclosed, turned, modifier letters
    like     a letter of another alphabet that looks like it
    exotic   looks like it to who wants to see it: symbols, and letters of scripts that put no
             boundary between words. Tried only where a text has them beside other letters.
"""

import json
import re
import sys
import unicodedata
from collections import defaultdict
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from moderation.characters import is_unspaced  # after the path is set

TARGET = Path(__file__).resolve().parent.parent / "moderation" / "tables" / "look_alikes.txt"

_NO_LETTERS = ("Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zs", "Zl", "Zp")
_LATIN_NAME = re.compile(r"\b(?:LATIN|MODIFIER LETTER|REGIONAL INDICATOR)\b")
_LETTER = re.compile(r"\b([A-Z])(?: WITH [A-Z ]+)?$")
_LIGATURE = re.compile(r"LATIN (?:SMALL|CAPITAL) (?:LIGATURE|LETTER) (AE|OE|AA|AO|AU|AV|AY|OO|TZ)")

# What the names do not say, or say otherwise than the eye.
EXTRA = {
    "fancy": {
        "i": "ıᴉꟾℹ", "e": "ǝɘɛɜə", "a": "ɑɒɐ", "v": "ʌ", "g": "ɡᵷ", "o": "ɵ", "n": "ŋ", "h": "ɧ",
        "c": "ↄɔ", "f": "ꟻ", "u": "ʊ", "w": "ꟺɯ", "s": "ƨʂ", "b": "ƅ", "r": "ʁ",
    },
    "like": {
        "a": "аαѧ", "b": "вьъЬβ", "c": "сϲ", "d": "ԁ", "e": "еєҽεэ", "h": "нһћ", "i": "іїιӏ",
        "j": "јϳ", "k": "кκ", "m": "м", "n": "пηиͷ", "o": "оοσө", "p": "рρ", "q": "ԛ", "r": "гѓ",
        "s": "ѕ", "t": "тτ", "u": "υцս", "v": "ѵν", "w": "шщωѡԝա", "x": "хχ", "y": "уүγў",
        "f": "ϝք", "l": "ⅼ", "g": "ց", "z": "ᴢ",
    },
    "exotic": {
        "o": "⭕🔴⚽", "x": "❌✖❎", "s": "💲", "t": "✝➕", "i": "❗❕", "a": "🔺", "c": "☪",
        "y": "💴", "l": "💷", "e": "💶", "p": "🅿",
    },
}  # fmt: skip


def by_decomposition(character: str) -> bool:
    """Whether folding finds the letters without the table."""
    plain = [
        c
        for c in unicodedata.normalize("NFKD", character)
        if not unicodedata.category(c).startswith("M")
    ]
    letters = "".join(plain).casefold()
    return bool(letters) and letters.isascii() and letters.isalpha()


def by_name(character: str) -> str | None:
    """The letter that a character's Unicode name says."""
    name = unicodedata.name(character, "")
    if not _LATIN_NAME.search(name) or name.startswith(("TAG ", "COMBINING ")):
        return None
    ligature = _LIGATURE.search(name)
    if ligature:
        return ligature[1].lower()
    letter = _LETTER.search(name)
    return letter[1].lower() if letter else None


def confusables() -> dict[str, str]:
    """Unicode's confusables that look like one ASCII letter. Where several are possible the
    alphabetically first: I and l, which look alike, come out as i."""
    package = Path(str(import_module("confusable_homoglyphs").__file__)).parent
    groups: dict[str, list[dict[str, str]]] = json.loads(
        (package / "confusables.json").read_text(encoding="utf-8")
    )
    found: dict[str, str] = {}
    for character, group in groups.items():
        looks = {one["c"].lower() for one in group}
        letters = sorted(x for x in looks if len(x) == 1 and "a" <= x <= "z")
        if len(character) == 1 and letters:
            found[character] = letters[0]
    return found


def decancer_letters() -> dict[str, str]:
    """Every character that decancer folds to one Latin letter."""
    parse = import_module("decancer_py").parse
    found: dict[str, str] = {}
    for point in range(0x80, 0x110000):
        character = chr(point)
        if 0xD800 <= point < 0xE000:
            continue
        try:
            letter = str(parse(character))
        except ValueError:
            continue
        if len(letter) == 1 and "a" <= letter <= "z":
            found[character] = letter
    return found


def kind_of(character: str, *, named: bool) -> str:
    """fancy, like or exotic."""
    if named:
        return "fancy"
    if is_unspaced(character) or unicodedata.category(character)[0] not in "LNM":
        return "exotic"
    return "like"


def main() -> None:
    """Write the table."""
    table: dict[str, tuple[str, str]] = {}
    for kind, letters in EXTRA.items():
        for letter, characters in letters.items():
            for character in characters:
                table[character] = (kind, letter)
    for point in range(0x80, 0x20000):
        character = chr(point)
        named = by_name(character)
        if named and character not in table and not by_decomposition(character):
            table[character] = ("fancy", named)
    for source in (confusables(), decancer_letters()):
        for character, letter in source.items():
            if character.isascii() or character in table or by_decomposition(character):
                continue
            table[character] = (kind_of(character, named=False), letter)
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for character, key in table.items():
        # What vanishes or bounds when it stands alone cannot be a letter as well.
        if unicodedata.category(character) not in _NO_LETTERS:
            lines[key].append(f"{ord(character):X}")
    with TARGET.open("w", encoding="utf-8") as file:
        file.write("# Made by scripts/look_alikes.py, which says from what. Do not edit.\n")
        for (kind, letter), points in sorted(lines.items()):
            points.sort(key=lambda point: int(point, 16))
            file.write(f"{kind} {letter} {' '.join(points)}\n")
    sys.stdout.write(f"{len(table):,} characters in {TARGET.name}\n")


if __name__ == "__main__":
    main()
