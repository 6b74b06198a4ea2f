"""What people read about a case: true, within Discord's limits, with nothing alive in it."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from cogs.helpers.case_embeds import case_embed
from cogs.helpers.case_texts import (
    action_texts,
    actor_text,
    attachment_texts,
    by_text,
    case_text,
    consequence_text,
    hit_texts,
    joined,
    note_texts,
    person_text,
    place_text,
    quiet,
    spoken,
    state_texts,
    strikes_text,
    title,
)
from moderation.cases import Case, CaseAction, CaseKind, CaseNote, CaseState
from moderation.consequence import BAN, DELETE, KICK, LOG, WARN, Consequence, Step
from moderation.records import Actor
from moderation.states import State
from tests.edge.test_marking import alive
from tests.made_cases import HIT, HOUR, USUAL, any_case

MINUTE = 60_000
UNTIL = 1_790_003_600_000


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (MINUTE, "1 minute"),
        (90 * MINUTE, "1 hour 30 minutes"),
        (25 * 60 * MINUTE, "1 day 1 hour"),
        (14 * 24 * 60 * MINUTE, "14 days"),
        (61_000, "1 minute 1 second"),
        (5, "no time"),
    ],
)
def test_lengths(ms: int, text: str) -> None:
    assert spoken(ms) == text


@pytest.mark.parametrize(
    ("consequence", "text"),
    [
        (LOG, "log only"),
        (DELETE, "delete"),
        (WARN, "delete and warn"),
        (HOUR, "timeout for 1 hour"),
        (KICK, "kick"),
        (BAN, "ban for good"),
        (Consequence(Step.BAN, 2 * 24 * 60 * MINUTE), "ban for 2 days"),
    ],
)
def test_consequences(consequence: Consequence, text: str) -> None:
    assert consequence_text(consequence) == text


@pytest.mark.parametrize(
    ("kind", "state", "detail", "text"),
    [
        ("delete", State.DONE, "", "message deleted"),
        ("delete", State.GONE, "Unknown Message", "message gone already"),
        ("delete", State.PENDING, "", "message not deleted yet"),
        ("timeout", State.DONE, "", "timed out until <t:1790003600:f>"),
        ("ban", State.DONE, "", "banned until <t:1790003600:f>"),
        (
            "kick",
            State.FORBIDDEN,
            "the bot needs Kick Members",
            "**not kicked**: the bot needs Kick Members. It is done as soon as that is allowed",
        ),
        ("kick", State.FAILED, "500 a_b", "**not kicked**: `500 a_b`"),
        ("kick", State.UNKNOWN, "", "perhaps kicked: Discord's answer was lost"),
        (
            "kick",
            State.HELD,
            "",
            "**not kicked**: it waits for a moderator, since there were many punishments",
        ),
        ("kick", State.WITHDRAWN, "", "not kicked: the case was undone before"),
        ("end timeout", State.GONE, "", "timeout over already"),
    ],
)
def test_outcomes(kind: str, state: State, detail: str, text: str) -> None:
    until = UNTIL if kind in ("timeout", "ban") else None
    case = replace(USUAL, actions=(CaseAction(1, kind, state, detail, until),))
    assert action_texts(case) == [text]


def test_a_ban_for_good_says_so() -> None:
    case = replace(USUAL, actions=(CaseAction(1, "ban", State.DONE),))
    assert action_texts(case) == ["banned for good"]


@pytest.mark.parametrize(
    ("told", "detail", "text"),
    [
        (State.DONE, "", "member told"),
        (State.PENDING, "", "member not told yet"),
        (State.FAILED, "their direct messages are closed", "**member not told**: their direct"),
        (State.WITHDRAWN, "", "member not told: the case was undone before"),
        (State.WITHDRAWN, "told together with a ban", "member not told: told together with a ban"),
    ],
)
def test_whether_they_were_told_is_said_once(told: State, detail: str, text: str) -> None:
    notice = CaseAction(2, "notice", told, detail)
    rows = action_texts(replace(USUAL, actions=(*USUAL.actions, notice), told=told))
    assert rows[0] == "message deleted"
    assert rows[1].startswith(text)
    assert len(rows) == 2


def test_the_shadow_tells_what_it_would_have_done() -> None:
    hits = (replace(HIT, shadow=True, consequence=HOUR), replace(HIT, shadow=True))
    case = replace(USUAL, hits=hits, consequence=LOG, actions=(), strikes=0)
    assert title(case) == "Case #12 · Violation · log only, nothing was done"
    assert action_texts(case) == ["nothing"]
    assert hit_texts(case)[0].endswith("; log only (would time out for 1 hour)")


def test_an_entry_that_is_found_often_is_named_once() -> None:
    hits = (HIT, replace(HIT, start=0, end=3), replace(HIT, entry="fool", undone=("l33t",)))
    assert hit_texts(replace(USUAL, hits=hits, more=3)) == [
        "`idiot*` on the list `main`",
        "`fool` on the list `main`; disguise undone: l33t",
        "… and 3 further hits",
    ]


def test_a_reason_of_the_entry_is_shown() -> None:
    assert hit_texts(replace(USUAL, hits=(replace(HIT, reason="rule *2*"),))) == [
        "`idiot*` on the list `main`; `rule *2*`"
    ]


def test_who_where_and_by_whom() -> None:
    assert person_text(USUAL) == "<@7> `alice` (id 7)"
    assert person_text(replace(USUAL, user_id=None)) == "not known"
    link = "https://discord.com/channels/1/3/4"
    assert place_text(USUAL) == f"message in <#3> ([where it stood]({link}))"
    assert place_text(replace(USUAL, message_id=None)) == "message in <#3>"
    assert place_text(replace(USUAL, channel_id=None, surface=None)) == ""
    assert by_text(USUAL) == "the bot"
    assert by_text(replace(USUAL, by=Actor(9, "ada"))) == "<@9> `ada`"


def test_the_state() -> None:
    undone = replace(USUAL, state=CaseState.UNDONE, undone_by=Actor(9, "ada"), expires_at=UNTIL)
    assert title(undone) == "Case #12 · Violation · undone"
    assert state_texts(undone) == ["undone by <@9> `ada`"]
    assert state_texts(replace(USUAL, expires_at=UNTIL)) == ["ends <t:1790003600:f>"]
    expired = replace(USUAL, kind=CaseKind.BAN, state=CaseState.EXPIRED, expires_at=UNTIL)
    assert title(expired) == "Case #12 · Ban · expired"
    assert state_texts(expired) == ["ended <t:1790003600:f>"]


def test_strikes_and_the_ladder() -> None:
    assert strikes_text(USUAL) == "1 strike with this one"
    assert strikes_text(replace(USUAL, strikes=0)) == ""
    escalated = replace(USUAL, strikes=3, consequence=HOUR)
    assert strikes_text(escalated) == "3 strikes with this one; by the ladder: timeout for 1 hour"
    undone = replace(USUAL, state=CaseState.UNDONE)
    assert strikes_text(undone) == "1 strike with this one, which counts no more"
    undone = replace(escalated, state=CaseState.UNDONE)
    assert strikes_text(undone) == (
        "3 strikes with this one, which counts no more; by the ladder: timeout for 1 hour"
    )


def test_a_text_that_is_not_kept() -> None:
    assert case_text(USUAL) == "`you `__**`idiot`**__`!`"
    assert case_text(replace(USUAL, text=None)) == "The text is not kept any more."
    assert case_text(replace(USUAL, text=None, hits=())) == ""


def test_notes() -> None:
    ada = Actor(9, "ada")
    notes = (
        CaseNote(UNTIL, ada, "", was_reason=True),
        CaseNote(UNTIL, ada, "spam", was_reason=True),
        CaseNote(UNTIL, ada, "hm"),
    )
    assert note_texts(replace(USUAL, notes=notes)) == [
        "<t:1790003600:f> <@9> `ada` gave the reason",
        "<t:1790003600:f> <@9> `ada` changed the reason, which was: `spam`",
        "<t:1790003600:f> <@9> `ada`: `hm`",
    ]


def test_attachments_are_counted() -> None:
    case = replace(USUAL, attachments=tuple(f"https://x/{n}.png" for n in range(7)))
    assert attachment_texts(case)[0] == "`https://x/0.png`"
    assert attachment_texts(case)[-1] == "… and 2 more"


def test_what_does_not_fit_is_counted() -> None:
    assert joined(["one", "two"], 10) == "one\ntwo"
    assert joined(["one" * 9, "two", "three"], 15) == "… and 3 more"
    assert joined([], 10) == ""


@pytest.mark.parametrize(
    "text", ["https://x.y", "<@1>", "**a**", "_a_", "a\nb", "discord.gg/x", "`"]
)
def test_what_could_come_alive_is_code(text: str) -> None:
    assert quiet(text).startswith("`")


def test_the_embed_of_the_usual_case() -> None:
    made = case_embed(USUAL)
    assert made["title"] == "Case #12 · Violation"
    assert made["description"] == "`you `__**`idiot`**__`!`"
    assert [field["name"] for field in made["fields"]] == [
        *("Member", "Where", "Found", "Done", "Strikes")
    ]


def test_notes_are_shown_where_they_are_asked_for() -> None:
    notes = tuple(CaseNote(UNTIL, Actor(9, "ada"), f"note {n}") for n in range(2))
    case = replace(USUAL, notes=notes)
    assert fields(case_embed(case))["Notes"] == "2, shown by `/case view`"
    assert "note 1" in fields(case_embed(case, notes=True))["Notes"].split("\n")[0]


OURS = re.compile(
    r"<@\d+>|<#\d+>|<t:\d+:f>|\[where it stood\]\(https://discord\.com/channels/\d+/\d+/\d+\)"
)
"""What is alive on purpose: who, where and when."""


@given(any_case)
def test_any_case_keeps_to_the_limits_with_nothing_alive(case: Case) -> None:
    for made in (case_embed(case), case_embed(case, notes=True)):
        shown = fields(made)
        texts = [made["title"], made.get("description", ""), *shown, *shown.values()]
        assert utf16(made["title"]) <= 256
        assert utf16(made.get("description", "")) <= 4096
        assert len(shown) == len(made["fields"]) <= 25
        assert all(0 < utf16(name) <= 256 for name in shown)
        assert all(0 < utf16(value) <= 1024 for value in shown.values())
        assert sum(map(utf16, texts)) <= 6000
        for text in texts:
            left = alive(OURS.sub("", text))
            assert not set(left) & set("<>@`_~|[]\\"), left
            assert "//" not in left
            assert "discord.gg" not in left


def fields(made: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["value"] for field in made["fields"]}


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_moderator_whose_name_is_not_known() -> None:
    assert actor_text(8, "mia") == "<@8> `mia`"
    assert actor_text(8, "") == "<@8>"
    assert actor_text(0, "") == "the bot"
