"""What a process of the small Discord begins with, and its life from the first line to the last."""

import argparse
import asyncio
import signal
import sys
from typing import Any

from sandbox.permissions import Permissions
from sandbox.remote.commands import Commands
from sandbox.remote.load import Load
from sandbox.server import LocalDiscord, PortInUseError
from sandbox.wire import Json, dumps

_LONGEST_LINE = 64 * 1024 * 1024
BOT = (
    Permissions.VIEW_CHANNEL
    | Permissions.SEND_MESSAGES
    | Permissions.SEND_MESSAGES_IN_THREADS
    | Permissions.READ_MESSAGE_HISTORY
    | Permissions.EMBED_LINKS
    | Permissions.ATTACH_FILES
    | Permissions.MANAGE_MESSAGES
    | Permissions.MANAGE_THREADS
    | Permissions.MANAGE_NICKNAMES
    | Permissions.MODERATE_MEMBERS
    | Permissions.KICK_MEMBERS
    | Permissions.BAN_MEMBERS
    | Permissions.VIEW_AUDIT_LOG
)
"""What the bot may do in each guild of the beginning."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A small Discord on loopback, driven by JSON lines. For tests and benchmarks.",
    )
    result.add_argument("--port", type=int, default=0, help="the port; any free one if not given")
    result.add_argument("--guilds", type=int, default=1, help="how many servers there are")
    result.add_argument("--channels", type=int, default=2, help="how many channels each has")
    result.add_argument("--roles", type=int, default=0, help="how many roles each has besides")
    result.add_argument("--rate-limits", action="store_true", help="limit requests as Discord does")
    result.add_argument("--nonce-seconds", type=float, default=180.0)
    result.add_argument("--heartbeat-ms", type=int, default=41_250)
    result.add_argument("--journal-limit", type=int, help="how many entries of the journal to keep")
    return result


def furnish(discord: LocalDiscord, guilds: int, channels: int, roles: int) -> dict[str, Any]:
    """Make the world of the beginning; gives what has a name: discord, app, guild (the first one)
    with its channels general and log and its members ada (who owns it), alice and bob, and load."""
    app = discord.add_application("Palisade")
    ada, alice, bob = (discord.add_user(name) for name in ("ada", "alice", "bob"))
    made = []
    for number in range(max(1, guilds)):
        guild = discord.add_guild("Harbour" if number == 0 else f"Server {number}", owner=ada)
        guild.add_channel("mod-log")
        for extra in range(2, channels):
            guild.add_channel(f"channel-{extra}")
        for extra in range(roles):
            guild.add_role(f"Role {extra}")
        guild.install(app, permissions=BOT, position=roles + 1)
        made.append(guild)
    first = made[0]
    return {
        "discord": discord,
        "app": app,
        "guilds": made,
        "guild": first,
        "general": first.general,
        "log": first.channel("mod-log"),
        "ada": first.owner,
        "alice": first.join(alice),
        "bob": first.join(bob),
        "load": Load(discord.journal),
    }


def introduction(discord: LocalDiscord, names: dict[str, Any]) -> Json:
    """The first line: where the server is, the bot's token, and the ids of what has a name."""
    ids = ("guild", "general", "log", "ada", "alice", "bob")
    return {
        "url": discord.url,
        "api_url": discord.api_url,
        "gateway_url": discord.gateway.url,
        "token": names["app"].token,
        "application_id": names["app"].id,
        "ids": {name: names[name].id for name in ids},
    }


async def run(arguments: argparse.Namespace) -> int:
    """Serve until standard input ends or a signal comes; gives the exit status."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    discord = LocalDiscord(
        port=arguments.port,
        heartbeat_interval_ms=arguments.heartbeat_ms,
        nonce_seconds=arguments.nonce_seconds,
        rate_limits=arguments.rate_limits,
        journal_limit=arguments.journal_limit,
    )
    try:
        await discord.start()
    except PortInUseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        names = furnish(discord, arguments.guilds, arguments.channels, arguments.roles)
        commands = Commands(names, _write)
        _write(dumps(introduction(discord, names)) + b"\n")
        await _read(commands, ended)
        await commands.stop()
    finally:
        await discord.stop()
    return 0


async def _read(commands: Commands, ended: asyncio.Event) -> None:
    """Take lines until there are no more or it is to end."""
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    protocol = asyncio.StreamReaderProtocol(reader)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: protocol, sys.stdin)
    waiting = asyncio.create_task(ended.wait())
    while not ended.is_set():
        line = asyncio.create_task(reader.readline())
        await asyncio.wait((line, waiting), return_when=asyncio.FIRST_COMPLETED)
        if not line.done():
            line.cancel()
        elif not line.result():
            break
        else:
            commands.take(line.result())
    waiting.cancel()
    transport.close()


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
