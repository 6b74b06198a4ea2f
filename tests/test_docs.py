"""Documents, commands and settings cannot drift apart: each table in the documents is compared with
what the code says, both ways."""

import argparse
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.compose import all_cogs, compose
from cli.invite import reasons_by_permission
from cli.main import STATUSES, parser
from cli.status import Exit
from cogs.helpers.checks import permission_name
from cogs.helpers.intents import PRIVILEGED
from config.settings import VARIABLES
from data.migrate import migrate, migrations
from data.store import Store
from moderation import limits
from moderation.matcher import compile_lists
from moderation.words import parse_entry

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
COMMANDS = ROOT / "docs" / "commands.md"
HOSTING = ROOT / "docs" / "self-hosting.md"
PRIVACY = ROOT / "docs" / "privacy.md"
DECISIONS = ROOT / "docs" / "decisions"

DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)

_FENCED = re.compile(r"^( *)```\w*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """The document without its code blocks."""
    return _FENCED.sub("", read(path))


def code_blocks(path: Path) -> list[str]:
    return [block for _, block in _FENCED.findall(read(path))]


def section(path: Path, heading: str) -> str:
    """What stands below a heading, down to the next one of any level."""
    _, found, rest = prose(path).partition(f"# {heading}\n")
    assert found, f"{path.name} has no heading {heading}"
    return _HEADING.split(rest, maxsplit=1)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a table, without its two head lines."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


# Commands


@dataclass(frozen=True)
class Option:
    """``name`` as the document writes it: `--words FILE`, `FILE`, `entry`."""

    name: str
    required: bool


type Commands = dict[str, set[Option]]


def documented_commands() -> Commands:
    """Every `### ` heading of docs/commands.md that is a command, with the table below it."""
    found: Commands = {}
    for heading in re.findall(r"^### `(.+)`$", read(COMMANDS), re.MULTILINE):
        options = set()
        for name, need, meaning in rows(section(COMMANDS, f"`{heading}`")):
            assert need in ("required", "optional"), f"{heading}: {need}"
            assert meaning.endswith("."), f"{heading}: {meaning}"
            options.add(Option(name.strip("`"), need == "required"))
        found[heading] = options
    return found


def command_line(root: argparse.ArgumentParser) -> Commands:
    """Every command that argparse knows. A command with subcommands is none itself, but for the
    program, which runs the bot."""
    found: Commands = {root.prog: {Option(*described) for described in _options(root)}}
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in set(action.choices.values()):
                found |= command_line(child)
            if action.required:
                del found[root.prog]
    return found


def _options(root: argparse.ArgumentParser) -> Iterator[tuple[str, bool]]:
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            continue
        takes = f" {action.metavar or action.dest.upper()}" if action.nargs != 0 else ""
        if action.option_strings:
            yield action.option_strings[-1] + takes, action.required
        else:
            yield takes.strip(), action.nargs != "?"


async def slash_commands(folder: Path) -> Commands:
    """Every command that the bot registers, as Discord is told of it."""
    store = await Store.open(folder / "palisade.sqlite3")
    # Nothing is sent: the bot is never started. Port 9 is where nobody listens.
    bot = compose(store, "http://127.0.0.1:9/api/v10").bot
    payloads: list[Any] = [one.get_payload(None) for one in bot.get_all_application_commands()]
    await bot.close()
    await store.close()
    # What is no slash command (type 1) stands in a context menu.
    walks = [_walk("/" if payload["type"] == 1 else "", payload) for payload in payloads]
    return {name: options for walk in walks for name, options in walk}


def _walk(before: str, node: Mapping[str, Any]) -> Iterator[tuple[str, set[Option]]]:
    name = before + node["name"]
    children = node.get("options", [])
    branches = [child for child in children if child["type"] in (1, 2)]
    for branch in branches:
        yield from _walk(f"{name} ", branch)
    if not branches:
        yield name, {Option(child["name"], child.get("required", False)) for child in children}


async def test_every_command_and_option_is_documented_and_nothing_else(tmp_path: Path) -> None:
    assert documented_commands() == command_line(parser()) | await slash_commands(tmp_path)


async def test_the_readme_names_every_command(tmp_path: Path) -> None:
    """By its last word: `/words add`, `remove`."""
    spans = _CODE.findall(section(README, "Commands"))
    named = {span.split()[-1] for span in spans}
    for command in command_line(parser()).keys() | await slash_commands(tmp_path):
        assert command.removesuffix("bot.py").split(" ")[-1] in named | {""}, command


def test_commands_without_options_say_so() -> None:
    for command, options in documented_commands().items():
        said = " ".join(section(COMMANDS, f"`{command}`").split())
        assert said.endswith("No options.") == (not options), command


SHELL_LINES = [
    pytest.param(line, id=f"{path.name}: {line}")
    for path in DOCUMENTS
    for block in code_blocks(path)
    for line in re.findall(r"bot\.py(?= |$)[^|>&\n]*", block.replace("\\\n", ""), re.MULTILINE)
    if not line.startswith("bot.py:")
]


@pytest.mark.parametrize("line", SHELL_LINES)
def test_commands_in_code_blocks_are_understood(line: str) -> None:
    try:
        parser().parse_args(shlex.split(line, comments=True)[1:])
    except SystemExit:
        pytest.fail(f"not understood: {line}")


def test_code_blocks_were_found() -> None:
    assert len(SHELL_LINES) >= 5


def test_commands_named_in_prose_exist() -> None:
    known = command_line(parser()).keys()
    named = {
        (path.name, " ".join(words[:3] if words[1:2] == ["words"] else words[:2]))
        for path in DOCUMENTS
        for span in _CODE.findall(prose(path))
        if (words := span.removeprefix("uv run ").removeprefix("python ").split())[0] == "bot.py"
        and words[1:2] != ["..."]
    }
    assert {command for _, command in named} <= known, named


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
    documented = {table.strip("`"): _CODE.findall(columns) for table, columns, _ in told}
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
    examples, counterexamples = _CODE.findall(found), _CODE.findall(not_found)
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
    for heading in _HEADING.findall(prose(path)):
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
        for span in _CODE.findall(prose(path))
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
    assert _HEADING.findall(read(ROOT / "CHANGELOG.md"))[1] == "Unreleased"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_has_one_title_and_no_long_lines(path: Path) -> None:
    text = prose(path)
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert text.startswith("# ")
    long = [line for line in text.splitlines() if len(line) > 110 and not line.startswith("|")]
    assert not long
