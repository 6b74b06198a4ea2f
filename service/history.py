"""Messages as they are read later: values, and why they cannot be."""

from dataclasses import dataclass

from moderation.errors import PalisadeError
from moderation.events import MessageSeen


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that stands in a channel. ``edited_at`` is in UTC milliseconds, None where it never
    was; ``event`` is None where there is nothing to judge."""

    message_id: int
    edited_at: int | None
    event: MessageSeen | None


class Unreadable(PalisadeError):
    """The messages of a channel cannot be read; the text says why. ``passing`` where it may work
    later without anybody doing anything; ``gone`` where the channel is no more."""

    def __init__(self, why: str, *, passing: bool = False, gone: bool = False) -> None:
        self.passing = passing
        self.gone = gone
        super().__init__(why)
