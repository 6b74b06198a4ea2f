"""Who may configure what: whoever makes the bot punish must be allowed to punish by hand. Manage
Server alone must not become a mass ban. See docs/decisions/0011-who-may-configure-what.md.

Everything here compares what is in force with what would be, so that one rule holds for commands,
menus, forms, imports and undoing alike."""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace

import nextcord

from cogs.helpers.checks import permission_name
from moderation.consequence import Consequence, Step
from moderation.errors import Refused
from moderation.escalation import climbed
from moderation.policy import (
    NO_TERMS,
    EntryTerms,
    Exemptions,
    GuildPolicy,
    Ladder,
    ListPolicy,
    Watched,
)
from moderation.records import (
    MAIN_LIST,
    Change,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
)

NEEDED = {
    Step.TIMEOUT: "moderate_members",
    Step.KICK: "kick_members",
    Step.BAN: "ban_members",
}
"""The permission that Discord asks of whoever does this by hand."""


class NotGranted(Refused):
    """A change would make the bot do what whoever makes it may not do; the text says what."""


def missing(permissions: nextcord.Permissions, steps: Iterable[Step]) -> str | None:
    """The sentence for whoever lacks a permission that one of ``steps`` needs; None for whoever
    has them all."""
    if permissions.administrator:
        return None
    needed = [NEEDED[step] for step in sorted(set(steps)) if step in NEEDED]
    lacks = [name for name in needed if not getattr(permissions, name)]
    if not lacks:
        return None
    names = " and ".join(permission_name(name) for name in lacks)
    return (
        f"This would make the bot do what you may not do yourself: you need {names}. "
        "Nothing was changed."
    )


def insist(permissions: nextcord.Permissions, steps: Iterable[Step]) -> None:
    """Raises NotGranted for whoever lacks a permission that one of ``steps`` needs."""
    if (told := missing(permissions, steps)) is not None:
        raise NotGranted(told)


def compared(permissions: nextcord.Permissions) -> Callable[[GuildPolicy, GuildPolicy], None]:
    """Raises NotGranted for a change of the policy, given before and after, that is not theirs."""
    return lambda before, after: insist(permissions, asked_by(before, after))


def granted(
    permissions: nextcord.Permissions, change: Callable[[GuildPolicy], GuildPolicy]
) -> Callable[[GuildPolicy], GuildPolicy]:
    """A change of the policy that asks, when it is made, whether it is theirs to make."""

    def checked(before: GuildPolicy) -> GuildPolicy:
        after = change(before)
        insist(permissions, asked_by(before, after))
        return after

    return checked


def granted_list(
    permissions: nextcord.Permissions,
    policy: GuildPolicy,
    name: str,
    change: Callable[[ListPolicy], ListPolicy],
) -> Callable[[ListPolicy], ListPolicy]:
    """The same for a change of a list; ``policy`` tells what its entries have of their own."""

    def checked(before: ListPolicy) -> ListPolicy:
        after = change(before)
        was, now = with_list(policy, name, before), with_list(policy, name, after)
        insist(permissions, asked_by(was, now))
        return after

    return checked


def asked_by(before: GuildPolicy, after: GuildPolicy) -> set[Step]:
    """What a change sets or strengthens; where it makes a list find more, in more places or of more
    people, all that can follow there: what the list asks for, its entries, and the ladder."""
    steps = _asked_by_ladder(before.ladder, after.ladder)
    if not after.moderators <= before.moderators:
        # They may undo what the bot does, as those who may time out can.
        steps.add(Step.TIMEOUT)
    of_all = _judges_more(before, after)
    for name in dict.fromkeys((MAIN_LIST, *after.lists)):
        was, now = before.of(name), after.of(name)
        if not _acts(now):
            continue
        if of_all or not _acts(was) or _reaches_further(was, now):
            steps |= follows(after, name)
            continue
        if now.consequence.strength > was.consequence.strength:
            steps.add(now.consequence.step)
        for key in before.terms.keys() | after.terms.keys():
            if key[0] == name:
                old, new = before.terms.get(key, NO_TERMS), after.terms.get(key, NO_TERMS)
                steps |= _asked_by_terms(was, old, now, new, after.ladder)
    return steps


def follows(policy: GuildPolicy, name: str) -> set[Step]:
    """All that can follow from a hit of a list; nothing where it is off or in the shadow."""
    if not _acts(policy.of(name)):
        return set()
    own = (terms for (of, _), terms in policy.terms.items() if of == name)
    return asked_by_entries(policy, name, [NO_TERMS, *own])


def follows_anywhere(policy: GuildPolicy) -> set[Step]:
    """All that can follow from anything: needed where an allowed phrase is taken away."""
    names = dict.fromkeys((MAIN_LIST, *policy.lists))
    return set[Step]().union(*(follows(policy, name) for name in names))


def follows_names(policy: GuildPolicy) -> set[Step]:
    """All that can follow where somebody's button has the names of all members corrected: names
    that stand already lead to no more by themselves, but each counts as a strike."""
    names = (one for one in (MAIN_LIST, *policy.lists) if Watched.NAMES in policy.of(one).watches)
    return _steps(policy.ladder) if any(_acts(policy.of(one)) for one in names) else set()


def asked_by_entries(
    policy: GuildPolicy, name: str, terms: Iterable[EntryTerms] = (NO_TERMS,)
) -> set[Step]:
    """What entries with these terms lead to when they are put on a list."""
    listed = policy.of(name)
    if not _acts(listed):
        return set()
    steps = {(one.consequence or listed.consequence).step for one in terms}
    return steps | _steps(policy.ladder)


def asked_by_undoing(change: Change, policy: GuildPolicy) -> set[Step]:
    """What taking a change back brings back; ``policy`` is what is in force now."""
    match change.before, change.after:
        case ChangedPolicy(_, old), ChangedPolicy(_, new):
            return asked_by(policy, _again(policy, old, new))
        case ChangedList(_, old_list), ChangedList(name, new_list):
            back = _again(policy.of(name), old_list, new_list)
            return asked_by(policy, with_list(policy, name, back))
        case ChangedList(name, listed, gone), None:
            terms = gone.terms if gone is not None else {}
            back_again = with_list(policy, name, listed)
            return asked_by_entries(back_again, name, [NO_TERMS, *terms.values()])
        case ChangedTerms(name, text, terms), _:
            own = {**policy.terms, (name, text): terms}
            return asked_by(policy, replace(policy, terms=own))
        case ChangedEntries(str() as name, texts, own_terms), None:
            back_on = [own_terms.get(text, NO_TERMS) for text in texts]
            return asked_by_entries(policy, name, back_on)
        case None, ChangedEntries(None):
            return follows_anywhere(policy)
    return set()


def with_list(policy: GuildPolicy, name: str, listed: ListPolicy) -> GuildPolicy:
    """The policy with another one of a list."""
    return replace(policy, lists={**policy.lists, name: listed})


def _acts(listed: ListPolicy) -> bool:
    return listed.enabled and not listed.shadow


def _steps(ladder: Ladder) -> set[Step]:
    return {rung.consequence.step for rung in ladder.rungs}


def _asked_by_ladder(before: Ladder, after: Ladder) -> set[Step]:
    if after.window_ms > before.window_ms and before.rungs:
        return _steps(after)
    steps = set()
    for count in {rung.strikes for rung in (*before.rungs, *after.rungs)}:
        now, was = climbed(after, count), climbed(before, count)
        if now is not None and _more(now, was):
            steps.add(now.step)
    return steps


def _asked_by_terms(
    was: ListPolicy, old: EntryTerms, now: ListPolicy, new: EntryTerms, ladder: Ladder
) -> set[Step]:
    if old == new:
        return set()
    asked = new.consequence or now.consequence
    endless = float("inf")
    later = (new.expires_at or endless) > (old.expires_at or endless)
    steps = {asked.step} if later or _more(asked, old.consequence or was.consequence) else set()
    return steps | (_steps(ladder) if later else set())


def _more(one: Consequence, other: Consequence | None) -> bool:
    return other is None or one.strength > other.strength


def _judges_more(before: GuildPolicy, after: GuildPolicy) -> bool:
    if not after.judges_moderators and not before.moderators <= after.moderators:
        return True
    judges = after.judges_moderators and not before.judges_moderators
    return judges or _fewer(before.exemptions, after.exemptions)


def _reaches_further(was: ListPolicy, now: ListPolicy) -> bool:
    return (
        not now.watches <= was.watches
        or _wider(was.channels, now.channels)
        or _fewer(was.exemptions, now.exemptions)
    )


def _wider(was: frozenset[int], now: frozenset[int]) -> bool:
    # No channel named means everywhere.
    return bool(was) and (not now or not now <= was)


def _fewer(was: Exemptions, now: Exemptions) -> bool:
    return not (
        was.roles <= now.roles and was.channels <= now.channels and was.members <= now.members
    )


def _again[P: (ListPolicy, GuildPolicy)](now: P, old: P, new: P) -> P:
    """``now`` with what differs between ``old`` and ``new`` as it was."""
    names = [one.name for one in fields(now) if getattr(old, one.name) != getattr(new, one.name)]
    return replace(now, **{name: getattr(old, name) for name in names})
