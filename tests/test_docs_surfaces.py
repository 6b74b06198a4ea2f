"""The page on what is judged names every surface, and every reason to leave something alone."""

from moderation.events import Surface
from moderation.policy import WATCHED_AS
from moderation.verdict import Skip
from tests.documents import ROOT, rows, section

PAGE = ROOT / "docs" / "surfaces.md"


def test_every_surface_is_documented() -> None:
    told = [(row[0], row[3]) for row in rows(section(PAGE, "Surfaces"))]
    assert told == [(str(one), str(WATCHED_AS[one])) for one in Surface]


def test_every_reason_to_leave_something_alone_is_documented() -> None:
    assert [row[1] for row in rows(section(PAGE, "What is left alone"))] == [
        str(one) for one in Skip
    ]
