"""What is said after cases were undone."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cogs.helpers.log_undoing import undone_text
from moderation.cases import CaseAction, Undone
from moderation.records import Actor
from moderation.states import State
from tests.made_cases import USUAL


def undone(
    number: int,
    *done: str,
    withdrawn: int = 0,
    strikes_now: int = 0,
    stands: str = "",
    under_way: int = 0,
) -> Undone:
    actions = tuple(CaseAction(1, kind, State.DONE) for kind in done)
    case = replace(USUAL, number=number, actions=actions, text="an *idiot")
    return Undone(case, withdrawn, strikes_now, stands, under_way)


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ([], "There is nothing to undo."),
        ([undone(1)], "Case #1 is undone and counts no more. <@7> has no strikes now."),
        (
            [undone(1, "end timeout", withdrawn=1, strikes_now=2)],
            "Case #1 is undone and counts no more. <@7> has 2 strikes now. "
            "1 action will not be carried out. Timeout lifted.",
        ),
        (
            [undone(1, "nickname")],
            "Case #1 is undone and counts no more. <@7> has no strikes now. "
            "The nickname `an *idiot` is not given back by itself.",
        ),
        (
            [undone(1, under_way=1, withdrawn=1)],
            "Case #1 is undone and counts no more. <@7> has no strikes now. "
            "1 action will not be carried out. 1 action was under way just then; a timeout or ban "
            "among them is lifted afterwards.",
        ),
        (
            [undone(1, stands="ban")],
            "Case #1 is undone and counts no more. <@7> has no strikes now. "
            "The ban stays: another open case of theirs asks for it, too.",
        ),
        (
            [undone(1, stands="timeout"), undone(3, "end timeout", withdrawn=2)],
            "Undone: 2 cases, #1 to #3. They count no more. "
            "2 actions will not be carried out. Timeout lifted.",
        ),
        (
            [undone(1, "unban"), undone(2, "unban"), undone(3)],
            "Undone: 3 cases, #1 to #3. They count no more. Unbanned: 2.",
        ),
    ],
)
def test_what_undoing_did(cases: Sequence[Undone], said: str) -> None:
    assert undone_text(cases, []) == said


def test_what_was_undone_before() -> None:
    case = replace(USUAL, undone_by=Actor(5, "mia"))
    assert undone_text([], [case]) == "Case #12 was undone before by <@5> `mia`."
    assert undone_text([], [case, case]) == "2 cases were undone before."
