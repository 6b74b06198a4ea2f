"""Words spelled letter by letter: what stands between single letters is taken out."""

import re
from itertools import compress, pairwise

from moderation.skeletons import IS_HIGH, LOW, UNMARKED, Places, mark_kept

_SPELLING = re.compile(rb"(?<= )[^ ](?: [^ ]){2,}(?= )")


class Spelled:
    """The letters of a skeleton that stand alone, three or more in a row ("b a d"), as words; with
    each row also its parts between wider gaps ("b a d  w o r d"), and what follows a first letter
    that may be a word ("a b a d")."""

    __slots__ = ("offsets", "skeleton", "symbols_from")

    def __init__(
        self, text: str, squeezed: bytes, places: Places, one_letter_words: frozenset[str]
    ) -> None:
        symbols_from = places.symbols_from()
        parts: list[bytes] = []
        offsets: list[int] = []
        self.symbols_from = 1 << 60
        for match in _SPELLING.finditer(squeezed):
            first = places.first + match.start()
            at = [places[i] for i in range(first, first + match.end() - match.start() + 1)]
            letters = match[0][::2]
            starts = at[::2]
            end = min(at[-1], len(text))
            if first >= symbols_from:
                self.symbols_from = min(self.symbols_from, len(offsets))
            rows = [(letters, starts)]
            gaps = [b - a for a, b in pairwise(starts)]
            least = min(gaps)
            if max(gaps) > least:
                wide = bytearray()
                wide_at: list[int] = []
                for letter, start, gap in zip(letters, starts, [*gaps, 0], strict=True):
                    wide.append(letter)
                    wide_at.append(start)
                    if gap > least:
                        wide.append(0x20)
                        wide_at.append(start + 1)
                rows.append((bytes(wide), wide_at))
            if text[starts[0]].lower() in one_letter_words:
                rows.append((letters[1:], starts[1:]))
            for row, row_at in rows:
                parts += (b" ", row, b" ")
                offsets += (row_at[0], *row_at, end)
        whole = b"".join(parts)
        marked = mark_kept(whole)
        self.skeleton = marked.translate(UNMARKED, LOW)
        self.offsets = [*compress(offsets, marked.translate(IS_HIGH)), len(text)]
        if self.symbols_from < len(whole):
            self.symbols_from = len(marked[: self.symbols_from + 1].translate(None, LOW)) - 1
