"""What admins set: the policy of a guild, its lists, its entries. Every write is in force when it
returns: the next message waits for rules that hold it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from moderation.exempting import Nowhere, Surroundings, exemptions, known
from moderation.people import Person
from moderation.policy import EntryTerms, GuildPolicy, ListPolicy
from moderation.records import MAIN_LIST, Actor, Change
from moderation.verdict import Exempt
from service.rules import Rules
from service.stores import PolicyStore

type Compared = Callable[[GuildPolicy, GuildPolicy], None]
"""Asked whether the policy may be changed so, given both; raises where it may not."""


def anything(_: GuildPolicy, __: GuildPolicy) -> None:
    """Asks for nothing: the operator, and tests."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a list stands to someone somewhere: ``exempt`` is every reason why its hits do not count
    there, those that hold for all lists first; none where they do."""

    list: str
    exempt: tuple[Exempt, ...]


class Policies:
    """The use cases around the policy of one guild at a time. Each raises what ``PolicyStore``
    raises, having changed nothing."""

    def __init__(
        self, store: PolicyStore, rules: Rules, surroundings: Surroundings | None = None
    ) -> None:
        self._store = store
        self._rules = rules
        self._surroundings = surroundings or Nowhere()

    async def policy(self, guild_id: int) -> GuildPolicy:
        """All that the guild has set."""
        return await self._store.policy(guild_id)

    async def set_policy(
        self, guild_id: int, change: Callable[[GuildPolicy], GuildPolicy], *, by: Actor, what: str
    ) -> GuildPolicy:
        """Change what belongs to no list; ``what`` says it in the record."""
        return await self._written(
            guild_id, self._store.set_policy(guild_id, change, by=by, what=what)
        )

    async def create_list(
        self,
        guild_id: int,
        name: str,
        policy: ListPolicy,
        *,
        by: Actor,
        allowed: Compared = anything,
    ) -> None:
        """Make a list. ``allowed`` is asked in the transaction that writes."""
        write = self._store.create_list(guild_id, name, policy, by=by, allowed=allowed)
        await self._written(guild_id, write)

    async def set_list(
        self,
        guild_id: int,
        name: str,
        change: Callable[[ListPolicy], ListPolicy],
        *,
        by: Actor,
        rename: str = "",
    ) -> ListPolicy:
        """Change what a list does, its name too where ``rename`` is given."""
        return await self._written(
            guild_id, self._store.set_list(guild_id, name, change, by=by, rename=rename)
        )

    async def delete_list(self, guild_id: int, name: str, *, by: Actor) -> int:
        """Delete a list and its entries; how many those were."""
        return await self._written(guild_id, self._store.delete_list(guild_id, name, by=by))

    async def set_terms(
        self,
        guild_id: int,
        list_name: str,
        entry: str,
        terms: EntryTerms,
        *,
        by: Actor,
        allowed: Compared = anything,
    ) -> None:
        """Give an entry terms of its own. ``allowed`` is asked in the transaction that writes."""
        write = self._store.set_terms(guild_id, list_name, entry, terms, by=by, allowed=allowed)
        await self._written(guild_id, write)

    async def why(
        self, guild_id: int, person: Person, channel_id: int | None = None
    ) -> tuple[Standing, ...]:
        """List by list, ``main`` first, whether someone is judged in a channel or thread, or by
        their names where none is given, and why not."""
        policy = await self._store.policy(guild_id)
        there = known(guild_id, person, channel_id, self._surroundings)
        names = dict.fromkeys((MAIN_LIST, *policy.lists))
        return tuple(Standing(name, exemptions(name, policy, there)) for name in names)

    async def undoable(self, guild_id: int, change_id: int) -> Change:
        """One line of the record, where it could be taken back just now. Raises CannotUndo."""
        return await self._store.undoable(guild_id, change_id)

    async def undo_change(
        self,
        guild_id: int,
        change_id: int,
        *,
        by: Actor,
        allowed: Callable[[Change, GuildPolicy], None],
    ) -> str:
        """Take a change back; what is as before, in words. ``allowed`` is asked in the transaction
        that writes, with the change and what is in force then; what it raises is raised."""
        write = self._store.undo_change(guild_id, change_id, by=by, allowed=allowed)
        return await self._written(guild_id, write)

    async def _written[T](self, guild_id: int, write: Awaitable[T]) -> T:
        try:
            return await write
        finally:
            # Also where the answer was lost: it may have been written all the same.
            self._rules.changed(guild_id)
