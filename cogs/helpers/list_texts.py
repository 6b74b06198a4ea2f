"""The sentences about what a list does."""

from cogs.helpers.case_texts import consequence_text
from cogs.helpers.replies import code
from cogs.helpers.wordings import entries
from moderation.policy import EVERYWHERE, Exemptions, ListPolicy


def list_text(name: str, listed: ListPolicy, size: int) -> str:
    """A list in one row: its entries, what follows, what it watches and where."""
    parts = [entries(size)]
    follows = consequence_text(listed.consequence)
    parts.append(f"log only (would {follows})" if listed.shadow else follows)
    if listed.watches != EVERYWHERE:
        parts.append("watches " + (", ".join(sorted(listed.watches)) or "nothing"))
    if listed.channels:
        parts.append("only in " + " ".join(f"<#{number}>" for number in sorted(listed.channels)))
    if listed.notice:
        parts.append(f"tells authors {code(listed.notice)}")
    if listed.exemptions:
        parts.append(f"spares {spared(listed.exemptions)}")
    state = "" if listed.enabled else " (switched off)"
    return f"**{name}**{state}: {'; '.join(parts)}."


def spared(exempt: Exemptions) -> str:
    """Roles, channels and members as mentions; an answer of ours pings nobody."""
    names = [f"<@&{number}>" for number in sorted(exempt.roles)]
    names += [f"<#{number}>" for number in sorted(exempt.channels)]
    names += [f"<@{number}>" for number in sorted(exempt.members)]
    return " ".join(names)
