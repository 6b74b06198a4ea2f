"""Which permissions a guild's policy asks for, beyond those of taking away what was written: each
consequence needs its own, and whoever does not use it need not grant it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moderation.consequence import Consequence, Step
from moderation.notices import dead
from moderation.policy import GuildPolicy, NoticeBy

PERMISSIONS: Mapping[Step, str] = {
    Step.TIMEOUT: "moderate_members",
    Step.KICK: "kick_members",
    Step.BAN: "ban_members",
}
"""By Discord's names."""

_DOES = {Step.TIMEOUT: "times out", Step.KICK: "kicks", Step.BAN: "bans"}


@dataclass(frozen=True, slots=True)
class Need:
    """``what`` begins a sentence, as “List “slurs” bans”; ``permission`` is Discord's name."""

    what: str
    permission: str


def needs(policy: GuildPolicy, lists: Iterable[str]) -> list[Need]:
    """What is in force and needs a permission, each once. Lists that are off or in the shadow do
    nothing."""
    found: dict[Need, None] = {}

    def add(what: str, consequence: Consequence | None) -> None:
        if consequence is not None and consequence.step in PERMISSIONS:
            step = consequence.step
            found[Need(f"{what} {_DOES[step]}", PERMISSIONS[step])] = None

    at_work = [name for name in lists if _acts(policy, name)]
    for name in at_work:
        add(f"List “{dead(name)}”", policy.of(name).consequence)
    for (name, _), terms in policy.terms.items():
        if name in at_work:
            add(f"An entry of list “{dead(name)}”", terms.consequence)
    for rung in policy.ladder.rungs:
        add("The ladder", rung.consequence)
    if policy.notices.by is NoticeBy.REPLY:
        found[Need("Authors are told by a reply", "send_messages")] = None
    return list(found)


def _acts(policy: GuildPolicy, name: str) -> bool:
    one = policy.of(name)
    return one.enabled and not one.shadow
