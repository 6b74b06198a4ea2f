"""The reason and the notes of a case, which an embed has no room for, as pages."""

from collections.abc import Iterator

from cogs.helpers.case_texts import SHOWN_REASON, note_text, note_texts, reason_text
from cogs.helpers.paging import page_of_rows
from cogs.helpers.replies import Button, Json, code, shorten
from moderation.cases import Case

MOST = 1_200
"""Characters of one of them: more than anybody can write."""


def notes_buttons(case: Case, embed: Json) -> list[Button]:
    """The button that shows them, where the embed of the case leaves some of it out."""
    shown = {field["name"]: field["value"] for field in embed["fields"]}
    rows = [*note_texts(case), reason_text(case)]
    whole = all(row in shown.get("Notes", "") + shown.get("Reason", "") for row in rows)
    long = any(len(text) > SHOWN_REASON for text in (case.reason, *(n.text for n in case.notes)))
    if whole and not long:
        return []
    return [Button("Whole reason and notes", f"case/notes/{case.number}/1")]


def notes_page(case: Case, number: int) -> tuple[str, list[Button]]:
    """Page ``number`` of them, the reason first, then the notes, newest first."""
    heading = f"Case #{case.number}, reason and notes"
    return page_of_rows([*_rows(case)], number, f"case/notes/{case.number}", heading)


def _rows(case: Case) -> Iterator[str]:
    yield f"Reason: {code(shorten(case.reason, MOST))}" if case.reason else "No reason."
    for note in reversed(case.notes):
        yield note_text(note, MOST)
