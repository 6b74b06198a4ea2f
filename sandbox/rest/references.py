"""What a message that is being written refers to: one that it answers, or one that it forwards
(reference, "Message Reference Content Attribution")."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.changes.messages import FORWARD, HAS_SNAPSHOT, reference
from sandbox.errors import ApiError, Code, invalid
from sandbox.message_payloads import shows_content, snapshot
from sandbox.permissions import Permissions
from sandbox.rest.call import Call
from sandbox.snowflakes import parse
from sandbox.wire import Json
from sandbox.world import Channel, Message

REPLY = 19
CAN_BE_FORWARDED = frozenset({0, 19, 20, 23})


@dataclass(frozen=True, slots=True)
class Referred:
    """The fields of the new message that follow from it."""

    kind: int = 0
    flags: int = 0
    reference: Json | None = None
    replied: Message | None = None
    snapshots: list[Json] = field(default_factory=list)


def referred(call: Call, channel: Channel, given: Any) -> Referred:
    """What a request's message_reference makes of the message."""
    if not given:
        return Referred()
    if given.get("type") == FORWARD:
        return _forward(call, given)
    if not call.permissions(channel) & Permissions.READ_MESSAGE_HISTORY:
        raise ApiError(Code.CANNOT_REPLY_UNREAD)
    message = channel.messages.get(parse(given.get("message_id")) or 0)
    if message is None or message.deleted:
        if given.get("fail_if_not_exists", True):
            raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return Referred()
    if message.kind not in CAN_BE_FORWARDED:
        told = "Cannot reply to a system message"
        raise invalid("message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", told)
    return Referred(REPLY, 0, reference(message), message)


def _forward(call: Call, given: Json) -> Referred:
    source = call.core.world.channels.get(parse(given.get("channel_id")) or 0)
    if source is None:
        raise ApiError(Code.UNKNOWN_CHANNEL)
    if not call.permissions(source) & Permissions.VIEW_CHANNEL:
        raise ApiError(Code.MISSING_ACCESS)
    message = source.messages.get(parse(given.get("message_id")) or 0)
    if message is None or message.deleted:
        raise ApiError(Code.UNKNOWN_MESSAGE)
    if not call.application.message_content_intent and not shows_content(message, call.me):
        raise ApiError(Code.CANNOT_FORWARD_UNREAD)
    if message.kind not in CAN_BE_FORWARDED or message.poll is not None:
        told = "Messages of this type cannot be forwarded"
        raise invalid("message_reference", "MESSAGE_REFERENCE_INVALID_TYPE", told)
    return Referred(
        0,
        HAS_SNAPSHOT,
        reference(message, FORWARD),
        None,
        [snapshot(message, call.core.base_url)],
    )
