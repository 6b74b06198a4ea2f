"""The command line as a whole: the exit statuses that a caller can rely on, and the helps."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.main import parser
from cli.status import Exit
from tests.cli.commands import PROGRAM, ROOT, Shell, environment

COMMANDS = ["sandbox", "replay", "check", "words", "backup", "invite"]


@pytest.mark.parametrize(
    ("arguments", "variables", "status", "said"),
    [
        (["--nonsense"], {}, Exit.USAGE, "unrecognized arguments: --nonsense"),
        ([], {}, Exit.NO_TOKEN, "DISCORD_TOKEN: there is no token."),
        (
            [],
            {"DISCORD_TOKEN": "a.b.c", "DATABASE_PATH": "file/palisade.sqlite3"},
            Exit.DATABASE,
            "palisade.sqlite3",
        ),
        ([], {"DISCORD_TOKEN": "a.b.c", "LOG_LEVEL": "loud"}, Exit.USAGE, "LOG_LEVEL: "),
    ],
)
def test_trouble_has_its_status_and_a_sentence(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], status: Exit, said: str
) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=tmp_path,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    err = done.stderr.decode()
    assert (done.returncode, done.stdout) == (status, b"")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--nonsense", "--hel"])
def test_an_unknown_option_of_a_command(shell: Shell, command: str, option: str) -> None:
    status, out, err = shell.runs(command, option)
    assert (status, out) == (Exit.USAGE, "")
    assert "usage: bot.py" in err
    assert len(err.splitlines()) <= 4


def test_an_unknown_command_names_the_known(shell: Shell) -> None:
    status, out, err = shell.runs("nonsense")
    assert (status, out) == (Exit.USAGE, "")
    for command in COMMANDS:
        assert command in err


def test_the_help_names_every_command_and_status(shell: Shell) -> None:
    status, out, err = shell.runs("--help")
    assert (status, err) == (0, "")
    for command in COMMANDS:
        assert f"    {command} " in out
    told = out[out.index("exit status:") :]
    for number in Exit:
        assert f"{int(number)} " in told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(shell: Shell, command: str) -> None:
    status, out, err = shell.runs(command, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"usage: bot.py {command}")
    if command != "words":  # whose two commands have helps of their own
        assert "exit status: 0 " in out


@pytest.mark.parametrize("direction", ["import", "export"])
def test_both_directions_of_words_tell_their_statuses(shell: Shell, direction: str) -> None:
    status, out, _ = shell.runs("words", direction, "--help")
    assert status == 0
    assert "exit status: 0 done" in out


@pytest.mark.parametrize("command", ["check", "words", "backup"])
def test_a_short_command_does_without_the_library_for_discord(command: str) -> None:
    ask = f"import sys; from cli.main import parser; parser(['{command}']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, check=True)
    imported = done.stdout.decode().split()
    assert f"cli.{command}" in imported
    assert not {"nextcord", "aiohttp"} & set(imported)


def test_every_command_is_tested_here() -> None:
    actions = [action for action in parser()._actions if action.choices]
    assert [list(action.choices or ()) for action in actions] == [COMMANDS]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize(
    "arguments",
    [
        ["sandbox", "--demo"],
        ["replay", "chat"],
        ["replay", "--json", "chat"],
        ["check", "--words", "words", "chat"],
        ["check", "--words", "words", "--json", "chat"],
        ["words", "export", "--guild", "5", "-"],
        ["invite", "--application-id", "5"],
    ],
    ids=" ".join,
)
def test_a_full_disk_is_said(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "chat").write_text('{"author": "bob", "content": "a twit"}\n')
    (tmp_path / "words").write_text("twit\n")
    monkeypatch.setenv("DATABASE_PATH", "database.sqlite3")
    assert shell.runs("words", "import", "--guild", "5", "words")[0] == 0
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            cwd=tmp_path,
            env=environment(DATABASE_PATH="database.sqlite3"),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert done.returncode == Exit.FAILED
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="closes file descriptors")
@pytest.mark.parametrize(
    "arguments",
    [["sandbox"], ["check", "--words", "words"], ["invite", "--application-id", "5"]],
    ids=" ".join,
)
def test_a_standard_stream_may_be_closed(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "words").write_text("twit\n")
    # At the same time: most of each is the start of a process.
    with ThreadPoolExecutor() as pool:
        ended = pool.map(lambda closed: _ended_without(closed, arguments, tmp_path), range(3))
        assert dict(enumerate(ended)) == dict.fromkeys(range(3), (0, b""))


def _ended_without(closed: int, arguments: list[str], folder: Path) -> tuple[int, bytes]:
    """The exit status and the errors of a process without one of its three standard streams."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        preexec_fn=lambda: os.close(closed),
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["words", "export", "--guild", "5", "LONG"],
        ["words", "export", "--guild", "5", "--force", "LONG"],
        ["words", "import", "--guild", "5", "LONG"],
        ["backup", "LONG"],
        ["backup", "--force", "LONG"],
        ["check", "--words", "LONG", "words"],
        ["check", "--words", "words", "LONG"],
        ["replay", "LONG"],
        ["words", "export", "--guild", "5", "-", "DATABASE"],
        ["backup", "copy", "DATABASE"],
    ],
    ids=" ".join,
)
def test_a_name_that_no_file_can_have(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    long = "x" * 300
    Path("words").write_text("twit\n")
    monkeypatch.setenv("DATABASE_PATH", "database.sqlite3")
    assert shell.runs("words", "import", "--guild", "5", "words")[0] == 0
    status, said = {Exit.FAILED, Exit.USAGE}, long
    if arguments[-1] == "DATABASE":
        arguments = arguments[:-1]
        monkeypatch.setenv("DATABASE_PATH", long)
        status, said = {Exit.DATABASE}, "database"
    ended, out, err = shell.runs(*(long if word == "LONG" else word for word in arguments))
    assert ended in status
    assert out == ""
    assert said in err


def test_a_folder_is_no_target(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("words").write_text("twit\n")
    monkeypatch.setenv("DATABASE_PATH", "database.sqlite3")
    assert shell.runs("words", "import", "--guild", "5", "words")[0] == 0
    for command in (["words", "export", "--guild", "5"], ["backup"]):
        for force in ([], ["--force"]):
            status, _, err = shell.runs(*command, *force, ".")
            assert (status, err) == (Exit.USAGE, ".: this is a folder. Name a file in it.\n")
