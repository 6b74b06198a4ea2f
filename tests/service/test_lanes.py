"""Deletions gather by channel, and no channel waits for another."""

import asyncio
from collections.abc import Sequence
from itertools import zip_longest

import pytest

from moderation.snowflakes import first_at
from moderation.verdict import DeleteMessage, Outcome, Result
from service.lanes import (
    BULK,
    FIRST_CHANNELS,
    FIRST_SECONDS,
    OLDEST_MS,
    PATIENCE_SECONDS,
    RAIDED_PER_SECOND,
    Lanes,
)
from tests.service.fakes import CHANNEL, DONE, GUILD, FakeDiscord
from tests.virtual_time import in_virtual_time, now

NOW_MS = 1_700_000_000_000
YOUNG = first_at(NOW_MS)
OLD = first_at(NOW_MS - OLDEST_MS) - 1


class Scene:
    """A Discord whose requests wait until the gate is opened."""

    def __init__(self) -> None:
        self.discord = FakeDiscord(gate=asyncio.Event())
        self.lanes = Lanes(self.discord, lambda: NOW_MS)

    def deletes(
        self, *ids: int, channel: int = CHANNEL, gates: "Sequence[Gate]" = ()
    ) -> list[asyncio.Task[Result]]:
        actions = [DeleteMessage(GUILD, channel, one, "because") for one in ids]
        return [
            asyncio.create_task(self.lanes.delete(action, gate))
            for action, gate in zip_longest(actions, gates)
        ]

    def opens(self) -> None:
        assert self.discord.gate is not None
        self.discord.gate.set()

    @property
    def asked(self) -> list[int]:
        """The messages that were asked for, by the number of their order."""
        return [
            action.message_id - YOUNG
            for action in self.discord.enforced
            if isinstance(action, DeleteMessage)
        ]


def young(*numbers: int) -> list[int]:
    return [YOUNG + number for number in numbers]


@in_virtual_time
async def test_the_first_goes_alone_and_at_once_the_others_together() -> None:
    scene = Scene()
    tasks = scene.deletes(YOUNG)
    await asyncio.sleep(0.1)
    assert scene.asked == [0]
    tasks += scene.deletes(*young(*range(1, 31)))
    await asyncio.sleep(0.1)
    assert scene.asked == [0], "they gather"
    scene.opens()
    assert await asyncio.gather(*tasks) == [DONE] * 31
    assert scene.discord.together == [30]
    assert scene.asked == list(range(31))


@in_virtual_time
async def test_no_request_is_larger_than_discord_takes() -> None:
    scene = Scene()
    scene.opens()
    await asyncio.gather(*scene.deletes(*young(*range(2 * BULK + 1))))
    assert scene.discord.together == [BULK, BULK]
    assert len(scene.asked) == 2 * BULK + 1, "the last one alone"


@in_virtual_time
async def test_a_request_that_hangs_holds_up_its_channel_for_a_moment_only() -> None:
    scene = Scene()
    scene.deletes(YOUNG)
    await asyncio.sleep(0.1)
    scene.deletes(*young(1, 2))
    await asyncio.sleep(PATIENCE_SECONDS)
    assert scene.discord.together == [2]
    scene.opens()
    await scene.lanes.close()


@in_virtual_time
async def test_another_channel_does_not_wait() -> None:
    scene = Scene()
    scene.deletes(*young(0, 1))
    scene.deletes(*young(2), channel=CHANNEL + 1)
    await asyncio.sleep(0.1)
    assert sorted(scene.asked) == [0, 1, 2]
    scene.opens()
    await scene.lanes.close()


@in_virtual_time
async def test_old_messages_go_one_by_one() -> None:
    scene = Scene()
    scene.opens()
    await asyncio.gather(*scene.deletes(OLD, OLD - 1, *young(0, 1, 2)))
    assert scene.discord.together == [3]
    assert len(scene.asked) == 5


@pytest.mark.parametrize(
    ("answer", "requests"),
    [
        (Result(Outcome.FAILED, "400 one is too old"), 4),
        (Result(Outcome.FAILED, "503", final=False), 1),
        (Result(Outcome.FORBIDDEN, "no"), 1),
        (Result(Outcome.GONE, "unknown channel"), 1),
    ],
)
@in_virtual_time
async def test_only_what_was_refused_as_a_whole_is_tried_one_by_one(
    answer: Result, requests: int
) -> None:
    scene = Scene()
    scene.opens()
    scene.discord.script.append(answer)
    told = await asyncio.gather(*scene.deletes(*young(0, 1, 2)))
    assert len(scene.discord.together) + len(scene.asked) - 3 == requests
    assert told == [answer if requests == 1 else DONE] * 3


@in_virtual_time
async def test_a_request_that_breaks_breaks_for_all_of_it_and_for_no_more() -> None:
    scene = Scene()
    scene.opens()
    scene.discord.script.append(RuntimeError("a defect"))
    told = await asyncio.gather(*scene.deletes(*young(0, 1)), return_exceptions=True)
    assert [type(one) for one in told] == [RuntimeError] * 2
    assert await scene.deletes(YOUNG + 2)[0] == DONE


@in_virtual_time
async def test_one_who_gives_up_is_not_asked_for() -> None:
    scene = Scene()
    scene.deletes(YOUNG)
    await asyncio.sleep(0.1)
    patient, given_up = scene.deletes(*young(1, 2))
    await asyncio.sleep(0.1)
    given_up.cancel()
    scene.opens()
    assert await patient == DONE
    assert scene.asked == [0, 1]


@in_virtual_time
async def test_closing_gives_up() -> None:
    scene = Scene()
    tasks = scene.deletes(*young(0, 1, 2))
    await asyncio.sleep(0.1)
    begun = now()
    await scene.lanes.close()
    assert now() == begun
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)


@in_virtual_time
async def test_raided_channels_gather_longer_and_a_quiet_one_does_not_wait() -> None:
    scene = Scene()
    scene.opens()
    tasks = []
    waits = []
    for tick in range(100):
        for channel in range(1, 21):
            tasks += scene.deletes(YOUNG + tick, channel=channel)
        if tick % 25 == 0:
            begun = now()
            (quiet,) = scene.deletes(YOUNG + tick, channel=99)
            await quiet
            waits.append(now() - begun)
        await asyncio.sleep(0.02)
    ended = now()
    assert await asyncio.gather(*tasks) == [DONE] * 2000
    assert now() - ended <= 1.0
    assert waits == [0.0] * 4
    requests = len(scene.discord.together) + len(scene.asked) - sum(scene.discord.together)
    assert requests <= 4 + 20 + 3 * RAIDED_PER_SECOND


@pytest.mark.parametrize(
    ("channels", "seconds"), [(2, FIRST_SECONDS), (20, FIRST_SECONDS), (FIRST_CHANNELS + 1, 1.0)]
)
@in_virtual_time
async def test_a_raided_channel_gathers_shortly_before_its_first_request(
    channels: int, seconds: float
) -> None:
    scene = Scene()
    scene.opens()
    begun = now()
    while not scene.discord.together:
        for channel in range(1, channels + 1):
            scene.deletes(YOUNG + int(now() * 1000), channel=channel)
        await asyncio.sleep(0.01)
    took = now() - begun
    assert seconds <= took < seconds + 0.15
    alone = len(scene.asked) - sum(scene.discord.together)
    assert alone + channels <= 50 or seconds == 1.0, "with room for a quiet channel"
    await scene.lanes.close()


@in_virtual_time
async def test_after_a_raid_a_channel_is_quiet_again() -> None:
    scene = Scene()
    scene.opens()
    for channel in range(1, 21):
        await asyncio.gather(*scene.deletes(*young(*range(10)), channel=channel))
    await asyncio.sleep(2)
    begun = now()
    for number in range(10, 15):
        await scene.deletes(YOUNG + number, channel=1)[0]
    assert now() == begun


class Gate:
    """Lets a deletion go when it is opened, or says that it is not to."""

    def __init__(self) -> None:
        self._open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def opens(self) -> None:
        self._open.set_result(None)

    def refuses(self) -> None:
        self._open.set_exception(LookupError("not this one"))

    async def __call__(self) -> None:
        await asyncio.shield(self._open)


@in_virtual_time
async def test_the_first_is_made_ready_before_it_may_go_and_holds_up_nobody() -> None:
    scene = Scene()
    scene.opens()
    gates = [Gate() for _ in range(3)]
    tasks = scene.deletes(*young(0, 1), gates=gates[:2])
    tasks += scene.deletes(YOUNG + 2, channel=CHANNEL + 1, gates=gates[2:])
    await asyncio.sleep(0.1)
    assert [one.key[2] - YOUNG for one in scene.discord.prepared] == [0, 2]
    assert scene.asked == []
    gates[2].opens()
    assert await tasks[2] == DONE
    assert scene.asked == [2]
    gates[1].opens()
    gates[0].opens()
    assert await asyncio.gather(*tasks[:2]) == [DONE] * 2


@pytest.mark.parametrize("refused", [0, 1])
@in_virtual_time
async def test_what_may_not_go_is_not_asked_for_and_the_others_are(refused: int) -> None:
    scene = Scene()
    scene.opens()
    gates = [Gate() for _ in range(3)]
    for channel in range(1, 21):  # a raid, in which the first of a channel waits for others, too
        scene.deletes(*young(7, 8), channel=channel)
    await asyncio.sleep(0.1)
    tasks = scene.deletes(*young(0, 1, 2), channel=1, gates=gates)
    for number, gate in enumerate(gates):
        if number == refused:
            gate.refuses()
        else:
            gate.opens()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(one, LookupError) for one in told] == [n == refused for n in range(3)]
    assert sorted(set(scene.asked) - {7, 8}) == [n for n in range(3) if n != refused]
