"""The members of a guild as they are read page by page: values, and why they cannot be; and why
something that is looked up cannot be found out."""

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


class NotFoundOut(PalisadeError):
    """Discord does not say how someone or something is now; the text says why. ``passing`` where it
    may later, without anybody doing anything."""

    def __init__(self, why: str, *, passing: bool) -> None:
        self.passing = passing
        super().__init__(why)
