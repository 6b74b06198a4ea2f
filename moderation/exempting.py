"""Who and where is exempt, and why."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from moderation.events import Event, MessageSeen, NamesSeen, ThreadSeen
from moderation.people import Kind, Person
from moderation.policy import Exemptions, GuildPolicy, ListPolicy
from moderation.verdict import Because, Exempt

ADMINISTRATOR = 1 << 3
MANAGE_MESSAGES = 1 << 13
"""Bits of Discord's permissions (Discord, Permissions)."""


class Surroundings(Protocol):
    """What is known, without asking anybody, of a guild's channels and roles. Whatever is not known
    is left out: nobody is exempt by what is not known."""

    def places(
        self, guild_id: int, channel_id: int, parent_id: int | None = None
    ) -> tuple[int, ...]:
        """A channel or thread, and what it is in: for a thread its channel, and the category.
        ``parent_id`` is the thread's channel where it is told."""
        ...

    def permissions(
        self, guild_id: int, user_id: int, role_ids: Collection[int], channel_id: int | None
    ) -> int:
        """Discord's permission bits of a member with these roles in a channel or thread, or in the
        guild where none is given; as far as is known."""
        ...

    def owner(self, guild_id: int) -> int | None:
        """The id of the guild's owner."""
        ...


class Nowhere:
    """Surroundings of which nothing is known."""

    def places(
        self, guild_id: int, channel_id: int, parent_id: int | None = None
    ) -> tuple[int, ...]:
        """The channel itself, and what is told."""
        return (channel_id,) if parent_id is None else (channel_id, parent_id)

    def permissions(
        self, guild_id: int, user_id: int, role_ids: Collection[int], channel_id: int | None
    ) -> int:
        """None."""
        return 0

    def owner(self, guild_id: int) -> int | None:
        """Nobody."""
        return None


@dataclass(frozen=True, slots=True)
class Known:
    """Who it was and where, as far as that decides about exemptions. ``places`` are the ids of the
    channel and what it is in, none for names; ``user_id`` is 0 for what is no account, and for
    titles, of which Discord does not say who set them."""

    user_id: int = 0
    role_ids: frozenset[int] = frozenset()
    places: tuple[int, ...] = ()
    permissions: int = 0
    is_owner: bool = False


def known_of(event: Event, surroundings: Surroundings) -> Known:
    """Who and where an event of a guild was."""
    guild_id = event.guild_id or 0
    match event:
        case MessageSeen(author=person, channel_id=channel_id):
            return known(guild_id, person, channel_id, surroundings)
        case NamesSeen(person=person):
            return known(guild_id, person, None, surroundings)
        case ThreadSeen(thread_id=thread_id, parent_id=parent_id):
            return Known(places=surroundings.places(guild_id, thread_id, parent_id))


def known(
    guild_id: int, person: Person, channel_id: int | None, surroundings: Surroundings
) -> Known:
    """Someone in a channel, or with their names where none is given."""
    places = () if channel_id is None else surroundings.places(guild_id, channel_id)
    if person.kind is Kind.WEBHOOK:
        return Known(places=places)
    member = person.membership
    is_owner = bool(person.user_id) and surroundings.owner(guild_id) == person.user_id
    if member is None:
        return Known(person.user_id, places=places, is_owner=is_owner)
    allowed = surroundings.permissions(guild_id, person.user_id, member.role_ids, channel_id)
    return Known(
        person.user_id,
        member.role_ids,
        places,
        allowed | (member.permissions or 0),
        is_owner or member.is_owner,
    )


def exempt_from_all(policy: GuildPolicy, known: Known) -> Exempt | None:
    """Whether no list counts for them there, and why."""
    return next(_from_all(policy, known), None)


def exempt_from(list_name: str, policy: ListPolicy, known: Known) -> Exempt | None:
    """Whether a list does not count for them there, though others may, and why."""
    return next(_from_one(list_name, policy, known), None)


def exemptions(list_name: str, policy: GuildPolicy, known: Known) -> tuple[Exempt, ...]:
    """Every reason why a list does not count for them there, those of all lists first."""
    of_list = policy.of(list_name)
    off = () if of_list.enabled else (Exempt(list_name, Because.LIST_OFF),)
    return (*_from_all(policy, known), *off, *_from_one(list_name, of_list, known))


def applies_in(policy: ListPolicy, places: Collection[int]) -> bool:
    """Whether a list applies in a place; to names, which have none, it always does."""
    return not (policy.channels and places) or not policy.channels.isdisjoint(places)


def depends_on_roles(policy: GuildPolicy, list_names: Collection[str]) -> bool:
    """Whether someone of whom no more than an id is known could be exempt by a role or permission
    from some of these lists."""
    if not policy.judges_moderators or policy.exemptions.roles:
        return True
    return any(policy.of(name).exemptions.roles for name in list_names)


def _from_all(policy: GuildPolicy, known: Known) -> Iterator[Exempt]:
    if not policy.judges_moderators:
        if known.is_owner:
            yield Exempt("", Because.OWNER, known.user_id)
        if known.permissions & (ADMINISTRATOR | MANAGE_MESSAGES):
            yield Exempt("", Because.MODERATOR)
        for role_id in sorted(known.role_ids & policy.moderators):
            yield Exempt("", Because.MODERATOR, role_id)
    yield from _exempt("", policy.exemptions, known)


def _from_one(list_name: str, policy: ListPolicy, known: Known) -> Iterator[Exempt]:
    if not applies_in(policy, known.places):
        yield Exempt(list_name, Because.NOT_HERE)
    yield from _exempt(list_name, policy.exemptions, known)


def _exempt(list_name: str, exemptions: Exemptions, known: Known) -> Iterator[Exempt]:
    if known.user_id in exemptions.members and known.user_id:
        yield Exempt(list_name, Because.MEMBER, known.user_id)
    for role_id in sorted(known.role_ids & exemptions.roles):
        yield Exempt(list_name, Because.ROLE, role_id)
    for place in known.places:
        if place in exemptions.channels:
            yield Exempt(list_name, Because.CHANNEL, place)
