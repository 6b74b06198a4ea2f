"""A gateway payload becomes an event of the rules. A payload that makes no sense raises KeyError,
TypeError or ValueError; the gateway logs that and drops it."""

from collections.abc import Iterator, Mapping
from typing import Any

from cogs.helpers.people import Me, author_of, member_of, snowflake
from cogs.helpers.surfaces import parts_of
from moderation.events import Form, MessageEdited, MessageSeen, NamesSeen, ThreadSeen

type Json = Mapping[str, Any]

ALERT = 24
"""AUTO_MODERATION_ACTION: an alert for the moderators, whose author is whoever was blocked."""

UNDELETABLE = frozenset({1, 2, 3, 4, 5, 14, 15, 16, 17, 21})
"""Message types that nobody can delete (Discord, Message Types): people added and removed, calls,
changed channel names and icons, notices of server discovery, the starter of a thread."""

_ALERT_EMBED = "auto_moderation_message"
"""The type of the embed in an alert; only Discord's own AutoMod can set it."""


def message_created(data: Json, me: Me) -> MessageSeen | None:
    """MESSAGE_CREATE; None where there is no text to judge."""
    return _message(MessageSeen, data, me)


def message_edited(data: Json, me: Me) -> MessageSeen | None:
    """MESSAGE_UPDATE; None where it tells no text. One that tells only a part of the message is
    judged by that part."""
    return _message(MessageEdited, data, me)


def member_changed(data: Json, me: Me) -> NamesSeen:
    """GUILD_MEMBER_ADD and GUILD_MEMBER_UPDATE; the latter also comes for a new account name."""
    return NamesSeen(snowflake(data["guild_id"]), member_of(data, me))


def thread_seen(data: Json) -> ThreadSeen | None:
    """THREAD_CREATE and THREAD_UPDATE; None where there is no title."""
    title = data.get("name")
    if title is not None and not isinstance(title, str):
        raise TypeError("the title of a thread is not text")
    if not title:
        return None
    parent = data.get("parent_id")
    parent_id = None if parent is None else snowflake(parent)
    return ThreadSeen(snowflake(data["guild_id"]), snowflake(data["id"]), title, parent_id)


def active_threads(listed: Json, guild_id: int) -> Iterator[ThreadSeen]:
    """The threads of a GUILD_CREATE, a THREAD_LIST_SYNC or an answer that lists the active ones;
    what makes no sense is passed over."""
    threads = listed.get("threads")
    for data in threads if isinstance(threads, list) else ():
        try:
            event = thread_seen({**data, "guild_id": guild_id})
        except (KeyError, TypeError, ValueError):
            continue
        if event is not None:
            yield event


def _message(kind: type[MessageSeen], data: Json, me: Me) -> MessageSeen | None:
    parts = parts_of(data)
    if not parts:
        return None
    guild_id = data.get("guild_id")
    return kind(
        guild_id=None if guild_id is None else snowflake(guild_id),
        channel_id=snowflake(data["channel_id"]),
        message_id=snowflake(data["id"]),
        author=author_of(data, me),
        parts=parts,
        form=_form(data),
        edited=_is_edited(data, kind),
        attachments=_links(data["attachments"]) if data.get("attachments") else (),
    )


def _is_edited(data: Json, kind: type[MessageSeen]) -> bool:
    """Whether it says something else than at first. Previews of links come by an update as well,
    which gives no time of an edit (Discord, Message)."""
    if "edited_timestamp" in data:
        return data["edited_timestamp"] is not None
    return kind is MessageEdited


def _links(attachments: object) -> tuple[str, ...]:
    """Where the files of a message are."""
    files = attachments if isinstance(attachments, list) else ()
    links = (file.get("url") for file in files if isinstance(file, Mapping))
    return tuple(link for link in links if isinstance(link, str) and link)


def _form(data: Json) -> Form:
    number = data.get("type")
    if number is None:
        # Updates that tell only a part of a message leave out its type.
        embeds = data.get("embeds")
        for embed in embeds if isinstance(embeds, list) else ():
            if isinstance(embed, Mapping) and embed.get("type") == _ALERT_EMBED:
                return Form.ALERT
        return Form.ORDINARY
    if number == ALERT:
        return Form.ALERT
    return Form.FIXED if isinstance(number, int) and number in UNDELETABLE else Form.ORDINARY
