"""What stands around a hit: the phrases that could be allowed so that it is none any more."""

from collections.abc import Iterator

from moderation.spans import WordRuns

MOST_CHARACTERS = 100
"""A longer phrase is hardly what anybody means."""


def phrases_around(text: str, start: int, end: int) -> Iterator[str]:
    """The phrases that hold the hit from ``start`` to ``end`` and something more, in the order in
    which they are worth offering: the whole word that it is part of; that and a neighbour, the
    longer one first, since “an idiot” would let nearly everything through where “idiot savant” was
    meant; both neighbours. None where the text is nothing but the hit."""
    runs = WordRuns()
    first, last = runs.start(text, start), runs.end(text, end)
    before, after = _word_before(runs, text, first), _word_after(runs, text, last)
    pairs = [(first, after), (before, last)]
    pairs.sort(key=lambda span: span[0] - span[1])
    seen = set()
    for begin, finish in [(first, last), *pairs, (before, after)]:
        phrase = text[begin:finish]
        if (begin, finish) != (start, end) and phrase not in seen and "\n" not in phrase:
            seen.add(phrase)
            if len(phrase) <= MOST_CHARACTERS:
                yield phrase


def _word_before(runs: WordRuns, text: str, offset: int) -> int:
    """Where the word before ``offset`` begins; ``offset`` where there is none."""
    at = offset - 1
    while at >= 0 and not _in_word(runs, text, at):
        at -= 1
    return runs.start(text, at) if at >= 0 else offset


def _word_after(runs: WordRuns, text: str, offset: int) -> int:
    """Where the word after ``offset`` ends; ``offset`` where there is none."""
    at = offset
    while at < len(text) and not _in_word(runs, text, at):
        at += 1
    return runs.end(text, at + 1) if at < len(text) else offset


def _in_word(runs: WordRuns, text: str, at: int) -> bool:
    """Whether the character at ``at`` belongs to a word."""
    return runs.start(text, at + 1) <= at
