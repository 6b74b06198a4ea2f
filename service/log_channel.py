"""A channel of the mod log as the work sees it: what is to be shown there, and what may be wrong
with it. The edge fulfils ``LogChannels``."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from moderation.cases import Case
from moderation.errors import PalisadeError
from moderation.log_posts import Burst


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What one post shows: the first of its cases whole, and all of them counted. ``public``:
    everybody can read the channel, so what was written and the entries are left out."""

    case: Case
    burst: Burst
    public: bool = False


class Unfit(StrEnum):
    """What is wrong with a channel. The values are stored."""

    GONE = "gone"
    CLOSED = "closed"  # to the bot
    PUBLIC = "public"  # everybody in the server can read it; it is written to all the same


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether a channel will do. ``missing`` are the permissions that the bot lacks there, by the
    names of Discord's interface; none where Discord did not say which."""

    unfit: Unfit | None = None
    missing: tuple[str, ...] = ()

    @property
    def takes_posts(self) -> bool:
        """Whether anything can be written there."""
        return self.unfit in (None, Unfit.PUBLIC)


class PostFailed(PalisadeError):
    """Nothing was written, as far as is known; it may work later."""


class PostRefused(PalisadeError):
    """Discord will never take this."""


class PostGone(PalisadeError):
    """The message is not there any more."""


class ChannelUnfit(PalisadeError):
    """Nothing can be written in this channel; ``fitness`` says why."""

    def __init__(self, fitness: Fitness) -> None:
        self.fitness = fitness
        super().__init__(f"the channel is {fitness.unfit}")


class LogChannels(Protocol):
    """Writing the mod log. ``post``, ``edit`` and ``find`` raise PostFailed, PostRefused, PostGone
    and ChannelUnfit."""

    async def post(self, guild_id: int, channel_id: int, entry: LogEntry, nonce: str) -> int:
        """Write an entry: its message. However often it is called with the same nonce within a
        minute, there is one message."""
        ...

    async def edit(
        self, guild_id: int, channel_id: int, message_id: int, entry: LogEntry
    ) -> None: ...

    async def find(
        self, guild_id: int, channel_id: int, numbers: Collection[int], since: int
    ) -> int | None:
        """The message of ours, written since a time, that tells of one of these cases first; None
        where there is none."""
        ...

    async def fitness(self, guild_id: int, channel_id: int) -> Fitness:
        """Whether a channel will do, as far as Discord says."""
        ...

    async def tell_owner(self, guild_id: int, channel_id: int, fitness: Fitness) -> bool:
        """Tell the server's owner what is wrong with a channel; whether that arrived."""
        ...
