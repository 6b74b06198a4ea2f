"""A gateway payload becomes an event of the rules. A payload that makes no sense raises KeyError,
TypeError or ValueError; the gateway logs that and drops it."""

from collections.abc import Mapping
from typing import Any

from cogs.helpers.people import Me, author_of, member_of, snowflake
from moderation.events import MessageEdited, MessageSeen, NamesSeen, Part, Surface

type Json = Mapping[str, Any]


def message_created(data: Json, me: Me) -> MessageSeen | None:
    """MESSAGE_CREATE; None where there is no text to judge."""
    return _message(MessageSeen, data, me)


def message_edited(data: Json, me: Me) -> MessageSeen | None:
    """MESSAGE_UPDATE; None where it does not tell the text (Discord sends partial updates when it
    has only added a preview of a link)."""
    return _message(MessageEdited, data, me)


def member_changed(data: Json, me: Me) -> NamesSeen:
    """GUILD_MEMBER_ADD and GUILD_MEMBER_UPDATE; the latter also comes for a new account name."""
    return NamesSeen(snowflake(data["guild_id"]), member_of(data, me))


def _message(kind: type[MessageSeen], data: Json, me: Me) -> MessageSeen | None:
    content = data.get("content")
    if content is not None and not isinstance(content, str):
        raise TypeError("the content of a message is not text")
    if not content:
        return None
    guild_id = data.get("guild_id")
    return kind(
        guild_id=None if guild_id is None else snowflake(guild_id),
        channel_id=snowflake(data["channel_id"]),
        message_id=snowflake(data["id"]),
        author=author_of(data, me),
        parts=(Part(Surface.MESSAGE, content),),
    )
