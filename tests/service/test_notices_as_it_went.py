"""Nobody is told of what was not done."""

from dataclasses import replace

import pytest

from moderation.cases import Case, CaseAction, CaseKind, CaseState
from moderation.consequence import BAN, KICK, WARN, Consequence
from moderation.intents import Owed
from moderation.policy import GuildPolicy
from moderation.policy import Notices as Settings
from moderation.records import Actor
from moderation.states import State
from moderation.verdict import TimeOut, Verdict
from tests.service.fakes import GUILD, USER, said
from tests.service.notice_world import BY_REPLY, HOUR, World
from tests.virtual_time import in_virtual_time, now

REMOVED = r"Your message in **Harbour** (\#general) was removed: it breaks the rules there. "
STAYS = r"Your message in **Harbour** (\#general) breaks the rules there. "


@pytest.mark.parametrize("ended", [State.FAILED, State.FORBIDDEN, State.PENDING, State.UNKNOWN])
@in_virtual_time
async def test_a_timeout_that_is_not_known_to_be_in_force_is_not_told_of(ended: State) -> None:
    world = World(GuildPolicy(notices=Settings(text="Out until {until}")))
    world.decides(1, HOUR, punished=ended)
    await world.quiet()
    (text,) = world.messenger.texts
    assert text.startswith(f"{REMOVED}Please take this as a warning.")


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (State.DONE, REMOVED),
        (State.GONE, REMOVED),
        (State.PENDING, REMOVED),
        (State.FORBIDDEN, STAYS),
        (State.FAILED, STAYS),
    ],
)
@in_virtual_time
async def test_what_stands_is_not_said_to_be_removed(ended: State, expected: str) -> None:
    world = World()
    world.decides(1, WARN, removed=ended)
    await world.quiet()
    (text,) = world.messenger.texts
    assert text.startswith(f"{expected}Please take")


@in_virtual_time
async def test_neither_is_it_in_public() -> None:
    world = World(BY_REPLY)
    world.decides(1, HOUR, removed=State.FORBIDDEN, punished=State.FORBIDDEN)
    await world.quiet()
    assert world.messenger.texts == [
        f"<@{USER}>: Your message breaks the rules here. Please take this as a warning."
    ]


@pytest.mark.parametrize("consequence", [KICK, BAN])
@in_virtual_time
async def test_who_cannot_be_thrown_out_is_warned(consequence: Consequence) -> None:
    world = World()
    world.messenger.allowed = False
    world.decides(1, consequence)
    await world.quiet()
    (text,) = world.messenger.texts
    assert text.startswith(f"{REMOVED}Please take this as a warning.")


@in_virtual_time
async def test_what_discord_is_being_asked_for_is_waited_for() -> None:
    world = World()
    world.decides(1, HOUR, punished=State.PENDING)
    case = world.cases[1]

    async def settled(guild_id: int, number: int) -> None:
        assert (guild_id, number) == (GUILD, 1)
        done = replace(case.actions[1], state=State.DONE)
        world.cases[1] = replace(case, actions=(case.actions[0], done))

    world.notices.settled = settled
    await world.quiet()
    (text,) = world.messenger.texts
    assert "You cannot write there until" in text


@pytest.mark.parametrize(
    ("ended", "expected"), [(State.DONE, State.DONE), (State.FAILED, State.WITHDRAWN)]
)
@in_virtual_time
async def test_what_a_moderator_wanted_and_was_not_done_is_not_told(
    ended: State, expected: State
) -> None:
    world = World()
    until = int(now() * 1000) + 3_600_000
    mo = Actor(7, "mo")
    case = Case(GUILD, 4, 0, CaseKind.TIMEOUT, CaseState.OPEN, USER, "ann", mo, "spam", HOUR)
    world.cases[4] = replace(case, actions=(CaseAction(1, "timeout", ended),))
    action = TimeOut(GUILD, USER, until, "spam")
    world.notices.acted(Owed(1, Verdict(said("x")), action, State.PENDING, 0, case_number=4))
    await world.quiet()
    assert [state for _, state, _ in world.store.states()] == [expected]
    assert len(world.messenger.texts) == (ended is State.DONE)


@in_virtual_time
async def test_what_was_undone_meanwhile_is_not_told() -> None:
    world = World()
    world.decides(1, WARN)
    world.cases[1] = replace(world.cases[1], state=CaseState.UNDONE)
    await world.quiet()
    assert world.messenger.texts == []
    assert [state for _, state, _ in world.store.states()] == [State.WITHDRAWN]


@in_virtual_time
async def test_while_nobody_can_tell_what_became_of_it_nothing_is_said() -> None:
    world = World()
    world.decides(1, HOUR)

    async def settled(guild_id: int, number: int) -> None:
        raise OSError("the disk is tired")

    world.notices.settled = settled
    await world.quiet()
    assert world.messenger.texts == []
    why = "what became of it cannot be read: the disk is tired"
    assert world.store.states() == [(1, State.FAILED, why)]
