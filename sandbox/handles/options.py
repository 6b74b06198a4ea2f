"""The options of a command as Discord's client takes them from a person, and what it sends."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox import payloads
from sandbox.core import Core
from sandbox.handles import NotAllowedError
from sandbox.message_payloads import attachment as shown_attachment
from sandbox.permissions import in_channel
from sandbox.wire import Json
from sandbox.world import Account, Attachment, Channel

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
_OF_CHANNELS = frozenset(
    {
        "id",
        "name",
        "type",
        "last_message_id",
        "last_pin_timestamp",
        "nsfw",
        "parent_id",
        "guild_id",
        "flags",
        "rate_limit_per_user",
        "topic",
        "position",
        "thread_metadata",
    }
)
"""What is told of a channel that was chosen; besides it, the permissions of who chose."""


class Resolver:
    """Turns what a test gives (texts, numbers, handles, files) into option values, and gathers the
    objects that go along under "resolved"."""

    def __init__(self, core: Core, channel: Channel, user: Account) -> None:
        self._core = core
        self._channel = channel
        self._chooser = user
        self.resolved: Json = {}

    def options(
        self, known: Sequence[Json], given: Mapping[str, Any], *, focused: str | None = None
    ) -> list[Json]:
        """The options of a command or subcommand; raises NotAllowedError for what the client would
        not send. A focused one may be unfinished, and those after it be missing."""
        names = [option["name"] for option in known]
        if unknown := [name for name in given if name not in names]:
            offered = ", ".join(names) or "none"
            raise NotAllowedError(f"there is no option {', '.join(unknown)}; there are: {offered}")
        result = []
        for option in known:
            name = option["name"]
            if name not in given:
                if option.get("required") and focused is None:
                    raise NotAllowedError(f"the option {name} is required")
                continue
            value: Json = {"name": name, "type": option["type"]}
            if name == focused:
                result.append(value | {"value": str(given[name]), "focused": True})
            else:
                result.append(value | {"value": self._value(option, given[name])})
        return result

    def user(self, user_id: int) -> str:
        """Resolve somebody: the user and, in a guild, the member."""
        account = self._core.world.accounts.get(user_id)
        if account is None:
            raise NotAllowedError(f"{user_id} is nobody")
        self._put("users", user_id, payloads.user(account))
        guild = self._channel.guild
        if guild and (member := guild.members.get(user_id)):
            shown = payloads.partial_member(member)
            del shown["mute"], shown["deaf"]
            shown["permissions"] = str(in_channel(member, self._channel))
            self._put("members", user_id, shown)
        return str(user_id)

    def _value(self, option: Json, value: Any) -> Any:
        name = option["name"]
        match option["type"]:
            case kind if kind in (STRING, INTEGER, NUMBER):
                return _plain(option, value)
            case kind if kind == BOOLEAN:
                if not isinstance(value, bool):
                    raise NotAllowedError(f"the option {name} takes True or False")
                return value
            case kind if kind == ATTACHMENT:
                return self._attachment(name, value)
            case kind:
                if not isinstance(number := getattr(value, "id", None), int):
                    raise NotAllowedError(f"the option {name} takes a handle, not {value!r}")
                return self.pick(kind, number, only=option.get("channel_types"))

    def pick(self, kind: int, number: int, *, only: Sequence[int] | None = None) -> str:
        """Resolve somebody, a channel or a role by the id, as an option of a kind takes it; raises
        NotAllowedError for what the client does not offer there."""
        guild = self._channel.guild
        if kind == CHANNEL:
            self._channel_of(number, only)
        elif kind in (ROLE, MENTIONABLE) and guild and (role := guild.roles.get(number)):
            self._put("roles", number, payloads.role(role))
        elif kind == ROLE:
            raise NotAllowedError(f"there is no role {number} here")
        else:
            self.user(number)
        return str(number)

    def _channel_of(self, number: int, only: Sequence[int] | None) -> None:
        """Resolve a channel or thread that who chooses sees, of certain kinds if told ("Resolved
        Data Structure")."""
        guild = self._channel.guild
        channel = (guild.channels.get(number) or guild.threads.get(number)) if guild else None
        chooser = guild.members.get(self._chooser.id) if guild else None
        if channel is None or chooser is None or not payloads.views(chooser, channel):
            raise NotAllowedError(f"there is no channel {number} here")
        if only and channel.kind not in only:
            raise NotAllowedError(f"#{channel.name} is of a kind that cannot be chosen here")
        shown = payloads.channel(channel)
        picked = {key: value for key, value in shown.items() if key in _OF_CHANNELS}
        picked["permissions"] = str(in_channel(chooser, channel))
        self._put("channels", number, picked)

    def _attachment(self, name: str, value: Any) -> str:
        try:
            filename, data = value
        except (TypeError, ValueError):
            raise TypeError(f"the option {name} takes a file: (name, bytes)") from None
        snowflake = self._core.world.snowflakes.next()
        kind = "text/plain; charset=utf-8" if filename.endswith(".txt") else "application/json"
        attachment = Attachment(snowflake, filename, data, kind, self._channel.id, ephemeral=True)
        self._core.world.attachments[snowflake] = attachment
        self._put("attachments", snowflake, shown_attachment(attachment, self._core.base_url))
        return str(snowflake)

    def _put(self, kind: str, number: int, value: Json) -> None:
        self.resolved.setdefault(kind, {})[str(number)] = value


def _plain(option: Json, value: Any) -> Any:
    """A text or number, within what the option allows."""
    name, kind = option["name"], option["type"]
    types: dict[int, tuple[type, ...]] = {STRING: (str,), INTEGER: (int,), NUMBER: (int, float)}
    if not isinstance(value, types[kind]) or isinstance(value, bool):
        raise NotAllowedError(f"the option {name} takes {types[kind][0].__name__}, not {value!r}")
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise NotAllowedError(f"the option {name} takes one of {choices}")
    size = len(value) if isinstance(value, str) else value
    bounds = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
    least, most = (option.get(bound) for bound in bounds)
    if kind == STRING:
        most = 6000 if most is None else most
    if (least is not None and size < least) or (most is not None and size > most):
        raise NotAllowedError(f"the option {name} must be within {least} and {most}")
    return value
