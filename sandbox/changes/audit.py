"""A guild's audit log: who did what to whom, told to bots that may read it ("Audit Log")."""

from datetime import UTC, datetime, timedelta
from enum import IntEnum

from sandbox import payloads
from sandbox.core import Core
from sandbox.gateway.intents import Intents
from sandbox.permissions import Permissions
from sandbox.snowflakes import created_at
from sandbox.wire import Json
from sandbox.world import Account, AuditEntry, Channel, Guild, Message

GATHERED = timedelta(minutes=5)
"""How long deletions of one person's messages by one moderator go into one entry."""


class Action(IntEnum):
    """What was done."""

    GUILD_UPDATE = 1
    MEMBER_KICK = 20
    MEMBER_BAN_ADD = 22
    MEMBER_BAN_REMOVE = 23
    MEMBER_UPDATE = 24
    MEMBER_ROLE_UPDATE = 25
    MESSAGE_DELETE = 72
    MESSAGE_BULK_DELETE = 73
    THREAD_UPDATE = 111


def note(
    core: Core,
    guild: Guild,
    action: Action,
    by: Account,
    target_id: int | None,
    *,
    reason: str | None = None,
    changes: list[Json] | None = None,
    options: Json | None = None,
) -> AuditEntry:
    """Write an entry and tell of it (GUILD_AUDIT_LOG_ENTRY_CREATE)."""
    number = core.world.snowflakes.next()
    entry = AuditEntry(number, int(action), by, target_id, reason, changes or [], options)
    guild.audit.append(entry)
    core.gateway.dispatch(
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        lambda _: payloads.audit_entry(entry) | {"guild_id": str(guild.id)},
        guild=guild,
        needs=int(Intents.GUILD_MODERATION),
        holding=int(Permissions.VIEW_AUDIT_LOG),
    )
    core.signals.tell(("audit", guild.id))
    return entry


def note_deletion(core: Core, message: Message, by: Account, reason: str | None) -> None:
    """Write that somebody deleted another's message; more of them soon after are counted in the
    same entry, and not told again."""
    guild, author = message.channel.guild, message.author
    if guild is None or author is by:
        return
    channel_id = str(message.channel.id)
    last = guild.audit[-1] if guild.audit else None
    if (
        last is not None
        and (last.action, last.by, last.target_id) == (Action.MESSAGE_DELETE, by, author.id)
        and last.options is not None
        and last.options["channel_id"] == channel_id
        and datetime.now(UTC) - created_at(last.id) < GATHERED
    ):
        last.options["count"] = str(int(last.options["count"]) + 1)
        return
    options: Json = {"channel_id": channel_id, "count": "1"}
    note(core, guild, Action.MESSAGE_DELETE, by, author.id, reason=reason, options=options)


def note_bulk(core: Core, channel: Channel, count: int, by: Account, reason: str | None) -> None:
    """Write that somebody deleted many messages at once."""
    options: Json = {"count": str(count)}
    action = Action.MESSAGE_BULK_DELETE
    note(core, channel.home, action, by, channel.id, reason=reason, options=options)


def difference(before: Json, after: Json) -> list[Json]:
    """The changes between two states of the same fields, as an entry lists them."""
    changes: list[Json] = []
    for key, new in after.items():
        old = before.get(key)
        if old == new:
            continue
        change: Json = {"key": key}
        if old is not None:
            change["old_value"] = old
        if new is not None:
            change["new_value"] = new
        changes.append(change)
    return changes
