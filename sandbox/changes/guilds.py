"""Guilds come to be, and get roles, channels and bots."""

from datetime import UTC, datetime
from typing import Any

from sandbox import payloads
from sandbox.changes import audit, people, threads
from sandbox.core import Core
from sandbox.gateway.intents import Intents
from sandbox.permissions import EVERYONE_DEFAULT
from sandbox.world import Account, Application, Channel, ChannelType, Guild, Member, Overwrite, Role

_GUILDS = int(Intents.GUILDS)


def create(core: Core, name: str, owner: Account) -> Guild:
    """A guild with @everyone, its owner and a text channel #general."""
    guild = Guild(core.world.snowflakes.next(), name, owner.id)
    guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE_DEFAULT, 0)
    guild.members[owner.id] = Member(guild, owner, datetime.now(UTC))
    core.world.guilds[guild.id] = guild
    add_channel(core, guild, "general")
    return guild


def add_role(
    core: Core,
    guild: Guild,
    name: str,
    permissions: int,
    *,
    position: int | None = None,
    hoist: bool = False,
    mentionable: bool = False,
    color: int = 0,
    bot_id: int | None = None,
) -> Role:
    """A role at a position, those at it and above it moving up; without one, at the bottom."""
    position = 1 if position is None else max(1, position)
    moved = [r for r in guild.roles.values() if r.id != guild.id and r.position >= position]
    crowded = any(other.position == position for other in moved)
    if crowded:
        for other in moved:
            other.position += 1
    role = Role(
        core.world.snowflakes.next(), name, permissions, position, color, hoist, mentionable, bot_id
    )
    guild.roles[role.id] = role
    _tell_role(core, guild, role, "GUILD_ROLE_CREATE")
    if crowded:
        for other in moved:
            _tell_role(core, guild, other, "GUILD_ROLE_UPDATE")
    return role


def tell_role_changed(core: Core, guild: Guild, role: Role) -> None:
    """Tell of a role as it is now."""
    _tell_role(core, guild, role, "GUILD_ROLE_UPDATE")


def remove_role(core: Core, guild: Guild, role: Role) -> None:
    """Take a role away, from its holders too."""
    del guild.roles[role.id]
    payload = {"guild_id": str(guild.id), "role_id": str(role.id)}
    core.gateway.dispatch("GUILD_ROLE_DELETE", lambda _: payload, guild=guild, needs=_GUILDS)
    for member in guild.members.values():
        if role.id in member.roles:
            people.change(core, member, roles=[r for r in member.roles if r != role.id])


def add_channel(
    core: Core,
    guild: Guild,
    name: str,
    *,
    kind: ChannelType = ChannelType.GUILD_TEXT,
    overwrites: list[Overwrite] | None = None,
    parent_id: int | None = None,
    topic: str | None = None,
) -> Channel:
    """A channel below those that are there."""
    channel = Channel(
        core.world.snowflakes.next(),
        kind,
        name,
        guild,
        position=len(guild.channels),
        parent_id=parent_id,
        topic=topic,
        overwrites={overwrite.id: overwrite for overwrite in overwrites or []},
    )
    guild.channels[channel.id] = channel
    core.world.channels[channel.id] = channel
    _tell_channel(core, channel, "CHANNEL_CREATE")
    return channel


def tell_channel_changed(core: Core, channel: Channel) -> None:
    """Tell of a channel as it is now."""
    _tell_channel(core, channel, "CHANNEL_UPDATE")


def remove_channel(core: Core, channel: Channel) -> None:
    """Take a channel away with all that is in it."""
    _tell_channel(core, channel, "CHANNEL_DELETE")
    for thread in list(channel.home.threads.values()):
        if thread.parent_id == channel.id:
            threads.forget(core, thread)
    del channel.home.channels[channel.id]
    del core.world.channels[channel.id]


def change(core: Core, guild: Guild, by: Account, reason: str | None = None, **fields: Any) -> None:
    """Change a guild's name, owner_id or mfa_level on somebody's behalf, and tell of it."""
    before = {name: _written(name, getattr(guild, name)) for name in fields}
    for name, value in fields.items():
        setattr(guild, name, value)
    core.gateway.dispatch(
        "GUILD_UPDATE", lambda _: payloads.guild(guild), guild=guild, needs=_GUILDS
    )
    after = {name: _written(name, value) for name, value in fields.items()}
    if changes := audit.difference(before, after):
        action = audit.Action.GUILD_UPDATE
        audit.note(core, guild, action, by, guild.id, reason=reason, changes=changes)
    core.signals.tell(("guild", guild.id))


def _written(name: str, value: Any) -> Any:
    """A field as the audit log has it."""
    return str(value) if name == "owner_id" else value


def install(
    core: Core,
    guild: Guild,
    application: Application,
    permissions: int,
    position: int | None = None,
) -> Member:
    """Let an application's bot in, with a managed role of its name that holds the permissions."""
    bot = application.account
    role = add_role(core, guild, application.name, permissions, bot_id=bot.id, position=position)
    member = people.join(core, guild, bot, [role.id])
    for session in core.gateway.of(application):
        if session.minds(guild):
            core.gateway.send_guild(session, guild, new=True)
    return member


def _tell_role(core: Core, guild: Guild, role: Role, event: str) -> None:
    core.gateway.dispatch(
        event,
        lambda _: {"guild_id": str(guild.id), "role": payloads.role(role)},
        guild=guild,
        needs=_GUILDS,
    )


def _tell_channel(core: Core, channel: Channel, event: str) -> None:
    """To every bot of the guild, to each as it sees the channel."""
    guild = channel.home
    core.gateway.dispatch_each(
        event,
        lambda session: payloads.channel_for(
            channel, guild.members[session.application.account.id]
        ),
        guild=guild,
        needs=_GUILDS,
    )
