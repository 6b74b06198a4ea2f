"""The bots that are measured, each in a process of its own: ``python -m benchmarks.e2e.bots NAME
API_URL DATABASE TOKEN GUILD_ID``. Each deletes a message that holds “endmark”; ours has it on its
list. On standard output each says ``ready`` when Nextcord calls on_ready."""

import asyncio
import sys
from pathlib import Path

import nextcord

from cli.compose import compose
from data.store import Store
from moderation.records import OPERATOR
from moderation.words import parse_entry

MARK = "endmark"
ENTRIES = 1_000


def say_ready() -> None:
    """Tell whoever measures."""
    print("ready", flush=True)


async def bare(api_url: str, token: str, *, cached: bool = True) -> None:
    """A Nextcord bot with default settings, or with members not cached, whose on_message does
    nothing but delete what is marked."""
    nextcord.http.Route.BASE = api_url
    intents = nextcord.Intents.default()
    intents.message_content = True
    if cached:
        client = nextcord.Client(intents=intents)
    else:
        client = nextcord.Client(
            intents=intents,
            max_messages=None,
            member_cache_flags=nextcord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )

    @client.event
    async def on_message(message: nextcord.Message) -> None:
        if MARK in message.content:
            await client.http.delete_message(message.channel.id, message.id)

    @client.event
    async def on_ready() -> None:
        say_ready()

    await client.start(token)


async def ours(api_url: str, token: str, database: Path, guild_id: int) -> None:
    """The whole bot with 1,000 entries in one server."""
    store = await Store.open(database)
    entries = [parse_entry(f"banned{number}word") for number in range(ENTRIES - 1)]
    await store.add_words(guild_id, [*entries, parse_entry(MARK)], by=OPERATOR)
    bot = compose(store, api_url).bot

    async def on_ready() -> None:
        say_ready()

    bot.add_listener(on_ready)
    await bot.start(token)


def main() -> None:
    """Run one of them until the process is ended."""
    name, api_url, database, token, guild_id = sys.argv[1:]
    match name:
        case "ours":
            asyncio.run(ours(api_url, token, Path(database), int(guild_id)))
        case "bare":
            asyncio.run(bare(api_url, token))
        case "lean":
            asyncio.run(bare(api_url, token, cached=False))
        case _:
            sys.exit(f"There is no bot called {name}.")


if __name__ == "__main__":
    main()
