"""The command line as a whole: the exit statuses that a caller can rely on, and the helps."""

import subprocess
from pathlib import Path

import pytest

from cli.main import parser
from cli.status import Exit
from tests.cli.commands import PROGRAM, Shell, environment

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


def test_every_command_is_tested_here() -> None:
    actions = [action for action in parser()._actions if action.choices]
    assert [list(action.choices or ()) for action in actions] == [COMMANDS]
