"""Webhooks come to be, go, and write messages."""

from typing import Any

from sandbox.changes import messages
from sandbox.core import Core
from sandbox.gateway.intents import Intents
from sandbox.wire import Json
from sandbox.world import Account, Channel, Message, Webhook, secret


def create(
    core: Core, channel: Channel, name: str, creator: Account, application_id: int | None = None
) -> Webhook:
    """A webhook of a channel."""
    snowflake = core.world.snowflakes.next()
    account = Account(snowflake, name, bot=True, discriminator="0000")
    webhook = Webhook(snowflake, name, channel, secret(), creator, account, application_id)
    core.world.webhooks[webhook.id] = webhook
    tell_changed(core, channel)
    return webhook


def remove(core: Core, webhook: Webhook) -> None:
    """Take a webhook away."""
    del core.world.webhooks[webhook.id]
    tell_changed(core, webhook.channel)


def write(
    core: Core,
    webhook: Webhook,
    content: str,
    *,
    username: str | None = None,
    thread: Channel | None = None,
    **fields: Any,
) -> Message:
    """A message of a webhook, under its own name or another, in its channel or a thread there."""
    message = messages.build(
        core,
        thread or webhook.channel,
        webhook.account,
        content,
        webhook_id=webhook.id,
        application_id=webhook.application_id,
        author_name=username,
        **fields,
    )
    messages.publish(core, message)
    return message


def tell_changed(core: Core, channel: Channel) -> None:
    """Tell that a channel's webhooks are not what they were."""
    payload: Json = {"guild_id": str(channel.home.id), "channel_id": str(channel.id)}
    core.gateway.dispatch(
        "WEBHOOKS_UPDATE",
        lambda _: payload,
        guild=channel.guild,
        channel=channel,
        needs=int(Intents.GUILD_WEBHOOKS),
    )
