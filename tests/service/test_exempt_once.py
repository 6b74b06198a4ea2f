"""Moderators are told once that their own messages stay."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from moderation.consequence import DELETE, LOG
from moderation.people import Kind
from moderation.verdict import Because, Exempt, Verdict
from service.exempt_once import ExemptOnce
from tests.service.fakes import GUILD, USER, named, said


@dataclass
class Memory:
    """Who was told; ``broken`` makes so many calls fail."""

    told: set[tuple[int, int]] = field(default_factory=set)
    broken: int = 0

    async def first_exempt(self, guild_id: int, user_id: int) -> bool:
        if self.broken > 0:
            self.broken -= 1
            raise OSError("the disk is tired")
        first = (guild_id, user_id) not in self.told
        self.told.add((guild_id, user_id))
        return first


SPARED = Verdict(said("bad"), spared=(Exempt("", Because.MODERATOR),), spared_from=DELETE)
OWNED = replace(SPARED, spared=(Exempt("", Because.OWNER, USER),))


async def told(memory: Memory, *verdicts: Verdict) -> list[Verdict]:
    """What is told of these verdicts, one after the other."""
    once, heard = ExemptOnce(memory), list[Verdict]()
    once.tell = heard.append
    for verdict in verdicts:
        once.exempt(verdict)
        await asyncio.gather(*once._tasks)
    return heard


@pytest.mark.parametrize("verdict", [SPARED, OWNED])
async def test_each_is_told_once_also_after_a_restart(verdict: Verdict) -> None:
    memory = Memory()
    assert await told(memory, verdict, verdict) == [verdict]
    assert await told(memory, verdict) == []
    elsewhere = replace(verdict, event=said("bad", guild_id=GUILD + 1))
    assert await told(memory, elsewhere) == [elsewhere]


@pytest.mark.parametrize(
    "verdict",
    [
        replace(SPARED, spared=(Exempt("", Because.ROLE, 5),)),
        replace(SPARED, spared=(Exempt("", Because.CHANNEL, 5),)),
        replace(SPARED, spared_from=LOG),
        replace(SPARED, event=replace(said("bad"), catch_up="1 2")),
        replace(SPARED, event=named("bad")),
        replace(
            SPARED, event=replace(said("bad"), author=replace(said("bad").author, kind=Kind.BOT))
        ),
    ],
)
async def test_nobody_else_is_told(verdict: Verdict) -> None:
    memory = Memory()
    assert await told(memory, verdict) == []
    assert memory.told == set()


async def test_where_it_cannot_be_written_the_next_message_is_another_chance() -> None:
    assert await told(Memory(broken=1), SPARED, SPARED) == [SPARED]
