"""Members are timed out, renamed, thrown out and banned, with what the audit log says of it."""

from datetime import datetime

from sandbox import payloads
from sandbox.changes import audit, messages, people
from sandbox.changes.audit import Action
from sandbox.core import Core
from sandbox.gateway.intents import Intents
from sandbox.snowflakes import age_seconds
from sandbox.wire import moment
from sandbox.world import Account, Ban, Guild, Member


def change(
    core: Core, member: Member, by: Account, reason: str | None = None, **fields: object
) -> None:
    """Change a member's nick, roles or timeout_until on somebody's behalf."""
    before = _told(member)
    roles = set(member.roles)
    people.change(core, member, **fields)
    guild = member.guild
    if changes := audit.difference(before, _told(member)):
        action = Action.MEMBER_UPDATE
        audit.note(core, guild, action, by, member.id, reason=reason, changes=changes)
    now = set(member.roles)
    if now != roles:
        changes = [
            {
                "key": key,
                "new_value": [{"id": str(i), "name": guild.roles[i].name} for i in sorted(ids)],
            }
            for key, ids in (("$add", now - roles), ("$remove", roles - now))
            if ids
        ]
        action = Action.MEMBER_ROLE_UPDATE
        audit.note(core, guild, action, by, member.id, reason=reason, changes=changes)


def time_out(
    core: Core, member: Member, until: datetime | None, by: Account, reason: str | None = None
) -> None:
    """Silence a member until some moment, or let them speak again."""
    change(core, member, by, reason, timeout_until=until)


def kick(core: Core, member: Member, by: Account, reason: str | None = None) -> None:
    """Throw a member out."""
    people.leave(core, member)
    audit.note(core, member.guild, Action.MEMBER_KICK, by, member.id, reason=reason)


def ban(
    core: Core,
    guild: Guild,
    account: Account,
    by: Account,
    *,
    reason: str | None = None,
    delete_seconds: int = 0,
) -> None:
    """Keep somebody out, member or not, and delete what they wrote in the last seconds."""
    if account.id in guild.bans:
        return
    guild.bans[account.id] = Ban(account, reason)
    _tell(core, guild, account, "GUILD_BAN_ADD")
    if member := guild.members.get(account.id):
        people.leave(core, member)
    audit.note(core, guild, Action.MEMBER_BAN_ADD, by, account.id, reason=reason)
    if not delete_seconds:
        return
    for channel in (*guild.channels.values(), *guild.threads.values()):
        there = (channel.messages[number] for number in channel.order)
        gone = [m for m in there if m.author is account and age_seconds(m.id) <= delete_seconds]
        messages.delete_many(core, channel, gone)


def unban(
    core: Core, guild: Guild, account: Account, by: Account, reason: str | None = None
) -> None:
    """Let somebody join again."""
    del guild.bans[account.id]
    _tell(core, guild, account, "GUILD_BAN_REMOVE")
    audit.note(core, guild, Action.MEMBER_BAN_REMOVE, by, account.id, reason=reason)


def _told(member: Member) -> dict[str, str | None]:
    return {
        "nick": member.nick,
        "communication_disabled_until": moment(member.timeout_until),
    }


def _tell(core: Core, guild: Guild, account: Account, event: str) -> None:
    core.gateway.dispatch(
        event,
        lambda _: {"guild_id": str(guild.id), "user": payloads.user(account)},
        guild=guild,
        needs=int(Intents.GUILD_MODERATION),
    )
    core.signals.tell(("member", guild.id, account.id))
