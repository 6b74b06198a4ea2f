"""Routes about channels."""

from sandbox import payloads
from sandbox.changes import guilds
from sandbox.errors import ApiError, Checks, Code
from sandbox.permissions import Permissions
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.wire import Json
from sandbox.world import Channel

routes = Routes()


def _shown(call: Call, channel: Channel) -> Json:
    if channel.guild is None:
        return payloads.conversation(channel, call.me)
    return payloads.channel(channel)


@routes.route("GET", "/channels/{channel_id}")
async def get_channel(call: Call) -> Json:
    return _shown(call, call.channel())


@routes.route("PATCH", "/channels/{channel_id}")
async def change_channel(call: Call) -> Json:
    channel, body, checks = call.channel(), call.body(), Checks()
    if channel.guild is None:
        raise ApiError(Code.MISSING_ACCESS)
    call.require(Permissions.MANAGE_CHANNELS, channel)
    if "name" in body:
        checks.length("name", body["name"], least=1, most=100)
    if body.get("topic") is not None:
        checks.length("topic", body["topic"], most=1024)
    slowmode = body.get("rate_limit_per_user")
    if slowmode is not None and not (isinstance(slowmode, int) and 0 <= slowmode <= 21_600):
        message = "int value should be between 0 and 21600."
        checks.fault("rate_limit_per_user", "NUMBER_TYPE_MAX", message)
    checks.done()
    channel.name = body.get("name", channel.name)
    channel.topic = body.get("topic", channel.topic)
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    channel.slowmode = channel.slowmode if slowmode is None else slowmode
    guilds.tell_channel_changed(call.core, channel)
    return payloads.channel(channel)


@routes.route("DELETE", "/channels/{channel_id}")
async def delete_channel(call: Call) -> Json:
    channel = call.channel()
    if channel.guild is None:
        return _shown(call, channel)
    call.require(Permissions.MANAGE_CHANNELS, channel)
    guilds.remove_channel(call.core, channel)
    return payloads.channel(channel)


@routes.route("POST", "/channels/{channel_id}/typing")
async def show_typing(call: Call) -> None:
    call.require(Permissions.SEND_MESSAGES, call.channel())
