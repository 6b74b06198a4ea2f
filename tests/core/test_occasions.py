"""Who is told of what, and by which way."""

from dataclasses import replace

import pytest

from moderation.cases import Case, CaseHit, CaseKind, CaseState, NewCase
from moderation.consequence import BAN, DELETE, KICK, LOG, WARN, Consequence, Step
from moderation.events import Event, MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.intents import Decision, Owed, Recorded
from moderation.occasions import Occasion, addressee, occasion_of, occasion_of_case, way
from moderation.people import Kind, Membership, Person
from moderation.policy import GuildPolicy, NoticeBy, Notices
from moderation.records import Actor
from moderation.states import State
from moderation.verdict import Ban, EndTimeout, Kick, Sanction, TimeOut, Unban, Verdict

HOUR_MS = 3_600_000
HOUR = Consequence(Step.TIMEOUT, HOUR_MS)
SAID = MessageSeen(1, 5, 9, Person(77, username="ann"), (Part(Surface.MESSAGE, "you 1d10t"),))


def a_hit(entry: str = "idiot", **fields: object) -> CaseHit:
    base = CaseHit("main", entry, Surface.MESSAGE, 4, 9, (), WARN)
    return replace(base, **fields)  # type: ignore[arg-type]  # a test's own fields


def a_decision(*hits: CaseHit) -> Decision:
    case = NewCase("ann", WARN, hits or (a_hit(),), text="you 1d10t")
    return Decision(
        1, "message:9", 1_000, 2_000, Surface.MESSAGE, "main", "idiot", (), 5, 77, case=case
    )


def owed(sanction: Sanction, state: State = State.PENDING) -> Owed:
    return Owed(3, Verdict(SAID), sanction, state, 2_000)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (SAID, 77),
        (replace(SAID, author=Person(77, Kind.WEBHOOK)), None),
        (replace(SAID, author=Person(77, Kind.BOT)), None),
        (replace(SAID, author=Person(0, Kind.UNKNOWN)), None),
        (replace(SAID, author=Person(77, Kind.UNKNOWN)), 77),
        (NamesSeen(1, Person(77, membership=Membership("x"))), 77),
        (ThreadSeen(1, 8, "x"), None),
    ],
)
def test_who_is_told(event: Event, told: int | None) -> None:
    assert addressee(event) == told
    recorded = Recorded((1,), 12, WARN)
    occasion = occasion_of(event, a_decision(), recorded)
    assert (occasion.user_id if occasion else None) == told


@pytest.mark.parametrize(
    ("consequence", "sanctions", "told", "until"),
    [
        (WARN, (), WARN, None),
        (DELETE, (), DELETE, None),
        (HOUR, (owed(TimeOut(1, 77, 5_000, "x")),), HOUR, 5_000),
        (KICK, (owed(Kick(1, 77, "x")),), KICK, None),
        (BAN, (owed(Ban(1, 77, None, "x")),), BAN, None),
        (BAN, (owed(Ban(1, 77, None, "x"), State.HELD),), WARN, None),
        (HOUR, (), WARN, None),
    ],
)
def test_what_follows(
    consequence: Consequence, sanctions: tuple[Owed, ...], told: Consequence, until: int | None
) -> None:
    recorded = Recorded((1,), 12, consequence, 2, sanctions)
    occasion = occasion_of(SAID, a_decision(), recorded)
    assert occasion is not None
    assert (occasion.consequence, occasion.until, occasion.number) == (told, until, 12)
    assert occasion.unspeakable == ("idiot", "1d10t")


def test_the_strongest_hit_that_counts_names_the_list() -> None:
    hits = (
        a_hit("a", list="mild", consequence=DELETE),
        a_hit("b", list="hard", consequence=KICK, reason="it hurts"),
        a_hit("c", list="trial", consequence=BAN, shadow=True),
    )
    occasion = occasion_of(SAID, a_decision(*hits), Recorded((), 12, WARN))
    assert occasion is not None
    assert (occasion.list, occasion.reason) == ("hard", "it hurts")
    assert occasion.unspeakable == ("a", "1d10t", "b", "c")


def test_nothing_is_told_without_a_case_or_of_the_shadow() -> None:
    assert occasion_of(SAID, a_decision(), Recorded((1,))) is None
    assert occasion_of(SAID, replace(a_decision(), case=None), Recorded((1,), 12)) is None
    assert occasion_of(SAID, a_decision(a_hit(shadow=True)), Recorded((), 12, LOG)) is None


OF = Occasion(1, 77, 12, WARN, Surface.MESSAGE, channel_id=5)


@pytest.mark.parametrize(
    ("by", "deletions", "consequence", "expected"),
    [
        (NoticeBy.DM, False, LOG, NoticeBy.NOBODY),
        (NoticeBy.DM, False, DELETE, NoticeBy.NOBODY),
        (NoticeBy.DM, True, DELETE, NoticeBy.DM),
        (NoticeBy.DM, True, LOG, NoticeBy.NOBODY),
        (NoticeBy.DM, False, WARN, NoticeBy.DM),
        (NoticeBy.DM, False, BAN, NoticeBy.DM),
        (NoticeBy.REPLY, False, DELETE, NoticeBy.NOBODY),
        (NoticeBy.REPLY, True, DELETE, NoticeBy.REPLY),
        (NoticeBy.REPLY, False, HOUR, NoticeBy.REPLY),
        (NoticeBy.REPLY, False, KICK, NoticeBy.DM),
        (NoticeBy.REPLY, False, BAN, NoticeBy.DM),
        (NoticeBy.NOBODY, True, BAN, NoticeBy.NOBODY),
    ],
)
def test_the_way(
    by: NoticeBy, deletions: bool, consequence: Consequence, expected: NoticeBy
) -> None:
    policy = GuildPolicy(notices=Notices(by, deletions))
    assert way(replace(OF, consequence=consequence), policy) is expected


def test_a_name_is_told_by_a_direct_message() -> None:
    policy = GuildPolicy(notices=Notices(NoticeBy.REPLY))
    assert way(replace(OF, channel_id=None, surface=Surface.NICKNAME), policy) is NoticeBy.DM


CASE = Case(1, 12, 1_000, CaseKind.KICK, CaseState.OPEN, 77, "ann", Actor(7, "mo"), "enough", KICK)


@pytest.mark.parametrize(
    ("sanction", "told", "until"),
    [
        (Kick(1, 77, "x"), KICK, None),
        (Ban(1, 77, None, "x"), BAN, None),
        (Ban(1, 77, 1_000 + HOUR_MS, "x"), Consequence(Step.BAN, HOUR_MS), 1_000 + HOUR_MS),
        (TimeOut(1, 77, 1_000 + HOUR_MS, "x"), HOUR, 1_000 + HOUR_MS),
        (TimeOut(1, 77, 1_500, "x"), Consequence(Step.TIMEOUT, 60_000), 1_500),
        (EndTimeout(1, 77, "x"), None, None),
        (Unban(1, 77, "x"), None, None),
    ],
)
def test_what_a_moderator_does_is_told(
    sanction: Sanction, told: Consequence | None, until: int | None
) -> None:
    occasion = occasion_of_case(CASE, sanction)
    if told is None:
        assert occasion is None
        return
    assert occasion is not None
    assert (occasion.consequence, occasion.until, occasion.reason) == (told, until, "enough")
    assert occasion.surface is None
