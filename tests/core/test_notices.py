"""What authors are told: templates, dead values, and nothing banned in public."""

import contextlib
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.consequence import BAN, DAY_MS, DELETE, KICK, LOG, WARN, Consequence, Step
from moderation.events import Surface
from moderation.matcher import Detection, compile_lists
from moderation.notice_texts import direct, exempt, reply
from moderation.notices import (
    MAX_TEMPLATE,
    MAX_TEXT,
    PLACEHOLDERS,
    Names,
    NoticeRefused,
    checked,
    dead,
    filled,
    length,
    phrase,
)
from moderation.occasions import Occasion
from moderation.policy import DEFAULT, GuildPolicy, ListPolicy, Notices
from moderation.words import parse_allowed, parse_entry

HOUR = Consequence(Step.TIMEOUT, 3_600_000)
UNTIL = 1_800_000_000_000
ABOUT = Occasion(
    guild_id=1,
    user_id=77,
    number=12,
    consequence=WARN,
    surface=Surface.MESSAGE,
    list="slurs",
    channel_id=5,
    unspeakable=("1d10t", "idiot*"),
)
HARBOUR = Names("Harbour", "general")
MATCHER = compile_lists({"slurs": [parse_entry("idiot*"), parse_entry("slurs")]})


def nothing(_: str) -> Detection:
    return Detection()


# Templates


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_every_placeholder_is_replaced(name: str) -> None:
    template = checked(f"<{{{name}}}>")
    assert "{" not in filled(template, ABOUT, HARBOUR)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Hello from {server}", "Hello from Harbour"),
        ("{case} in {channel}", r"#12 in \#general"),
        ("{list}: {reason}", "slurs: it is on the list “slurs”"),
        ("{consequence}", "a warning"),
        ("[the rules](https://example.com)", "[the rules](https://example.com)"),
        ("{} is kept, so is }{", None),
        ("{0} and {server.__class__}", None),
        ("{server!r}", None),
        ("{Server}", None),
        ("lone } and { stay", "lone } and { stay"),
        ("%s %(server)s $server", "%s %(server)s $server"),
    ],
)
def test_templates(template: str, said: str | None) -> None:
    if said is not None:
        assert filled(checked(template), ABOUT, HARBOUR) == said
        return
    with pytest.raises(NoticeRefused) as refused:
        checked(template)
    assert all(f"{{{name}}}" in str(refused.value) for name in PLACEHOLDERS)


def test_a_template_has_a_length() -> None:
    assert checked("a" * MAX_TEMPLATE)
    with pytest.raises(NoticeRefused, match="500 characters, and this one has 501"):
        checked("a" * (MAX_TEMPLATE + 1))


@pytest.mark.parametrize("template", ["no idiots here", "no 1d10ts, {server}", "i{server}diot"])
def test_a_template_that_violates_is_refused(template: str) -> None:
    if template.startswith("i{"):
        assert checked(template, MATCHER.detect) == template
        return
    with pytest.raises(NoticeRefused, match="banned word"):
        checked(template, MATCHER.detect)
    assert checked(template) == template


def test_no_template_means_the_built_in_text() -> None:
    assert checked("  ") == ""


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    about = replace(ABOUT, reason="{case} {server}")
    assert filled("{reason}", about, HARBOUR) == "{case} {server}"


@pytest.mark.parametrize(
    "value",
    [
        "<@123>",
        "@everyone",
        "https://evil.example/x",
        "discord.gg/abc",
        "[click](https://evil.example)",
        "**loud** __very__ ~~so~~ ||hidden||",
        "`code`",
        "<#5> <@&6> <t:1:f> <:emoji:7>",
        "# heading",
        "- item",
        "line\n# heading",
    ],
)
def test_what_is_put_in_is_dead(value: str) -> None:
    text = filled(
        "{reason} {server} {list}", replace(ABOUT, reason=value, list=value), Names(value)
    )
    left = re.sub(r"\\.", "", text)
    assert not set("<>@#:[]()*_~|`\n") & set(left)
    assert "discord.gg" not in left
    assert not left.startswith("-")


@pytest.mark.parametrize("sign", ["\u202e", "\u2067", "\u200b", "\u00ad", "\ufeff", "\x07"])
def test_what_cannot_be_seen_is_left_out_of_names_that_members_choose(sign: str) -> None:
    text = filled("{channel}, {reason}", replace(ABOUT, reason=f"a{sign}b"), Names("", f"x{sign}y"))
    assert text == "\\#xy, ab"


@given(st.text(st.characters(exclude_categories=["C"]) | st.sampled_from("\n\t"), max_size=60))
def test_a_dead_text_reads_as_it_did(text: str) -> None:
    said, rest = "", iter(dead(text))
    for character in rest:
        said += next(rest) if character == "\\" else character
    assert said == text


@given(st.text(max_size=600), st.text(max_size=600), st.text(max_size=600))
def test_any_template_and_values_give_one_message(template: str, value: str, name: str) -> None:
    about = replace(ABOUT, reason=value, list=name)
    with contextlib.suppress(NoticeRefused):
        template = checked(template)
    assert len(filled(template, about, Names(name, value))) <= MAX_TEXT


def test_many_long_values_are_cut() -> None:
    about = replace(ABOUT, reason="*" * 1000)
    assert len(filled("{reason}" * 60, about, HARBOUR)) == MAX_TEXT


# Built-in texts


@pytest.mark.parametrize(
    ("consequence", "until", "said"),
    [
        (DELETE, None, None),
        (WARN, None, "Please take this as a warning."),
        (HOUR, UNTIL, "You cannot write there until <t:1800000000:f>."),
        (KICK, None, "You are being removed from the server; you may join again."),
        (BAN, None, "You are banned from the server."),
        (
            Consequence(Step.BAN, DAY_MS),
            UNTIL,
            "You are banned from the server until <t:1800000000:f>.",
        ),
    ],
)
def test_each_consequence_has_its_text(
    consequence: Consequence, until: int | None, said: str | None
) -> None:
    about = replace(ABOUT, consequence=consequence, until=until)
    removed = r"Your message in **Harbour** (\#general) was removed: it breaks the rules there."
    mistake = "If you think that this is a mistake, tell a moderator: case #12."
    first = f"{removed} {said}" if said else removed
    assert direct(about, DEFAULT, HARBOUR) == f"{first}\n{mistake}"


def test_other_occasions_have_theirs() -> None:
    assert "3 of your messages in **Harbour** were removed" in direct(ABOUT, DEFAULT, HARBOUR, 3)
    nickname = replace(ABOUT, surface=Surface.NICKNAME)
    assert direct(nickname, DEFAULT, HARBOUR).startswith("Your name in **Harbour** was changed")
    by_hand = replace(ABOUT, surface=None, list="", consequence=KICK, reason="enough")
    assert direct(by_hand, DEFAULT, HARBOUR).startswith(
        "From the moderators of **Harbour**: You are"
    )
    assert "Reason: enough\n" in direct(by_hand, DEFAULT, HARBOUR)
    assert "once" in exempt("Harbour", "#general")


def test_the_lists_own_text_wins() -> None:
    policy = GuildPolicy(
        lists={"slurs": ListPolicy(notice="Slurs!")}, notices=Notices(text="Rules, {case}!")
    )
    assert direct(ABOUT, policy, HARBOUR) == "Slurs!"
    assert direct(replace(ABOUT, list="main"), policy, HARBOUR) == "Rules, #12!"


@pytest.mark.parametrize(
    ("surface", "many", "expected"),
    [
        (Surface.MESSAGE, 1, r"Your message in **Harbour** (\#general) breaks the rules there. "),
        (Surface.MESSAGE, 3, "3 of your messages in **Harbour** break the rules there. "),
        (Surface.SERVER_TAG, 1, "Your name in **Harbour** breaks the rules there. "),
    ],
)
def test_what_stands_is_not_said_to_be_gone(surface: Surface, many: int, expected: str) -> None:
    policy = GuildPolicy(notices=Notices(text="Removed!"))
    about = replace(ABOUT, surface=surface, removed=False, as_decided=False)
    assert direct(about, policy, HARBOUR, many).startswith(expected + "Please take this")
    assert "removed" not in direct(about, policy, HARBOUR, many).casefold()


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (60_000, "1 minute"),
        (3_600_000, "1 hour"),
        (5_400_000, "1 hour and 30 minutes"),
        (DAY_MS, "1 day"),
        (2 * DAY_MS + 3_600_000 + 60_000, "2 days and 1 hour"),
        (28 * DAY_MS, "28 days"),
        (10, "less than a minute"),
    ],
)
def test_lengths(ms: int, said: str) -> None:
    assert length(ms) == said


@pytest.mark.parametrize(
    ("consequence", "said"),
    [
        (LOG, "nothing"),
        (DELETE, "a removal"),
        (WARN, "a warning"),
        (HOUR, "a timeout of 1 hour"),
        (KICK, "a kick"),
        (BAN, "a ban"),
        (Consequence(Step.BAN, DAY_MS), "a ban of 1 day"),
    ],
)
def test_phrases(consequence: Consequence, said: str) -> None:
    assert phrase(consequence) == said


# In public


def public(about: Occasion, policy: GuildPolicy = DEFAULT, names: Names = HARBOUR) -> str | None:
    return reply(about, policy, names, MATCHER.detect)


WARNED = "<@77>: Your message was removed: it breaks the rules here. Please take this as a warning."


@pytest.mark.parametrize("reason", ["it means idiot", "no 1d10t", "IDIOT*", "no i.d.i.o.t."])
def test_a_reason_that_holds_the_word_stays_out_of_the_channel(reason: str) -> None:
    assert public(replace(ABOUT, reason=reason)) == WARNED


def test_a_reason_without_it_is_told() -> None:
    said = public(replace(ABOUT, reason="it hurts people"))
    assert said == f"{WARNED} Reason: it hurts people"


@pytest.mark.parametrize(
    "template",
    ["You wrote {reason}", "{list}", "{server}", "it is i d i o t"],
)
def test_a_template_that_would_hold_it_is_not_sent(template: str) -> None:
    policy = GuildPolicy(notices=Notices(text=template))
    about = replace(ABOUT, reason="idiot")
    assert public(about, policy, Names("The idiots", "general")) == WARNED


def test_a_word_that_no_matcher_finds_is_looked_for_as_well() -> None:
    about = replace(ABOUT, unspeakable=("/x[yz]+/", "xyz"), reason="XYZ")
    assert reply(about, DEFAULT, HARBOUR, nothing) == WARNED
    about = replace(about, reason="the entry /x[yz]+/")
    assert reply(about, DEFAULT, HARBOUR, nothing) == WARNED


@pytest.mark.parametrize(
    ("banned", "said"),
    [("warning", "<@77>: Your message was removed."), ("message", None)],
)
def test_even_the_built_in_texts_hold_nothing_that_is_banned(banned: str, said: str | None) -> None:
    detect = compile_lists({"main": [parse_entry(banned)]}).detect
    assert reply(ABOUT, DEFAULT, HARBOUR, detect) == said


def test_in_public_neither() -> None:
    about = replace(ABOUT, removed=False, as_decided=False)
    assert public(about) == (
        "<@77>: Your message breaks the rules here. Please take this as a warning."
    )
    said = reply(about, DEFAULT, HARBOUR, nothing, 3)
    assert said is not None
    assert said.startswith("<@77>: 3 of your messages break the rules here.")
    detect = compile_lists({"main": [parse_entry("message")]}).detect
    assert reply(about, DEFAULT, HARBOUR, detect) == "<@77>: Please keep to the rules here."


def test_an_allowed_phrase_may_stand_there() -> None:
    matcher = compile_lists(
        {"main": [parse_entry("idiot")]}, [parse_allowed("the idiot of Dostoevsky")]
    )
    policy = GuildPolicy(notices=Notices(text="We read The Idiot of Dostoevsky"))
    about = replace(ABOUT, unspeakable=("1d10t",))
    assert reply(about, policy, HARBOUR, matcher.detect) == (
        "<@77>: We read The Idiot of Dostoevsky"
    )


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_nothing_banned_ever_stands_in_public(reason: str, template: str, server: str) -> None:
    policy = GuildPolicy(notices=Notices(text=template))
    said = public(replace(ABOUT, reason=f"{reason}idiot"), policy, Names(server, reason))
    assert said is not None
    read = said.replace("\\", "").casefold()
    assert not MATCHER.detect(read)
    assert "1d10t" not in read
