"""Using an application's commands as Discord's client offers them to a person."""

from collections.abc import Mapping
from typing import Any

from sandbox.changes import interactions
from sandbox.core import Core
from sandbox.handles import NotAllowedError
from sandbox.handles.interaction import Interaction
from sandbox.handles.message import Message
from sandbox.handles.options import Resolver
from sandbox.interactions import Kind
from sandbox.message_payloads import message as shown_message
from sandbox.permissions import ALL, Permissions, can_view, in_channel
from sandbox.wire import Json
from sandbox.world import Account, Application, Channel, Command

_CHAT_INPUT, _USER, _MESSAGE = 1, 2, 3
_SUBCOMMANDS = (1, 2)


def use(
    core: Core,
    user: Account,
    channel: Channel,
    path: str,
    options: Mapping[str, Any],
    *,
    focused: str | None = None,
    force: bool = False,
) -> Interaction:
    """Use a slash command, as "/words add". With a focused option it is only being typed.

    Raises NotAllowedError where the client would not offer it; `force` only skips the check of who
    may use it.
    """
    words = path.removeprefix("/").split()
    command = _find(core, channel, words[0], _CHAT_INPUT)
    _check_offered(command, user, channel, force)
    resolver = Resolver(core, channel, user)
    chosen = _choose(command.fields, words[1:], options, resolver, focused, path)
    data: Json = _data(command) | {"options": chosen}
    if not chosen:
        del data["options"]
    if resolver.resolved:
        data["resolved"] = resolver.resolved
    kind = Kind.AUTOCOMPLETE if focused else Kind.COMMAND
    state = interactions.begin(core, kind, command.application, channel, user, data)
    return Interaction(core, state)


def use_on(
    core: Core,
    user: Account,
    channel: Channel,
    name: str,
    target: Message | int,
    *,
    force: bool = False,
) -> Interaction:
    """Use a context menu command on a message or on somebody (an id)."""
    command = _find(core, channel, name, _MESSAGE if isinstance(target, Message) else _USER)
    _check_offered(command, user, channel, force)
    resolver = Resolver(core, channel, user)
    data = _data(command)
    if isinstance(target, Message):
        if target.deleted:
            raise NotAllowedError("the message is deleted")
        data["target_id"] = str(target.id)
        shown = shown_message(target.state, core.base_url)
        resolver.resolved["messages"] = {str(target.id): shown}
    else:
        data["target_id"] = resolver.user(target)
    data["resolved"] = resolver.resolved
    state = interactions.begin(core, Kind.COMMAND, command.application, channel, user, data)
    return Interaction(core, state)


def _data(command: Command) -> Json:
    data = {
        "id": str(command.id),
        "name": command.fields["name"],
        "type": command.fields["type"],
    }
    if command.guild_id is not None:
        data["guild_id"] = str(command.guild_id)
    return data


def _find(core: Core, channel: Channel, name: str, kind: int) -> Command:
    """The command of a name in a place; a guild's own comes before a global one."""
    offered: list[Command] = []
    for application in core.world.applications.values():
        if _is_there(application, channel):
            offered += [
                command
                for command in application.commands.values()
                if command.fields["type"] == kind and _is_for(command, channel)
            ]
    named = [command for command in offered if command.fields["name"] == name]
    if named:
        return max(named, key=lambda command: command.guild_id is not None)
    names = ", ".join(sorted(command.fields["name"] for command in offered))
    raise NotAllowedError(f"no command {name} is registered here; there are: {names or 'none'}")


def _is_there(application: Application, channel: Channel) -> bool:
    if channel.guild is None:
        return application.account in channel.recipients
    return application.account.id in channel.guild.members


def _is_for(command: Command, channel: Channel) -> bool:
    """Whether a command is for this place: contexts tell, or else dm_permission."""
    if command.guild_id is not None:
        return channel.guild is not None and channel.guild.id == command.guild_id
    contexts = command.fields["contexts"]
    if contexts is not None:
        return (0 if channel.guild else 1) in contexts
    return channel.guild is not None or bool(command.fields["dm_permission"])


def _check_offered(command: Command, user: Account, channel: Channel, force: bool) -> None:
    if channel.guild is None or force:
        return
    member = channel.guild.members.get(user.id)
    if member is None or not can_view(member, channel):
        raise NotAllowedError(f"{user.username} does not see #{channel.name}")
    mine = in_channel(member, channel)
    name, needed = command.fields["name"], command.fields["default_member_permissions"]
    if not mine & Permissions.USE_APPLICATION_COMMANDS:
        raise NotAllowedError(f"{user.username} may use no commands in #{channel.name}")
    if needed is None:
        return
    missing = int(needed) & ~mine
    if missing or (needed == "0" and mine != ALL):
        names = str(Permissions(missing).name) if missing else "ADMINISTRATOR"
        raise NotAllowedError(f"/{name} is hidden from {user.username}, who lacks {names}")


def _choose(
    node: Json,
    words: list[str],
    options: Mapping[str, Any],
    resolver: Resolver,
    focused: str | None,
    path: str,
) -> list[Json]:
    """The options sent, inside the groups and subcommands that the words name."""
    known = node.get("options") or []
    branches = {o["name"]: o for o in known if o["type"] in _SUBCOMMANDS}
    if not branches:
        if words:
            raise NotAllowedError(f"{path} is not registered: {node['name']} has no subcommands")
        return resolver.options(known, options, focused=focused)
    if not words or words[0] not in branches:
        raise NotAllowedError(f"{path} is not registered; there are: {', '.join(branches)}")
    branch = branches[words[0]]
    inner = _choose(branch, words[1:], options, resolver, focused, path)
    return [{"name": branch["name"], "type": branch["type"], "options": inner}]
