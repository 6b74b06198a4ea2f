"""An entry of the mod log as a message: an embed, and buttons that work as long as it stands.

The ids of its buttons name the first of its cases; so the message is found again after a kill."""

from collections.abc import Iterable, Mapping
from typing import Any

import nextcord

from cogs.helpers.case_embeds import GREY, case_embed, colour_of, embed
from cogs.helpers.case_ids import MOST_DIGITS
from cogs.helpers.case_texts import DONE, NOT_DONE, case_text, person_text, quiet
from cogs.helpers.numbers import read_number
from cogs.helpers.replies import NO_PINGS, Button, button_rows
from cogs.helpers.wordings import show
from moderation.cases import CaseKind, CaseState
from moderation.states import State
from service.log_channel import Fitness, LogEntry, Unfit

type Json = dict[str, Any]

WITHHELD = "What was written is not shown, since everybody can read this channel."

OUTCOMES = {
    State.DONE: "{done}",
    State.GONE: "{done} before",
    State.PENDING: "{undone} yet",
    State.FORBIDDEN: "**{undone}**: the bot may not",
    State.FAILED: "**{undone}**",
    State.UNKNOWN: "perhaps {done}",
    State.HELD: "**{undone}**, waiting for a moderator",
    State.WITHDRAWN: "{undone}, since the case was undone",
}


def log_message(entry: LogEntry) -> Json:
    """The message that shows an entry."""
    made = case_embed(entry.case) if entry.burst.count == 1 else burst_embed(entry)
    if entry.public:
        _withhold(made, entry)
    return {
        "embeds": [made],
        "components": button_rows(buttons(entry)),
        "allowed_mentions": NO_PINGS,
    }


def burst_embed(entry: LogEntry) -> Json:
    """Several cases, counted; the first one's text as an example."""
    case, burst = entry.case, entry.burst
    people = [person_text(case)] if burst.users == 1 else [f"{burst.users:,} different people"]
    where = [f"<#{burst.channel_id}>"] if burst.channel_id is not None else []
    if burst.channels > 1:
        where = [f"{burst.channels:,} channels"]
    found = [f"{show(one)} on the list {show(name)}: {n:,}" for name, one, n in burst.entries]
    done = [_outcome(kind, state, n) for (kind, state), n in burst.outcomes.items()]
    undone = [f"{burst.undone:,} undone"] if burst.undone else []
    fields = (
        ("Member" if burst.users == 1 else "Members", people),
        ("Where", where),
        ("Found", found),
        ("Done", done or ["nothing"]),
        ("State", undone),
    )
    head = f"Cases #{burst.first} to #{burst.last} · {burst.count:,} within a minute"
    colour = GREY if burst.undone == burst.count else colour_of(case)
    text = case_text(case)
    return embed(head, f"The first one: {text}" if text else "", fields, colour, at=case.at)


def _outcome(kind: str, state: State, number: int) -> str:
    done, undone = DONE.get(kind, quiet(kind)), NOT_DONE.get(kind, f"not {quiet(kind)}")
    return f"{OUTCOMES[state].format(done=done, undone=undone)}: {number:,}"


def _withhold(made: Json, entry: LogEntry) -> None:
    made["fields"] = [field for field in made["fields"] if field["name"] not in HIDDEN]
    for field in made["fields"]:
        if field["name"] == "Member" and entry.case.user_id is not None:
            field["value"] = f"<@{entry.case.user_id}>"  # the name may be what was banned
    if made.get("description"):
        made["description"] = WITHHELD


HIDDEN = frozenset({"Found", "Attached", "Reason"})
"""What of an entry may hold what was banned or written."""


def buttons(entry: LogEntry) -> list[Button]:
    """What a moderator can do about an entry: always one at least."""
    case, burst = entry.case, entry.burst
    first, last = burst.first, burst.last
    over = burst.undone == burst.count
    danger = nextcord.ButtonStyle.danger
    made = []
    if case.kind not in (CaseKind.NOTE, CaseKind.KICK, CaseKind.UNBAN, CaseKind.TIMEOUT_ENDED):
        label = "Not a violation" if case.kind is CaseKind.VIOLATION else "Undo"
        success = nextcord.ButtonStyle.success
        made.append(Button(label, f"log/undo/{first}/{last}", success, disabled=over))
    known = burst.users == 1 and case.user_id is not None
    if known and case.kind is CaseKind.VIOLATION and case.state is not CaseState.UNDONE:
        made += [
            Button("Timeout", f"log/timeout/{first}"),
            Button("Kick", f"log/kick/{first}", danger),
            Button("Ban", f"log/ban/{first}", danger),
        ]
    if burst.count == 1 or not made:
        made.append(Button("Reason", f"log/reason/{first}"))
    held = sum(n for (_, state), n in burst.outcomes.items() if state is State.HELD)
    if held:
        label = "Release" if held == 1 else f"Release all {held:,}"
        made.append(Button(label, f"log/release/{first}/{last}", nextcord.ButtonStyle.primary))
    return made


def first_case(message: Mapping[str, Any]) -> int | None:
    """The first case that a message of the mod log tells of, read off its buttons; None where it
    is no such message."""
    for row in _dicts(message.get("components")):
        for component in _dicts(row.get("components")):
            match str(component.get("custom_id", "")).split("/"):
                case ["log", _, part, *_]:
                    if (number := read_number(part, digits=MOST_DIGITS)) is not None:
                        return number
    return None


def _dicts(value: object) -> Iterable[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def trouble_text(channel_id: int, fitness: Fitness) -> str:
    """What is wrong with a channel of the mod log, and what to do; "" where nothing is."""
    match fitness.unfit:
        case None:
            return ""
        case Unfit.GONE:
            what = "The channel of the mod log was deleted."
            cure = "Choose another one with `/policy log`"
        case Unfit.CLOSED:
            needed = " and ".join(fitness.missing) or "to be let in"
            what = f"I cannot write the mod log in <#{channel_id}>: I need {needed} there."
            cure = "Allow it to my role, or choose another channel with `/policy log`"
        case Unfit.PUBLIC:
            what = (
                f"Everybody can read the mod log in <#{channel_id}>, so I leave out what was "
                "written there."
            )
            cure = "Deny View Channel to @\u200beveryone there"
    rest = "" if fitness.unfit is Unfit.PUBLIC else " Everything else goes on."
    return f"{what} {cure}.{rest}"


def owner_text(guild_name: str, channel_id: int, fitness: Fitness) -> str:
    """The same as a direct message to the server's owner."""
    return f"In your server {show(guild_name)}: {trouble_text(channel_id, fitness)}"
