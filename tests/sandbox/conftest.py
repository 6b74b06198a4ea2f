"""A guild with a bot in it, the plain clients, and a Nextcord client pointed at the server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import nextcord
import pytest
from nextcord.http import Route

from sandbox import App, Guild, LocalDiscord, Member, Permissions
from tests.sandbox.clients import Rest

MODERATOR = (
    Permissions.VIEW_CHANNEL
    | Permissions.SEND_MESSAGES
    | Permissions.READ_MESSAGE_HISTORY
    | Permissions.MANAGE_MESSAGES
    | Permissions.MANAGE_NICKNAMES
    | Permissions.EMBED_LINKS
    | Permissions.ATTACH_FILES
)


@dataclass
class Harbour:
    """A guild with an owner, one member and a bot."""

    guild: Guild
    app: App
    bot: Member
    ada: Member
    alice: Member


@pytest.fixture
def harbour(discord: LocalDiscord) -> Harbour:
    """The guild; nobody is connected yet."""
    app = discord.add_application("Palisade")
    guild = discord.add_guild("Harbour", owner=discord.add_user("ada", global_name="Ada"))
    bot = guild.install(app, permissions=MODERATOR)
    alice = guild.join(discord.add_user("alice"))
    return Harbour(guild, app, bot, guild.owner, alice)


@pytest.fixture
async def rest(discord: LocalDiscord, harbour: Harbour) -> AsyncIterator[Rest]:
    """REST requests of the bot."""
    async with Rest(discord, harbour.app.token) as rest:
        yield rest


type Connect = Callable[[nextcord.Client], None]


@pytest.fixture
async def connect(
    discord: LocalDiscord, harbour: Harbour, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Connect]:
    """Starts Nextcord clients against the server as the bot, and closes them in the end."""
    monkeypatch.setattr(Route, "BASE", discord.api_url)
    running: list[tuple[nextcord.Client, asyncio.Task[None]]] = []

    def start(client: nextcord.Client) -> None:
        task = asyncio.create_task(client.start(harbour.app.token))
        running.append((client, task))

    yield start
    for client, task in running:
        await client.close()
        await task
