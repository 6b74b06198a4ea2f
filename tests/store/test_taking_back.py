"""Taking changes back: each kind, what refuses, and that it is a change itself."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from data.store import Store
from moderation.consequence import BAN, KICK, WARN
from moderation.errors import PalisadeError
from moderation.policy import EntryTerms, GuildPolicy, ListPolicy
from moderation.records import Actor, CannotUndo, Change, GuildWords, ListRefused
from moderation.words import parse_allowed, parse_entry

ADA, BOB = Actor(7, "Ada"), Actor(8, "Bob")
GUILD = 11

type Step = Callable[[Store], Awaitable[object]]


def add(*texts: str, to: str = "main") -> Step:
    return lambda store: store.add_words(
        GUILD, [parse_entry(text) for text in texts], by=ADA, list_name=to
    )


def remove(*texts: str, of: str = "main") -> Step:
    return lambda store: store.remove_words(GUILD, texts, by=ADA, list_name=of)


def clear(store: Store) -> Awaitable[object]:
    return store.clear_words(GUILD, by=ADA)


def allow(text: str) -> Step:
    return lambda store: store.add_allowed(GUILD, [parse_allowed(text)], by=ADA)


def disallow(text: str) -> Step:
    return lambda store: store.remove_allowed(GUILD, [text], by=ADA)


def create(name: str) -> Step:
    return lambda store: store.policies.create_list(GUILD, name, ListPolicy(KICK), by=ADA)


def delete(name: str) -> Step:
    return lambda store: store.policies.delete_list(GUILD, name, by=ADA)


def rename(old: str, new: str) -> Step:
    return lambda store: store.policies.set_list(GUILD, old, lambda p: p, by=ADA, rename=new)


def set_list(name: str, **fields: object) -> Step:
    return lambda store: store.policies.set_list(
        GUILD,
        name,
        lambda p: replace(p, **fields),  # type: ignore[arg-type]  # the fields of each row below
        by=ADA,
    )


def set_policy(**fields: object) -> Step:
    return lambda store: store.policies.set_policy(
        GUILD,
        lambda p: replace(p, **fields),  # type: ignore[arg-type]  # the fields of each row below
        by=ADA,
        what="settings",
    )


def terms(text: str, of: str = "main", **fields: object) -> Step:
    own = EntryTerms(**fields)  # type: ignore[arg-type]  # the fields of each row below
    return lambda store: store.policies.set_terms(GUILD, of, text, own, by=ADA)


async def run(store: Store, *steps: Step) -> None:
    for step in steps:
        await step(store)


async def state(store: Store) -> tuple[object, GuildPolicy]:
    words: GuildWords = await store.words(GUILD)
    listed = {name: sorted(one.text for one in of) for name, of in words.lists.items()}
    allowed = sorted(one.text for one in words.allowed)
    policy = await store.policies.policy(GUILD)
    return (listed, allowed), policy


BASE = (add("one", "two"), allow("fine"), create("spam"), add("buy", to="spam"))
BASE_CHANGES = len(BASE)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (add("three", "four"), "2 entries taken off the list “main” again."),
        (remove("one"), "1 entry put back on the list “main”."),
        (clear, "2 entries put back on the list “main”."),
        (allow("good"), "1 allowed phrase taken off again."),
        (disallow("fine"), "1 allowed phrase put back."),
        (create("new"), "The list “new” is deleted again."),
        (delete("spam"), "The list “spam” is back, with 1 entry."),
        (rename("spam", "ads"), "The list “spam” is again as it was."),
        (set_list("spam", consequence=BAN, notice="x"), "The list “spam” is again as it was."),
        (set_policy(text_days=3), "As before again: settings."),
        (terms("one", consequence=BAN), "The entry “one” on the list “main” is again as it was."),
    ],
)
async def test_each_kind_of_change_is_taken_back_and_that_too(
    store: Store, step: Step, told: str
) -> None:
    await run(store, *BASE)
    before = await state(store)
    await step(store)
    after = await state(store)
    assert after != before
    number = BASE_CHANGES + 1

    assert await store.policies.undo_change(GUILD, number, by=BOB) == told

    assert await state(store) == before
    newest, *_ = await store.changes(GUILD)
    assert (newest.change_id, newest.undoes, newest.actor) == (number + 1, number, BOB)
    await store.policies.undo_change(GUILD, number + 1, by=BOB)
    assert await state(store) == after
    await store.policies.undo_change(GUILD, number, by=BOB)  # it is in force again
    assert await state(store) == before


async def test_terms_come_back_with_their_entries(store: Store) -> None:
    await run(store, *BASE, terms("one", consequence=BAN), terms("buy", of="spam", reason="x"))
    before = await state(store)
    for step in (remove("one"), clear, delete("spam")):
        await step(store)
        (newest,) = await store.changes(GUILD, limit=1)
        await store.policies.undo_change(GUILD, newest.change_id, by=BOB)
        assert await state(store) == before


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (add("three"), remove("three")),
        (add("three", "four"), remove("four")),
        (add("three"), clear),
        (add("three"), terms("three", consequence=BAN)),
        (remove("one"), add("one")),
        (terms("one", consequence=BAN), terms("one", consequence=WARN)),
        (terms("one", consequence=BAN), remove("one")),
        (disallow("fine"), allow("fine")),
        (set_policy(text_days=3), set_policy(text_days=4)),
        (set_list("spam", consequence=BAN), set_list("spam", consequence=WARN)),
        (set_list("spam", consequence=BAN), rename("spam", "ads")),
        (set_list("spam", consequence=BAN), delete("spam")),
        (create("new"), add("x1", to="new")),
        (create("new"), set_list("new", shadow=True)),
        (add("sell", to="spam"), delete("spam")),
        (add("sell", to="spam"), rename("spam", "ads")),
        (delete("spam"), create("Spam")),
        (rename("spam", "ads"), create("spam")),
        (rename("spam", "ads"), rename("ads", "more")),
    ],
)
async def test_what_something_later_touched_is_not_taken_back(
    store: Store, first: Step, later: Step
) -> None:
    await run(store, *BASE, first, later)
    before = await state(store)
    with pytest.raises(CannotUndo, match="Change #6 by Ada has changed the same since"):
        await store.policies.undo_change(GUILD, 5, by=BOB)
    assert await state(store) == before
    assert len(await store.changes(GUILD)) == 6

    # As it says: undo that one first.
    await store.policies.undo_change(GUILD, 6, by=BOB)
    await store.policies.undo_change(GUILD, 5, by=BOB)


@pytest.mark.parametrize(
    ("first", "later", "alone"),
    [
        (add("three"), add("four"), add("four")),
        (remove("one"), remove("two"), remove("two")),
        (
            set_policy(text_days=3),
            set_policy(moderators=frozenset({5})),
            set_policy(moderators=frozenset({5})),
        ),
        (set_list("spam", consequence=BAN), set_list("spam", notice="x"), None),
        (set_list("spam", consequence=BAN), add("sell", to="spam"), None),
        (set_list("main", consequence=BAN), set_list("spam", consequence=BAN), None),
        (rename("spam", "ads"), add("sell", to="ads"), add("sell", to="spam")),
    ],
)
async def test_what_was_done_besides_stays(
    store: Store, path: Path, first: Step, later: Step, alone: Step | None
) -> None:
    await run(store, *BASE, first, later)
    await store.policies.undo_change(GUILD, 5, by=BOB)
    other = await Store.open(path.with_name("other.sqlite3"))
    await run(other, *BASE, alone or later)
    assert await state(store) == await state(other)
    await other.close()


async def test_a_change_is_undone_once(store: Store) -> None:
    await run(store, *BASE)
    await store.policies.undo_change(GUILD, 2, by=BOB)
    with pytest.raises(CannotUndo, match=r"#2 was undone already, by Bob \(change #5\)"):
        await store.policies.undo_change(GUILD, 2, by=ADA)


@pytest.mark.parametrize("number", [0, -1, 5, 10**30 % 2**62])
async def test_a_change_that_is_not_there(store: Store, number: int) -> None:
    await run(store, *BASE)
    with pytest.raises(
        CannotUndo, match=f"no change #{number} in this server. The newest one is #4"
    ):
        await store.policies.undo_change(GUILD, number, by=BOB)
    with pytest.raises(CannotUndo, match="no changes yet"):
        await store.policies.undo_change(GUILD + 1, 1, by=BOB)
    assert len(await store.changes(GUILD)) == BASE_CHANGES


async def test_no_room_for_the_list_that_was_deleted(store: Store) -> None:
    await run(store, *BASE, delete("spam"), *(create(f"l{n}") for n in range(24)))
    with pytest.raises(ListRefused, match="25 lists"):
        await store.policies.undo_change(GUILD, 5, by=BOB)


async def test_who_may_is_asked_about_what_is_in_force_as_it_is_written(store: Store) -> None:
    """Two at once: what the first one puts into force is what the second one is asked about."""
    await add("one")(store)
    await set_list("main", shadow=True, consequence=BAN)(store)
    await remove("one")(store)
    asked: list[tuple[int, bool]] = []

    def allowed(change: Change, policy: GuildPolicy) -> None:
        asked.append((change.change_id, policy.of("main").shadow))
        if not policy.of("main").shadow:
            raise NotTheirs("no")

    acting = set_list("main", shadow=False)(store)
    undoing = store.policies.undo_change(GUILD, 3, by=BOB, allowed=allowed)
    _, undone = await asyncio.gather(acting, undoing, return_exceptions=True)
    assert isinstance(undone, NotTheirs)
    assert asked == [(3, False)]
    assert (await store.words(GUILD)).lists == {"main": ()}
    assert (await store.changes(GUILD))[0].change_id == 4, "nothing was recorded"


async def test_terms_and_new_lists_are_asked_about_as_they_are_written(store: Store) -> None:
    await add("one")(store)
    await set_list("main", shadow=True)(store)
    asked: list[tuple[bool, GuildPolicy]] = []

    def allowed(before: GuildPolicy, after: GuildPolicy) -> None:
        asked.append((before.of("main").shadow, after))
        raise NotTheirs("no")

    book, before = store.policies, await store.changes(GUILD)
    acting = set_list("main", shadow=False)(store)
    terms = book.set_terms(GUILD, "main", "one", EntryTerms(BAN), by=BOB, allowed=allowed)
    made = book.create_list(GUILD, "new", ListPolicy(KICK), by=BOB, allowed=allowed)
    _, *refused = await asyncio.gather(acting, terms, made, return_exceptions=True)
    assert [type(one) for one in refused] == [NotTheirs, NotTheirs]
    assert [shadow for shadow, _ in asked] == [False, False]
    assert asked[0][1].terms == {("main", "one"): EntryTerms(BAN)}
    assert asked[1][1].of("new") == ListPolicy(KICK)
    policy = await book.policy(GUILD)
    assert (set(policy.lists), policy.terms) == ({"main"}, {})
    assert len(await store.changes(GUILD)) == len(before) + 1


class NotTheirs(PalisadeError):
    """Somebody may not."""
