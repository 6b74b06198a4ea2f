"""One notice is delivered: by direct message or as a short reply, within the bounds, tried again
under the same nonce; and replies are taken away when their time is over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from moderation.notice_records import OwedNotice, StandingReply
from moderation.policy import NoticeBy
from moderation.states import State
from service.clock import utc_ms
from service.notice_bound import (
    CONVERSATIONS_A_MINUTE,
    REPLIES_A_MINUTE,
    Bound,
    Closed,
    Conversations,
)
from service.notice_ports import Messenger, NoticeStore, Sent

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 3.0, 10.0, 30.0)
"""Pauses between attempts; the last one repeats."""

SAFE_MS = 120_000
"""How long after a notice was written down it is sent, or sent again, in milliseconds: so long
Discord surely remembers its nonce, which is for "the past few minutes" (Discord, Create
Message)."""

REMOVE_AGAIN_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0)
"""Pauses between attempts to take a reply away; after the last it is left to the next start."""

CLOSE_SECONDS = 1.0
"""How long the end waits for replies that are just being taken away."""

TOO_MANY = "too many were told within a minute"
LOST = "no answer came, so it may have arrived"


@dataclass(frozen=True, slots=True)
class Told:
    """How telling ended, and why it did not arrive."""

    state: State
    why: str = ""
    attempts: int = 1
    reply: StandingReply | None = None


class Delivery:
    """``deliver`` a notice that is written down; ``direct`` for what is in no log. A reply stands
    for ``reply_seconds``."""

    def __init__(
        self,
        store: NoticeStore,
        messenger: Messenger,
        reply_seconds: float,
        *,
        clock: Callable[[], int] = utc_ms,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._stands_ms = int(1000 * reply_seconds)
        self._clock = clock
        self._new = Bound(CONVERSATIONS_A_MINUTE, ticks)
        self._replies = Bound(REPLIES_A_MINUTE, ticks)
        self._closed = Closed(ticks)
        self._conversations = Conversations()
        self._removals: set[asyncio.Task[None]] = set()
        self._removing: set[asyncio.Task[None]] = set()

    async def deliver(self, owed: OwedNotice, text: str) -> Told:
        """Tell it; how that ended. Never raises for an answer of Discord's."""
        if owed.notice.by is NoticeBy.DM:
            return await self.direct(owed.user_id, text, owed.notice.nonce, owed.notice.at)
        if owed.channel_id is None:
            return Told(State.FAILED, "there is no channel to reply in", attempts=0)
        place = ("channel", owed.channel_id)
        if (why := self._closed.why(place)) is not None:
            return Told(State.FAILED, why, attempts=0)
        if not self._replies.take(owed.guild_id):
            return Told(State.FAILED, TOO_MANY, attempts=0)
        channel_id = owed.channel_id
        sent, attempts = await self._patiently(
            owed.notice.at, lambda: self._messenger.send(channel_id, text, owed.notice.nonce)
        )
        if sent.number is None:
            if sent.closed:
                self._closed.add(place, sent.why)
            return _failed(sent, attempts)
        due = self._clock() + self._stands_ms
        reply = StandingReply(owed.guild_id, channel_id, sent.number, due)
        return Told(State.DONE, attempts=attempts, reply=reply)

    async def direct(self, user_id: int, text: str, nonce: str, at: int) -> Told:
        """Write somebody a direct message, which was decided at a time (UTC in milliseconds)."""
        person = ("user", user_id)
        if (why := self._closed.why(person)) is not None:
            return Told(State.FAILED, why, attempts=0)
        channel_id = self._conversations.of(user_id)
        if channel_id is None:
            if not self._new.take():
                return Told(State.FAILED, TOO_MANY, attempts=0)
            opened, attempts = await self._patiently(at, lambda: self._messenger.open(user_id))
            channel_id = opened.number
            if channel_id is None:
                if opened.closed:
                    self._closed.add(person, opened.why)
                return Told(State.FAILED, opened.why, attempts)
            self._conversations.opened(user_id, channel_id)
        place = channel_id
        sent, attempts = await self._patiently(at, lambda: self._messenger.send(place, text, nonce))
        if sent.number is not None:
            return Told(State.DONE, attempts=attempts)
        if sent.closed:
            self._closed.add(person, sent.why)
        return _failed(sent, attempts)

    async def give_up(self, owed: OwedNotice) -> Told:
        """A notice of an earlier run, too old to be sent again: whether it was sent is not known. A
        reply that stands is looked for, and taken away."""
        if owed.notice.by is NoticeBy.REPLY and owed.channel_id is not None:
            found = await self._messenger.find(owed.channel_id, owed.notice.text, owed.notice.at)
            if found.number is not None:
                reply = StandingReply(owed.guild_id, owed.channel_id, found.number, self._clock())
                return Told(State.DONE, attempts=0, reply=reply)
        return Told(State.UNKNOWN, LOST, attempts=0)

    def remove_later(self, reply: StandingReply) -> None:
        """Take a reply away when its time is over."""
        task = asyncio.create_task(self._remove(reply), name="reply")
        self._removals.add(task)
        task.add_done_callback(self._removals.discard)

    async def close(self) -> None:
        """Finish what is being taken away, within a second; the next start does the rest."""
        tasks = list(self._removals)
        for task in tasks:
            if task not in self._removing:
                task.cancel()
        if self._removing:
            await asyncio.wait(set(self._removing), timeout=CLOSE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _remove(self, reply: StandingReply) -> None:
        await asyncio.sleep(max(0.0, (reply.due_at - self._clock()) / 1000))
        task = asyncio.current_task()
        if task is not None:
            self._removing.add(task)
            task.add_done_callback(self._removing.discard)
        for pause in (*REMOVE_AGAIN_SECONDS, None):
            gone = await self._messenger.remove(reply.channel_id, reply.message_id)
            if gone.number is not None or gone.closed:
                break
            if pause is None:
                log.error("A reply in channel %d stays: %s", reply.channel_id, gone.why)
                return
            await asyncio.sleep(max(pause, gone.again_in))
        if gone.closed:
            log.error("A reply in channel %d stays: %s", reply.channel_id, gone.why)
        try:
            await self._store.removed(reply.guild_id, reply.message_id)
        except Exception as error:
            # The next start asks for it once more, which finds it gone.
            log.error("That a reply was taken away is not written: %s", error)

    async def _patiently(self, at: int, attempt: Callable[[], Awaitable[Sent]]) -> tuple[Sent, int]:
        """Try until there is an answer, as long as the nonce is safe."""
        attempts, maybe = 0, False
        while True:
            sent = await attempt()
            attempts += 1
            maybe = maybe or sent.maybe
            pause = max(RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1], sent.again_in)
            if sent.number is not None or sent.closed:
                return sent, attempts
            if self._clock() + 1000 * pause > at + SAFE_MS:
                return Sent(why=sent.why, maybe=maybe), attempts
            await asyncio.sleep(pause)


def _failed(sent: Sent, attempts: int) -> Told:
    if sent.maybe:
        return Told(State.UNKNOWN, LOST, attempts)
    return Told(State.FAILED, sent.why, attempts)
