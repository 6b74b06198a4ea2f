"""Nothing that a person can use is without its check: every command, suggestion, button and form,
found by walking the cogs, so that a new one without it fails here."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nextcord
import pytest
from nextcord import SlashApplicationCommand, SlashApplicationSubcommand

import cogs
from cli.compose import all_cogs
from cogs.base import Cog, Interaction
from cogs.helpers.checks import permission_name
from cogs.helpers.components import routes_of
from tests.rights import RIGHTS

COGS = Path(cogs.__path__[0])


def cog_classes() -> set[type[Cog]]:
    """Every cog of the package, wherever it stands."""
    for module in pkgutil.walk_packages(cogs.__path__, "cogs."):
        importlib.import_module(module.name)

    def below(kind: type[Cog]) -> Iterator[type[Cog]]:
        for sub in kind.__subclasses__():
            yield sub
            yield from below(sub)

    return {kind for kind in below(Cog) if kind.__module__.startswith("cogs.")}


def bare(kind: type[Cog]) -> Cog:
    """A cog without its parts: enough for looking at what it declares."""
    cog = kind.__new__(kind)
    cog.process_app_cmds()
    return cog


def commands_of(cog: Cog) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each command's path with the callback that runs, and each suggestion's."""
    for command in cog.application_commands:
        slash = isinstance(command, SlashApplicationCommand)
        yield from leaves(("/" if slash else "") + str(command.name), command)


def leaves(path: str, command: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The subcommands at the ends, or the command itself where it has none."""
    children: dict[str, SlashApplicationSubcommand] = getattr(command, "children", {})
    for child in children.values():
        yield from leaves(f"{path} {child.name}", child)
    if not children:
        yield path, command.callback
        for option in getattr(command, "options", {}).values():
            if option.autocomplete_callback is not None:
                yield f"{path}, suggesting {option.functional_name}", option.autocomplete_callback


def used() -> dict[str, Callable[..., Any]]:
    """Everything that a person can use, by its path."""
    found: dict[str, Callable[..., Any]] = {}
    for kind in cog_classes():
        cog = bare(kind)
        for path, callback in (*commands_of(cog), *routes_of(cog)):
            assert path not in found, f"{path} is there twice"
            found[path] = callback
    return found


def test_the_table_is_complete() -> None:
    """Where this fails for a new command, button or form: give it a row in tests/rights.py."""
    asked = {path: required(callback) for path, callback in used().items()}
    assert asked == {path: row.needs for path, row in RIGHTS.items()}


def required(callback: Callable[..., Any]) -> str | None:
    """The permission that a callback asks for; None where it asks for none."""
    value = getattr(callback, "required_permission", None)
    assert value is None or isinstance(value, str)
    return value


def test_the_walk_sees_what_is_not_checked() -> None:
    """The test above could not fail if the walk did not find an unchecked command."""

    async def parent[Me](self: Me, interaction: Interaction) -> None: ...

    async def child[Me](self: Me, interaction: Interaction, word: str) -> None: ...

    async def suggest[Me](self: Me, interaction: Interaction, typed: str) -> None: ...

    async def menu[Me](self: Me, interaction: Interaction, message: nextcord.Message) -> None: ...

    command: Any = nextcord.slash_command("careless", "careless")(parent)
    sub: Any = command.subcommand("sub", "careless")(child)
    sub.on_autocomplete("word")(suggest)
    context: Any = nextcord.message_command("Menu")(menu)
    careless = type("Careless", (Cog,), {"parent": command, "child": sub, "menu": context})
    found = {path: required(callback) for path, callback in commands_of(bare(careless))}
    assert found == {"/careless sub": None, "/careless sub, suggesting word": None, "Menu": None}


def test_every_cog_is_part_of_the_bot() -> None:
    assert cog_classes() == set(all_cogs())


def test_every_button_that_is_made_has_a_handler() -> None:
    handled = {path for kind in cog_classes() for path, _ in routes_of(bare(kind))}
    # The id of a button is a path that begins with the name of its command.
    path = re.compile(rf"({'|'.join(sorted({name.split('/')[0] for name in handled}))})/\S+")
    made = {
        "/".join(node.value.split("/")[:2])
        for file in COGS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and path.fullmatch(node.value)
    }
    assert made == handled


@pytest.mark.parametrize("kind", all_cogs())
def test_what_a_cog_asks_for_exists_and_has_a_reason(kind: type[Cog]) -> None:
    for name, reason in kind.permissions.items():
        assert name in nextcord.Permissions.VALID_FLAGS
        assert reason
    assert isinstance(kind.intents, nextcord.Intents)


@pytest.mark.parametrize(
    ("permission", "shown"),
    [
        ("manage_guild", "Manage Server"),
        ("manage_messages", "Manage Messages"),
        ("view_channel", "View Channel"),
        ("read_message_history", "Read Message History"),
        ("manage_nicknames", "Manage Nicknames"),
    ],
)
def test_permissions_are_called_as_discord_calls_them(permission: str, shown: str) -> None:
    assert permission_name(permission) == shown
