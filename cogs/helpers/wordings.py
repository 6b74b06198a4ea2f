"""The sentences of the list commands, from the values that they are about."""

from collections.abc import Sequence

from cogs.helpers.replies import code, shorten
from moderation.records import Added
from moderation.steps import Step
from moderation.words import AllowedPhrase, BannedWord, ParsedList, Refused, describe, warning
from service.word_lists import Noisy

type Entry = BannedWord | AllowedPhrase

ONLY_COMMENTS = (
    "There is nothing to add: a line that is `#` or begins with `# ` is a comment. "
    "To ban the sign itself, write `\\#`."
)
NOTHING = "There is nothing to add: the text is empty."
SHOWN_ENTRY = 60
SHOWN_UNDONE = 80


def count(number: int, one: str, many: str) -> str:
    """“1 entry”, “2,000 entries”."""
    return f"{number:,} {one if number == 1 else many}"


def entries(number: int) -> str:
    """“1 entry”, “2,000 entries”."""
    return count(number, "entry", "entries")


def phrases(number: int) -> str:
    """“1 allowed phrase”, “2 allowed phrases”."""
    return count(number, "allowed phrase", "allowed phrases")


def show(entry: Entry | str) -> str:
    """An entry as inline code, shortened where it is long."""
    text = entry if isinstance(entry, str) else entry.text
    return code(shorten(text, SHOWN_ENTRY))


def nothing_to_add(parsed: ParsedList[BannedWord] | ParsedList[AllowedPhrase]) -> str:
    """Why a text held no entry at all."""
    return ONLY_COMMENTS if parsed.comments else NOTHING


def added_words(
    added: Added[BannedWord] | Added[AllowedPhrase], what: str, to: str = ""
) -> list[str]:
    """A line for each that is new, with how it was understood; one for those that were there.
    ``what`` is "entry" or "allowed phrase", ``to`` where it was put, as “ to **slurs**”."""
    many = "entries" if what == "entry" else what + "s"
    rows: list[str] = []
    if added.added:
        rows.append(f"Added {count(len(added.added), what, many)}{to}:")
        rows += [f"- {show(entry)}: {_understood(entry)}" for entry in added.added]
    if added.already:
        names = ", ".join(show(entry) for entry in added.already[:10])
        more = f" and {len(added.already) - 10} more" if len(added.already) > 10 else ""
        rows.append(f"Already there: {names}{more}.")
    return rows


def _understood(entry: Entry) -> str:
    warned = warning(entry) if isinstance(entry, BannedWord) else None
    return f"{describe(entry)}. **{warned}**" if warned else describe(entry)


def doubled(number: int) -> list[str]:
    """A line about entries that were typed more than once."""
    return [f"Given more than once, and taken once: {entries(number)}."] if number else []


def refused_lines(refused: Sequence[Refused], *, numbered: bool) -> list[str]:
    """A line for each refused one, saying why."""
    if not refused:
        return []
    rows = [f"Not added: {count(len(refused), 'line', 'lines')}." if numbered else "Not added:"]
    for one in refused:
        place = f"line {one.line_number}, " if numbered else ""
        rows.append(f"- {place}{show(one.line.strip())}: {one.reason}")
    return rows


def noisy_question(noisy: Sequence[Noisy]) -> list[str]:
    """The question about entries that would hit much of what was said just now."""
    if not noisy:
        return []
    rows = ["**Not added yet**, since this would delete much of what was said here lately:"]
    rows += [
        f"- {show(one.entry)} would hit {one.hits} of the last {one.tried} messages here, "
        f"for example {code(shorten(one.example, 80))}"
        for one in noisy
    ]
    return [*rows, "Keep it anyway?" if len(noisy) == 1 else "Keep them anyway?"]


def disguised(undone: Sequence[str]) -> str:
    """What was undone before a hit was found: “disguise undone: look-alikes”. Capital letters are
    called so: a case is something else here."""
    names = ("capital letters" if name == Step.CASE else name for name in undone)
    return f"disguise undone: {shorten(', '.join(names), SHOWN_UNDONE)}"
