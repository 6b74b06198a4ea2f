"""What moderators do to members, as Discord's client lets them."""

from datetime import UTC, datetime, timedelta

from sandbox.changes import moderation
from sandbox.core import Core
from sandbox.handles import NotAllowedError
from sandbox.permissions import ALL, Permissions, in_guild, outranks
from sandbox.world import Account, Guild, Member

LONGEST = timedelta(days=28)


def rename(core: Core, by: Member, other: Member, nick: str | None) -> None:
    """Give another member a nickname, or take it away."""
    _check(by, other, Permissions.MANAGE_NICKNAMES, "rename")
    moderation.change(core, other, by.account, nick=nick or None)


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
    moderation.kick(core, other, by.account, reason)


def ban(core: Core, by: Member, account: Account, reason: str | None, delete_seconds: int) -> None:
    """Keep somebody out of the guild, member or not."""
    member = by.guild.members.get(account.id)
    _check(by, member or by, Permissions.BAN_MEMBERS, "ban")
    moderation.ban(
        core, by.guild, account, by.account, reason=reason, delete_seconds=delete_seconds
    )


def unban(core: Core, by: Member, account: Account, reason: str | None) -> None:
    """Let somebody join again."""
    _check(by, by, Permissions.BAN_MEMBERS, "unban")
    _check_banned(by.guild, account)
    moderation.unban(core, by.guild, account, by.account, reason)


def _check_banned(guild: Guild, account: Account) -> None:
    if account.id not in guild.bans:
        raise NotAllowedError(f"{account.username} is not banned from {guild.name}")


def _check(by: Member, other: Member, needed: Permissions, deed: str) -> None:
    may = in_guild(by) & needed
    if not may or (other is not by and not outranks(by, other)):
        raise NotAllowedError(f"{by.display_name} may not {deed} {other.display_name}")
