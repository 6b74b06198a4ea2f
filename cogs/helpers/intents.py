"""Which privileged intents an application has switched on, and what to say where one is off."""

import logging

import aiohttp
import nextcord
from nextcord.http import Route

log = logging.getLogger(__name__)

MESSAGE_CONTENT = 1 << 18 | 1 << 19
GUILD_MEMBERS = 1 << 14 | 1 << 15
"""Bits of an application's flags: the intent is on without limit, or for a small bot (Discord,
Application Flags)."""

PAGE = "discord.com/developers/applications, your application, Bot, Privileged Gateway Intents"

PRIVILEGED = (
    ("Message Content Intent", "message_content", MESSAGE_CONTENT),
    ("Server Members Intent", "members", GUILD_MEMBERS),
)


async def application_flags(client: nextcord.Client) -> int | None:
    """The application's flags, or None where Discord does not tell."""
    try:
        application = await client.http.request(Route("GET", "/applications/@me"))
    except (nextcord.HTTPException, OSError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("The application's flags cannot be read: %s", error)
        return None
    flags = application.get("flags") if isinstance(application, dict) else None
    return flags if isinstance(flags, int) else None


def missing_intents(client: nextcord.Client, flags: int | None) -> list[str]:
    """The privileged intents that ``client`` asks for and that are off by ``flags``; all that it
    asks for where the flags are not known."""
    return [
        title
        for title, name, bits in PRIVILEGED
        if getattr(client.intents, name) and (flags is None or not flags & bits)
    ]


async def explain_refusal(client: nextcord.Client) -> str:
    """After close code 4014: what to switch on, and where."""
    flags = await application_flags(client)
    missing = missing_intents(client, flags) or missing_intents(client, None)
    names = " and the ".join(missing)
    them = "it" if len(missing) == 1 else "them"
    return (
        f"Discord refused the connection: the bot needs the {names}.\n"
        f"Switch {them} on at {PAGE},\nsave, and start the bot again."
    )
