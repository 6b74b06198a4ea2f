"""The pages on what can be relied on and on known defects: the tests that they name are there, and
so are the defects that can be planted."""

import ast
import re
from pathlib import Path

import pytest

from tests.chaos.plants import PLANTS
from tests.documents import ROOT, rows, section

PAGE = ROOT / "docs" / "reliability.md"
DEFECTS = ROOT / "docs" / "known-defects.md"
NAMED = re.compile(r"`(?:([a-z0-9_/]+\.py): )?(test_[a-z0-9_]+)`")


def defined(path: str) -> set[str]:
    """The names of the functions in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize(
    ("page", "heading", "at_least"),
    [
        (PAGE, "What proves it", 30),
        (DEFECTS, "Finding words", 8),
        (DEFECTS, "Seeing what people see", 8),
        (DEFECTS, "Acting, and telling the truth about it", 7),
        (DEFECTS, "Settings and the store", 2),
    ],
)
def test_every_test_that_is_named_is_there(page: Path, heading: str, at_least: int) -> None:
    found = rows(section(page, heading))
    assert len(found) >= at_least
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
