"""Routes about application commands."""

from sandbox import payloads
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.wire import Json

routes = Routes()

_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


@routes.route("GET", _GLOBAL, _GUILD)
async def get_commands(call: Call) -> list[Json]:
    guild_id = call.id("guild_id") if "guild_id" in call.params else None
    commands = call.application.commands.values()
    return [payloads.command(command) for command in commands if command.guild_id == guild_id]
