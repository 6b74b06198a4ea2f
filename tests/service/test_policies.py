"""Whatever is set is in force for the next message, and whoever asks is told who is exempt."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from data.store import Store
from moderation.consequence import BAN
from moderation.people import Membership, Person
from moderation.policy import EntryTerms, Exemptions, ListPolicy
from moderation.records import Actor, ListRefused
from moderation.verdict import Because, Exempt
from moderation.words import parse_entry
from service.policies import Policies, Standing
from service.rules import Rules
from service.word_lists import WordLists

GUILD, ADA, ROLE = 1, Actor(7, "Ada"), 5


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "palisade.sqlite3")
    yield opened
    await opened.close()


WRITES: list[Callable[[Policies], Awaitable[object]]] = [
    lambda p: p.set_policy(GUILD, lambda o: replace(o, text_days=3), by=ADA, what="x"),
    lambda p: p.create_list(GUILD, "new", ListPolicy(), by=ADA),
    lambda p: p.set_list(GUILD, "main", lambda o: replace(o, consequence=BAN), by=ADA),
    lambda p: p.set_terms(GUILD, "main", "one", EntryTerms(BAN), by=ADA),
    lambda p: p.delete_list(GUILD, "spam", by=ADA),
    lambda p: p.undo_change(GUILD, 2, by=ADA, allowed=lambda *_: None),
]


@pytest.mark.parametrize("write", WRITES)
async def test_every_write_is_in_force_at_once(
    store: Store, write: Callable[[Policies], Awaitable[object]]
) -> None:
    await store.add_words(GUILD, [parse_entry("one")], by=ADA)
    await store.policies.create_list(GUILD, "spam", ListPolicy(), by=ADA)
    rules = Rules(store, store.policies)
    before = await rules.get(GUILD)
    await write(Policies(store.policies, rules))
    assert rules.ready(GUILD) is None
    after = await rules.get(GUILD)
    assert after.policy == await store.policies.policy(GUILD) != before.policy


async def test_what_is_refused_is_refused(store: Store) -> None:
    policies = Policies(store.policies, Rules(store, store.policies))
    with pytest.raises(ListRefused):
        await policies.create_list(GUILD, "main", ListPolicy(), by=ADA)
    assert await store.changes(GUILD) == []


async def test_words_of_several_lists(store: Store) -> None:
    rules = Rules(store, store.policies)
    policies, words = Policies(store.policies, rules), WordLists(store, rules)
    await policies.create_list(GUILD, "spam", ListPolicy(), by=ADA)
    buy, sell = parse_entry("buy"), parse_entry("sell")
    await words.add(GUILD, [buy, sell], by=ADA, list_name="spam")
    await words.add(GUILD, [buy], by=ADA)
    assert {hit.list for hit in (await words.test(GUILD, "buy")).hits} == {"main", "spam"}
    removed = await words.remove(GUILD, [buy], by=ADA, list_name="spam")
    assert removed.removed == (buy,)
    assert {hit.list for hit in (await words.test(GUILD, "buy")).hits} == {"main"}
    assert await words.clear(GUILD, by=ADA, list_name="spam") == (sell,)
    noisy = await words.rehearse(GUILD, [buy], ["buy"] * 9, list_name="spam")
    assert [one.entry for one in noisy] == [buy], "it is on another list only"
    assert await words.rehearse(GUILD, [buy], ["buy"] * 9) == []


@pytest.mark.parametrize("list_name", ["", "main"])
async def test_what_is_over_is_not_found_by_trying_either(store: Store, list_name: str) -> None:
    now = [1_000]
    rules = Rules(store, store.policies, now=lambda: now[0])
    words, buy = WordLists(store, rules), parse_entry("buy")
    await words.add(GUILD, [buy], by=ADA, own=EntryTerms(expires_at=2_000))
    assert (await words.test(GUILD, "buy", list_name)).hits
    now[0] = 2_000
    assert not (await words.test(GUILD, "buy", list_name)).hits


async def test_why(store: Store) -> None:
    policies = Policies(store.policies, Rules(store, store.policies))
    ann = Person(3, membership=Membership(None, frozenset({ROLE}), permissions=1 << 13))
    own = Exemptions(roles=frozenset({ROLE}))
    await policies.create_list(GUILD, "spam", ListPolicy(exemptions=own), by=ADA)
    everywhere = Exempt("", Because.MODERATOR)
    assert await policies.why(GUILD, ann, 20) == (
        Standing("main", (everywhere,)),
        Standing("spam", (everywhere, Exempt("spam", Because.ROLE, ROLE))),
    )
    assert await policies.why(GUILD, Person(3)) == (Standing("main", ()), Standing("spam", ()))
