"""Which consequences a change of the policy lets reach further, so that whoever makes it must be
allowed to do them by hand. See ``granting.py``, and docs/decisions/."""

from collections.abc import Iterable

import nextcord

from cogs.helpers.granting import asked, in_force, missing, stronger
from moderation.consequence import Consequence
from moderation.errors import PalisadeError
from moderation.policy import EntryTerms, Exemptions, GuildPolicy, ListPolicy
from moderation.records import (
    MAIN_LIST,
    Change,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
)


class NotGranted(PalisadeError):
    """A change would make the bot do what whoever makes it may not do; the text says what."""


def refuse_reaching(
    permissions: nextcord.Permissions, before: GuildPolicy, after: GuildPolicy
) -> None:
    """Raises NotGranted where a change of what belongs to no list is not theirs to make."""
    refuse(permissions, reached(before, after))


def refuse_list(
    permissions: nextcord.Permissions,
    policy: GuildPolicy,
    name: str,
    before: ListPolicy,
    after: ListPolicy,
) -> None:
    """Raises NotGranted where a change of a list is not theirs to make."""
    refuse(permissions, reached_by_list(policy, name, before, after))


def refuse(permissions: nextcord.Permissions, consequences: Iterable[Consequence]) -> None:
    """Raises NotGranted for whoever lacks the permission for one of them."""
    if (told := missing(permissions, consequences)) is not None:
        raise NotGranted(told)


def reached(before: GuildPolicy, after: GuildPolicy) -> list[Consequence]:
    """What a change of what belongs to no list makes follow for more people, or sooner."""
    found: list[Consequence] = []
    if after.ladder != before.ladder:
        longer = after.ladder.window_ms > before.ladder.window_ms
        known = () if longer else before.ladder.rungs
        found += [rung.consequence for rung in after.ladder.rungs if rung not in known]
    fewer_moderators = not before.judges_moderators and (
        after.judges_moderators or not before.moderators <= after.moderators
    )
    if fewer_moderators or _taken_away(before.exemptions, after.exemptions):
        found += everything(after)
    return found


def reached_by_list(
    policy: GuildPolicy, name: str, before: ListPolicy, after: ListPolicy
) -> list[Consequence]:
    """What a change of a list makes follow in more cases. What it finds counts as a strike, too."""
    if not stronger(before, after):
        return []
    return [*asked(policy, name, after), *_rungs(policy)]


def everything(policy: GuildPolicy) -> list[Consequence]:
    """All that is set to follow from anything, of lists that are off as well: whoever switches one
    on later does not see whom it spared before."""
    names = dict.fromkeys((MAIN_LIST, *policy.lists))
    lists = [one for name in names for one in asked(policy, name, policy.of(name))]
    return [*lists, *_rungs(policy)]


def brought_back(change: Change, policy: GuildPolicy) -> list[Consequence]:
    """What taking a change back makes follow again, ``policy`` being what is in force now."""
    match change.before, change.after:
        case ChangedPolicy(_, old), ChangedPolicy(_, new):
            if reached(new, old):
                return [*everything(policy), *_rungs(old)]
        case ChangedList(_, old_list), ChangedList(name, new_list):
            return reached_by_list(policy, name, new_list, old_list)
        case ChangedList(_, listed, entries), None if listed.enabled and not listed.shadow:
            own = entries.terms.values() if entries is not None else ()
            return [listed.consequence, *_own(own), *_rungs(policy)]
        case ChangedTerms(name, _, terms), _:
            return _of_entries(policy, name, [terms])
        case ChangedEntries(str() as name, _, terms_of), _:
            return _of_entries(policy, name, terms_of.values())
    return []


def _of_entries(policy: GuildPolicy, name: str, terms: Iterable[EntryTerms]) -> list[Consequence]:
    return [*_own(terms), *in_force(policy, name)]


def _own(terms: Iterable[EntryTerms]) -> list[Consequence]:
    return [one.consequence for one in terms if one.consequence is not None]


def _rungs(policy: GuildPolicy) -> list[Consequence]:
    return [rung.consequence for rung in policy.ladder.rungs]


def _taken_away(before: Exemptions, after: Exemptions) -> bool:
    return not (
        before.roles <= after.roles
        and before.channels <= after.channels
        and before.members <= after.members
    )
