"""The sentences about what a list does."""

from collections.abc import Sequence

from cogs.helpers.case_texts import follows_text
from cogs.helpers.replies import code, shorten
from cogs.helpers.wordings import entries
from moderation.policy import EVERYWHERE, Exemptions, ListPolicy

SHOWN = 8
"""Roles, channels and members of a list that are named in its row."""

SHOWN_NOTICE = 100


def list_text(name: str, listed: ListPolicy, size: int) -> str:
    """A list in one row: its entries, what follows, what it watches and where."""
    parts = [short_text(name, listed, size)]
    if listed.watches != EVERYWHERE:
        parts.append("watches " + (", ".join(sorted(listed.watches)) or "nothing"))
    if listed.channels:
        channels = [f"<#{number}>" for number in sorted(listed.channels)]
        parts.append("only in " + named(channels, SHOWN))
    if listed.notice:
        parts.append(f"tells authors {code(shorten(listed.notice, SHOWN_NOTICE))}")
    if listed.exemptions:
        parts.append(f"spares {spared(listed.exemptions, SHOWN)}")
    return f"{'; '.join(parts)}."


def short_text(name: str, listed: ListPolicy, size: int) -> str:
    """The beginning of that row, at most 120 characters: its entries, and what follows."""
    state = "" if listed.enabled else " (switched off)"
    follows = follows_text(listed.consequence, shadow=listed.shadow)
    return f"**{name}**{state}: {entries(size)}; {follows}"


def spared(exempt: Exemptions, most: int = 60) -> str:
    """Roles, channels and members as mentions, the rest counted; an answer of ours pings nobody."""
    names = [f"<@&{number}>" for number in sorted(exempt.roles)]
    names += [f"<#{number}>" for number in sorted(exempt.channels)]
    names += [f"<@{number}>" for number in sorted(exempt.members)]
    return named(names, most)


def named(names: Sequence[str], most: int) -> str:
    """So many of them, and how many more there are."""
    more = len(names) - most
    return " ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")
