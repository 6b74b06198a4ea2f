"""Which entries of Discord's audit log are something done by hand to a member."""

from typing import Any

import pytest

from cogs.helpers.audit_log import done_by_hand
from moderation.cases import CaseKind
from service.hand_made import ByHand

ME = 1
TIMEOUT = "communication_disabled_until"


def an_entry(kind: int, *changes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    entry = {"id": "900", "action_type": kind, "user_id": "7", "target_id": "30"}
    if changes:
        entry["changes"] = list(changes)
    return entry | fields


def set_to(key: str, new: object = None, old: object = None) -> dict[str, Any]:
    return {"key": key, "new_value": new, "old_value": old}


@pytest.mark.parametrize(
    ("entry", "kinds"),
    [
        (an_entry(20), [CaseKind.KICK]),
        (an_entry(22), [CaseKind.BAN]),
        (an_entry(23), [CaseKind.UNBAN]),
        (an_entry(24, set_to("nick", "Bob")), [CaseKind.NICKNAME]),
        (an_entry(24, set_to("nick", "Bob"), target_id="7"), []),
        (an_entry(24, set_to(TIMEOUT, "2026-01-31T10:00:00+00:00")), [CaseKind.TIMEOUT]),
        (an_entry(24, {"key": TIMEOUT, "old_value": "2026-01-31T10:00:00+00:00"}),
         [CaseKind.TIMEOUT_ENDED]),
        (an_entry(24, set_to("nick"), {"key": TIMEOUT}),
         [CaseKind.NICKNAME, CaseKind.TIMEOUT_ENDED]),
        (an_entry(24, set_to("mute", True)), []),
        (an_entry(24), []),
        (an_entry(24, changes="none"), []),
        (an_entry(72), []),
        # What Discord's AutoMod does is one offence with an entry for each thing done: 143 to 146.
        (an_entry(143), []),
        (an_entry(144), []),
        (an_entry(146), []),
        (an_entry(145, set_to(TIMEOUT, "2026-01-31T10:00:00+00:00")), []),
        (an_entry(22, user_id=str(ME)), []),
        (an_entry(24, set_to("nick", "x"), user_id=str(ME)), []),
        (an_entry(20, target_id=None), []),
        (an_entry(20, user_id=None), []),
        ({"id": "900", "action_type": 25}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_kinds(entry: dict[str, Any], kinds: list[CaseKind]) -> None:
    assert [one.kind for one in done_by_hand(entry, ME)] == kinds


def test_all_that_it_says() -> None:
    entry = an_entry(24, set_to(TIMEOUT, "2026-01-31T10:00:00.500000+00:00"), reason="spam")
    assert done_by_hand(entry, ME) == [
        ByHand(900, CaseKind.TIMEOUT, 30, 7, "spam", 1_769_853_600_500)
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"old_value": "Bob", "new_value": "Rob"}, "Bob → Rob"),
        ({"new_value": "Rob"}, "(no nickname) → Rob"),
        ({"old_value": "Bob"}, "Bob → (no nickname)"),
        ({"old_value": None, "new_value": 5}, "(no nickname) → (no nickname)"),
    ],
)
def test_what_a_nickname_was_and_is(change: dict[str, object], text: str) -> None:
    (one,) = done_by_hand(an_entry(24, {"key": "nick", **change}), ME)
    assert one.text == text


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(20, user_id="x"),
        an_entry(20, target_id="-5"),
        an_entry(20, id=True),
        an_entry(24, set_to(TIMEOUT, "soon")),
    ],
)
def test_what_makes_no_sense_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        done_by_hand(entry, ME)
