"""Finding an entry again: suggestions while someone types, and the entry that was meant."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from cogs.helpers.replies import shorten
from moderation.errors import EntryRefused
from moderation.words import AllowedPhrase, BannedWord, parse_allowed, parse_entry

MAX_CHOICE = 100
"""Characters of a choice's name and of its value (Discord, Application Command Option Choice)."""

_BY_HASH = "entry "


def suggestions(listed: Sequence[BannedWord | AllowedPhrase], typed: str) -> list[dict[str, Any]]:
    """Choices whose text holds ``typed``, those that begin with it first, at most 25."""
    wanted = typed.casefold().strip()
    hits = [entry for entry in listed if wanted in entry.text.casefold()]
    hits.sort(key=lambda entry: not entry.text.casefold().startswith(wanted))
    return [
        {"name": shorten(entry.text, MAX_CHOICE), "value": _value(entry)} for entry in hits[:25]
    ]


def find[E: (BannedWord, AllowedPhrase)](listed: Sequence[E], typed: str) -> E | None:
    """The entry that ``typed`` means: a chosen suggestion, its very text, or another way to write
    the same entry."""
    for entry in listed:
        if typed in (entry.text, _value(entry)):
            return entry
    if not listed:
        return None
    try:
        parse = parse_entry if isinstance(listed[0], BannedWord) else parse_allowed
        key = parse(typed).key
    except EntryRefused:
        return None
    return next((entry for entry in listed if entry.key == key), None)


def _value(entry: BannedWord | AllowedPhrase) -> str:
    """What Discord sends back for a choice. A long entry goes by a hash, which holds a space
    and 16 digits and so is hardly ever what somebody has typed."""
    if len(entry.text) <= MAX_CHOICE:
        return entry.text
    return _BY_HASH + sha256(entry.key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
