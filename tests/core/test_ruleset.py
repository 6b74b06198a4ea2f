"""What counts of what was found, and what follows: examples, and laws for every policy."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.consequence import BAN, DELETE, KICK, LOG, MINUTE_MS, WARN, Consequence, Step
from moderation.events import Event, NamesSeen, Surface, ThreadSeen
from moderation.judge import judge
from moderation.limits import MAX_HITS_EXPLAINED
from moderation.people import Membership, Person
from moderation.policy import (
    DEFAULT,
    WATCHED_AS,
    EntryTerms,
    Exemptions,
    GuildPolicy,
    ListPolicy,
    Watched,
)
from moderation.verdict import DeleteMessage, Verdict
from tests.core.policies import (
    ANN,
    CATEGORY,
    CHANNEL,
    ELSEWHERE,
    GUILD,
    HELPER,
    MODERATOR,
    OWNER,
    THREAD,
    member,
    rules,
    said,
)

TIMEOUT = Consequence(Step.TIMEOUT, 60 * MINUTE_MS)
WORDS = ("idiot", "scumbag", "walrus", "numpty")


# Examples


def test_a_list_that_only_logs_acts_on_nothing() -> None:
    policy = GuildPolicy(lists={"log": ListPolicy(LOG)})
    verdict = judge(said("idiot"), rules({"log": ["idiot"]}, policy))
    assert verdict.violates
    assert not verdict.acts
    assert (verdict.actions, verdict.consequence) == ((), LOG)


def test_the_strongest_of_several_lists_follows() -> None:
    policy = GuildPolicy(
        lists={"a": ListPolicy(WARN), "b": ListPolicy(TIMEOUT), "c": ListPolicy(DELETE)}
    )
    ruleset = rules({"a": ["idiot"], "b": ["scumbag"], "c": ["walrus"]}, policy)
    assert judge(said("idiot walrus"), ruleset).consequence == WARN
    assert judge(said("walrus scumbag idiot"), ruleset).consequence == TIMEOUT
    assert judge(said("walrus"), ruleset).consequence == DELETE
    assert judge(said("walrus"), ruleset).policy is policy


def test_an_entry_s_own_consequence_stands_instead_of_its_list_s() -> None:
    policy = GuildPolicy(
        lists={"main": ListPolicy(KICK)},
        terms={
            ("main", "idiot"): EntryTerms(WARN, "no insults"),
            ("other", "scumbag"): EntryTerms(BAN),
        },
    )
    ruleset = rules({"main": ["idiot", "scumbag"]}, policy)
    verdict = judge(said("idiot"), ruleset)
    assert verdict.consequence == WARN
    assert [found.reason for found in verdict.found] == ["no insults"]
    assert judge(said("scumbag"), ruleset).consequence == KICK, "the other list's entry"


def test_a_list_in_the_shadow_tells_what_it_would_have_done() -> None:
    policy = GuildPolicy(lists={"new": ListPolicy(BAN, shadow=True), "main": ListPolicy()})
    ruleset = rules({"new": ["idiot"], "main": ["walrus"]}, policy)
    verdict = judge(said("idiot"), ruleset)
    assert (verdict.actions, verdict.consequence) == ((), LOG)
    assert [(found.shadow, found.consequence) for found in verdict.found] == [(True, BAN)]
    both = judge(said("idiot walrus"), ruleset)
    assert [found.hit.list for found in both.found] == ["main", "new"], "what acts comes first"
    (action,) = both.actions
    assert action.reason == "Banned in message: walrus (list main)"


@pytest.mark.parametrize("first", ["shadow", "exempt", "log"])
@pytest.mark.parametrize("long", [False, True])
def test_hits_that_are_not_told_are_judged_all_the_same(first: str, long: bool) -> None:
    exempt = Exemptions(channels=frozenset({CHANNEL}))
    policies = {
        "shadow": ListPolicy(KICK, shadow=True),
        "exempt": ListPolicy(KICK, exemptions=exempt),
        "log": ListPolicy(LOG),
    }
    policy = GuildPolicy(lists={"first": policies[first], "severe": ListPolicy(BAN)})
    ruleset = rules({"first": ["idiot"], "severe": ["scumbag"]}, policy)
    many = "idiot " * 25 + ("nothing much to see here, is there? " * 25 if long else "")
    verdict = judge(said(many + "scumbag"), ruleset)
    assert verdict.consequence == BAN
    assert verdict.found[0].hit.list == "severe"
    assert [type(action) for action in verdict.actions] == [DeleteMessage]
    severe = [found for found in verdict.found if found.hit.list == "severe"]
    assert [found.hit.text for found in severe] == ["scumbag"]
    assert verdict.more == (5 if first == "log" else 0)
    disguised = judge(said(many + "s.c.u.m.b.a.g"), ruleset)
    assert disguised.consequence == BAN


def test_an_entry_of_a_list_is_not_lost_among_the_others_of_its_list() -> None:
    policy = GuildPolicy(terms={("main", "scumbag"): EntryTerms(BAN)})
    ruleset = rules({"main": ["idiot", "scumbag"]}, policy)
    verdict = judge(said("idiot " * 30 + "scumbag"), ruleset)
    assert verdict.consequence == BAN
    assert len(verdict.found) + verdict.more == 31
    assert len(verdict.found) == MAX_HITS_EXPLAINED


def test_an_entry_within_many_others_of_another_list_is_found() -> None:
    open_words = [f"*{'a' * size}*" for size in range(4, 30)]
    policy = GuildPolicy(
        lists={"shadow": ListPolicy(shadow=True), "severe": ListPolicy(BAN)},
    )
    ruleset = rules({"shadow": open_words, "severe": ["*" + "a" * 31 + "*"]}, policy)
    assert judge(said("a" * 40), ruleset).consequence == BAN


@pytest.mark.parametrize("consequence", [LOG, DELETE])
def test_the_shadow_takes_no_place_from_what_is_told(consequence: Consequence) -> None:
    policy = GuildPolicy(lists={"main": ListPolicy(consequence), "new": ListPolicy(shadow=True)})
    text = " ".join(["idiot"] * 25)
    alone = judge(said(text), rules({"main": ["idiot"]}, policy))
    both = judge(said(text), rules({"new": ["idiot"], "main": ["idiot"]}, policy))
    told = tuple(found for found in both.found if not found.shadow)
    assert (told, both.more) == (alone.found, alone.more)
    assert len(told) + both.more == 25
    assert [found.shadow for found in both.found] == [False] * 20 + [True] * 20


SURFACES = [(surface, WATCHED_AS[surface]) for surface in Surface]


@pytest.mark.parametrize(("surface", "group"), SURFACES)
def test_each_surface_is_watched_by_its_group_alone(surface: Surface, group: Watched) -> None:
    for watched in Watched:
        policy = GuildPolicy(lists={"main": ListPolicy(watches=frozenset({watched}))})
        verdict = judge(appears("idiot", surface), rules({"main": ["idiot"]}, policy))
        assert verdict.violates is (watched is group), watched


def appears(text: str, surface: Surface) -> Event:
    match surface:
        case Surface.THREAD_TITLE:
            return ThreadSeen(GUILD, THREAD, text)
        case Surface.NICKNAME:
            return NamesSeen(GUILD, Person(ANN, membership=Membership(text)))
        case Surface.GLOBAL_NAME:
            return NamesSeen(GUILD, Person(ANN, global_name=text, membership=Membership()))
        case Surface.USERNAME:
            return NamesSeen(GUILD, Person(ANN, username=text, membership=Membership()))
        case Surface.SERVER_TAG:
            person = Person(ANN, username="x", server_tag=text, membership=Membership())
            return NamesSeen(GUILD, person)
        case _:
            return said(text, surface=surface)


@pytest.mark.parametrize(
    ("watches", "at_first", "after_an_edit"),
    [
        ({Watched.MESSAGES, Watched.EDITS}, True, True),
        ({Watched.MESSAGES}, True, False),
        ({Watched.EDITS}, False, False),
    ],
)
def test_edits_are_watched_on_their_own(
    watches: set[Watched], at_first: bool, after_an_edit: bool
) -> None:
    policy = GuildPolicy(lists={"main": ListPolicy(watches=frozenset(watches))})
    ruleset = rules({"main": ["idiot"]}, policy)
    assert judge(said("idiot"), ruleset).violates is at_first
    assert judge(said("idiot", edited=True), ruleset).violates is after_an_edit


def named(nickname: str | None, username: str = "ann", **more: object) -> NamesSeen:
    person = Person(ANN, username=username, membership=Membership(nickname))
    return NamesSeen(GUILD, person, **more)  # type: ignore[arg-type]  # standing alone is given


def test_names_that_were_there_before_are_taken_away_and_nothing_more() -> None:
    policy = GuildPolicy(lists={"main": ListPolicy(BAN)})
    ruleset = rules({"main": ["idiot"]}, policy)
    set_now, standing = (
        judge(named("idiot"), ruleset),
        judge(named("idiot", standing=True), ruleset),
    )
    assert set_now.consequence == BAN
    assert standing.consequence == DELETE
    assert set_now.actions == standing.actions != ()


def test_for_a_server_tag_nothing_follows() -> None:
    policy = GuildPolicy(lists={"main": ListPolicy(BAN)})
    verdict = judge(appears("idiot", Surface.SERVER_TAG), rules({"main": ["idiot"]}, policy))
    assert verdict.violates
    assert (verdict.actions, verdict.consequence) == ((), LOG)


def test_the_shadow_bans_no_neutral_name() -> None:
    policy = GuildPolicy(lists={"new": ListPolicy(shadow=True)})
    verdict = judge(named(None, "idiot"), rules({"main": ["idiot"], "new": ["member"]}, policy))
    (action,) = verdict.actions
    assert str(getattr(action, "nickname", "")).startswith("Member ")


def test_a_nickname_that_only_the_shadow_bans_covers_the_name_below() -> None:
    policy = GuildPolicy(lists={"new": ListPolicy(shadow=True)})
    ruleset = rules({"main": ["idiot"], "new": ["walrus"]}, policy)
    assert judge(named("walrus", "idiot"), ruleset).actions == ()


def test_what_exempt_hits_would_have_asked_for() -> None:
    policy = GuildPolicy(lists={"a": ListPolicy(WARN), "b": ListPolicy(BAN, shadow=True)})
    ruleset = rules({"a": ["idiot"], "b": ["walrus"]}, policy)
    assert judge(said("idiot", member(OWNER)), ruleset).spared_from == WARN
    assert judge(said("walrus", member(OWNER)), ruleset).spared_from == LOG
    assert judge(said("idiot", channel_id=ELSEWHERE), ruleset).spared_from == LOG


# Laws

consequences = st.sampled_from([LOG, DELETE, WARN, TIMEOUT, KICK, BAN])
ids = st.sampled_from([HELPER, MODERATOR, ANN, OWNER, CHANNEL, CATEGORY, THREAD, ELSEWHERE])
some_ids = st.frozensets(ids, max_size=2)
exemptions = st.builds(Exemptions, some_ids, some_ids, some_ids)
list_policies = st.builds(
    ListPolicy,
    consequence=consequences,
    watches=st.frozensets(st.sampled_from(Watched), min_size=5),
    channels=st.frozensets(st.sampled_from([CHANNEL, CATEGORY, ELSEWHERE]), max_size=1),
    shadow=st.booleans(),
    enabled=st.sampled_from([True, True, True, False]),
    exemptions=exemptions,
)
names = st.sampled_from(["a", "b", "c"])
word_lists = st.dictionaries(
    names, st.lists(st.sampled_from(WORDS), min_size=1, unique=True), min_size=1
)
terms = st.dictionaries(
    st.tuples(names, st.sampled_from(WORDS)), st.builds(EntryTerms, consequences), max_size=2
)
policies = st.builds(
    GuildPolicy,
    lists=st.dictionaries(names, list_policies),
    terms=terms,
    exemptions=exemptions,
    judges_moderators=st.booleans(),
    moderators=st.frozensets(st.just(HELPER), max_size=1),
)
texts = st.lists(
    st.sampled_from([*WORDS, "w.a.l.r.u.s", "1d10t", "fine", "so"]).flatmap(
        lambda word: st.sampled_from([1, 1, 1, 25]).map(lambda times: " ".join([word] * times))
    ),
    min_size=1,
    max_size=4,
).map(" ".join)
people = st.sampled_from(
    [member(), member(ANN, HELPER), member(ANN, MODERATOR), member(OWNER), Person(ANN)]
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        said,
        texts,
        people,
        channel_id=st.sampled_from([CHANNEL, THREAD, ELSEWHERE]),
        surface=st.sampled_from([Surface.MESSAGE, Surface.EMBED, Surface.FORWARD]),
        edited=st.booleans(),
    ),
    st.builds(named, st.none() | st.sampled_from(WORDS), st.sampled_from([*WORDS, "ann"])),
    st.builds(ThreadSeen, st.just(GUILD), st.just(THREAD), texts),
)


def acting(verdict: Verdict) -> list[tuple[str, str, int, Surface]]:
    return [
        (found.hit.list, found.hit.entry, found.hit.start, found.part.surface)
        for found in verdict.found
        if not found.shadow
    ]


@settings(deadline=None)
@given(word_lists, policies, events)
def test_the_consequence_is_that_of_what_is_told(
    lists: Mapping[str, list[str]], policy: GuildPolicy, event: Event
) -> None:
    verdict = judge(event, rules(lists, policy))
    told = [found.consequence for found in verdict.found if not found.shadow]
    if not verdict.more and told:
        assert verdict.consequence == max(told, key=lambda one: one.strength)
    if not told:
        assert verdict.actions == ()
    if verdict.actions:
        assert verdict.consequence.step >= Step.DELETE


@settings(deadline=None)
@given(word_lists, policies, events, exemptions, names | st.none())
def test_an_exemption_never_adds_a_violation(
    lists: Mapping[str, list[str]],
    policy: GuildPolicy,
    event: Event,
    added: Exemptions,
    of_list: str | None,
) -> None:
    def more(old: Exemptions) -> Exemptions:
        return Exemptions(
            old.roles | added.roles, old.channels | added.channels, old.members | added.members
        )

    if of_list is None:
        exempting = replace(policy, exemptions=more(policy.exemptions))
    else:
        old = policy.of(of_list)
        own = replace(old, exemptions=more(old.exemptions))
        exempting = replace(policy, lists={**policy.lists, of_list: own})
    before, after = judge(event, rules(lists, policy)), judge(event, rules(lists, exempting))
    assert (
        after.consequence.strength
        <= (before.consequence.strength if before.violates else LOG.strength)
        or not after.violates
    )
    assert bool(after.actions) <= bool(before.actions)
    if not (before.more or after.more):
        assert set(acting(after)) <= set(acting(before))


@settings(deadline=None)
@given(word_lists, policies, events, st.lists(st.sampled_from(WORDS), min_size=1), list_policies)
def test_a_list_in_the_shadow_changes_nothing(
    lists: Mapping[str, list[str]],
    policy: GuildPolicy,
    event: Event,
    entries: list[str],
    new: ListPolicy,
) -> None:
    shadowed = replace(policy, lists={**policy.lists, "new": replace(new, shadow=True)})
    before = judge(event, rules(lists, policy))
    after = judge(event, rules({"new": entries, **lists}, shadowed))
    assert after.actions == before.actions
    assert acting(after) == acting(before)
    assert after.more == before.more
    if before.violates:
        assert after.consequence == before.consequence
    elif after.violates:
        assert after.consequence == LOG


@settings(deadline=None)
@given(word_lists, policies, events, st.lists(st.sampled_from(WORDS), min_size=1), list_policies)
def test_another_list_never_weakens_what_follows(
    lists: Mapping[str, list[str]],
    policy: GuildPolicy,
    event: Event,
    entries: list[str],
    new: ListPolicy,
) -> None:
    more = replace(policy, lists={**policy.lists, "new": new})
    before = judge(event, rules(lists, policy))
    after = judge(event, rules({**lists, "new": entries}, more))
    if before.violates:
        assert after.violates
        assert after.consequence.strength >= before.consequence.strength
    assert bool(after.actions) >= bool(before.actions)


@settings(deadline=None)
@given(word_lists, events)
def test_without_a_policy_everything_found_is_taken_away(
    lists: Mapping[str, list[str]], event: Event
) -> None:
    judging = replace(DEFAULT, judges_moderators=True)
    ruleset = rules(lists, judging)
    verdict = judge(event, ruleset)
    assert verdict.spared == ()
    assert all(found.consequence == DELETE for found in verdict.found)
    assert bool(verdict.actions) is verdict.violates
