"""Routes about guilds."""

from sandbox import payloads
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
    return [payloads.channel(channel) for channel in call.guild().channels.values()]
