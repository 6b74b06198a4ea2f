"""Routes about webhooks themselves: made, looked up, taken away."""

from sandbox import payloads
from sandbox.changes import webhooks
from sandbox.errors import ApiError, Checks, Code
from sandbox.permissions import Permissions
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.wire import Json
from sandbox.world import Webhook

routes = Routes()


@routes.route("POST", "/channels/{channel_id}/webhooks")
async def create_webhook(call: Call) -> Json:
    channel, checks = call.channel(), Checks()
    call.require(Permissions.MANAGE_WEBHOOKS, channel)
    name = call.body().get("name")
    if checks.length("name", name, least=1, most=80):
        lowered = str(name).lower()
        for word in ("clyde", "discord"):
            if word in lowered:
                message = f'Username cannot contain "{word}"'
                checks.fault("name", "USERNAME_INVALID_CONTAINS", message)
    checks.done()
    webhook = webhooks.create(call.core, channel, str(name), call.me, call.application.id)
    return _shown(call, webhook)


@routes.route("GET", "/channels/{channel_id}/webhooks")
async def get_channel_webhooks(call: Call) -> list[Json]:
    channel = call.channel()
    call.require(Permissions.MANAGE_WEBHOOKS, channel)
    there = call.core.world.webhooks.values()
    return [_shown(call, webhook) for webhook in there if webhook.channel is channel]


@routes.route("GET", "/guilds/{guild_id}/webhooks")
async def get_guild_webhooks(call: Call) -> list[Json]:
    guild = call.guild()
    call.require(Permissions.MANAGE_WEBHOOKS, guild)
    there = call.core.world.webhooks.values()
    return [_shown(call, webhook) for webhook in there if webhook.channel.guild is guild]


@routes.route("GET", "/webhooks/{webhook_id}")
async def get_webhook(call: Call) -> Json:
    return _shown(call, _managed(call))


@routes.route("DELETE", "/webhooks/{webhook_id}")
async def delete_webhook(call: Call) -> None:
    webhooks.remove(call.core, _managed(call))


@routes.route("GET", "/webhooks/{webhook_id}/{webhook_token}", needs_token=False)
async def get_webhook_with_token(call: Call) -> Json:
    payload = payloads.webhook(with_token(call), call.core.base_url, with_token=True)
    del payload["user"]
    return payload


@routes.route("DELETE", "/webhooks/{webhook_id}/{webhook_token}", needs_token=False)
async def delete_webhook_with_token(call: Call) -> None:
    webhooks.remove(call.core, with_token(call))


def with_token(call: Call) -> Webhook:
    """The webhook whose id and token the path gives."""
    webhook = call.core.world.webhooks.get(call.id("webhook_id"))
    if webhook is None:
        raise ApiError(Code.UNKNOWN_WEBHOOK)
    if webhook.token != call.params["webhook_token"]:
        raise ApiError(Code.INVALID_WEBHOOK_TOKEN)
    return webhook


def _managed(call: Call) -> Webhook:
    webhook = call.core.world.webhooks.get(call.id("webhook_id"))
    if webhook is None:
        raise ApiError(Code.UNKNOWN_WEBHOOK)
    call.require(Permissions.MANAGE_WEBHOOKS, webhook.channel)
    return webhook


def _shown(call: Call, webhook: Webhook) -> Json:
    """A webhook; its token is shown to the application that made it."""
    own = webhook.application_id == call.application.id
    return payloads.webhook(webhook, call.core.base_url, with_token=own)
