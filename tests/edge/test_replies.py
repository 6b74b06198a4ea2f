"""What people read in answers: whole, within Discord's limits, and with nothing alive in it."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.granting import NotGranted
from cogs.helpers.lengths import LengthRefused
from cogs.helpers.paging import PAGE_CHARACTERS, PAGE_ROWS, page, split
from cogs.helpers.replies import MAX_CONTENT, code, lines, log_broken, shorten, text_file
from cogs.helpers.wordings import SHOWN_ENTRY, show
from data.errors import StoreFailed
from moderation.cases import NoSuchCase
from moderation.records import UnknownList
from service.members import MembersUnreadable

texts = st.text(max_size=300)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "`plain`"),
        ("", "` `"),
        ("`tick`", "`ˋtickˋ`"),
        ("```\nblock\n```", "`ˋˋˋ block ˋˋˋ`"),
        ("<@1> @everyone **bold**", "`<@1> @everyone **bold**`"),
        ("a\r\nb\x0bc\x85d\u2028e\u2029f", "`a  b c d e f`"),
        ("bell\x07 \u202eturned", "`bell\ufffd \ufffdturned`"),
        ("\U0001f468\u200d\U0001f469", "`\U0001f468\u200d\U0001f469`"),
    ],
)
def test_code(text: str, shown: str) -> None:
    assert code(text) == shown


@given(texts)
def test_code_is_one_line_that_nothing_breaks_out_of(text: str) -> None:
    shown = code(text)
    assert shown[0] == shown[-1] == "`"
    assert "`" not in shown[1:-1]
    assert not set(shown) & set("\r\n\x0b\x0c\x85\u2028\u2029")
    assert len(shown) == max(1, len(text)) + 2


@given(texts, st.integers(1, 320))
def test_what_is_shortened_says_so(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    if len(text) <= limit:
        assert short == text
    else:
        assert short.endswith("…")
        assert len(short) == limit
        assert text.startswith(short[:-1])


@given(st.text(max_size=60), st.lists(texts, max_size=40), st.integers(100, MAX_CONTENT))
def test_lines_that_do_not_fit_are_counted(head: str, rows: list[str], limit: int) -> None:
    text = lines(head, rows, limit=limit)
    assert len(text) <= limit
    whole = "\n".join([head, *rows])
    if len(whole) <= limit:
        assert text == whole
        return
    shown = text[: text.rindex("\n… and ")]
    left = int(text[len(shown) :].removeprefix("\n… and ").removesuffix(" more."))
    kept = rows[: len(rows) - left]
    assert 0 < left <= len(rows)
    assert shown == "\n".join([head, *kept])


@given(st.lists(texts, max_size=150))
def test_pages_hold_every_row_once_and_in_order(entries: list[str]) -> None:
    pages = split([show(entry) for entry in entries])
    assert [row for rows in pages for row in rows] == [show(entry) for entry in entries]
    for rows in pages:
        assert len(rows) <= PAGE_ROWS
        assert sum(len(row) + 1 for row in rows) <= PAGE_CHARACTERS
    assert all(pages) or pages == [[]]


@given(st.lists(texts, min_size=1, max_size=150), st.integers(-3, 12))
def test_a_page_fits_into_a_message_and_its_buttons_lead_on(
    entries: list[str], number: int
) -> None:
    total = len(split(entries))
    content, buttons = page(entries, number, "words/show", "Banned words")
    assert len(content) <= MAX_CONTENT
    assert content.startswith(f"**Banned words: {len(entries)}**")
    if total == 1:
        assert buttons == []
        return
    here = min(max(number, 1), total)
    assert f"page {here} of {total}\n" in content
    back, on = buttons
    assert (back.custom_id, back.disabled) == (f"words/show/{here - 1}", here == 1)
    assert (on.custom_id, on.disabled) == (f"words/show/{here + 1}", here == total)


def test_long_lists_are_counted_in_thousands() -> None:
    content, _ = page(["word"] * 1_234, 1, "words/show", "Banned words")
    assert content.startswith("**Banned words: 1,234**, page 1 of 31")


@given(texts)
def test_an_entry_is_shown_short(text: str) -> None:
    assert len(show(text)) <= SHOWN_ENTRY + 2


@given(texts)
def test_a_file_holds_any_text(text: str) -> None:
    file = text_file("words.txt", text)
    assert file.filename == "words.txt"
    assert file.fp.read().decode("utf-8") == text.encode("utf-8", "replace").decode("utf-8")
    file.close()


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (LengthRefused(), logging.DEBUG),
        (NotGranted("you need Ban Members"), logging.DEBUG),
        (NoSuchCase(7, 3), logging.DEBUG),
        (UnknownList("what somebody typed", ("main",)), logging.DEBUG),
        (StoreFailed("the disk is full", "Make room."), logging.WARNING),
        (MembersUnreadable("Discord does not answer"), logging.WARNING),
        (ValueError("a defect"), logging.ERROR),
    ],
)
def test_the_log_tells_of_trouble_and_not_of_what_somebody_mistyped(
    error: Exception, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    log_broken("A slash command", error)
    (record,) = caplog.records
    assert record.levelno == level
    assert (record.exc_info is not None) == (level == logging.ERROR)
