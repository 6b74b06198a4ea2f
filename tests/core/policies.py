"""A guild for the tests of the rules: its roles, channels and people, and rules made of a few
words."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from moderation.events import MessageSeen, Part, Surface
from moderation.people import Kind, Membership, Person
from moderation.policy import DEFAULT, GuildPolicy
from moderation.records import GuildWords
from moderation.ruleset import Ruleset, compile_rules
from moderation.words import parse_allowed, parse_entry

GUILD, MESSAGE = 1, 2
OWNER, ANN, BEN = 10, 11, 12
HELPER, MODERATOR, ADMIN = 20, 21, 22
"""Roles: without permissions, with Manage Messages, with Administrator."""

CATEGORY, CHANNEL, THREAD, ELSEWHERE, STAFF = 30, 31, 32, 33, 34
"""The thread is in the channel, the channel in the category; in the staff's channel the helpers
have Manage Messages."""

ABOVE: Mapping[int, tuple[int, ...]] = {THREAD: (CHANNEL, CATEGORY), CHANNEL: (CATEGORY,)}
BITS = {MODERATOR: 1 << 13, ADMIN: 1 << 3}


@dataclass
class Harbour:
    """Surroundings with all of that."""

    above: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: ABOVE)
    owner_id: int | None = OWNER

    def places(
        self, guild_id: int, channel_id: int, parent_id: int | None = None
    ) -> tuple[int, ...]:
        return (channel_id, *self.above.get(channel_id, ()))

    def permissions(
        self, guild_id: int, user_id: int, role_ids: Collection[int], channel_id: int | None
    ) -> int:
        bits = sum(BITS.get(role_id, 0) for role_id in role_ids)
        return bits | (1 << 13 if channel_id == STAFF and HELPER in role_ids else 0)

    def owner(self, guild_id: int) -> int | None:
        return self.owner_id


def member(user_id: int = ANN, *roles: int, kind: Kind = Kind.HUMAN) -> Person:
    """Somebody with these roles."""
    return Person(user_id, kind, "ann", membership=Membership(None, frozenset(roles)))


def webhook(user_id: int = ANN) -> Person:
    """A webhook, with an id that may be anybody's."""
    return Person(user_id, Kind.WEBHOOK, "News")


def said(
    text: str,
    author: Person | None = None,
    *,
    channel_id: int = CHANNEL,
    surface: Surface = Surface.MESSAGE,
    edited: bool = False,
) -> MessageSeen:
    """A message."""
    parts = (Part(surface, text),)
    return MessageSeen(GUILD, channel_id, MESSAGE, author or member(), parts, edited=edited)


def rules(
    lists: Mapping[str, Collection[str]],
    policy: GuildPolicy = DEFAULT,
    *,
    allowed: Collection[str] = (),
    now: Callable[[], int] = lambda: 0,
) -> Ruleset:
    """Rules of these lists of entries in the Harbour."""
    words = GuildWords(
        1,
        {name: tuple(map(parse_entry, entries)) for name, entries in lists.items()},
        tuple(map(parse_allowed, allowed)),
    )
    return compile_rules(words, policy, Harbour(), now)
