"""The page on moderation says what the code does. Its examples are typed in
tests/e2e/test_docs_moderation.py."""

import re

from cogs.helpers.case_texts import consequence_text, spoken
from cogs.helpers.checks import permission_name
from cogs.helpers.list_options import LOG_ONLY, STEPS
from cogs.helpers.policy_pages import HOW_SHOWN
from cogs.helpers.rungs import PRESET, read_ladder, rung_lines
from cogs.helpers.sanctioning import DONE_AS
from moderation.consequence import BAN, MAX_TIMEOUT_MS, WARN, Consequence, Step
from moderation.escalation import BRAKE, BURST_SECONDS
from moderation.notices import PLACEHOLDERS, checked
from moderation.policy import (
    DAY_MS,
    DEFAULT,
    DEFAULT_LIST,
    EVERYWHERE,
    MAX_LISTS,
    NO_LADDER,
    TEXT_DAYS,
    Rung,
    Watched,
)
from service.folding_log import POSTS_OF_A_GUILD, POSTS_OF_A_PLACE, WINDOW_SECONDS
from service.notice_bound import CONVERSATIONS_A_MINUTE, REPLIES_A_MINUTE
from service.notices import NoticePace
from tests.documents import COMMANDS, ROOT, read, rows, section

PAGE = ROOT / "docs" / "moderation.md"
ORDINALS = {3: "third", 5: "fifth"}


def text(heading: str) -> str:
    return " ".join(section(PAGE, heading).split())


def table(heading: str, number: int = 0) -> list[list[str]]:
    """The ``number``-th table below a heading."""
    found = re.findall(r"(?:^\|.*\n)+", section(PAGE, heading), re.MULTILINE)
    return rows(found[number])


def example(language: str) -> str:
    """What stands in the one code block of a sort."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", read(PAGE), re.MULTILINE | re.DOTALL)
    return str(found)


def test_what_is_in_force_at_first() -> None:
    said = text("In ten minutes")
    assert DEFAULT_LIST.consequence.step is Step.DELETE
    assert "there is one list, `main`, which deletes" in said
    assert not DEFAULT.judges_moderators
    assert "members with Manage Messages, administrators and the owner are exempt" in said
    assert not DEFAULT_LIST.consequence.punishes
    assert "nobody is punished" in said


def test_lists() -> None:
    said = text("Lists")
    assert f"A server has up to {MAX_LISTS} lists" in said
    assert [row[0] for row in table("Lists")] == [f"`{one}`" for one in (LOG_ONLY, *STEPS)]
    assert [row[0] for row in table("Lists", 1)] == [f"`{group}`" for group in Watched]
    assert DEFAULT_LIST.watches == EVERYWHERE
    assert "A list watches everything until you say otherwise" in said
    assert f"; {MAX_TIMEOUT_MS // DAY_MS} days at most" in said


def test_strikes_and_the_ladder() -> None:
    said = text("Strikes and the ladder")
    assert f"within {BURST_SECONDS} seconds are one" in said
    assert f"Past {BRAKE} punishments a minute" in said
    rungs = "; ".join(f"{one.strikes}: {consequence_text(one.consequence)}" for one in PRESET.rungs)
    assert f"The preset, within {spoken(PRESET.window_ms)}: {rungs}." in said
    assert DEFAULT.ladder == NO_LADDER
    assert "Without a ladder" in said


def test_the_ladder_of_the_example_can_be_written() -> None:
    ladder = read_ladder(example("rungs"), "7 d")
    assert ladder.rungs == (
        Rung(2, WARN),
        Rung(3, Consequence(Step.TIMEOUT, DAY_MS // 24)),
        Rung(5, Consequence(Step.TIMEOUT, 2 * DAY_MS)),
        Rung(7, Consequence(Step.BAN, 30 * DAY_MS)),
        Rung(10, BAN),
    )
    assert read_ladder(rung_lines(ladder), "7 d") == ladder


def test_cases_and_the_mod_log() -> None:
    assert f"kept for {TEXT_DAYS} days" in text("Cases")
    said = text("The mod log")
    assert WINDOW_SECONDS == 60
    assert "all of one member within a minute" in said
    assert f"one channel after the {ORDINALS[POSTS_OF_A_PLACE]} entry" in said
    assert f"the server after the {ORDINALS[POSTS_OF_A_GUILD]}" in said
    who = {row[0]: row[2] for row in table("The mod log")}
    for name, punishment in DONE_AS.items():
        assert who[name.capitalize()] == permission_name(punishment.permission)


def test_notices() -> None:
    assert [row[0] for row in table("What authors are told")] == list(HOW_SHOWN.values())
    placeholders = {name.strip("`{}"): about for name, about in table("What authors are told", 1)}
    assert placeholders == PLACEHOLDERS
    said = text("What authors are told")
    assert f"for {NoticePace().stands:.0f} seconds" in said
    assert f"At most {CONVERSATIONS_A_MINUTE} new conversations" in said
    assert f"and {REPLIES_A_MINUTE} replies" in said


def test_the_notice_of_the_example_can_be_written() -> None:
    template = example("notice")
    assert checked(template) == template.strip()
    assert "{reason}" in template


def test_what_the_commands_say_of_lists_and_notices() -> None:
    created = section(COMMANDS, "`/lists create`")
    assert f"server has at most {MAX_LISTS} lists" in " ".join(created.split())
    assert all(f"`{step}`" in created for step in STEPS)
    placeholders = re.findall(r"`\{(\w+)\}`", section(COMMANDS, "`/policy edit`"))
    assert placeholders == list(PLACEHOLDERS)
