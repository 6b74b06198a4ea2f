"""What moderators do to members, as Discord's client lets them."""

from datetime import UTC, datetime, timedelta

from sandbox.changes import moderation, threads
from sandbox.core import Core
from sandbox.handles import NotAllowedError
from sandbox.permissions import ALL, Permissions, in_guild, outranks, rank, top_rank
from sandbox.world import Account, Guild, Member, Role

LONGEST = timedelta(days=28)
MOST_DELETED = 604_800
"""Seconds."""


def rename(core: Core, by: Member, other: Member, nick: str | None) -> None:
    """Give another member a nickname, or take it away."""
    _check(by, other, Permissions.MANAGE_NICKNAMES, "rename")
    moderation.change(core, other, by.account, nick=nick or None)


def rename_oneself(core: Core, member: Member, nick: str | None) -> None:
    """Take another name in the guild, or none."""
    if not in_guild(member) & Permissions.CHANGE_NICKNAME:
        raise NotAllowedError(f"{member.display_name} may not change their nickname")
    if nick is not None and len(nick) > 32:
        raise NotAllowedError("a nickname holds at most 32 characters")
    moderation.change(core, member, member.account, nick=nick or None)


def change_roles(
    core: Core, by: Member, other: Member, roles: list[Role], *, given: bool, reason: str | None
) -> None:
    """Give a member roles, or take them away; also oneself."""
    names = ", ".join(role.name for role in roles)
    if not in_guild(by) & Permissions.MANAGE_ROLES:
        raise NotAllowedError(f"{by.display_name} may not change roles")
    for role in roles:
        managed = role.bot_id is not None or role.id == by.guild.id
        if managed or (by.id != by.guild.owner_id and rank(role) >= top_rank(by)):
            raise NotAllowedError(f"{by.display_name} may not give or take {names}")
    chosen = {role.id for role in roles}
    now = [role_id for role_id in other.roles if role_id not in chosen]
    with threads.access_may_change(core, other.guild):
        wanted = now + [role.id for role in roles] if given else now
        moderation.change(core, other, by.account, reason, roles=wanted)


def time_out(
    core: Core, by: Member, other: Member, length: timedelta | None, reason: str | None
) -> None:
    """Silence a member for a while, or let them speak again."""
    _check(by, other, Permissions.MODERATE_MEMBERS, "time out")
    if in_guild(other) == ALL:
        raise NotAllowedError(f"{other.display_name} is an administrator")
    if length is not None and length > LONGEST:
        raise NotAllowedError("a timeout lasts at most 28 days")
    until = datetime.now(UTC) + length if length else None
    moderation.time_out(core, other, until, by.account, reason)


def kick(core: Core, by: Member, other: Member, reason: str | None) -> None:
    """Throw a member out."""
    _check(by, other, Permissions.KICK_MEMBERS, "kick")
    if by.guild.members.get(other.id) is not other:
        raise NotAllowedError(f"{other.display_name} is not in {by.guild.name}")
    moderation.kick(core, other, by.account, reason)


def ban(core: Core, by: Member, account: Account, reason: str | None, delete_seconds: int) -> None:
    """Keep somebody out of the guild, member or not."""
    _check(by, by.guild.members.get(account.id), Permissions.BAN_MEMBERS, "ban")
    if not 0 <= delete_seconds <= MOST_DELETED:
        raise NotAllowedError("messages of at most 7 days are deleted")
    moderation.ban(
        core, by.guild, account, by.account, reason=reason, delete_seconds=delete_seconds
    )


def unban(core: Core, by: Member, account: Account, reason: str | None) -> None:
    """Let somebody join again."""
    _check(by, None, Permissions.BAN_MEMBERS, "unban")
    _check_banned(by.guild, account)
    moderation.unban(core, by.guild, account, by.account, reason)


def _check_banned(guild: Guild, account: Account) -> None:
    if account.id not in guild.bans:
        raise NotAllowedError(f"{account.username} is not banned from {guild.name}")


def _check(by: Member, other: Member | None, needed: Permissions, deed: str) -> None:
    """Whether somebody may do a thing at all and, to a member, stands above that one."""
    if not in_guild(by) & needed or (other is not None and not outranks(by, other)):
        name = other.display_name if other else "anybody"
        raise NotAllowedError(f"{by.display_name} may not {deed} {name}")
