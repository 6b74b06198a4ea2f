"""The built-in texts to authors, for each consequence, by direct message and in public; and the
choice among what may be said."""

from collections.abc import Iterator

from moderation.consequence import Step
from moderation.events import Surface
from moderation.notices import Detect, Names, filled, may_stand_in_public, template_of
from moderation.occasions import Occasion
from moderation.policy import GuildPolicy

NAMES = (Surface.NICKNAME, Surface.GLOBAL_NAME, Surface.USERNAME, Surface.SERVER_TAG)


def direct(occasion: Occasion, policy: GuildPolicy, names: Names, many: int = 1) -> str:
    """What a direct message says. ``many`` is how many messages of theirs were found in one
    burst."""
    return filled(template_of(occasion, policy) or _direct(occasion, many), occasion, names)


def reply(
    occasion: Occasion, policy: GuildPolicy, names: Names, detect: Detect, many: int = 1
) -> str | None:
    """What a reply in the channel says: the most telling text that may stand in public; None where
    none may, not even the shortest. It names whom it is for, which pings nobody."""
    for template in _public(occasion, policy, many):
        plain = filled(template, occasion, names, alive=True)
        if may_stand_in_public(plain, occasion, detect):
            return f"<@{occasion.user_id}>: {filled(template, occasion, names)}"
    return None


def exempt(server: str, channel: str) -> str:
    """What a moderator or the owner, who is exempt, is told once. The names are dead already."""
    return (
        f"What you just wrote in **{server}** ({channel}) holds something that is banned there. "
        "It stays: moderators and the owner are exempt. `/policy why` says who else is; "
        "`/policy edit` makes me judge moderators like everybody. I tell you this once."
    )


def _direct(occasion: Occasion, many: int) -> str:
    surface, removed = occasion.surface, occasion.removed
    if surface is None:
        parts = ["From the moderators of **{server}**:"]
    elif surface in NAMES:
        changed = " was changed: it" if removed else ""
        parts = [f"Your name in **{{server}}**{changed} breaks the rules there."]
    elif many > 1:
        gone = " were removed: they" if removed else ""
        parts = [f"{many:,} of your messages in **{{server}}**{gone} break the rules there."]
    else:
        gone = " was removed: it" if removed else ""
        parts = [f"Your message in **{{server}}** ({{channel}}){gone} breaks the rules there."]
    match occasion.consequence.step:
        case Step.WARN:
            parts.append("Please take this as a warning.")
        case Step.TIMEOUT:
            parts.append("You cannot write there until {until}.")
        case Step.KICK:
            parts.append("You are being removed from the server; you may join again.")
        case Step.BAN if occasion.until is not None:
            parts.append("You are banned from the server until {until}.")
        case Step.BAN:
            parts.append("You are banned from the server.")
    if occasion.reason:
        parts.append("Reason: {reason}")
    parts.append("If you think that this is a mistake, tell a moderator: case {case}.")
    return "\n".join((" ".join(parts[:-1]), parts[-1]))


def _public(occasion: Occasion, policy: GuildPolicy, many: int) -> Iterator[str]:
    own = template_of(occasion, policy)
    if own:
        yield own
    mine, break_rules = "Your message", "breaks the rules here."
    gone, it = "was removed", "it"
    if many > 1:
        mine, break_rules = f"{many:,} of your messages", "break the rules here."
        gone, it = "were removed", "they"
    found, least = f"{mine} {break_rules}", "Please keep to the rules here."
    if occasion.removed:
        found, least = f"{mine} {gone}: {it} {break_rules}", f"{mine} {gone}."
    match occasion.consequence.step:
        case Step.WARN:
            follows = " Please take this as a warning."
        case Step.TIMEOUT:
            follows = " You cannot write here until {until}."
        case _:
            follows = ""
    if occasion.reason:
        yield f"{found}{follows} Reason: {{reason}}"
    yield f"{found}{follows}"
    yield least
