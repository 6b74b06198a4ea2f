"""The decision: who is judged at all, and what follows from what was found."""

import itertools
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.events import Event, MessageEdited, MessageSeen, NamesSeen, Part, Surface
from moderation.judge import judge_message, judge_names, neutral_nickname
from moderation.matcher import Detection, compile_lists
from moderation.people import Kind, Membership, Person
from moderation.ruleset import Ruleset
from moderation.verdict import DeleteMessage, SetNickname, Skip, Verdict, where
from moderation.words import parse_entry

GUILD, CHANNEL, MESSAGE, USER = 1, 2, 3, 1_234_567


def banning(*entries: str) -> Ruleset:
    """Rules with these entries."""
    return Ruleset(compile_lists({"main": [parse_entry(entry) for entry in entries]}))


BAD = banning("bad")


def message(
    content: str, author: Person, *, guild_id: int | None = GUILD, kind: type[MessageSeen]
) -> MessageSeen:
    return kind(guild_id, CHANNEL, MESSAGE, author, (Part(Surface.MESSAGE, content),))


# In the order in which the rules ask: whoever is two of these is the first of them, which is what
# cogs/helpers/people.py decides; here is what each of them means.
AUTHORS: list[tuple[Kind, int | None, Skip | None]] = [
    (Kind.OURSELVES, GUILD, Skip.OURSELVES),
    (Kind.OURSELVES, None, Skip.OURSELVES),
    (Kind.WEBHOOK, GUILD, None),
    (Kind.APPLICATION, GUILD, None),
    (Kind.APPLICATION, None, Skip.DIRECT_MESSAGE),
    (Kind.BOT, GUILD, Skip.BOT),
    (Kind.BOT, None, Skip.BOT),
    (Kind.HUMAN, None, Skip.DIRECT_MESSAGE),
    (Kind.UNKNOWN, None, Skip.DIRECT_MESSAGE),
    (Kind.HUMAN, GUILD, None),
    (Kind.UNKNOWN, GUILD, None),
]


@pytest.mark.parametrize("event", [MessageSeen, MessageEdited])
@pytest.mark.parametrize(("kind", "guild_id", "skipped"), AUTHORS)
def test_who_is_judged(
    kind: Kind, guild_id: int | None, skipped: Skip | None, event: type[MessageSeen]
) -> None:
    seen = message("so bad", Person(USER, kind), guild_id=guild_id, kind=event)
    verdict = judge_message(seen, BAD)
    assert verdict.skipped is skipped
    assert verdict.violates is (skipped is None)
    assert [type(action) for action in verdict.actions] == ([] if skipped else [DeleteMessage])


def test_every_kind_of_author_is_in_the_table() -> None:
    assert {kind for kind, _, _ in AUTHORS} == set(Kind)


def test_nothing_is_detected_for_who_is_skipped() -> None:
    class Never:
        is_empty = False

        def detect(self, text: str) -> Detection:
            raise AssertionError("a skipped text was read")

        def examine(self, text: str, *, inside: bool = True) -> Detection:
            return self.detect(text)

    never = Ruleset(Never())
    for kind, guild_id, skipped in AUTHORS:
        if skipped is not None:
            author = Person(USER, kind)
            judge_message(message("bad", author, guild_id=guild_id, kind=MessageSeen), never)
    for kind in (Kind.OURSELVES, Kind.BOT):
        judge_names(NamesSeen(GUILD, Person(USER, kind, "bad")), never)


@pytest.mark.parametrize("membership", [None, Membership(permissions=2048)])
def test_neither_a_member_nor_someone_who_left_is_spared(membership: Membership | None) -> None:
    author = Person(USER, membership=membership)
    assert judge_message(message("bad", author, kind=MessageSeen), BAD).violates


def test_the_action_is_on_the_very_message() -> None:
    (action,) = judge_message(message("bad", Person(USER), kind=MessageSeen), BAD).actions
    assert action == DeleteMessage(GUILD, CHANNEL, MESSAGE, "Banned in message: bad (list main)")


def test_all_parts_of_a_message_are_judged_and_counted() -> None:
    parts = tuple(Part(Surface.MESSAGE, "bad " * count) for count in (15, 0, 40))
    verdict = judge_message(MessageSeen(GUILD, CHANNEL, MESSAGE, Person(USER), parts), BAD)
    assert len(verdict.found) + verdict.more == 55
    assert {found.part for found in verdict.found} == {parts[0], parts[2]}
    assert len(verdict.actions) == 1


def test_a_clean_message_has_nothing_to_it() -> None:
    verdict = judge_message(message("good", Person(USER), kind=MessageSeen), BAD)
    assert (verdict.skipped, verdict.violates, verdict.actions) == (None, False, ())


NEUTRAL = f"Member {USER % 10_000:04d}"
CLEAN, BANNED, NONE = "fine", "so bad", None


def names(nickname: str | None, global_name: str | None, username: str | None) -> NamesSeen:
    return NamesSeen(
        GUILD,
        Person(
            USER,
            username=username,
            global_name=global_name,
            membership=Membership(nickname=nickname),
        ),
    )


@pytest.mark.parametrize(
    ("nickname", "global_name", "username"),
    list(itertools.product([CLEAN, BANNED, NONE], repeat=3)),
)
def test_every_combination_of_names(
    nickname: str | None, global_name: str | None, username: str | None
) -> None:
    verdict = judge_names(names(nickname, global_name, username), BAD)
    account_is_bad = BANNED in (global_name, username)
    if nickname == CLEAN or (nickname is NONE and not account_is_bad):
        assert not verdict.violates
        assert verdict.actions == ()
        return
    (action,) = verdict.actions
    assert isinstance(action, SetNickname)
    assert (action.guild_id, action.user_id) == (GUILD, USER)
    assert action.nickname == (NEUTRAL if account_is_bad else None)
    surfaces = [
        surface
        for surface, name in (
            (Surface.NICKNAME, nickname),
            (Surface.GLOBAL_NAME, global_name),
            (Surface.USERNAME, username),
        )
        if name == BANNED
    ]
    assert [found.part.surface for found in verdict.found] == surfaces
    assert action.reason == (f"Banned in {surfaces[0]}: bad (list main)"), (
        "the reason names where it was found first"
    )


@given(
    nickname=st.sampled_from([CLEAN, BANNED, "", NONE]),
    global_name=st.sampled_from([CLEAN, BANNED, "", NONE]),
    username=st.sampled_from([CLEAN, BANNED, "", NONE]),
)
def test_what_stands_after_a_correction_needs_none(
    nickname: str | None, global_name: str | None, username: str | None
) -> None:
    for action in judge_names(names(nickname, global_name, username), BAD).actions:
        assert isinstance(action, SetNickname)
        assert judge_names(names(action.nickname, global_name, username), BAD).actions == ()


@pytest.mark.parametrize(
    ("kind", "skipped"), [(Kind.OURSELVES, Skip.OURSELVES), (Kind.BOT, Skip.BOT)]
)
def test_bots_keep_their_names(kind: Kind, skipped: Skip) -> None:
    person = Person(USER, kind, "bad", membership=Membership("bad"))
    verdict = judge_names(NamesSeen(GUILD, person), BAD)
    assert (verdict.skipped, verdict.actions) == (skipped, ())


def test_names_of_someone_whose_membership_is_not_known_are_those_of_the_account() -> None:
    verdict = judge_names(NamesSeen(GUILD, Person(USER, username="bad")), BAD)
    assert [action.key for action in verdict.actions] == [("nickname", GUILD, USER)]


@pytest.mark.parametrize(
    ("banned", "user_id", "neutral"),
    [
        ([], 9, "Member 0009"),
        ([], 123_456, "Member 3456"),
        (["member"], 123_456, "Name removed 3456"),
        (["member", "name removed"], 123_456, "3456"),
        (["/[a-z]/", "3456"], 123_456, "-"),
        (["/./"], 123_456, None),
    ],
)
def test_the_neutral_nickname_is_never_banned_itself(
    banned: list[str], user_id: int, neutral: str | None
) -> None:
    event = NamesSeen(GUILD, Person(user_id, membership=Membership()))
    assert neutral_nickname(event, banning(*banned)) == neutral


def test_where_every_neutral_name_is_banned_a_nickname_still_goes() -> None:
    rules = banning("/./")
    (action,) = judge_names(names("bad", "fine", "fine"), rules).actions
    assert isinstance(action, SetNickname)
    assert action.nickname is None
    verdict = judge_names(names(None, "bad", "fine"), rules)
    assert verdict.violates
    assert verdict.actions == (), "there is nothing better to call them"


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_a_reason_says_nothing_of_the_text_around_the_hit(before: str, after: str) -> None:
    verdict = judge_message(message(f"{before} bad {after}", Person(USER), kind=MessageSeen), BAD)
    assert {action.reason for action in verdict.actions} == {"Banned in message: bad (list main)"}


def test_a_reason_counts_the_other_entries_and_not_the_other_hits() -> None:
    rules = banning("bad", "worse", "worst")
    text = "bad worse bad worst worse bad"
    (action,) = judge_message(message(text, Person(USER), kind=MessageSeen), rules).actions
    assert action.reason == "Banned in message: bad and 2 more (list main)"


@pytest.mark.parametrize("length", [119, 120, 121, 200])
def test_a_reason_is_bounded(length: int) -> None:
    entry = "x" * length
    (action,) = judge_message(
        message(entry, Person(USER), kind=MessageSeen), banning(entry)
    ).actions
    shown = entry if length <= 120 else "x" * 119 + "…"
    assert action.reason == f"Banned in message: {shown} (list main)"


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (message("secret", Person(5, username="x"), kind=MessageSeen), "message 3 in channel 2"),
        (message("secret", Person(5), kind=MessageEdited), "message 3 in channel 2"),
        (names("secret", "secret", "secret"), f"member {USER}"),
    ],
)
def test_a_place_is_told_by_ids_alone(event: Event, text: str) -> None:
    assert where(event) == text


def test_a_verdict_on_what_is_clean_is_like_any_other() -> None:
    event = message("fine", Person(USER), kind=MessageSeen)
    clean, plain = Verdict.clean(event), Verdict(event)
    assert clean == plain == judge_message(event, BAD)
    assert repr(clean) == repr(plain)
    assert replace(clean, more=1) == replace(plain, more=1)
    assert {field.name: getattr(clean, field.name) for field in fields(clean)} == {
        field.name: getattr(plain, field.name) for field in fields(plain)
    }
