"""The composition root: the parts of the bot, put together in one place and nowhere else."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from clock import utc_ms
from cogs.allowed import Allowed
from cogs.audit_log import AuditLogCases
from cogs.base import Cog
from cogs.cases import CaseCommands
from cogs.catchup import CatchingUp
from cogs.checking import MessageChecks
from cogs.client import Palisade
from cogs.data import DataCommands
from cogs.helpers.adding import Adding
from cogs.helpers.audit_log import AuditLog
from cogs.helpers.components import Components
from cogs.helpers.enforce import Enforcer
from cogs.helpers.history import History
from cogs.helpers.identity import Identity
from cogs.helpers.members import Members
from cogs.helpers.nextcord_private.pace import Pace
from cogs.helpers.posting import Posting
from cogs.helpers.surroundings import Surroundings
from cogs.helpers.telling import Messenger
from cogs.histories import Histories
from cogs.lists import Lists
from cogs.message_filter import MessageFilter
from cogs.mod_log import ModLog
from cogs.name_filter import NameFilter
from cogs.names import Names
from cogs.notices import NoticesAfterStart
from cogs.policy import Policy
from cogs.policy_edit import PolicyEdit
from cogs.policy_exempt import PolicyExempt
from cogs.policy_lists import PolicyLists
from cogs.policy_log import PolicyLog
from cogs.policy_record import PolicyRecord
from cogs.servers import Servers
from cogs.status import Status
from cogs.thread_filter import ThreadFilter
from cogs.words import Words
from moderation.intents import Owed
from service.cases import Cases
from service.catchup import Bounds, CatchUp
from service.checking import Checking
from service.cursors import Cursors
from service.diary import Diary
from service.exempt_once import ExemptOnce
from service.expiry import Expiry
from service.guilds import Guilds
from service.hand_made import HandLog, HandMadeCases
from service.ledger import Ledger
from service.mod_log import LogPace, ModLogWriter
from service.moderator import Moderator
from service.name_guard import NameGuard
from service.notice_ports import NoticeStore
from service.notices import NoticePace, Notices
from service.outbox import Outbox
from service.policies import Policies
from service.ports import CursorStore, GuildStore, IntentStore, Observer, WordStore
from service.resumption import Resumption
from service.rules import Rules
from service.sanctions import Sanctions
from service.stores import CaseStore, LogStore, PolicyStore, SanctionStore
from service.strangers import Strangers
from service.sweep import PAUSE_SECONDS, NameSweep
from service.titles import Titles
from service.undoing import Undoing
from service.word_lists import WordLists


class Store(WordStore, GuildStore, Protocol):
    """What the bot needs of its memory."""

    @property
    def intents(self) -> IntentStore: ...

    @property
    def sanctions(self) -> SanctionStore: ...

    @property
    def cases(self) -> CaseStore: ...

    @property
    def policies(self) -> PolicyStore: ...

    @property
    def log_posts(self) -> LogStore: ...

    @property
    def cursors(self) -> CursorStore: ...

    @property
    def notices(self) -> NoticeStore: ...

    @property
    def hand_made(self) -> HandLog: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The bot and what a caller may want to look at or talk to."""

    bot: Palisade
    rules: Rules
    word_lists: WordLists
    policies: Policies
    moderator: Moderator
    catch_up: CatchUp
    ledger: Ledger
    sanctions: Sanctions
    expiry: Expiry
    mod_log: ModLogWriter
    cases: Cases
    notices: Notices
    hand_made: HandMadeCases


def compose(
    store: Store,
    api_url: str,
    *,
    observers: Sequence[Observer] = (),
    pace: Pace | None = None,
    bounds: Bounds | None = None,
    sweep_after: float = PAUSE_SECONDS,
    clock: Callable[[], int] = utc_ms,
    log_pace: LogPace | None = None,
    notice_pace: NoticePace | None = None,
) -> Parts:
    """Build the bot on ``store``. To be called inside a running event loop; nothing is sent yet.

    ``observers`` are told of every verdict and outcome, beside the diary that writes the log;
    ``bounds`` are those of what is read after an absence, ``sweep_after`` the
    seconds from a start or a changed list to a look at all names and titles. ``clock`` tells when
    something is decided and when a ban is over, in UTC milliseconds, ``log_pace`` how fast the mod
    log is written, ``notice_pace`` how long a notice waits for more
    of a burst, and a reply stands.
    """
    told: list[Observer] = [Diary(), *observers]
    enforcer = Enforcer()
    surroundings = Surroundings()
    rules = Rules(store, store.policies, surroundings)
    cursors = Cursors(store.cursors)
    ledger = Ledger(store.intents, clock=clock)
    outbox = Outbox(enforcer, told, ledger, cursors.positions)
    name_guard = NameGuard(enforcer, outbox, rules, told, threads=enforcer)
    strangers = Strangers(enforcer, cursors.positions)
    moderator = Moderator(rules, outbox, name_guard, told, cursors.positions, strangers)
    messenger = Messenger()
    notices = Notices(store.notices, messenger, rules, store.cases, clock=clock, pace=notice_pace)
    # Before the sanctions: a kick or ban waits for what is begun here.
    ledger.listeners.append(notices.decided)
    outbox.attempts.before = notices.before
    exempt = ExemptOnce(store.policies)
    moderator.exempt = exempt.exempt
    exempt.tell = notices.exempt
    titles = Titles(rules, enforcer, moderator.handle, pause_seconds=sweep_after)
    sanctions = Sanctions(store.sanctions, outbox, ledger, enforcer)
    notices.settled = sanctions.settled
    expiry = Expiry(store.sanctions, sanctions, clock=clock)

    def begun(guild_ids: Sequence[int]) -> None:
        sanctions.begin(guild_ids)
        expiry.start()

    resumption = Resumption(outbox, ledger, name_guard, begun=begun)
    guilds = Guilds(store, rules)
    word_lists = WordLists(store, rules)
    policies = Policies(store.policies, rules, surroundings)
    identity = Identity()
    posting = Posting(identity)
    mod_log = ModLogWriter(
        store.log_posts, store.cases, policies, posting, pace=log_pace, clock=clock
    )
    ledger.listeners.append(mod_log.recorded)
    ledger.on_ended = mod_log.ended
    notices.on_told = expiry.on_over = mod_log.changed

    def acted(owed: Owed) -> None:
        notices.acted(owed)
        if owed.case_number is not None:
            mod_log.changed(owed.action.guild_id, owed.case_number)

    sanctions.on_acted = acted
    audit_log = AuditLog(identity)
    hand_made = HandMadeCases(audit_log, store.hand_made, store.cases, mod_log.changed, clock=clock)
    undoing = Undoing(store.cases, sanctions, mod_log.changed, clock)
    cases = Cases(store.cases, undoing, policies, mod_log.changed, clock)
    history = History(identity)
    catch_up = CatchUp(cursors, history, rules, moderator.handle, bounds or Bounds())
    members = Members(identity)
    sweep = NameSweep(members, rules, moderator.handle, pause_seconds=sweep_after)

    def changed(guild_id: int) -> None:
        sweep.want(guild_id)
        titles.want(guild_id)
        mod_log.look(guild_id)

    def left(guild_id: int) -> None:
        catch_up.again(guild_id)
        sweep.want(guild_id)
        titles.want(guild_id)

    rules.on_change = changed

    moderator.left = left
    commands: list[Cog] = [
        Words(word_lists, policies, Adding(word_lists, identity), clock),
        Lists(policies, word_lists, rules),
        Policy(policies, word_lists, posting),
        PolicyEdit(policies, rules),
        PolicyLists(policies, word_lists, rules),
        PolicyExempt(policies),
        PolicyLog(policies, posting),
        PolicyRecord(policies, word_lists),
        Allowed(word_lists, policies),
        Names(sweep, policies),
        Status(word_lists, policies, outbox, mod_log),
        ModLog(mod_log, cases, sanctions, policies, word_lists, enforcer.member, clock),
        CaseCommands(cases, clock),
        Histories(cases),
        MessageChecks(Checking(rules, policies), identity, enforcer.member),
        DataCommands(cases),
    ]
    cogs: list[Cog] = [
        identity,  # first: the others ask it who the bot is
        MessageFilter(moderator, identity),
        NameFilter(moderator, identity),
        ThreadFilter(moderator, titles),
        CatchingUp(catch_up, cursors.positions, identity),
        NoticesAfterStart(notices),  # before what takes up kicks and bans
        Servers(guilds, enforcer, identity, resumption, mod_log),
        AuditLogCases(hand_made, identity),
        *commands,
        Components(commands),
    ]

    async def drain(seconds: float) -> None:
        await catch_up.close()
        await sweep.close()
        await titles.close()
        await resumption.close()
        await expiry.close()
        await sanctions.close()
        await moderator.drain(seconds)
        await notices.close()
        await hand_made.close()
        await mod_log.close()
        await exempt.close()
        await guilds.close()
        await rules.close()
        await cursors.close()

    bot = Palisade(cogs=cogs, drain=drain, api_url=api_url, pace=pace)
    enforcer.use(bot)
    history.use(bot)
    members.use(bot)
    surroundings.use(bot)
    posting.use(bot)
    messenger.use(bot)
    audit_log.use(bot)
    loop = asyncio.get_running_loop()
    for start in (guilds.start_erasing, cursors.start, catch_up.start):
        loop.call_soon(start)
    return Parts(
        bot,
        rules,
        word_lists,
        policies,
        moderator,
        catch_up,
        ledger,
        sanctions,
        expiry,
        mod_log,
        cases,
        notices,
        hand_made,
    )


def all_cogs() -> list[type[Cog]]:
    """The classes of all cogs, for what they declare."""
    return [
        Identity,
        MessageFilter,
        NameFilter,
        ThreadFilter,
        CatchingUp,
        NoticesAfterStart,
        Servers,
        AuditLogCases,
        Words,
        Lists,
        Policy,
        PolicyEdit,
        PolicyLists,
        PolicyExempt,
        PolicyLog,
        PolicyRecord,
        Allowed,
        Names,
        Status,
        ModLog,
        CaseCommands,
        Histories,
        MessageChecks,
        DataCommands,
        Components,
    ]
