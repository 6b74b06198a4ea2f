"""Nextcord as it is, against the local Discord: for the facts that we build on."""

import asyncio
from typing import Any

from nextcord import Client, Intents, MemberCacheFlags

from sandbox import App, Guild, LocalDiscord, Member, Permissions


class Plain(Client):
    """Nextcord as it is, which keeps no caches and tells what it dispatches."""

    def __init__(self) -> None:
        super().__init__(
            intents=Intents(guilds=True, members=True, guild_messages=True, message_content=True),
            member_cache_flags=MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            guild_ready_timeout=0.01,
        )
        self.dispatched: asyncio.Queue[str] = asyncio.Queue()

    def dispatch(self, event: str, *args: Any, **kwargs: Any) -> None:
        super().dispatch(event, *args, **kwargs)
        self.dispatched.put_nowait(event)

    async def on_connect(self) -> None:
        """Else it would register commands."""

    async def until(self, event: str) -> list[str]:
        """What was dispatched before an event, which is waited for."""
        before: list[str] = []
        async with asyncio.timeout(10):
            while (told := await self.dispatched.get()) != event:
                before.append(told)
        return before


class Scene:
    """A server with the application and one person."""

    def __init__(self, discord: LocalDiscord) -> None:
        self.discord = discord
        self.app: App = discord.add_application("Palisade")
        self.guild: Guild = discord.add_guild("Harbour", owner=discord.add_user("ada"))
        self.guild.install(self.app, permissions=Permissions.MANAGE_MESSAGES)
        self.alice: Member = self.guild.join(discord.add_user("alice"))
