"""Routes about threads and forum posts: begun, listed, joined. They are changed and taken away as
other channels are (rest/channels.py)."""

from datetime import UTC, datetime

from sandbox import thread_payloads
from sandbox.changes import conversations, threads
from sandbox.errors import ApiError, Checks, Code, invalid
from sandbox.message_payloads import message as shown
from sandbox.permissions import Permissions
from sandbox.rest import content
from sandbox.rest.call import Call, is_text
from sandbox.rest.router import Answer, Routes
from sandbox.wire import Json
from sandbox.world import Channel, ChannelType

routes = Routes()

FORUMS = (ChannelType.GUILD_FORUM, ChannelType.GUILD_MEDIA)
ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
_CAN_HAVE_THREADS = (ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT)


def check_fields(body: Json, checks: Checks) -> None:
    """Note what is wrong with the fields of a thread."""
    if "name" in body:
        checks.length("name", body["name"], least=1, most=100)
    minutes = body.get("auto_archive_duration")
    if minutes is not None and minutes not in ARCHIVE_MINUTES:
        message = "Value must be one of {60, 1440, 4320, 10080}."
        checks.fault("auto_archive_duration", "BASE_TYPE_CHOICES", message)
    slowmode = body.get("rate_limit_per_user")
    if slowmode is not None and not (isinstance(slowmode, int) and 0 <= slowmode <= 21_600):
        message = "int value should be between 0 and 21600."
        checks.fault("rate_limit_per_user", "NUMBER_TYPE_MAX", message)


@routes.route("POST", "/channels/{channel_id}/messages/{message_id}/threads")
async def start_from_message(call: Call) -> Answer:
    parent = call.channel()
    source = call.message(parent)
    _check_new(call, parent, _CAN_HAVE_THREADS)
    call.require(Permissions.CREATE_PUBLIC_THREADS, parent)
    if source.thread is not None:
        raise ApiError(Code.THREAD_EXISTS)
    body = call.body()
    thread = conversations.start(
        call.core,
        parent,
        call.me,
        body["name"],
        source=source,
        archive_minutes=_minutes(body),
        slowmode=body.get("rate_limit_per_user") or 0,
    )
    return Answer(201, thread_payloads.thread(thread, call.me))


@routes.route("POST", "/channels/{channel_id}/threads")
async def start(call: Call) -> Answer:
    parent, body = call.channel(), call.body()
    _check_new(call, parent, (*_CAN_HAVE_THREADS, *FORUMS))
    if parent.kind in FORUMS:
        return _post(call, parent, body)
    # Without a kind a thread is private ("Start Thread without Message").
    private = body.get("type", ChannelType.PRIVATE_THREAD) == ChannelType.PRIVATE_THREAD
    if private and parent.kind is not ChannelType.GUILD_TEXT:
        raise invalid("type", "BASE_TYPE_CHOICES", "Value must be one of {10}.")
    needed = Permissions.CREATE_PRIVATE_THREADS if private else Permissions.CREATE_PUBLIC_THREADS
    call.require(needed, parent)
    thread = conversations.start(
        call.core,
        parent,
        call.me,
        body["name"],
        private=private,
        archive_minutes=_minutes(body),
        slowmode=body.get("rate_limit_per_user") or 0,
    )
    return Answer(201, thread_payloads.thread(thread, call.me))


def _post(call: Call, forum: Channel, body: Json) -> Answer:
    call.require(Permissions.SEND_MESSAGES, forum)
    first = body.get("message") or {}
    content.check(first, files=len(call.files))
    thread, message = conversations.post(
        call.core,
        forum,
        call.me,
        body["name"],
        first.get("content") or "",
        archive_minutes=_minutes(body),
        slowmode=body.get("rate_limit_per_user") or 0,
        allowed_mentions=first.get("allowed_mentions"),
        embeds=content.rich(first.get("embeds")),
        components=content.numbered(first.get("components")),
        attachments=content.files(call, forum, first),
        flags=content.flags(first),
    )
    payload = thread_payloads.thread(thread, call.me)
    return Answer(201, payload | {"message": shown(message, call.core.base_url)})


def _check_new(call: Call, parent: Channel, kinds: tuple[ChannelType, ...]) -> None:
    checks = Checks()
    if "name" not in call.body():
        checks.required("name")
    check_fields(call.body(), checks)
    checks.done()
    if parent.kind not in kinds:
        raise ApiError(Code.WRONG_CHANNEL_TYPE)


def _minutes(body: Json) -> int:
    return body.get("auto_archive_duration") or 1440


@routes.route("GET", "/guilds/{guild_id}/threads/active")
async def get_active(call: Call) -> Json:
    guild = call.guild()
    active = thread_payloads.active(guild, call.own_member(guild))
    return _listed(call, sorted(active, key=lambda thread: -thread.id), more=False)


@routes.route("GET", "/channels/{channel_id}/threads/archived/public")
async def get_archived(call: Call) -> Json:
    return _archived(call, private=False)


@routes.route("GET", "/channels/{channel_id}/threads/archived/private")
async def get_archived_private(call: Call) -> Json:
    call.require(Permissions.MANAGE_THREADS, call.channel())
    return _archived(call, private=True)


def _archived(call: Call, *, private: bool) -> Json:
    """Archived threads of a channel, those archived last first."""
    parent, before = call.channel(), call.query.get("before")
    call.require(Permissions.READ_MESSAGE_HISTORY, parent)
    limit = call.number("limit", 50, 2, 100)
    try:
        latest = datetime.fromisoformat(before) if before else None
    except ValueError:
        told = f'Value "{before}" is not a date and time.'
        raise invalid("before", "DATE_TIME_TYPE_PARSE", told) from None
    if latest is not None and latest.tzinfo is None:
        latest = latest.replace(tzinfo=UTC)
    found = [
        (thread.archived_at, channel)
        for channel in parent.home.threads.values()
        if (thread := threads.of(channel)).archived
        and thread.parent is parent
        and (channel.kind is ChannelType.PRIVATE_THREAD) is private
        and (latest is None or thread.archived_at < latest)
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return _listed(call, [channel for _, channel in found[:limit]], more=len(found) > limit)


def _listed(call: Call, found: list[Channel], *, more: bool) -> Json:
    joined = [thread for thread in found if call.me.id in threads.of(thread).members]
    return {
        "threads": [thread_payloads.thread(thread) for thread in found],
        "members": [thread_payloads.membership(thread, call.me.id) for thread in joined],
        "has_more": more,
    }


@routes.route("PUT", "/channels/{channel_id}/thread-members/@me")
async def join(call: Call) -> None:
    threads.join(call.core, _open(call), call.me)


@routes.route("DELETE", "/channels/{channel_id}/thread-members/@me")
async def leave(call: Call) -> None:
    threads.leave(call.core, _open(call), call.me)


@routes.route("GET", "/channels/{channel_id}/thread-members")
async def get_members(call: Call) -> list[Json]:
    channel = call.channel()
    if channel.thread is None:
        raise ApiError(Code.WRONG_CHANNEL_TYPE)
    if not call.application.members_intent:
        raise ApiError(Code.MISSING_ACCESS)
    return [thread_payloads.membership(channel, user_id) for user_id in channel.thread.members]


def _open(call: Call) -> Channel:
    """The thread of the path, which must not be archived."""
    channel = call.channel()
    if channel.thread is None or not is_text(channel):
        raise ApiError(Code.WRONG_CHANNEL_TYPE)
    if channel.thread.archived:
        raise ApiError(Code.THREAD_ARCHIVED)
    return channel
