"""Titles of threads, tags of servers, and messages that are left alone for what they are."""

import pytest

from moderation.events import Form, MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.judge import judge
from moderation.matcher import compile_lists
from moderation.people import Kind, Membership, Person
from moderation.ruleset import Ruleset
from moderation.verdict import RenameThread, SetNickname, Skip, where
from moderation.words import parse_entry

GUILD, THREAD, USER = 1, 1_230_042, 7


def banning(*entries: str) -> Ruleset:
    """Rules with these entries."""
    return Ruleset(compile_lists({"main": [parse_entry(entry) for entry in entries]}))


@pytest.mark.parametrize(
    ("banned", "title"),
    [
        (["bad"], "Title removed"),
        (["bad", "title"], "Removed 0042"),
        (["bad", "title", "removed"], "0042"),
        (["bad", "/[a-z]/", "0042"], "-"),
    ],
)
def test_a_banned_title_gives_way_to_one_that_is_not_banned(banned: list[str], title: str) -> None:
    event = ThreadSeen(GUILD, THREAD, "so bad")
    (action,) = judge(event, banning(*banned)).actions
    assert isinstance(action, RenameThread)
    assert (action.guild_id, action.thread_id, action.title) == (GUILD, THREAD, title)
    assert action.reason.startswith("Banned in thread title: ")
    assert action.key == RenameThread(GUILD, THREAD, "x", "y").key
    assert not judge(ThreadSeen(GUILD, THREAD, title), banning(*banned)).violates
    assert where(event) == f"thread {THREAD}"


def test_a_clean_title_stays_and_where_all_are_banned_nothing_can_be_done() -> None:
    assert not judge(ThreadSeen(GUILD, THREAD, "fine"), banning("bad")).violates
    verdict = judge(ThreadSeen(GUILD, THREAD, "fine"), banning("/./"))
    assert verdict.violates
    assert verdict.actions == ()


@pytest.mark.parametrize(
    ("form", "skipped"), [(Form.ALERT, Skip.ALERT), (Form.FIXED, Skip.UNDELETABLE)]
)
def test_a_message_that_is_left_alone_says_why(form: Form, skipped: Skip) -> None:
    parts = (Part(Surface.MESSAGE, "bad"),)
    event = MessageSeen(GUILD, 2, 3, Person(USER), parts, form)
    verdict = judge(event, banning("bad"))
    assert (verdict.skipped, verdict.found, verdict.actions) == (skipped, (), ())


def names(nickname: str | None = None, username: str = "ann", kind: Kind = Kind.HUMAN) -> NamesSeen:
    membership = Membership(nickname)
    return NamesSeen(GUILD, Person(USER, kind, username, membership=membership, server_tag="BAD"))


def test_a_banned_tag_is_told_and_nothing_is_done_about_it() -> None:
    verdict = judge(names(), banning("bad"))
    assert [found.part for found in verdict.found] == [Part(Surface.SERVER_TAG, "BAD")]
    assert verdict.actions == ()


@pytest.mark.parametrize(
    ("event", "nickname", "reason"),
    [
        (names("bad nick"), None, "Banned in nickname: bad (list main)"),
        (names(username="worse"), "Member 0007", "Banned in username: worse (list main)"),
    ],
)
def test_a_banned_tag_changes_nothing_about_the_names(
    event: NamesSeen, nickname: str | None, reason: str
) -> None:
    verdict = judge(event, banning("bad", "worse"))
    assert verdict.actions == (SetNickname(GUILD, USER, nickname, reason),)
    assert verdict.found[-1].part.surface is Surface.SERVER_TAG


def test_a_tag_is_seen_beside_a_clean_nickname() -> None:
    verdict = judge(names("fine"), banning("bad"))
    assert [found.part.surface for found in verdict.found] == [Surface.SERVER_TAG]


def test_a_bots_tag_is_not_looked_at() -> None:
    assert judge(names(kind=Kind.BOT), banning("bad")).skipped is Skip.BOT
