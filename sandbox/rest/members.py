"""Routes about members: looking them up, their nicknames, roles and timeouts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox import payloads
from sandbox.changes import moderation
from sandbox.errors import ApiError, Checks, Code, invalid
from sandbox.permissions import ALL, Permissions, in_guild, outranks, rank, top_rank
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.snowflakes import parse
from sandbox.wire import Json
from sandbox.world import Guild, Member, Role

routes = Routes()

MAX_NICK = 32
LONGEST_TIMEOUT = timedelta(days=28)


@routes.route("GET", "/guilds/{guild_id}/members/{user_id}")
async def get_member(call: Call) -> Json:
    return payloads.member(call.member(call.guild()))


@routes.route("GET", "/guilds/{guild_id}/members")
async def get_members(call: Call) -> list[Json]:
    guild = call.guild()
    if not call.application.members_intent:
        raise ApiError(Code.MISSING_ACCESS)
    limit = call.number("limit", 1, 1, 1000)
    after = call.query_id("after") or 0
    ids = sorted(user_id for user_id in guild.members if user_id > after)[:limit]
    return [payloads.member(guild.members[user_id]) for user_id in ids]


@routes.route("GET", "/guilds/{guild_id}/members/search")
async def search_members(call: Call) -> list[Json]:
    guild, start = call.guild(), call.query.get("query", "").casefold()
    limit = call.number("limit", 1, 1, 1000)
    found = [
        member
        for member in guild.members.values()
        if member.account.username.casefold().startswith(start)
        or (member.nick or "").casefold().startswith(start)
    ]
    return [payloads.member(member) for member in found[:limit]]


@routes.route("PATCH", "/guilds/{guild_id}/members/@me")
async def change_own_member(call: Call) -> Json:
    guild, body = call.guild(), call.body()
    me = call.own_member(guild)
    if "nick" in body:
        nick = _nick(body["nick"])
        call.require(Permissions.CHANGE_NICKNAME, guild)
        moderation.change(call.core, me, call.me, call.reason, nick=nick)
    return payloads.member(me)


@routes.route("PATCH", "/guilds/{guild_id}/members/{user_id}")
async def change_member(call: Call) -> Json:
    guild, body = call.guild(), call.body()
    member = call.member(guild)
    changed: dict[str, Any] = {}
    if "nick" in body:
        changed["nick"] = _nick(body["nick"])
        call.require(Permissions.MANAGE_NICKNAMES, guild)
        _require_rank(call, member)
    if "roles" in body:
        changed["roles"] = _roles(guild, body["roles"])
        call.require(Permissions.MANAGE_ROLES, guild)
        for role_id in set(changed["roles"]) ^ set(member.roles):
            _require_role(call, guild, guild.roles[role_id])
    if "communication_disabled_until" in body:
        changed["timeout_until"] = _timeout(body["communication_disabled_until"])
        call.require(Permissions.MODERATE_MEMBERS, guild)
        # Nobody can silence themselves either: nobody stands above themselves.
        if not outranks(call.own_member(guild), member) or in_guild(member) == ALL:
            raise ApiError(Code.MISSING_PERMISSIONS)
    if changed:
        moderation.change(call.core, member, call.me, call.reason, **changed)
    return payloads.member(member)


@routes.route("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
async def give_role(call: Call) -> None:
    member, role = _role_call(call)
    if role.id not in member.roles:
        _change_roles(call, member, [*member.roles, role.id])


@routes.route("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
async def take_role(call: Call) -> None:
    member, role = _role_call(call)
    if role.id in member.roles:
        _change_roles(call, member, [r for r in member.roles if r != role.id])


def _change_roles(call: Call, member: Member, roles: list[int]) -> None:
    moderation.change(call.core, member, call.me, call.reason, roles=roles)


def _role_call(call: Call) -> tuple[Member, Role]:
    guild = call.guild()
    member = call.member(guild)
    role = guild.roles.get(call.id("role_id"))
    if role is None:
        raise ApiError(Code.UNKNOWN_ROLE)
    call.require(Permissions.MANAGE_ROLES, guild)
    _require_role(call, guild, role)
    return member, role


def _require_rank(call: Call, target: Member) -> None:
    me = call.own_member(target.guild)
    if target is not me and not outranks(me, target):
        raise ApiError(Code.MISSING_PERMISSIONS)


def _require_role(call: Call, guild: Guild, role: Role) -> None:
    """A role can be given and taken by who stands above it, and a managed one by nobody."""
    me = call.own_member(guild)
    if role.bot_id is not None or role.id == guild.id:
        raise ApiError(Code.INVALID_ROLE)
    if me.id != guild.owner_id and rank(role) >= top_rank(me):
        raise ApiError(Code.MISSING_PERMISSIONS)


def _nick(value: object) -> str | None:
    if value is None or value == "":
        return None
    checks = Checks()
    checks.length("nick", value, least=1, most=MAX_NICK)
    checks.done()
    return str(value)


def _timeout(value: object) -> datetime | None:
    """The end of a timeout: at most 28 days from now."""
    if value is None:
        return None
    try:
        until = datetime.fromisoformat(str(value))
    except ValueError:
        told = f'Value "{value}" is not a date and time.'
        path = "communication_disabled_until"
        raise invalid(path, "DATE_TIME_TYPE_PARSE", told) from None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    if until > datetime.now(UTC) + LONGEST_TIMEOUT:
        told = "Communication cannot be disabled for more than 28 days."
        raise invalid("communication_disabled_until", "INVALID_COMMUNICATION_DISABLED", told)
    return until


def _roles(guild: Guild, value: object) -> list[int]:
    ids = [parse(item) for item in value] if isinstance(value, list) else [None]
    known = [role_id for role_id in ids if role_id is not None and role_id in guild.roles]
    if len(known) != len(ids):
        raise ApiError(Code.UNKNOWN_ROLE)
    return list(dict.fromkeys(role_id for role_id in known if role_id != guild.id))
