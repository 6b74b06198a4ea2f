"""The whole bot on a local Discord, for `sandbox` and `replay`: with a database of its own that is
gone in the end, and without a look at the operator's settings.

Bot and local Discord speak over HTTP and a websocket only, as the bot does with Discord itself.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.compose import all_cogs, compose
from cli.wordfiles import Words
from cogs.helpers.nextcord_private.rest import set_global_limit
from config import logs
from config.secret import Secret
from config.settings import LogFormat, Settings
from data.store import Store
from moderation.errors import PalisadeError
from moderation.records import OPERATOR
from sandbox import App, Guild, LocalDiscord, NotSeenError, Permissions
from service.mod_log import LogPace
from service.notices import NoticePace
from service.ports import Observer

START_SECONDS = 20.0
"""How long the bot may take to connect and to register its commands; it takes a fraction of one."""

REQUESTS_PER_SECOND = 10_000
"""The local Discord has no limit of its own. With Discord's, a replay would tell of nothing but
waiting: it plays in seconds what people wrote in days."""

SOON = 0.2
"""Seconds that the mod log and notices wait for more, instead of Discord's pace."""

LOG_LEVEL = "WARNING"
"""What of the bot's log is heard beside what the command itself prints."""


class ShowBroken(PalisadeError):
    """The bot did not do what it needs to do for anything to be seen. The text says what."""


class Running:
    """The bot at work. It may end by itself, which it never should."""

    def __init__(self, work: asyncio.Task[None]) -> None:
        self.work = work

    async def until[T](self, happening: Awaitable[T]) -> T:
        """Wait, for as long as it takes, for something that is not the bot's doing. Raises
        ShowBroken where the bot ends meanwhile."""
        return await self._wait(None, happening, "")

    async def within[T](self, seconds: float, happening: Awaitable[T], what: str) -> T:
        """Wait for something that the bot is to bring about. Raises ShowBroken, at once where the
        bot has ended."""
        return await self._wait(seconds, happening, what)

    async def _wait[T](self, seconds: float | None, happening: Awaitable[T], what: str) -> T:
        waiting = asyncio.ensure_future(happening)
        try:
            await asyncio.wait(
                {waiting, self.work}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if waiting.done():
                return waiting.result()
        except NotSeenError as error:
            raise ShowBroken(f"The bot did not do what was waited for: {error}.") from None
        finally:
            waiting.cancel()
        self.check()
        raise ShowBroken(f"{what} did not happen within {seconds:.0f} s.")

    def check(self) -> None:
        """Raises ShowBroken where the bot has ended."""
        if self.work.done() and not self.work.cancelled():
            raise ShowBroken(f"The bot ended by itself: {self.work.exception() or 'no reason'}.")


def run_local[T](work: Coroutine[None, None, T]) -> T:
    """As asyncio.run, but SIGTERM does what Ctrl-C does: everything is put away, and
    KeyboardInterrupt is raised."""

    async def interruptible() -> T:
        task = asyncio.current_task()
        if task is not None:
            # Windows has no signal handlers on the loop.
            with suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    try:
        return asyncio.run(interruptible())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def needed_permissions() -> Permissions:
    """What the cogs declare, as the invite link asks for it."""
    permissions = Permissions(0)
    for cog in all_cogs():
        for name in cog.permissions:
            permissions |= Permissions[name.upper()]
    return permissions


@asynccontextmanager
async def bot_on(
    discord: LocalDiscord, app: App, guild: Guild, words: Words, observers: Sequence[Observer] = ()
) -> AsyncIterator[Running]:
    """The bot, connected as ``app``, its commands registered, ``words`` on the list of ``guild``.

    Raises LimitReached where the words are more than a server may have, StoreError and ShowBroken.
    """
    with TemporaryDirectory(prefix="palisade-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "palisade.sqlite3"
        token = Secret(app.token)
        logs.configure(Settings(token, path, LOG_LEVEL, LogFormat.TEXT, discord.api_url))
        store = await Store.open(path)
        try:
            await store.add_words(guild.id, words.banned, by=OPERATOR)
            if words.allowed:
                await store.add_allowed(guild.id, words.allowed, by=OPERATOR)
            bot = compose(
                store,
                discord.api_url,
                observers=observers,
                log_pace=LogPace(settle=SOON, between=SOON),
                notice_pace=NoticePace(gather=SOON),
            ).bot
            set_global_limit(bot, REQUESTS_PER_SECOND)
            running = Running(asyncio.create_task(bot.start(app.token)))
            try:
                await running.within(START_SECONDS, _started(discord, app), "The bot's start")
                yield running
            finally:
                await bot.close()
                running.work.cancel()
                await asyncio.gather(running.work, return_exceptions=True)
        finally:
            await store.close()


async def _started(discord: LocalDiscord, app: App) -> None:
    await discord.connected(app, timeout=START_SECONDS)
    await discord.journal.wait_request(
        "PUT", "/applications/{application_id}/commands", timeout=START_SECONDS
    )
