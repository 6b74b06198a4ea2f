"""Messages as Discord's JSON, whole or with what the MESSAGE_CONTENT intent withholds emptied."""

from urllib.parse import quote

from sandbox.payloads import partial_member, user
from sandbox.thread_payloads import thread
from sandbox.wire import Json, moment
from sandbox.world import Account, Attachment, Message

SUPPRESS_EMBEDS = 1 << 2
_WITHHELD: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
_COPIED = (
    "type",
    "content",
    "embeds",
    "attachments",
    "timestamp",
    "edited_timestamp",
    "flags",
    "mentions",
    "mention_roles",
    "sticker_items",
    "components",
)
"""What a forward copies (reference, "Message Snapshot Object")."""


def attachment(state: Attachment, base_url: str) -> Json:
    """A file, with the address that serves its bytes."""
    url = f"{base_url}/attachments/{state.channel_id}/{state.id}/{quote(state.filename)}"
    payload: Json = {
        "id": str(state.id),
        "filename": state.filename,
        "size": len(state.data),
        "url": url,
        "proxy_url": url,
        "content_type": state.content_type,
    }
    if state.description is not None:
        payload["description"] = state.description
    if state.ephemeral:
        payload["ephemeral"] = True
    return payload


def shows_content(state: Message, viewer: Account) -> bool:
    """Whether an application without the MESSAGE_CONTENT intent still sees what a message says:
    its own messages, direct ones and those that mention it (reference, "Message Content Intent").
    """
    return state.author is viewer or state.channel.guild is None or viewer in state.mentions


def message(state: Message, base_url: str, *, with_content: bool = True) -> Json:
    """A message as REST gives it."""
    payload: Json = {
        "id": str(state.id),
        "type": state.kind,
        "channel_id": str(state.channel.id),
        "author": user(state.author, name=state.author_name),
        "content": state.content,
        "timestamp": moment(state.created),
        "edited_timestamp": moment(state.edited),
        "flags": state.flags,
        "tts": state.tts,
        "pinned": state.pinned,
        "mention_everyone": state.mention_everyone,
        "mentions": [user(account) for account in state.mentions],
        "mention_roles": [str(role_id) for role_id in state.mention_roles],
        "attachments": [attachment(a, base_url) for a in state.attachments],
        "embeds": [] if state.flags & SUPPRESS_EMBEDS else state.embeds,
        "components": state.components,
    }
    if state.nonce is not None:
        payload["nonce"] = state.nonce
    if state.webhook_id is not None:
        payload["webhook_id"] = str(state.webhook_id)
    if state.application_id is not None:
        payload["application_id"] = str(state.application_id)
    if state.reference is not None:
        payload["message_reference"] = state.reference
    if state.replied is not None:
        payload["referenced_message"] = _referenced(state.replied, base_url, with_content)
    if state.thread is not None:
        payload["thread"] = thread(state.thread)
    if state.poll is not None:
        payload["poll"] = state.poll
    if state.snapshots:
        payload["message_snapshots"] = state.snapshots
    if state.stickers:
        payload["sticker_items"] = state.stickers
    payload.update(state.extra)
    if not with_content:
        payload |= _WITHHELD
        payload.pop("poll", None)
        if copies := payload.get("message_snapshots"):
            payload["message_snapshots"] = [
                {"message": copy["message"] | _WITHHELD} for copy in copies
            ]
    return payload


def snapshot(state: Message, base_url: str) -> Json:
    """A message as a forward of it carries it: without its author, and as it is now."""
    whole = message(state, base_url)
    return {"message": {key: whole[key] for key in _COPIED if key in whole}}


def _referenced(state: Message, base_url: str, with_content: bool) -> Json | None:
    """The message that another one answers, without what it answers itself."""
    if state.deleted:
        return None
    payload = message(state, base_url, with_content=with_content)
    payload.pop("referenced_message", None)
    return payload


def message_event(state: Message, base_url: str, *, with_content: bool = True) -> Json:
    """A message as MESSAGE_CREATE and MESSAGE_UPDATE carry it: in a guild with the guild's id and,
    unless a webhook wrote it, the author's member; those mentioned bring their member too."""
    payload = message(state, base_url, with_content=with_content)
    guild = state.channel.guild
    payload["channel_type"] = int(state.channel.kind)
    if guild is None:
        return payload
    payload["guild_id"] = str(guild.id)
    if state.webhook_id is None and (author := guild.members.get(state.author.id)):
        payload.setdefault("member", partial_member(author))
    for mentioned in payload["mentions"]:
        if target := guild.members.get(int(mentioned["id"])):
            mentioned["member"] = partial_member(target)
    return payload
