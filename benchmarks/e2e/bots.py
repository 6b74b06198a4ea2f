"""The bots that are measured, each in a process of its own: ``python -m benchmarks.e2e.bots NAME
API_URL DATABASE``. Each deletes a message that holds “endmark”; ours has it on its list."""

import asyncio
import sys
from pathlib import Path

import nextcord

from benchmarks.e2e.firehose import GUILD, TOKEN
from cli.compose import compose
from data.store import Store
from moderation.records import OPERATOR
from moderation.words import parse_entry

MARK = "endmark"


async def bare(api_url: str, _: Path) -> None:
    """A Nextcord bot with default settings and an on_message that does nothing."""
    nextcord.http.Route.BASE = api_url
    intents = nextcord.Intents.default()
    intents.message_content = True
    client = nextcord.Client(intents=intents)

    @client.event
    async def on_message(message: nextcord.Message) -> None:
        if MARK in message.content:
            await client.http.delete_message(message.channel.id, message.id)

    await client.start(TOKEN)


async def ours(api_url: str, database: Path) -> None:
    """The whole bot with 1,000 entries."""
    store = await Store.open(database)
    entries = [parse_entry(f"banned{number}word") for number in range(999)]
    await store.add_words(GUILD, [*entries, parse_entry(MARK)], by=OPERATOR)
    await compose(store, api_url).bot.start(TOKEN)


def main() -> None:
    """Run one of them until the process is ended."""
    name, api_url, database = sys.argv[1:]
    asyncio.run({"bare": bare, "ours": ours}[name](api_url, Path(database)))


if __name__ == "__main__":
    main()
