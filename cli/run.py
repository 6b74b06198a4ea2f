"""``bot.py`` without a command: the bot against Discord, until it is told to stop."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Iterator

import nextcord

from cli.compose import compose
from cli.status import Exit
from cogs.client import Palisade
from cogs.helpers.intents import explain_refusal
from config import logs
from config.secret import Secret
from config.settings import Settings
from data.store import Store
from service.catchup import Bounds

log = logging.getLogger("palisade")


def run(_: argparse.Namespace) -> int:
    """Run the bot. Errors of settings and of the database are the caller's to explain."""
    settings = Settings.load()
    token = settings.require_token()
    logs.configure(settings)
    return int(asyncio.run(_serve(settings, token)))


async def _serve(settings: Settings, token: Secret) -> Exit:
    store = await Store.open(settings.database_path)
    try:
        bounds = Bounds(settings.catch_up_hours, settings.catch_up_messages)
        parts = compose(store, settings.discord_api_url, bounds=bounds)
        return await serve(parts.bot, token.reveal())
    finally:
        await store.close()


async def serve(bot: Palisade, token: str) -> Exit:
    """Run ``bot`` until SIGTERM, SIGINT or an end that it cannot mend, and say which it was."""
    working = asyncio.create_task(bot.start(token))
    stopped = asyncio.Event()
    waiting = asyncio.create_task(stopped.wait())
    with _signals(stopped):
        try:
            await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
            ended = await _reason(bot, working) if working.done() else None
            if stopped.is_set():
                log.info("Stopping: finishing what is under way")
        finally:
            waiting.cancel()
            await bot.close()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    if ended is None:
        log.info("Stopped")
        return Exit.DONE
    message, status = ended
    print(message, file=sys.stderr)
    return status


async def _reason(bot: Palisade, ended: asyncio.Task[None]) -> tuple[str, Exit] | None:
    """Why the bot ended by itself: what to say and the exit status; None for a plain end."""
    error = ended.exception()
    match error:
        case None:
            return None
        case nextcord.LoginFailure():
            return REFUSED, Exit.TOKEN_REFUSED
        case nextcord.PrivilegedIntentsRequired():
            return await explain_refusal(bot), Exit.INTENTS_OFF
        case nextcord.ConnectionClosed(code=4004):
            return REFUSED, Exit.TOKEN_REFUSED
        case nextcord.ConnectionClosed():
            why = CLOSE_CODES.get(error.code, "unknown")
            return f"Discord closed the connection for good ({error.code}: {why}).", Exit.FAILED
        case nextcord.HTTPException():
            return (
                f"Discord refused the log-in with status {error.status}. If DISCORD_API_URL is "
                f"set, check that it ends in /api/v10.",
                Exit.FAILED,
            )
    raise error


REFUSED = """\
Discord refused the token.
Copy it again: discord.com/developers/applications, your application, Bot, Reset Token; then put it
into DISCORD_TOKEN (in .env, or where DISCORD_TOKEN_FILE points). A token that was shown anywhere in
public is reset by Discord."""

CLOSE_CODES = {
    4010: "invalid shard",
    4011: "sharding required: this bot is in more servers than one connection may serve",
    4012: "invalid gateway version",
    4013: "invalid intents",
}
"""Gateway close codes after which connecting again cannot help (Discord, Gateway Close Event
Codes)."""


@contextlib.contextmanager
def _signals(stopped: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    handled: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGINT)
    try:
        for number in handled:
            loop.add_signal_handler(number, stopped.set)
    except NotImplementedError:
        # Windows has no signal handlers on the loop; Ctrl-C cancels the main task there.
        handled = ()
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
