"""The members of a guild as they are read page by page: values, and why they cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.errors import PalisadeError
from moderation.people import Person


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Some members in the order of their ids. ``last`` is the last id, None where there are no
    more. ``out_of_reach`` are the ids of those whom the bot cannot rename: the owner, and whoever
    has a role that is not below the bot's."""

    people: Sequence[Person]
    out_of_reach: frozenset[int] = frozenset()
    last: int | None = None


class MembersUnreadable(PalisadeError):
    """The members cannot be read; the text says why."""
