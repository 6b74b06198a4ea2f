"""A bot made of bare requests and frames, which answers interactions as a test has it answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sandbox import App, LocalDiscord
from tests.sandbox.clients import Reply, Rest, Socket

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = 1 << 6


@dataclass
class PlainBot:
    """A connected bot."""

    rest: Rest
    socket: Socket
    app: App

    async def taken(self) -> dict[str, Any]:
        """The next interaction."""
        return await self.socket.event("INTERACTION_CREATE")

    async def answer(
        self, interaction: dict[str, Any], kind: int, data: dict[str, Any] | None = None
    ) -> Reply:
        """The first answer to an interaction."""
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        return await self.rest("POST", path, json=body)

    def hook(self, interaction: dict[str, Any]) -> str:
        """The path of what follows the first answer."""
        return f"/webhooks/{self.app.id}/{interaction['token']}"

    async def register(self, *commands: dict[str, Any]) -> None:
        """Put commands in the place of those that were there."""
        path = f"/applications/{self.app.id}/commands"
        assert (await self.rest("PUT", path, json=list(commands))).status == 200


@asynccontextmanager
async def plain_bot(discord: LocalDiscord, app: App, intents: int) -> AsyncIterator[PlainBot]:
    """Connect a bot."""
    async with Rest(discord, app.token) as rest, Socket(discord) as socket:
        await socket.identify(app, intents)
        yield PlainBot(rest, socket, app)
