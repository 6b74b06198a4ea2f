"""The intents: which events a session asked for (reference, "Gateway Intents")."""

from enum import IntFlag

from sandbox.world import Application


class Intents(IntFlag):
    """The intent bits by Discord's names."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


_KNOWN = sum(int(intent) for intent in Intents)


def known(value: object) -> bool:
    """Whether a value is a set of intent bits that exist."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value == value & _KNOWN


def allowed(intents: int, application: Application) -> bool:
    """Whether an application has every privileged intent among these switched on."""
    return not (
        (intents & Intents.GUILD_MEMBERS and not application.members_intent)
        or (intents & Intents.GUILD_PRESENCES and not application.presence_intent)
        or (intents & Intents.MESSAGE_CONTENT and not application.message_content_intent)
    )
