"""A long list of entries as pages of one message each, turned by buttons."""

from collections.abc import Mapping, Sequence

from cogs.helpers.numbers import read_number
from cogs.helpers.replies import Button
from cogs.helpers.wordings import show

PAGE_CHARACTERS = 1800
"""Of the 2,000 that a message holds, the rest for its heading."""

PAGE_ROWS = 40


NOTHING: Mapping[str, str] = {}


def page(
    texts: Sequence[str],
    number: int,
    path: str,
    heading: str,
    *,
    rest: str = "",
    own: Mapping[str, str] = NOTHING,
) -> tuple[str, list[Button]]:
    """Page ``number`` (from 1; beyond the ends the nearest one) and its buttons, whose ids are
    ``path/number`` and ``rest``. ``own`` is what is said beside some of the texts."""
    rows = [f"{show(text)}: {own[text]}" if text in own else show(text) for text in texts]
    return page_of_rows(rows, number, path, f"{heading}: {len(texts):,}", rest=rest)


def page_of_rows(
    rows: Sequence[str], number: int, path: str, heading: str, *, rest: str = ""
) -> tuple[str, list[Button]]:
    """The same for rows that stand as they are."""
    pages = split(rows)
    number = min(max(number, 1), len(pages))
    head = f"**{heading}**"
    if len(pages) == 1:
        return "\n".join([head, *pages[0]]), []
    head += f", page {number} of {len(pages)}"
    buttons = [
        Button("Previous", f"{path}/{number - 1}{rest}", disabled=number == 1),
        Button("Next", f"{path}/{number + 1}{rest}", disabled=number == len(pages)),
    ]
    return "\n".join([head, *pages[number - 1]]), buttons


def page_number(text: str) -> int:
    """The number in a button's id; the first page where somebody made the id up."""
    number = read_number(text, digits=8)
    return 1 if number is None else number


def split(rows: Sequence[str]) -> list[list[str]]:
    """``rows`` cut into pages; at least one page."""
    pages: list[list[str]] = [[]]
    used = 0
    for row in rows:
        full = used + len(row) + 1 > PAGE_CHARACTERS or len(pages[-1]) >= PAGE_ROWS
        if pages[-1] and full:
            pages.append([])
            used = 0
        pages[-1].append(row)
        used += len(row) + 1
    return pages
