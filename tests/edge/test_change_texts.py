"""The record of changes, in words."""

from dataclasses import replace

import pytest

from cogs.helpers.change_texts import change_text, undoing_text, what_text
from cogs.helpers.rungs import PRESET
from moderation.consequence import BAN, WARN
from moderation.policy import (
    EntryTerms,
    Exemptions,
    GuildPolicy,
    ListPolicy,
    ModLog,
    NoticeBy,
    Notices,
    Watched,
)
from moderation.records import (
    Actor,
    Change,
    Changed,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
    ChangeKind,
)

PLAIN, BANS = ListPolicy(), ListPolicy(BAN)


def change(before: Changed | None, after: Changed | None) -> Change:
    return Change(7, 60_000, Actor(5, "ada"), ChangeKind.LIST_CHANGED, before, after)


def listed(before: ListPolicy, after: ListPolicy) -> Change:
    return change(ChangedList("spam", before), ChangedList("spam", after))


def policy(after: GuildPolicy) -> Change:
    return change(ChangedPolicy("x", GuildPolicy()), ChangedPolicy("x", after))


WORDS = ChangedEntries("spam", ("a", "b", "c", "d", "e"))
ALLOWED = ChangedEntries(None, ("a b",))
SPARED = Exemptions(frozenset({1}), frozenset({2}), frozenset({3}))


@pytest.mark.parametrize(
    ("done", "text"),
    [
        (change(None, WORDS), "`a`, `b`, `c` and 2 more put on **spam**"),
        (change(WORDS, None), "`a`, `b`, `c` and 2 more taken off **spam**"),
        (
            change(None, ChangedEntries("spam", ("a", "b"), {"b": EntryTerms(BAN, "no")})),
            "`a`, `b` (ban for good; reason `no`) put on **spam**",
        ),
        (change(None, ALLOWED), "`a b` allowed"),
        (change(ALLOWED, None), "`a b` no longer allowed"),
        (change(None, ChangedList("spam", BANS)), "list **spam** made: ban for good"),
        (
            change(ChangedList("spam", replace(BANS, shadow=True), WORDS), None),
            "list **spam** deleted: log only (would ban for good), with 5 entries",
        ),
        (listed(PLAIN, BANS), "**spam**: delete → ban for good"),
        (
            listed(PLAIN, replace(PLAIN, enabled=False, shadow=True)),
            "**spam**: log only; switched off",
        ),
        (
            listed(PLAIN, replace(PLAIN, watches=frozenset({Watched.NAMES, Watched.EDITS}))),
            "**spam**: watches everything → edits, names",
        ),
        (
            listed(
                replace(PLAIN, channels=frozenset({1, 2})),
                replace(PLAIN, channels=frozenset({2, 3})),
            ),
            "**spam**: only in +<#3> -<#1>",
        ),
        (listed(PLAIN, replace(PLAIN, notice="No `@x`.")), "**spam**: notice usual → `No ˋ@xˋ.`"),
        (
            listed(PLAIN, replace(PLAIN, exemptions=SPARED)),
            "**spam**: exempt +<@&1>; exempt +<#2>; exempt +<@3>",
        ),
        (
            change(ChangedList("spam", PLAIN), ChangedList("ads", ListPolicy(WARN))),
            "**spam**: name spam → ads; delete → delete and warn",
        ),
        (
            change(
                ChangedTerms("spam", "a", EntryTerms()),
                ChangedTerms("spam", "a", EntryTerms(BAN, "x")),
            ),
            "`a` on **spam**: as its list → ban for good; reason `x`",
        ),
        (policy(GuildPolicy(judges_moderators=True)), "x: moderators judged"),
        (policy(GuildPolicy(moderators=frozenset({4}))), "x: +<@&4>"),
        (
            policy(GuildPolicy(ladder=PRESET)),
            "x: off → 3: timeout for 1 hour, 5: timeout for 1 day, 7: ban for good (in 7 days)",
        ),
        (
            policy(GuildPolicy(notices=Notices(NoticeBy.REPLY, deletions=True, text="Hi"))),
            "x: direct message → every time a short reply that removes itself, `Hi`",
        ),
        (policy(GuildPolicy(notices=Notices(NoticeBy.NOBODY))), "x: direct message → nothing"),
        (
            policy(GuildPolicy(mod_log=ModLog(1, by_hand=2))),
            "x: none → <#1>, by hand <#2>",
        ),
        (policy(GuildPolicy(text_days=30)), "x: 90 → 30 days"),
        (
            policy(GuildPolicy(exemptions=Exemptions(members=frozenset(range(1, 7))))),
            "x: +<@1> +<@2> +<@3> and 3 more",
        ),
    ],
)  # fmt: skip
def test_what_was_changed(done: Change, text: str) -> None:
    assert what_text(done) == text


def test_who_and_when() -> None:
    done = listed(PLAIN, BANS)
    line = "`#7` <t:60:R> <@5> `ada`: **spam**: delete → ban for good"
    assert change_text(done) == line
    assert change_text(replace(done, undoes=3)) == f"{line} (takes back #3)"


def test_undoing_is_told_the_other_way_round() -> None:
    text = undoing_text(listed(PLAIN, BANS))
    assert text.startswith("Take this back?\n")
    assert text.endswith("\nThen: **spam**: ban for good → delete")
    assert undoing_text(change(None, WORDS)).endswith("taken off **spam**")
