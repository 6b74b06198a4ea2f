"""``words import | export``: through the command line, on real files."""

import asyncio
import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.main import main
from data.store import Store
from moderation.limits import MAX_ENTRIES
from moderation.records import OPERATOR
from moderation.words import export, parse_entry, parse_list
from tests.cli.commands import PROGRAM, environment

GUILD = "1100000000000000011"


class Operator:
    """Someone at a shell, in an empty folder, with a database that does not exist yet."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsysbinary: pytest.CaptureFixture[bytes],
        folder: Path,
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capture = capsysbinary
        self.folder = folder
        self.database = folder / "kept" / "palisade.sqlite3"
        monkeypatch.chdir(folder)
        monkeypatch.setenv("DATABASE_PATH", str(self.database))

    def runs(self, *arguments: str, typing: bytes = b"") -> tuple[int, str, str]:
        """The exit status and what was written to standard output and standard error."""
        with self._monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typing)))
            try:
                status = main(["words", *arguments])
            except SystemExit as error:
                status = int(error.code or 0)
        out, err = self._capture.readouterr()
        return status, out.decode(), err.decode()

    def imports(self, content: str | bytes, *options: str) -> tuple[int, str, str]:
        content = content.encode() if isinstance(content, str) else content
        (self.folder / "list.txt").write_bytes(content)
        return self.runs("import", "--guild", GUILD, *options, "list.txt")

    def exports(self, *options: str) -> tuple[int, str, str]:
        return self.runs("export", "--guild", GUILD, *options, "-")

    def stored(self) -> str:
        """What the server's main list holds."""

        async def read() -> str:
            store = await Store.open(self.database)
            try:
                return export((await store.words(int(GUILD))).lists["main"])
            finally:
                await store.close()

        return asyncio.run(read())

    def bot_was_in(self, *servers: int) -> None:
        """The bot ran, and was in these servers."""

        async def join() -> None:
            store = await Store.open(self.database)
            for guild_id in servers:
                await store.guild_joined(guild_id)
            await store.close()

        asyncio.run(join())


@pytest.fixture
def operator(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Operator:
    return Operator(monkeypatch, capsysbinary, tmp_path)


@contextlib.contextmanager
def somebody_holding(database: Path) -> Iterator[None]:
    with asyncio.Runner() as runner:
        store = runner.run(Store.open(database))
        try:
            yield
        finally:
            runner.run(store.close())


def test_a_list_goes_in_and_comes_out(operator: Operator) -> None:
    status, out, err = operator.imports("# mine\r\none\r\ntwo  words\nOne\n\nfree*nitro\n")
    assert (status, out) == (0, "")
    assert err == (
        f"3 entries were added to the list main of server {GUILD}; "
        "1 were there already or twice in the file.\n"
    )
    status, out, err = operator.exports()
    assert (status, out) == (0, "one\ntwo words\nfree*nitro\n")
    assert "3 entries were exported" in err


def test_importing_again_adds_only_what_is_new(operator: Operator) -> None:
    operator.imports("one\n")
    status, _, err = operator.imports("one\ntwo\n")
    assert status == 0
    assert err.startswith("1 entry was added")
    assert "1 were there already" in err
    assert operator.stored() == "one\ntwo\n"


def test_standard_streams_and_files_are_the_same(operator: Operator) -> None:
    text = '"Exact"\n/ab+c/\n\\#tag*\nбеда\n'
    status, _, _ = operator.runs(
        "import", "--guild", GUILD, "-", typing=b"\xef\xbb\xbf" + text.encode()
    )
    assert status == 0
    assert operator.runs("export", "--guild", GUILD, "out.txt")[0] == 0
    written = (operator.folder / "out.txt").read_text("utf-8")
    assert written == operator.exports()[1]
    assert parse_list(written).entries == parse_list(text).entries


def test_the_record_names_the_operator(operator: Operator) -> None:
    operator.imports("one\n")

    async def read() -> object:
        store = await Store.open(operator.database)
        try:
            (change,) = await store.changes(int(GUILD))
            return change.actor
        finally:
            await store.close()

    assert asyncio.run(read()) == OPERATOR


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"one\n*\n", "list.txt:2: "),
        (b"one\n/(broken/\n", "list.txt:2: "),
        (b"one\nb\x07ll\n", "list.txt:2: "),
        ("one\n".encode("utf-16"), "UTF-16"),
        (b"one\nb\xfcd\n", "list.txt:2: "),
        ("\n".join(f"word{n}" for n in range(MAX_ENTRIES + 1)).encode(), "50,001 entries"),
        (b"\n".join([b"*"] * 15), "5 more lines were refused"),
    ],
)
def test_a_file_that_cannot_be_taken_changes_nothing(
    operator: Operator, content: bytes, said: str
) -> None:
    operator.imports("before\n")
    status, out, err = operator.imports(content)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 12
    assert operator.stored() == "before\n"


def test_a_broken_standard_input_is_refused(operator: Operator) -> None:
    for typing, said in (
        (b"*\n", "standard input:1: "),
        (b"one\nd\xfcmm\n", "standard input:2: this line is not UTF-8"),
        ("one\n".encode("utf-16"), "standard input: this file is UTF-16"),
        ("one\n".encode("utf-16-le"), "standard input: this file is UTF-16"),
    ):
        status, _, err = operator.runs("import", "--guild", GUILD, "-", typing=typing)
        assert status == 2
        assert said in err
    assert not operator.database.exists()


def test_a_full_server_is_refused_with_the_numbers(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.entries.MAX_ENTRIES", 3)
    operator.imports("one\ntwo\n")
    status, _, err = operator.imports("two\nthree\nfour\n")
    assert status == 2
    assert "can hold 3 entries. This one has 2, and 2 more" in err
    assert operator.stored() == "one\ntwo\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "import | export"),
        (["move"], "move"),
        (["import", "list.txt"], "--guild"),
        (["import", "--guild", GUILD], "FILE"),
        (["import", "--guild", "general", "list.txt"], "is not a server's ID"),
        (["import", "--guild", "0", "list.txt"], "is not a server's ID"),
        (["import", "--guild", "-5", "list.txt"], "is not a server's ID"),
        (["import", "--guild", str(2**63), "list.txt"], "is not a server's ID"),
        (["import", "--guild", "1" * 5000, "list.txt"], "is not a server's ID"),
        (["import", "--guild", "١٢٣", "list.txt"], "is not a server's ID"),
        (["import", "--guild", GUILD, "--nonsense", "list.txt"], "--nonsense"),
        (["import", "--guild", GUILD, "--list", "scams", "list.txt"], "The lists are: main."),
        (["export", "--guild", GUILD, "--list", "scams", "-"], "The lists are: main."),
        (["import", "--guild", GUILD, "absent.txt"], "absent.txt: there is no such file"),
        (["import", "--guild", GUILD, "."], "this is a folder"),
        (["export", "--guild", GUILD, "list.txt"], "Use --force to overwrite it"),
    ],
)
def test_wrong_usage_is_explained(operator: Operator, arguments: list[str], said: str) -> None:
    operator.imports("before\n")
    status, out, err = operator.runs(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert operator.stored() == "before\n"


def test_an_export_overwrites_only_when_told_to(operator: Operator) -> None:
    operator.imports("one\n")
    target = operator.folder / "out.txt"
    target.write_text("precious")
    assert operator.runs("export", "--guild", GUILD, "out.txt")[0] == 2
    assert target.read_text() == "precious"
    assert operator.runs("export", "--guild", GUILD, "--force", "out.txt")[0] == 0
    assert target.read_text() == "one\n"
    assert operator.runs("export", "--guild", GUILD, "--force", "no/folder.txt")[0] == 1


def test_a_reader_that_leaves_early_is_no_error(operator: Operator) -> None:
    # More than a pipe holds.
    operator.imports(export([parse_entry(f"{'long' * 40}{n}") for n in range(1_000)]))
    with subprocess.Popen(
        [*PROGRAM, "words", "export", "--guild", GUILD, "-"],
        env=environment(DATABASE_PATH=str(operator.database)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as left:
        assert left.stdout is not None
        assert left.stderr is not None
        left.stdout.close()
        assert left.stderr.read() == b""
        assert left.wait(timeout=30) == 0


def test_while_the_bot_holds_the_database_both_ways_are_closed(operator: Operator) -> None:
    operator.imports("one\n")
    with somebody_holding(operator.database):
        for answer in (operator.imports("two\n"), operator.exports()):
            status, out, err = answer
            assert (status, out) == (7, "")
            assert f"in use by another process (id {os.getpid()})" in err
            assert "Stop it first" in err
    assert operator.stored() == "one\n"


def _no_database(_: Path) -> None:
    pass


def _not_a_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("something else entirely " * 50)


@pytest.mark.parametrize(
    ("make", "said"),
    [(_no_database, "There is no database"), (_not_a_database, "not an SQLite database")],
)
def test_trouble_with_the_database_has_its_status(
    operator: Operator, make: Callable[[Path], None], said: str
) -> None:
    make(operator.database)
    status, out, err = operator.exports()
    assert (status, out) == (6, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        (0, "It has none yet: a server is there once the bot has been in it."),
        (1, "It has these: 70."),
        (12, "It has these: 70, 71, 72, 73, 74, 75, 76, 77, 78, 79 and 2 more."),
    ],
)
def test_a_server_that_is_not_on_record_is_refused(
    operator: Operator, servers: int, said: str
) -> None:
    operator.bot_was_in(*range(70, 70 + servers))
    status, out, err = operator.exports()
    assert (status, out) == (2, "")
    assert err == f"The database {operator.database} has no server {GUILD}. {said}\n"


def test_settings_that_cannot_be_used_are_told(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    status, _, err = operator.imports("one\n")
    assert status == 2
    assert err.startswith("LOG_LEVEL: ")


def test_an_empty_list_exports_as_an_empty_file(operator: Operator) -> None:
    operator.bot_was_in(int(GUILD))
    assert operator.exports()[:2] == (0, "")


def test_a_list_of_the_largest_size_goes_in_and_comes_out(operator: Operator) -> None:
    entries = "".join(f"word{n}x\n" for n in range(MAX_ENTRIES))
    assert operator.imports(entries)[0] == 0
    assert operator.exports()[1] == entries
