"""Routes about channels."""

from sandbox import payloads, thread_payloads
from sandbox.changes import audit, conversations, guilds, threads
from sandbox.errors import ApiError, Checks, Code
from sandbox.permissions import Permissions, to_write
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.rest.threads import check_fields
from sandbox.wire import Json
from sandbox.world import Channel, Thread

routes = Routes()

_THREAD_FIELDS = {
    "archived": "archived",
    "locked": "locked",
    "auto_archive_duration": "archive_minutes",
    "rate_limit_per_user": "slowmode",
}
"""Fields of a request, and what they are called in the world."""


def _shown(call: Call, channel: Channel) -> Json:
    if channel.guild is None:
        return payloads.conversation(channel, call.me)
    if channel.thread is not None:
        return thread_payloads.thread(channel, call.me)
    return payloads.channel(channel)


@routes.route("GET", "/channels/{channel_id}")
async def get_channel(call: Call) -> Json:
    return _shown(call, call.channel())


@routes.route("PATCH", "/channels/{channel_id}")
async def change_channel(call: Call) -> Json:
    channel, body, checks = call.channel(), call.body(), Checks()
    if channel.guild is None:
        raise ApiError(Code.MISSING_ACCESS)
    if channel.thread is not None:
        return _change_thread(call, channel, channel.thread, body)
    call.require(Permissions.MANAGE_CHANNELS, channel)
    if "name" in body:
        checks.length("name", body["name"], least=1, most=100)
    if body.get("topic") is not None:
        checks.length("topic", body["topic"], most=1024)
    slowmode = body.get("rate_limit_per_user")
    if slowmode is not None and not (isinstance(slowmode, int) and 0 <= slowmode <= 21_600):
        message = "int value should be between 0 and 21600."
        checks.fault("rate_limit_per_user", "NUMBER_TYPE_MAX", message)
    checks.done()
    channel.name = body.get("name", channel.name)
    channel.topic = body.get("topic", channel.topic)
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    channel.slowmode = channel.slowmode if slowmode is None else slowmode
    guilds.tell_channel_changed(call.core, channel)
    return payloads.channel(channel)


def _change_thread(call: Call, channel: Channel, thread: Thread, body: Json) -> Json:
    """Who may change what of a thread: reference, "Editing & Deleting Threads". An archived one
    can only be taken up again, be it with further changes in the same request."""
    checks = Checks()
    check_fields(body, checks)
    checks.done()
    given = {name for name, value in body.items() if value is not None}
    moderates = bool(call.permissions(channel) & Permissions.MANAGE_THREADS)
    own = thread.owner is call.me
    wakes = thread.archived and body.get("archived") is False
    if given & {"locked", "rate_limit_per_user"}:
        call.require(Permissions.MANAGE_THREADS, channel)
    if not own and (given & {"name", "auto_archive_duration"} or body.get("archived")):
        call.require(Permissions.MANAGE_THREADS, channel)
    if wakes and not moderates and not own and (thread.locked or call.me.id not in thread.members):
        raise ApiError(Code.THREAD_LOCKED if thread.locked else Code.MISSING_PERMISSIONS)
    if thread.archived and not wakes and given - {"archived", "locked"}:
        raise ApiError(Code.THREAD_ARCHIVED)
    before = channel.name
    title = body.get("name")
    fields = {field: body[name] for name, field in _THREAD_FIELDS.items() if name in given}
    if title is not None and title != channel.name:
        conversations.rename(call.core, channel, call.me, title, **fields)
    elif fields:
        threads.change(call.core, channel, **fields)
    if changes := audit.difference({"name": before}, {"name": channel.name}):
        action = audit.Action.THREAD_UPDATE
        audit.note(
            call.core,
            channel.home,
            action,
            call.me,
            channel.id,
            reason=call.reason,
            changes=changes,
        )
    return thread_payloads.thread(channel, call.me)


@routes.route("DELETE", "/channels/{channel_id}")
async def delete_channel(call: Call) -> Json:
    channel = call.channel()
    if channel.guild is None:
        return _shown(call, channel)
    if channel.thread is not None:
        call.require(Permissions.MANAGE_THREADS, channel)
        payload = _shown(call, channel)
        threads.remove(call.core, channel)
        return payload
    call.require(Permissions.MANAGE_CHANNELS, channel)
    guilds.remove_channel(call.core, channel)
    return payloads.channel(channel)


@routes.route("POST", "/channels/{channel_id}/typing")
async def show_typing(call: Call) -> None:
    channel = call.channel()
    call.require(to_write(channel), channel)
