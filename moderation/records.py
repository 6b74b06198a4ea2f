"""What the memory keeps and gives back, as plain values: a guild's lists, what a write did, the
record of changes. Pure, so that the service and the edge can name them without the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from moderation.errors import Refused, SettingRefused
from moderation.policy import EntryTerms, GuildPolicy, ListPolicy
from moderation.words import AllowedPhrase, BannedWord

MAIN_LIST = "main"
"""The list that every guild has, even before its first entry."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who made a change. The name is the one of that moment: accounts are renamed."""

    user_id: int
    name: str


OPERATOR = Actor(0, "operator")
"""Whoever runs the program and changes lists at its command line; no account has the id 0."""

ERASED = Actor(-1, "")
"""A moderator whose data was erased since: somebody did it, and nobody knows who."""


@dataclass(frozen=True, slots=True)
class GuildWords:
    """Everything that a guild's matcher is compiled from.

    ``revision`` differs whenever the rest does, also after the guild's data was erased and begun
    anew. ``lists`` has every list by name, entries in the order of adding; ``main`` is always
    among them.
    """

    revision: int
    lists: Mapping[str, tuple[BannedWord, ...]]
    allowed: tuple[AllowedPhrase, ...]


@dataclass(frozen=True, slots=True)
class Added[E: (BannedWord, AllowedPhrase)]:
    """What an addition did: the entries that are new, and those that were there before (or twice
    in the same request), each in the order asked."""

    added: tuple[E, ...]
    already: tuple[E, ...]


@dataclass(frozen=True, slots=True)
class Removed[E: (BannedWord, AllowedPhrase)]:
    """What a removal did: the entries that are gone as they stood, and what was asked for (an
    entry, or its key or text) without being there."""

    removed: tuple[E, ...]
    missing: tuple[E | str, ...]


class ChangeKind(StrEnum):
    """What was done. The values are stored: they are never renamed."""

    WORDS_ADDED = "words added"
    WORDS_REMOVED = "words removed"
    WORDS_CLEARED = "words cleared"
    ALLOWED_ADDED = "allowed added"
    ALLOWED_REMOVED = "allowed removed"
    LIST_CREATED = "list created"
    LIST_CHANGED = "list changed"
    LIST_DELETED = "list deleted"
    ENTRY_CHANGED = "entry changed"
    POLICY_CHANGED = "policy changed"


@dataclass(frozen=True, slots=True)
class ChangedEntries:
    """The entries that a change touched; ``list_name`` is None for allowed phrases, which belong
    to the guild and to no list. ``texts`` are the entries as they were written, ``terms`` what some
    of them had of their own."""

    list_name: str | None
    texts: tuple[str, ...]
    terms: Mapping[str, EntryTerms] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangedList:
    """A list and its policy; ``entries`` are those that went with it when it was deleted."""

    name: str
    policy: ListPolicy
    entries: ChangedEntries | None = None


@dataclass(frozen=True, slots=True)
class ChangedTerms:
    """What an entry has of its own."""

    list_name: str
    text: str
    terms: EntryTerms


@dataclass(frozen=True, slots=True)
class ChangedPolicy:
    """What belongs to no list; ``what`` says which part of it was changed, as "ladder"."""

    what: str
    policy: GuildPolicy


type Changed = ChangedEntries | ChangedList | ChangedTerms | ChangedPolicy


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a guild's append-only record.

    ``change_id`` counts from 1 in each guild; ``at`` is UTC in milliseconds. ``before`` holds what
    was there and no longer is, ``after`` what is there now and was not; of entries, what stayed is
    in neither. ``undoes`` is the number of the change that this one took back.
    """

    change_id: int
    at: int
    actor: Actor
    kind: ChangeKind
    before: Changed | None
    after: Changed | None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What the self-check tells of the database. SQLite before 3.51.3 has a fault that needs two
    connections writing at once, which is why one process alone may hold the file."""

    path: str
    sqlite_version: str
    schema_version: int


class LimitReached(Refused):
    """An addition would take a guild over a limit; nothing was added.

    ``limit`` is the most that a guild may hold, ``have`` what it holds, ``wanted`` how many new
    ones were asked for; banned words of all lists and allowed phrases count together. ``what``
    is counted: entries, or regular expressions alone, of which there may be fewer.
    """

    def __init__(self, limit: int, have: int, wanted: int, what: str = "entries") -> None:
        self.limit = limit
        self.have = have
        self.wanted = wanted
        self.what = what
        over = f"{have + wanted - limit:,} too many. Nothing was added"
        super().__init__(
            f"A server can hold {limit:,} {what}. "
            + (
                f"This one has {have:,}, and {wanted:,} more would be {over}: remove some, or "
                "add fewer."
                if have
                else f"These are {wanted:,}, {over}: add fewer."
            )
        )


class UnknownList(Refused):
    """A guild has no list of this name; ``known`` are the names that it has."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        super().__init__(
            f"There is no list called “{name}” here. The lists are: {', '.join(known)}."
        )


class ListRefused(SettingRefused):
    """A list cannot be made, renamed or deleted like this; the text says why and what to do."""


class UnknownEntry(Refused):
    """A list does not hold an entry."""

    def __init__(self, list_name: str, entry: str) -> None:
        self.list_name = list_name
        self.entry = entry
        super().__init__(f"“{entry}” is not on the list “{list_name}”. Nothing was changed.")


class CannotUndo(Refused):
    """A change cannot be undone; the text says why."""
