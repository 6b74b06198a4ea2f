"""Who wrote what Discord told without the author's roles is found out before anything is done."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from moderation.events import Event, MessageSeen
from moderation.people import Membership, Person
from moderation.policy import Exemptions, GuildPolicy
from moderation.verdict import Because, DeleteMessage
from service.members import NotFoundOut
from service.moderator import Moderator
from service.name_guard import NameGuard
from service.rules import Rules
from service.strangers import KEPT_SECONDS, Strangers
from tests.service.fakes import (
    CHANNEL,
    GUILD,
    USER,
    FakeDiscord,
    FakeStore,
    Holds,
    Watch,
    an_outbox,
    said,
    words,
)
from tests.virtual_time import in_virtual_time

ROLE = 5


@dataclass
class Settings:
    """One policy for all."""

    now: GuildPolicy = field(default_factory=GuildPolicy)

    async def policy(self, guild_id: int) -> GuildPolicy:
        return self.now


class Scene:
    """A moderator of a server in which a role is exempt."""

    def __init__(self) -> None:
        self.discord = FakeDiscord()
        self.store = FakeStore({GUILD: list(words("bad", "idiot"))})
        self.settings = Settings(GuildPolicy(exemptions=Exemptions(roles=frozenset({ROLE}))))
        self.rules = Rules(self.store, self.settings)
        self.watch, self.holds = Watch(), Holds()
        self.time = 0.0
        outbox = an_outbox(self.discord, [self.watch])
        guard = NameGuard(self.discord, outbox, self.rules, [self.watch], threads=self.discord)
        self.strangers = Strangers(self.discord, self.holds, clock=lambda: self.time)
        self.moderator = Moderator(
            self.rules, outbox, guard, [self.watch], strangers=self.strangers
        )

    def member(self, *roles: int) -> None:
        person = Person(USER, username="ann", membership=Membership(None, frozenset(roles)))
        self.discord.members[GUILD, USER] = person

    async def hears(self, *events: Event) -> list[int]:
        """The ids of the messages that go."""
        await self.rules.get(GUILD)
        for event in events:
            self.moderator.handle(event)
        await self.moderator.drain(5)
        assert self.holds.held == []
        return [one.message_id for one in self.discord.enforced if isinstance(one, DeleteMessage)]


async def test_whoever_has_the_role_is_exempt() -> None:
    scene = Scene()
    scene.member(ROLE)
    assert await scene.hears(said("bad")) == []
    (verdict,) = scene.watch.judgements
    assert [why.because for why in verdict.spared] == [Because.ROLE]


async def test_whoever_has_not_or_has_left_is_judged() -> None:
    for roles in ((9,), None):
        scene = Scene()
        if roles is not None:
            scene.member(*roles)
        assert await scene.hears(said("bad")) == [1]
        (verdict,) = scene.watch.judgements
        assert not verdict.unsure


async def test_nobody_is_asked_where_nothing_was_found_or_it_cannot_matter() -> None:
    scene = Scene()
    assert await scene.hears(said("fine")) == []
    scene.settings.now = GuildPolicy(judges_moderators=True)
    scene.rules.changed(GUILD)
    assert await scene.hears(said("bad", message_id=2)) == [2]
    assert scene.discord.looked_up == []


async def test_somebody_is_looked_up_once_in_a_while() -> None:
    scene = Scene()
    assert await scene.hears(*(said("bad", message_id=n) for n in (1, 2, 3))) == [1, 2, 3]
    assert len(scene.discord.looked_up) == 1
    await scene.hears(said("bad", message_id=4))
    assert len(scene.discord.looked_up) == 1
    scene.time = KEPT_SECONDS
    await scene.hears(said("bad", message_id=5))
    assert len(scene.discord.looked_up) == 2


def spelled() -> list[MessageSeen]:
    return [said(text, message_id=n << 22) for n, text in enumerate(("idi", "ot"), 1)]


async def test_a_split_word_goes_or_stays_as_a_whole() -> None:
    scene = Scene()
    assert await scene.hears(*spelled()) == [1 << 22, 2 << 22]
    scene = Scene()
    scene.member(ROLE)
    assert await scene.hears(*spelled()) == []


async def test_the_message_is_held_until_it_is_known() -> None:
    scene = Scene()
    await scene.rules.get(GUILD)
    scene.moderator.handle(said("bad"))
    assert scene.holds.held == [1]
    assert scene.watch.judgements == []
    await scene.moderator.drain(5)
    assert scene.holds.held == []
    assert len(scene.watch.judgements) == 1


@in_virtual_time
async def test_what_the_end_leaves_stays_held() -> None:
    """It is read again after the next start: its author is not known yet."""
    scene = Scene()
    scene.discord.lookup_error = NotFoundOut("an outage", passing=True)
    await scene.rules.get(GUILD)
    scene.moderator.handle(said("bad"))
    await scene.moderator.drain(1)
    assert scene.watch.judgements == []
    assert scene.holds.held == [1]


async def test_a_lookup_that_breaks_lets_nothing_stand(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.discord.lookup_error = RuntimeError("a defect")
    assert await scene.hears(said("bad")) == [1]
    assert "Looking up the author of" in caplog.text


async def test_lists_that_change_meanwhile_are_waited_for() -> None:
    scene = Scene()
    await scene.rules.get(GUILD)
    scene.moderator.handle(said("bad"))
    scene.store.lists[GUILD] = list(words("worse"))
    scene.rules.changed(GUILD)
    await scene.strangers.drain(5)
    await scene.moderator.drain(5)
    assert scene.discord.enforced == []


@in_virtual_time
async def test_where_discord_cannot_tell_it_is_asked_again_and_then_judged() -> None:
    scene = Scene()
    scene.member(ROLE)
    scene.discord.lookup_error = NotFoundOut("an outage", passing=True)
    await scene.rules.get(GUILD)
    scene.moderator.handle(said("bad"))
    await asyncio.sleep(2)
    scene.discord.lookup_error = None
    await asyncio.sleep(10)
    assert scene.discord.enforced == []
    assert [why.because for v in scene.watch.judgements for why in v.spared] == [Because.ROLE]

    scene.time = KEPT_SECONDS
    scene.discord.lookup_error = NotFoundOut("an outage", passing=True)
    scene.moderator.handle(said("bad", message_id=2))
    await asyncio.sleep(600)
    assert [one.key for one in scene.discord.enforced] == [("delete", CHANNEL, 2)]


async def test_what_comes_with_the_roles_waits_for_nothing() -> None:
    scene = Scene()
    person = Person(USER, username="ann", membership=Membership(None, frozenset({9})))
    assert await scene.hears(replace(said("bad"), author=person)) == [1]
    assert scene.discord.looked_up == []
