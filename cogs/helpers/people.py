"""Member or user? Decided once, here: from whatever Discord gave to one pure Person.

Discord says who someone is in many shapes. A message has a user and, only when an account that is
still in the guild wrote it, a partial member without that user; a webhook's message has a user that
is no account; member events have a member around the user; an audit entry may have nothing but an
id. Each function below takes one shape; none of them asks Discord anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nextcord

from moderation.people import Kind, Membership, Person

type Json = Mapping[str, Any]

APPLICATION_MESSAGES = frozenset({20, 23})
"""Message types that an application makes in answer to a command: CHAT_INPUT_COMMAND and
CONTEXT_MENU_COMMAND (Discord, Message Types)."""


MAX_SNOWFLAKE = 1 << 63
"""Ids are unsigned 64-bit numbers whose highest bit stays unused until the year 2084 (Discord,
Snowflakes)."""


NO_ROLES: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Me:
    """This bot: its account, and its application where Discord has told it."""

    user_id: int
    application_id: int | None = None


def author_of(message: Json, me: Me) -> Person:
    """Who wrote a message, from MESSAGE_CREATE or MESSAGE_UPDATE (which may be partial)."""
    user = message.get("author")
    if not isinstance(user, dict):
        return Person(0, Kind.UNKNOWN)
    user_id = snowflake(user["id"])
    kind = _kind(message, user, user_id, me)
    member = message.get("member")
    # A webhook has no member, and neither has an account that has left.
    membership = membership_of(member) if isinstance(member, dict) else None
    return _person(user, user_id, kind, membership)


def member_of(member: Json, me: Me | None = None, *, owner_id: int | None = None) -> Person:
    """A member, from GUILD_MEMBER_ADD, GUILD_MEMBER_UPDATE or ``GET .../members/{id}``."""
    user = member["user"]
    user_id = snowflake(user["id"])
    membership = membership_of(member, is_owner=owner_id == user_id)
    return _person(user, user_id, _account_kind(user, user_id, me), membership)


def user_of(user: Json, me: Me | None = None) -> Person:
    """An account without a guild: someone who has left, or a user looked up by id."""
    user_id = snowflake(user["id"])
    return _person(user, user_id, _account_kind(user, user_id, me), None)


def person(who: nextcord.Member | nextcord.User | nextcord.Object | int | None) -> Person:
    """What Nextcord's own objects say: a Member, a User (also where a slash command's Member
    option holds someone who has left), an Object, an id, or nothing."""
    if who is None or isinstance(who, int):
        return only_id(who)
    if isinstance(who, nextcord.Object):
        return only_id(who.id)
    membership = None
    if isinstance(who, nextcord.Member):
        membership = _nextcord_membership(who)
    return Person(
        user_id=who.id,
        kind=Kind.BOT if who.bot else Kind.HUMAN,
        username=who.name,
        global_name=who.global_name,
        membership=membership,
    )


def _nextcord_membership(member: nextcord.Member) -> Membership:
    if not isinstance(member.guild, nextcord.Guild):
        # In an interaction of a server that is not cached the guild is nothing but an id, and
        # roles and permissions cannot be told.
        return Membership(nickname=member.nick)
    return Membership(
        nickname=member.nick,
        # Nextcord counts @everyone among the roles; Discord's payloads do not.
        role_ids=frozenset(role.id for role in member.roles if not role.is_default()),
        permissions=member.guild_permissions.value,
        is_owner=member.guild.owner_id == member.id,
    )


def only_id(user_id: int | None) -> Person:
    """Nothing but an id, or not even that."""
    return Person(user_id or 0, Kind.UNKNOWN)


def membership_of(member: Json, *, is_owner: bool = False) -> Membership:
    """A member object, be it full or the partial one inside a message or an interaction."""
    permissions = member.get("permissions")
    roles = member.get("roles")
    if roles is not None and not isinstance(roles, list):
        raise TypeError("the roles of a member are not a list")
    return Membership(
        nickname=_text(member.get("nick")),
        role_ids=_role_ids(tuple(roles)) if roles else NO_ROLES,
        permissions=None if permissions is None else _number(permissions, "a set of permissions"),
        is_owner=is_owner,
    )


@lru_cache(maxsize=4096)
def _role_ids(roles: tuple[object, ...]) -> frozenset[int]:
    """Many people have the same roles, and each message tells them anew."""
    return frozenset(snowflake(role) for role in roles)


def _kind(message: Json, user: Json, user_id: int, me: Me) -> Kind:
    application_id = _id(message.get("application_id"))
    if user_id == me.user_id:
        return Kind.OURSELVES
    if application_id is not None and application_id == me.application_id:
        return Kind.OURSELVES
    if (
        application_id is not None
        or message.get("interaction_metadata")
        or message.get("interaction")
        or message.get("type") in APPLICATION_MESSAGES
    ):
        return Kind.APPLICATION
    if message.get("webhook_id"):
        return Kind.WEBHOOK
    return _account_kind(user, user_id, me)


def _account_kind(user: Json, user_id: int, me: Me | None) -> Kind:
    if me is not None and user_id == me.user_id:
        return Kind.OURSELVES
    return Kind.BOT if user.get("bot") is True else Kind.HUMAN


def _person(user: Json, user_id: int, kind: Kind, membership: Membership | None) -> Person:
    return Person(
        user_id=user_id,
        kind=kind,
        username=_text(user.get("username")),
        global_name=_text(user.get("global_name")),
        membership=membership,
        server_tag=_server_tag(user),
    )


def _server_tag(user: Json) -> str | None:
    """The tag that the account shows (Discord, User Primary Guild; the older key is clan)."""
    for key in ("primary_guild", "clan"):
        shown = user.get(key)
        if isinstance(shown, dict):
            return _text(shown.get("tag")) if shown.get("identity_enabled") is not False else None
    return None


def snowflake(value: object) -> int:
    """An id as Discord sends it: digits in a string, or a number. Raises ValueError for anything
    else, above all for what no database column could hold."""
    # Nine of ten ids are a text of digits: that way is short, since each message takes it often.
    if type(value) is str and value.isascii() and value.isdigit():
        number = int(value)
    else:
        number = _number(value, "an id")
    if not 0 < number < MAX_SNOWFLAKE:
        raise ValueError("not an id: out of range")
    return number


def _number(value: object, what: str) -> int:
    """A number from 0, as Discord sends large ones: digits in a string, or itself."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"not {what}: a {type(value).__name__}")
    # int() alone would take " 7 ", "1_0" and the digits of every script.
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError(f"not {what}: a text of other than digits")
    number = int(value)
    if number < 0:
        raise ValueError(f"not {what}: below 0")
    return number


def _text(value: object) -> str | None:
    """A text that is there; a wrong type counts as a text that is not."""
    return value if isinstance(value, str) and value else None


def _id(value: object) -> int | None:
    return snowflake(value) if value else None
