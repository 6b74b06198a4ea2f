"""Routes about guilds."""

from sandbox import payloads
from sandbox.changes import guilds
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
    fields = {"name": body["name"]} if "name" in body else {}
    guilds.change(call.core, guild, call.me, call.reason, **fields)
    return payloads.guild(guild)
