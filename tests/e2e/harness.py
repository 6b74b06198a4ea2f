"""The whole bot against the local Discord: started, watched and stopped by a test."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cli.compose import Parts, compose
from clock import utc_ms
from cogs.helpers.nextcord_private.pace import Pace
from cogs.helpers.nextcord_private.rest import set_global_limit
from data.store import Store
from moderation.events import MessageSeen, NamesSeen
from moderation.records import OPERATOR
from moderation.verdict import Action, Outcome, Result, Verdict
from moderation.words import parse_allowed, parse_entry
from sandbox import App, Guild, LocalDiscord, Member, Message, NotSeenError, Permissions
from service.catchup import Bounds
from service.mod_log import LogPace
from service.notices import NoticePace

FAST = Pace(first=0.01, resume_cap=0.05, ended_cap=0.05, failed_cap=0.05, identify_apart=0.0)
"""Reconnecting without the patience that the real Discord asks for."""

LOG_AT_ONCE = LogPace(settle=0.05, between=0.05, patience=1.0)
"""The mod log without the pauses in which several changes gather."""

NEEDED = (
    Permissions.VIEW_CHANNEL
    | Permissions.MANAGE_MESSAGES
    | Permissions.READ_MESSAGE_HISTORY
    | Permissions.MANAGE_NICKNAMES
    | Permissions.MANAGE_THREADS
)

TOLD_AT_ONCE = NoticePace(gather=0.0, stands=0.0)
"""Notices without waiting for more, and replies that go at once."""

TIMEOUT = 10.0

NEVER_SECONDS = 1e6


@dataclass(frozen=True)
class Enforced:
    """One outcome that the bot told its observers."""

    verdict: Verdict
    action: Action
    result: Result


@dataclass
class Watch:
    """An observer that keeps everything and lets a test wait for what is to come."""

    verdicts: list[Verdict] = field(default_factory=list)
    outcomes: list[Enforced] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _wakers: set[asyncio.Task[None]] = field(default_factory=set)

    def judged(self, verdict: Verdict) -> None:
        self.verdicts.append(verdict)
        self._wake()

    def enforced(self, verdict: Verdict, action: Action, result: Result) -> None:
        self.outcomes.append(Enforced(verdict, action, result))
        self._wake()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of what was watched."""
        async with asyncio.timeout(TIMEOUT), self._changed:
            await self._changed.wait_for(condition)

    async def verdict_on(self, message: Message) -> Verdict:
        """The newest verdict on a message."""

        def found() -> list[Verdict]:
            return [
                verdict
                for verdict in self.verdicts
                if isinstance(verdict.event, MessageSeen) and verdict.event.message_id == message.id
            ]

        await self.until(lambda: bool(found()))
        return found()[-1]

    async def verdict_on_names(self, user_id: int, *, number: int = 1) -> Verdict:
        """The verdict on a member's names, the ``number``-th of them."""

        def found() -> list[Verdict]:
            return [
                verdict
                for verdict in self.verdicts
                if isinstance(verdict.event, NamesSeen) and verdict.event.person.user_id == user_id
            ]

        await self.until(lambda: len(found()) >= number)
        return found()[number - 1]

    async def outcome(self, number: int = 1) -> Enforced:
        """The ``number``-th outcome."""
        await self.until(lambda: len(self.outcomes) >= number)
        return self.outcomes[number - 1]

    def count(self, outcome: Outcome) -> int:
        """How many actions ended so."""
        return sum(enforced.result.outcome is outcome for enforced in self.outcomes)

    def _wake(self) -> None:
        async def wake() -> None:
            async with self._changed:
                self._changed.notify_all()

        task = asyncio.create_task(wake())
        self._wakers.add(task)
        task.add_done_callback(self._wakers.discard)


@dataclass
class Bot:
    """The running bot, the server Harbour that it is in, and two people there."""

    discord: LocalDiscord
    app: App
    guild: Guild
    owner: Member
    alice: Member
    store: Store
    watch: Watch
    database: Path
    parts: Parts | None = None
    _working: asyncio.Task[None] | None = None

    @classmethod
    async def make(cls, discord: LocalDiscord, folder: Path) -> Self:
        """The server and the store, the bot not yet started."""
        app = discord.add_application("Palisade")
        guild = discord.add_guild("Harbour", owner=discord.add_user("ada", global_name="Ada"))
        guild.install(app, permissions=NEEDED)
        alice = guild.join(discord.add_user("alice"))
        database = folder / "palisade.sqlite3"
        store = await Store.open(database)
        return cls(discord, app, guild, guild.owner, alice, store, Watch(), database)

    async def start(
        self,
        *,
        bounds: Bounds | None = None,
        sweep_after: float = NEVER_SECONDS,
        per_second: int | None = None,
        clock: Callable[[], int] = utc_ms,
        notice_pace: NoticePace = TOLD_AT_ONCE,
    ) -> None:
        """Connect, and wait until the gateway has said READY. Names are looked at when they change,
        all of them only where ``sweep_after`` is given; ``per_second`` is how many requests this
        Discord takes, where that are not 50."""
        self.parts = compose(
            self.store,
            self.discord.api_url,
            observers=[self.watch],
            pace=FAST,
            bounds=bounds,
            sweep_after=sweep_after,
            log_pace=LOG_AT_ONCE,
            clock=clock,
            notice_pace=notice_pace,
        )
        if per_second is not None:
            set_global_limit(self.parts.bot, per_second)
        self._working = asyncio.create_task(self.parts.bot.start(self.app.token))
        await self.discord.connected(self.app)
        await self.discord.journal.wait_request(
            "PUT", "/applications/{application_id}/commands", lambda request: request.status == 200
        )

    async def stop(self) -> None:
        """Close the bot; what it was asked to do is done or given up."""
        if self.parts is not None and self._working is not None:
            await self.parts.bot.close()
            await self._working
            self.parts = self._working = None

    async def caught_up(self) -> None:
        """The bot works, and has read what it missed."""
        await self.works_again()
        assert self.parts is not None
        async with asyncio.timeout(TIMEOUT):
            await self.parts.catch_up.idle()

    async def ban(self, *entries: str, guild: Guild | None = None) -> None:
        """Put entries on a server's list, as the operator would, before or while the bot runs."""
        guild_id = (guild or self.guild).id
        words = [parse_entry(entry) for entry in entries]
        if self.parts is None:
            await self.store.add_words(guild_id, words, by=OPERATOR)
        else:
            await self.parts.word_lists.add(guild_id, words, by=OPERATOR)

    async def allow(self, *phrases: str) -> None:
        """Put allowed phrases on the server's list."""
        allowed = [parse_allowed(phrase) for phrase in phrases]
        if self.parts is None:
            await self.store.add_allowed(self.guild.id, allowed, by=OPERATOR)
        else:
            await self.parts.word_lists.allow(self.guild.id, allowed, by=OPERATOR)

    async def kept(self, message: Message) -> None:
        """Wait until the bot has judged a message, and see that it let it stand."""
        verdict = await self.watch.verdict_on(message)
        assert not verdict.violates, verdict
        assert not message.deleted

    async def works(self) -> None:
        """A banned message is still deleted: the bot is alive."""
        await self.ban("canary")
        message = await self.alice.says("a canary")
        await message.wait_deleted(timeout=TIMEOUT)

    async def works_again(self) -> None:
        """The same, for a bot that may be between two sessions just now: what is said then is
        nobody's to hear, so it is said again."""
        await self.ban("canary")
        for _ in range(10):
            message = await self.alice.says("a canary")
            with contextlib.suppress(NotSeenError):
                await message.wait_deleted(timeout=1.0)
                return
        raise AssertionError("the bot did not come back")
