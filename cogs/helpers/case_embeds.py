"""A case as an embed, for the mod log and for ``/case view``.

Discord's limits (Embed Limits) hold for any content: a title takes 256 characters, a description
4,096, a field 1,024, all together 6,000. It does not say whether a character beyond the basic plane
counts once or twice, so there is room for twice."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cogs.helpers.case_texts import (
    action_texts,
    attachment_texts,
    by_text,
    case_text,
    hit_texts,
    joined,
    note_texts,
    person_text,
    place_text,
    reason_text,
    state_texts,
    strikes_text,
    title,
)
from moderation.cases import Case, CaseState
from moderation.consequence import Step

type Json = dict[str, Any]
type Fields = Sequence[tuple[str, Sequence[str]]]

WHOLE = 2_900
"""Characters of an embed, less than half of what Discord takes."""

FIELD = 400

GREY, BLUE, YELLOW, ORANGE, RED = 0x95A5A6, 0x5865F2, 0xFEE75C, 0xE67E22, 0xED4245

COLOURS = {
    Step.LOG: BLUE,
    Step.DELETE: YELLOW,
    Step.WARN: YELLOW,
    Step.TIMEOUT: ORANGE,
    Step.KICK: ORANGE,
    Step.BAN: RED,
}


def case_embed(case: Case, *, notes: bool = False) -> Json:
    """The whole case; with ``notes`` those as well, newest first, else only how many there are."""
    noted = note_texts(case)[::-1]
    if noted and not notes:
        noted = [f"{len(noted)}, shown by `/case view`"]
    fields = (
        ("Member", [person_text(case)]),
        ("Where", [place_text(case)]),
        ("Found", hit_texts(case)),
        ("Done", action_texts(case)),
        ("Strikes", [strikes_text(case)]),
        ("Reason", [reason_text(case)]),
        ("By", [by_text(case)] if case.by.user_id else []),
        ("State", state_texts(case)),
        ("Notes", noted),
        ("Attached", attachment_texts(case)),
    )
    return embed(title(case), case_text(case), fields, colour_of(case), at=case.at)


def colour_of(case: Case) -> int:
    """Grey for what is over or was only logged; else by how much followed."""
    if case.state is not CaseState.OPEN or case.shadow:
        return GREY
    return COLOURS[case.consequence.step]


def embed(head: str, text: str, fields: Fields, colour: int, *, at: int) -> Json:
    """An embed of these fields, each of some rows; those without any are left out, and what does
    not fit is counted. ``at`` in UTC milliseconds."""
    room = WHOLE - len(head) - len(text)
    shown = []
    for name, rows in fields:
        value = joined([row for row in rows if row], min(FIELD, room - len(name)))
        if value and len(name) + len(value) <= room:
            shown.append({"name": name, "value": value})
            room -= len(name) + len(value)
    made: Json = {
        "title": head,
        "color": colour,
        "fields": shown,
        "timestamp": datetime.fromtimestamp(at / 1000, UTC).isoformat(),
    }
    if text:
        made["description"] = text
    return made
