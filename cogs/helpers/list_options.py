"""The options that name lists and what follows, and reading them."""

from collections.abc import Iterable
from typing import Any

from nextcord import SlashOption

from cogs.helpers.lengths import HOUR_MS, LengthRefused, read_length
from cogs.helpers.replies import Json
from moderation.consequence import Consequence, ConsequenceRefused, Step
from moderation.list_names import folded
from moderation.policy import Watched
from moderation.records import MAIN_LIST, UnknownList

LOG_ONLY = "log only"
STEPS = {
    "delete": Step.DELETE,
    "warn": Step.WARN,
    "timeout": Step.TIMEOUT,
    "kick": Step.KICK,
    "ban": Step.BAN,
}
"""The choices of an action, beside log only, which leaves it as it is and does nothing."""

DEFAULT_TIMEOUT_MS = HOUR_MS


def list_option(*, required: bool = False, every: bool = False, searched: bool = False) -> Any:
    """A list by its name, with suggestions; none named means ``main``, or with ``every`` all, or
    with ``searched`` the one that has the entry."""
    about = "The list's name"
    if required:
        return SlashOption(name="list", description=about, autocomplete=True)
    none = "all lists" if every else "the one with the entry" if searched else MAIN_LIST
    about += f"; {none} where you name none"
    return SlashOption(
        name="list", description=about, autocomplete=True, required=False, default=""
    )


def action_option(*, required: bool) -> Any:
    """What follows from a hit."""
    about = "What follows"
    choices = [LOG_ONLY, *STEPS]
    if required:
        return SlashOption(description=about, choices=choices)
    return SlashOption(description=about, choices=choices, required=False, default="")


def length_option() -> Any:
    """For how long."""
    return SlashOption(
        name="for",
        description="How long a timeout or ban lasts, as 1 h or 7 d; a ban without it is for good",
        required=False,
        default="",
    )


def consequence(action: str, length: str) -> Consequence:
    """What the two options ask for together. Raises ConsequenceRefused."""
    step = STEPS[action]
    if length and step not in (Step.TIMEOUT, Step.BAN):
        raise ConsequenceRefused(
            f"Only timeouts and bans have a length, so `for` does not go with {action}."
        )
    try:
        ms = read_length(length) if length else None
    except LengthRefused as error:
        raise ConsequenceRefused(str(error)) from None
    if step is Step.TIMEOUT and ms is None:
        ms = DEFAULT_TIMEOUT_MS
    return Consequence(step, ms)


def watched(text: str) -> frozenset[Watched]:
    """Groups of surfaces by their names, with commas between; “everything” for all. Raises
    ConsequenceRefused for another name."""
    if text.strip().casefold() in ("everything", "all"):
        return frozenset(Watched)
    found = set[Watched]()
    for name in filter(None, (part.strip().casefold() for part in text.split(","))):
        fits = [group for group in Watched if group.value.startswith(name)]
        if len(fits) != 1:
            known = ", ".join(f"“{group.value}”" for group in Watched)
            raise ConsequenceRefused(
                f"I do not know what “{name[:50]}” is. A list can watch: {known}; or “everything”. "
                "Put commas between several."
            )
        found.add(fits[0])
    return frozenset(found)


def known_list(names: Iterable[str], typed: str) -> str:
    """The list that ``typed`` means, ``main`` for none. Raises UnknownList."""
    if not typed.strip():
        return MAIN_LIST
    every = tuple(dict.fromkeys((MAIN_LIST, *names)))
    for name in every:
        if folded(name) == folded(typed):
            return name
    raise UnknownList(typed[:50], every)


def list_choices(names: Iterable[str], typed: str) -> list[Json]:
    """Suggestions for a list's name."""
    every = dict.fromkeys((MAIN_LIST, *names))
    return [{"name": name, "value": name} for name in every if folded(typed) in folded(name)]
