"""Routes about the bot itself, other users, and where the gateway is."""

from typing import Any

from sandbox import payloads
from sandbox.changes import people
from sandbox.errors import ApiError, Checks, Code
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.snowflakes import parse
from sandbox.wire import Json

routes = Routes()


@routes.route("GET", "/users/@me")
async def get_me(call: Call) -> Json:
    return payloads.me(call.application)


@routes.route("PATCH", "/users/@me")
async def change_me(call: Call) -> Json:
    body, checks = call.body(), Checks()
    if "username" in body and checks.length("username", body["username"], least=2, most=32):
        people.rename(call.core, call.me, username=body["username"])
    checks.done()
    return payloads.me(call.application)


@routes.route("GET", "/applications/@me", "/oauth2/applications/@me")
async def get_application(call: Call) -> Json:
    guilds = call.core.world.guilds_of(call.me.id)
    return payloads.application(call.application, len(guilds))


@routes.route("GET", "/users/{user_id}")
async def get_user(call: Call) -> Json:
    account = call.core.world.accounts.get(call.id("user_id"))
    if account is None:
        raise ApiError(Code.UNKNOWN_USER)
    return payloads.user(account)


@routes.route("GET", "/users/@me/guilds")
async def get_my_guilds(call: Call) -> list[Json]:
    return [
        payloads.my_guild(guild, guild.members[call.me.id])
        for guild in call.core.world.guilds_of(call.me.id)
    ]


@routes.route("DELETE", "/users/@me/guilds/{guild_id}")
async def leave_guild(call: Call) -> None:
    people.leave(call.core, call.own_member(call.guild()))


@routes.route("POST", "/users/@me/channels")
async def open_conversation(call: Call) -> Json:
    checks = Checks()
    recipient = call.core.world.accounts.get(parse(call.body().get("recipient_id")) or 0)
    if "recipient_id" not in call.body():
        checks.required("recipient_id")
        checks.done()
    if recipient is None:
        raise ApiError(Code.UNKNOWN_USER)
    if recipient is call.me or recipient.bot:
        raise ApiError(Code.CANNOT_MESSAGE_USER)
    return payloads.conversation(call.core.world.conversation(call.me, recipient), call.me)


@routes.route("GET", "/gateway", needs_token=False)
async def get_gateway(call: Call) -> Json:
    return {"url": call.core.gateway.url}


@routes.route("GET", "/gateway/bot")
async def get_bot_gateway(call: Call) -> dict[str, Any]:
    return {
        "url": call.core.gateway.url,
        "shards": call.application.shards,
        "session_start_limit": call.core.gateway.start_limit(call.application),
    }
