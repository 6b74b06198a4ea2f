"""Reading what people choose in the commands around cases, and what they can choose from."""

from collections.abc import Sequence

import nextcord

from cogs.base import Interaction
from cogs.helpers.case_texts import BY_HAND
from cogs.helpers.lengths import read_length
from cogs.helpers.people import person
from cogs.helpers.replies import shorten
from moderation.cases import Case
from moderation.errors import Refused
from service.case_files import Format, file_of, zipped

MAX_FILE_BYTES = 9 << 20
"""A server without boosts takes files of 10 MiB."""

MAX_CHOICE = 100
"""Characters of a choice's name (Discord, Application Command Option Choice)."""

TYPES = {shown: kind.value for kind, shown in BY_HAND.items()}
"""The types of cases, by what is shown."""


def span_of(since: str, until: str, now: int) -> tuple[int | None, int | None]:
    """From when on and before when cases are asked for (UTC in milliseconds), from “7 d” and
    “1 d” ago; None for an empty text. Raises LengthRefused, SpanRefused."""
    first, end = (
        max(now - read_length(text), 0) if text.strip() else None for text in (since, until)
    )
    if first is not None and end is not None and first >= end:
        raise SpanRefused
    return first, end


def moderator_id(interaction: Interaction, moderator: nextcord.User | None) -> int | None:
    """The id by which a moderator's cases are found: the bot's own are by nobody."""
    if moderator is None:
        return None
    by, me = person(moderator).user_id, interaction.client.user
    return 0 if me is not None and by == me.id else by


def case_file(cases: Sequence[Case], kind: Format) -> tuple[str, bytes]:
    """Cases as a file with its name, packed where it is large. Takes a second for 10,000 of them:
    run it off the loop."""
    name = f"cases.{kind.value}"
    content = file_of(cases, kind)
    if len(content) <= MAX_FILE_BYTES:
        return name, content
    return f"{name}.zip", zipped(name, content)


def choice_text(case: Case) -> str:
    """A case as a suggestion, in plain text."""
    what = [f"#{case.number}", BY_HAND[case.kind].lower(), case.user_name]
    if case.hits:
        what.append(case.hits[0].entry)
    return shorten(" · ".join(part for part in what if part), MAX_CHOICE)


class SpanRefused(Refused):
    """Cases are asked for from no time at all."""

    def __init__(self) -> None:
        super().__init__(
            "There is no time between the two: `since` has to be longer ago than `until`, for "
            "example since 7 d until 1 d."
        )
