"""Titles of threads when a server becomes available."""

import asyncio

import pytest

from moderation.events import ThreadSeen
from service.members import NotFoundOut
from service.rules import Rules
from service.titles import MOST, PAUSE_SECONDS, RETRY_SECONDS, Titles
from tests.service.fakes import GUILD, FakeDiscord, FakeStore, words
from tests.virtual_time import in_virtual_time


def threads(number: int, title: str, *, first: int = 1) -> list[ThreadSeen]:
    return [ThreadSeen(GUILD, first + thread_id, title) for thread_id in range(number)]


class Scene:
    """A server that bans “bad”."""

    def __init__(self) -> None:
        self.store = FakeStore(lists={GUILD: words("bad")})
        self.handled: list[ThreadSeen] = []
        self.discord = FakeDiscord()
        self.titles = Titles(Rules(self.store), self.discord, self.handled.append)

    async def looked(self) -> None:
        """Wait until nothing is being looked at."""
        work = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*work)


async def test_banned_titles_are_handed_on_and_no_others() -> None:
    scene = Scene()
    banned = threads(MOST, "so bad")
    scene.titles.available(GUILD, [*threads(100, "fine", first=1_000), *banned])
    await scene.looked()
    assert scene.handled == banned


async def test_more_than_some_are_told_and_left(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.titles.available(GUILD, threads(MOST + 1, "so bad"))
    await scene.looked()
    assert scene.handled == []
    assert "26 of 26 active threads have banned titles. They stay" in caplog.text


async def test_a_server_without_threads_reads_no_lists() -> None:
    scene = Scene()
    scene.titles.available(GUILD, [])
    await scene.looked()
    assert scene.store.reads == []


async def test_a_server_that_comes_back_is_looked_at_as_it_is_then() -> None:
    scene = Scene()
    scene.store.gate = asyncio.Event()
    scene.titles.available(GUILD, threads(1, "bad before"))
    await scene.store.reading.wait()
    scene.titles.available(GUILD, threads(1, "bad now"))
    scene.store.gate.set()
    work = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*work, return_exceptions=True)
    assert [thread.title for thread in scene.handled] == ["bad now"]


async def test_the_end_waits_for_no_lists() -> None:
    scene = Scene()
    scene.store.gate = asyncio.Event()
    scene.titles.available(GUILD, threads(1, "bad"))
    await scene.store.reading.wait()
    await scene.titles.close()
    assert scene.handled == []
    scene.store.gate.set()
    await scene.looked()


async def changed(scene: Scene, number: int) -> None:
    """The lists of a server with so many bad titles and one other have changed, twice."""
    scene.discord.titles |= {(GUILD, thread_id): "so bad" for thread_id in range(1, number + 1)}
    scene.discord.titles[GUILD, 1_000] = "fine"
    scene.titles.want(GUILD)
    await asyncio.sleep(PAUSE_SECONDS / 2)
    scene.titles.want(GUILD)
    await asyncio.sleep(PAUSE_SECONDS - 1)
    assert scene.handled == [], "somebody may still be changing them"
    await asyncio.sleep(2)


@in_virtual_time
async def test_after_a_change_of_the_lists_all_active_threads_are_looked_at() -> None:
    scene = Scene()
    await changed(scene, MOST)
    assert scene.handled == threads(MOST, "so bad")


@in_virtual_time
async def test_a_change_of_the_lists_does_not_rename_many(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    await changed(scene, MOST + 1)
    assert scene.handled == []
    assert "26 of 27 active threads have banned titles" in caplog.text


@in_virtual_time
async def test_threads_that_cannot_be_listed_just_now_are_looked_at_later() -> None:
    scene = Scene()
    scene.discord.lookup_error = NotFoundOut("503", passing=True)
    await changed(scene, 1)
    scene.discord.lookup_error = None
    await asyncio.sleep(RETRY_SECONDS)
    assert len(scene.handled) == 1


@in_virtual_time
async def test_a_server_that_was_left_is_not_looked_at() -> None:
    scene = Scene()
    scene.discord.titles[GUILD, 1] = "bad"
    scene.titles.want(GUILD)
    await asyncio.sleep(1)
    scene.titles.forget(GUILD)
    await asyncio.sleep(PAUSE_SECONDS)
    assert scene.handled == []
