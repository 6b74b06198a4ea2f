"""What the ids of buttons say about cases: a number, or which cases a list shows. An id is whatever
a client sends, so that each part is read with care."""

import re
import string

from cogs.base import Interaction
from cogs.helpers.checks import refuse
from cogs.helpers.components import UNKNOWN
from cogs.helpers.numbers import read_number
from moderation.cases import Case, CaseFilter, CaseKind
from moderation.errors import Refused

THEIR_OWN = "This case is about you; somebody else decides about it."
MOST_DIGITS = 15

UNDOING = {CaseKind.BAN: "ban_members", CaseKind.TIMEOUT: "moderate_members"}
"""What a moderator did is undone by those who may do the same."""

_PART = re.compile(
    r"u(?P<user>\d{1,19})|m(?P<by>\d{1,19})|k(?P<kind>[a-z ]+)|s(?P<since>\d{1,13})"
    r"|t(?P<first>[0-9a-z]{0,8})-(?P<end>[0-9a-z]{1,8})"
)
_DIGITS = string.digits + string.ascii_lowercase


def case_number(part: str) -> int:
    """A case's number out of a button's id. Raises BadId for anything else."""
    number = read_number(part, digits=MOST_DIGITS)
    if number is None:
        raise BadId
    return number


def refuse_changing(interaction: Interaction, case: Case) -> str | None:
    """The sentence for whoever the case is about; None for everybody else."""
    if interaction.user is not None and case.user_id == interaction.user.id:
        return THEIR_OWN
    return None


def refuse_undoing(interaction: Interaction, case: Case) -> str | None:
    """Nobody decides about themselves; and what a moderator did is undone by those who may do the
    same."""
    if (refusal := refuse_changing(interaction, case)) is not None:
        return refusal
    permission = UNDOING.get(case.kind)
    return refuse(interaction, permission) if permission else None


def filter_id(which: CaseFilter, example: int = 0) -> str:
    """A filter as a part of a button's id, at most 83 characters. An entry may be too long for it,
    and is named by the number of a case in which it was found, ``example``."""
    parts = []
    if which.user_id is not None:
        parts.append(f"u{which.user_id}")
    if which.moderator_id is not None:
        parts.append(f"m{which.moderator_id}")
    if which.kind is not None:
        parts.append(f"k{which.kind.value}")
    if which.until is not None:
        first = "" if which.since is None else _short(which.since)
        parts.append(f"t{first}-{_short(which.until)}")
    elif which.since is not None:
        parts.append(f"s{which.since // 1000}")
    if which.entry:
        parts.append(f"e{example}")
    return ".".join(parts)


def read_filter(part: str) -> tuple[CaseFilter, int | None]:
    """What ``filter_id`` has written, but for the entry: the number of the case that has it. Raises
    BadId."""
    user_id = moderator_id = since = until = kind = example = None
    for one in part.split(".") if part else ():
        if one.startswith("e"):
            example = case_number(one[1:])
            continue
        found = _PART.fullmatch(one) if one.isascii() else None
        if found is None:
            raise BadId
        if found["user"]:
            user_id = int(found["user"])
        elif found["by"]:
            moderator_id = int(found["by"])
        elif found["since"]:
            since = int(found["since"]) * 1000
        elif found["end"]:
            since = int(found["first"], 36) * 1000 if found["first"] else None
            until = int(found["end"], 36) * 1000
        elif found["kind"] in {known.value for known in CaseKind}:
            kind = CaseKind(found["kind"])
        else:
            raise BadId
    if max(user_id or 0, moderator_id or 0) >= 1 << 63:
        raise BadId
    which = CaseFilter(
        user_id=user_id, moderator_id=moderator_id, kind=kind, since=since, until=until
    )
    return which, example


def _short(at: int) -> str:
    """A time's seconds in base 36: two of them fit into an id beside all the rest."""
    left, text = at // 1000, ""
    while left or not text:
        left, digit = divmod(left, 36)
        text = _DIGITS[digit] + text
    return text


class BadId(Refused):
    """A button's id that this version did not make."""

    def __init__(self) -> None:
        super().__init__(UNKNOWN)
