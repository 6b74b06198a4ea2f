"""Is a server protected? Each thing that is missing, with its cure."""

from dataclasses import replace

import pytest

from service.health import Channel, Facts, examine, protected

WELL = Facts(
    message_content_intent=True,
    members_intent=True,
    can_rename=True,
    higher_roles=(),
    channels=(Channel(1, ()), Channel(2, ())),
    two_factor_required=False,
    two_factor_on=None,
    banned=1_234,
    allowed=0,
)

DENIED = ("Manage Messages", "Read Message History")
PORTAL = "discord.com/developers/applications"


def test_all_is_well() -> None:
    findings = examine(WELL)
    assert protected(findings)
    assert [finding.text for finding in findings] == [
        "Lists: 1,234 banned words.",
        "Message Content Intent: on.",
        "Server Members Intent: on.",
        "Permissions in all 2 channels: complete.",
        "Names: Manage Nicknames, with my role above the others.",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (replace(WELL, banned=0), ["/words add"]),
        (replace(WELL, message_content_intent=False), ["cannot read messages", PORTAL]),
        (replace(WELL, members_intent=False), ["not told of names", PORTAL]),
        (replace(WELL, message_content_intent=None), ["did not say", "Message Content"]),
        (replace(WELL, members_intent=None), ["did not say", "Server Members"]),
        (replace(WELL, channels=(Channel(7, DENIED),)), [" and ".join(DENIED), "<#7>"]),
        (replace(WELL, can_rename=False), ["Manage Nicknames", "Server Settings, Roles"]),
        (replace(WELL, higher_roles=(8, 9)), ["<@&8> <@&9>", "Drag my role above"]),
        (replace(WELL, two_factor_required=True, two_factor_on=False), ["switch it on"]),
        (replace(WELL, two_factor_required=True), ["Discord did not say", "switch it on"]),
        (replace(WELL, waiting_messages=1), ["1 message is to be deleted and waits for a perm"]),
        (replace(WELL, waiting_messages=2), ["2 messages are to be deleted and wait for a perm"]),
        (replace(WELL, waiting_names=3), ["3 names are to be removed and wait for a permission"]),
        (replace(WELL, store_fails=True), ["database cannot be written", "in its log"]),
    ],
)
def test_each_fault_comes_first_and_alone_with_its_cure(facts: Facts, said: list[str]) -> None:
    first, *others = examine(facts)
    assert not protected([first])
    assert protected(others)
    for part in said:
        assert part in first.text


def test_channels_are_told_by_what_is_missing_and_the_first_ten_by_name() -> None:
    many = tuple(Channel(number, DENIED) for number in range(1, 13))
    findings = examine(replace(WELL, channels=(*many, Channel(99, ("View Channel",)))))
    bad = [finding.text for finding in findings if not finding.good]
    assert len(bad) == 2
    assert "<#10> and 2 more" in bad[0]
    assert "<#11>" not in bad[0]
    assert "View Channel in <#99>." in bad[1]


def test_many_roles_are_counted() -> None:
    (bad,) = [
        f.text for f in examine(replace(WELL, higher_roles=tuple(range(1, 14)))) if not f.good
    ]
    assert "<@&10> and 3 more" in bad


def test_two_factor_that_is_on_is_told_only_where_it_is_demanded() -> None:
    on = replace(WELL, two_factor_on=True)
    assert not any("Two-factor" in finding.text for finding in examine(on))
    demanded = examine(replace(on, two_factor_required=True))
    assert protected(demanded)
    assert demanded[-1].text == "Two-factor authentication, which this server demands: on."


@pytest.mark.parametrize(
    ("banned", "allowed", "said"),
    [
        (1, 0, "1 banned word"),
        (4, 1, "4 banned words, 1 allowed phrase"),
        (1_234, 3, "1,234 banned words, 3 allowed phrases"),
    ],
)
def test_words_and_phrases_are_counted(banned: int, allowed: int, said: str) -> None:
    facts = replace(WELL, banned=banned, allowed=allowed)
    assert examine(facts)[0].text == f"Lists: {said}."


def test_what_a_consequence_lacks_is_told_with_what_asks_for_it() -> None:
    lacking = (("List “slurs” bans", "Ban Members"), ("The ladder times out", "Moderate Members"))
    findings = examine(replace(WELL, lacking=lacking))
    assert [finding.text for finding in findings if not finding.good] == [
        "List “slurs” bans, and I lack Ban Members. Allow it to my role in Server Settings, Roles.",
        "The ladder times out, and I lack Moderate Members. Allow it to my role in Server "
        "Settings, Roles.",
    ]


def test_an_audit_log_that_is_closed_is_a_hint_and_no_fault() -> None:
    findings = examine(replace(WELL, can_read_audit_log=False))
    assert protected(findings)
    assert [finding.hint for finding in findings] == [True, *[False] * (len(findings) - 1)]
    assert "View Audit Log" in findings[0].text
