"""Messages are written, edited and deleted."""

import bisect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sandbox.changes import threads
from sandbox.core import Core
from sandbox.gateway.intents import Intents
from sandbox.gateway.session import Session
from sandbox.message_payloads import message_event, shows_content
from sandbox.wire import Json
from sandbox.world import Account, Channel, Message

_MENTION = re.compile(r"<@(?:!?(?P<user>\d{15,20})|&(?P<role>\d{15,20}))>")
_EVERYONE = re.compile(r"@(everyone|here)\b")

HAS_SNAPSHOT = 1 << 14
COMPONENTS_V2 = 1 << 15
FORWARD = 1
"""The kind of reference that a forward has."""
_TEXT_DISPLAY = 10

MENTION_ALL: Json = {"parse": ["users", "roles", "everyone"]}
"""What a message mentions unless it says otherwise ("Allowed Mentions Object")."""


def build(
    core: Core,
    channel: Channel,
    author: Account,
    content: str,
    *,
    at: datetime | None = None,
    allowed_mentions: Json | None = None,
    may_mention_everyone: bool = True,
    number: int | None = None,
    **fields: Any,
) -> Message:
    """A message that is not shown anywhere yet, with an id of its own unless it is given one. The
    fields are those of world.Message."""
    if number is None:
        number = core.world.snowflakes.at(at) if at else core.world.snowflakes.next()
    message = Message(number, channel, author, content, at or datetime.now(UTC), **fields)
    resolve_mentions(core, message, allowed_mentions, may_mention_everyone)
    return message


def publish(core: Core, message: Message) -> None:
    """Put a message into its channel and tell of it."""
    channel = message.channel
    channel.messages[message.id] = message
    if not channel.order or channel.order[-1] < message.id:
        channel.order.append(message.id)
    else:
        bisect.insort(channel.order, message.id)
    channel.last_message_id = channel.order[-1]
    _tell(core, "MESSAGE_CREATE", message)
    if channel.thread is not None:
        threads.was_written_in(core, message)
    core.signals.tell(("channel", channel.id))


def edit(
    core: Core,
    message: Message,
    *,
    visible: bool = True,
    stamp: bool = True,
    allowed_mentions: Json | None = None,
    **fields: Any,
) -> None:
    """Change fields of a message. Without a stamp its edited_timestamp stays, as when an embed
    arrives; what is not visible, being ephemeral, is told to nobody."""
    for name, value in fields.items():
        setattr(message, name, value)
    if stamp:
        message.edited = datetime.now(UTC)
    if "content" in fields or "components" in fields:
        resolve_mentions(core, message, allowed_mentions, may_mention_everyone=True)
    if visible:
        _tell(core, "MESSAGE_UPDATE", message)
    core.signals.tell(("message", message.id))
    core.signals.tell(("channel", message.channel.id))


def delete(core: Core, message: Message, *, visible: bool = True) -> None:
    """Take a message away."""
    _take(message)
    if visible:
        payload: Json = {"id": str(message.id), **_where(message.channel)}
        _tell_gone(core, "MESSAGE_DELETE", message.channel, payload)
    core.signals.tell(("message", message.id))


def delete_many(core: Core, channel: Channel, gone: list[Message]) -> None:
    """Take messages of one channel away at once, told by one event."""
    for message in gone:
        _take(message)
    if gone:
        payload: Json = {"ids": [str(message.id) for message in gone], **_where(channel)}
        _tell_gone(core, "MESSAGE_DELETE_BULK", channel, payload)
    for message in gone:
        core.signals.tell(("message", message.id))


def _take(message: Message) -> None:
    message.deleted = True
    if (thread := message.channel.thread) and message.id != message.channel.id:
        thread.gone += 1
    order = message.channel.order
    index = bisect.bisect_left(order, message.id)
    if index < len(order) and order[index] == message.id:
        del order[index]


def _where(channel: Channel) -> Json:
    where: Json = {"channel_id": str(channel.id)}
    if channel.guild is not None:
        where["guild_id"] = str(channel.guild.id)
    return where


def _tell_gone(core: Core, name: str, channel: Channel, payload: Json) -> None:
    core.gateway.dispatch(
        name, lambda _: payload, guild=channel.guild, channel=channel, needs=_needs(channel)
    )


def resolve_mentions(
    core: Core, message: Message, allowed: Json | None, may_mention_everyone: bool
) -> None:
    """Work out whom a message mentions, as far as its allowed_mentions let it."""
    message.mentions, message.mention_roles, message.mention_everyone = [], [], False
    content = _spoken(message)
    pings_replied = allowed is None or bool(allowed.get("replied_user"))
    if message.replied is not None and pings_replied:
        message.mentions.append(message.replied.author)
    if "@" not in content:
        return
    allowed = MENTION_ALL if allowed is None else allowed
    parse = allowed.get("parse") or []
    users = {str(value) for value in allowed.get("users") or []}
    roles = {str(value) for value in allowed.get("roles") or []}
    guild = message.channel.guild
    for match in _MENTION.finditer(content):
        if (text := match["user"]) and ("users" in parse or text in users):
            account = core.world.accounts.get(int(text))
            if account is not None and account not in message.mentions:
                message.mentions.append(account)
        elif (text := match["role"]) and ("roles" in parse or text in roles):
            role_id = int(text)
            if guild and role_id in guild.roles and role_id not in message.mention_roles:
                message.mention_roles.append(role_id)
    if guild and may_mention_everyone and "everyone" in parse:
        message.mention_everyone = bool(_EVERYONE.search(content))


def reference(message: Message, kind: int = 0) -> Json:
    """How a message is pointed to."""
    result: Json = {
        "type": kind,
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
    }
    if message.channel.guild is not None:
        result["guild_id"] = str(message.channel.guild.id)
    return result


def _spoken(message: Message) -> str:
    """The text in which a message can mention somebody."""
    if not message.flags & COMPONENTS_V2:
        return message.content
    return "\n".join(
        component["content"]
        for component in walk(message.components)
        if component.get("type") == _TEXT_DISPLAY
    )


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component of a message, those inside others included."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        if accessory := component.get("accessory"):
            yield accessory


def history(
    channel: Channel,
    *,
    limit: int,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
) -> list[Message]:
    """A page of a channel's messages, newest first."""
    order = channel.order
    if around is not None:
        start = max(0, bisect.bisect_left(order, around) - limit // 2)
        page = order[start : start + limit]
    elif after is not None:
        start = bisect.bisect_right(order, after)
        page = order[start : start + limit]
    else:
        end = len(order) if before is None else bisect.bisect_left(order, before)
        page = order[max(0, end - limit) : end]
    return [channel.messages[message_id] for message_id in reversed(page)]


def _needs(channel: Channel) -> int:
    return int(Intents.GUILD_MESSAGES if channel.guild else Intents.DIRECT_MESSAGES)


def _tell(core: Core, name: str, message: Message) -> None:
    def whole(session: Session) -> bool:
        return bool(session.intents & Intents.MESSAGE_CONTENT) or shows_content(
            message, session.application.account
        )

    channel = message.channel
    core.gateway.dispatch(
        name,
        lambda view: message_event(message, core.base_url, with_content=view),
        guild=channel.guild,
        channel=channel,
        needs=_needs(channel),
        whole=whole,
    )
