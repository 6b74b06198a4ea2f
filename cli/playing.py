"""Playing a chat to the whole bot: each message goes out through the gateway of a local Discord,
and what became of it is read there."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from cli.chats import ChatMessage
from cli.local_bot import Running, ShowBroken
from moderation.events import MessageSeen
from moderation.matcher import Hit
from moderation.verdict import Action, DeleteMessage, Result, Verdict
from sandbox import Channel, Guild, LocalDiscord, Member, Message, RequestEntry

UNDER_WAY = 16
"""How many messages may wait for the bot at once: enough to keep it busy, few enough that the
latencies are the bot's own and not a queue's."""

STALL_SECONDS = 30.0
"""After so long without any message coming to its end, the bot is not working."""

_HALVES = re.compile("[\ud800-\udfff]")
_DELETE = ("DELETE", "/channels/{channel_id}/messages/{message_id}")


class Fate(StrEnum):
    """What became of a message. The value is what the JSON says."""

    KEPT = "kept"
    DELETED = "deleted"
    FAILED = "failed"
    """The bot wanted it away, and it stands."""


@dataclass(slots=True, eq=False)
class Played:
    """A message of the chat and, once ``fate`` is not None, what became of it.

    ``sent_at`` and ``deletion_at`` are monotonic seconds: when the gateway's frame went out and
    when the request to delete it came in.
    """

    number: int
    said: ChatMessage
    message: Message | None = None
    verdict: Verdict | None = None
    sent_at: float = 0.0
    judged_at: float = 0.0
    deletion_at: float | None = None
    fate: Fate | None = None

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What the bot found."""
        return tuple(found.hit for found in self.verdict.found) if self.verdict else ()

    @property
    def more(self) -> int:
        """How many hits there are beyond ``hits``."""
        return self.verdict.more if self.verdict else 0

    @property
    def latency_ms(self) -> float | None:
        """From the frame to the request to delete it or, where there was none, to the bot's
        judgement; None for what was not sent."""
        if self.message is None:
            return None
        end = self.judged_at if self.deletion_at is None else self.deletion_at
        return round((end - self.sent_at) * 1000, 3)


class People:
    """The authors and channels of a chat in a server of the local Discord. All of them join before
    the bot connects, so that it judges what they say and not how they are called."""

    def __init__(self, discord: LocalDiscord, guild: Guild, chat: Iterable[ChatMessage]) -> None:
        self._members: dict[tuple[str, str, bool], Member] = {}
        self._channels: dict[str | None, Channel] = {None: guild.general, "general": guild.general}
        for said in chat:
            if said.is_said and self._key(said) not in self._members:
                user = discord.add_user(whole(said.author), bot=said.is_bot)
                self._members[self._key(said)] = guild.join(user)
            if said.channel not in self._channels:
                self._channels[said.channel] = guild.add_channel(whole(said.channel or ""))

    async def say(self, said: ChatMessage) -> Message:
        """Send one message of the chat, however long it is."""
        return await self._members[self._key(said)].says(
            whole(said.content), channel=self._channels[said.channel], any_length=True
        )

    @staticmethod
    def _key(said: ChatMessage) -> tuple[str, str, bool]:
        return said.author_key, said.author, said.is_bot


class Play:
    """Feeds a chat and reports each message in the chat's order. An observer of the bot, which
    tells when it is done with a message; what it did is read from the local Discord."""

    def __init__(
        self, discord: LocalDiscord, people: People, report: Callable[[Played], None]
    ) -> None:
        self._people = people
        self._report = report
        self._under_way: dict[int, Played] = {}
        self._unreported: deque[Played] = deque()
        self._moved = asyncio.Event()
        discord.journal.listen(self._request)

    async def feed(self, chat: Iterable[ChatMessage], running: Running) -> None:
        """Play all of it. Raises ShowBroken where the bot does not come to an end with it."""
        running.work.add_done_callback(lambda _: self._moved.set())
        for number, said in enumerate(chat, 1):
            played = Played(number, said)
            self._unreported.append(played)
            if not said.is_said:
                played.fate = Fate.KEPT
                continue
            await self._until_at_most(UNDER_WAY - 1, running)
            played.sent_at = monotonic()
            # Nothing else runs before the id is noted: sending does not wait for anything.
            played.message = await self._people.say(said)
            self._under_way[played.message.id] = played
        await self._until_at_most(0, running)
        self._report_ready()

    def judged(self, verdict: Verdict) -> None:
        """The bot has decided."""
        played = self._played(verdict)
        if played is not None:
            played.verdict, played.judged_at = verdict, monotonic()
            if not verdict.actions:
                self._settle(played)

    def enforced(self, verdict: Verdict, action: Action, result: Result) -> None:
        """The bot has come to the end of what it decided to do."""
        played = self._played(verdict)
        if played is None or played.message is None:
            return
        # A verdict on a word that several messages spell deletes the earlier ones as well.
        if isinstance(action, DeleteMessage) and action.message_id == played.message.id:
            self._settle(played)

    def _played(self, verdict: Verdict) -> Played | None:
        event = verdict.event
        return self._under_way.get(event.message_id) if isinstance(event, MessageSeen) else None

    def _request(self, entry: object) -> None:
        if isinstance(entry, RequestEntry) and (entry.method, entry.route) == _DELETE:
            played = self._under_way.get(int(entry.params["message_id"]))
            if played is not None and played.deletion_at is None:
                played.deletion_at = entry.started

    def _settle(self, played: Played) -> None:
        if played.message is None:
            return
        if played.message.deleted:
            played.fate = Fate.DELETED
        elif played.verdict is not None and played.verdict.actions:
            played.fate = Fate.FAILED
        else:
            played.fate = Fate.KEPT
        del self._under_way[played.message.id]
        self._moved.set()

    def _report_ready(self) -> None:
        while self._unreported and self._unreported[0].fate is not None:
            self._report(self._unreported.popleft())

    async def _until_at_most(self, number: int, running: Running) -> None:
        # Reported from here and not where a message settles: there it is the bot that calls.
        self._report_ready()
        while len(self._under_way) > number:
            running.check()
            self._moved.clear()
            try:
                async with asyncio.timeout(STALL_SECONDS):
                    await self._moved.wait()
            except TimeoutError:
                first = next(iter(self._under_way.values()))
                raise ShowBroken(
                    f"The bot has not answered for {STALL_SECONDS:.0f} s; message {first.number:,} "
                    f"is waiting. Nothing after it was played."
                ) from None


def whole(text: str) -> str:
    """The text with each half of a surrogate pair made U+FFFD: Discord never sends such halves, and
    so no character moves."""
    return _HALVES.sub("\ufffd", text)
