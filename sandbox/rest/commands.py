"""Routes about application commands, global ones and those of one guild."""

from collections.abc import Sequence

from sandbox import payloads
from sandbox.errors import ApiError, Code
from sandbox.rest.call import Call
from sandbox.rest.command_checks import CHAT_INPUT, normalised
from sandbox.rest.router import Answer, Routes
from sandbox.wire import Json
from sandbox.world import Command

routes = Routes()

_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
_GLOBAL_ONE = _GLOBAL + "/{command_id}"
_GUILD_ONE = _GUILD + "/{command_id}"
_MOST = {CHAT_INPUT: 100}
_MOST_CONTEXT = 15


@routes.route("GET", _GLOBAL, _GUILD)
async def get_commands(call: Call) -> list[Json]:
    return [payloads.command(command) for command in _commands(call)]


@routes.route("POST", _GLOBAL, _GUILD)
async def create_command(call: Call) -> Answer:
    there, fields = _commands(call), normalised(call.body())
    old = _same(there, fields)
    if old is None:
        _check_count([*there, fields])
    command = _store(call, fields, old)
    return Answer(200 if old else 201, payloads.command(command))


@routes.route("PUT", _GLOBAL, _GUILD)
async def replace_commands(call: Call) -> list[Json]:
    there = _commands(call)
    bodies = call.json if isinstance(call.json, list) else [call.body()]
    wanted = [normalised(body) for body in bodies]
    _check_count(wanted)
    stored = [_store(call, fields, _same(there, fields)) for fields in wanted]
    for command in there:
        if command not in stored:
            del call.application.commands[command.id]
    return [payloads.command(command) for command in stored]


@routes.route("GET", _GLOBAL_ONE, _GUILD_ONE)
async def get_command(call: Call) -> Json:
    return payloads.command(_command(call))


@routes.route("PATCH", _GLOBAL_ONE, _GUILD_ONE)
async def change_command(call: Call) -> Json:
    command = _command(call)
    kept = {**command.fields, "type": command.fields["type"]}
    return payloads.command(_store(call, normalised(kept | call.body()), command))


@routes.route("DELETE", _GLOBAL_ONE, _GUILD_ONE)
async def delete_command(call: Call) -> None:
    del call.application.commands[_command(call).id]


def _commands(call: Call) -> list[Command]:
    """The commands that the path speaks of: the sender's own, global or of a guild."""
    if call.id("application_id") != call.application.id:
        raise ApiError(Code.MISSING_ACCESS)
    guild_id = _guild_id(call)
    return [c for c in call.application.commands.values() if c.guild_id == guild_id]


def _guild_id(call: Call) -> int | None:
    return call.guild().id if "guild_id" in call.params else None


def _command(call: Call) -> Command:
    command_id = call.id("command_id")
    for command in _commands(call):
        if command.id == command_id:
            return command
    raise ApiError(Code.UNKNOWN_COMMAND)


def _same(commands: list[Command], fields: Json) -> Command | None:
    """The command of the same name and type, which a new one takes the place of."""
    for command in commands:
        if all(command.fields[key] == fields[key] for key in ("name", "type")):
            return command
    return None


def _store(call: Call, fields: Json, old: Command | None) -> Command:
    version = call.core.world.snowflakes.next()
    if old is not None:
        old.fields, old.version = fields, version
        call.core.signals.tell(("commands", call.application.id))
        return old
    snowflake = call.core.world.snowflakes.next()
    command = Command(snowflake, call.application, _guild_id(call), version, fields)
    call.application.commands[snowflake] = command
    call.core.signals.tell(("commands", call.application.id))
    return command


def _check_count(commands: Sequence[Command | Json]) -> None:
    kinds = [(c.fields if isinstance(c, Command) else c)["type"] for c in commands]
    if any(kinds.count(kind) > _MOST.get(kind, _MOST_CONTEXT) for kind in set(kinds)):
        raise ApiError(Code.TOO_MANY_COMMANDS)
