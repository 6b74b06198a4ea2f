"""What Nextcord makes of threads and forum posts on the small Discord."""

import asyncio

import nextcord

from sandbox import ChannelType, LocalDiscord
from tests.sandbox.conftest import Connect, Harbour
from tests.sandbox.test_threads import THREADS


class Listener(nextcord.Client):
    """Tells what it hears of threads."""

    def __init__(self) -> None:
        intents = nextcord.Intents.default()
        intents.members = intents.message_content = True
        super().__init__(intents=intents, guild_ready_timeout=0.01)
        self.heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def on_thread_create(self, thread: nextcord.Thread) -> None:
        self.heard.put_nowait(("create", thread.name))

    async def on_thread_update(self, before: nextcord.Thread, after: nextcord.Thread) -> None:
        self.heard.put_nowait((before.name, after.name))

    async def on_message(self, message: nextcord.Message) -> None:
        self.heard.put_nowait((type(message.channel).__name__, message.content))

    async def next(self) -> tuple[str, str]:
        """What comes next."""
        return await asyncio.wait_for(self.heard.get(), 10)


async def test_nextcord_understands_it(
    discord: LocalDiscord, harbour: Harbour, connect: Connect
) -> None:
    harbour.guild.role("Palisade").change(permissions=THREADS)
    forum = harbour.guild.add_channel("help", kind=ChannelType.GUILD_FORUM)
    before = await harbour.alice.starts_thread("Before")
    client = Listener()
    connect(client)
    await asyncio.wait_for(client.wait_until_ready(), 10)
    (guild,) = client.guilds
    assert [thread.name for thread in guild.threads] == ["Before"]
    await harbour.alice.posts("A post", "A text", channel=forum)
    assert await client.next() == ("create", "A post")
    assert await client.next() == ("Thread", "A text")
    await before.renames(harbour.alice, "After")
    assert await client.next() == ("Before", "After")
    assert await client.next() == ("Thread", "After")
    thread = guild.get_thread(before.id)
    assert thread is not None
    await thread.edit(name="Tidy")
    await before.wait_title("Tidy")
    active = await guild.active_threads()
    assert {one.name for one in active} == {"A post", "Tidy"}
