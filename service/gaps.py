"""Where something is still to be read: values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or an active thread, as Discord tells of it when a guild becomes available.

    ``newest`` is the id of the last message, None where there never was one. ``opened_at`` is in
    UTC milliseconds, for a thread as well, which may carry the id of an older message. ``hidden``
    where the bot cannot view it: then Discord does not tell the newest.
    """

    channel_id: int
    newest: int | None
    opened_at: int
    is_thread: bool = False
    hidden: bool = False


@dataclass(eq=False, slots=True)
class Gap:
    """A channel with messages after ``position`` that are still to be read, and with older ones
    that may have been edited since ``since`` (UTC milliseconds).

    ``written`` is the position that the store has; ``told`` says whether it knows of the gap.
    """

    guild_id: int
    channel_id: int
    position: int
    since: int
    written: int = -1
    told: bool = False

    def advance(self, message_id: int) -> None:
        """Everything up to this message was read and handed on to be judged."""
        self.position = max(self.position, message_id)
