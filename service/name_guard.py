"""Keeps banned names and titles away without fighting for ever: one that is set again and again is
corrected at once a few times, then after growing pauses, and the log says so."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from moderation.events import Event, NamesSeen, ThreadSeen
from moderation.judge import judge
from moderation.verdict import Action, Outcome, RenameThread, Result, SetNickname, Verdict
from service.describing import describe
from service.members import NotFoundOut
from service.observers import tell_enforced, tell_judged
from service.outbox import Outbox
from service.ports import Discord, Observer, Threads
from service.rules import Rules

log = logging.getLogger(__name__)

FREE_CORRECTIONS = 3
"""How many corrections of one name are made at once before pauses begin."""

PAUSES_SECONDS = (60.0, 300.0, 900.0, 3600.0)
"""How long to wait before each further correction; the last one repeats."""

LOOK_AGAIN_SECONDS = (5.0, 30.0, 120.0, 600.0, 900.0)
"""Pauses before each further attempt to look at a name while Discord does not tell it."""

FORGET_SECONDS = 7200.0
"""A name that needed no correction for this long starts afresh."""

REMEMBERED = 10_000
"""How many members are remembered; those corrected longest ago are forgotten first."""

type Key = tuple[str, int, int]
"""An action's: what is named, the guild's id, and the id of the member or of the thread."""


@dataclass(slots=True)
class _History:
    corrections: int = 0
    last: float = 0.0
    names: tuple[str | None, ...] = ()
    timer: asyncio.TimerHandle | None = None


class NameGuard:
    """``act(verdict)`` carries out a verdict about names or a title, now or after a pause."""

    def __init__(
        self,
        discord: Discord,
        outbox: Outbox,
        rules: Rules,
        observers: list[Observer],
        *,
        threads: Threads,
        clock: Callable[[], float] = monotonic,
        pauses: tuple[float, ...] = PAUSES_SECONDS,
    ) -> None:
        self._discord = discord
        self._outbox = outbox
        self._rules = rules
        self._threads = threads
        self._observers = observers
        self._clock = clock
        self._pauses = pauses
        self._members: OrderedDict[Key, _History] = OrderedDict()
        self._checks: set[asyncio.Task[None]] = set()
        self._closed = False
        outbox.still_wanted = self.still_wanted

    async def still_wanted(self, action: Action) -> bool:
        """Whether what an action is about is as it was: a name or title may be another one by the
        time that it can be changed. Where Discord cannot tell, it is; and what is done to messages
        or people is not about a name."""
        if not isinstance(action, SetNickname | RenameThread):
            return True
        try:
            event = await self._now(action.key)
        except NotFoundOut:
            return True
        if event is None:
            return False
        return bool(judge(event, await self._rules.get(action.guild_id)).actions)

    def act(self, verdict: Verdict) -> None:
        """Correct the name, or put it off when this member was corrected too often just now."""
        if not isinstance(verdict.event, NamesSeen | ThreadSeen):
            return
        if not verdict.actions:
            self._outbox.submit_all(verdict)  # what can only be told of is written down once
            return
        key = verdict.actions[0].key
        history = self._history(key)
        if history.timer is not None:
            self._hold(verdict, "the next correction is already put off")
        elif history.corrections < FREE_CORRECTIONS:
            if history.corrections and history.names == _names(verdict.event):
                # Set again; or the same event once more, and the name is another one by now.
                self._start_looking(key)
            else:
                self._correct(key, verdict)
        else:
            step = history.corrections - FREE_CORRECTIONS
            pause = self._pauses[min(step, len(self._pauses) - 1)]
            history.timer = asyncio.get_running_loop().call_later(pause, self._time_is_up, key)
            log.warning(
                "%s: set again after %d corrections; the next one follows in %.0f s",
                describe(verdict.actions[0]),
                history.corrections,
                pause,
                extra={"guild_id": key[1]},
            )
            self._hold(
                verdict,
                f"corrected {history.corrections} times already; "
                f"the next correction follows in {pause:.0f} s",
            )

    async def close(self) -> None:
        """Drop what was put off: a name is looked at again whenever it changes."""
        self._closed = True
        for history in self._members.values():
            if history.timer is not None:
                history.timer.cancel()
                history.timer = None
        checks = list(self._checks)
        for check in checks:
            check.cancel()
        await asyncio.gather(*checks, return_exceptions=True)

    def _history(self, key: Key) -> _History:
        history = self._members.setdefault(key, _History())
        self._members.move_to_end(key)
        if history.timer is None and self._clock() - history.last > FORGET_SECONDS:
            history.corrections = 0
        for oldest in list(self._members)[: max(0, len(self._members) - REMEMBERED)]:
            if self._members[oldest].timer is None:
                del self._members[oldest]
        return history

    def _correct(self, key: Key, verdict: Verdict) -> None:
        history = self._history(key)
        for action in verdict.actions:
            under_way = self._outbox.task(action)
            if under_way is not None:
                # A name set while the last one is still being corrected: whichever of the two
                # Discord took first, look at what stands afterwards.
                under_way.add_done_callback(lambda _: self._start_looking(key))
            elif self._outbox.submit(verdict, action) is not None:
                history.corrections += 1
                history.last = self._clock()
                history.names = _names(verdict.event)

    def _hold(self, verdict: Verdict, why: str) -> None:
        for action in verdict.actions:
            tell_enforced(self._observers, verdict, action, Result(Outcome.HELD, why))

    def _time_is_up(self, key: Key) -> None:
        self._history(key).timer = None
        self._start_looking(key)

    def _start_looking(self, key: Key) -> None:
        if not self._closed:
            check = asyncio.create_task(self._look(key))
            self._checks.add(check)
            check.add_done_callback(self._checks.discard)

    async def _look(self, key: Key) -> None:
        try:
            await self._look_again(key)
        except NotFoundOut:
            pass  # said by judge_again
        except Exception:
            log.exception(
                "Looking again at the %s of %d in server %d broke", key[0], key[2], key[1]
            )

    async def _look_again(self, key: Key) -> None:
        verdict = await self.judge_again(key)
        if verdict is None:
            return
        tell_judged(self._observers, verdict)
        if verdict.actions:
            self._correct(key, verdict)

    async def judge_again(self, key: Key) -> Verdict | None:
        """The verdict on the name as it is now: it may be another one than was heard of. None where
        nobody has it any more. ``key`` is that of an action on it. Patient where Discord cannot
        tell; raises NotFoundOut where that does not help, which is then in the log."""
        event = await self._patiently(key)
        if event is None:
            return None
        return judge(event, await self._rules.get(key[1]))

    async def _patiently(self, key: Key) -> Event | None:
        pauses = iter(LOOK_AGAIN_SECONDS)
        while True:
            try:
                return await self._now(key)
            except NotFoundOut as error:
                log.warning(
                    "The %s of %d in server %d cannot be looked up: %s",
                    key[0],
                    key[2],
                    key[1],
                    error,
                    extra={"guild_id": key[1]},
                )
                pause = next(pauses, None)
                if pause is None or not error.passing:
                    raise
            await asyncio.sleep(pause)

    async def _now(self, key: Key) -> Event | None:
        kind, guild_id, number = key
        if kind == "title":
            title = await self._threads.title(guild_id, number)
            return None if title is None else ThreadSeen(guild_id, number, title)
        person = await self._discord.member(guild_id, number)
        # Looked up, and not told of as it was set.
        return None if person is None else NamesSeen(guild_id, person, standing=True)


def _names(event: Event) -> tuple[str | None, ...]:
    """What tells one setting of names from another."""
    match event:
        case NamesSeen(person=person):
            nickname = person.membership.nickname if person.membership else None
            return nickname, person.global_name, person.username
        case ThreadSeen(title=title):
            return (title,)
    return ()
