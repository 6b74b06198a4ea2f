"""Routes about roles."""

from sandbox import payloads
from sandbox.changes import guilds
from sandbox.errors import ApiError, Checks, Code
from sandbox.permissions import Permissions, in_guild, rank, top_rank
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.snowflakes import parse
from sandbox.wire import Json
from sandbox.world import Guild, Role

routes = Routes()


def _role(call: Call, guild: Guild) -> Role:
    role = guild.roles.get(call.id("role_id"))
    if role is None:
        raise ApiError(Code.UNKNOWN_ROLE)
    return role


def _require_above(call: Call, guild: Guild, role: Role) -> None:
    call.require(Permissions.MANAGE_ROLES, guild)
    me = call.own_member(guild)
    if me.id != guild.owner_id and rank(role) >= top_rank(me):
        raise ApiError(Code.MISSING_PERMISSIONS)


def _permissions(call: Call, guild: Guild, value: object, default: int) -> int:
    """The permissions for a role: a bot can only give what it has itself."""
    number = default if value is None else parse(value)
    if number is None:
        raise ApiError(Code.INVALID_FORM_BODY)
    if (number & ~default) & ~in_guild(call.own_member(guild)):
        raise ApiError(Code.MISSING_PERMISSIONS)
    return number


@routes.route("GET", "/guilds/{guild_id}/roles")
async def get_roles(call: Call) -> list[Json]:
    return [payloads.role(role) for role in call.guild().roles.values()]


@routes.route("GET", "/guilds/{guild_id}/roles/{role_id}")
async def get_role(call: Call) -> Json:
    return payloads.role(_role(call, call.guild()))


@routes.route("POST", "/guilds/{guild_id}/roles")
async def create_role(call: Call) -> Json:
    guild, body, checks = call.guild(), call.body(), Checks()
    call.require(Permissions.MANAGE_ROLES, guild)
    name = body.get("name") or "new role"
    checks.length("name", name, most=100)
    checks.done()
    everyone = guild.roles[guild.id].permissions
    role = guilds.add_role(
        call.core,
        guild,
        name,
        _permissions(call, guild, body.get("permissions"), everyone),
        hoist=bool(body.get("hoist")),
        mentionable=bool(body.get("mentionable")),
        color=body.get("color") or 0,
    )
    return payloads.role(role)


@routes.route("PATCH", "/guilds/{guild_id}/roles/{role_id}")
async def change_role(call: Call) -> Json:
    guild, body, checks = call.guild(), call.body(), Checks()
    role = _role(call, guild)
    _require_above(call, guild, role)
    if body.get("name") is not None:
        checks.length("name", body["name"], least=1, most=100)
    checks.done()
    role.permissions = _permissions(call, guild, body.get("permissions"), role.permissions)
    role.name = body.get("name") or role.name
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))
    guilds.tell_role_changed(call.core, guild, role)
    return payloads.role(role)


@routes.route("DELETE", "/guilds/{guild_id}/roles/{role_id}")
async def delete_role(call: Call) -> None:
    guild = call.guild()
    role = _role(call, guild)
    _require_above(call, guild, role)
    if role.bot_id is not None or role.id == guild.id:
        raise ApiError(Code.INVALID_ROLE)
    guilds.remove_role(call.core, guild, role)
