"""How far the messages of each channel have been judged, as it is kept on disk. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cursor:
    """Every message of the channel up to ``message_id`` was judged and its decision recorded.

    ``behind_since`` is None where everything newer was judged as it came. Otherwise newer messages
    are still to be read, and so are edits made since that moment (UTC milliseconds).
    """

    channel_id: int
    message_id: int
    behind_since: int | None = None


@dataclass(frozen=True, slots=True)
class GuildCursors:
    """All cursors of a guild. ``until`` is the moment (UTC milliseconds) up to which what was said
    there was heard; None for a guild of which nothing was kept yet."""

    until: int | None = None
    cursors: tuple[Cursor, ...] = ()


@dataclass(frozen=True, slots=True)
class GuildProgress:
    """What has changed in one guild since the last time: ``moved`` are new message ids by channel
    (a lower one than is kept changes nothing), ``behind`` the channels that now have unread
    messages and since when, ``level`` those that have none any more, ``dropped`` those that are
    gone. ``until`` is None where nothing is to be said about it."""

    guild_id: int
    moved: Mapping[int, int] = field(default_factory=dict)
    behind: Mapping[int, int] = field(default_factory=dict)
    level: frozenset[int] = frozenset()
    dropped: frozenset[int] = frozenset()
    until: int | None = None
