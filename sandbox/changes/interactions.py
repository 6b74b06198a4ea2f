"""Interactions begin, are answered, and bring messages."""

from typing import Any

from sandbox.changes import messages
from sandbox.core import Core
from sandbox.interactions import Answer, Interaction, Kind
from sandbox.permissions import Permissions, in_channel
from sandbox.wire import Json
from sandbox.world import Account, Application, Channel, Message, secret

EPHEMERAL = 1 << 6
LOADING = 1 << 7
_COMMAND_MESSAGE = 20
_CONTEXT_MENU_MESSAGE = 23


def begin(
    core: Core,
    kind: Kind,
    application: Application,
    channel: Channel,
    user: Account,
    data: Json,
    source: Message | None = None,
) -> Interaction:
    """Tell an application that somebody did something."""
    snowflake = core.world.snowflakes.next()
    interaction = Interaction(snowflake, secret(), kind, application, channel, user, data, source)
    core.interactions[interaction.token] = interaction
    core.gateway.dispatch(
        "INTERACTION_CREATE",
        lambda _: interaction.payload(core.base_url),
        guild=channel.guild,
        only=application,
    )
    return interaction


def answered(core: Core, interaction: Interaction, answer: Answer) -> None:
    """Note the first answer."""
    interaction.answer = answer
    core.signals.tell(("interaction", interaction.id))


def show(core: Core, interaction: Interaction, content: str, flags: int, **fields: Any) -> Message:
    """A message of the answer: published, or seen by the user alone."""
    channel, account = interaction.channel, interaction.application.account
    own = channel.guild.members.get(account.id) if channel.guild else None
    message = messages.build(
        core,
        channel,
        account,
        content,
        may_mention_everyone=bool(own and in_channel(own, channel) & Permissions.MENTION_EVERYONE),
        kind=_message_kind(interaction),
        flags=flags,
        webhook_id=interaction.application.id,
        application_id=interaction.application.id,
        extra={"interaction_metadata": interaction.metadata()},
        **fields,
    )
    if not flags & EPHEMERAL:
        messages.publish(core, message)
    return message


def changed(core: Core, interaction: Interaction) -> None:
    """Tell that there is something new to see."""
    core.signals.tell(("interaction", interaction.id))


def is_public(message: Message) -> bool:
    """Whether others than the user see a message."""
    return not message.flags & EPHEMERAL


def _message_kind(interaction: Interaction) -> int:
    if interaction.kind is not Kind.COMMAND:
        return 0
    return _COMMAND_MESSAGE if interaction.data["type"] == 1 else _CONTEXT_MENU_MESSAGE
