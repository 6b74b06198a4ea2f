"""Nothing outside ``cogs/helpers/nextcord_private/`` touches what Nextcord keeps to itself, nor
goes past the one REST client."""

import ast
from collections.abc import Iterator
from pathlib import Path

import nextcord
import pytest

ROOT = Path(__file__).parents[2]
INSIDE = ROOT / "cogs" / "helpers" / "nextcord_private"
OUTSIDE = sorted(
    path
    for part in ("cogs", "cli")
    for path in (ROOT / part).rglob("*.py")
    if not path.is_relative_to(INSIDE)
)

FORBIDDEN = {
    "parsers",  # of the connection state
    "ws_connect",
    "followup",  # sends past the one REST client ...
    "response",  # ... and so does this, of an interaction
}


def touches(tree: ast.Module) -> Iterator[str]:
    """Each place that touches a private name of something that is not its own, or a name that is
    public in Nextcord but leads past what is ours."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                if name.startswith("_") and not is_own(name, tree):
                    yield f"line {node.lineno}: self.{name}, which this module does not define"
            case ast.Attribute(attr=name) if is_private(name) or name in FORBIDDEN:
                yield f"line {node.lineno}: .{name}"
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr" | "hasattr" | "delattr"),
                args=[_, ast.Constant(value=str(name)), *_],
            ) if is_private(name) or name in FORBIDDEN:
                yield f"line {node.lineno}: {name!r} by name"
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("nextcord"):
                for alias in names:
                    if is_private(alias.name) or any(map(is_private, module.split("."))):
                        yield f"line {node.lineno}: {module}.{alias.name}"


def is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def is_own(name: str, tree: ast.Module) -> bool:
    """Whether the module itself gives ``self`` this name."""
    if name.startswith("__") and name.endswith("__"):
        return True
    return any(
        (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name)
        or (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and node.attr == name
        )
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name)
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_outside_touches_a_private_name(path: Path) -> None:
    assert list(touches(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "source",
    [
        "client._connection.http",
        "client.http._HTTPClient__session",
        "client._connection.parsers['READY']",
        "bot.parsers",
        "self._closed",
        "self._connection.user",
        "getattr(client, '_connection')",
        "from nextcord.state import _private",
        "interaction.response.send_message('hello')",
        "interaction.followup.send('hello')",
        "gateway._keep_alive = None",
    ],
)
def test_the_scan_sees(source: str) -> None:
    assert list(touches(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n def __init__(self): self._own = 1\n def f(self): return self._own",
        "class A:\n def f(self): self._g()\n def _g(self): ...",
        "class A:\n _own = 1\n def f(self): return self._own, self.__class__",
        "client.http.request(route)",
        "getattr(permissions, 'manage_guild')",
    ],
)
def test_the_scan_passes(source: str) -> None:
    assert list(touches(ast.parse(source))) == []


def private_names(files: list[Path]) -> set[str]:
    """The private attributes that classes give themselves in these files."""
    return {
        node.attr
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and is_private(node.attr)
    }


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("cogs/client.py", ["client.py", "ext/commands/bot.py", "ext/commands/core.py"]),
        ("cogs/helpers/nextcord_private/gateway.py", ["gateway.py"]),
        ("cogs/helpers/nextcord_private/rest.py", ["http.py"]),
    ],
)
def test_a_subclass_of_nextcords_takes_no_name_that_is_taken(ours: str, theirs: list[str]) -> None:
    base = Path(nextcord.__path__[0])
    # What gateway.py replaces on purpose is in its docstring.
    on_purpose = {"_keep_alive", "_buffer"}
    taken = private_names([base / name for name in theirs])
    assert taken, "Nextcord's files are not where they were"
    assert private_names([ROOT / ours]) & taken <= on_purpose
