"""What the log says of names and titles that nothing can be done about."""

import logging

import pytest

from moderation.events import NamesSeen, ThreadSeen
from moderation.judge import judge
from moderation.matcher import compile_lists
from moderation.people import Membership, Person
from moderation.ruleset import Ruleset
from service.diary import REMEMBERED, Diary
from tests.service.fakes import GUILD, said, words

RULES = Ruleset(compile_lists({"main": words("bad")}))
ALL = Ruleset(compile_lists({"main": words("/./")}))


def tagged(tag: str | None, user_id: int = 5) -> NamesSeen:
    person = Person(user_id, username="ann", membership=Membership(), server_tag=tag)
    return NamesSeen(GUILD, person)


def test_a_banned_tag_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    diary = Diary()
    for event in (tagged("bad"), tagged("bad"), tagged("fine"), tagged(None), tagged("bad")):
        diary.judged(judge(event, RULES))
    assert caplog.messages == [
        "The server tag of member 5 in server 10 stays, since the bot cannot change it: "
        "banned by 'bad' (main)"
    ]
    diary.judged(judge(tagged("BAD"), RULES))
    diary.judged(judge(tagged("bad", user_id=6), RULES))
    assert len(caplog.messages) == 3


def test_a_title_with_nothing_better_to_say_is_told(caplog: pytest.LogCaptureFixture) -> None:
    Diary().judged(judge(ThreadSeen(GUILD, 7, "x"), ALL))
    assert caplog.messages == [
        "The thread title of thread 7 in server 10 stays, since the bot cannot change it: "
        "banned by '/./' (main)"
    ]


def test_what_is_acted_on_is_no_news_yet(caplog: pytest.LogCaptureFixture) -> None:
    diary = Diary()
    for event in (said("bad"), said("fine"), ThreadSeen(GUILD, 7, "bad")):
        diary.judged(judge(event, RULES))
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]


def test_the_memory_of_what_was_told_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    diary = Diary()
    for user_id in range(1, REMEMBERED + 10):
        diary.judged(judge(tagged("bad", user_id), RULES))
    caplog.set_level(logging.WARNING)
    diary.judged(judge(tagged("bad", REMEMBERED), RULES))
    assert not caplog.messages
    diary.judged(judge(tagged("bad", 1), RULES))
    assert len(caplog.messages) == 1
