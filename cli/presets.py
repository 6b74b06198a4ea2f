"""The starter list that comes with the program, for `sandbox` and for a first `replay`."""

from pathlib import Path

from cli.wordfiles import Words, load_words

_FOLDER = Path(__file__).resolve().parent.parent / "data" / "presets"
STARTER = _FOLDER / "starter.txt"
STARTER_ALLOWED = _FOLDER / "starter-allowed.txt"


def starter_words() -> Words:
    """Banned words and allowed phrases. Raises FileRefused."""
    return load_words(STARTER, STARTER_ALLOWED)
