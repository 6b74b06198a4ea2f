"""The page on what is judged names every surface, and every reason to leave something alone."""

from moderation.events import Surface
from moderation.verdict import Skip
from tests.test_docs import ROOT, rows, section

PAGE = ROOT / "docs" / "surfaces.md"


def test_every_surface_is_documented() -> None:
    assert [row[0] for row in rows(section(PAGE, "Surfaces"))] == [str(one) for one in Surface]


def test_every_reason_to_leave_something_alone_is_documented() -> None:
    assert [row[1] for row in rows(section(PAGE, "What is left alone"))] == [
        str(one) for one in Skip
    ]
