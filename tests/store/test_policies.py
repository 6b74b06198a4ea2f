"""What a guild has set is kept, recorded and read back; one guild's never touches another's."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import policy_json
from data.store import Store
from moderation.consequence import (
    BAN,
    KICK,
    MAX_BAN_MS,
    MAX_TIMEOUT_MS,
    MINUTE_MS,
    WARN,
    Consequence,
    Step,
)
from moderation.errors import PalisadeError
from moderation.policy import (
    DEFAULT,
    DEFAULT_LIST,
    MAX_LISTS,
    EntryTerms,
    Exemptions,
    GuildPolicy,
    Ladder,
    ListPolicy,
    ModLog,
    NoticeBy,
    Notices,
    Rung,
    Watched,
)
from moderation.records import (
    Actor,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
    ChangeKind,
    ListRefused,
    UnknownEntry,
    UnknownList,
)
from moderation.words import parse_entry

ADA = Actor(7, "Ada")
GUILD, OTHER = 11, 12
TIMEOUT = Consequence(Step.TIMEOUT, 60 * MINUTE_MS)

# Strategies

ids = st.frozensets(st.integers(1, 2**63 - 1), max_size=3)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
consequences = st.one_of(
    st.sampled_from([Consequence(step) for step in Step if step is not Step.TIMEOUT]),
    st.integers(MINUTE_MS, MAX_TIMEOUT_MS).map(lambda ms: Consequence(Step.TIMEOUT, ms)),
    st.integers(MINUTE_MS, MAX_BAN_MS).map(lambda ms: Consequence(Step.BAN, ms)),
)
exemptions = st.builds(Exemptions, ids, ids, ids)
list_policies = st.builds(
    ListPolicy,
    consequences,
    st.frozensets(st.sampled_from(Watched)),
    ids,
    texts,
    st.booleans(),
    st.booleans(),
    exemptions,
)
channels = st.none() | st.integers(1, 2**63 - 1)
guild_policies = st.builds(
    GuildPolicy,
    exemptions=exemptions,
    judges_moderators=st.booleans(),
    moderators=ids,
    ladder=st.builds(
        Ladder,
        st.lists(st.builds(Rung, st.integers(1, 50), consequences), max_size=3).map(tuple),
        st.integers(1, 10**10),
    ),
    notices=st.builds(Notices, st.sampled_from(NoticeBy), st.booleans(), texts),
    mod_log=st.builds(ModLog, channels, channels, channels),
    text_days=st.integers(1, 365),
)
entry_terms = st.builds(
    EntryTerms, st.none() | consequences, texts, st.none() | st.integers(0, 10**13)
)


@given(guild_policies)
def test_a_policy_comes_back_from_json(policy: GuildPolicy) -> None:
    text = policy_json.written(policy_json.from_policy(policy))
    assert policy_json.to_policy(policy_json.read(text)) == policy


@given(list_policies)
def test_a_list_s_policy_comes_back_from_json(policy: ListPolicy) -> None:
    text = policy_json.written(policy_json.from_list(policy))
    assert policy_json.to_list(policy_json.read(text)) == policy


@given(entry_terms)
def test_an_entry_s_terms_come_back_from_json(terms: EntryTerms) -> None:
    text = policy_json.written(policy_json.from_terms(terms))
    assert policy_json.to_terms(policy_json.read(text)) == terms


def test_what_is_not_set_is_not_written() -> None:
    assert policy_json.from_policy(DEFAULT) == {}
    assert policy_json.from_list(DEFAULT_LIST) == {}
    assert policy_json.from_terms(EntryTerms()) == {}


async def test_an_unknown_guild_has_the_defaults(store: Store) -> None:
    assert await store.policies.policy(GUILD) == DEFAULT
    assert DEFAULT.of("main") == DEFAULT_LIST


async def test_what_belongs_to_no_list(store: Store, path: Path) -> None:
    book = store.policies
    wanted = replace(DEFAULT, moderators=frozenset({5}), ladder=Ladder((Rung(3, TIMEOUT),)))

    after = await book.set_policy(GUILD, lambda _: wanted, by=ADA, what="ladder")

    assert after == wanted == await book.policy(GUILD)
    assert await book.policy(OTHER) == DEFAULT
    (change,) = await store.changes(GUILD)
    assert (change.kind, change.actor) == (ChangeKind.POLICY_CHANGED, ADA)
    assert change.before == ChangedPolicy("ladder", DEFAULT)
    assert change.after == ChangedPolicy("ladder", wanted)
    await store.close()
    again = await Store.open(path)
    assert await again.policies.policy(GUILD) == wanted
    await again.close()


async def test_a_change_that_is_refused_or_changes_nothing_is_no_change(store: Store) -> None:
    def refuse(_: GuildPolicy) -> GuildPolicy:
        raise PalisadeError("no")

    with pytest.raises(PalisadeError, match="no"):
        await store.policies.set_policy(GUILD, refuse, by=ADA, what="x")
    await store.policies.set_policy(GUILD, lambda same: same, by=ADA, what="x")
    await store.policies.set_list(GUILD, "main", lambda same: same, by=ADA)
    assert await store.changes(GUILD) == []
    assert (await store.words(GUILD)).revision == 0


async def test_every_write_bumps_the_revision(store: Store) -> None:
    book = store.policies
    await store.add_words(GUILD, [parse_entry("one")], by=ADA)
    writes = (
        book.set_policy(GUILD, lambda p: replace(p, text_days=3), by=ADA, what="x"),
        book.create_list(GUILD, "spam", ListPolicy(), by=ADA),
        book.set_list(GUILD, "spam", lambda p: replace(p, shadow=True), by=ADA),
        book.set_terms(GUILD, "main", "one", EntryTerms(reason="x"), by=ADA),
        book.delete_list(GUILD, "spam", by=ADA),
        book.undo_change(GUILD, 6, by=ADA),
    )
    revision = (await store.words(GUILD)).revision
    for write in writes:
        await write
        before, revision = revision, (await store.words(GUILD)).revision
        assert revision == before + 1


async def test_a_list_from_its_making_to_its_end(store: Store) -> None:
    book = store.policies
    policy = ListPolicy(consequence=BAN, watches=frozenset({Watched.NAMES}))
    await book.create_list(GUILD, "Spam", policy, by=ADA)
    await store.add_words(GUILD, [parse_entry("one"), parse_entry("two")], by=ADA, list_name="sPAM")
    warned = await book.set_list(
        GUILD, "spam", lambda p: replace(p, consequence=WARN), by=ADA, rename="SPAM"
    )
    assert warned == replace(policy, consequence=WARN)
    assert (await book.policy(GUILD)).lists["SPAM"] == warned
    assert [entry.text for entry in (await store.words(GUILD)).lists["SPAM"]] == ["one", "two"]
    assert await book.delete_list(GUILD, "spam", by=ADA) == 2
    assert "SPAM" not in (await book.policy(GUILD)).lists
    assert list((await store.words(GUILD)).lists) == ["main"]

    deleted, changed, added, created = await store.changes(GUILD)
    entries = ChangedEntries("SPAM", ("one", "two"))
    assert deleted.before == ChangedList("SPAM", warned, entries)
    assert (changed.before, changed.after) == (
        ChangedList("Spam", policy),
        ChangedList("SPAM", warned),
    )
    assert added.after == ChangedEntries("Spam", ("one", "two"))
    assert (created.before, created.after) == (None, ChangedList("Spam", policy))


async def test_main_can_be_set_before_it_has_an_entry(store: Store) -> None:
    await store.policies.set_list(GUILD, "main", lambda p: replace(p, consequence=KICK), by=ADA)
    assert (await store.policies.policy(GUILD)).of("main").consequence == KICK
    await store.add_words(GUILD, [parse_entry("one")], by=ADA)
    assert (await store.policies.policy(GUILD)).of("main").consequence == KICK


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "needs a name"),
        ("  ", "needs a name"),
        ("a" * 33, "33 characters"),
        ("two words", "letters, digits"),
        ("a\nb", "letters, digits"),
        ("a\u200bb", "letters, digits"),
        ("-a", "begins with a letter"),
        ("<@1>", "letters, digits"),
        ("main", "“main” already"),
        ("MAIN", "“main” already"),
        ("Slurs", "“slurs” already"),
        ("ＳＬＵＲＳ", "“slurs” already"),
    ],
)
async def test_a_name_that_a_list_cannot_have(store: Store, name: str, told: str) -> None:
    await store.policies.create_list(GUILD, "slurs", ListPolicy(), by=ADA)
    await store.policies.create_list(GUILD, "other", ListPolicy(), by=ADA)
    before = await store.changes(GUILD)
    with pytest.raises(ListRefused, match=told):
        await store.policies.create_list(GUILD, name, ListPolicy(), by=ADA)
    if name.strip():  # an empty one asks for no other name
        with pytest.raises(ListRefused, match=told):
            await store.policies.set_list(GUILD, "other", lambda p: p, by=ADA, rename=name)
    assert await store.changes(GUILD) == before


@pytest.mark.parametrize("name", ["a", "slurs-2", "a_b", "спам", "हिन्दी", "9", "a" * 32])
async def test_a_name_that_a_list_can_have(store: Store, name: str) -> None:
    await store.policies.create_list(GUILD, name, ListPolicy(), by=ADA)
    assert name in (await store.policies.policy(GUILD)).lists


async def test_one_list_too_many(store: Store) -> None:
    for number in range(MAX_LISTS - 1):  # main is one of them
        await store.policies.create_list(GUILD, f"l{number}", ListPolicy(), by=ADA)
    with pytest.raises(ListRefused, match="25 lists"):
        await store.policies.create_list(GUILD, "more", ListPolicy(), by=ADA)
    await store.policies.create_list(OTHER, "more", ListPolicy(), by=ADA)


async def test_main_stays(store: Store) -> None:
    for write in (
        store.policies.delete_list(GUILD, "main", by=ADA),
        store.policies.set_list(GUILD, "main", lambda p: p, by=ADA, rename="other"),
    ):
        with pytest.raises(ListRefused, match="Every server has"):
            await write


async def test_a_list_that_is_not_there(store: Store) -> None:
    await store.policies.create_list(OTHER, "spam", ListPolicy(), by=ADA)
    for write in (
        store.policies.delete_list(GUILD, "spam", by=ADA),
        store.policies.set_list(GUILD, "spam", lambda p: p, by=ADA),
        store.policies.set_terms(GUILD, "spam", "one", EntryTerms(reason="x"), by=ADA),
        store.add_words(GUILD, [parse_entry("one")], by=ADA, list_name="spam"),
    ):
        with pytest.raises(UnknownList, match="no list called “spam”"):
            await write


async def test_terms_go_with_their_entry(store: Store) -> None:
    terms = EntryTerms(BAN, "raid of May", 5)
    await store.add_words(GUILD, [parse_entry("One"), parse_entry("two")], by=ADA)
    await store.add_words(OTHER, [parse_entry("One")], by=ADA)
    await store.policies.set_terms(GUILD, "main", "one", terms, by=ADA)  # by its key
    assert (await store.policies.policy(GUILD)).terms == {("main", "One"): terms}
    assert (await store.policies.policy(OTHER)).terms == {}
    assert (await store.changes(GUILD))[0].after == ChangedTerms("main", "One", terms)

    await store.add_words(GUILD, [parse_entry("one")], by=ADA)  # there already
    assert (await store.policies.policy(GUILD)).terms == {("main", "One"): terms}
    await store.remove_words(GUILD, ["One"], by=ADA)
    gone = ChangedEntries("main", ("One",), {"One": terms})
    assert (await store.changes(GUILD))[0].before == gone
    await store.add_words(GUILD, [parse_entry("One")], by=ADA)
    assert (await store.policies.policy(GUILD)).terms == {}


async def test_terms_of_an_entry_that_is_not_there(store: Store) -> None:
    for entry in ("one", ""):
        with pytest.raises(UnknownEntry, match="not on the list “main”"):
            await store.policies.set_terms(GUILD, "main", entry, EntryTerms(reason="x"), by=ADA)
    assert await store.changes(GUILD) == []


async def test_empty_terms_take_the_old_ones_away(store: Store) -> None:
    await store.add_words(GUILD, [parse_entry("one")], by=ADA)
    await store.policies.set_terms(GUILD, "main", "one", EntryTerms(KICK), by=ADA)
    await store.policies.set_terms(GUILD, "main", "one", EntryTerms(), by=ADA)
    assert (await store.policies.policy(GUILD)).terms == {}
    assert len(await store.changes(GUILD)) == 3
