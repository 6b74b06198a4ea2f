"""Who may configure what, as a table: which permissions a change takes beyond Manage Server."""

from collections.abc import Callable
from dataclasses import replace

import nextcord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.granting import (
    NotGranted,
    asked_by,
    asked_by_entries,
    asked_by_undoing,
    follows_anywhere,
    granted,
    granted_list,
    missing,
)
from cogs.helpers.rungs import PRESET
from moderation.consequence import BAN, DELETE, KICK, LOG, WARN, Consequence, Step
from moderation.policy import (
    EVERYWHERE,
    EntryTerms,
    Exemptions,
    GuildPolicy,
    Ladder,
    ListPolicy,
    Rung,
    Watched,
)
from moderation.records import (
    MAIN_LIST,
    OPERATOR,
    Change,
    Changed,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
    ChangeKind,
)

HOUR = Consequence(Step.TIMEOUT, 3_600_000)
DAY = Consequence(Step.TIMEOUT, 24 * 3_600_000)
ONE = frozenset({1})
TWO = frozenset({1, 2})
MESSAGES = frozenset({Watched.MESSAGES})
SEVERAL = frozenset({Watched.MESSAGES, Watched.NAMES})


def lists(terms: EntryTerms | None = None, **policies: ListPolicy) -> GuildPolicy:
    """A policy with these lists; ``terms`` are of the entry “x” of the list ``bans``."""
    return GuildPolicy(lists=policies, terms={("bans", "x"): terms} if terms else {})


BANS = ListPolicy(BAN)
OFF, SHADOW = ListPolicy(BAN, enabled=False), ListPolicy(BAN, shadow=True)
BANNING = lists(bans=BANS)
LADDER = Ladder((Rung(3, HOUR), Rung(5, BAN)))

TABLE: list[tuple[str, GuildPolicy, GuildPolicy, set[Step]]] = [
    ("nothing", BANNING, BANNING, set()),
    ("a list that warns", lists(), lists(a=ListPolicy(WARN)), {Step.WARN}),
    ("a list that bans", lists(), BANNING, {Step.BAN}),
    ("a list that kicks", lists(), lists(a=ListPolicy(KICK)), {Step.KICK}),
    ("a list in the shadow", lists(), lists(bans=SHADOW), set()),
    ("a list that is off", lists(), lists(bans=OFF), set()),
    ("a stronger step", lists(bans=ListPolicy(HOUR)), BANNING, {Step.BAN}),
    ("a longer one", lists(a=ListPolicy(HOUR)), lists(a=ListPolicy(DAY)), {Step.TIMEOUT}),
    ("a shorter one", lists(a=ListPolicy(DAY)), lists(a=ListPolicy(HOUR)), set()),
    ("a weaker step", BANNING, lists(bans=ListPolicy(KICK)), set()),
    ("switched on", lists(bans=OFF), BANNING, {Step.BAN}),
    ("switched off", BANNING, lists(bans=OFF), set()),
    ("out of the shadow", lists(bans=SHADOW), BANNING, {Step.BAN}),
    ("into the shadow", BANNING, lists(bans=SHADOW), set()),
    ("on, but in the shadow", lists(bans=OFF), lists(bans=SHADOW), set()),
    ("deleted", BANNING, lists(), set()),
    ("more surfaces", lists(bans=ListPolicy(BAN, MESSAGES)), BANNING, {Step.BAN}),
    ("fewer", lists(bans=BANS), lists(bans=ListPolicy(BAN, SEVERAL)), set()),
    (
        "other surfaces",
        lists(bans=ListPolicy(BAN, MESSAGES)),
        lists(bans=ListPolicy(BAN, frozenset({Watched.NAMES}))),
        {Step.BAN},
    ),
    ("everywhere", lists(bans=ListPolicy(BAN, channels=ONE)), BANNING, {Step.BAN}),
    ("only there", BANNING, lists(bans=ListPolicy(BAN, channels=ONE)), set()),
    (
        "in one channel more",
        lists(bans=ListPolicy(BAN, channels=ONE)),
        lists(bans=ListPolicy(BAN, channels=TWO)),
        {Step.BAN},
    ),
    (
        "fewer exempt from a list",
        lists(bans=ListPolicy(BAN, exemptions=Exemptions(roles=TWO))),
        lists(bans=ListPolicy(BAN, exemptions=Exemptions(roles=ONE))),
        {Step.BAN},
    ),
    ("a notice", BANNING, lists(bans=ListPolicy(BAN, notice="Please.")), set()),
    (
        "reaching further with an entry that bans",
        lists(EntryTerms(BAN), bans=ListPolicy(WARN, MESSAGES)),
        lists(EntryTerms(BAN), bans=ListPolicy(WARN)),
        {Step.WARN, Step.BAN},
    ),
    (
        "reaching further beside a ladder",
        replace(lists(a=ListPolicy(channels=ONE)), ladder=LADDER),
        replace(lists(a=ListPolicy()), ladder=LADDER),
        {Step.DELETE, Step.TIMEOUT, Step.BAN},
    ),
    ("an entry that bans", lists(a=BANS), lists(EntryTerms(BAN), bans=ListPolicy()), {Step.BAN}),
    (
        "a weaker entry",
        lists(EntryTerms(BAN), bans=ListPolicy()),
        lists(EntryTerms(KICK), bans=ListPolicy()),
        set(),
    ),
    ("an entry as its list again", lists(EntryTerms(LOG), bans=BANS), BANNING, {Step.BAN}),
    (
        "an entry that ends later",
        lists(EntryTerms(BAN, expires_at=1), bans=ListPolicy()),
        lists(EntryTerms(BAN, expires_at=2), bans=ListPolicy()),
        {Step.BAN},
    ),
    (
        "an entry that ends",
        lists(EntryTerms(BAN), bans=ListPolicy()),
        lists(EntryTerms(BAN, expires_at=2), bans=ListPolicy()),
        set(),
    ),
    (
        "an entry on a list that is off",
        lists(bans=OFF),
        lists(EntryTerms(BAN), bans=OFF),
        set(),
    ),
    (
        "fewer exempt from all",
        replace(BANNING, exemptions=Exemptions(members=ONE)),
        BANNING,
        {Step.DELETE, Step.BAN},
    ),
    ("more exempt", BANNING, replace(BANNING, exemptions=Exemptions(channels=ONE)), set()),
    (
        "moderators judged",
        BANNING,
        replace(BANNING, judges_moderators=True),
        {Step.BAN, Step.DELETE},
    ),
    ("moderators exempt", replace(BANNING, judges_moderators=True), BANNING, set()),
    ("one more moderator role", BANNING, replace(BANNING, moderators=ONE), {Step.TIMEOUT}),
    ("one fewer", replace(BANNING, moderators=ONE), BANNING, {Step.DELETE, Step.BAN}),
    (
        "one fewer, who was judged anyway",
        replace(BANNING, moderators=ONE, judges_moderators=True),
        replace(BANNING, judges_moderators=True),
        set(),
    ),
    ("the preset", lists(), replace(lists(), ladder=PRESET), {Step.TIMEOUT, Step.BAN}),
    ("no ladder", replace(lists(), ladder=PRESET), lists(), set()),
    (
        "a rung sooner",
        replace(lists(), ladder=LADDER),
        replace(lists(), ladder=Ladder((Rung(3, HOUR), Rung(4, BAN)))),
        {Step.BAN},
    ),
    (
        "a rung later",
        replace(lists(), ladder=LADDER),
        replace(lists(), ladder=Ladder((Rung(3, HOUR), Rung(6, BAN)))),
        set(),
    ),
    (
        "a rung between",
        replace(lists(), ladder=LADDER),
        replace(lists(), ladder=Ladder((Rung(3, HOUR), Rung(4, KICK), Rung(5, BAN)))),
        {Step.KICK},
    ),
    (
        "a longer window",
        replace(lists(), ladder=LADDER),
        replace(lists(), ladder=replace(LADDER, window_ms=LADDER.window_ms + 1)),
        {Step.TIMEOUT, Step.BAN},
    ),
    (
        "a shorter window",
        replace(lists(), ladder=LADDER),
        replace(lists(), ladder=replace(LADDER, window_ms=LADDER.window_ms - 1)),
        set(),
    ),
    ("how long texts are kept", BANNING, replace(BANNING, text_days=1), set()),
]


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [pytest.param(before, after, steps, id=name) for name, before, after, steps in TABLE],
)
def test_what_a_change_takes(before: GuildPolicy, after: GuildPolicy, steps: set[Step]) -> None:
    assert asked_by(before, after) == steps


@pytest.mark.parametrize(
    ("policy", "terms", "steps"),
    [
        (BANNING, EntryTerms(), {Step.BAN}),
        (BANNING, EntryTerms(LOG), {Step.LOG}),
        (lists(bans=ListPolicy()), EntryTerms(KICK), {Step.KICK}),
        (lists(bans=OFF), EntryTerms(BAN), set()),
        (lists(bans=SHADOW), EntryTerms(BAN), set()),
        (replace(lists(), ladder=LADDER), EntryTerms(), {Step.DELETE, Step.TIMEOUT, Step.BAN}),
        (replace(lists(bans=OFF), ladder=LADDER), EntryTerms(), set()),
    ],
)
def test_what_adding_an_entry_takes(
    policy: GuildPolicy, terms: EntryTerms, steps: set[Step]
) -> None:
    assert asked_by_entries(policy, "bans", [terms]) == steps


def change(before: Changed | None, after: Changed | None) -> Change:
    return Change(1, 0, OPERATOR, ChangeKind.LIST_CHANGED, before, after)


WORDS = ChangedEntries("bans", ("x",))
OWN = ChangedEntries("bans", ("x",), {"x": EntryTerms(KICK)})
ALLOWED = ChangedEntries(None, ("x",))


@pytest.mark.parametrize(
    ("done", "now", "steps"),
    [
        pytest.param(done, now, steps, id=name)
        for name, done, now, steps in [
            ("words added", change(None, WORDS), BANNING, set[Step]()),
            ("words removed", change(WORDS, None), BANNING, {Step.BAN}),
            ("words removed, now off", change(WORDS, None), lists(bans=OFF), set()),
            ("words with terms removed", change(OWN, None), BANNING, {Step.KICK}),
            ("a phrase allowed", change(None, ALLOWED), BANNING, {Step.DELETE, Step.BAN}),
            ("a phrase no longer allowed", change(ALLOWED, None), BANNING, set()),
            ("a list made", change(None, ChangedList("bans", BANS)), BANNING, set()),
            ("a list deleted", change(ChangedList("bans", BANS, OWN), None), lists(),
             {Step.BAN, Step.KICK}),
            ("a list in the shadow deleted", change(ChangedList("bans", SHADOW, OWN), None),
             lists(), set()),
            ("weakened", change(ChangedList("bans", BANS), ChangedList("bans", ListPolicy())),
             lists(bans=ListPolicy()), {Step.BAN}),
            ("weakened, now off", change(ChangedList("bans", BANS), ChangedList("b", ListPolicy())),
             lists(b=OFF), set()),
            ("strengthened", change(ChangedList("bans", ListPolicy()), ChangedList("bans", BANS)),
             BANNING, set()),
            ("switched off, now watching less",
             change(ChangedList("bans", BANS), ChangedList("bans", OFF)),
             lists(bans=replace(OFF, watches=MESSAGES)), {Step.BAN}),
            ("an entry's terms taken away",
             change(ChangedTerms("bans", "x", EntryTerms(BAN)),
                    ChangedTerms("bans", "x", EntryTerms())), lists(bans=ListPolicy()), {Step.BAN}),
            ("an entry's terms given",
             change(ChangedTerms("bans", "x", EntryTerms()),
                    ChangedTerms("bans", "x", EntryTerms(BAN))),
             lists(EntryTerms(BAN), bans=ListPolicy()), set()),
            ("the ladder taken away",
             change(ChangedPolicy("ladder", GuildPolicy(ladder=LADDER)),
                    ChangedPolicy("ladder", GuildPolicy())), lists(), {Step.TIMEOUT, Step.BAN}),
            ("an exemption made",
             change(ChangedPolicy("exemptions", GuildPolicy()),
                    ChangedPolicy("exemptions", GuildPolicy(exemptions=Exemptions(ONE)))),
             replace(BANNING, exemptions=Exemptions(ONE)), {Step.DELETE, Step.BAN}),
        ]
    ],
)  # fmt: skip
def test_what_undoing_takes(done: Change, now: GuildPolicy, steps: set[Step]) -> None:
    assert asked_by_undoing(done, now) == steps


@pytest.mark.parametrize(
    ("held", "steps", "lacks"),
    [
        ({}, set(), None),
        ({}, {Step.LOG, Step.DELETE, Step.WARN}, None),
        ({}, {Step.TIMEOUT}, "Moderate Members"),
        ({"moderate_members": True}, {Step.TIMEOUT}, None),
        ({"moderate_members": True}, {Step.TIMEOUT, Step.BAN}, "Ban Members"),
        ({}, {Step.BAN, Step.KICK}, "Kick Members and Ban Members"),
        ({"ban_members": True}, {Step.KICK}, "Kick Members"),
        ({"administrator": True}, {Step.TIMEOUT, Step.KICK, Step.BAN}, None),
    ],
)
def test_who_lacks_what(held: dict[str, bool], steps: set[Step], lacks: str | None) -> None:
    told = missing(nextcord.Permissions(manage_guild=True, **held), steps)
    assert (told and told.partition("you need ")[2]) == (lacks and f"{lacks}. Nothing was changed.")


CHANGES: list[Callable[[GuildPolicy], GuildPolicy]] = [
    lambda policy: replace(policy, ladder=PRESET),
    lambda policy: replace(policy, exemptions=Exemptions()),
]


@pytest.mark.parametrize("make", CHANGES)
def test_a_change_asks_when_it_is_made(make: Callable[[GuildPolicy], GuildPolicy]) -> None:
    before = replace(BANNING, exemptions=Exemptions(ONE))
    server_only = nextcord.Permissions(manage_guild=True)
    with pytest.raises(NotGranted, match="Ban Members"):
        granted(server_only, make)(before)
    assert granted(nextcord.Permissions.all(), make)(before) == make(before)


def test_a_change_of_a_list_asks_when_it_is_made() -> None:
    def switched_on(before: ListPolicy) -> ListPolicy:
        return replace(before, enabled=True)

    # What counts is the list as it is then, not as it was when somebody looked.
    stale = lists(EntryTerms(KICK), bans=ListPolicy())
    change = granted_list(nextcord.Permissions(manage_guild=True), stale, "bans", switched_on)
    with pytest.raises(NotGranted, match="Kick Members and Ban Members"):
        change(OFF)
    assert change(ListPolicy()) == ListPolicy()


STEPS = st.sampled_from([LOG, DELETE, WARN, HOUR, DAY, KICK, BAN])
IDS = st.frozensets(st.integers(1, 3))
EXEMPT = st.builds(Exemptions, IDS, IDS, IDS)
LISTS = st.builds(
    ListPolicy,
    STEPS.filter(lambda one: one != LOG),
    st.frozensets(st.sampled_from(sorted(EVERYWHERE))),
    IDS,
    st.just(""),
    st.booleans(),
    st.booleans(),
    EXEMPT,
)
TERMS = st.builds(EntryTerms, st.none() | STEPS, st.just(""), st.none() | st.integers(1, 3))
POLICIES = st.builds(
    GuildPolicy,
    lists=st.dictionaries(st.sampled_from([MAIN_LIST, "bans"]), LISTS),
    terms=st.dictionaries(st.sampled_from([(MAIN_LIST, "x"), ("bans", "y")]), TERMS),
    exemptions=EXEMPT,
    judges_moderators=st.booleans(),
    moderators=IDS,
    ladder=st.builds(
        Ladder,
        st.lists(st.builds(Rung, st.integers(1, 5), STEPS), max_size=3).map(tuple),
        st.integers(1, 3),
    ),
)


@given(POLICIES)
def test_no_change_takes_nothing(policy: GuildPolicy) -> None:
    assert asked_by(policy, policy) == set()


@given(POLICIES, POLICIES, POLICIES)
def test_a_detour_is_no_way_around(one: GuildPolicy, other: GuildPolicy, last: GuildPolicy) -> None:
    """Whoever has Manage Server alone gets no further in two steps than in one."""
    punishing = {Step.TIMEOUT, Step.KICK, Step.BAN}
    if asked_by(one, last) & punishing:
        assert (asked_by(one, other) | asked_by(other, last)) & punishing


@given(POLICIES)
def test_from_nothing_all_that_follows_is_asked_for(policy: GuildPolicy) -> None:
    """A server in which nothing acted asks for everything that comes to act."""
    quiet = GuildPolicy(
        lists={name: ListPolicy(enabled=False) for name in (MAIN_LIST, "bans")},
        moderators=policy.moderators,
    )
    assert follows_anywhere(policy) <= asked_by(quiet, policy)
