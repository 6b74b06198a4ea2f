"""Who and where is exempt, and why."""

from dataclasses import replace

import pytest

from moderation.events import Event, NamesSeen, ThreadSeen
from moderation.exempting import Nowhere, exemptions, known, known_of
from moderation.judge import judge
from moderation.people import Kind, Membership, Person
from moderation.policy import DEFAULT, EntryTerms, Exemptions, GuildPolicy, ListPolicy, Watched
from moderation.verdict import Because, Exempt
from tests.core.policies import (
    ADMIN,
    ANN,
    BEN,
    CATEGORY,
    CHANNEL,
    ELSEWHERE,
    GUILD,
    HELPER,
    MODERATOR,
    OWNER,
    STAFF,
    THREAD,
    Harbour,
    member,
    rules,
    said,
    webhook,
)


def for_all(**who: set[int]) -> GuildPolicy:
    return GuildPolicy(exemptions=Exemptions(**{k: frozenset(v) for k, v in who.items()}))


def for_bad(**who: set[int]) -> GuildPolicy:
    of_list = ListPolicy(exemptions=Exemptions(**{k: frozenset(v) for k, v in who.items()}))
    return GuildPolicy(lists={"bad": of_list})


def only_in(*channels: int) -> GuildPolicy:
    return GuildPolicy(lists={"bad": ListPolicy(channels=frozenset(channels))})


JUDGING = GuildPolicy(judges_moderators=True)
IN_THREAD = said("bad", channel_id=THREAD)
NAMED = NamesSeen(GUILD, replace(member(ANN, HELPER), username="bad"))
TITLE = ThreadSeen(GUILD, THREAD, "bad")

TABLE: list[tuple[GuildPolicy, Event, tuple[Because, int] | None]] = [
    # nobody
    (DEFAULT, said("bad"), None),
    (DEFAULT, said("bad", webhook()), None),
    # roles and members, for all lists and for one
    (for_all(roles={HELPER}), said("bad", member(ANN, HELPER)), (Because.ROLE, HELPER)),
    (for_all(roles={HELPER}), said("bad", member(ANN, 99)), None),
    (for_bad(roles={HELPER}), said("bad", member(ANN, HELPER)), (Because.ROLE, HELPER)),
    (for_all(members={ANN}), said("bad"), (Because.MEMBER, ANN)),
    (for_bad(members={ANN}), said("bad"), (Because.MEMBER, ANN)),
    (for_all(members={BEN}), said("bad"), None),
    # channels: a category covers its channels, a channel its threads
    (for_all(channels={CHANNEL}), said("bad"), (Because.CHANNEL, CHANNEL)),
    (for_bad(channels={CHANNEL}), said("bad"), (Because.CHANNEL, CHANNEL)),
    (for_all(channels={CATEGORY}), said("bad"), (Because.CHANNEL, CATEGORY)),
    (for_all(channels={THREAD}), IN_THREAD, (Because.CHANNEL, THREAD)),
    (for_all(channels={CHANNEL}), IN_THREAD, (Because.CHANNEL, CHANNEL)),
    (for_all(channels={CATEGORY}), IN_THREAD, (Because.CHANNEL, CATEGORY)),
    (for_bad(channels={CATEGORY}), IN_THREAD, (Because.CHANNEL, CATEGORY)),
    (for_all(channels={THREAD}), said("bad"), None),
    (for_all(channels={CATEGORY}), said("bad", channel_id=ELSEWHERE), None),
    # where a list applies
    (only_in(CHANNEL), said("bad"), None),
    (only_in(CHANNEL), IN_THREAD, None),
    (only_in(CATEGORY), IN_THREAD, None),
    (only_in(CHANNEL), said("bad", channel_id=ELSEWHERE), (Because.NOT_HERE, 0)),
    (only_in(THREAD), said("bad"), (Because.NOT_HERE, 0)),
    # webhooks have neither roles nor a place among the members, whatever their id
    (for_all(roles={HELPER}, members={ANN}), said("bad", webhook()), None),
    (for_all(channels={CHANNEL}), said("bad", webhook()), (Because.CHANNEL, CHANNEL)),
    (DEFAULT, said("bad", webhook(OWNER)), None),
    # moderators, administrators, the owner
    (DEFAULT, said("bad", member(OWNER)), (Because.OWNER, OWNER)),
    (DEFAULT, said("bad", Person(OWNER)), (Because.OWNER, OWNER)),
    (DEFAULT, said("bad", member(ANN, MODERATOR)), (Because.MODERATOR, 0)),
    (DEFAULT, said("bad", member(ANN, ADMIN)), (Because.MODERATOR, 0)),
    (DEFAULT, said("bad", member(ANN, HELPER)), None),
    (DEFAULT, said("bad", member(ANN, HELPER), channel_id=STAFF), (Because.MODERATOR, 0)),
    (
        GuildPolicy(moderators=frozenset({HELPER})),
        said("bad", member(ANN, HELPER)),
        (Because.MODERATOR, HELPER),
    ),
    (JUDGING, said("bad", member(OWNER)), None),
    (JUDGING, said("bad", member(ANN, MODERATOR, ADMIN)), None),
    (
        replace(JUDGING, moderators=frozenset({HELPER})),
        said("bad", member(ANN, HELPER)),
        None,
    ),
    (
        replace(for_all(roles={ADMIN}), judges_moderators=True),
        said("bad", member(ANN, ADMIN)),
        (Because.ROLE, ADMIN),
    ),
    # names: roles and members hold, channels play no part
    (DEFAULT, NAMED, None),
    (for_all(roles={HELPER}), NAMED, (Because.ROLE, HELPER)),
    (for_bad(members={ANN}), NAMED, (Because.MEMBER, ANN)),
    (for_all(channels={CHANNEL, CATEGORY}), NAMED, None),
    (only_in(CHANNEL), NAMED, None),
    (
        DEFAULT,
        NamesSeen(GUILD, replace(member(ANN, MODERATOR), username="bad")),
        (Because.MODERATOR, 0),
    ),
    # titles: nobody has set them
    (DEFAULT, TITLE, None),
    (for_all(channels={CATEGORY}), TITLE, (Because.CHANNEL, CATEGORY)),
    (only_in(ELSEWHERE), TITLE, (Because.NOT_HERE, 0)),
    # nobody is exempt by what is not known
    (for_all(roles={HELPER}), said("bad", Person(ANN)), None),
    (for_all(members={0}), said("bad", Person(0, Kind.UNKNOWN)), None),
]


@pytest.mark.parametrize(("policy", "event", "because"), TABLE)
def test_who_and_where_is_exempt(
    policy: GuildPolicy, event: Event, because: tuple[Because, int] | None
) -> None:
    verdict = judge(event, rules({"bad": ["bad"]}, policy))
    assert bool(verdict.actions) is (because is None)
    assert verdict.violates is (because is None)
    found = [(why.because, why.snowflake) for why in verdict.spared]
    assert found == ([] if because is None else [because])
    # The same is answered to whoever asks.
    why = exemptions("bad", policy, known_of(event, Harbour()))
    assert [(one.because, one.snowflake) for one in why][:1] == found


def test_every_reason_is_in_a_table() -> None:
    shown = {because[0] for _, _, because in TABLE if because is not None}
    assert shown | {Because.LIST_OFF, Because.NOT_WATCHED, Because.EXPIRED} == set(Because)


@pytest.mark.parametrize(
    ("policy", "because"),
    [
        (GuildPolicy(lists={"bad": ListPolicy(watches=frozenset())}), Because.NOT_WATCHED),
        (
            GuildPolicy(lists={"bad": ListPolicy(watches=frozenset({Watched.NAMES}))}),
            Because.NOT_WATCHED,
        ),
    ],
)
def test_what_a_list_does_not_watch(policy: GuildPolicy, because: Because) -> None:
    verdict = judge(said("bad"), rules({"bad": ["bad"]}, policy))
    assert verdict.spared == (Exempt("bad", because),)


def test_an_entry_that_has_expired_since_it_was_compiled() -> None:
    now = [1_000]
    policy = GuildPolicy(terms={("bad", "bad"): EntryTerms(expires_at=2_000)})
    ruleset = rules({"bad": ["bad", "worse"]}, policy, now=lambda: now[0])
    assert judge(said("bad"), ruleset).actions
    now[0] = 2_000
    verdict = judge(said("bad"), ruleset)
    assert (verdict.found, verdict.spared) == ((), (Exempt("bad", Because.EXPIRED),))
    assert judge(said("bad worse"), ruleset).actions
    # Compiled after its time it is not looked for at all.
    again = rules({"bad": ["bad", "worse"]}, policy, now=lambda: now[0])
    assert not again.detect("bad")
    assert again.detect("worse")


def test_a_list_that_is_off_is_not_looked_for() -> None:
    policy = GuildPolicy(lists={"bad": ListPolicy(enabled=False)})
    ruleset = rules({"bad": ["bad"], "other": ["worse"]}, policy)
    assert not ruleset.detect("bad")
    assert ruleset.detect("worse")
    assert rules({"bad": ["bad"]}, policy).is_empty
    why = exemptions("bad", policy, known(GUILD, member(), CHANNEL, Harbour()))
    assert why == (Exempt("bad", Because.LIST_OFF),)


def test_another_list_counts_all_the_same() -> None:
    policy = for_bad(channels={CHANNEL})
    verdict = judge(said("bad worse"), rules({"bad": ["bad"], "other": ["worse"]}, policy))
    assert [found.hit.list for found in verdict.found] == ["other"]
    assert verdict.spared == (Exempt("bad", Because.CHANNEL, CHANNEL),)


def test_every_reason_is_told_to_whoever_asks() -> None:
    exempt = Exemptions(frozenset({HELPER}), frozenset({CATEGORY}), frozenset({ANN}))
    policy = GuildPolicy(
        exemptions=exempt,
        lists={"bad": ListPolicy(exemptions=exempt, enabled=False, channels=frozenset({STAFF}))},
    )
    who = known(GUILD, member(ANN, HELPER, MODERATOR), THREAD, Harbour())
    everywhere = (
        Exempt("", Because.MODERATOR),
        Exempt("", Because.MEMBER, ANN),
        Exempt("", Because.ROLE, HELPER),
        Exempt("", Because.CHANNEL, CATEGORY),
    )
    assert exemptions("other", policy, who) == everywhere
    assert exemptions("bad", policy, who) == (
        *everywhere,
        Exempt("bad", Because.LIST_OFF),
        Exempt("bad", Because.NOT_HERE),
        Exempt("bad", Because.MEMBER, ANN),
        Exempt("bad", Because.ROLE, HELPER),
        Exempt("bad", Because.CHANNEL, CATEGORY),
    )


def test_what_the_payload_says_holds_where_nothing_else_is_known() -> None:
    boss = Person(ANN, membership=Membership(permissions=1 << 3))
    assert known(GUILD, boss, CHANNEL, Nowhere()).permissions == 1 << 3
    owner = Person(ANN, membership=Membership(is_owner=True))
    assert known(GUILD, owner, None, Nowhere()).is_owner
    titled = ThreadSeen(GUILD, THREAD, "bad", parent_id=CHANNEL)
    assert known_of(titled, Nowhere()).places == (THREAD, CHANNEL)


@pytest.mark.parametrize(
    ("policy", "author", "unsure"),
    [
        (DEFAULT, Person(ANN), True),
        (DEFAULT, Person(ANN, Kind.UNKNOWN), True),
        (DEFAULT, member(), False),
        (DEFAULT, Person(0, Kind.UNKNOWN), False),
        (DEFAULT, webhook(), False),
        (DEFAULT, Person(ANN, Kind.APPLICATION), False),
        (JUDGING, Person(ANN), False),
        (replace(for_all(roles={HELPER}), judges_moderators=True), Person(ANN), True),
        (replace(for_bad(roles={HELPER}), judges_moderators=True), Person(ANN), True),
        (replace(for_bad(members={BEN}), judges_moderators=True), Person(ANN), False),
    ],
)
def test_whether_it_has_to_be_asked_who_it_was(
    policy: GuildPolicy, author: Person, unsure: bool
) -> None:
    assert judge(said("bad", author), rules({"bad": ["bad"]}, policy)).unsure is unsure
    assert not judge(said("fine", author), rules({"bad": ["bad"]}, policy)).unsure
