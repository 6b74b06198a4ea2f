"""Threads are joined, left, archived and taken up again, and change otherwise.

How they begin is told in changes/conversations.py. Discord's reference, "Threads".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sandbox import payloads, thread_payloads
from sandbox.core import Core
from sandbox.gateway.intents import Intents
from sandbox.gateway.session import Session
from sandbox.wire import Json, dumps
from sandbox.world import Account, Channel, Guild, Message, Thread

_GUILDS = int(Intents.GUILDS)
_MEMBERS = int(Intents.GUILD_MEMBERS)
TITLE_CHANGED, STARTER = 4, 21
"""Kinds of message that a thread writes itself."""


def of(channel: Channel) -> Thread:
    """What a thread has besides; raises ValueError for another channel."""
    if channel.thread is None:
        raise ValueError(f"#{channel.name} is no thread")
    return channel.thread


def tell(core: Core, channel: Channel, event: str, **more: Any) -> None:
    """Tell of a thread as it is now."""
    core.gateway.dispatch_each(
        event,
        lambda session: thread_payloads.thread(channel, session.application.account) | more,
        guild=channel.guild,
        channel=channel,
        needs=_GUILDS,
    )
    core.signals.tell(("channel", channel.id))


def change(core: Core, channel: Channel, **fields: Any) -> None:
    """Change fields of a thread: those of world.Thread, or name and slowmode."""
    thread = of(channel)
    if "archived" in fields and fields["archived"] != thread.archived:
        thread.archived_at = datetime.now(UTC)
    for name, value in fields.items():
        setattr(channel if name in ("name", "slowmode") else thread, name, value)
    tell(core, channel, "THREAD_UPDATE")


def remove(core: Core, channel: Channel) -> None:
    """Take a thread away with all that is in it."""
    payload = {
        "id": str(channel.id),
        "guild_id": str(channel.home.id),
        "parent_id": str(of(channel).parent.id),
        "type": int(channel.kind),
    }
    core.gateway.dispatch(
        "THREAD_DELETE", lambda _: payload, guild=channel.guild, channel=channel, needs=_GUILDS
    )
    forget(core, channel)


def forget(core: Core, channel: Channel) -> None:
    """Take a thread out of the world without a word."""
    channel.home.threads.pop(channel.id, None)
    core.world.channels.pop(channel.id, None)
    core.signals.tell(("channel", channel.id))


def join(core: Core, channel: Channel, account: Account) -> None:
    """Make somebody a member of a thread."""
    thread = of(channel)
    if account.id in thread.members:
        return
    thread.members[account.id] = datetime.now(UTC)
    entry = thread_payloads.membership(channel, account.id)
    if member := channel.home.members.get(account.id):
        entry |= {"member": payloads.member(member), "presence": None}
    _tell_members(core, channel, account, {"added_members": [entry]})


def leave(core: Core, channel: Channel, account: Account) -> None:
    """Take somebody out of a thread."""
    if of(channel).members.pop(account.id, None) is not None:
        _tell_members(core, channel, account, {"removed_member_ids": [str(account.id)]})


def was_written_in(core: Core, message: Message) -> None:
    """What a new message does to its thread: somebody's takes an archived one up again, and who
    wrote joins."""
    channel, author = message.channel, message.author
    thread = of(channel)
    if message.kind == STARTER or message.id == channel.id:
        return
    thread.sent += 1
    if message.kind == TITLE_CHANGED:
        return
    if thread.archived:
        change(core, channel, archived=False)
    if message.webhook_id is None and author.id in channel.home.members:
        join(core, channel, author)


@contextmanager
def access_may_change(core: Core, guild: Guild, *, told: Channel | None = None) -> Iterator[None]:
    """Around a change of permissions: sessions that see more channels afterwards are told of each
    (CHANNEL_UPDATE, but for one that is told anyway) and of the threads that are active there
    (THREAD_LIST_SYNC)."""
    before = {session: _seen(session, guild) for session in core.gateway.in_guild(guild)}
    yield
    for session, seen in before.items():
        new = _seen(session, guild) - seen
        if not new or not session.intents & Intents.GUILDS:
            continue
        account = session.application.account
        viewer = guild.members[account.id]
        for number in sorted(new):
            if told is None or told.id != number:
                channel = payloads.channel_for(guild.channels[number], viewer)
                session.send("CHANNEL_UPDATE", dumps(channel))
        active = [t for t in thread_payloads.active(guild, viewer) if of(t).parent.id in new]
        payload: Json = {
            "guild_id": str(guild.id),
            "channel_ids": [str(number) for number in sorted(new)],
            "threads": [thread_payloads.thread(t) for t in active],
            "members": [
                thread_payloads.membership(t, account.id)
                for t in active
                if account.id in of(t).members
            ],
        }
        session.send("THREAD_LIST_SYNC", dumps(payload))


def _seen(session: Session, guild: Guild) -> set[int]:
    """The ids of the channels that a session sees."""
    viewer = guild.members.get(session.application.account.id)
    if viewer is None:
        return set()
    return {number for number, one in guild.channels.items() if payloads.views(viewer, one)}


def _tell_members(core: Core, channel: Channel, about: Account, changed: Json) -> None:
    payload: Json = {
        "id": str(channel.id),
        "guild_id": str(channel.home.id),
        "member_count": min(50, len(of(channel).members)),
        **changed,
    }
    core.gateway.dispatch(
        "THREAD_MEMBERS_UPDATE",
        lambda _: payload,
        guild=channel.guild,
        channel=channel,
        needs=_MEMBERS,
        about=about,
    )
