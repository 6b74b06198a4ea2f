"""Lists of cases and histories in sentences, and the ids of their buttons."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.case_ids import BadId, case_number, filter_id, read_filter
from cogs.helpers.case_lists import history_text, page_text, row
from cogs.helpers.case_options import SpanRefused, choice_text, span_of
from moderation.cases import Case, CaseFilter, CaseKind, CasePage, CaseState
from moderation.consequence import BAN, Consequence, Step
from moderation.policy import Ladder, Rung
from moderation.records import Actor
from service.cases import History
from tests.made_cases import AT, HIT, USUAL, any_case

_ids = st.none() | st.integers(1, (1 << 63) - 1)
filters = st.builds(
    CaseFilter,
    user_id=_ids,
    moderator_id=_ids | st.just(0),
    kind=st.none() | st.sampled_from(CaseKind),
    since=st.none() | st.integers(0, AT // 1000 * 2).map(lambda seconds: seconds * 1000),
    until=st.none() | st.integers(0, AT // 1000 * 2).map(lambda seconds: seconds * 1000),
    entry=st.sampled_from(["", "idiot"]),
)


@given(filters, st.integers(1, 10**9))
def test_a_filter_goes_into_an_id_and_back(which: CaseFilter, example: int) -> None:
    part = filter_id(which, example)
    assert len(f"case/list/99999/{part}") <= 100
    assert "/" not in part
    read, named = read_filter(part)
    assert read == replace(which, entry="")
    assert named == (example if which.entry else None)


def test_buttons_of_before_there_was_an_end_still_work() -> None:
    assert read_filter("u7.s1790000000") == (CaseFilter(user_id=7, since=AT), None)
    assert filter_id(CaseFilter(user_id=7, since=AT)) == "u7.s1790000000"


DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("", "", (None, None)),
        ("7 d", "", (AT - 7 * DAY_MS, None)),
        ("  ", "1 d", (None, AT - DAY_MS)),
        ("1 week", "24 h", (AT - 7 * DAY_MS, AT - DAY_MS)),
        ("900 y", "", (0, None)),
    ],
)
def test_a_span(since: str, until: str, expected: tuple[int | None, int | None]) -> None:
    assert span_of(since, until, AT) == expected


@pytest.mark.parametrize(("since", "until"), [("1 d", "24 h"), ("1 h", "1 d"), ("900 y", "800 y")])
def test_no_time_between(since: str, until: str) -> None:
    with pytest.raises(SpanRefused):
        span_of(since, until, AT)


@given(st.text(max_size=30))
def test_whatever_stands_in_an_id_is_read_or_refused(text: str) -> None:
    for read in (read_filter, case_number):
        with suppress(BadId):
            read(text)


@pytest.mark.parametrize(
    "part",
    ["u", "u-1", "u٣", "kbogus", "k", "x1", "..", "e", "s", "u1.", "U1", "t", "t-", "t1-", "t-A"],
)
def test_a_filter_that_makes_no_sense(part: str) -> None:
    with pytest.raises(BadId):
        read_filter(part)


@given(st.lists(any_case, min_size=1, max_size=10), filters)
def test_a_page_of_any_cases_fits_and_pings_nobody(cases: list[Case], which: CaseFilter) -> None:
    text, buttons = page_text(CasePage(cases, 1000), which, 2)
    assert len(text) <= 2000
    for case in cases:
        assert f"\n**#{case.number}** " in text, "it would be on no other page"
    assert "@everyone" not in text.replace("`", "").split("·")[0]
    assert [button.disabled for button in buttons] == [False, False]
    assert len({button.custom_id for button in buttons}) == 2


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            USUAL,
            f"**#12** <t:{AT // 1000}:R> Violation · <@7> `alice` · `idiot*` · delete",
        ),
        (
            replace(USUAL, hits=(replace(HIT, shadow=True),), state=CaseState.UNDONE),
            f"**#12** <t:{AT // 1000}:R> Violation · <@7> `alice` · `idiot*` · log only · undone",
        ),
        (
            replace(USUAL, kind=CaseKind.BAN, hits=(), user_id=None, user_name="", reason="spam"),
            f"**#12** <t:{AT // 1000}:R> Ban · `spam`",
        ),
    ],
)
def test_a_case_in_one_line(case: Case, expected: str) -> None:
    assert row(case) == expected


def test_an_empty_list_says_why() -> None:
    empty = CasePage([], 0)
    assert page_text(empty, CaseFilter(), 1) == ("There are no cases yet.", [])
    assert page_text(empty, CaseFilter(moderator_id=8), 1) == ("There is no case by <@8>.", [])
    text, _ = page_text(empty, CaseFilter(kind=CaseKind.BAN, moderator_id=9), 1)
    assert text == "There is no case of the type ban by <@9>."
    text, _ = page_text(empty, CaseFilter(since=7_000, until=9_000), 1)
    assert text == "There is no case since <t:7:R> until <t:9:R>."
    text, _ = page_text(empty, CaseFilter(entry="idiot", user_id=7), 1)
    assert text == (
        "There is no case about <@7> for `idiot`. An entry has to be written as its list shows "
        "it: see `/words show`."
    )


@pytest.mark.parametrize(
    ("rungs", "strikes", "said"),
    [
        ((), 0, "No strikes in the last 7 days. The ladder is off."),
        ((Rung(3, BAN),), 1, "1 strike in the last 7 days."),
        ((Rung(3, BAN),), 2, "2 strikes in the last 7 days. The next one: ban for good."),
        (
            (Rung(2, Consequence(Step.TIMEOUT, 3_600_000)), Rung(9, BAN)),
            5,
            "5 strikes in the last 7 days. The next one: timeout for 1 hour.",
        ),
    ],
)
def test_a_history_says_what_is_next(rungs: tuple[Rung, ...], strikes: int, said: str) -> None:
    tally = {
        (CaseKind.VIOLATION, CaseState.OPEN): 4,
        (CaseKind.VIOLATION, CaseState.UNDONE): 1,
        (CaseKind.NOTE, CaseState.OPEN): 1,
        (CaseKind.BAN, CaseState.EXPIRED): 1,
    }
    history = History(7, tally, strikes, Ladder(rungs), [USUAL])
    text, buttons = history_text(history, "al`ice")
    assert text.splitlines()[:3] == [
        "**Moderation history of** <@7> `alˋice`",
        "5 violations (1 undone), 1 note and 1 ban.",
        said,
    ]
    assert [button.custom_id for button in buttons] == ["case/list/1/u7"]


@given(any_case)
def test_a_suggestion_is_short(case: Case) -> None:
    assert 1 <= len(choice_text(case)) <= 100


def test_a_page_of_the_longest_cases_leaves_none_out() -> None:
    mod = Actor((1 << 63) - 1, "m" * 40)
    long = replace(
        USUAL,
        number=999_999_999,
        kind=CaseKind.NICKNAME,
        state=CaseState.EXPIRED,
        user_id=(1 << 63) - 1,
        user_name="n" * 40,
        by=mod,
        reason="r" * 99,
        hits=(),
    )
    which = CaseFilter(
        user_id=long.user_id, moderator_id=mod.user_id, kind=CaseKind.NICKNAME, since=AT
    )
    text, _ = page_text(CasePage([long] * 10, 10_000), which, 1000)
    assert text.count("#999999999") == 10
    assert len(text) <= 2000


def test_a_moderator_without_a_known_name_is_a_mention_alone() -> None:
    text, _ = page_text(CasePage([], 0), CaseFilter(moderator_id=7), 1)
    assert text == "There is no case by <@7>."
