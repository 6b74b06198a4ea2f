"""What the service needs of the memory for policies, cases and the mod log, as small Protocols.
``data/`` fulfils them. ``guild_id`` is always first."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from moderation.cases import (
    Case,
    CaseFilter,
    CaseKind,
    CasePage,
    CaseState,
    ErasedPerson,
    HandMade,
    Undone,
)
from moderation.intents import Over, Owed
from moderation.log_posts import Burst, LogChannel, LogPost, Sketch
from moderation.policy import EntryTerms, GuildPolicy, ListPolicy
from moderation.records import Actor, Change
from moderation.verdict import Sanction


class PolicyStore(Protocol):
    """What each guild has set. Every write is recorded with who, when, before and after, and bumps
    the revision; one that changes nothing does neither."""

    async def policy(self, guild_id: int) -> GuildPolicy:
        """The guild's policy, the lists' and the entries' with it; defaults for an unknown one."""
        ...

    async def set_policy(
        self, guild_id: int, change: Callable[[GuildPolicy], GuildPolicy], *, by: Actor, what: str
    ) -> GuildPolicy:
        """Change what belongs to no list, in one transaction: ``change`` is given what is set now
        and may raise a PalisadeError, which changes nothing. ``what`` says it in the record, as
        "ladder". What it is afterwards."""
        ...

    async def create_list(
        self,
        guild_id: int,
        name: str,
        policy: ListPolicy,
        *,
        by: Actor,
        allowed: Callable[[GuildPolicy, GuildPolicy], None] = ...,
    ) -> None:
        """Raises ListRefused for a name that is taken or one list too many. ``allowed`` is asked in
        the same transaction, with the policy before and after; what it raises is raised."""
        ...

    async def set_list(
        self,
        guild_id: int,
        name: str,
        change: Callable[[ListPolicy], ListPolicy],
        *,
        by: Actor,
        rename: str = "",
    ) -> ListPolicy:
        """Change a list's policy, its name too where ``rename`` is given. Raises UnknownList,
        ListRefused."""
        ...

    async def delete_list(self, guild_id: int, name: str, *, by: Actor) -> int:
        """Delete a list and its entries; how many those were. Raises UnknownList; ListRefused for
        ``main``, which every server has."""
        ...

    async def set_terms(
        self,
        guild_id: int,
        list_name: str,
        entry: str,
        terms: EntryTerms,
        *,
        by: Actor,
        allowed: Callable[[GuildPolicy, GuildPolicy], None] = ...,
    ) -> None:
        """Give an entry terms of its own, or with empty ones none. Raises UnknownList, and
        UnknownEntry where the list does not hold it. ``allowed`` is asked in the same transaction,
        with the policy before and after; what it raises is raised."""
        ...

    async def first_exempt(self, guild_id: int, user_id: int) -> bool:
        """Whether a moderator was not yet told that they are exempt; from now on they were."""
        ...

    async def undoable(self, guild_id: int, change_id: int) -> Change:
        """One line of the record, where ``undo_change`` could take it back just now. Raises
        CannotUndo."""
        ...

    async def undo_change(
        self,
        guild_id: int,
        change_id: int,
        *,
        by: Actor,
        allowed: Callable[[Change, GuildPolicy], None] = ...,
    ) -> str:
        """Put back what a change of the policy or of the words took away; what was put back, in
        words. Recorded as a change itself. Raises CannotUndo, having changed nothing: where it is
        unknown, or what it changed has been changed again since. Raises LimitReached and
        ListRefused where there is no room for it any more. ``allowed`` is asked in the same
        transaction, with the change and what is in force; what it raises is raised."""
        ...


class CaseStore(Protocol):
    """The cases of each guild. Those of the bot's are made with their decisions (IntentStore)."""

    async def case(self, guild_id: int, number: int) -> Case:
        """Raises NoSuchCase."""
        ...

    async def cases(
        self, guild_id: int, which: CaseFilter, *, limit: int, offset: int = 0
    ) -> CasePage: ...

    async def some(self, guild_id: int, which: CaseFilter, limit: int) -> Sequence[Case]:
        """The newest cases that a filter lets through, not counting the others."""
        ...

    async def tally(self, guild_id: int, user_id: int) -> Mapping[tuple[CaseKind, CaseState], int]:
        """How many cases of each kind in each state there are about a member."""
        ...

    async def strikes(self, guild_id: int, user_id: int, since: int) -> int:
        """How many strikes a member has had since a time: see moderation/escalation.py."""
        ...

    async def open_case(self, guild_id: int, new: HandMade) -> Case | None:
        """Make a case; None where one of its cause is there."""
        ...

    async def edit_reason(self, guild_id: int, number: int, reason: str, *, by: Actor) -> Case:
        """Give a case another reason; the old one is kept as a note. Raises NoSuchCase."""
        ...

    async def add_note(self, guild_id: int, number: int, text: str, *, by: Actor) -> Case:
        """Raises NoSuchCase."""
        ...

    async def undo_case(
        self, guild_id: int, number: int, *, by: Actor, since: int = 0
    ) -> Undone | None:
        """Make a case count no more, and withdraw its actions that were not carried out yet; None
        where it is undone already. The strikes that are left are counted from ``since`` on. Raises
        NoSuchCase."""
        ...

    async def erase_person(self, guild_id: int, user_id: int) -> ErasedPerson:
        """Take a person's id, names and texts from all that is kept of them in a guild, but for the
        ends of running bans; the numbers stay."""
        ...


class SanctionStore(Protocol):
    """What is done to members, beyond what their own decisions ask for."""

    async def by_hand(self, guild_id: int, new: HandMade, action: Sanction) -> Owed | None:
        """Make a moderator's case with what they do to the member; None where one of its cause is
        there."""
        ...

    async def wanted(self, guild_id: int, action_id: int) -> bool:
        """Whether an action is still to be carried out: False when it was withdrawn, or its rows
        were erased."""
        ...

    async def actions_of(self, guild_id: int, number: int) -> frozenset[int]:
        """The actions of a case."""
        ...

    async def withdrawn(self, guild_id: int, number: int) -> frozenset[int]:
        """The actions of a case that were withdrawn."""
        ...

    async def release(self, guild_id: int, number: int, now: int) -> Sequence[Owed]:
        """Let what the brake holds of a case go, a timeout or ban from now on for as long as it was
        to last; none where somebody else was first."""
        ...

    async def lift(self, guild_id: int, now: int) -> Sequence[Owed]:
        """What ends the timeouts and bans that cases stand for that are undone by now, unless
        another open case asks for one; each once."""
        ...

    async def expire(self, now: int) -> Over:
        """End the cases of all guilds that the bot is in whose timeout or ban is over by ``now``.
        Discord ends timeouts itself."""
        ...

    async def next_end(self) -> int | None:
        """When the next of them is over (UTC in milliseconds), None where none will be."""
        ...


class LogStore(Protocol):
    """What stands in the mod log. A case belongs to at most one post."""

    async def make_post(
        self, guild_id: int, channel_id: int, number: int, *, nonce: str, at: int
    ) -> LogPost:
        """Write down that a post is about to be made for a case, before it is made. The post that
        is there already where the case has one."""
        ...

    async def add_to_post(self, guild_id: int, post_id: int, numbers: Sequence[int]) -> None:
        """Cases are told of in a post that is there (a burst); but for those that have one."""
        ...

    async def posted(self, guild_id: int, post_id: int, message_id: int) -> None:
        """Discord has told the post's message."""
        ...

    async def shown(self, guild_id: int, post_id: int, changed_at: int) -> None:
        """The post shows its cases as they were at a time."""
        ...

    async def forget_post(self, guild_id: int, post_id: int) -> None:
        """Its message was deleted: its cases are told of no more."""
        ...

    async def post_of(self, guild_id: int, number: int) -> LogPost | None: ...

    async def sketches(self, guild_id: int, numbers: Sequence[int]) -> Sequence[Sketch]:
        """As much of these cases as decides where each is told of, in their order."""
        ...

    async def cases_of(self, guild_id: int, action_ids: Sequence[int]) -> Sequence[int]:
        """The cases that these actions belong to."""
        ...

    async def burst(self, guild_id: int, post_id: int) -> Burst:
        """The cases of a post, counted. Raises NoSuchCase for a post without any."""
        ...

    async def stale(self, guild_id: int, since: int) -> Sequence[int]:
        """What is to be written: a case of each post that does not show its cases' newest
        change, and the cases made since a time that have no post, oldest first."""
        ...

    async def log_channels(
        self, guild_id: int, wanted: Collection[int], at: int
    ) -> Sequence[LogChannel]:
        """The channels of the mod log are these from now on (``at``): all that is kept of them."""
        ...

    async def channel_trouble(self, guild_id: int, channel_id: int, trouble: str | None) -> None:
        """What is wrong with a channel of the mod log; None: nothing any more."""
        ...
