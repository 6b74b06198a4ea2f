"""`check`: from files and standard input to answers, and every way in which that can go wrong."""

import argparse
import codecs
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli import check
from moderation.limits import MAX_ENTRIES

ROOT = Path(__file__).parents[2]
DRIVER = """
import argparse, sys
from cli import check
parser = argparse.ArgumentParser()
check.add_parser(parser.add_subparsers(required=True))
args = parser.parse_args()
sys.exit(args.handler(args))
"""

type Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, so that files can be named shortly."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("idiot*\nfree*nitro\nдурак\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process: status, standard output, standard error."""
    parser = argparse.ArgumentParser()
    check.add_parser(parser.add_subparsers(required=True))

    def run_command(*words: str) -> tuple[int, str, str]:
        args = parser.parse_args(["check", *words])
        status: int = args.handler(args)
        written = capsys.readouterr()
        return status, written.out, written.err

    return run_command


def answers(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def process(*words: str, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, "check", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_one_answer_a_message(folder: Path, run: Run) -> None:
    (folder / "chat").write_text("hello\nyou IDIOTS\n\nДурак, free  nitro", encoding="utf-8")
    status, out, err = run("--words", "words.txt", "--json", "chat")
    assert (status, err) == (0, "")
    found = answers(out)
    assert [answer["n"] for answer in found] == [1, 2, 3, 4]
    assert found[0] == {"n": 1, "hits": []}
    assert found[1]["hits"] == [
        {
            "entry": "idiot*",
            "list": "main",
            "start": 4,
            "end": 9,
            "text": "IDIOT",
            "undone": ["case"],
        }
    ]
    assert found[2] == {"n": 3, "hits": []}
    assert [hit["entry"] for hit in found[3]["hits"]] == ["дурак", "free*nitro"]
    assert out.isascii()


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"idiot", ["idiot"]),
        (b"idiot\n", ["idiot"]),
        (b"idiot\n\n", ["idiot", ""]),
        (b"idiot\r\nx", ["idiot", ""]),
        (b"idiot\x0bx\xe2\x80\xa8x", ["idiot"]),
        (codecs.BOM_UTF8 + b"idiot", ["idiot"]),
        (b"\xffidiot", ["idiot"]),
        (b"a\x00idiot", ["idiot"]),
    ],
)
def test_lines(folder: Path, run: Run, content: bytes, texts: list[str]) -> None:
    (folder / "words.txt").write_text("*idiot*\n")
    (folder / "chat").write_bytes(content)
    status, out, _ = run("--words", "words.txt", "--json", "chat")
    assert status == 0
    assert ["".join(hit["text"] for hit in a["hits"]) for a in answers(out)] == texts


def test_more_hits_than_are_explained_are_counted(folder: Path, run: Run) -> None:
    (folder / "chat").write_text("idiot " * 30)
    _, out, _ = run("--words", "words.txt", "--json", "chat")
    (answer,) = answers(out)
    assert (len(answer["hits"]), answer["more"]) == (20, 10)


def test_allowed_phrases(folder: Path, run: Run) -> None:
    (folder / "allow.txt").write_text("# a novel\nthe idiot\n")
    (folder / "chat").write_text("I read The Idiot, idiot")
    _, out, _ = run("--words", "words.txt", "--allow", "allow.txt", "--json", "chat")
    assert [hit["start"] for hit in answers(out)[0]["hits"]] == [18]


def test_json_lines(folder: Path, run: Run) -> None:
    (folder / "chat").write_text('{"text": "an\\nidiot", "more": 1}\n{"text": "\\ud83d idiot"}\n')
    status, out, _ = run("--words", "words.txt", "--json", "--jsonl", "chat")
    assert status == 0
    assert [answer["hits"][0]["start"] for answer in answers(out)] == [3, 2]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("idiot", "Line 2 is not JSON"),
        ("", "Line 2 is not JSON"),
        ("[" * 100_000, "Line 2 is not JSON"),
        ('{"content": "idiot"}', 'Line 2 has no "text"'),
        ('{"text": 5}', 'Line 2 has no "text"'),
        ('["text"]', 'Line 2 has no "text"'),
    ],
)
def test_a_bad_json_line_ends_it(folder: Path, run: Run, line: str, reason: str) -> None:
    (folder / "chat").write_text(f'{{"text": "idiot"}}\n{line}\n{{"text": "idiot"}}\n')
    status, out, err = run("--words", "words.txt", "--json", "--jsonl", "chat")
    assert status == 2
    assert [answer["n"] for answer in answers(out)] == [1]
    assert reason in err


def test_a_person_reads_it(folder: Path, run: Run) -> None:
    (folder / "chat").write_text(
        "all [bold]good[/bold]\nyou \x1b[31m IDIOTS [red]\nbye\n" + "idiot " * 21, encoding="utf-8"
    )
    status, out, _ = run("--words", "words.txt", "chat")
    assert status == 0
    assert "good" not in out
    assert "\x1b[31m" not in out
    assert "you \ufffd[31m IDIOTS [red]" in out
    assert "“IDIOT” at 10-15 is idiot*, undone: case" in out
    assert "and 1 more" in out
    assert out.rstrip().endswith("4 messages, 2 with hits; 3 entries.")


def test_the_line_ends_of_windows_are_not_shown(folder: Path, run: Run) -> None:
    (folder / "chat").write_bytes(b"you idiot\r\n")
    _, out, _ = run("--words", "words.txt", "chat")
    assert "     1  you idiot\n" in out


REFUSED_WORDS = [
    # content of the word file, what is said
    (b"fine\nf*ck\n*\n", ["words.txt:2: A star inside", "words.txt:3: A star alone"]),
    (b"*\n" * 12, ["words.txt:10: ", "words.txt: 2 more lines were refused."]),
    ("idiot\n".encode("utf-16"), ["words.txt: this file is UTF-16. Save it as UTF-8."]),
    ("idiot\n".encode("utf-16-le"), ["words.txt: this file is UTF-16. Save it as UTF-8."]),
    (b"fine\nd\xfcmm\n", ["words.txt:2: this line is not UTF-8. Save the file as UTF-8."]),
    (b"fine\nbe\x07ll\n", ["words.txt:2: It holds a character", "(be\\x07ll)"]),
    (b"fine\n" + b"x" * 5_000, ["words.txt:2: It has 5,000 characters, at most 200", "…)"]),
    (b"/(?=x)/", ["words.txt:1: The regular expression cannot be used. Lookahead"]),
    (b"/(a?){500}a{500}/", ["words.txt:1: The regular expression is too large"]),
]


@pytest.mark.parametrize(("content", "said"), REFUSED_WORDS)
@pytest.mark.parametrize("option", ["--words", "--allow"])
def test_a_word_file_with_refused_lines_checks_nothing(
    folder: Path, run: Run, option: str, content: bytes, said: list[str]
) -> None:
    if option == "--allow" and content.startswith(b"/"):
        said = ["words.txt:1: An allowed phrase cannot be a regular expression."]
    (folder / "fine.txt").write_text("idiot\n")
    (folder / "words.txt").write_bytes(content)
    (folder / "chat").write_text("idiot\n")
    words = ["--words", "words.txt"]
    if option == "--allow":
        words = ["--words", "fine.txt", "--allow", "words.txt"]
    status, out, err = run(*words, "--json", "chat")
    assert (status, out) == (2, "")
    for sentence in said:
        assert sentence in err
    assert len(err.splitlines()) <= 11


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--words", "nowhere.txt", "chat"], "nowhere.txt: there is no such file."),
        (["--words", ".", "chat"], ".: this is a folder."),
        (["--words", "words.txt", "nowhere"], "nowhere: there is no such file."),
        (["--words", "words.txt", "."], ".: this is a folder."),
        (["--words", "words.txt", "--allow", "nowhere.txt", "chat"], "nowhere.txt: there is no"),
        (["--words", "words.txt", "utf16"], "The messages are UTF-16. Save them as UTF-8."),
    ],
)
def test_files_that_cannot_be_read(folder: Path, run: Run, words: list[str], said: str) -> None:
    (folder / "chat").write_text("idiot\n")
    (folder / "utf16").write_text("idiot\n", encoding="utf-16")
    status, out, err = run(*words, "--json")
    assert (status, out) == (2, "")
    assert err.startswith(said)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("words", [["chat"], ["--words", "words.txt", "--unknown"], ["a", "b"]])
def test_wrong_usage(run: Run, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*words)
    assert ended.value.code == 2


def test_more_lines_than_a_server_may_have(folder: Path, run: Run) -> None:
    lines = MAX_ENTRIES + 1
    (folder / "words.txt").write_text("".join(f"word{number}\n" for number in range(lines)))
    (folder / "chat").write_text(f"Word{lines - 1} word{lines}\n")
    status, out, _ = run("--words", "words.txt", "--json", "chat")
    assert status == 0
    assert [hit["entry"] for hit in answers(out)[0]["hits"]] == ["word50000"]


@pytest.mark.parametrize("words", [[], ["-"]])
def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"fine\nidiot")))
    status, out, _ = run("--words", "words.txt", "--json", *words)
    assert status == 0
    assert [len(answer["hits"]) for answer in answers(out)] == [0, 1]


def test_another_program_may_ask_line_by_line(folder: Path) -> None:
    with process("--words", "words.txt", "--json", folder=folder) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        for number, (line, hits) in enumerate([(b"idiot\n", 1), (b"fine\n", 0)], 1):
            asked.stdin.write(line)
            asked.stdin.flush()
            answer = json.loads(asked.stdout.readline())
            assert (answer["n"], len(answer["hits"])) == (number, hits)
        asked.stdin.close()
        assert asked.wait(timeout=20) == 0


@pytest.mark.parametrize("options", [["--json"], []])
def test_a_reader_that_leaves_early_is_no_error(folder: Path, options: list[str]) -> None:
    (folder / "chat").write_text("idiot\n" * 20_000)
    with process("--words", "words.txt", *options, "chat", folder=folder) as left:
        assert left.stdout is not None
        assert left.stderr is not None
        assert left.stdout.readline()
        left.stdout.close()
        assert left.stderr.read() == b""
        assert left.wait(timeout=20) == 0
