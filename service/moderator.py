"""The one straight line: an event comes in, is judged by its guild's rules, and what was decided
goes to the outbox."""

import asyncio
import logging
from collections.abc import Callable

from clock import utc_ms
from moderation.events import Event, MessageSeen
from moderation.ruleset import Ruleset
from moderation.verdict import Verdict, where
from service.judging import Judging
from service.name_guard import NameGuard
from service.observers import tell_judged
from service.outbox import Outbox
from service.ports import Observer
from service.positions import Positions
from service.rules import Rules
from service.strangers import Strangers
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
        strangers: Strangers | None = None,
    ) -> None:
        self._rules = rules
        self._outbox = outbox
        self._name_guard = name_guard
        self._observers = observers
        self._judging = Judging()
        self._positions = positions or Positions(utc_ms)
        self._strangers = strangers
        self._waiting = Waiting(rules, self._positions, self._decide, lambda one: self.left(one))
        self.left: Callable[[int], None] = lambda _: None
        self.exempt: Callable[[Verdict], None] = lambda _: None
        """Called with a verdict from which nothing follows, since whoever wrote it, or where, is
        exempt: see ``spared`` and ``spared_from``."""

    def handle(self, event: Event) -> None:
        """Judge ``event`` and start what follows from it. Never raises: what goes wrong with one
        event is logged and the next one is judged."""
        guild_id = event.guild_id
        if guild_id is None:
            self._decide(event, None)
            return
        if type(event) is MessageSeen:
            self._positions.seen(guild_id, event.channel_id, event.message_id)
        rules = self._rules.ready(guild_id)
        if rules is not None:
            self._decide(event, rules)
        else:
            self._waiting.add(guild_id, event)

    async def drain(self, timeout: float) -> None:
        """Let what is under way finish, for at most ``timeout`` seconds."""
        end = asyncio.get_running_loop().time() + timeout
        await self._waiting.drain(timeout / 2)
        if self._strangers is not None:
            await self._strangers.drain(timeout / 4)
        await self._name_guard.close()
        await self._outbox.drain(max(0.0, end - asyncio.get_running_loop().time()))

    def _decide(self, event: Event, rules: Ruleset | None) -> None:
        revision = None
        if rules is not None and event.guild_id is not None:
            revision = self._rules.revision(event.guild_id, rules)
        try:
            verdict = self._judging.verdict(event, rules, revision)
            if verdict.found or verdict.spared:
                if verdict.unsure and self._strangers is not None:
                    self._strangers.ask(verdict, lambda known: self._decide_known(verdict, known))
                    return
                self._follow(verdict)
            else:
                tell_judged(self._observers, verdict)
            if isinstance(event, MessageSeen):
                names = self._judging.speaker(event)
                if names is not None:
                    self._decide(names, rules)
        except Exception:
            log.exception("Judging %s broke; it stays as it is", where(event))

    def _follow(self, verdict: Verdict) -> None:
        """What follows from a verdict on something in which anything was found."""
        tell_judged(self._observers, verdict)
        if not verdict.found:
            self.exempt(verdict)
        elif isinstance(verdict.event, MessageSeen) or not verdict.actions:
            self._outbox.submit_all(verdict)
        else:
            self._name_guard.act(verdict)

    def _decide_known(self, verdict: Verdict, event: MessageSeen) -> None:
        """The author of a message is known by now, or cannot be."""
        try:
            rules = self._rules.ready(event.guild_id or 0)
            if rules is None:
                # The lists were changed meanwhile: it waits for them as any other.
                self._waiting.add(event.guild_id or 0, event)
            else:
                self._follow(self._judging.again(verdict, event, rules))
        except Exception:
            log.exception("Judging %s broke; it stays as it is", where(event))
