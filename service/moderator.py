"""The one straight line: an event comes in, is judged by its guild's matcher, and what was decided
goes to the outbox."""

import asyncio
import logging
from collections.abc import Callable

from clock import utc_ms
from moderation.events import Event, MessageSeen
from moderation.matcher import Matcher
from moderation.verdict import where
from service.judging import Judging
from service.name_guard import NameGuard
from service.outbox import Outbox
from service.ports import Observer
from service.positions import Positions
from service.rules import Rules
from service.telling import tell_judged
from service.waiting import Waiting

log = logging.getLogger(__name__)


class Moderator:
    """``handle(event)`` judges at once where the guild's lists are in memory, which is nearly
    always; otherwise the event waits for them.

    ``positions`` are told of each message. ``left`` is called with each guild some of whose events
    were too many to wait: they are to be looked for again.
    """

    def __init__(
        self,
        rules: Rules,
        outbox: Outbox,
        name_guard: NameGuard,
        observers: list[Observer],
        positions: Positions | None = None,
    ) -> None:
        self._rules = rules
        self._outbox = outbox
        self._name_guard = name_guard
        self._observers = observers
        self._judging = Judging()
        self._positions = positions or Positions(utc_ms)
        self._waiting = Waiting(rules, self._positions, self._decide, lambda one: self.left(one))
        self.left: Callable[[int], None] = lambda _: None

    def handle(self, event: Event) -> None:
        """Judge ``event`` and start what follows from it. Never raises: what goes wrong with one
        event is logged and the next one is judged."""
        guild_id = event.guild_id
        if guild_id is None:
            self._decide(event, None)
            return
        if type(event) is MessageSeen:
            self._positions.seen(guild_id, event.channel_id, event.message_id)
        matcher = self._rules.ready(guild_id)
        if matcher is not None:
            self._decide(event, matcher)
        else:
            self._waiting.add(guild_id, event)

    async def drain(self, timeout: float) -> None:
        """Let what is under way finish, for at most ``timeout`` seconds."""
        end = asyncio.get_running_loop().time() + timeout
        await self._waiting.drain(timeout / 2)
        await self._name_guard.close()
        await self._outbox.drain(max(0.0, end - asyncio.get_running_loop().time()))

    def _decide(self, event: Event, matcher: Matcher | None) -> None:
        revision = None
        if matcher is not None and event.guild_id is not None:
            revision = self._rules.revision(event.guild_id, matcher)
        try:
            verdict = self._judging.verdict(event, matcher, revision)
            tell_judged(self._observers, verdict)
            if not isinstance(event, MessageSeen):
                self._name_guard.act(verdict)
                return
            self._outbox.submit_all(verdict)
            names = self._judging.speaker(event)
            if names is not None:
                self._decide(names, matcher)
        except Exception:
            log.exception("Judging %s broke; it stays as it is", where(event))
