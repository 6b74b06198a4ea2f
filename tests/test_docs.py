"""Documents, commands and settings cannot drift apart: each table in the documents is compared with
what the code says, both ways."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cli.compose import all_cogs
from cli.invite import reasons_by_permission
from cli.main import STATUSES
from cli.status import Exit
from cogs.helpers.checks import permission_name
from cogs.helpers.intents import PRIVILEGED
from config.settings import VARIABLES
from data.migrate import migrate, migrations
from moderation import limits
from moderation.matcher import compile_lists
from moderation.words import parse_entry
from tests.documents import (
    CODE,
    COMMANDS,
    DECISIONS,
    DOCUMENTS,
    HEADING,
    HOSTING,
    PRIVACY,
    README,
    ROOT,
    code_blocks,
    prose,
    read,
    rows,
    section,
)

# Settings, statuses, limits, permissions, columns


def test_every_setting_is_documented_with_its_default() -> None:
    documented = [(name, default) for name, default, _ in rows(section(HOSTING, "Settings"))]
    assert documented == [
        (f"`{variable.name}`", "none" if variable.default is None else f"`{variable.default}`")
        for variable in VARIABLES
    ]


@pytest.mark.parametrize(
    ("path", "heading"), [(README, "Exit statuses"), (HOSTING, "When it does not run")]
)
def test_every_exit_status_is_documented(path: Path, heading: str) -> None:
    said = dict(re.findall(r"(\d) ([^,]+)", STATUSES))
    table = rows(section(path, heading))
    assert [int(row[0]) for row in table] == [int(status) for status in Exit]
    assert said.keys() == {row[0] for row in table}
    for number, meaning, *_ in table:
        assert meaning.lower().startswith(said[number])


LIMITS = {
    "Entries of a server, banned and allowed together": limits.MAX_ENTRIES,
    "Regular expressions of a server": limits.MAX_REGEXES,
    "Characters of an entry": limits.MAX_ENTRY_CHARACTERS,
    "Characters of a regular expression": limits.MAX_REGEX_CHARACTERS,
    "Characters that a star in the middle holds": limits.MAX_STAR_CHARACTERS,
    "Letters that a star in the middle needs on each side, at least": (
        limits.MIN_LETTERS_BESIDE_STAR
    ),
    "Hits of one message that are explained (the others are counted)": limits.MAX_HITS_EXPLAINED,
}


def test_every_limit_is_the_one_in_force() -> None:
    documented = dict(rows(section(COMMANDS, "Limits")))
    assert documented == {what: f"{most:,}" for what, most in LIMITS.items()}


def test_every_intent_and_permission_is_documented() -> None:
    text = section(HOSTING, "Intents and permissions")
    intents, permissions = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert {name for name, _ in rows(intents)} == {title for title, _, _ in PRIVILEGED}
    reasons = reasons_by_permission(all_cogs())
    assert dict(rows(permissions)) == {
        permission_name(name): "; ".join(why) for name, why in reasons.items()
    }


def test_every_stored_column_is_in_the_privacy_page() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, migrations())
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
    stored = {
        table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for table in tables
        if not table.startswith("sqlite_")
    }
    connection.close()
    told = rows(section(PRIVACY, "What is stored"))
    documented = {table.strip("`"): CODE.findall(columns) for table, columns, _ in told}
    assert len(documented) == len(told), "a table is there twice"
    assert documented == {table: columns for table, columns in stored.items() if columns}


# The README


@pytest.mark.parametrize(
    "command",
    [
        "pip install uv && uv run bot.py sandbox",
        "pip install uv && uv run pytest",
        "cp .env.example .env",
        "uv run bot.py invite",
        "uv run bot.py",
    ],
)
def test_the_readme_has_the_command_on_a_line_of_its_own(command: str) -> None:
    assert command in [line.strip() for block in code_blocks(README) for line in block.splitlines()]


@pytest.mark.parametrize(
    "row", rows(section(README, "List syntax")), ids=lambda row: row[0].strip("`")
)
def test_the_list_syntax_table_is_true(row: list[str]) -> None:
    entry, _, found, not_found = row
    matcher = compile_lists({"main": [parse_entry(entry.strip("`"))]})
    examples, counterexamples = CODE.findall(found), CODE.findall(not_found)
    assert examples
    assert counterexamples
    for text in examples:
        assert matcher.detect(text), f"{text} is not found"
    for text in counterexamples:
        assert not matcher.detect(text), f"{text} is found"


def test_the_transcript_is_what_the_sandbox_prints() -> None:
    """Each stretch between two “…” stands in the output as it is."""
    ran = subprocess.run(
        [sys.executable, "bot.py", "sandbox", "--demo"],
        cwd=ROOT,
        env={"COLUMNS": "80", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    transcript = next(block for block in code_blocks(README) if "…\n" in block)
    stretches = [
        stretch for stretch in re.split(r"^…\n", transcript, flags=re.MULTILINE) if stretch
    ]
    assert len(stretches) > 1
    for stretch in stretches:
        assert stretch in ran.stdout


# Links and names


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives a document's headings."""
    found: set[str] = set()
    for heading in HEADING.findall(prose(path)):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        anchor = base = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        number = 0
        while anchor in found:
            number += 1
            anchor = f"{base}-{number}"
        found.add(anchor)
    return found


LINKS = [
    pytest.param(path, target, id=f"{path.relative_to(ROOT)} -> {target}")
    for path in DOCUMENTS
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path))
    if not re.match(r"[a-z]+:", target)
]


@pytest.mark.parametrize(("path", "target"), LINKS)
def test_links_lead_somewhere(path: Path, target: str) -> None:
    file, _, anchor = target.partition("#")
    aim = (path.parent / file).resolve() if file else path
    assert aim.is_relative_to(ROOT), "it leads out of the repository"
    assert aim.exists(), "there is no such file"
    if anchor:
        assert anchor in anchors(aim), "there is no such heading"


NAMED = sorted(
    {
        (path.relative_to(ROOT).as_posix(), span)
        for path in DOCUMENTS
        for span in CODE.findall(prose(path))
        if re.fullmatch(r"(?:[a-z_]+/)+(?:\w+\.(?:py|md|txt|sql)(?:: [\w.]+)?)?", span)
    }
)


@pytest.mark.parametrize(("document", "named"), NAMED)
def test_files_and_functions_that_are_named_exist(document: str, named: str) -> None:
    """`service/moderator.py` and `service/moderator.py: Moderator.handle`."""
    file, _, name = named.partition(": ")
    assert (ROOT / file).exists() or (ROOT / "tests" / file).exists(), f"{document}: {file}"
    source = read(ROOT / file) if name else ""
    for part in name.split("."):
        assert not name or re.search(rf"^ *(?:async def|def|class) {part}\b", source, re.MULTILINE)


def test_decisions_are_numbered_and_listed() -> None:
    files = sorted(path.name for path in DECISIONS.glob("*.md") if path.name != "README.md")
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", read(DECISIONS / "README.md"), re.MULTILINE)
    assert [name for _, _, name in listed] == files
    for number, title, name in listed:
        text = read(DECISIONS / name)
        assert text.startswith(f"# {number}. {title}\n"), name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]


def test_the_changelog_has_a_place_for_what_is_next() -> None:
    assert HEADING.findall(read(ROOT / "CHANGELOG.md"))[1] == "Unreleased"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_has_one_title_and_no_long_lines(path: Path) -> None:
    text = prose(path)
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert text.startswith("# ")
    long = [line for line in text.splitlines() if len(line) > 110 and not line.startswith("|")]
    assert not long
