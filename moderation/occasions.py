"""What somebody is told about: who, for what, what followed; and by which way, if at all."""

from collections.abc import Set
from dataclasses import dataclass, replace

from moderation.cases import Case, CaseState
from moderation.consequence import (
    DELETE,
    MAX_BAN_MS,
    MAX_TIMEOUT_MS,
    MINUTE_MS,
    WARN,
    Consequence,
    Step,
)
from moderation.events import Event, MessageSeen, NamesSeen, Surface, ThreadSeen
from moderation.intents import Decision, Recorded
from moderation.people import Kind
from moderation.policy import GuildPolicy, NoticeBy
from moderation.states import State
from moderation.verdict import Ban, Kick, Sanction, TimeOut

PEOPLE = (Kind.HUMAN, Kind.UNKNOWN)
"""Who can be written to. An update that tells a part of a message may not say what wrote it."""


REMOVALS = frozenset({"delete", "nickname", "title"})
"""Kinds of action that take away what was found."""

REMOVED = frozenset({State.DONE, State.GONE, State.PENDING})
"""It is away, or on its way: in a raid deletions wait for Discord's limits."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something of which a person is told. ``number`` is the case's. ``surface`` is what they
    wrote, None where a moderator acts without it; ``list`` the strongest hit's, ``reason`` its
    entry's own or the moderator's. ``until`` is the end of a timeout or ban (UTC in milliseconds).
    ``unspeakable`` is what must not stand in public: what they wrote, and the entries. ``role_ids``
    are theirs, as far as known; ``by_hand`` says that a moderator acts. What was found was
    ``removed``, and the rest came about ``as_decided``, unless it is known that it was not."""

    guild_id: int
    user_id: int
    number: int
    consequence: Consequence
    surface: Surface | None = None
    list: str = ""
    reason: str = ""
    until: int | None = None
    channel_id: int | None = None
    unspeakable: tuple[str, ...] = ()
    catch_up: str | None = None
    role_ids: frozenset[int] = frozenset()
    by_hand: bool = False
    removed: bool = True
    as_decided: bool = True


def addressee(event: Event) -> int | None:
    """The id of whoever is told about what happened; None where there is nobody who could be: a
    webhook, a bot, somebody whom Discord did not name."""
    match event:
        case MessageSeen(author=person) | NamesSeen(person=person):
            return person.user_id or None if person.kind in PEOPLE else None
        case ThreadSeen():
            return None


def occasion_of(event: Event, decision: Decision, recorded: Recorded) -> Occasion | None:
    """What there is to tell of a decision as it was written; None where it made no case, or where
    there is nobody to tell. A punishment that the brake holds has not come yet: then the rest is
    told."""
    user_id, case = addressee(event), decision.case
    if user_id is None or case is None or recorded.case_number is None:
        return None
    hits = [hit for hit in case.hits if not hit.shadow]
    if not hits:
        return None
    consequence, until = recorded.consequence, None
    punishing = [
        owed for owed in recorded.sanctions if isinstance(owed.action, TimeOut | Kick | Ban)
    ]
    if any(owed.state is State.HELD for owed in punishing) or (
        consequence.punishes and not punishing
    ):
        # Held by the brake, or punished already in this strike.
        consequence = WARN
    for owed in punishing:
        if isinstance(owed.action, TimeOut | Ban) and consequence.punishes:
            until = owed.action.until
    strongest = max(hits, key=lambda hit: hit.consequence.strength)
    text = case.text or ""
    return Occasion(
        guild_id=decision.guild_id,
        user_id=user_id,
        number=recorded.case_number,
        consequence=consequence,
        surface=strongest.surface,
        list=strongest.list,
        reason=strongest.reason,
        until=until,
        channel_id=decision.channel_id,
        unspeakable=_unspeakable([(hit.entry, text[hit.start : hit.end]) for hit in case.hits]),
        catch_up=case.catch_up,
        role_ids=_role_ids(event),
    )


def occasion_of_case(case: Case, sanction: Sanction) -> Occasion | None:
    """What there is to tell when something is done to the member of a case that is on record: by a
    moderator, or since the brake was released. Letting somebody speak or join again is not told."""
    until: int | None = None
    match sanction:
        case TimeOut():
            step, until = Step.TIMEOUT, sanction.until
        case Kick():
            step = Step.KICK
        case Ban():
            step, until = Step.BAN, sanction.until
        case _:
            return None
    consequence = (
        case.consequence if case.consequence.step is step else _plain(step, until, case.at)
    )
    hits = case.hits
    return Occasion(
        guild_id=case.guild_id,
        user_id=sanction.user_id,
        number=case.number,
        consequence=consequence,
        surface=case.surface,
        list=hits[0].list if hits else "",
        reason=hits[0].reason if hits else case.reason,
        until=until,
        channel_id=case.channel_id,
        unspeakable=_unspeakable([(hit.entry, "") for hit in hits]),
        by_hand=True,
    )


def only_warned(occasion: Occasion) -> Occasion:
    """The same where no punishment follows, though it was decided."""
    return replace(occasion, consequence=WARN, until=None, as_decided=False)


def as_it_went(occasion: Occasion, case: Case) -> Occasion | None:
    """The occasion as it is known to have gone, some seconds after it was decided; None where the
    case was undone meanwhile, or a moderator wanted something and it was not done. Of a kick or ban
    people are told before."""
    if case.state is CaseState.UNDONE:
        return None
    if occasion.consequence.step is Step.TIMEOUT and not _any(case, {"timeout"}, {State.DONE}):
        if occasion.by_hand:
            return None
        occasion = only_warned(occasion)
    if occasion.surface is not None and not _any(case, REMOVALS, REMOVED):
        occasion = replace(occasion, removed=False, as_decided=False)
    return occasion


def way(occasion: Occasion, policy: GuildPolicy) -> NoticeBy:
    """How somebody is told of it in this guild. A kick or ban is told by a direct message where
    anything is: whoever is thrown out does not see a reply. So are names, which stand nowhere."""
    notices = policy.notices
    least = DELETE if notices.deletions else WARN
    if occasion.consequence.step < least.step:
        return NoticeBy.NOBODY
    if notices.by is NoticeBy.REPLY and (
        occasion.channel_id is None or occasion.consequence.step >= Step.KICK
    ):
        return NoticeBy.DM
    return notices.by


def _any(case: Case, kinds: Set[str], states: Set[State]) -> bool:
    return any(action.kind in kinds and action.state in states for action in case.actions)


def _role_ids(event: Event) -> frozenset[int]:
    match event:
        case MessageSeen(author=person) | NamesSeen(person=person) if person.membership:
            return person.membership.role_ids
    return frozenset()


def _plain(step: Step, until: int | None, at: int) -> Consequence:
    """The consequence of this kind that ends then, as far as there is one so short or long."""
    if step is Step.TIMEOUT:
        return Consequence(step, min(max((until or at) - at, MINUTE_MS), MAX_TIMEOUT_MS))
    if step is Step.BAN and until is not None and until - at >= MINUTE_MS:
        return Consequence(step, min(until - at, MAX_BAN_MS))
    return Consequence(step)


def _unspeakable(found: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for pair in found for text in pair if text.strip()))
