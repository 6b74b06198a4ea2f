"""What is offered after a hit that was none."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.store import Store
from moderation.cases import Case, CaseHit
from moderation.consequence import DELETE
from moderation.events import Surface
from moderation.words import parse_entry
from service.allowing import Allowing
from service.rules import Rules
from service.word_lists import WordLists
from tests.made_cases import USUAL
from tests.service.fakes import ADMIN, GUILD


@pytest.fixture
async def lists(tmp_path: Path) -> AsyncIterator[WordLists]:
    store = await Store.open(tmp_path / "db.sqlite3")
    rules = Rules(store)
    yield WordLists(store, rules)
    await rules.close()
    await store.close()


def case(text: str | None, entry: str, hit: str) -> Case:
    start = (text or "").find(hit)
    found = CaseHit("main", entry, Surface.MESSAGE, start, start + len(hit), (), DELETE)
    return replace(USUAL, text=text, hits=(found,))


@pytest.mark.parametrize(
    ("entries", "text", "entry", "hit", "phrase", "also"),
    [
        (["*cunt*"], "in Scunthorpe, today", "*cunt*", "cunt", "Scunthorpe", ()),
        (["idiot"], "an idiot savant", "idiot", "idiot", "idiot savant", ()),
        (["idiot", "savant"], "an idiot savant", "idiot", "idiot", "idiot savant", ("savant",)),
        (["idiot"], "idiot", "idiot", "idiot", None, ()),
        (["fool"], "an idiot savant", "idiot", "idiot", None, ()),
        (["idiot"], None, "idiot", "idiot", None, ()),
    ],
)
async def test_the_first_phrase_that_helps(
    lists: WordLists,
    entries: list[str],
    text: str | None,
    entry: str,
    hit: str,
    phrase: str | None,
    also: tuple[str, ...],
) -> None:
    await lists.add(GUILD, [parse_entry(one) for one in entries], by=ADMIN)
    offer = await Allowing(lists).offer(GUILD, case(text, entry, hit))
    assert (offer.phrase.text if offer else None) == phrase
    assert (offer.also if offer else ()) == also
    if offer and text:
        await lists.allow(GUILD, [offer.phrase], by=ADMIN)
        assert entry not in [one.entry for one in (await lists.test(GUILD, text)).hits]
