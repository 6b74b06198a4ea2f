"""docs/commands.md and the commands that documents name are those of the program."""

import argparse
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.compose import compose
from cli.main import parser
from data.store import Store
from tests.documents import (
    CODE,
    COMMANDS,
    DOCUMENTS,
    README,
    code_blocks,
    prose,
    read,
    rows,
    section,
)


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
    spans = CODE.findall(section(README, "Commands"))
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
        for span in CODE.findall(prose(path))
        if (words := span.removeprefix("uv run ").removeprefix("python ").split())[0] == "bot.py"
        and words[1:2] != ["..."]
    }
    assert {command for _, command in named} <= known, named
