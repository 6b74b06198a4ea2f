"""Threads and forum posts begin and take other titles, with the messages that tell of it.

Discord's reference, "Threads" and "Message Reference Content Attribution".
"""

from datetime import UTC, datetime
from typing import Any

from sandbox.changes import messages, threads
from sandbox.core import Core
from sandbox.world import Account, Channel, ChannelType, Message, Thread

HAS_THREAD = 1 << 5
_THREAD_CREATED = 18


def start(
    core: Core,
    parent: Channel,
    owner: Account,
    title: str,
    *,
    source: Message | None = None,
    private: bool = False,
    archive_minutes: int = 1440,
    slowmode: int = 0,
) -> Channel:
    """A thread: of a message, whose id it shares, or alone.

    One of a message begins with a message of type 21 that points to it. Its channel is told by one
    of type 18 where there is no message, or where others were written since.
    """
    number = source.id if source else core.world.snowflakes.next()
    channel = _make(core, parent, owner, title, number, private, archive_minutes, slowmode)
    threads.tell(core, channel, "THREAD_CREATE", newly_created=True)
    threads.join(core, channel, owner)
    if source is not None:
        _begin_with(core, channel, owner, source)
    if not private and (source is None or parent.last_message_id != source.id):
        told = messages.build(
            core,
            parent,
            owner,
            title,
            number=None if source else number,
            kind=_THREAD_CREATED,
            flags=0 if source else HAS_THREAD,
            reference=_pointing(channel),
        )
        messages.publish(core, told)
    return channel


def post(
    core: Core,
    forum: Channel,
    owner: Account,
    title: str,
    content: str,
    *,
    archive_minutes: int = 1440,
    slowmode: int = 0,
    **fields: Any,
) -> tuple[Channel, Message]:
    """A post of a forum: a thread, and a first message that has the same id. The fields are those
    of world.Message."""
    number = core.world.snowflakes.next()
    channel = _make(core, forum, owner, title, number, False, archive_minutes, slowmode)
    forum.last_message_id = number
    threads.tell(core, channel, "THREAD_CREATE", newly_created=True)
    threads.join(core, channel, owner)
    message = messages.build(core, channel, owner, content, number=number, **fields)
    messages.publish(core, message)
    return channel, message


def rename(core: Core, channel: Channel, by: Account, title: str, **fields: Any) -> None:
    """Give a thread another title, and other fields (those of threads.change): a message of type
    4, which nobody can delete, tells the title there."""
    threads.change(core, channel, name=title, **fields)
    told = messages.build(core, channel, by, title, kind=threads.TITLE_CHANGED)
    messages.publish(core, told)


def _make(
    core: Core,
    parent: Channel,
    owner: Account,
    title: str,
    number: int,
    private: bool,
    archive_minutes: int,
    slowmode: int,
) -> Channel:
    kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
    if parent.kind is ChannelType.GUILD_ANNOUNCEMENT:
        kind = ChannelType.ANNOUNCEMENT_THREAD
    now = datetime.now(UTC)
    about = Thread(parent, owner, now, now, archive_minutes=archive_minutes)
    channel = Channel(
        number,
        kind,
        title,
        parent.guild,
        parent_id=parent.id,
        slowmode=slowmode,
        thread=about,
    )
    parent.home.threads[channel.id] = channel
    core.world.channels[channel.id] = channel
    return channel


def _begin_with(core: Core, channel: Channel, owner: Account, source: Message) -> None:
    starter = messages.build(
        core,
        channel,
        owner,
        "",
        kind=threads.STARTER,
        reference=messages.reference(source),
        replied=source,
        allowed_mentions={"parse": []},
    )
    messages.publish(core, starter)
    flags = source.flags | HAS_THREAD
    messages.edit(core, source, stamp=False, flags=flags, thread=channel)


def _pointing(channel: Channel) -> dict[str, Any]:
    return {"type": 0, "channel_id": str(channel.id), "guild_id": str(channel.home.id)}
