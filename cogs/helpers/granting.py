"""Who may configure what: whoever makes the bot punish must be allowed to punish by hand. Manage
Server alone must not become a mass ban. See docs/decisions/0011-who-may-configure-what.md."""

from collections.abc import Iterable

import nextcord

from cogs.helpers.checks import permission_name
from moderation.consequence import Consequence, Step
from moderation.policy import GuildPolicy, ListPolicy

NEEDED = {
    Step.TIMEOUT: "moderate_members",
    Step.KICK: "kick_members",
    Step.BAN: "ban_members",
}
"""The permission that Discord asks of whoever does this by hand."""


def missing(permissions: nextcord.Permissions, consequences: Iterable[Consequence]) -> str | None:
    """The sentence for whoever lacks a permission that one of ``consequences`` needs; None for
    whoever has them all."""
    if permissions.administrator:
        return None
    steps = sorted({one.step for one in consequences})
    lacks = [NEEDED[step] for step in steps if step in NEEDED]
    lacks = [name for name in lacks if not getattr(permissions, name)]
    if not lacks:
        return None
    names = " and ".join(permission_name(name) for name in lacks)
    return (
        f"This would make the bot do what you may not do yourself: you need {names}. "
        "Nothing was changed."
    )


def in_force(policy: GuildPolicy, name: str) -> list[Consequence]:
    """What a list, and the entries of it that have terms of their own, ask for; nothing where it is
    off or in the shadow."""
    listed = policy.of(name)
    if not listed.enabled or listed.shadow:
        return []
    return asked(policy, name, listed)


def asked(policy: GuildPolicy, name: str, listed: ListPolicy) -> list[Consequence]:
    """What ``listed`` asks for as the policy of ``name``, its entries' own terms included."""
    own = [
        terms.consequence
        for (of, _), terms in policy.terms.items()
        if of == name and terms.consequence is not None
    ]
    return [listed.consequence, *own]


def stronger(before: ListPolicy, after: ListPolicy) -> bool:
    """Whether a change makes a list do more, or do it to more people or in more places."""
    if not after.enabled or after.shadow:
        return False
    if not before.enabled or before.shadow:
        return True
    was, now = before.exemptions, after.exemptions
    return (
        after.consequence.strength > before.consequence.strength
        or not after.watches <= before.watches
        or _wider(before.channels, after.channels)
        or not was.roles <= now.roles
        or not was.channels <= now.channels
        or not was.members <= now.members
    )


def _wider(before: frozenset[int], after: frozenset[int]) -> bool:
    # No channel named means everywhere.
    return bool(before) and (not after or not after <= before)
