"""The one straight line: an event comes in, is judged by its guild's matcher, and what was decided
goes to the outbox."""

import asyncio
import logging

from moderation.events import Event, MessageSeen, NamesSeen
from moderation.matcher import Matcher
from moderation.verdict import where
from service.judging import Judging
from service.name_guard import NameGuard
from service.outbox import Outbox
from service.ports import Observer
from service.rules import Rules
from service.telling import tell_judged

log = logging.getLogger(__name__)


class Moderator:
    """``handle(event)`` judges at once where the guild's lists are in memory, which is nearly
    always; otherwise the event waits for them in a task of its own."""

    def __init__(
        self, rules: Rules, outbox: Outbox, name_guard: NameGuard, observers: list[Observer]
    ) -> None:
        self._rules = rules
        self._outbox = outbox
        self._name_guard = name_guard
        self._observers = observers
        self._judging = Judging()
        self._waiting: set[asyncio.Task[None]] = set()

    def handle(self, event: Event) -> None:
        """Judge ``event`` and start what follows from it. Never raises: what goes wrong with one
        event is logged and the next one is judged."""
        guild_id = event.guild_id
        if guild_id is None:
            self._decide(event, None)
            return
        matcher = self._rules.ready(guild_id)
        if matcher is not None:
            self._decide(event, matcher)
            return
        task = asyncio.create_task(self._wait_and_decide(event, guild_id))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def drain(self, timeout: float) -> None:
        """Let what is under way finish, for at most ``timeout`` seconds."""
        end = asyncio.get_running_loop().time() + timeout
        if self._waiting:
            _, late = await asyncio.wait(set(self._waiting), timeout=timeout / 2)
            for task in late:
                log.error("An event was still waiting for its server's lists at the end")
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._name_guard.close()
        await self._outbox.drain(max(0.0, end - asyncio.get_running_loop().time()))

    async def _wait_and_decide(self, event: Event, guild_id: int) -> None:
        self._decide(event, await self._rules.get(guild_id))

    def _decide(self, event: Event, matcher: Matcher | None) -> None:
        revision = None
        if matcher is not None and event.guild_id is not None:
            revision = self._rules.revision(event.guild_id, matcher)
        try:
            verdict = self._judging.verdict(event, matcher, revision)
            tell_judged(self._observers, verdict)
            if isinstance(event, NamesSeen):
                self._name_guard.act(verdict)
                return
            for action in verdict.actions:
                self._outbox.submit(verdict, action)
            if isinstance(event, MessageSeen) and revision is not None:
                names = self._judging.speaker(event, revision)
                if names is not None:
                    self._decide(names, matcher)
        except Exception:
            log.exception("Judging %s broke; it stays as it is", where(event))
