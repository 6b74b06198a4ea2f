"""Who may do what: Discord's permission bits and its published algorithm.

Discord's reference, "Permissions": the base permissions come from @everyone and the member's
roles; a channel's overwrites then apply for @everyone, for all roles at once, and for the member.
"""

from enum import IntFlag

from sandbox.world import Channel, ChannelType, Guild, Member, Role


class Permissions(IntFlag):
    """The permission bits by Discord's names."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


NONE = Permissions(0)

ALL = sum(int(flag) for flag in Permissions)
"""Every permission at once, as a number: what an owner or administrator has."""

EVERYONE_DEFAULT = int(
    Permissions.CREATE_INSTANT_INVITE
    | Permissions.ADD_REACTIONS
    | Permissions.STREAM
    | Permissions.VIEW_CHANNEL
    | Permissions.SEND_MESSAGES
    | Permissions.EMBED_LINKS
    | Permissions.ATTACH_FILES
    | Permissions.READ_MESSAGE_HISTORY
    | Permissions.USE_EXTERNAL_EMOJIS
    | Permissions.CONNECT
    | Permissions.SPEAK
    | Permissions.USE_VAD
    | Permissions.CHANGE_NICKNAME
    | Permissions.USE_APPLICATION_COMMANDS
    | Permissions.CREATE_PUBLIC_THREADS
    | Permissions.SEND_MESSAGES_IN_THREADS
    | Permissions.SEND_POLLS
    | Permissions.USE_EXTERNAL_APPS
)
"""What @everyone may do in a guild nobody has changed."""

NEED_TWO_FACTOR = int(
    Permissions.KICK_MEMBERS
    | Permissions.BAN_MEMBERS
    | Permissions.ADMINISTRATOR
    | Permissions.MANAGE_CHANNELS
    | Permissions.MANAGE_GUILD
    | Permissions.MANAGE_MESSAGES
    | Permissions.MANAGE_ROLES
    | Permissions.MANAGE_WEBHOOKS
    | Permissions.MANAGE_GUILD_EXPRESSIONS
    | Permissions.MANAGE_THREADS
)
"""The permissions that a guild with mfa_level 1 gives only to holders of two-factor
authentication, a bot by its owner (Discord's reference marks them with an asterisk)."""

_ADMINISTRATOR = int(Permissions.ADMINISTRATOR)
_VIEW_CHANNEL = int(Permissions.VIEW_CHANNEL)
_SEND_MESSAGES = int(Permissions.SEND_MESSAGES)
_SEND_IN_THREADS = int(Permissions.SEND_MESSAGES_IN_THREADS)
_MANAGE_THREADS = int(Permissions.MANAGE_THREADS)
_NEED_SEND = int(
    Permissions.MENTION_EVERYONE
    | Permissions.SEND_TTS_MESSAGES
    | Permissions.ATTACH_FILES
    | Permissions.EMBED_LINKS
)
_IN_TIMEOUT = int(Permissions.VIEW_CHANNEL | Permissions.READ_MESSAGE_HISTORY)


def in_guild(member: Member) -> int:
    """A member's permissions before any channel's overwrites."""
    guild = member.guild
    if guild.owner_id == member.id:
        return ALL
    value = guild.roles[guild.id].permissions
    for role_id in member.roles:
        value |= guild.roles[role_id].permissions
    if value & _ADMINISTRATOR:
        return ALL
    if member.timed_out():
        return value & _IN_TIMEOUT
    return value


def in_channel(member: Member, channel: Channel) -> int:
    """A member's permissions in a channel of the same guild, what follows from others included.

    A thread has those of its parent; a private one is seen by who joined it and by moderators, and
    to write in one takes a permission of its own ("Threads").
    """
    value = in_guild(member)
    if value == ALL:
        return value
    thread = channel.thread
    if overwrites := (thread.parent if thread else channel).overwrites:
        if everyone := overwrites.get(member.guild.id):
            value = value & ~everyone.deny | everyone.allow
        allow = deny = 0
        for role_id in member.roles:
            if overwrite := overwrites.get(role_id):
                allow |= overwrite.allow
                deny |= overwrite.deny
        value = value & ~deny | allow
        if own := overwrites.get(member.id):
            value = value & ~own.deny | own.allow
    if not value & _VIEW_CHANNEL:
        return 0
    if (
        thread
        and channel.kind is ChannelType.PRIVATE_THREAD
        and member.id not in thread.members
        and not value & _MANAGE_THREADS
    ):
        return 0
    if not value & (_SEND_IN_THREADS if thread else _SEND_MESSAGES):
        value &= ~_NEED_SEND
    if member.timed_out():
        value &= _IN_TIMEOUT
    return value


def to_write(channel: Channel) -> Permissions:
    """What it takes to write in a channel."""
    return Permissions.SEND_MESSAGES_IN_THREADS if channel.thread else Permissions.SEND_MESSAGES


def can_view(member: Member, channel: Channel) -> bool:
    """Whether a member sees a channel at all."""
    return bool(in_channel(member, channel) & _VIEW_CHANNEL)


def rank(role: Role) -> tuple[int, int]:
    """The order of roles: a greater position is higher; of equal ones the older role is."""
    return role.position, -role.id


def top_rank(member: Member) -> tuple[int, int]:
    """The rank of a member's highest role; @everyone's if there is no other."""
    roles = member.guild.roles
    return max(rank(roles[role_id]) for role_id in (member.guild.id, *member.roles))


def outranks(member: Member, target: Member) -> bool:
    """Whether the hierarchy lets one member act on another: the owner can be acted on by nobody
    else, and everyone else needs a role strictly above the target's highest."""
    guild: Guild = member.guild
    if target.id == guild.owner_id:
        return member.id == target.id
    return member.id == guild.owner_id or top_rank(member) > top_rank(target)
