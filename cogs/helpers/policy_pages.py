"""The page of ``/policy edit``: what it shows for each thing that can be changed, always with what
is in force now."""

from collections.abc import Sequence
from dataclasses import dataclass

from nextcord import ButtonStyle

from cogs.helpers.forms import LONG, Field
from cogs.helpers.lengths import exact
from cogs.helpers.list_texts import spared
from cogs.helpers.policy_texts import (
    exemptions_text,
    ladder_text,
    log_text,
    moderators_text,
    notices_text,
)
from cogs.helpers.replies import Button, Json
from cogs.helpers.rungs import PRESET, rung_lines
from cogs.helpers.selects import Choice, Kind, choices, one_text_channel, several
from moderation.notices import MAX_TEMPLATE, PLACEHOLDERS
from moderation.policy import Exemptions, GuildPolicy, NoticeBy, Notices
from moderation.records import MAIN_LIST

BACK = Button("Back", "policy/page")

HOW = {
    "dm": Notices(NoticeBy.DM),
    "dm-always": Notices(NoticeBy.DM, deletions=True),
    "reply": Notices(NoticeBy.REPLY),
    "reply-always": Notices(NoticeBy.REPLY, deletions=True),
    "nothing": Notices(NoticeBy.NOBODY),
}
HOW_SHOWN = {
    "dm": "A direct message when more than a deletion follows",
    "dm-always": "A direct message every time",
    "reply": "A short reply when more than a deletion follows",
    "reply-always": "A short reply every time",
    "nothing": "Nothing",
}

LOG_KINDS = {
    "channel": "The channel of all cases",
    "punishments": "One of their own for punishments",
    "by_hand": "One of its own for what moderators do by hand",
}
"""The channels of the mod log, by the names that they have in ``ModLog``."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: its text, its menus, its buttons."""

    text: str
    menus: Sequence[Json] = ()
    buttons: Sequence[Button] = ()


def start_page(said: str = "") -> Page:
    """What can be changed, after a sentence about what was changed last."""
    offered = [
        Choice("What a list does, what it watches and where", "list"),
        Choice("Who and where is exempt from all lists", "exempt"),
        Choice("Who and where is exempt from one list", "exempt-list"),
        Choice("Whether moderators are judged", "judging"),
        Choice("Which roles count as moderators", "moderators"),
        Choice("What follows from several strikes", "ladder"),
        Choice("What authors are told", "notices"),
        Choice("The channels of the mod log", "log"),
        Choice("How long the texts of cases are kept", "days"),
    ]
    text = "`/policy show` tells all that is in force. A change is in force at once."
    return Page(
        f"{said}\n{text}".strip(), [choices("policy/edit", "What do you want to change?", offered)]
    )


def exempt_page(policy: GuildPolicy, name: str) -> Page:
    """The exemptions of a list, or with "" those of all lists."""
    present = exempt_of(policy, name)
    if name:
        text = f"**Exempt from {name}:** {spared(present) or 'nobody by name'}."
    else:
        text = exemptions_text(policy)
    menus = [
        several(Kind.ROLE, f"policy/roles/{name}", "Exempt roles", present.roles),
        several(
            Kind.CHANNEL,
            f"policy/channels/{name}",
            "Exempt channels and categories",
            present.channels,
        ),
        several(Kind.USER, f"policy/members/{name}", "Exempt members", present.members),
    ]
    return Page(text, menus, [BACK])


def exempt_of(policy: GuildPolicy, name: str) -> Exemptions:
    """The exemptions of a list, or with "" those of all lists."""
    return policy.of(name).exemptions if name else policy.exemptions


def pick_page(policy: GuildPolicy) -> Page:
    """Which list it is about."""
    names = dict.fromkeys((MAIN_LIST, *policy.lists))
    menu = choices("policy/exempt-list", "Which list?", [Choice(name, name) for name in names])
    return Page("Which list do you mean?", [menu], [BACK])


def judging_page(policy: GuildPolicy) -> Page:
    """Whether moderators are judged."""
    button = Button("Judge them like everybody", "policy/judge")
    if policy.judges_moderators:
        button = Button("Exempt them", "policy/spare")
    return Page(exemptions_text(policy), buttons=[button, BACK])


def moderators_page(policy: GuildPolicy) -> Page:
    """The roles that count as moderators; also the page of a command of its own."""
    hint = "Roles that count as moderators"
    menu = several(Kind.ROLE, "policy/moderators", hint, policy.moderators)
    return Page(moderators_text(policy), [menu], [Button("Other settings", "policy/page")])


def log_page(policy: GuildPolicy, warning: str = "") -> Page:
    """The channels of the mod log, and a warning about the one that was chosen last."""
    menus = [
        one_text_channel(f"policy/log/{kind}", shown, getattr(policy.mod_log, kind))
        for kind, shown in LOG_KINDS.items()
    ]
    return Page(f"{log_text(policy.mod_log)}\n{warning}".strip(), menus, [BACK])


def ladder_page(policy: GuildPolicy) -> Page:
    """What follows from how many strikes."""
    buttons = [
        Button(
            "Use the preset: 3 in 7 days: timeout 1 h; 5: timeout 1 day; 7: ban",
            "policy/preset",
            ButtonStyle.primary,
            disabled=policy.ladder == PRESET,
        ),
        Button("Write it", "policy/rungs"),
        Button("Off", "policy/no-ladder", disabled=not policy.ladder.rungs),
        BACK,
    ]
    return Page(ladder_text(policy.ladder), buttons=buttons)


def ladder_fields(policy: GuildPolicy) -> list[Field]:
    """The form of the ladder, filled with what is in force, or with the preset."""
    ladder = policy.ladder if policy.ladder.rungs else PRESET
    return [
        Field(
            "rungs",
            "One rung a line: strikes, then what follows",
            hint="3: timeout 1 h",
            value=rung_lines(ladder),
            required=True,
            style=LONG,
        ),
        Field(
            "window", "For how long a strike counts", "7 d", exact(ladder.window_ms), True, most=40
        ),
    ]


def notices_page(policy: GuildPolicy) -> Page:
    """What authors are told."""
    now = policy.notices
    menu = choices(
        "policy/notices",
        "How authors are told",
        [Choice(HOW_SHOWN[value], value, chosen=is_so(now, how)) for value, how in HOW.items()],
    )
    return Page(notices_text(now), [menu], [Button("Write the text", "policy/notice"), BACK])


def is_so(now: Notices, how: Notices) -> bool:
    """Whether authors are told in this way now; of nothing there is one way only."""
    if how.by is NoticeBy.NOBODY:
        return now.by is NoticeBy.NOBODY
    return (now.by, now.deletions) == (how.by, how.deletions)


def notice_fields(policy: GuildPolicy) -> list[Field]:
    """The form of the text."""
    hint = "May hold " + " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    label = "The text; empty for the usual one"
    return [Field("text", label, hint, policy.notices.text, style=LONG, most=MAX_TEMPLATE)]


def days_fields(policy: GuildPolicy) -> list[Field]:
    """The form of how long texts are kept."""
    return [Field("days", "Days, from 1 to 365", "90", str(policy.text_days), True, most=3)]
