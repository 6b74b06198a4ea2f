"""Values of commands and answers: handles and the like as JSON, and JSON as handles."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sandbox.handles.guild import Guild
from sandbox.handles.interaction import Interaction
from sandbox.handles.member import Member
from sandbox.handles.message import Message
from sandbox.handles.place import Channel, Role, overwrite
from sandbox.handles.user import User
from sandbox.journal import EventEntry, RequestEntry
from sandbox.permissions import Permissions
from sandbox.world import ChannelType

_SHOWN: dict[type, tuple[str, ...]] = {
    Message: ("id", "channel_id", "author_id", "content", "deleted"),
    Channel: ("id", "name"),
    Role: ("id", "name"),
    Guild: ("id", "name"),
    Member: ("id", "display_name", "nickname", "present", "timed_out"),
    User: ("id", "username", "global_name"),
    Interaction: ("id", "answer", "messages"),
    RequestEntry: (
        "method",
        "path",
        "route",
        "params",
        "query",
        "json",
        "reason",
        "status",
        "scope",
        "fault",
        "started",
        "at",
    ),
    EventEntry: ("name", "session_id", "sequence", "data", "at"),
}
"""What an answer says of each kind of thing."""


def shown(value: Any) -> Any:
    """A value as JSON; what is not known here goes as its repr."""
    for kind, names in _SHOWN.items():
        if isinstance(value, kind):
            return {name: shown(getattr(value, name)) for name in names}
    match value:
        case None | bool() | int() | float() | str():
            return value.value if isinstance(value, Enum) else value
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): shown(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [shown(inner) for inner in value]
    return repr(value)


def given(value: Any, names: Mapping[str, Any]) -> Any:
    """A value of a command.

    A text that begins with "$" names something ("$$" begins a text with one "$"). An object with
    one key that is a word below stands for what JSON has no form for:
    {"permissions": ["MANAGE_MESSAGES"]}, {"kind": "GUILD_FORUM"}, {"seconds": 60},
    {"overwrite": {"whom": "$alice", "allow": [...], "deny": [...]}}.
    """
    match value:
        case str() if value.startswith("$$"):
            return value[1:]
        case str() if value.startswith("$"):
            return look_up(value[1:], names)
        case list():
            return [given(inner, names) for inner in value]
        case {"permissions": list(flags)} if len(value) == 1:
            return permissions(flags)
        case {"kind": str(name)} if len(value) == 1:
            return ChannelType[name]
        case {"seconds": int() | float() as seconds} if len(value) == 1:
            return timedelta(seconds=seconds)
        case {"overwrite": dict(about)} if len(value) == 1:
            allow, deny = (permissions(about.get(key, [])) for key in ("allow", "deny"))
            return overwrite(given(about["whom"], names), allow=allow, deny=deny)
        case dict():
            return {key: given(inner, names) for key, inner in value.items()}
    return value


def look_up(path: str, names: Mapping[str, Any]) -> Any:
    """What a dotted path leads to, as "guild.general"; raises KeyError or AttributeError."""
    first, *others = path.split(".")
    value = names[first]
    for name in others:
        value = attribute(value, name)
    return value


def attribute(value: Any, name: str) -> Any:
    """A public attribute; raises AttributeError."""
    if name.startswith("_"):
        raise AttributeError(f"{name} is private")
    return getattr(value, name)


def permissions(flags: list[str]) -> Permissions:
    """A set of permissions by their names."""
    value = Permissions(0)
    for flag in flags:
        value |= Permissions[flag]
    return value
