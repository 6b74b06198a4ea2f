"""What happened, in the rules' own words: frozen values, one class a kind, named for the meaning
and not for the gateway's event."""

from dataclasses import dataclass
from enum import StrEnum

from moderation.people import Person


class Surface(StrEnum):
    """Where a text was found. The value is what people read."""

    MESSAGE = "message"
    EMBED = "embed"
    ATTACHMENT = "attachment"
    POLL = "poll"
    FORWARD = "forwarded message"
    STICKER = "sticker name"
    COMPONENT = "component"
    LINK = "link target"
    WEBHOOK_NAME = "webhook name"
    SPLIT = "messages that together spell a word"
    THREAD_TITLE = "thread title"
    NICKNAME = "nickname"
    GLOBAL_NAME = "display name"
    USERNAME = "username"
    SERVER_TAG = "server tag"


class Form(StrEnum):
    """What a message is, as far as that decides whether it can be judged and deleted."""

    ORDINARY = "ordinary"
    ALERT = "alert"  # of Discord's AutoMod, for the moderators; it quotes what was blocked
    FIXED = "fixed"  # a notice of Discord's that nobody can delete


@dataclass(frozen=True, slots=True)
class Part:
    """One text to judge and where it stood."""

    surface: Surface
    text: str


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A message was posted. ``guild_id`` is None in a direct message.

    ``edited`` says that what it says now was not written at first; ``attachments`` are links to its
    files. ``catch_up`` names the reading of the history that found it, None while it happens.
    """

    guild_id: int | None
    channel_id: int
    message_id: int
    author: Person
    parts: tuple[Part, ...]
    form: Form = Form.ORDINARY
    edited: bool = False
    attachments: tuple[str, ...] = ()
    catch_up: str | None = None


@dataclass(frozen=True, slots=True)
class MessageEdited(MessageSeen):
    """A message is now as given; whether it was cached or seen before plays no part. Not each
    update is an edit: previews of links come by one, too."""

    edited: bool = True


@dataclass(frozen=True, slots=True)
class NamesSeen:
    """A member joined, or a member's nickname or account name may have changed.

    ``person.membership`` is never None here. ``standing`` says that the names were found while
    looking through those that are there, and not as they were set.
    """

    guild_id: int
    person: Person
    standing: bool = False


@dataclass(frozen=True, slots=True)
class ThreadSeen:
    """A thread or a forum post was opened, or its title may have changed. ``parent_id`` is its
    channel, None where Discord did not say."""

    guild_id: int
    thread_id: int
    title: str
    parent_id: int | None = None


type Event = MessageSeen | MessageEdited | NamesSeen | ThreadSeen
