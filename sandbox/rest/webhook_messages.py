"""Routes of messages sent with a token in the path: of webhooks, and of interactions, whose
application's id and token make a webhook for 15 minutes (reference, "Followup Messages")."""

import time
from dataclasses import dataclass

from sandbox.changes import interactions, messages, webhooks
from sandbox.errors import ApiError, Code
from sandbox.interactions import Interaction
from sandbox.message_payloads import message as shown
from sandbox.rest import content
from sandbox.rest.call import Call
from sandbox.rest.messages import edit_from
from sandbox.rest.router import Routes
from sandbox.rest.webhooks import with_token
from sandbox.snowflakes import parse
from sandbox.wire import Json
from sandbox.world import Channel, Message, Webhook

routes = Routes()

_BASE = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = _BASE + "/messages/@original"
_ONE = _BASE + "/messages/{message_id}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: a webhook or an answered interaction."""

    webhook: Webhook | None
    interaction: Interaction | None


@routes.route("POST", _BASE, needs_token=False)
async def write(call: Call) -> Json | None:
    sender, body = _sender(call), call.body()
    if sender.interaction is not None:
        return shown(_follow_up(call, sender.interaction, body), call.core.base_url)
    if sender.webhook is None:
        raise ApiError(Code.UNKNOWN_WEBHOOK)
    content.check(body, files=len(call.files))
    message = webhooks.write(
        call.core,
        sender.webhook,
        body.get("content") or "",
        username=body.get("username"),
        thread=_thread(call, sender.webhook),
        allowed_mentions=body.get("allowed_mentions"),
        embeds=content.rich(body.get("embeds")),
        components=content.numbered(body.get("components")),
        attachments=content.files(call, sender.webhook.channel),
        poll=content.poll(body),
        flags=content.flags(body),
        tts=bool(body.get("tts")),
    )
    return shown(message, call.core.base_url) if call.flag("wait") else None


@routes.route("GET", _ORIGINAL, _ONE, needs_token=False)
async def get(call: Call) -> Json:
    return shown(_message(call, _sender(call)), call.core.base_url)


@routes.route("PATCH", _ORIGINAL, _ONE, needs_token=False)
async def edit(call: Call) -> Json:
    sender = _sender(call)
    message = _message(call, sender)
    _edit(call, message, call.body())
    if sender.interaction is not None:
        interactions.changed(call.core, sender.interaction)
    return shown(message, call.core.base_url)


@routes.route("DELETE", _ORIGINAL, _ONE, needs_token=False)
async def delete(call: Call) -> None:
    sender = _sender(call)
    message = _message(call, sender)
    messages.delete(call.core, message, visible=interactions.is_public(message))
    if sender.interaction is not None:
        interactions.changed(call.core, sender.interaction)


def _sender(call: Call) -> Sender:
    application = call.core.world.applications.get(call.id("webhook_id"))
    if application is None:
        return Sender(with_token(call), None)
    interaction = call.core.interactions.get(call.params["webhook_token"])
    if interaction is None or interaction.application is not application:
        raise ApiError(Code.INVALID_WEBHOOK_TOKEN)
    if time.monotonic() - interaction.began > call.core.interaction_token_seconds:
        raise ApiError(Code.INVALID_WEBHOOK_TOKEN)
    if interaction.answer is None:
        # Before the first answer the token is not one of a webhook yet.
        raise ApiError(Code.UNKNOWN_WEBHOOK)
    return Sender(None, interaction)


def _follow_up(call: Call, interaction: Interaction, body: Json) -> Message:
    """A further message; the first one after a deferred answer takes its place."""
    content.check(body, files=len(call.files))
    original = interaction.original
    if original is not None and original.flags & interactions.LOADING and not original.deleted:
        _edit(call, original, body)
        interactions.changed(call.core, interaction)
        return original
    flags = body.get("flags") or 0
    hidden = bool(flags & interactions.EPHEMERAL)
    message = interactions.show(
        call.core,
        interaction,
        body.get("content") or "",
        flags,
        allowed_mentions=body.get("allowed_mentions"),
        embeds=content.rich(body.get("embeds")),
        components=content.numbered(body.get("components")),
        attachments=content.files(call, interaction.channel, ephemeral=hidden),
        tts=bool(body.get("tts")),
    )
    interaction.followups.append(message)
    interactions.changed(call.core, interaction)
    return message


def _edit(call: Call, message: Message, body: Json) -> None:
    message.flags &= ~interactions.LOADING
    edit_from(call, message, body, visible=interactions.is_public(message))


def _message(call: Call, sender: Sender) -> Message:
    """The message of the path, if the sender wrote it."""
    wanted = call.params.get("message_id")
    message: Message | None = None
    if sender.interaction is not None:
        own = [sender.interaction.original, *sender.interaction.followups]
        message = next((m for m in own if m and str(m.id) == wanted), None)
        if wanted is None:
            message = sender.interaction.original
    elif sender.webhook is not None:
        place = _thread(call, sender.webhook) or sender.webhook.channel
        message = place.messages.get(parse(wanted) or 0)
        if message is not None and message.webhook_id != sender.webhook.id:
            message = None
    if message is None or message.deleted:
        raise ApiError(Code.UNKNOWN_MESSAGE)
    return message


def _thread(call: Call, webhook: Webhook) -> Channel | None:
    """The thread that the query names, if it does: one of the webhook's channel."""
    number = call.query_id("thread_id")
    if number is None:
        return None
    thread = webhook.channel.home.threads.get(number)
    if thread is None or thread.parent_id != webhook.channel.id:
        raise ApiError(Code.UNKNOWN_CHANNEL)
    return thread
