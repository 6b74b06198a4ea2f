"""Entries of the mod log as messages: within Discord's limits, found again by their buttons."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.log_entries import WITHHELD, first_case, log_message, trouble_text
from moderation.cases import Case, CaseKind, CaseState
from moderation.log_posts import Burst
from moderation.states import State
from service.log_channel import Fitness, LogEntry, Unfit
from tests.edge.test_case_texts import OURS, fields, utf16
from tests.edge.test_marking import alive
from tests.made_cases import USUAL, any_case

ONE = Burst(12, 12, 1, 1, 1, 3, 0, (("main", "idiot*", 1),), {("delete", State.DONE): 1}, 5)
MANY = replace(ONE, last=30, count=19, outcomes={("delete", State.DONE): 19})

texts = st.text(st.sampled_from("`*_<@>😀 a\n"), max_size=600)
bursts = st.builds(
    Burst,
    first=st.integers(1, 10**9),
    last=st.integers(10**9, 10**10),
    count=st.integers(1, 10**4),
    users=st.integers(0, 5),
    channels=st.integers(0, 3),
    channel_id=st.none() | st.integers(1, 2**62),
    undone=st.integers(0, 9),
    entries=st.lists(st.tuples(texts, texts, st.integers(1, 99)), max_size=5).map(tuple),
    outcomes=st.dictionaries(
        st.tuples(st.sampled_from(["delete", "ban", "new kind"]), st.sampled_from(State)),
        st.integers(1, 99),
        max_size=20,
    ),
    changed_at=st.just(0),
)


def labels(message: dict[str, Any]) -> list[str]:
    return [one["label"] for row in message["components"] for one in row["components"]]


@given(any_case, bursts, st.booleans())
def test_any_entry_keeps_to_the_limits(case: Case, burst: Burst, public: bool) -> None:
    message = log_message(LogEntry(case, burst, public))
    (made,) = message["embeds"]
    shown = fields(made)
    whole = [made["title"], made.get("description", ""), *shown, *shown.values()]
    assert sum(map(utf16, whole)) <= 6000
    assert all(utf16(value) <= 1024 for value in shown.values())
    for text in whole:
        assert not set(alive(OURS.sub("", text))) & set("<>@`_~|[]\\")
    assert 1 <= len(message["components"]) <= 5
    for row in message["components"]:
        assert 1 <= len(row["components"]) <= 5
        assert all(len(one["custom_id"]) <= 100 for one in row["components"])
        assert all(len(one["label"]) <= 80 for one in row["components"])
    assert first_case(message) == burst.first


def test_a_burst_is_counted() -> None:
    (made,) = log_message(LogEntry(USUAL, MANY))["embeds"]
    assert made["title"] == "Cases #12 to #30 · 19 within a minute"
    assert fields(made)["Done"] == "message deleted: 19"
    assert made["description"] == "The first one: `you `__**`idiot`**__`!`"


@pytest.mark.parametrize("burst", [ONE, MANY])
def test_a_public_entry_tells_neither_the_text_nor_the_entry(burst: Burst) -> None:
    case = replace(
        USUAL, user_name="idiot", reason="said idiot", attachments=("https://x/idiot.png",)
    )
    (made,) = log_message(LogEntry(case, burst, public=True))["embeds"]
    assert "idiot" not in str(made)
    assert made["description"] == WITHHELD


def test_a_public_entry_does_not_tell_what_a_nickname_was() -> None:
    case = replace(
        USUAL, kind=CaseKind.NICKNAME, hits=(), surface=None, text="idiot → alice", user_name="x"
    )
    (made,) = log_message(LogEntry(case, ONE))["embeds"]
    assert "idiot" in str(made)
    (made,) = log_message(LogEntry(case, ONE, public=True))["embeds"]
    assert "idiot" not in str(made)


@pytest.mark.parametrize(
    ("case", "burst", "shown"),
    [
        (USUAL, ONE, ["Not a violation", "Timeout", "Kick", "Ban", "Reason"]),
        (USUAL, MANY, ["Not a violation", "Timeout", "Kick", "Ban"]),
        (USUAL, replace(MANY, users=2), ["Not a violation"]),
        (replace(USUAL, user_id=None), ONE, ["Not a violation", "Reason"]),
        (replace(USUAL, state=CaseState.UNDONE), ONE, ["Not a violation", "Reason"]),
        (replace(USUAL, kind=CaseKind.BAN), ONE, ["Undo", "Reason"]),
        (replace(USUAL, kind=CaseKind.KICK), ONE, ["Reason"]),
        (replace(USUAL, kind=CaseKind.KICK), MANY, ["Reason"]),
        (
            USUAL,
            replace(ONE, outcomes={("ban", State.HELD): 1}),
            ["Not a violation", "Timeout", "Kick", "Ban", "Reason", "Release"],
        ),
    ],
)
def test_the_buttons(case: Case, burst: Burst, shown: list[str]) -> None:
    assert labels(log_message(LogEntry(case, burst))) == shown


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"components": None},
        {"components": [{"components": [{"custom_id": "words/show/2"}]}]},
        {"components": [{"components": [{"custom_id": "log/undo"}, {"custom_id": "log/undo/x"}]}]},
        {"components": [3, {"components": [None]}]},
    ],
)
def test_what_is_no_entry(message: dict[str, Any]) -> None:
    assert first_case(message) is None


@pytest.mark.parametrize(
    ("fitness", "text"),
    [
        (Fitness(), ""),
        (Fitness(Unfit.GONE), "The channel of the mod log was deleted. Choose another one"),
        (Fitness(Unfit.CLOSED, ("Send Messages",)), "in <#5>: I need Send Messages there."),
        (Fitness(Unfit.CLOSED), "in <#5>: I need to be let in there."),
        (Fitness(Unfit.PUBLIC), "Everybody can read the mod log in <#5>"),
    ],
)
def test_what_is_wrong_is_said(fitness: Fitness, text: str) -> None:
    assert text in trouble_text(5, fitness)
    assert bool(trouble_text(5, fitness)) is (fitness.unfit is not None)
