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
    surface = occasion.surface
    if surface is None:
        parts = ["From the moderators of **{server}**:"]
    elif surface in NAMES:
        parts = ["Your name in **{server}** was changed: it breaks the rules there."]
    elif many > 1:
        parts = [
            f"{many:,} of your messages in **{{server}}** were removed: they break the rules there."
        ]
    else:
        parts = ["Your message in **{server}** ({channel}) was removed: it breaks the rules there."]
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
    removed = f"{many:,} of your messages were removed" if many > 1 else "Your message was removed"
    break_rules = "they break the rules here." if many > 1 else "it breaks the rules here."
    match occasion.consequence.step:
        case Step.WARN:
            follows = " Please take this as a warning."
        case Step.TIMEOUT:
            follows = " You cannot write here until {until}."
        case _:
            follows = ""
    if occasion.reason:
        yield f"{removed}: {break_rules}{follows} Reason: {{reason}}"
    yield f"{removed}: {break_rules}{follows}"
    yield f"{removed}."
