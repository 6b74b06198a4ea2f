"""Ids and permissions, as tables and properties."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Permissions
from sandbox.permissions import ALL, in_channel, in_guild, outranks
from sandbox.snowflakes import Snowflakes, created_at, parse
from sandbox.world import Account, Channel, ChannelType, Guild, Member, Overwrite, Role

VIEW, SEND = int(Permissions.VIEW_CHANNEL), int(Permissions.SEND_MESSAGES)
MANAGE, TTS = int(Permissions.MANAGE_MESSAGES), int(Permissions.SEND_TTS_MESSAGES)
ADMIN, READ = int(Permissions.ADMINISTRATOR), int(Permissions.READ_MESSAGE_HISTORY)
OWNER, MEMBER, EVERYONE, ROLE_A, ROLE_B = 1, 2, 10, 11, 12


def make(base: tuple[int, ...], overwrites: tuple[Overwrite, ...] = ()) -> tuple[Member, Channel]:
    """A member with two roles (the base has what @everyone and they give), and a channel."""
    everyone, a, b = (*base, 0, 0)[:3]
    guild = Guild(EVERYONE, "g", OWNER)
    for number, value, position in ((EVERYONE, everyone, 0), (ROLE_A, a, 1), (ROLE_B, b, 2)):
        guild.roles[number] = Role(number, str(number), value, position)
    account = Account(MEMBER, "m")
    member = Member(guild, account, datetime.now(UTC), roles=[ROLE_A, ROLE_B])
    guild.members[MEMBER] = member
    channel = Channel(20, ChannelType.GUILD_TEXT, "c", guild)
    channel.overwrites = {overwrite.id: overwrite for overwrite in overwrites}
    return member, channel


@pytest.mark.parametrize(
    ("base", "overwrites", "expected"),
    [
        ((VIEW,), (), VIEW),
        ((VIEW, SEND, MANAGE), (), VIEW | SEND | MANAGE),
        ((0, SEND, MANAGE), (), 0),
        ((0, ADMIN), (Overwrite(MEMBER, 1, 0, VIEW),), ALL),
        ((VIEW | SEND,), (Overwrite(EVERYONE, 0, 0, SEND),), VIEW),
        (
            (VIEW | SEND,),
            (Overwrite(EVERYONE, 0, 0, SEND), Overwrite(ROLE_A, 0, SEND, 0)),
            VIEW | SEND,
        ),
        (
            (VIEW | SEND,),
            (Overwrite(ROLE_A, 0, SEND, 0), Overwrite(ROLE_B, 0, 0, SEND)),
            VIEW | SEND,
        ),
        ((VIEW | SEND,), (Overwrite(ROLE_A, 0, SEND, 0), Overwrite(MEMBER, 1, 0, SEND)), VIEW),
        ((VIEW | SEND,), (Overwrite(EVERYONE, 0, 0, VIEW),), 0),
        ((VIEW | TTS,), (), VIEW),
        ((VIEW | SEND | TTS,), (), VIEW | SEND | TTS),
        ((VIEW | SEND,), (Overwrite(99, 1, 0, VIEW),), VIEW | SEND),
    ],
)
def test_permissions_in_a_channel(
    base: tuple[int, ...], overwrites: tuple[Overwrite, ...], expected: int
) -> None:
    member, channel = make(base, overwrites)
    assert in_channel(member, channel) == expected


def test_the_owner_may_everything_and_one_in_timeout_next_to_nothing() -> None:
    member, channel = make((VIEW | SEND | READ,))
    member.timeout_until = datetime(2999, 1, 1, tzinfo=UTC)
    assert in_channel(member, channel) == VIEW | READ
    assert in_guild(member) == VIEW | READ
    member.guild.owner_id = MEMBER
    assert in_channel(member, channel) == ALL


def test_the_hierarchy() -> None:
    member, _ = make((0,))
    guild = member.guild
    people = {
        "owner": Member(guild, Account(OWNER, "o"), member.joined),
        "high": member,
        "low": Member(guild, Account(3, "l"), member.joined, roles=[ROLE_A]),
        "none": Member(guild, Account(4, "n"), member.joined),
    }
    order = ["owner", "high", "low", "none"]
    for actor in order:
        for target in order:
            higher = order.index(actor) < order.index(target)
            expected = higher or actor == target == "owner"
            assert outranks(people[actor], people[target]) is expected, (actor, target)
    # Of two roles in one place the older one is higher.
    guild.roles[ROLE_A].position = guild.roles[ROLE_B].position
    assert not outranks(people["high"], people["low"])
    assert not outranks(people["low"], people["high"])


def test_ids_grow_and_tell_their_time() -> None:
    snowflakes = Snowflakes()
    before = datetime.now(UTC)
    ids = [snowflakes.next() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert abs((created_at(ids[0]) - before).total_seconds()) < 60
    assert [number & 0xFFF for number in ids[:3]] == [0, 1, 2]


@given(st.integers(1_420_156_800, 4_000_000_000))
def test_an_id_of_another_time(second: int) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    snowflakes = Snowflakes()
    ids = {snowflakes.at(moment) for _ in range(50)} | {snowflakes.next()}
    assert len(ids) == 51
    dated = snowflakes.at(moment)
    assert abs((created_at(dated) - moment).total_seconds()) < 0.002


@given(st.one_of(st.integers(), st.text(), st.booleans(), st.none(), st.floats()))
def test_only_whole_numbers_are_ids(value: object) -> None:
    number = parse(value)
    if number is not None:
        assert str(number) == str(value)
        assert not isinstance(value, bool)
