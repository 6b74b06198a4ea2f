"""What became of an action, as it is kept."""

from enum import StrEnum

from moderation.verdict import Outcome


class State(StrEnum):
    """What became of an action. The values are stored: they are never renamed."""

    PENDING = "pending"
    DONE = "done"
    GONE = "gone"
    FORBIDDEN = "forbidden"  # it waits for a permission
    FAILED = "failed"
    UNKNOWN = "unknown"  # it may have happened, and doing it again could do it twice
    HELD = "held"  # by the brake: it waits for a moderator
    WITHDRAWN = "withdrawn"  # its case was undone before it was carried out


STATES = {
    Outcome.DONE: State.DONE,
    Outcome.GONE: State.GONE,
    Outcome.FORBIDDEN: State.FORBIDDEN,
    Outcome.FAILED: State.FAILED,
    Outcome.WITHDRAWN: State.WITHDRAWN,
}
"""How each outcome is kept. What was held back was never begun."""
