"""``sandbox``: the conversation, its honesty about what did not happen, and typed lines."""

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from cli.acts import Expected, Joins, Presses, Reads, Says, Seen, TakesNick, Uses, What
from cli.conversation import CONVERSATION, KEPT, Scene, Step
from cli.presets import starter_words
from cli.sandbox_screen import Screen
from cli.sandbox_world import ADMIN, OTHER_BOT, PEOPLE, WEBHOOK
from moderation.matcher import Hit
from tests.cli.commands import PROGRAM, Shell, environment, files_in
from tests.cli.typed import TYPED

STEPS = [step for scene in CONVERSATION for step in scene.steps]
SECONDS = 30.0

# As a stranger's shell may have them: none of these is the sandbox's business.
HOSTILE = {
    "DISCORD_TOKEN": "not a token",
    "DATABASE_PATH": "/dev/null/nowhere",
    "DISCORD_API_URL": "nonsense",
    "LOG_LEVEL": "loud",
}


def test_the_demo_shows_everything_and_leaves_nothing(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    (home / ".env").write_text("this is not understood\n")
    before = files_in(home)
    done = subprocess.run(
        [*PROGRAM, "sandbox", "--demo"],
        cwd=home,
        env=environment(**HOSTILE, TMPDIR=str(temporary), PYTHONIOENCODING="utf-8"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    out = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"All {len(STEPS)} steps went as they should" in out
    assert "Your turn" not in out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert (files_in(home), list(temporary.iterdir())) == (before, [])
    for part in (
        "bob in #general: You numpty, that was yesterday\n      → deleted: “numpty” is numpty\n",
        "→ deleted: “DuNdErHeAd” is dunderhead*, undone: case\n",
        "→ deleted: “n**pty” is numpty, undone: masked letters\n",
        "→ deleted: “numpty” is numpty; and 1 message before it\n",
        "→ left alone: another bot wrote it\n",
        "→ nickname removed: “Numpty” is numpty",
        "→ answered: You need the permission Manage Server",
        "ada reads in #staff what the bot writes about dan\n      → it says: Case #",
        "[Not a violation] [Timeout] [Kick] [Ban] [Reason]\n",
        "→ answered: `keelhaul essay` is allowed from now on.",
        "State: undone by @Ada `ada`\n",
    ):
        assert part in out


def test_a_narrow_encoding_shows_what_it_can(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "sandbox"],
        cwd=tmp_path,
        env=environment(PYTHONIOENCODING="ascii"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"? deleted: ?numpty? is numpty" in done.stdout


def test_the_conversation_shows_what_it_must() -> None:
    assert len(STEPS) >= 25
    acts = [step.act for step in STEPS]
    known = {*PEOPLE, WEBHOOK, OTHER_BOT}
    assert {getattr(act, "who", None) for act in acts} - {None} <= known
    kinds = {type(act) for act in acts}
    assert {Says, TakesNick, Joins, Uses, Reads, Presses} <= kinds
    assert {act.who for act in acts if isinstance(act, Says)} >= {WEBHOOK, OTHER_BOT}
    assert {ADMIN, "bob"} <= {act.who for act in acts if isinstance(act, Uses)}
    outcomes = {step.expected.what for step in STEPS}
    assert outcomes >= {What.KEPT, What.DELETED, What.SKIPPED, What.NICK_REMOVED, What.NICK_SET}
    listed = {word.text for word in starter_words().banned}
    wanted = {step.expected.entry for step in STEPS} - {None, "slowpoke*", "keelhaul"}
    assert wanted <= listed


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.lower()))


def test_the_conversation_shows_disguises_undone_and_look_alikes_spared() -> None:
    undone = {name for step in STEPS for name in step.expected.undone}
    assert undone >= {
        "case",
        "compatibility forms",
        "composed forms",
        "digits for letters",
        "encoded characters",
        "fancy letters",
        "invisible characters",
        "look-alikes",
        "markup",
        "masked letters",
        "repeated letters",
        "separators between letters",
        "symbols for letters",
        "upside-down letters",
    }
    [innocent] = [scene for scene in CONVERSATION if scene.title == "Innocent look-alikes"]
    assert {step.expected for step in innocent.steps} == {KEPT}
    banned = [_letters(word.text) for word in starter_words().banned]
    for step in innocent.steps:
        assert isinstance(step.act, Says)
        assert any(letters in _letters(step.act.text) for letters in banned), step.act


def scene(*steps: Step) -> tuple[Scene, ...]:
    return (Scene("A test", steps),)


@pytest.mark.parametrize(
    "step",
    [
        Step(Says("bob", "a twit"), KEPT),
        Step(Says("bob", "fine"), Expected(What.DELETED, "twit")),
        Step(Says("bob", "a TWIT"), Expected(What.DELETED, "numpty")),
        Step(Says("bob", "a twit"), Expected(What.DELETED, "twit", ("case",))),
        Step(TakesNick("bob", "Bob"), Expected(What.NICK_REMOVED)),
        Step(Joins("twit"), Expected(What.NAME_KEPT)),
        Step(Uses("ada", "/words add", {"entry": "x"}), Expected(What.ANSWERED, says="Removed")),
        Step(Says("bob", "hello", "staff"), KEPT),
        Step(Uses("bob", "/status"), Expected(What.ANSWERED)),
    ],
)
def test_what_did_not_happen_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    good = Step(Says("alice", "hello"), KEPT)
    monkeypatch.setattr("cli.sandbox.CONVERSATION", scene(good, step, good))
    status, out, err = shell.runs("sandbox", "--demo")
    assert (status, err) == (1, "")
    assert "1 of 3 steps did not go as they should: 2." in out


@pytest.mark.parametrize(
    ("expected", "seen", "met"),
    [
        (KEPT, Seen(What.KEPT), True),
        (KEPT, Seen(What.SKIPPED), False),
        (Expected(What.ANSWERED, says="ok"), Seen(What.ANSWERED, "all ok"), True),
        (Expected(What.ANSWERED, says="ok"), Seen(What.ANSWERED, "no"), False),
        (
            Expected(What.DELETED, "a*"),
            Seen(What.DELETED, hits=(Hit("a*", "", 0, 0, "", ()),)),
            True,
        ),
        (
            Expected(What.DELETED, "a"),
            Seen(What.DELETED, hits=(Hit("a*", "", 0, 0, "", ()),)),
            False,
        ),
        (
            Expected(What.DELETED, "a", ("case",)),
            Seen(What.DELETED, hits=(Hit("a", "", 0, 0, "", ("case", "marks")),)),
            True,
        ),
        (
            Expected(What.DELETED, "a", ("case",)),
            Seen(What.DELETED, hits=(Hit("a", "", 0, 0, "", ("marks",)),)),
            False,
        ),
    ],
)
def test_expectations(expected: Expected, seen: Seen, met: bool) -> None:
    assert expected.met_by(seen) is met


def test_a_port_in_use_is_said(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = shell.runs("sandbox", "--demo", "--port", str(port))
    assert (status, out) == (7, "")
    assert err == (
        f"The port {port} of 127.0.0.1 is used by another program. "
        "Choose another with --port, or leave it out.\n"
    )


def test_a_port_of_ones_own(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.sandbox.CONVERSATION", scene(Step(Says("bob", "a twit"), KEPT)))
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        port = chosen.getsockname()[1]
    _, out, _ = shell.runs("sandbox", "--port", str(port))
    assert f"http://127.0.0.1:{port}/api/v10" in out


@pytest.mark.parametrize("port", ["-1", "65536", "http", "", "1" * 5_000, "١"])
def test_what_is_no_port(shell: Shell, port: str) -> None:
    status, out, err = shell.runs("sandbox", f"--port={port}")
    assert (status, out) == (2, "")
    assert "is not a port, which is 0 to 65535" in err


class Terminal:
    """A pseudo-terminal with the sandbox in it."""

    def __init__(self, folder: Path) -> None:
        self._here, there = os.openpty()
        self.process = subprocess.Popen(
            [*PROGRAM, "sandbox"],
            cwd=folder,
            env=environment(TERM="dumb", COLUMNS="80", TMPDIR=str(folder)),
            stdin=there,
            stdout=there,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # Ctrl-C is ignored in what a shell runs in the background, and in its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        os.close(there)

    def until(self, mark: str | None) -> str:
        """All that is shown until a mark is, or until the end."""
        shown, deadline = "", time.monotonic() + SECONDS
        while mark is None or not shown.endswith(mark):
            left = deadline - time.monotonic()
            readable, _, _ = select.select([self._here], [], [], max(0.0, left))
            assert readable, f"{mark!r} was not shown: {shown}"
            try:
                data = os.read(self._here, 65_536)
            except OSError:  # the other side is gone
                break
            if not data:
                break
            shown += data.decode(errors="replace").replace("\r\n", "\n")
        return shown

    def answers(self, line: str) -> str:
        """Type a line; what is shown until the next one may be typed."""
        os.write(self._here, f"{line}\n".encode())
        shown = self.until("\n> ")
        return shown.removeprefix(f"{line}\n").removesuffix("> ")

    def types(self, text: bytes) -> None:
        """Type without waiting for anything."""
        os.write(self._here, text)

    def ends(self) -> tuple[int, bytes]:
        """The exit status and standard error."""
        _, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, err

    def close(self) -> None:
        """Whatever happened, nothing stays behind."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.communicate()
        os.close(self._here)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The sandbox on a terminal, before its first line."""
    if not hasattr(os, "openpty"):
        pytest.skip("this system has no pseudo-terminals")
    terminal = Terminal(tmp_path)
    try:
        yield terminal
    finally:
        terminal.close()


def test_typed_lines(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("one\ntwo\n")
    shown = terminal.until("\n> ")
    assert "All " in shown
    assert "Your turn:" in shown
    for line, answer in TYPED:
        told = terminal.answers(line)
        assert answer in re.sub(r"\s+", " ", told), line
        assert max(map(len, told.splitlines()), default=0) <= 80
    terminal.types(b"quit\n")
    terminal.until(None)
    status, err = terminal.ends()
    assert (status, err) == (0, b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt"]


def test_colours_say_how_it_went_and_nothing_else_is_dim(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    screen = Screen(Console(force_terminal=True, color_system="standard", width=80))
    screen.act(Says("bob", "hello"), 7)
    screen.seen(Seen(What.KEPT))
    screen.seen(Seen(What.FORM, "a title"))
    screen.seen(Seen(What.DELETED, "why"))
    shown = capsys.readouterr().out.splitlines()
    assert shown == [
        "\x1b[2m  7.  \x1b[0mbob in #general: hello",
        "\x1b[2m      \x1b[0m\x1b[1;32m→ kept\x1b[0m",
        "\x1b[2m      \x1b[0m\x1b[1;36m→ a form opened\x1b[0m: a title",
        "\x1b[2m      \x1b[0m\x1b[1;31m→ deleted\x1b[0m: why",
    ]


@pytest.mark.parametrize("how", ["end of file", "Ctrl-C", "SIGTERM"])
def test_other_ways_to_end(terminal: Terminal, tmp_path: Path, how: str) -> None:
    terminal.until("\n> ")
    if how == "end of file":
        terminal.types(b"\x04")
    else:
        terminal.process.send_signal(signal.SIGINT if how == "Ctrl-C" else signal.SIGTERM)
    shown = terminal.until(None)
    assert terminal.ends() == (0, b"")
    assert shown.strip("\n^C") == ""
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_early_ends_it_quietly(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "sandbox"],
        cwd=tmp_path,
        env=environment(PYTHONIOENCODING="utf-8", TMPDIR=str(tmp_path)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as left:
        assert left.stdout is not None
        assert left.stderr is not None
        left.stdout.close()
        assert left.stderr.read() == b""
        assert left.wait(timeout=SECONDS) == 1
    assert list(tmp_path.iterdir()) == []
