"""Cases as files: whole, readable by programs, and harmless in a spreadsheet."""

import csv
import json
import re
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.cases import Case
from moderation.records import ERASED, Actor
from service.case_files import FORMULA, Format, file_of, neutral, zipped
from tests.made_cases import USUAL, any_case


def table(cases: list[Case]) -> list[dict[str, str]]:
    text = file_of(cases, Format.CSV).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


@pytest.mark.parametrize("sign", FORMULA)
def test_a_cell_is_never_a_formula(sign: str) -> None:
    text = f"{sign}HYPERLINK('https://evil.example')"
    (row,) = table([replace(USUAL, user_name=text, reason=text, text=text, by=Actor(5, text))])
    for column in ("member_name", "reason", "text", "by_name"):
        assert row[column] == "'" + text


SEPARATED = (
    "; =1",
    ";=1",
    "a;\t@x",
    "a\n=1",
    "a\r\n-1",
    'x";"=1',
    " =1",
    '"=1',
    "\u200b=1",
    "\ufeff+1",
)


@pytest.mark.parametrize("text", SEPARATED)
def test_nor_is_what_another_separator_makes_a_cell(text: str) -> None:
    raw = file_of([replace(USUAL, reason=text, text=f"well{text}")], Format.CSV).decode("utf-8-sig")
    for row in csv.reader(StringIO(raw, newline=""), delimiter=";"):
        assert not [cell for cell in row if bare(cell).startswith(FORMULA)], row
    for line in raw.splitlines():
        for cell in re.split(r"[;\t]", line):
            assert not bare(cell).startswith(FORMULA), line


def bare(cell: str) -> str:
    """What is left of it for a program that drops quotes and what cannot be seen."""
    return cell.strip().strip('"\u200b\ufeff').strip()


@given(any_case)
def test_no_cell_of_any_case_begins_like_a_formula(case: Case) -> None:
    raw = file_of([case], Format.CSV)
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = table([case])
    assert not [cell for cell in row.values() if cell.startswith(FORMULA)]


@given(st.lists(any_case, max_size=4))
def test_the_json_is_whole(cases: list[Case]) -> None:
    rows = json.loads(file_of(cases, Format.JSON))
    assert [row["number"] for row in rows] == [case.number for case in cases]
    for row, case in zip(rows, cases, strict=True):
        assert row["text"] == case.text
        assert len(row["hits"]) == len(case.hits)
        assert len(row["notes"]) == len(case.notes)


def test_ids_are_text_since_many_programs_round_them() -> None:
    (row,) = json.loads(file_of([replace(USUAL, user_id=1574494399243485191)], Format.JSON))
    assert row["member_id"] == "1574494399243485191"
    assert (row["by_id"], row["by_name"]) == (None, "the bot")


def test_an_erased_moderator_has_no_id() -> None:
    (row,) = json.loads(file_of([replace(USUAL, by=ERASED, undone_by=ERASED)], Format.JSON))
    assert (row["by_id"], row["undone_by_id"]) == (None, None)


def test_half_a_surrogate_pair_is_no_reason_to_fail() -> None:
    case = replace(USUAL, text="a \ud800")
    assert b"a ?" in file_of([case], Format.JSON)
    assert b"a ?" in file_of([case], Format.CSV)


def test_nothing_else_is_touched() -> None:
    assert [neutral(text) for text in ("", "idiot", "3 = 4", "é", "'=")] == [
        *("", "idiot", "3 = 4", "é", "'="),
    ]


def test_a_packed_file_unpacks() -> None:
    packed = zipped("cases.json", b"[]")
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert archive.read("cases.json") == b"[]"
