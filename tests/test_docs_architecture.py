"""The page on the architecture: where it says to look is where it is."""

import re

from tests.documents import ROOT, rows, section

PAGE = ROOT / "docs" / "architecture.md"
FOLDERS = ("moderation", "service", "data", "cogs")


def test_where_to_look_is_where_it_is() -> None:
    """Files are named by their column's folder, those below it by their whole path."""
    found = rows(section(PAGE, "Where to look"))
    assert len(found) > 10
    for what, *columns in found:
        for folder, cell in zip(FOLDERS, columns, strict=True):
            for name in re.findall(r"`([^`]+)`", cell):
                path = ROOT / (name if "/" in name else f"{folder}/{name}")
                assert path.exists(), f"{what}: {path}"
                assert path.is_relative_to(ROOT / folder), f"{what}: {path}"


def test_every_folder_is_in_the_house() -> None:
    tracked = {path.parent.name for path in ROOT.glob("*/*.py")}
    named = {row[0].strip("`/").split("/")[0] for row in rows(section(PAGE, "The house"))}
    assert tracked <= named
