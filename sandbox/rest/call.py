"""One request as a handler sees it, and the checks that many handlers share."""

from dataclasses import dataclass, field
from typing import Any

from sandbox import snowflakes
from sandbox.core import Core
from sandbox.errors import ApiError, Code, invalid
from sandbox.permissions import NEED_TWO_FACTOR, Permissions, in_channel, in_guild
from sandbox.wire import Json
from sandbox.world import (
    WITHOUT_MESSAGES,
    Account,
    Application,
    Channel,
    Guild,
    Member,
    Message,
)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a form: the field's name, as files[0], the file's name and its bytes."""

    field: str
    filename: str
    data: bytes
    content_type: str


@dataclass(slots=True)
class Call:
    """A request that has found its route."""

    core: Core
    sender: Application | None
    """Who sent it; None on routes whose path holds a secret."""
    params: dict[str, str]
    query: dict[str, str]
    json: Any = None
    files: list[File] = field(default_factory=list)
    reason: str | None = None

    @property
    def application(self) -> Application:
        """Who sent it."""
        if self.sender is None:
            raise LookupError("a route without a token has no sender")
        return self.sender

    @property
    def sender_id(self) -> int | None:
        """The id of who sent it, if a token said so."""
        return self.sender.id if self.sender else None

    @property
    def me(self) -> Account:
        """The bot's account."""
        return self.application.account

    def id(self, name: str) -> int:
        """A snowflake of the path; refuses what is none."""
        number = snowflakes.parse(self.params[name])
        if number is None:
            value = self.params[name]
            raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
        return number

    def body(self) -> Json:
        """The JSON object of the request; an absent one is empty."""
        if self.json is None:
            return {}
        if not isinstance(self.json, dict):
            raise ApiError(
                Code.INVALID_FORM_BODY,
                errors={
                    "_errors": [
                        {
                            "code": "MODEL_TYPE_CONVERT",
                            "message": "Only dictionaries may be used in a ModelType",
                        }
                    ]
                },
            )
        return self.json

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number of the query, within bounds."""
        text = self.query.get(name)
        if text is None:
            return default
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdecimal():
            raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not int.')
        value = int(text)
        if value < least:
            message = f"int value should be greater than or equal to {least}."
            raise invalid(name, "NUMBER_TYPE_MIN", message)
        if value > most:
            message = f"int value should be less than or equal to {most}."
            raise invalid(name, "NUMBER_TYPE_MAX", message)
        return value

    def query_id(self, name: str) -> int | None:
        """A snowflake of the query, if it is there."""
        text = self.query.get(name)
        if text is None:
            return None
        number = snowflakes.parse(text)
        if number is None:
            raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
        return number

    def flag(self, name: str) -> bool:
        """Whether the query says yes to something."""
        return self.query.get(name, "").lower() in ("1", "true")

    def guild(self, name: str = "guild_id") -> Guild:
        """The guild of the path, which the bot must be in."""
        guild = self.core.world.guilds.get(self.id(name))
        if guild is None:
            raise ApiError(Code.UNKNOWN_GUILD)
        if self.me.id not in guild.members:
            raise ApiError(Code.MISSING_ACCESS)
        return guild

    def own_member(self, guild: Guild) -> Member:
        """The bot as a member of a guild that it is in."""
        return guild.members[self.me.id]

    def member(self, guild: Guild, name: str = "user_id") -> Member:
        """The member of the path."""
        member = guild.members.get(self.id(name))
        if member is None:
            known = self.id(name) in self.core.world.accounts
            raise ApiError(Code.UNKNOWN_MEMBER if known else Code.UNKNOWN_USER)
        return member

    def channel(self, name: str = "channel_id") -> Channel:
        """The channel of the path, which the bot must see."""
        channel = self.core.world.channels.get(self.id(name))
        if channel is None:
            raise ApiError(Code.UNKNOWN_CHANNEL)
        if not self.permissions(channel) & Permissions.VIEW_CHANNEL:
            raise ApiError(Code.MISSING_ACCESS)
        return channel

    def message(self, channel: Channel, name: str = "message_id") -> Message:
        """The message of the path."""
        message = channel.messages.get(self.id(name))
        if message is None or message.deleted:
            raise ApiError(Code.UNKNOWN_MESSAGE)
        return message

    def permissions(self, channel: Channel) -> int:
        """What the bot may do in a channel; in a direct conversation nothing is forbidden."""
        if channel.guild is None:
            everything = int(Permissions(sum(Permissions)))
            return everything if self.me in channel.recipients else 0
        member = channel.guild.members.get(self.me.id)
        return in_channel(member, channel) if member else 0

    def check_open(self, channel: Channel, *, archived: bool) -> None:
        """Refuse what cannot be done in a locked thread without MANAGE_THREADS and, unless it can
        be done there, in an archived one."""
        thread = channel.thread
        if thread is None:
            return
        if thread.locked and not self.permissions(channel) & Permissions.MANAGE_THREADS:
            raise ApiError(Code.THREAD_LOCKED)
        if thread.archived and not archived:
            raise ApiError(Code.THREAD_ARCHIVED)

    def require(self, needed: Permissions, where: Channel | Guild) -> None:
        """Refuse with 50013 unless the bot has a permission, and with 60003 where the guild asks
        for two-factor authentication and the application's owner has none."""
        guild = where if isinstance(where, Guild) else where.guild
        if isinstance(where, Channel):
            value = self.permissions(where)
        else:
            value = in_guild(self.own_member(where))
        if value & needed != needed:
            raise ApiError(Code.MISSING_PERMISSIONS)
        if (
            guild is not None
            and guild.mfa_level
            and needed & NEED_TWO_FACTOR
            and not self.application.owner.two_factor
        ):
            raise ApiError(Code.TWO_FACTOR_REQUIRED)


def is_text(channel: Channel) -> bool:
    """Whether messages can be written in a channel."""
    return channel.kind not in WITHOUT_MESSAGES
