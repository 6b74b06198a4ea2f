"""The state of the small Discord: accounts, applications, guilds and all that is in them.

Nothing here sends an event or checks a permission; changes/ does the one and rest/ the other.
"""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

from sandbox.snowflakes import Snowflakes
from sandbox.wire import Json


class ChannelType(IntEnum):
    """The kinds of channel by Discord's names."""

    GUILD_TEXT = 0
    DM = 1
    GUILD_VOICE = 2
    GUILD_CATEGORY = 4
    GUILD_ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    GUILD_STAGE_VOICE = 13
    GUILD_FORUM = 15
    GUILD_MEDIA = 16


WITHOUT_MESSAGES = frozenset(
    {ChannelType.GUILD_CATEGORY, ChannelType.GUILD_FORUM, ChannelType.GUILD_MEDIA}
)
"""The kinds of channel in which nothing can be written; in forums there are threads only."""


@dataclass(slots=True, eq=False)
class Account:
    """A user of Discord, person or bot."""

    id: int
    username: str
    global_name: str | None = None
    bot: bool = False
    two_factor: bool = True
    discriminator: str = "0"
    tag: "ServerTag | None" = None
    """The tag of a guild that it shows beside its name."""
    takes_direct: bool = True
    """Whether those it shares a guild with can write to it directly."""


@dataclass(frozen=True, slots=True)
class ServerTag:
    """A guild's tag, up to four characters, as an account shows it ("User Primary Guild")."""

    text: str
    guild_id: int


@dataclass(slots=True, eq=False)
class Application:
    """An application of the developer portal, with its bot account."""

    id: int
    name: str
    token: str
    account: Account
    owner: Account
    members_intent: bool
    message_content_intent: bool
    presence_intent: bool
    commands: dict[int, "Command"] = field(default_factory=dict)
    shards: int = 1
    """How many connections Discord recommends to it."""
    max_concurrency: int = 1
    """How many of its shards may identify within five seconds."""


@dataclass(slots=True, eq=False)
class Command:
    """A registered application command: global, or of one guild."""

    id: int
    application: Application
    guild_id: int | None
    version: int
    fields: Json
    """What the application gave: name, description, type, options and the rest, normalised."""


@dataclass(slots=True, eq=False)
class Role:
    """A role; @everyone has the guild's own id."""

    id: int
    name: str
    permissions: int
    position: int
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    bot_id: int | None = None
    """The bot that the role was made for; such a role is managed."""


@dataclass(slots=True, eq=False)
class Overwrite:
    """What a channel allows and denies to a role (kind 0) or a member (kind 1)."""

    id: int
    kind: int
    allow: int
    deny: int


@dataclass(slots=True, eq=False)
class Attachment:
    """A file of a message or of a command's option, with its bytes."""

    id: int
    filename: str
    data: bytes
    content_type: str
    channel_id: int
    description: str | None = None
    ephemeral: bool = False


@dataclass(slots=True, eq=False)
class Message:
    """A message, also one that is deleted by now or only one person can see."""

    id: int
    channel: "Channel"
    author: Account
    content: str
    created: datetime
    edited: datetime | None = None
    kind: int = 0
    flags: int = 0
    tts: bool = False
    pinned: bool = False
    deleted: bool = False
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: list[Account] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    nonce: str | int | None = None
    webhook_id: int | None = None
    application_id: int | None = None
    author_name: str | None = None
    """The name a webhook took for this one message."""
    reference: Json | None = None
    """What it points to, as the payload has it."""
    replied: "Message | None" = None
    """The message that it answers."""
    thread: "Channel | None" = None
    """The thread that was started from it."""
    poll: Json | None = None
    snapshots: list[Json] = field(default_factory=list)
    """What it forwards: copies that change no more."""
    stickers: list[Json] = field(default_factory=list)
    extra: Json = field(default_factory=dict)
    """Further fields of the payload, as they stand."""


@dataclass(slots=True, eq=False)
class Channel:
    """A channel of a guild, or a direct conversation."""

    id: int
    kind: ChannelType
    name: str
    guild: "Guild | None" = None
    position: int = 0
    parent_id: int | None = None
    topic: str | None = None
    nsfw: bool = False
    slowmode: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    """The ids of the messages that are not deleted, growing."""
    last_message_id: int | None = None
    recipients: list[Account] = field(default_factory=list)
    thread: "Thread | None" = None
    """What it has besides, if it is a thread."""

    @property
    def home(self) -> "Guild":
        """The guild of a channel that is known to have one; raises ValueError for another."""
        if self.guild is None:
            raise ValueError("a direct conversation belongs to no guild")
        return self.guild


@dataclass(slots=True, eq=False)
class Thread:
    """What a thread has that other channels have not."""

    parent: Channel
    owner: Account
    created: datetime
    archived_at: datetime
    """When it was last archived or taken up again; at first when it was made."""
    archived: bool = False
    locked: bool = False
    archive_minutes: int = 1440
    members: dict[int, datetime] = field(default_factory=dict)
    """The ids of those who joined, and when."""
    sent: int = 0
    """How many messages were ever written in it, the first one of a post left out."""
    gone: int = 0
    """How many of them were deleted."""
    tags: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Member:
    """A user in a guild."""

    guild: "Guild"
    account: Account
    joined: datetime
    nick: str | None = None
    roles: list[int] = field(default_factory=list)
    """Role ids, without @everyone."""
    timeout_until: datetime | None = None

    @property
    def id(self) -> int:
        """The account's id."""
        return self.account.id

    @property
    def display_name(self) -> str:
        """The name that people see."""
        return self.nick or self.account.global_name or self.account.username

    def timed_out(self) -> bool:
        """Whether a timeout is running."""
        return self.timeout_until is not None and self.timeout_until > datetime.now(UTC)


@dataclass(slots=True, eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    """Its threads, archived ones too; they are not among the channels."""
    members: dict[int, Member] = field(default_factory=dict)
    mfa_level: int = 0
    unavailable: bool = False
    bans: "dict[int, Ban]" = field(default_factory=dict)
    audit: "list[AuditEntry]" = field(default_factory=list)
    """The audit log, oldest first."""


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody who is kept out of a guild."""

    account: Account
    reason: str | None


@dataclass(slots=True, eq=False)
class AuditEntry:
    """A line of the audit log."""

    id: int
    action: int
    by: Account
    target_id: int | None
    reason: str | None
    changes: list[Json]
    options: Json | None


@dataclass(slots=True, eq=False)
class Webhook:
    """A webhook of a channel."""

    id: int
    name: str
    channel: Channel
    token: str
    creator: Account
    account: Account
    """The author of its messages: its own id and name."""
    application_id: int | None = None


class World:
    """Everything that exists, by id."""

    def __init__(self) -> None:
        self.snowflakes = Snowflakes()
        self.accounts: dict[int, Account] = {}
        self.applications: dict[int, Application] = {}
        self.tokens: dict[str, Application] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.attachments: dict[int, Attachment] = {}

    def reset_token(self, application: Application) -> str:
        """Make an application's token invalid and give the new one."""
        self.tokens.pop(application.token, None)
        application.token = new_token(application.id)
        self.tokens[application.token] = application
        return application.token

    def application_of(self, account_id: int) -> Application | None:
        """The application whose bot an account is."""
        return next((a for a in self.applications.values() if a.account.id == account_id), None)

    def guilds_of(self, account_id: int) -> list[Guild]:
        """The guilds that an account is a member of, oldest first."""
        return [guild for guild in self.guilds.values() if account_id in guild.members]

    def conversation(self, first: Account, second: Account) -> Channel:
        """The direct conversation between two accounts, begun if need be."""
        for channel in self.channels.values():
            if channel.kind is ChannelType.DM and {first, second} == set(channel.recipients):
                return channel
        channel = Channel(self.snowflakes.next(), ChannelType.DM, "", recipients=[first, second])
        self.channels[channel.id] = channel
        return channel


def secret() -> str:
    """A new token for a webhook or an interaction."""
    return secrets.token_urlsafe(51)


def new_token(application_id: int) -> str:
    """A token of the shape that Discord's have: the id, a time, a secret."""
    head = base64.urlsafe_b64encode(str(application_id).encode()).decode().rstrip("=")
    return f"{head}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
