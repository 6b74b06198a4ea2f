"""Make moderation/tables/english_words.txt: ordinary English words, which tell a disguise from an
innocent word ("pen.is" is two words, "good" is not a stretched "god"), and which an entry with an
open side is counted against.

    python scripts/english_words.py /usr/share/dict/american-english{,-huge}

The list is SCOWL's (Debian: wamerican and wamerican-huge; see moderation/tables/LICENSES.md): words
of three to fifteen plain letters, the commonest of two, and of the second file the short words and
names with a doubled letter.
"""

import re
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "moderation" / "tables" / "english_words.txt"
_WORD = re.compile(r"[a-z]{3,15}")
_DOUBLED = re.compile(r"(?=[a-z]*([a-z])\1)[a-z]{3,8}")
_SHORT = frozenset(
    {"am", "an", "as", "at", "be", "by", "do", "go", "he", "hi", "if", "in", "is", "it", "me"}
    | {"my", "no", "of", "oh", "ok", "on", "or", "so", "to", "up", "us", "we"}
)


def main() -> None:
    """Write the words, sorted, one a line."""
    ordinary, huge = (Path(name).read_text(encoding="utf-8").split("\n") for name in sys.argv[1:])
    words = {word for word in ordinary if _WORD.fullmatch(word)} | _SHORT
    words |= {word.lower() for word in huge if _DOUBLED.fullmatch(word.lower())}
    TARGET.write_text("\n".join(sorted(words)) + "\n", encoding="ascii")
    sys.stdout.write(f"{len(words):,} words in {TARGET.name}\n")


if __name__ == "__main__":
    main()
