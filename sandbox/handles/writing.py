"""Writing messages as people do it, with what Discord's client lets them write."""

import asyncio
from datetime import datetime
from typing import Any

from sandbox.changes import messages
from sandbox.core import Core
from sandbox.handles import NotAllowedError
from sandbox.handles.message import Message
from sandbox.permissions import Permissions, in_channel, to_write
from sandbox.wire import Json
from sandbox.world import WITHOUT_MESSAGES, Attachment, Channel, Member

MAX_CONTENT = 4000
"""Characters that a person with a subscription may write; a bot only half of it."""
REPLY = 19
_PNG = 1


async def write(
    core: Core,
    author: Member,
    channel: Channel,
    content: str,
    *,
    at: datetime | None = None,
    **fields: Any,
) -> Message:
    """Write a message; the fields are those of world.Message. Raises NotAllowedError."""
    needed = Permissions.VIEW_CHANNEL | to_write(channel)
    mine = in_channel(author, channel)
    locked = channel.thread and channel.thread.locked and not mine & Permissions.MANAGE_THREADS
    if mine & needed != needed or locked or channel.kind in WITHOUT_MESSAGES:
        raise NotAllowedError(f"{author.display_name} may not write in #{channel.name}")
    message = messages.build(
        core,
        channel,
        author.account,
        content,
        at=at,
        may_mention_everyone=bool(mine & Permissions.MENTION_EVERYONE),
        **fields,
    )
    messages.publish(core, message)
    # Whoever writes much lets the server and its bots have their turn.
    await asyncio.sleep(0)
    return Message(core, message)


def attach(
    core: Core, channel: Channel, name: str, data: bytes, description: str | None = None
) -> Attachment:
    """Upload a file, so that it can be fetched."""
    kind = "text/plain; charset=utf-8" if name.endswith(".txt") else "application/octet-stream"
    number = core.world.snowflakes.next()
    attachment = Attachment(number, name, data, kind, channel.id, description)
    core.world.attachments[attachment.id] = attachment
    return attachment


def sticker(core: Core, name: str) -> Json:
    """A sticker of some name, as a message has it."""
    return {"id": str(core.world.snowflakes.next()), "name": name, "format_type": _PNG}
