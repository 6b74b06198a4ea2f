"""The page on what can be relied on: the tests that it names are there, and so are the defects."""

import ast
import re

from tests.chaos.plants import PLANTS
from tests.test_docs import ROOT, rows, section

PAGE = ROOT / "docs" / "reliability.md"
NAMED = re.compile(r"`(?:([a-z0-9_/]+\.py): )?(test_[a-z0-9_]+)`")


def defined(path: str) -> set[str]:
    """The names of the functions in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_test_that_is_named_is_there() -> None:
    found = rows(section(PAGE, "What proves it"))
    assert len(found) > 30
    for what, tests in found:
        named = NAMED.findall(tests)
        assert named, f"nothing proves: {what}"
        path = ""
        for told, name in named:
            path = told or path
            assert name in defined(path), f"{path} has no {name}"


def test_every_defect_that_can_be_planted_is_named() -> None:
    told = [row[0] for row in rows(section(PAGE, "How it is tested"))]
    assert told == list(PLANTS)
