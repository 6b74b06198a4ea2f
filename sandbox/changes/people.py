"""People join, leave, and are given other names and roles."""

from datetime import UTC, datetime
from typing import Any

from sandbox import payloads
from sandbox.core import Core
from sandbox.gateway.intents import Intents
from sandbox.wire import dumps
from sandbox.world import Account, Guild, Member

_MEMBERS = int(Intents.GUILD_MEMBERS)


def join(core: Core, guild: Guild, account: Account, roles: list[int]) -> Member:
    """Let an account into a guild."""
    member = Member(guild, account, datetime.now(UTC), roles=list(roles))
    guild.members[account.id] = member
    core.gateway.dispatch(
        "GUILD_MEMBER_ADD",
        lambda _: {**payloads.member(member), "guild_id": str(guild.id)},
        guild=guild,
        needs=_MEMBERS,
        # A bot that joins learns it by GUILD_CREATE instead.
        but=core.world.application_of(account.id) if account.bot else None,
    )
    return member


def leave(core: Core, member: Member) -> None:
    """Take a member out of its guild; a bot that is taken out loses sight of the guild."""
    guild, account = member.guild, member.account
    application = core.world.application_of(account.id) if account.bot else None
    if application is not None:
        core.gateway.dispatch(
            "GUILD_DELETE",
            lambda _: {"id": str(guild.id)},
            guild=guild,
            needs=int(Intents.GUILDS),
            only=application,
        )
    del guild.members[account.id]
    core.gateway.dispatch(
        "GUILD_MEMBER_REMOVE",
        lambda _: {"guild_id": str(guild.id), "user": payloads.user(account)},
        guild=guild,
        needs=_MEMBERS,
    )
    core.signals.tell(("member", guild.id, account.id))


def change(core: Core, member: Member, **fields: Any) -> None:
    """Change fields of a member (those of world.Member), as nick or roles."""
    for name, value in fields.items():
        setattr(member, name, value)
    tell_changed(core, member)


def tell_changed(core: Core, member: Member) -> None:
    """Tell of a member as it is now. A bot learns of itself without the intent."""
    core.gateway.dispatch(
        "GUILD_MEMBER_UPDATE",
        lambda _: {**payloads.member(member), "guild_id": str(member.guild.id)},
        guild=member.guild,
        needs=_MEMBERS,
        about=member.account,
    )
    core.signals.tell(("member", member.guild.id, member.id))


def rename(core: Core, account: Account, **fields: Any) -> None:
    """Change an account's own names: every guild it is in tells of the member anew, and a bot is
    told of its own account by USER_UPDATE."""
    for name, value in fields.items():
        setattr(account, name, value)
    if account.bot and (application := core.world.application_of(account.id)):
        for session in core.gateway.of(application):
            session.send("USER_UPDATE", dumps(payloads.me(application)))
    for guild in core.world.guilds_of(account.id):
        tell_changed(core, guild.members[account.id])
