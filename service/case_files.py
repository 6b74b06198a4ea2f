"""Cases as files to take away. JSON is for programs and CSV for spreadsheets.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a return for a
formula, and members choose their names and texts: such a cell gets a quotation mark in front. In
much of Europe it takes semicolons for the separators, and then cuts our cells at semicolons and at
line breaks: what comes after one gets the mark as well. The CSV begins with a byte order mark,
without which Excel does not read it as UTF-8. The JSON has none."""

import csv
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any

from moderation.cases import Case
from moderation.consequence import Consequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # widened ones count too
"""What a spreadsheet may take for the beginning of a formula."""


_BREAKS = r"[;\t\r\n\v\f\x85\u2028\u2029]"
_UNSEEN = r"[ \"\xa0\u3000\u200b\u200e\u200f\u2060\ufeff]"  # no break, so that each is read once
_BEGINNING = re.compile(rf"(^|{_BREAKS})({_UNSEEN}*)(?=[=+\-@＝＋－＠])")
"""Where a cell, or what may be taken for one, begins like a formula."""


class Format(StrEnum):
    """The kinds of file. The value is what people choose, and how the name ends."""

    JSON = "json"
    CSV = "csv"


def file_of(cases: Iterable[Case], kind: Format) -> bytes:
    """The cases in a file of this kind, in the order given."""
    return _json(cases) if kind is Format.JSON else _csv(cases)


def zipped(name: str, content: bytes) -> bytes:
    """A ZIP archive with one file."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, whatever it takes for separators."""
    marked = _BEGINNING.sub(r"\1\2'", cell)
    return f"'{marked}" if marked.startswith(FORMULA) else marked


def _json(cases: Iterable[Case]) -> bytes:
    rows = ",\n".join(json.dumps(_whole(case), ensure_ascii=False) for case in cases)
    return f"[\n{rows}\n]\n".encode("utf-8", "replace")


def _csv(cases: Iterable[Case]) -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text)
    heads: list[str] = []
    for case in cases:
        row = _row(case)
        if not heads:
            heads = list(row)
            writer.writerow(heads)
        writer.writerow([neutral(cell) for cell in row.values()])
    return text.getvalue().encode("utf-8-sig", "replace")


def _whole(case: Case) -> Mapping[str, Any]:
    """Ids as text: JavaScript's numbers do not hold them."""
    return {
        "number": case.number,
        "at": _time(case.at),
        "kind": case.kind.value,
        "state": case.state.value,
        "member_id": _id(case.user_id),
        "member_name": case.user_name,
        "by_id": _id(case.by.user_id or None),
        "by_name": case.by.name if case.by.user_id else "the bot",
        "reason": case.reason,
        "consequence": _consequence(case.consequence),
        "surface": case.surface.value if case.surface else None,
        "channel_id": _id(case.channel_id),
        "message_id": _id(case.message_id),
        "text": case.text,
        "hits": [
            {
                "list": hit.list,
                "entry": hit.entry,
                "surface": hit.surface.value,
                "start": hit.start,
                "end": hit.end,
                "undone": list(hit.undone),
                "consequence": _consequence(hit.consequence),
                "shadow": hit.shadow,
                "reason": hit.reason,
            }
            for hit in case.hits
        ],
        "further_hits": case.more,
        "attachments": list(case.attachments),
        "actions": [
            {
                "kind": action.kind,
                "state": action.state.value,
                "detail": action.detail,
                "until": _time(action.until),
                "ended_at": _time(action.at),
            }
            for action in case.actions
        ],
        "strikes": case.strikes,
        "expires_at": _time(case.expires_at),
        "told": case.told.value if case.told else None,
        "undone_by_id": _id(case.undone_by.user_id) if case.undone_by else None,
        "undone_by_name": case.undone_by.name if case.undone_by else None,
        "notes": [
            {
                "at": _time(note.at),
                "by_id": _id(note.by.user_id),
                "by_name": note.by.name,
                "text": note.text,
                "was_reason": note.was_reason,
            }
            for note in case.notes
        ],
    }


def _row(case: Case) -> Mapping[str, str]:
    whole = _whole(case)
    row = {name: _cell(value) for name, value in whole.items() if not isinstance(value, list)}
    row["entries"] = "; ".join(dict.fromkeys(hit.entry for hit in case.hits))
    row["actions"] = "; ".join(f"{one.kind}: {one.state}" for one in case.actions)
    row["attachments"] = " ".join(case.attachments)
    row["notes"] = "\n".join(note.text for note in case.notes)
    return row


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _id(number: int | None) -> str | None:
    return None if number is None or number < 0 else str(number)


def _time(ms: int | None) -> str | None:
    if ms is None:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


def _consequence(consequence: Consequence) -> str:
    name = consequence.step.name.lower()
    return name if consequence.ms is None else f"{name} {consequence.ms / 1000:g} s"
