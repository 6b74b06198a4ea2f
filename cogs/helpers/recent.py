"""The last messages of a channel, for trying a new entry on them."""

import logging

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.base import Interaction
from cogs.helpers.people import Me, author_of
from cogs.helpers.surfaces import parts_of
from moderation.judge import skip

log = logging.getLogger(__name__)

TRIED_MESSAGES = 100
"""As many as Discord gives in one request (Discord, Get Channel Messages)."""

BETWEEN = "\n·\n"
"""Stands between the texts of one message, so that no phrase reaches from one into the next."""


async def recent_texts(interaction: Interaction, me: Me) -> list[str] | str:
    """The texts that would be judged among the last messages of the interaction's channel; or a
    sentence that says why they cannot be read."""
    channel_id = interaction.channel_id
    if channel_id is None:
        return "Discord did not say in which channel this was."
    if not interaction.app_permissions.read_message_history and interaction.app_permissions.value:
        # Discord would answer with an empty list, which is not the same as no messages.
        return "I need Read Message History in this channel to try entries on recent messages."
    route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel_id)
    try:
        messages = await interaction.client.http.request(route, params={"limit": TRIED_MESSAGES})
    except nextcord.Forbidden:
        return "I need View Channel and Read Message History here to try entries on messages."
    except (nextcord.HTTPException, OSError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("The last messages of channel %d cannot be read: %s", channel_id, error)
        return "The last messages of this channel could not be read just now."
    judged = (one for one in messages if skip(author_of(one, me), interaction.guild_id) is None)
    texts = (BETWEEN.join(part.text for part in parts_of(message)) for message in judged)
    return [text for text in texts if text]
