"""The sentences about who and where is exempt."""

import pytest

from cogs.helpers.exempt_texts import because_text
from cogs.helpers.policy_texts import why_text
from moderation.verdict import Because, Exempt
from service.policies import Standing

BY_NAME = Exempt("", Because.MEMBER, 7)


@pytest.mark.parametrize(
    ("exempt", "text"),
    [
        (BY_NAME, "they are exempt by name"),
        (Exempt("", Because.OWNER, 7), "they own the server"),
        (Exempt("", Because.MODERATOR), "they are a moderator"),
        (Exempt("", Because.MODERATOR, 8), "they have the moderators' role <@&8>"),
        (Exempt("spam", Because.ROLE, 8), "they have the exempt role <@&8>"),
        (Exempt("spam", Because.CHANNEL, 9), "it is in the exempt channel <#9>"),
        (Exempt("spam", Because.LIST_OFF), "the list is switched off"),
    ],
)
def test_why(exempt: Exempt, text: str) -> None:
    assert because_text(exempt) == text


@pytest.mark.parametrize(
    ("standings", "text"),
    [
        ([Standing("main", ())], "**main**: judged like everybody."),
        (
            [Standing("main", (BY_NAME,)), Standing("spam", (BY_NAME,))],
            "All 2 lists: exempt, since they are exempt by name.",
        ),
        (
            [
                Standing("main", ()),
                Standing("spam", (BY_NAME, Exempt("spam", Because.LIST_OFF))),
                Standing("scams", ()),
            ],
            "**main**, **scams**: judged like everybody.\n"
            "**spam**: exempt, since they are exempt by name; the list is switched off.",
        ),
    ],
)
def test_lists_for_which_it_is_the_same_stand_together(
    standings: list[Standing], text: str
) -> None:
    assert why_text(standings) == text
