"""Routes about guilds."""

from sandbox import payloads
from sandbox.changes import audit, guilds
from sandbox.errors import Checks
from sandbox.permissions import Permissions
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.wire import Json

routes = Routes()


@routes.route("GET", "/guilds/{guild_id}")
async def get_guild(call: Call) -> Json:
    guild = call.guild()
    payload = payloads.guild(guild)
    if call.flag("with_counts"):
        payload["approximate_member_count"] = len(guild.members)
        payload["approximate_presence_count"] = len(guild.members)
    return payload


@routes.route("GET", "/guilds/{guild_id}/channels")
async def get_channels(call: Call) -> list[Json]:
    guild = call.guild()
    me = call.own_member(guild)
    return [payloads.channel(one) for one in guild.channels.values() if payloads.views(me, one)]


@routes.route("PATCH", "/guilds/{guild_id}")
async def change_guild(call: Call) -> Json:
    guild, body, checks = call.guild(), call.body(), Checks()
    call.require(Permissions.MANAGE_GUILD, guild)
    if "name" in body:
        checks.length("name", body["name"], least=2, most=100)
    checks.done()
    before: Json = {"name": guild.name}
    guild.name = body.get("name", guild.name)
    guilds.tell_guild_changed(call.core, guild)
    if changes := audit.difference(before, {"name": guild.name}):
        action = audit.Action.GUILD_UPDATE
        audit.note(call.core, guild, action, call.me, guild.id, reason=call.reason, changes=changes)
    return payloads.guild(guild)
