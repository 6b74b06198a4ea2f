"""The rules of the house, read off the source: who may import whom, how long a module may be.

docs/architecture.md says what each folder is for. A violation is a line `file:line: what`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT: dict[str, frozenset[str]] = {
    "bot": frozenset({"cli"}),
    "config": frozenset({"dotenv"}),
    "moderation": frozenset({"re2", "ahocorasick_rs"}),
    "clock": frozenset(),
    "service": frozenset({"clock", "moderation"}),
    "data": frozenset({"aiosqlite", "filelock", "clock", "moderation"}),
    # aiohttp: Nextcord lets its errors through, and they are how an unreachable Discord shows.
    "cogs": frozenset({"nextcord", "aiohttp", "moderation", "service"}),
    # orjson: faster where Nextcord has brought it along; the standard library's JSON elsewhere.
    "sandbox": frozenset({"aiohttp", "orjson"}),
}
"""What a folder may import beside the standard library and itself."""

MAY_IMPORT_ANYTHING = frozenset({"cli", "tests", "benchmarks", "scripts"})

PURE = frozenset({"moderation"})
EFFECTS = frozenset(
    {
        *("asyncio", "concurrent", "multiprocessing", "signal", "subprocess", "threading"),
        *("http", "socket", "ssl", "urllib"),
        *("io", "logging", "os", "pathlib", "shutil", "sqlite3", "tempfile"),
        *("random", "secrets", "uuid"),
    }
)
"""Parts of the standard library that a pure folder does without: input, output, chance, tasks. A
table that belongs to the rules is read with importlib.resources."""

COMPUTES = ("urllib.parse.",)
"""What stands among them and only computes."""

TOLERATED_EFFECTS = {
    ("moderation/regexes.py", "logging"): "a slow pattern is named where its time is known",
}
"""By path and name: why this import is no harm to what the rules decide."""

PRIVATE_HOME = "cogs/helpers/nextcord_private/"
UNDOCUMENTED = ("nextcord.client", "nextcord.gateway", "nextcord.http", "nextcord.state")
TOLERATED = frozenset({"nextcord.http.Route"})
"""Not documented either, and how every request of ours is addressed: whatever a Nextcord update did
to it, every end-to-end test would tell."""

MAX_LINES = 400
LONGER_FOR_A_REASON: dict[str, str] = {}
"""By path: why this module is over the limit."""

MEDIAN_LINES = 120


def sources() -> Iterator[str]:
    """Every module of the project, as a path below its root."""
    for path in sorted(ROOT.iterdir()):
        if path.is_dir() and not path.name.startswith("."):
            yield from (one.relative_to(ROOT).as_posix() for one in sorted(path.rglob("*.py")))
        elif path.suffix == ".py":
            yield path.name


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def parsed(source: str) -> tuple[ast.Module, list[ast.AST]]:
    """The module's tree, and all its nodes."""
    tree = ast.parse(source)
    return tree, list(ast.walk(tree))


def imports(path: str, source: str) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything imported, wherever in the module."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in parsed(source)[1]:
        match node:
            case ast.Import():
                yield from ((node.lineno, alias.name) for alias in node.names)
            case ast.ImportFrom():
                base = package[: len(package) - node.level + 1] if node.level else []
                parts = [*base, *(node.module or "").split(".")]
                for alias in node.names:
                    yield node.lineno, ".".join(part for part in [*parts, alias.name] if part)
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module")):
                yield node.lineno, "an import by a computed name"


def forbidden_imports(path: str, source: str) -> Iterator[str]:
    """Imports against the rules of the module's folder, and folders that no rule is known of."""
    home = path.removesuffix(".py").split("/")[0]
    if home in MAY_IMPORT_ANYTHING:
        return
    if home not in MAY_IMPORT:
        yield f"{path}:1: there is no rule for {home}; add one to tests/test_architecture.py"
        return
    for line, name in imports(path, source):
        top = name.split(".")[0]
        effect = top in EFFECTS and not name.startswith(COMPUTES)
        if effect and home in PURE and (path, name) not in TOLERATED_EFFECTS:
            yield f"{path}:{line}: {home} is pure and may not import {name}"
        elif not (top == home or top in MAY_IMPORT[home] or top in sys.stdlib_module_names):
            yield f"{path}:{line}: {home} may not import {name}"


def private_nextcord(path: str, source: str) -> Iterator[str]:
    """Imports of Nextcord's inner parts, and private attributes of other objects in a cog."""
    if path.startswith((PRIVATE_HOME, "tests/")):
        return
    for line, name in imports(path, source):
        inner = any(name == one or name.startswith(one + ".") for one in UNDOCUMENTED)
        hidden = name.startswith("nextcord.") and "._" in name
        if (inner or hidden) and name not in TOLERATED:
            yield f"{path}:{line}: {name} belongs to Nextcord's inside: use it in {PRIVATE_HOME}"
    if not path.startswith("cogs/"):
        return
    for node in parsed(source)[1]:
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                continue
            case ast.Attribute(attr=attribute) if re.match(r"_(?!_.*__$)", attribute):
                yield f"{path}:{node.lineno}: .{attribute} is private: use it in {PRIVATE_HOME}"


def bad_names(path: str, source: str) -> Iterator[str]:
    """Names that say nothing about what a thing is for."""
    parts = path.removesuffix(".py").split("/")
    if {"util", "utils", "common", "misc"} & set(parts):
        yield f"{path}:1: the name does not say what the module is for"
    for node in parsed(source)[1]:
        if isinstance(node, ast.ClassDef) and node.name.endswith("Manager"):
            yield f"{path}:{node.lineno}: {node.name} does not say what the class is for"


def form(path: str, source: str) -> Iterator[str]:
    """Length, and a docstring in every module that holds anything."""
    lines = source.count("\n")
    if lines > MAX_LINES and path not in LONGER_FOR_A_REASON:
        yield f"{path}:{lines}: the module has {lines} lines, at most {MAX_LINES} are meant"
    tree, _ = parsed(source)
    if tree.body and ast.get_docstring(tree) is None:
        yield f"{path}:1: there is no docstring that says what the module is for"
    for line, name in imports(path, source):
        if name.startswith("__future__."):
            yield f"{path}:{line}: {name} is not needed on Python 3.12"


CHECKS = (forbidden_imports, private_nextcord, bad_names, form)


def violations(path: str, source: str) -> list[str]:
    """All of them in one module."""
    return [found for check in CHECKS for found in check(path, source)]


def test_every_module_keeps_the_rules() -> None:
    found = [one for path in sources() for one in violations(path, read(path))]
    assert not found, "\n" + "\n".join(found)


def test_modules_are_small() -> None:
    lengths = [read(path).count("\n") for path in sources() if not path.startswith("tests/")]
    assert median(length for length in lengths if length) < MEDIAN_LINES


def test_exceptions_are_still_needed() -> None:
    for path, reason in LONGER_FOR_A_REASON.items():
        assert reason
        assert read(path).count("\n") > MAX_LINES, f"{path} is short by now"


@pytest.mark.parametrize(("path", "name"), TOLERATED_EFFECTS)
def test_tolerated_effects_are_still_needed(path: str, name: str) -> None:
    assert name in {imported for _, imported in imports(path, read(path))}


def test_the_whole_house_is_looked_at() -> None:
    homes = {path.removesuffix(".py").split("/")[0] for path in sources()}
    assert homes >= MAY_IMPORT.keys() | {"cli", "tests"}


BROKEN = [
    ("bot.py", "from cogs.client import Palisade", "may not import cogs.client.Palisade"),
    ("config/x.py", "import nextcord", "may not import nextcord"),
    ("moderation/x.py", "import service.rules", "may not import service.rules"),
    ("moderation/x.py", "def f():\n    import aiohttp", "x.py:2: moderation may not"),
    ("moderation/x.py", "from . import words\nfrom ..data import store", "import data.store"),
    ("moderation/x.py", "import asyncio", "is pure"),
    ("moderation/x.py", "from os import path", "is pure"),
    ("moderation/x.py", "from urllib.request import urlopen", "is pure"),
    ("moderation/x.py", "from pathlib import Path", "is pure"),
    ("moderation/x.py", "import importlib\nimportlib.import_module('data')", "computed name"),
    ("service/x.py", "import nextcord", "may not import nextcord"),
    ("service/x.py", "if TYPE_CHECKING:\n    from data.store import Store", "import data.store"),
    ("data/x.py", "from service.ports import Discord", "may not import service.ports"),
    ("data/x.py", "try:\n    import nextcord.http\nexcept ImportError:\n    pass", "nextcord.http"),
    ("cogs/x.py", "from data.store import Store", "may not import data.store"),
    ("cogs/helpers/x.py", "from ...cli import run", "may not import cli.run"),
    ("cogs/x.py", "from config.settings import Settings", "may not import config"),
    ("cogs/x.py", "from nextcord.gateway import DiscordWebSocket", "Nextcord's inside"),
    ("cogs/x.py", "import nextcord.state", "Nextcord's inside"),
    ("cogs/x.py", "from nextcord.http import HTTPClient", "Nextcord's inside"),
    ("cogs/x.py", "async def f(bot):\n    bot._connection.parsers", "._connection is private"),
    ("cogs/x.py", "def f(client):\n    client._HTTPClient__session", "is private"),
    ("cli/x.py", "from nextcord.state import ConnectionState", "Nextcord's inside"),
    ("sandbox/x.py", "from moderation.words import parse_list", "may not import moderation"),
    ("newfolder/x.py", "import json", "no rule for newfolder"),
    ("service/utils.py", "", "the name does not say"),
    ("service/x.py", "class RuleManager:\n    pass", "RuleManager does not say"),
    ("service/x.py", "from __future__ import annotations", "not needed"),
    ("service/x.py", "import json", "no docstring"),
    ("service/x.py", '"""Long."""\n' + "pass\n" * MAX_LINES, "401 lines"),
]


@pytest.mark.parametrize(("path", "source", "said"), BROKEN)
def test_a_violation_is_found(path: str, source: str, said: str) -> None:
    assert any(said in one for one in violations(path, source))


SOUND = [
    ("bot.py", "import sys\nfrom cli.main import main"),
    ("moderation/x.py", "import re\nimport re2\nfrom moderation.words import export"),
    ("moderation/x.py", "from urllib.parse import unquote"),
    ("moderation/deep/x.py", "from . import words\nfrom ..spans import Span"),
    ("service/x.py", "import asyncio\nfrom .ports import Discord"),
    ("data/x.py", "import sqlite3\nimport aiosqlite\nfrom moderation import records"),
    ("cogs/x.py", "import nextcord\nfrom nextcord.http import Route\nfrom service import rules"),
    ("cogs/x.py", "class A:\n    def f(self):\n        return self._x, type(self).__name__"),
    (PRIVATE_HOME + "x.py", "import nextcord.gateway\ndef f(bot):\n    return bot._connection"),
    ("cli/x.py", "import rich\nfrom sandbox import LocalDiscord"),
    ("sandbox/x.py", "import asyncio\nfrom aiohttp import web\nfrom sandbox.core import Core"),
    ("service/__init__.py", ""),
]


@pytest.mark.parametrize(("path", "source"), SOUND)
def test_what_is_allowed_is_let_through(path: str, source: str) -> None:
    documented = f'"""What it is for."""\n{source}' if source else source
    assert not violations(path, documented)
