"""How many of the characters that decancer folds to a Latin letter are the same one here."""

from collections import defaultdict
from importlib import import_module

from moderation.glyphs import GLYPHS, Glyph


def decancer_letters() -> dict[str, str]:
    """Every character beyond ASCII that decancer folds to one Latin letter; empty where decancer
    is not installed."""
    try:
        parse = import_module("decancer_py").parse
    except ImportError:
        return {}
    found: dict[str, str] = {}
    for point in range(0x80, 0x110000):
        if 0xD800 <= point < 0xE000:
            continue
        try:
            letter = str(parse(chr(point)))
        except ValueError:
            continue
        if len(letter) == 1 and "a" <= letter <= "z":
            found[chr(point)] = letter
    return found


def compare(letters: dict[str, str]) -> tuple[int, dict[tuple[str, str], str]]:
    """How many are read as the same letter, and the others by what they are there and here."""
    same = 0
    others: dict[tuple[str, str], str] = defaultdict(str)
    for character, letter in letters.items():
        glyph = GLYPHS[character]
        if letter in (glyph.own, glyph.base, glyph.exotic) or letter in glyph.latin:
            same += 1
        else:
            others[letter, _said(glyph)] += character
    return same, others


def _said(glyph: Glyph) -> str:
    return f"the digit {glyph.own}" if glyph.own.isdigit() else glyph.latin or glyph.own


def report() -> None:
    """Print the share, and the differences."""
    letters = decancer_letters()
    if not letters:
        return
    same, others = compare(letters)
    share = 100 * same / len(letters)
    print(
        f"\n## Look-alikes\n\nOf {len(letters):,} characters that decancer folds to a Latin letter,"
    )
    print(f"{share:.1f} % are read as the same one. The others (there, here):\n")
    for (there, here), characters in sorted(others.items(), key=lambda item: -len(item[1])):
        print(f"- {there}, {here}: {' '.join(characters)}")
