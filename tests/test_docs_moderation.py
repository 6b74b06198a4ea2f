"""The page on moderation states what the code does by default, and its limits."""

import re

from cogs.helpers.case_texts import consequence_text, spoken
from cogs.helpers.list_options import STEPS
from cogs.helpers.rungs import PRESET
from moderation.escalation import BRAKE, BURST_SECONDS
from moderation.notices import PLACEHOLDERS
from moderation.policy import DEFAULT, DEFAULT_LIST, MAX_LISTS, NO_LADDER
from tests.test_docs import COMMANDS, ROOT, read, section

PAGE = ROOT / "docs" / "moderation.md"


def text(heading: str) -> str:
    return " ".join(section(PAGE, heading).split())


def test_strikes_and_the_ladder() -> None:
    said = text("Strikes and the ladder")
    assert f"within {BURST_SECONDS} seconds are one" in said
    assert f"Past {BRAKE} punishments a minute" in said
    rungs = "; ".join(f"{one.strikes}: {consequence_text(one.consequence)}" for one in PRESET.rungs)
    assert f"The preset, within {spoken(PRESET.window_ms)}: {rungs}." in said
    assert DEFAULT.ladder == NO_LADDER
    assert "Without a ladder" in said


def test_what_is_in_force_at_first() -> None:
    said = text("Setting up")
    assert DEFAULT_LIST.consequence.step.name.lower() == "delete"
    assert "there is one list, `main`, which deletes" in said
    assert not DEFAULT.judges_moderators
    assert "members with Manage Messages, administrators and the owner are exempt" in said
    assert not DEFAULT_LIST.consequence.punishes
    assert "nobody is punished" in said


def test_what_the_commands_say_of_lists_and_notices() -> None:
    commands = " ".join(read(COMMANDS).split())
    assert f"A server has at most {MAX_LISTS} lists" in commands
    placeholders = re.findall(r"`\{(\w+)\}`", section(COMMANDS, "`/policy edit`"))
    assert placeholders == list(PLACEHOLDERS)
    created = section(COMMANDS, "`/lists create`")
    assert all(f"`{step}`" in created for step in STEPS)
