"""The page of all settings: whole, whatever is set, and nothing in it cut in the middle."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.policy_texts import moderators_text, policy_text, why_text
from moderation.consequence import BAN, Consequence, Step
from moderation.policy import (
    DEFAULT,
    Exemptions,
    GuildPolicy,
    Ladder,
    ListPolicy,
    ModLog,
    NoticeBy,
    Notices,
    Rung,
    Watched,
)
from moderation.verdict import Because, Exempt
from service.policies import Standing

DAY_MS = 24 * 60 * 60 * 1000
ALMOST_A_MONTH = Consequence(Step.TIMEOUT, 28 * DAY_MS - 60_000)
FIRST = 1 << 62

HEADS = ("Exempt from all lists:", "Moderators", "Ladder", "Notices:", "Mod log:", "Texts of cases")


def ids(count: int) -> frozenset[int]:
    return frozenset(range(FIRST, FIRST + count))


def exempt(count: int) -> Exemptions:
    return Exemptions(ids(count), ids(count), ids(count))


def whole(text: str) -> bool:
    """Whether no mention and no code in it was cut."""
    rest = re.sub(r"<(?:@&|#|@)\d{19}>|`[^`]*`", "", text)
    return "<" not in rest and "`" not in rest


def everything(count: int, named: str, notice: str) -> GuildPolicy:
    listed = ListPolicy(
        ALMOST_A_MONTH,
        watches=frozenset(Watched) - {Watched.POLLS},
        channels=ids(count),
        notice=notice,
        enabled=False,
        shadow=True,
        exemptions=exempt(count),
    )
    return replace(
        DEFAULT,
        lists={f"{named[:30]}{number}": listed for number in range(24)},
        exemptions=exempt(count),
        moderators=ids(count),
        ladder=Ladder(tuple(Rung(90 + n, ALMOST_A_MONTH) for n in range(10)), 364 * DAY_MS),
        notices=Notices(NoticeBy.REPLY, deletions=True, text=notice),
        mod_log=ModLog(FIRST, FIRST, FIRST),
    )


def test_everything_that_can_be_set_fits_on_one_page() -> None:
    policy = everything(60, "x" * 32, "`" * 500)
    text = policy_text(policy, dict.fromkeys(policy.lists, 50_000))
    assert len(text) <= 2000
    assert whole(text)
    for head in HEADS:
        assert f"**{head}**" in text, head
    assert "and 170 more" in text
    assert "/lists show" in text
    assert text.endswith(" more.")


@given(
    st.integers(0, 300),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40),
    st.text(max_size=500),
)
def test_any_page_fits_and_nothing_is_cut(count: int, named: str, notice: str) -> None:
    text = policy_text(everything(count, named, notice), {})
    assert len(text) <= 2000
    assert whole(text)
    for head in HEADS:
        assert f"**{head}**" in text, head


def test_many_lists_are_told_in_fewer_words_and_none_is_left_out() -> None:
    lists = {f"list{number}": ListPolicy(BAN, notice="x" * 150) for number in range(24)}
    text = policy_text(replace(DEFAULT, lists=lists), {"main": 7})
    assert "**main**: 7 entries; delete." in text
    for name in lists:
        assert f"**{name}**: 0 entries; ban for good." in text


def test_many_moderators_roles_are_counted() -> None:
    text = moderators_text(replace(DEFAULT, moderators=ids(100)))
    assert whole(text)
    assert "and 40 more" in text


def test_many_reasons_to_be_exempt_are_counted() -> None:
    many = tuple(Exempt("spam", Because.ROLE, FIRST + number) for number in range(250))
    text = why_text([Standing(f"list{n}", many[n : 240 + n]) for n in range(3)])
    assert len(text) <= 2000
    assert text.count("and 235 more reasons") == 3
