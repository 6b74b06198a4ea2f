"""Authors are told what happened: once for a burst, written down before, and never twice.

A notice that fails stops nothing: its case says why it did not arrive. Before a kick or a ban it
goes first, since afterwards Discord delivers nothing to whoever shares no server with the bot.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from moderation.consequence import Step
from moderation.events import MessageSeen
from moderation.intents import Decision, Owed, Recorded
from moderation.notice_records import NewNotice, NoticeEnding, OwedNotice
from moderation.notice_texts import direct, exempt, reply
from moderation.notices import dead
from moderation.occasions import (
    Occasion,
    addressee,
    as_it_went,
    occasion_of,
    occasion_of_case,
    only_warned,
    way,
)
from moderation.policy import NoticeBy
from moderation.ruleset import Ruleset
from moderation.states import State
from moderation.verdict import Ban, Kick, Sanction, TimeOut, Verdict
from service.clock import utc_ms
from service.delivery import SAFE_MS, Delivery, Told
from service.notice_ports import CaseFile, Messenger, NoticeStore, Rulebook

log = logging.getLogger(__name__)

SANCTION_WAITS_SECONDS = 5.0
"""How long a kick or ban waits for its notice."""

WRITE_AGAIN_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Pauses between attempts to write down what became of a notice."""


@dataclass(frozen=True, slots=True)
class NoticePace:
    """How long a notice waits for more of the same person, so that a burst is told as one, and how
    long a reply stands; in seconds."""

    gather: float = 2.0
    stands: float = 10.0


type Key = tuple[int, int]
"""A guild and an account."""


@dataclass(slots=True, eq=False)
class _Telling:
    """Somebody is being told. ``many`` counts what a burst has had; ``hurry`` ends the gathering,
    after which nothing is added; ``overtaken`` says that something stronger is told instead."""

    occasion: Occasion
    many: int = 1
    overtaken: bool = False
    sealed: bool = False
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


class Notices:
    """``decided`` after each decision, ``acted`` for what moderators do, ``before`` each sanction,
    ``begin`` after a start."""

    def __init__(
        self,
        store: NoticeStore,
        messenger: Messenger,
        rules: Rulebook,
        cases: CaseFile,
        *,
        clock: Callable[[], int] = utc_ms,
        ticks: Callable[[], float] = monotonic,
        pace: NoticePace | None = None,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._rules = rules
        self._cases = cases
        self._clock = clock
        pace = pace or NoticePace()
        self._gather = pace.gather
        self._delivery = Delivery(store, messenger, pace.stands, clock=clock, ticks=ticks)
        self._telling: dict[Key, list[_Telling]] = {}
        self._tasks: dict[Key, set[asyncio.Task[None]]] = {}
        self._begun: dict[int, asyncio.Task[None]] = {}
        self._work: set[asyncio.Task[None]] = set()
        self.settled: Callable[[int, int], Awaitable[object]] = _at_once
        """Awaited with the guild and number of a case before its author is told, for what is being
        carried out of it just then."""
        self.on_told: Callable[[int, int], None] = lambda *_: None
        """Called with the guild and number of a case whose notice has ended: that is in the
        store."""

    def decided(self, verdict: Verdict, decision: Decision, recorded: Recorded) -> None:
        """A decision was written: begin to tell its author, where the policy wants it."""
        occasion = occasion_of(verdict.event, decision, recorded)
        if occasion is not None:
            self.tell(occasion)

    def acted(self, owed: Owed) -> None:
        """A moderator does something to a member, or lets go what the brake held, and it is about
        to be carried out: begin to tell them."""
        action, number = owed.action, owed.case_number
        if isinstance(action, TimeOut | Kick | Ban) and number is not None:
            key = (action.guild_id, action.user_id)
            self._start(key, self._tell_of_case(action, number))

    def tell(self, occasion: Occasion) -> None:
        """Begin to tell somebody, where the policy wants it. More of the same person within a
        moment is told together; where something stronger follows, that is told instead."""
        key = (occasion.guild_id, occasion.user_id)
        for other in self._telling.get(key, ()):
            if other.sealed or other.overtaken:
                continue
            new, old = occasion.consequence, other.occasion.consequence
            if new.strength <= old.strength:
                other.many += 1
                return
            other.overtaken = True
            other.hurry.set()
        telling = _Telling(occasion)
        self._telling.setdefault(key, []).append(telling)
        self._start(key, self._tell(telling), lambda: self._forget(key, telling))

    async def before(self, sanction: Sanction) -> None:
        """Returns when whoever is about to be kicked or banned was told, or cannot be; after some
        seconds in any case. Never raises."""
        if not isinstance(sanction, Kick | Ban):
            return
        key = (sanction.guild_id, sanction.user_id)
        end = asyncio.get_running_loop().time() + SANCTION_WAITS_SECONDS
        # The look at all guilds, and after it that at this one where something is left in it.
        for _ in range(2):
            begun = self._begun.get(sanction.guild_id)
            if begun is not None:
                left = max(0.0, end - asyncio.get_running_loop().time())
                await asyncio.wait({begun}, timeout=left)
        # One may begin another.
        while tasks := self._tasks.get(key):
            for telling in self._telling.get(key, ()):
                telling.hurry.set()
            left = end - asyncio.get_running_loop().time()
            _, late = await asyncio.wait(set(tasks), timeout=max(0.0, left))
            if late:
                log.warning(
                    "The notice before %s of %d takes too long; it goes on without",
                    sanction.key[0],
                    sanction.user_id,
                    extra={"guild_id": sanction.guild_id},
                )
                return

    def exempt(self, verdict: Verdict) -> None:
        """What a moderator or the owner wrote would have been found, and stays: tell them so. Whom
        that was told before is known elsewhere (``exempt_once.py``)."""
        event, user_id = verdict.event, addressee(verdict.event)
        if isinstance(event, MessageSeen) and event.guild_id is not None and user_id is not None:
            key = (event.guild_id, user_id)
            self._start(key, self._tell_exempt(event.guild_id, user_id, event.channel_id))

    def begin(self, guild_ids: Iterable[int]) -> None:
        """The bot is in these guilds. For each of them that is new to this run, go on with what an
        earlier one left: notices of whose end nothing is known, and replies that still stand."""
        new = [guild_id for guild_id in guild_ids if guild_id not in self._begun]
        if new:
            self._begun.update(dict.fromkeys(new, self._run(self._begin(new))))

    async def close(self, timeout: float = 1.5) -> None:
        """Let what is under way end, for at most ``timeout`` seconds; the rest is in the log."""
        for tellings in self._telling.values():
            for telling in tellings:
                telling.hurry.set()
        if self._work:
            await asyncio.wait(set(self._work), timeout=timeout)
        work = list(self._work)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await self._delivery.close()

    # Telling

    async def _tell_of_case(self, action: Sanction, number: int) -> None:
        case = await self._cases.case(action.guild_id, number)
        occasion = occasion_of_case(case, action)
        if occasion is not None:
            self.tell(occasion)

    async def _tell(self, telling: _Telling) -> None:
        occasion = telling.occasion
        step = occasion.consequence.step
        # A kick or ban is told before it is done, since nothing arrives afterwards.
        first = step >= Step.KICK and not occasion.by_hand
        if first and not self._messenger.may(occasion.guild_id, step, occasion.role_ids):
            occasion = only_warned(occasion)
        rules = await self._rules.get(occasion.guild_id)
        by = way(occasion, rules.policy)
        if by is NoticeBy.NOBODY:
            return
        channel_id = occasion.channel_id if by is NoticeBy.REPLY else None
        text = self._text(by, occasion, telling.many, rules)
        new = NewNotice(by, text or "", secrets.token_hex(8), self._clock())
        owed = await self._store.plan(occasion, channel_id, new)
        if owed is None:
            return
        if occasion.consequence.step < Step.KICK:
            # More of the same burst may come, and Discord answers meanwhile.
            await _wait(telling.hurry, self._gather)
        telling.sealed = True
        if telling.overtaken:
            told = Told(State.WITHDRAWN, "told together with something stronger", attempts=0)
        else:
            told = await self._tell_as_it_went(owed, telling, occasion, rules)
        await self._ended(owed, told)

    async def _tell_as_it_went(
        self, owed: OwedNotice, telling: _Telling, occasion: Occasion, rules: Ruleset
    ) -> Told:
        try:
            went = await self._as_it_went(occasion)
        except Exception as error:
            return Told(State.FAILED, f"what became of it cannot be read: {error}", attempts=0)
        if went is None:
            return Told(State.WITHDRAWN, "it was undone, or not done at all", attempts=0)
        text = self._text(owed.notice.by, went, telling.many, rules)
        if text is None:
            why = "even the shortest reply would hold a banned word"
            return Told(State.FAILED, why, attempts=0)
        return await self._delivery.deliver(owed, text)

    async def _as_it_went(self, occasion: Occasion) -> Occasion | None:
        if occasion.consequence.step >= Step.KICK:
            return occasion
        await self.settled(occasion.guild_id, occasion.number)
        return as_it_went(occasion, await self._cases.case(occasion.guild_id, occasion.number))

    def _text(self, by: NoticeBy, occasion: Occasion, many: int, rules: Ruleset) -> str | None:
        names = self._messenger.names(occasion.guild_id, occasion.channel_id)
        if by is NoticeBy.DM:
            return direct(occasion, rules.policy, names, many)
        return reply(occasion, rules.policy, names, rules.detect, many)

    async def _ended(self, owed: OwedNotice, told: Told) -> None:
        reply = told.reply
        ending = NoticeEnding(owed, told.state, self._clock(), told.attempts, told.why, reply)
        if reply is not None:
            self._delivery.remove_later(reply)
        level = logging.INFO if told.state in (State.DONE, State.WITHDRAWN) else logging.WARNING
        log.log(
            level,
            "Telling member %d of case %d: %s%s",
            owed.user_id,
            owed.number,
            told.state,
            f" ({told.why})" if told.why else "",
            extra={"guild_id": owed.guild_id},
        )
        for pause in (*WRITE_AGAIN_SECONDS, None):
            try:
                await self._store.ended(ending)
                self.on_told(owed.guild_id, owed.number)
                return
            except Exception as error:
                if pause is None:
                    log.error("What became of notice %d is not written: %s", owed.action_id, error)
                    return
                await asyncio.sleep(pause)

    async def _tell_exempt(self, guild_id: int, user_id: int, channel_id: int) -> None:
        names = self._messenger.names(guild_id, channel_id)
        server = dead(names.server) or "this server"
        text = exempt(server, dead(f"#{names.channel}") if names.channel else "one of its channels")
        nonce = secrets.token_hex(8)
        told = await self._delivery.direct(user_id, text, nonce, self._clock())
        if told.state is not State.DONE:
            log.info("Member %d was not told of being exempt: %s", user_id, told.why)

    # After a start

    async def _begin(self, guild_ids: Sequence[int]) -> None:
        left = await self._store.left()
        for guild_id in guild_ids:
            if guild_id in left:
                self._begun[guild_id] = self._run(self._go_on_in(guild_id))

    async def _go_on_in(self, guild_id: int) -> None:
        for standing in await self._store.replies(guild_id):
            self._delivery.remove_later(standing)
        for owed in await self._store.unfinished(guild_id):
            if self._clock() - owed.notice.at < SAFE_MS and owed.notice.text:
                key = (guild_id, owed.user_id)
                self._start(key, self._go_on(owed))
            else:
                await self._ended(owed, await self._delivery.give_up(owed))

    async def _go_on(self, owed: OwedNotice) -> None:
        await self._ended(owed, await self._delivery.deliver(owed, owed.notice.text))

    # Tasks

    def _start(
        self, key: Key, work: Awaitable[None], at_end: Callable[[], None] = lambda: None
    ) -> None:
        task = self._run(work)
        tasks = self._tasks.setdefault(key, set())
        tasks.add(task)

        def ended(_: asyncio.Task[None]) -> None:
            at_end()
            tasks.discard(task)
            if not tasks and self._tasks.get(key) is tasks:
                del self._tasks[key]

        task.add_done_callback(ended)

    def _run(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.create_task(_logged(work), name="notice")
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    def _forget(self, key: Key, telling: _Telling) -> None:
        tellings = self._telling.get(key, [])
        if telling in tellings:
            tellings.remove(telling)
        if not tellings:
            self._telling.pop(key, None)


async def _at_once(_: int, __: int) -> None:
    pass


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("Telling somebody broke")


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
