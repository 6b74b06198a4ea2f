"""A world in which authors are told: a log, people and channels, in memory, which behave; and a bot
that may be killed and started again."""

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from moderation.cases import Case, CaseAction, CaseHit, NewCase
from moderation.consequence import WARN, Consequence, Step
from moderation.events import Surface
from moderation.intents import Decision, Owed, Recorded
from moderation.matcher import compile_lists
from moderation.notice_records import NewNotice, NoticeEnding, OwedNotice, StandingReply
from moderation.notices import Names
from moderation.occasions import Occasion
from moderation.policy import GuildPolicy, NoticeBy
from moderation.policy import Notices as Settings
from moderation.ruleset import Ruleset
from moderation.states import State
from moderation.verdict import Ban, Kick, Sanction, TimeOut, Verdict
from moderation.words import parse_entry
from service.notice_ports import Sent
from service.notices import Notices
from tests.made_cases import USUAL
from tests.service.fakes import CHANNEL, GUILD, USER, said
from tests.virtual_time import now

MATCHER = compile_lists({"main": [parse_entry("idiot")]})
CLOSED = Sent(why="they take no direct messages", closed=True)
LOST_ANSWER = Sent(why="the connection broke", maybe=True)
HOUR = Consequence(Step.TIMEOUT, 3_600_000)
BY_REPLY = GuildPolicy(notices=Settings(NoticeBy.REPLY))
KICKED, BANNED = Kick(GUILD, USER, "x"), Ban(GUILD, USER, None, "x")


def clock() -> int:
    return int(now() * 1000)


@dataclass
class FakeNoticeStore:
    """The log, in memory: one notice for a strike of a person, unless it is a stronger one."""

    owed: list[OwedNotice] = field(default_factory=list)
    told: dict[int, list[Consequence]] = field(default_factory=dict)
    endings: list[NoticeEnding] = field(default_factory=list)
    standing: list[StandingReply] = field(default_factory=list)
    left_in: frozenset[int] = frozenset({GUILD})
    asked: list[int] = field(default_factory=list)
    slow: asyncio.Event | None = None
    broken: int = 0

    async def plan(
        self, occasion: Occasion, channel_id: int | None, new: NewNotice
    ) -> OwedNotice | None:
        before = self.told.setdefault(occasion.user_id, [])
        if any(one.strength >= occasion.consequence.strength for one in before):
            return None
        before.append(occasion.consequence)
        number = len(self.owed) + 1
        owed = OwedNotice(GUILD, number, occasion.number, occasion.user_id, channel_id, new)
        self.owed.append(owed)
        return owed

    async def ended(self, ending: NoticeEnding) -> None:
        if self.broken:
            self.broken -= 1
            raise OSError("the disk is tired")
        self.endings.append(ending)
        if ending.reply is not None:
            self.standing.append(ending.reply)

    async def left(self) -> frozenset[int]:
        return self.left_in

    async def unfinished(self, guild_id: int) -> Sequence[OwedNotice]:
        self.asked.append(guild_id)
        if guild_id != GUILD:
            if self.slow is not None:
                await self.slow.wait()
            return ()
        ended = {ending.owed.action_id for ending in self.endings}
        return [one for one in self.owed if one.action_id not in ended]

    async def replies(self, guild_id: int) -> Sequence[StandingReply]:
        return list(self.standing)

    async def removed(self, guild_id: int, message_id: int) -> None:
        self.standing = [one for one in self.standing if one.message_id != message_id]

    def states(self) -> list[tuple[int, State, str]]:
        """Case, state and reason of each notice that has ended, in order."""
        return [(one.owed.number, one.state, one.detail) for one in self.endings]


@dataclass
class FakeMessenger:
    """People and channels. ``script`` is how the next sends end; a message whose answer is lost is
    there all the same, and its nonce is known."""

    script: list[Sent] = field(default_factory=list)
    opening: list[Sent] = field(default_factory=list)
    posted: dict[str, tuple[int, str]] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    attempts: int = 0
    allowed: bool = True
    gate: asyncio.Event | None = None

    def names(self, guild_id: int, channel_id: int | None) -> Names:
        return Names("Harbour", "general" if channel_id else "")

    def may(self, guild_id: int, step: Step, role_ids: Set[int]) -> bool:
        return self.allowed

    async def open(self, user_id: int) -> Sent:
        if self.opening:
            return self.opening.pop(0)
        self.opened.append(user_id)
        return Sent(1_000 + user_id)

    async def send(self, channel_id: int, text: str, nonce: str) -> Sent:
        if self.gate is not None:
            await self.gate.wait()
        self.attempts += 1
        answer = self.script.pop(0) if self.script else Sent()
        if answer.closed or (answer.why and not answer.maybe):
            return answer
        self.posted.setdefault(nonce, (channel_id, text))
        self.log.append("told")
        return answer if answer.maybe else Sent(list(self.posted).index(nonce) + 1)

    async def remove(self, channel_id: int, message_id: int) -> Sent:
        self.removed.append(message_id)
        return Sent(message_id)

    async def find(self, channel_id: int, text: str, since: int) -> Sent:
        for number, (place, posted) in enumerate(self.posted.values(), 1):
            if (place, posted) == (channel_id, text):
                return Sent(number)
        return Sent(why="not there", closed=True)

    @property
    def texts(self) -> list[str]:
        """What people were told, in order."""
        return [text for _, text in self.posted.values()]


@dataclass
class World:
    """A bot that tells, and may be killed and started again."""

    policy: GuildPolicy = field(default_factory=GuildPolicy)
    store: FakeNoticeStore = field(default_factory=FakeNoticeStore)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    cases: dict[int, Case] = field(default_factory=dict)
    told: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.notices = Notices(self.store, self.messenger, self, self, clock=clock, ticks=now)
        self.notices.on_told = lambda guild_id, number: self.told.append((guild_id, number))

    async def get(self, guild_id: int) -> Ruleset:
        return Ruleset(MATCHER, self.policy)

    async def case(self, guild_id: int, number: int) -> Case:
        return self.cases[number]

    async def restart(self) -> None:
        """A kill: nothing more is written, whatever is under way."""
        await self.notices.close(timeout=0.0)
        self.start()
        self.notices.begin([GUILD])

    async def quiet(self) -> None:
        """Let all be told, and all replies be taken away."""
        await asyncio.sleep(3_600)

    def decides(
        self,
        number: int = 1,
        consequence: Consequence = WARN,
        *,
        user_id: int = USER,
        held: bool = False,
        catch_up: str | None = None,
        removed: State = State.DONE,
        punished: State = State.DONE,
    ) -> None:
        """A decision was written, and what it asks for ends so."""
        hit = CaseHit("main", "idiot", Surface.MESSAGE, 0, 5, (), consequence)
        case = NewCase("ann", consequence, (hit,), text="idiot", catch_up=catch_up)
        decision = Decision(
            GUILD,
            f"message:{number}",
            clock(),
            0,
            Surface.MESSAGE,
            "main",
            "idiot",
            (),
            CHANNEL,
            user_id,
            case=case,
        )
        event = said("idiot", message_id=number)
        event = replace(event, author=replace(event.author, user_id=user_id))
        actions_ended = [CaseAction(1, "delete", removed)]
        if consequence.step is Step.TIMEOUT:
            actions_ended.append(CaseAction(2, "timeout", State.HELD if held else punished))
        self.cases[number] = replace(
            USUAL, guild_id=GUILD, number=number, actions=tuple(actions_ended)
        )
        sanctions: tuple[Owed, ...] = ()
        if consequence.punishes:
            actions: dict[Step, Sanction] = {
                Step.TIMEOUT: TimeOut(GUILD, user_id, clock() + 3_600_000, "x"),
                Step.KICK: Kick(GUILD, user_id, "x"),
                Step.BAN: Ban(GUILD, user_id, None, "x"),
            }
            action = actions[consequence.step]
            state = State.HELD if held else State.PENDING
            sanctions = (Owed(number, Verdict(event), action, state, 0),)
        self.notices.decided(
            Verdict(event), decision, Recorded((1,), number, consequence, 1, sanctions)
        )
