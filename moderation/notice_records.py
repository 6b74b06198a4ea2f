"""Notices as the memory keeps them, until they are told and, for replies, taken away again. Times
are UTC in milliseconds."""

from dataclasses import dataclass

from moderation.policy import NoticeBy
from moderation.states import State


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice that is about to be given. ``nonce`` lets Discord refuse a second post of it."""

    by: NoticeBy
    text: str
    nonce: str
    at: int


@dataclass(frozen=True, slots=True)
class OwedNotice:
    """A notice that is written down; ``action_id`` is its number in the log, ``number`` its
    case's. ``channel_id`` is where to reply, None for a direct message."""

    guild_id: int
    action_id: int
    number: int
    user_id: int
    channel_id: int | None
    notice: NewNotice


@dataclass(frozen=True, slots=True)
class StandingReply:
    """A reply that is to be taken away at ``due_at``."""

    guild_id: int
    channel_id: int
    message_id: int
    due_at: int


@dataclass(frozen=True, slots=True)
class NoticeEnding:
    """What became of a notice after so many attempts; ``detail`` says why it did not arrive.
    ``reply`` is what stands in the channel now."""

    owed: OwedNotice
    state: State
    at: int
    attempts: int = 1
    detail: str = ""
    reply: StandingReply | None = None
