"""Ordinary English words: what an innocent word is told from a disguise by, and what an entry that
is open on a side is counted against. The list is SCOWL's, see moderation/tables/LICENSES.md."""

import re
from functools import lru_cache
from importlib import resources

_TABLE = resources.files("moderation") / "tables" / "english_words.txt"


@lru_cache(maxsize=1)
def _text() -> str:
    return "\n" + _TABLE.read_text(encoding="ascii")


@lru_cache(maxsize=1)
def _by_beginning() -> dict[str, str]:
    """The words that begin with the same two letters, in one text: sixty thousand strings in a set
    would take ten times the memory."""
    chunks: dict[str, list[str]] = {}
    for word in _text().split("\n"):
        chunks.setdefault(word[:2], []).append(word)
    return {beginning: "\n" + "\n".join(words) + "\n" for beginning, words in chunks.items()}


def is_word(text: str) -> bool:
    """Whether it is an ordinary word, in whatever case, or one letter that is one."""
    lowered = text.lower()
    if len(lowered) == 1:
        return lowered in "ai"
    if not (lowered.isascii() and lowered.isalpha()):
        return False
    return f"\n{lowered}\n" in _by_beginning().get(lowered[:2], "")


def count() -> int:
    """How many words the list has."""
    return _text().count("\n") - 1


def words_with(piece: str, *, open_start: bool, open_end: bool) -> list[str]:
    """The longer words that hold a piece of ASCII letters, at an end that is not open."""
    start = "[a-z]*" if open_start else ""
    end = "[a-z]*" if open_end else ""
    found: list[str] = re.findall(f"\n({start}{re.escape(piece)}{end})(?=\n)", _text())
    return [word for word in found if word != piece]
