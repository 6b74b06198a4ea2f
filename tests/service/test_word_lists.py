"""What admins do with their lists, and that it holds for the next message."""

from collections.abc import Awaitable, Callable

import pytest

from moderation.limits import MAX_HITS_EXPLAINED
from moderation.records import LimitReached
from service.rules import Rules
from service.word_lists import MAX_REHEARSED_HITS, WordLists
from tests.service.fakes import ADMIN, GUILD, LIMIT, FakeStore, phrases, words


class Scene:
    """A server that bans “bad” and allows “bad luck”."""

    def __init__(self) -> None:
        self.store = FakeStore({GUILD: words("bad")}, {GUILD: phrases("bad luck")})
        self.rules = Rules(self.store)
        self.lists = WordLists(self.store, self.rules)

    async def finds(self, text: str) -> list[str]:
        """Which entries the lists in force find."""
        return [hit.entry for hit in (await self.lists.test(GUILD, text)).hits]


type Write = Callable[[WordLists], Awaitable[object]]

WRITES: dict[str, Write] = {
    "add": lambda lists: lists.add(GUILD, words("worse"), by=ADMIN),
    "remove": lambda lists: lists.remove(GUILD, words("bad"), by=ADMIN),
    "clear": lambda lists: lists.clear(GUILD, by=ADMIN),
    "allow": lambda lists: lists.allow(GUILD, phrases("bad hair"), by=ADMIN),
    "disallow": lambda lists: lists.disallow(GUILD, phrases("bad luck"), by=ADMIN),
}

TEXT = "bad bad luck worse bad hair"
BEFORE = ["bad", "bad"]
AFTER = {
    "add": ["bad", "worse", "bad"],
    "remove": [],
    "clear": [],
    "allow": ["bad"],
    "disallow": ["bad"] * 3,
}


@pytest.mark.parametrize("name", WRITES)
async def test_a_change_is_in_force_when_it_returns(name: str) -> None:
    scene = Scene()
    assert await scene.finds(TEXT) == BEFORE
    await WRITES[name](scene.lists)
    assert scene.rules.ready(GUILD) is None, "the next message has to wait for it"
    assert await scene.finds(TEXT) == AFTER[name]


@pytest.mark.parametrize("name", WRITES)
async def test_after_a_write_that_failed_the_lists_are_read_again(name: str) -> None:
    """What was written is not known then; only the disk knows."""
    scene = Scene()
    await scene.finds(TEXT)
    scene.store.broken = 1
    with pytest.raises(OSError, match="tired"):
        await WRITES[name](scene.lists)
    assert scene.rules.ready(GUILD) is None
    # Clearing fails before it does anything, the others after.
    assert await scene.finds(TEXT) == (BEFORE if name == "clear" else AFTER[name])


async def test_a_limit_is_passed_on_and_nothing_is_added() -> None:
    scene = Scene()
    with pytest.raises(LimitReached):
        await scene.lists.add(GUILD, words(*(f"word{n}" for n in range(LIMIT))), by=ADMIN)
    assert scene.store.lists[GUILD] == words("bad")


async def test_what_a_write_did_is_told() -> None:
    scene = Scene()
    added = await scene.lists.add(GUILD, words("bad", "worse"), by=ADMIN)
    assert (added.added, added.already) == (tuple(words("worse")), tuple(words("bad")))
    assert await scene.lists.clear(GUILD, by=ADMIN) == tuple(words("bad", "worse"))
    assert await scene.lists.clear(GUILD, by=ADMIN) == ()


async def test_reading_lists() -> None:
    scene = Scene()
    parsed = await scene.lists.read("walrus\nf*ck\n# note\nwalrus")
    assert [entry.text for entry in parsed.entries] == ["walrus"]
    assert (parsed.duplicates, parsed.comments, len(parsed.refused)) == (1, 1, 1)
    allowed = await scene.lists.read_allowed("walrus\n/regex/")
    assert [phrase.text for phrase in allowed.entries] == ["walrus"]
    assert len(allowed.refused) == 1


@pytest.mark.parametrize(
    ("hits", "asked"), [(0, False), (MAX_REHEARSED_HITS, False), (MAX_REHEARSED_HITS + 1, True)]
)
async def test_an_entry_that_would_hit_too_much_is_noisy(hits: int, asked: bool) -> None:
    texts = [f"the weather {n}" for n in range(hits)] + ["nothing"] * 10
    noisy = await Scene().lists.rehearse(GUILD, words("the"), texts)
    assert [(one.entry.text, one.hits, one.tried, one.example) for one in noisy] == (
        [("the", hits, len(texts), "the weather 0")] if asked else []
    )


async def test_messages_are_counted_and_not_hits() -> None:
    texts = ["the the the the the the the the"] * MAX_REHEARSED_HITS
    assert await Scene().lists.rehearse(GUILD, words("the"), texts) == []


async def test_an_entry_that_is_there_already_is_not_asked_about() -> None:
    texts = ["so bad"] * 10
    noisy = await Scene().lists.rehearse(GUILD, words("BAD", "so"), texts)
    assert [one.entry.text for one in noisy] == ["so"]


async def test_what_is_allowed_is_no_hit() -> None:
    texts = ["bad luck"] * 10
    assert await Scene().lists.rehearse(GUILD, words("luck"), texts) == []


@pytest.mark.parametrize(("entries", "texts"), [([], ["text"]), (["the"], [])])
async def test_there_may_be_nothing_to_try(entries: list[str], texts: list[str]) -> None:
    assert await Scene().lists.rehearse(GUILD, words(*entries), texts) == []


async def test_each_entry_is_counted_however_many_others_hit_the_same_message() -> None:
    """A matcher explains only the first hits of a text."""
    entries = [f"word{n}" for n in range(3 * MAX_HITS_EXPLAINED)]
    crowded = [" ".join(entries)] * (MAX_REHEARSED_HITS + 1)
    quiet = words("quiet")
    noisy = await Scene().lists.rehearse(GUILD, [*words(*entries), *quiet], [*crowded, "quiet"])
    assert [one.entry.text for one in noisy] == entries
    assert {one.hits for one in noisy} == {MAX_REHEARSED_HITS + 1}


async def test_a_message_full_of_one_entry_does_not_hide_another() -> None:
    texts = ["word1 " * (2 * MAX_HITS_EXPLAINED) + "word2"] * 10
    noisy = await Scene().lists.rehearse(GUILD, words("word1", "word2", "word3"), texts)
    assert [one.entry.text for one in noisy] == ["word1", "word2"]
