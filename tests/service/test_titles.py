"""Titles of threads when a server becomes available."""

import asyncio

import pytest

from moderation.events import ThreadSeen
from service.rules import Rules
from service.titles import MOST, Titles
from tests.service.fakes import GUILD, FakeStore, words


def threads(number: int, title: str, *, first: int = 1) -> list[ThreadSeen]:
    return [ThreadSeen(GUILD, first + thread_id, title) for thread_id in range(number)]


class Scene:
    """A server that bans “bad”."""

    def __init__(self) -> None:
        self.store = FakeStore(lists={GUILD: words("bad")})
        self.handled: list[ThreadSeen] = []
        self.titles = Titles(Rules(self.store), self.handled.append)

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
