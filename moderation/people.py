"""Who did something, as far as a rule needs to know: the pure half of member versus user.

A *user* is an account. A *member* is that account in one guild, and only a member has roles,
permissions and a nickname. A :class:`Person` is the account, with a :class:`Membership` when the
account is known to be in the guild. ``cogs/helpers/people.py`` makes a Person from whatever Discord
gave; nothing else in the project tells members and users apart.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What stands behind an author."""

    OURSELVES = "ourselves"  # this bot, by its account or by its application
    WEBHOOK = "webhook"  # a webhook: its "author" is no account, however it is named
    APPLICATION = "application"  # another application's response to a command
    BOT = "bot"  # another bot's account
    HUMAN = "human"
    UNKNOWN = "unknown"  # Discord gave nothing but an id, or not even that


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's place in one guild. ``permissions`` is Discord's bit set, None where not told."""

    nickname: str | None = None
    role_ids: frozenset[int] = frozenset()
    permissions: int | None = None
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """An account, or what posed as one. ``membership`` is None for someone who is not (or no
    longer, or not known to be) in the guild, and always for webhooks.

    ``user_id`` is 0 where Discord gave none. ``server_tag`` is the tag of another server that the
    account shows beside its name, None where it shows none.
    """

    user_id: int
    kind: Kind = Kind.HUMAN
    username: str | None = None
    global_name: str | None = None
    membership: Membership | None = None
    server_tag: str | None = None

    @property
    def display_name(self) -> str:
        """The name that people see in the guild: nickname, else global name, else username."""
        nickname = self.membership.nickname if self.membership else None
        return nickname or self.global_name or self.username or f"user {self.user_id}"
