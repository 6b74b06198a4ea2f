"""Routes by which messages are read, written and edited."""

from sandbox.changes import messages
from sandbox.errors import ApiError, Code
from sandbox.message_payloads import SUPPRESS_EMBEDS, shows_content
from sandbox.message_payloads import message as shown
from sandbox.permissions import Permissions, to_write
from sandbox.rest import content
from sandbox.rest.call import Call, is_text
from sandbox.rest.references import referred
from sandbox.rest.router import Routes
from sandbox.wire import Json
from sandbox.world import Channel, Message

routes = Routes()

_PARTS = frozenset({"content", "embeds", "components", "attachments", "stickers"})
"""What a message can consist of and an edit change; one of them at least is there."""


def _show(call: Call, message: Message) -> Json:
    whole = call.application.message_content_intent or shows_content(message, call.me)
    return shown(message, call.core.base_url, with_content=whole)


@routes.route("GET", "/channels/{channel_id}/messages")
async def get_messages(call: Call) -> list[Json]:
    channel = call.channel()
    limit = call.number("limit", 50, 1, 100)
    before, after, around = (call.query_id(name) for name in ("before", "after", "around"))
    if not call.permissions(channel) & Permissions.READ_MESSAGE_HISTORY:
        return []
    page = messages.history(channel, limit=limit, before=before, after=after, around=around)
    return [_show(call, message) for message in page]


@routes.route("GET", "/channels/{channel_id}/messages/{message_id}")
async def get_message(call: Call) -> Json:
    channel = call.channel()
    if not call.permissions(channel) & Permissions.READ_MESSAGE_HISTORY:
        raise ApiError(Code.MISSING_ACCESS)
    return _show(call, call.message(channel))


@routes.route("POST", "/channels/{channel_id}/messages")
async def create_message(call: Call) -> Json:
    channel, body = call.channel(), call.body()
    if not is_text(channel):
        raise ApiError(Code.CANNOT_SEND_IN_CHANNEL)
    call.require(to_write(channel), channel)
    _check_direct(call, channel)
    call.check_open(channel, archived=True)
    if call.files:
        call.require(Permissions.ATTACH_FILES, channel)
    if body.get("poll"):
        call.require(Permissions.SEND_POLLS, channel)
    content.check(body, files=len(call.files))
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce"):
        earlier = call.core.nonces.find(call.me.id, nonce)
        if earlier is not None:
            return _show(call, earlier)
    may = call.permissions(channel)
    about = referred(call, channel, body.get("message_reference"))
    message = messages.build(
        call.core,
        channel,
        call.me,
        body.get("content") or "",
        allowed_mentions=body.get("allowed_mentions"),
        may_mention_everyone=bool(may & Permissions.MENTION_EVERYONE),
        kind=about.kind,
        embeds=content.rich(body.get("embeds")) if may & Permissions.EMBED_LINKS else [],
        components=content.numbered(body.get("components")),
        attachments=content.files(call, channel),
        poll=content.poll(body),
        flags=content.flags(body) | about.flags,
        tts=bool(body.get("tts")),
        nonce=nonce,
        reference=about.reference,
        replied=about.replied,
        snapshots=about.snapshots,
    )
    if nonce is not None:
        call.core.nonces.remember(message)
    messages.publish(call.core, message)
    return _show(call, message)


@routes.route("PATCH", "/channels/{channel_id}/messages/{message_id}")
async def edit_message(call: Call) -> Json:
    channel, body = call.channel(), call.body()
    message = call.message(channel)
    if message.author is not call.me:
        if set(body) - {"flags"}:
            raise ApiError(Code.CANNOT_EDIT_OTHERS_MESSAGE)
        call.require(Permissions.MANAGE_MESSAGES, channel)
    call.check_open(channel, archived=False)
    if message.poll is not None:
        raise ApiError(Code.CANNOT_EDIT_POLL)
    edit_from(call, message, body)
    return _show(call, message)


def _check_direct(call: Call, channel: Channel) -> None:
    """Direct messages reach who shares a guild with the bot and lets them come."""
    for recipient in channel.recipients:
        if recipient is call.me:
            continue
        mine = call.core.world.guilds_of(call.me.id)
        if not any(recipient.id in guild.members for guild in mine):
            raise ApiError(Code.NO_MUTUAL_GUILD)
        if not recipient.takes_direct:
            raise ApiError(Code.CANNOT_MESSAGE_USER)


def edit_from(call: Call, message: Message, body: Json, *, visible: bool = True) -> None:
    """Carry out an edit as a body asks for it: what it does not name stays. Nothing may be left
    empty (50006)."""
    content.check(body, files=len(call.files), whole=False, flags_before=message.flags)
    fields: Json = {}
    if "content" in body:
        fields["content"] = body["content"] or ""
    if "embeds" in body:
        fields["embeds"] = content.rich(body["embeds"])
    if "components" in body:
        fields["components"] = content.numbered(body["components"])
    if "flags" in body:
        # Every other flag is settled when a message is made, and components stay its only part.
        asked = (body["flags"] or 0) & content.CAN_BE_SET
        fields["flags"] = asked | message.flags & ~SUPPRESS_EMBEDS
    if call.files or "attachments" in body:
        hidden = bool(message.flags & content.EPHEMERAL)
        added = content.files(call, message.channel, body, ephemeral=hidden)
        fields["attachments"] = content.kept(message.attachments, body) + added
    if fields.keys() & _PARTS and not any(
        fields.get(part, getattr(message, part)) for part in _PARTS
    ):
        raise ApiError(Code.EMPTY_MESSAGE)
    messages.edit(
        call.core,
        message,
        visible=visible,
        allowed_mentions=body.get("allowed_mentions"),
        **fields,
    )
