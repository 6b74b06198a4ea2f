"""What telling authors needs of the world, as small Protocols. ``data/notices.py`` and
``cogs/helpers/telling.py`` fulfil them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from moderation.cases import Case
from moderation.consequence import Step
from moderation.notice_records import NewNotice, NoticeEnding, OwedNotice, StandingReply
from moderation.notices import Names
from moderation.occasions import Occasion
from moderation.ruleset import Ruleset


class NoticeStore(Protocol):
    """Notices in the log, and the replies that stand."""

    async def plan(
        self, occasion: Occasion, channel_id: int | None, new: NewNotice
    ) -> OwedNotice | None:
        """Write a notice down, before it is given; None where the person has been told enough of
        this strike."""
        ...

    async def ended(self, ending: NoticeEnding) -> None: ...

    async def left(self) -> frozenset[int]: ...

    async def unfinished(self, guild_id: int) -> Sequence[OwedNotice]: ...

    async def replies(self, guild_id: int) -> Sequence[StandingReply]: ...

    async def removed(self, guild_id: int, message_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message, or of a conversation to be opened: its id, or why there is none.
    ``closed`` says that asking again is of no use, ``gone`` that what was asked for is no more;
    ``maybe`` that it may have been taken all the same, so that only the same nonce is safe."""

    number: int | None = None
    why: str = ""
    closed: bool = False
    gone: bool = False
    maybe: bool = False
    again_in: float = 0.0


class Messenger(Protocol):
    """Writing to people. Never raises for an answer of Discord's."""

    def names(self, guild_id: int, channel_id: int | None) -> Names:
        """What the places are called, as far as is known without asking."""
        ...

    def may(self, guild_id: int, step: Step, role_ids: Set[int]) -> bool:
        """Whether the bot may kick or ban whoever has these roles, as far as is known without
        asking; True where it is not."""
        ...

    async def open(self, user_id: int) -> Sent:
        """The conversation with somebody; the same each time."""
        ...

    async def send(self, channel_id: int, text: str, nonce: str) -> Sent:
        """Post a text that pings nobody. A second one with the same nonce, within some minutes, is
        the first."""
        ...

    async def remove(self, channel_id: int, message_id: int) -> Sent:
        """Take a message of the bot's own away; what is gone is a success."""
        ...

    async def find(self, channel_id: int, text: str, since: int) -> Sent:
        """The message of the bot's own that says this, not before a time (UTC in milliseconds), if
        it stands there."""
        ...


class Rulebook(Protocol):
    """What is in force in a guild."""

    async def get(self, guild_id: int) -> Ruleset: ...


class CaseFile(Protocol):
    """The cases of a guild."""

    async def case(self, guild_id: int, number: int) -> Case:
        """Raises NoSuchCase."""
        ...
