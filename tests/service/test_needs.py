"""Which permissions a policy asks for, and which it does not."""

import pytest

from moderation.consequence import BAN, DELETE, KICK, WARN, Consequence, Step
from moderation.policy import (
    EntryTerms,
    GuildPolicy,
    Ladder,
    ListPolicy,
    NoticeBy,
    Notices,
    Rung,
)
from service.needs import Need, needs

HOUR = Consequence(Step.TIMEOUT, 3_600_000)
LISTS = ("main", "slurs")


def slurs(consequence: Consequence, *, enabled: bool = True, shadow: bool = False) -> GuildPolicy:
    return GuildPolicy(
        lists={"slurs": ListPolicy(consequence=consequence, enabled=enabled, shadow=shadow)}
    )


@pytest.mark.parametrize(
    ("policy", "needed"),
    [
        (GuildPolicy(), []),
        (slurs(DELETE), []),
        (slurs(WARN), []),
        (slurs(HOUR), [Need("List “slurs” times out", "moderate_members")]),
        (slurs(KICK), [Need("List “slurs” kicks", "kick_members")]),
        (slurs(BAN), [Need("List “slurs” bans", "ban_members")]),
        (slurs(BAN, enabled=False), []),
        (slurs(BAN, shadow=True), []),
        (GuildPolicy(lists={"gone": ListPolicy(consequence=BAN)}), []),
        (
            GuildPolicy(
                terms={
                    ("main", "x"): EntryTerms(BAN),
                    ("main", "y"): EntryTerms(BAN),
                    ("main", "z"): EntryTerms(reason="it hurts"),
                    ("gone", "x"): EntryTerms(KICK),
                }
            ),
            [Need("An entry of list “main” bans", "ban_members")],
        ),
        (
            GuildPolicy(ladder=Ladder((Rung(3, HOUR), Rung(5, HOUR), Rung(7, BAN)))),
            [
                Need("The ladder times out", "moderate_members"),
                Need("The ladder bans", "ban_members"),
            ],
        ),
        (
            GuildPolicy(notices=Notices(NoticeBy.REPLY)),
            [Need("Authors are told by a reply", "send_messages")],
        ),
    ],
)
def test_needs(policy: GuildPolicy, needed: list[Need]) -> None:
    assert needs(policy, LISTS) == needed


def test_the_name_of_a_list_is_dead() -> None:
    policy = GuildPolicy(lists={"<@1>": ListPolicy(consequence=BAN)})
    (need,) = needs(policy, ["<@1>"])
    assert "<@1>" not in need.what
