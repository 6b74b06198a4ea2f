"""Routes by which messages are taken away, one by one or many at once."""

from typing import Any

from sandbox.changes import audit, messages
from sandbox.errors import ApiError, Checks, Code
from sandbox.permissions import Permissions
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.snowflakes import age_seconds, parse
from sandbox.world import Channel

routes = Routes()

OLDEST_SECONDS = 14 * 24 * 3600
"""How old a message may be that is deleted with others."""

_CANNOT_DELETE = frozenset({1, 2, 3, 4, 5, 21})
"""Kinds of message that nobody can delete (reference, "Message Types")."""
_ALERT = 24
"""An alert of AutoMod: its author is who offended, and cannot delete it."""


@routes.route("DELETE", "/channels/{channel_id}/messages/{message_id}")
async def delete_message(call: Call) -> None:
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.me or message.kind == _ALERT:
        if channel.guild is None:
            raise ApiError(Code.MISSING_PERMISSIONS)
        call.require(Permissions.MANAGE_MESSAGES, channel)
    _check_thread(call, channel)
    if message.kind in _CANNOT_DELETE:
        raise ApiError(Code.SYSTEM_MESSAGE)
    messages.delete(call.core, message)
    audit.note_deletion(call.core, message, call.me, call.reason)


@routes.route("POST", "/channels/{channel_id}/messages/bulk-delete")
async def delete_messages(call: Call) -> None:
    """All or nothing: ids of nothing are passed over, but an old one, or one that comes twice,
    fails the whole call (reference, "Bulk Delete Messages"), and so does a message of a kind that
    nobody can delete (discord/discord-api-docs, issue 4087)."""
    channel = call.channel()
    if channel.guild is None:
        raise ApiError(Code.DIRECT_CONVERSATION)
    call.require(Permissions.MANAGE_MESSAGES, channel)
    _check_thread(call, channel)
    ids = _ids(call.body().get("messages"))
    if len(set(ids)) < len(ids) or any(age_seconds(one) > OLDEST_SECONDS for one in ids):
        raise ApiError(Code.TOO_OLD_TO_BULK_DELETE)
    found = [channel.messages[one] for one in ids if one in channel.messages]
    there = [message for message in found if not message.deleted]
    if any(message.kind in _CANNOT_DELETE for message in there):
        raise ApiError(Code.SYSTEM_MESSAGE)
    messages.delete_many(call.core, channel, there)
    if there:
        audit.note_bulk(call.core, channel, len(there), call.me, call.reason)


def _check_thread(call: Call, channel: Channel) -> None:
    """Messages of an archived thread can be deleted, those of one that is locked as well only by
    who holds MANAGE_THREADS (reference, "Locked Threads")."""
    if channel.thread is not None and channel.thread.archived:
        call.check_open(channel, archived=True)


def _ids(given: Any) -> list[int]:
    if not isinstance(given, list) or not 2 <= len(given) <= 100:
        raise ApiError(Code.TOO_FEW_OR_MANY_TO_DELETE)
    checks, ids = Checks(), []
    for index, value in enumerate(given):
        if (number := parse(value)) is None:
            message = f'Value "{value}" is not snowflake.'
            checks.fault(f"messages.{index}", "NUMBER_TYPE_COERCE", message)
        else:
            ids.append(number)
    checks.done()
    return ids
