"""What is remembered while judging: texts that say the same, names of whoever speaks, and the short
messages that may spell a word together."""

from dataclasses import replace

import pytest

from moderation.events import Form, MessageEdited, MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.matcher import compile_lists
from moderation.people import Kind, Membership, Person
from moderation.ruleset import Ruleset
from moderation.verdict import Skip
from service.fragments import FORGET_SECONDS, Fragments
from service.judged import Judged
from service.judging import Judging
from tests.service.fakes import CHANNEL, GUILD, USER, words

SECOND = 1_000


def rules(*entries: str) -> Ruleset:
    return Ruleset(compile_lists({"main": words(*entries)}))


def said(
    text: str,
    *,
    at: int = 0,
    kind: type[MessageSeen] = MessageSeen,
    author: Person | None = None,
    channel_id: int = CHANNEL,
    surface: Surface = Surface.MESSAGE,
) -> MessageSeen:
    """A message, written at some time in milliseconds, which its id tells."""
    who = author or Person(USER, username="ann", membership=Membership())
    return kind(GUILD, channel_id, (at + 1) << 22, who, (Part(surface, text),))


def test_what_says_the_same_is_judged_once() -> None:
    judging, lists = Judging(), rules("bad")
    first = judging.verdict(said("fine"), lists, 1)
    assert (first.skipped, first.violates) == (None, False)
    for kind in (MessageSeen, MessageEdited):
        again = judging.verdict(said("fine", kind=kind), lists, 1)
        assert again.skipped is Skip.UNCHANGED


def test_what_says_something_else_is_judged() -> None:
    judging, lists = Judging(), rules("bad")
    judging.verdict(said("fine"), lists, 1)
    assert judging.verdict(said("fine, too"), lists, 1).skipped is None
    assert judging.verdict(said("fine", surface=Surface.EMBED), lists, 1).skipped is None
    assert judging.verdict(said("fine", at=1), lists, 1).skipped is None
    assert judging.verdict(said("bad", kind=MessageEdited), lists, 1).violates


def test_other_lists_judge_anew() -> None:
    judging = Judging()
    judging.verdict(said("worse"), rules("bad"), 1)
    assert judging.verdict(said("worse"), rules("bad", "worse"), 2).violates


def test_lists_that_are_no_longer_in_force_leave_no_trace() -> None:
    judging = Judging()
    judging.verdict(said("worse"), rules("bad"), None)
    assert judging.verdict(said("worse"), rules("worse"), None).violates
    assert judging.verdict(said("worse"), rules("worse"), 1).violates


def test_what_violates_is_judged_each_time() -> None:
    judging, lists = Judging(), rules("bad")
    for _ in range(2):
        assert judging.verdict(said("bad"), lists, 1).violates


@pytest.mark.parametrize(
    ("author", "form", "skipped"),
    [
        (Person(8, Kind.OURSELVES), Form.ORDINARY, Skip.OURSELVES),
        (Person(8, Kind.BOT), Form.ORDINARY, Skip.BOT),
        (Person(8), Form.ALERT, Skip.ALERT),
        (Person(8), Form.FIXED, Skip.UNDELETABLE),
    ],
)
def test_an_update_that_does_not_say_who_wrote_it(
    author: Person, form: Form, skipped: Skip
) -> None:
    judging, lists = Judging(), rules("bad")
    whole = replace(said("x", author=author), form=form)
    assert judging.verdict(whole, lists, 1).skipped is skipped
    nobody = Person(0, Kind.UNKNOWN)
    preview = said("bad", author=nobody, kind=MessageEdited, surface=Surface.EMBED)
    assert judging.verdict(preview, lists, 1).skipped is skipped
    elsewhere = said("bad", at=1, author=nobody, kind=MessageEdited, surface=Surface.EMBED)
    assert judging.verdict(elsewhere, lists, 1).violates


def test_a_title_that_stays_is_judged_once() -> None:
    judging, lists = Judging(), rules("bad")
    assert judging.verdict(ThreadSeen(GUILD, 5, "fine"), lists, 1).skipped is None
    assert judging.verdict(ThreadSeen(GUILD, 5, "fine"), lists, 1).skipped is Skip.UNCHANGED
    assert judging.verdict(ThreadSeen(GUILD, 5, "bad"), lists, 1).violates


def test_a_speakers_names_are_looked_at_once_for_the_same_names() -> None:
    judging, lists = Judging(), rules("bad")
    event = said("hello")
    names = judging.speaker(event)
    assert names == NamesSeen(GUILD, event.author, standing=True)
    judging.verdict(names, lists, 1)
    assert judging.speaker(event) is None
    renamed = Person(USER, username="ann", membership=Membership("Annie"))
    assert judging.speaker(said("hello", author=renamed)) is not None
    judging.verdict(said("hello again"), rules("bad", "ann"), 2)
    assert judging.speaker(event) is None, "other lists are the sweep's business"


def test_whoever_is_no_member_or_no_human_has_no_names_to_look_at() -> None:
    judging = Judging()
    for author in (
        Person(USER, username="bad"),
        Person(USER, Kind.WEBHOOK, "bad"),
        Person(USER, Kind.BOT, "bad", membership=Membership()),
        Person(0, Kind.UNKNOWN),
    ):
        assert judging.speaker(said("hello", author=author)) is None


def test_a_table_of_marks_keeps_its_size_and_forgets_only_what_is_overwritten() -> None:
    judged = Judged(8)
    marks = [Judged.mark(number) for number in range(100)]
    for mark in marks:
        assert mark not in judged
        judged.add(mark)
        assert mark in judged
    assert sum(mark in judged for mark in marks) <= 8


def spell(fragments: Fragments, *events: MessageSeen) -> list[int]:
    """The ids that go when these messages come one after the other."""
    gone: list[int] = []
    idiot = rules("idiot")
    for event in events:
        verdict = fragments.judge(event, idiot)
        gone += [action.key[2] for action in verdict.actions] if verdict else []
    return gone


def test_a_split_word_goes_once_with_all_its_messages() -> None:
    events = [said("idi", at=0), said("ot", at=SECOND)]
    fragments = Fragments()
    assert spell(fragments, *events) == [event.message_id for event in events]
    assert spell(fragments, said("ot", at=2 * SECOND)) == []


def test_another_author_between_does_not_break_it_and_neither_spells_for_the_other() -> None:
    other = Person(USER + 1, username="ben")
    assert len(spell(Fragments(), said("idi"), said("hm", at=1, author=other), said("ot", at=2)))
    assert not spell(Fragments(), said("idi"), said("ot", at=1, author=other))


def test_another_channel_has_a_run_of_its_own() -> None:
    assert not spell(Fragments(), said("idi"), said("ot", at=1, channel_id=CHANNEL + 1))


def test_an_own_longer_message_breaks_it() -> None:
    assert not spell(Fragments(), said("idi"), said("well, well", at=1), said("ot", at=2))
    assert not spell(Fragments(), said("idi"), said("long " * 50, at=1), said("ot", at=2))


def test_a_picture_alone_neither_breaks_nor_spells() -> None:
    picture = said("cat.png", at=1, surface=Surface.ATTACHMENT)
    assert len(spell(Fragments(), said("idi"), picture, said("ot", at=2))) == 2


def test_replayed_and_reordered_pieces_are_put_in_their_order() -> None:
    first, second, third = said("i", at=0), said("di", at=1), said("ot", at=2)
    for events in ((first, first, second, third), (third, first, second), (second, third, first)):
        assert len(spell(Fragments(), *events)) == 3


def test_a_piece_that_is_edited_into_its_place() -> None:
    pieces = said("idi", at=0), said("ok", at=1), said("ot", at=1, kind=MessageEdited)
    assert len(spell(Fragments(), *pieces)) == 2


def test_a_piece_that_is_edited_into_something_longer_cuts_the_run() -> None:
    longer = said("and so on", at=1, kind=MessageEdited)
    assert not spell(Fragments(), said("id", at=0), said("io", at=1), longer, said("iot", at=2))
    unrelated = said("long ago", at=-1, kind=MessageEdited)
    assert spell(Fragments(), said("idi", at=0), unrelated, said("ot", at=1))


def test_the_memory_is_bounded() -> None:
    fragments = Fragments(remembered=10)
    for user_id in range(1, 100):
        spell(fragments, said("ok", author=Person(user_id)))
    assert len(fragments) == 10
    for at in range(100):
        spell(fragments, said("ok", at=at, author=Person(99)))
    assert len(spell(fragments, said("idi", at=101, author=Person(99)))) == 0
    assert len(spell(fragments, said("ot", at=102, author=Person(99)))) == 2


def test_what_was_said_is_not_kept_for_long() -> None:
    now = 0.0
    fragments = Fragments(clock=lambda: now)
    spell(fragments, said("idi"))
    now = FORGET_SECONDS
    spell(fragments, said("ok", author=Person(1)))
    assert len(fragments) == 2
    now = FORGET_SECONDS + 1
    spell(fragments, said("ok", author=Person(2)))
    assert len(fragments) == 2, "the first author's are forgotten"
    assert not spell(fragments, said("ot", at=1))


def test_nobody_in_particular_spells_nothing() -> None:
    nobody = Person(0, Kind.UNKNOWN)
    assert not spell(Fragments(), said("idi", author=nobody), said("ot", at=1, author=nobody))
