"""The bot: Nextcord's own, told exactly which intents it needs, started with patience and closed
without losing what is under way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import aiohttp
import nextcord
from nextcord.ext import commands

from cogs.base import Cog, Interaction
from cogs.helpers.nextcord_private.commands import run_command
from cogs.helpers.nextcord_private.connection import stay_connected
from cogs.helpers.nextcord_private.pace import Backoff, Ended, Pace
from cogs.helpers.nextcord_private.payloads import Handlers
from cogs.helpers.nextcord_private.rest import use_rest_client
from cogs.helpers.nextcord_private.trimming import Trimming
from cogs.helpers.registration import register
from cogs.helpers.replies import answer, apologise, log_broken

log = logging.getLogger(__name__)

COMMAND = nextcord.InteractionType.application_command
AUTOCOMPLETE = nextcord.InteractionType.application_command_autocomplete

WRONG_ADDRESS = frozenset({400, 404, 405})
"""Answers to the log-in that no waiting mends: there is another API at this address, or none."""

DRAIN_SECONDS = 7.0
"""How long to wait at the end for what is under way; the whole end takes at most 10 s."""


class Palisade(commands.Bot):
    """``drain`` is awaited at the end, after intake has stopped and before REST is closed."""

    def __init__(
        self,
        *,
        cogs: list[Cog],
        drain: Callable[[float], Awaitable[object]],
        api_url: str,
        pace: Pace | None = None,
    ) -> None:
        # The one switch that Nextcord has for another server.
        nextcord.http.Route.BASE = api_url
        # Without this Nextcord warns at every start that a library for voice is missing.
        nextcord.VoiceClient.warn_nacl = False
        super().__init__(
            command_prefix=(),
            help_command=None,
            intents=intents_of(cogs),
            max_messages=None,
            member_cache_flags=nextcord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=nextcord.AllowedMentions.none(),
            guild_ready_timeout=0.5,
        )
        use_rest_client(self)
        self.handlers = Handlers()
        self.handlers.add(Trimming(self))
        self._api_url = api_url
        self._drain = drain
        self._pace = pace or Pace()
        self._registered = False
        self._closing: asyncio.Task[None] | None = None
        self._stopping = False
        for cog in cogs:
            self.add_cog(cog)
            self.handlers.add(cog)
        # Kept here, since Nextcord's own set is emptied by every READY.
        self._commands = {
            str(command.name): command for command in self.get_all_application_commands()
        }

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Log in and stay connected until closed. Discord out of reach is waited for.

        Raises LoginFailure for a refused token, PrivilegedIntentsRequired, ConnectionClosed, or
        HTTPException where Discord refuses the log-in in another way.
        """
        await self._log_in(token)
        await self.connect(reconnect=reconnect)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected; see ``nextcord_private/connection.py`` for why this is ours."""
        await stay_connected(self, self.handlers, self._pace)

    async def on_connect(self) -> None:
        """Register the slash commands, once a run: Nextcord would do it after every READY, and
        delete what it does not know."""
        if not self._registered:
            self._registered = await register(self, self._commands.values())

    async def process_application_commands(self, interaction: Interaction) -> None:
        """Find the command by its name. Nextcord finds it by the id that its own registration
        learnt, which ours does not need, and starts deleting commands when it finds none."""
        if interaction.type not in (COMMAND, AUTOCOMPLETE):
            return
        data = cast(Mapping[str, Any], interaction.data or {})
        command = self._commands.get(data.get("name", ""))
        if command is None:
            await answer(interaction, "This command is no longer part of the bot.")
            return
        try:
            await run_command(self, command, interaction)
        except Exception:
            log.exception("The command /%s could not be run", command.name)
            await apologise(interaction)

    async def on_application_command_error(
        self, interaction: Interaction, exception: nextcord.ApplicationError
    ) -> None:
        """A command broke: the log gets the traceback, the person a sentence."""
        original = getattr(exception, "original", exception)
        log_broken("A slash command", original)
        await apologise(interaction, original)

    async def on_error(self, event_method: str, *args: Any, **kwargs: Any) -> None:
        """A listener broke: one line and a traceback in the log."""
        log.exception("A listener of %s broke", event_method)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Nextcord waits 5 s here; ``connection.py`` keeps IDENTIFYs apart."""

    def is_closed(self) -> bool:
        """Whether the bot has been told to end, even if it is still finishing its work."""
        return self._stopping or super().is_closed()

    async def close(self) -> None:
        """Stop taking in events, finish what is under way, and close. May be called twice."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self._stopping = True
        if self.ws is not None:
            await _within(1.5, self.ws.close(1000))
        await self._drain(DRAIN_SECONDS)
        await _within(1.5, super().close())

    async def _log_in(self, token: str) -> None:
        backoff = Backoff(self._pace)
        while not self.is_closed():
            try:
                await self.login(token)
                return
            except nextcord.LoginFailure:
                raise
            except (OSError, aiohttp.ClientError, TimeoutError) as error:
                why = str(error) or type(error).__name__
            except nextcord.HTTPException as error:
                if error.status in WRONG_ADDRESS:
                    raise
                why = f"it answers {error.status}"
            except (KeyError, TypeError, ValueError, AttributeError):
                # A portal or a proxy that answers everything with a page of its own.
                why = "what answers there is not Discord"
            pause = backoff.pause(Ended.FAILED)
            log.error("Discord cannot be reached at %s: %s", self._api_url, why)
            log.info("Trying again in %.1f s", pause)
            await asyncio.sleep(pause)


def intents_of(cogs: list[Cog]) -> nextcord.Intents:
    """Exactly what the cogs declare."""
    intents = nextcord.Intents.none()
    for cog in cogs:
        for name, wanted in cog.intents:
            if wanted:
                setattr(intents, name, True)
    return intents


async def _within(seconds: float, work: Awaitable[object]) -> None:
    """Wait for ``work``, but not longer; the other side may be gone."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except Exception as error:
        log.debug("Closing: %r", error)
