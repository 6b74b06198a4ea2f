"""A guild's configuration, as values with safe defaults: what each list watches and what follows,
who and where is exempt, the ladder, the notices, the mod log. The words themselves are in
``words.py``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from moderation.consequence import DELETE, Consequence
from moderation.events import Surface

DAY_MS = 24 * 60 * 60 * 1000

MAX_LISTS = 25
"""Lists of one guild: as many as one select menu or one round of suggestions shows."""

TEXT_DAYS = 90
"""How long the text of a case is kept, where a guild has not set it otherwise; in days."""


class Watched(StrEnum):
    """Groups of surfaces that a list can watch. The values are stored: they are never renamed."""

    MESSAGES = "messages"  # what was written: content, link targets, split words
    EDITS = "edits"  # messages as they are after an edit
    EMBEDS = "embeds"
    ATTACHMENTS = "attachments"
    POLLS = "polls"
    FORWARDS = "forwards"
    EXTRAS = "stickers, buttons and webhook names"
    THREADS = "thread titles"
    NAMES = "names"


WATCHED_AS: Mapping[Surface, Watched] = {
    Surface.MESSAGE: Watched.MESSAGES,
    Surface.LINK: Watched.MESSAGES,
    Surface.SPLIT: Watched.MESSAGES,
    Surface.EMBED: Watched.EMBEDS,
    Surface.ATTACHMENT: Watched.ATTACHMENTS,
    Surface.POLL: Watched.POLLS,
    Surface.FORWARD: Watched.FORWARDS,
    Surface.STICKER: Watched.EXTRAS,
    Surface.COMPONENT: Watched.EXTRAS,
    Surface.WEBHOOK_NAME: Watched.EXTRAS,
    Surface.THREAD_TITLE: Watched.THREADS,
    Surface.NICKNAME: Watched.NAMES,
    Surface.GLOBAL_NAME: Watched.NAMES,
    Surface.USERNAME: Watched.NAMES,
    Surface.SERVER_TAG: Watched.NAMES,
}

EVERYWHERE = frozenset(Watched)
NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Exemptions:
    """Who and where is skipped: ids. A category covers its channels, a channel its threads."""

    roles: frozenset[int] = NOBODY
    channels: frozenset[int] = NOBODY
    members: frozenset[int] = NOBODY

    def __bool__(self) -> bool:
        return bool(self.roles or self.channels or self.members)


@dataclass(frozen=True, slots=True)
class ListPolicy:
    """What a list does. A list in the ``shadow`` does nothing and tells what it would have done.
    ``channels`` are the channels or categories it is limited to, none meaning everywhere; names
    belong to no channel, so such a list still watches them where it watches names. ``notice`` is
    the list's own text to the author, "" for the guild's."""

    consequence: Consequence = DELETE
    watches: frozenset[Watched] = EVERYWHERE
    channels: frozenset[int] = NOBODY
    notice: str = ""
    enabled: bool = True
    shadow: bool = False
    exemptions: Exemptions = field(default_factory=Exemptions)


@dataclass(frozen=True, slots=True)
class EntryTerms:
    """What an entry has of its own: a consequence instead of its list's, the reason why it is
    banned, and until when (UTC in milliseconds); after that it is not looked for."""

    consequence: Consequence | None = None
    reason: str = ""
    expires_at: int | None = None

    def __bool__(self) -> bool:
        return self.consequence is not None or bool(self.reason) or self.expires_at is not None


@dataclass(frozen=True, slots=True)
class Rung:
    """From so many strikes within the window on, this follows."""

    strikes: int
    consequence: Consequence


@dataclass(frozen=True, slots=True)
class Ladder:
    """The escalation ladder; without rungs nothing is escalated. ``window_ms`` in milliseconds."""

    rungs: tuple[Rung, ...] = ()
    window_ms: int = 7 * DAY_MS


NO_LADDER = Ladder()


class NoticeBy(StrEnum):
    """How the author is told. The values are stored."""

    DM = "direct message"
    REPLY = "short reply that removes itself"
    NOBODY = "nothing"


@dataclass(frozen=True, slots=True)
class Notices:
    """How authors are told, and when: ``deletions`` also for a mere deletion, which is otherwise
    done silently. ``text`` is a template, "" for the built-in one (``moderation/notices.py``)."""

    by: NoticeBy = NoticeBy.DM
    deletions: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class ModLog:
    """The channels of the mod log: ids; None where there is none. ``punishments`` and ``by_hand``
    are for cases with more than a deletion, and for what moderators do by hand; None means
    ``channel``."""

    channel: int | None = None
    punishments: int | None = None
    by_hand: int | None = None


@dataclass(frozen=True, slots=True)
class GuildPolicy:
    """Everything but the words. ``terms`` are by list name and entry text; what is not in ``lists``
    has the defaults. ``judges_moderators``: members with Manage Messages, who are exempt otherwise,
    are judged like everybody (administrators and the owner as well). ``moderators`` are roles whose
    members count as moderators of the bot whatever their permissions."""

    lists: Mapping[str, ListPolicy] = field(default_factory=dict)
    terms: Mapping[tuple[str, str], EntryTerms] = field(default_factory=dict)
    exemptions: Exemptions = field(default_factory=Exemptions)
    judges_moderators: bool = False
    moderators: frozenset[int] = NOBODY
    ladder: Ladder = field(default_factory=Ladder)
    notices: Notices = field(default_factory=Notices)
    mod_log: ModLog = field(default_factory=ModLog)
    text_days: int = TEXT_DAYS

    def of(self, list_name: str) -> ListPolicy:
        """A list's policy."""
        return self.lists.get(list_name, DEFAULT_LIST)


NO_TERMS = EntryTerms()
DEFAULT_LIST = ListPolicy()
DEFAULT = GuildPolicy()
