"""Looking at the names of all members, page by page."""

import asyncio
import logging
from dataclasses import dataclass, field

import pytest

from moderation.events import Event, NamesSeen
from moderation.people import Membership, Person
from service.members import MembersPage, MembersUnreadable
from service.rules import Rules
from service.sweep import ASK_ABOVE, RETRY_SECONDS, NameSweep
from tests.service.fakes import GUILD, FakeStore, words
from tests.virtual_time import in_virtual_time, now

PAGE = 10


@dataclass
class FakeMembers:
    """People with the ids from 1 on, all called bad, in pages; ``broken`` refuses so many."""

    number: int
    untouchable: frozenset[int] = frozenset()
    broken: int = 0
    asked: list[tuple[float, int]] = field(default_factory=list)

    async def page(self, guild_id: int, after: int) -> MembersPage:
        self.asked.append((now(), after))
        if self.broken > 0:
            self.broken -= 1
            raise MembersUnreadable("not now")
        ids = range(after + 1, min(after + PAGE, self.number) + 1)
        people = [Person(one, username="bad", membership=Membership()) for one in ids]
        return MembersPage(people, self.untouchable, ids[-1] if len(ids) == PAGE else None)


class Scene:
    """A server that bans something, or nothing."""

    def __init__(self, members: FakeMembers, *banned: str) -> None:
        self.members = members
        self.handled: list[Event] = []
        self._told = asyncio.Event()
        rules = Rules(FakeStore({GUILD: words(*banned), GUILD + 1: words(*banned)}))
        self.sweep = NameSweep(members, rules, self._handle, pause_seconds=5)

    def _handle(self, event: Event) -> None:
        self.handled.append(event)
        self._told.set()

    async def until_handled(self, number: int) -> None:
        """Wait until so many were handed on."""
        while len(self.handled) < number:
            self._told.clear()
            await self._told.wait()

    @property
    def ids(self) -> list[int]:
        return [one.person.user_id for one in self.handled if isinstance(one, NamesSeen)]


@in_virtual_time
async def test_all_pages_are_read_and_those_out_of_reach_left_alone() -> None:
    scene = Scene(FakeMembers(23, frozenset({7, 20})), "bad")
    found = await scene.sweep.look(GUILD)
    assert [after for _, after in scene.members.asked] == [0, 10, 20]
    assert (found.members, found.out_of_reach, len(found.banned)) == (23, 2, 21)
    assert scene.handled == []


@in_virtual_time
@pytest.mark.parametrize(("number", "renamed"), [(ASK_ABOVE, ASK_ABOVE), (ASK_ABOVE + 1, 0)])
async def test_more_than_a_few_are_asked_about_first(
    number: int, renamed: int, caplog: pytest.LogCaptureFixture
) -> None:
    scene = Scene(FakeMembers(number), "bad")
    with caplog.at_level(logging.WARNING):
        await scene.sweep.sweep_now(GUILD)
    assert len(scene.ids) == renamed
    assert ("use /names sweep" in caplog.text) == (not renamed)
    await scene.sweep.sweep_now(GUILD, confirmed=True)
    assert len(scene.ids) == renamed + number


@in_virtual_time
async def test_nobody_is_read_where_nothing_is_banned() -> None:
    scene = Scene(FakeMembers(3))
    await scene.sweep.sweep_now(GUILD)
    assert scene.members.asked == []


@in_virtual_time
async def test_members_that_cannot_be_read_are_tried_again() -> None:
    scene = Scene(FakeMembers(1, broken=1), "bad")
    await scene.sweep.sweep_now(GUILD)
    assert scene.ids == []
    begun = now()
    await scene.until_handled(1)
    assert now() - begun > RETRY_SECONDS - 1
    await scene.sweep.close()


@in_virtual_time
async def test_changes_that_follow_each_other_make_one_look() -> None:
    scene = Scene(FakeMembers(1), "bad")
    for _ in range(5):
        scene.sweep.want(GUILD)
    await scene.until_handled(1)
    scene.sweep.want(GUILD)
    scene.sweep.forget(GUILD)
    scene.sweep.want(GUILD + 1)
    await scene.until_handled(2)
    assert [one.guild_id for one in scene.handled] == [GUILD, GUILD + 1]
    await scene.sweep.close()
