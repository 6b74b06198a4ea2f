"""The page of ``/policy edit`` about one list: what it does, what it watches, where."""

from nextcord import ButtonStyle

from cogs.helpers.case_texts import consequence_text
from cogs.helpers.forms import LONG, Field
from cogs.helpers.lengths import exact
from cogs.helpers.list_options import STEPS
from cogs.helpers.list_texts import list_text
from cogs.helpers.policy_pages import BACK, Page
from cogs.helpers.replies import Button
from cogs.helpers.selects import Choice, Kind, choices, several
from moderation.consequence import Step
from moderation.notices import MAX_TEMPLATE, PLACEHOLDERS
from moderation.policy import GuildPolicy, ListPolicy, Watched
from moderation.records import MAIN_LIST

SHOWN_STEPS = {
    "delete": "Delete",
    "warn": "Delete and tell the author",
    "timeout": "Timeout …",
    "kick": "Kick",
    "ban": "Ban …",
}
LASTING = {"timeout": Step.TIMEOUT, "ban": Step.BAN}


def pick_list_page(policy: GuildPolicy) -> Page:
    """Which list it is about."""
    names = dict.fromkeys((MAIN_LIST, *policy.lists))
    offered = [Choice(name, name, consequence_text(policy.of(name).consequence)) for name in names]
    return Page(
        "Which list do you want to change? `/lists create` makes another one.",
        [choices("policy/list", "Which list?", offered)],
        [BACK],
    )


def list_page(policy: GuildPolicy, name: str, size: int) -> Page:
    """All that can be set of a list, with what is in force."""
    listed = policy.of(name)
    step = listed.consequence.step.name.lower()
    menus = [
        choices(
            f"policy/action/{name}",
            "What follows from a hit",
            [Choice(SHOWN_STEPS[one], one, chosen=one == step) for one in STEPS],
        ),
        choices(
            f"policy/watches/{name}",
            "What it watches",
            [Choice(one.capitalize(), one, chosen=one in listed.watches) for one in Watched],
            most=len(Watched),
        ),
        several(
            Kind.CHANNEL,
            f"policy/where/{name}",
            "Only in these channels and categories; none: everywhere",
            listed.channels,
        ),
    ]
    buttons = [
        Button("Switch off", f"policy/switch/{name}/off")
        if listed.enabled
        else Button("Switch on", f"policy/switch/{name}/on", ButtonStyle.primary),
        Button("Act again", f"policy/shadow/{name}/off", ButtonStyle.primary)
        if listed.shadow
        else Button("Log only", f"policy/shadow/{name}/on"),
        Button("Notice", f"policy/list-notice/{name}"),
        Button("Exemptions", f"policy/exempt-of/{name}"),
        BACK,
    ]
    return Page(list_text(name, listed, size), menus, buttons)


def length_fields(listed: ListPolicy, step: str) -> list[Field]:
    """The form of how long a timeout or ban lasts, filled with what is in force."""
    now = listed.consequence
    value = exact(now.ms) if now.step is LASTING[step] and now.ms is not None else ""
    if step == "ban":
        return [Field("length", "For how long; empty for good", "7 d", value, most=40)]
    return [Field("length", "For how long, 28 days at most", "1 h", value, True, most=40)]


def list_notice_fields(listed: ListPolicy) -> list[Field]:
    """The form of a list's own notice."""
    hint = "May hold " + " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    label = "The text; empty for that of the server"
    return [Field("text", label, hint, listed.notice, style=LONG, most=MAX_TEMPLATE)]
