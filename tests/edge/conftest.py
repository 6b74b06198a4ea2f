"""A small server on the local Discord, and plain Nextcord clients that are closed in the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from nextcord import Client
from nextcord.http import Route

from sandbox import LocalDiscord
from tests.edge.plain import Plain, Scene


@pytest.fixture
def scene(discord: LocalDiscord, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(Route, "BASE", discord.api_url)
    return Scene(discord)


type Run = Callable[[Client, Awaitable[None]], asyncio.Task[None]]


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    """Runs clients in the background, and closes them in the end."""
    running: list[tuple[Client, asyncio.Task[None]]] = []

    def start(client: Client, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        running.append((client, task))
        return task

    yield start
    for client, task in running:
        await client.close()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def plain(scene: Scene, run: Run) -> Plain:
    """A plain client that is ready."""
    client = Plain()
    run(client, client.start(scene.app.token))
    await client.until("ready")
    return client
