"""``replay``: a chat through the whole bot; what it says is what really happened."""

import asyncio
import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cli import playing
from cli.chats import ChatMessage, read_chat
from cli.local_bot import Running, ShowBroken
from cli.playing import People, Play
from cli.wordfiles import load_words
from moderation.matcher import compile_lists
from sandbox import LocalDiscord, Permissions
from tests.cli.commands import PROGRAM, ROOT, Shell, environment

DATA = ROOT / "tests" / "cli" / "data"
KEYS = ["n", "author", "content", "outcome", "hits", "latency_ms"]
WORDS = "numpty\ntwit\nfree*nitro\n*blockhead*\n/w[o0]mbat/\n"


@pytest.fixture(autouse=True)
def words(tmp_path: Path) -> Path:
    """A list of words in the folder that the shell is in."""
    path = tmp_path / "words.txt"
    path.write_text(WORDS, encoding="utf-8")
    return path


def written(folder: Path, *messages: dict[str, Any]) -> None:
    """A chat in a file."""
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    (folder / "chat").write_text(lines, encoding="utf-8")


def answers(shell: Shell, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
    """What --json writes to standard output, all of it."""
    ended, out, err = shell.runs("replay", "--json", *arguments)
    assert (ended, err) == (status, "")
    assert out.isascii()
    return [json.loads(line) for line in out.splitlines()]


def test_a_chat_of_json_lines(shell: Shell) -> None:
    found = answers(shell, "--words", "words.txt", str(DATA / "chat.jsonl"))
    assert all(list(answer) == KEYS for answer in found)
    assert [
        (a["n"], a["author"], a["outcome"], [h["entry"] for h in a["hits"]]) for a in found
    ] == [
        (1, "alice", "kept", []),
        (2, "bob", "deleted", ["numpty"]),
        (3, "bob", "deleted", ["free*nitro"]),
        (4, "jukebox", "kept", []),
        (5, "alice", "deleted", ["numpty", "numpty", "twit"]),
        (6, "alice", "kept", []),
        (7, "bob", "kept", []),
    ]
    assert found[1]["content"] == "You NUMPTY, it is noon"
    assert found[1]["hits"] == [
        {
            "entry": "numpty",
            "list": "main",
            "start": 4,
            "end": 10,
            "text": "NUMPTY",
            "undone": ["case"],
        }
    ]
    unsent = [answer["n"] for answer in found if answer["latency_ms"] is None]
    assert unsent == [6]
    assert all(answer["latency_ms"] > 0 for answer in found if answer["n"] not in unsent)


def test_an_export_of_discord_chat_exporter(shell: Shell) -> None:
    found = answers(shell, "--words", "words.txt", str(DATA / "export.json"))
    assert [(a["author"], a["outcome"]) for a in found] == [
        ("bob", "kept"),  # a notice, whose text nobody wrote
        ("bob", "deleted"),
        ("jukebox", "kept"),
        ("bob", "kept"),
    ]
    assert [a["latency_ms"] is None for a in found] == [True, False, False, True]


def test_an_export_on_one_line_is_the_same() -> None:
    export = json.loads((DATA / "export.json").read_text(encoding="utf-8"))
    one_line = Path("one-line.json")
    one_line.write_text(json.dumps(export), encoding="utf-8")
    assert read_chat(one_line) == read_chat(DATA / "export.json")


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in the folder, also without a shell."""
    monkeypatch.chdir(tmp_path)


def test_what_is_deleted_is_what_check_finds(shell: Shell, tmp_path: Path) -> None:
    """Many messages of many people at once, and not one mixed up with another."""
    sayings = ("calm seas", "you TWIT", "ｎｕｍｐｔｙ", "w0mbat")
    texts = [f"{number} {sayings[number * 7 % 4]} {number % 9}" for number in range(120)]
    written(
        tmp_path,
        *(
            {"author": f"p{n % 40}", "content": t, "channel": f"c{n % 5}"}
            for n, t in enumerate(texts)
        ),
    )
    given = load_words(Path("words.txt"), None)
    matcher = compile_lists({"main": given.banned})
    found = answers(shell, "--words", "words.txt", "chat")
    assert [answer["n"] for answer in found] == list(range(1, 121))
    for text, answer in zip(texts, found, strict=True):
        hits = [hit.as_json() for hit in matcher.detect(text).hits]
        assert (answer["content"], answer["hits"]) == (text, hits)
        assert answer["outcome"] == ("deleted" if hits else "kept")
    assert Counter(answer["outcome"] for answer in found) == {"deleted": 90, "kept": 30}


@pytest.mark.parametrize(
    ("content", "outcome", "start"),
    [
        (" ", "kept", None),
        ("x" * 6_000 + " numpty", "deleted", 6_001),
        ("\ud83d numpty \udc00", "deleted", 2),
        ("a\x00numpty\x1b[31m", "deleted", 2),
        ("🏴‍☠️ numpty", "deleted", 5),
        ("@everyone <@1> numpty", "deleted", 15),
        ("[bold]numpty[/bold]", "deleted", 6),
    ],
)
@pytest.mark.parametrize("options", [["--json"], []])
def test_odd_contents(
    shell: Shell,
    tmp_path: Path,
    content: str,
    outcome: str,
    start: int | None,
    options: list[str],
) -> None:
    odd = {"author": "\ud800 [red]\n\x1b[2J", "content": content, "channel": "\ud800 x"}
    written(tmp_path, odd, {"author": "", "content": "twit"})
    status, out, err = shell.runs("replay", *options, "--words", "words.txt", "chat")
    assert (status, err) == (0, "")
    assert "\x1b" not in out
    if options:
        first, second = (json.loads(line) for line in out.splitlines())
        assert (first["author"], first["content"]) == (odd["author"], content)
        assert (first["outcome"], [h["start"] for h in first["hits"]]) == (
            outcome,
            [] if start is None else [start],
        )
        assert second["outcome"] == "deleted"


def test_more_hits_than_are_explained_are_counted(shell: Shell, tmp_path: Path) -> None:
    written(tmp_path, {"author": "bob", "content": "twit " * 25})
    (answer,) = answers(shell, "--words", "words.txt", "chat")
    assert (len(answer["hits"]), answer["more"]) == (20, 5)


def test_allowed_phrases(shell: Shell, tmp_path: Path) -> None:
    Path("allow.txt").write_text("the twit\n")
    written(tmp_path, *({"author": "a", "content": c} for c in ("I am the twit", "a twit")))
    found = answers(shell, "--words", "words.txt", "--allow", "allow.txt", "chat")
    assert [answer["outcome"] for answer in found] == ["kept", "deleted"]


def test_without_words_the_starter_list_is_used_and_named(shell: Shell, tmp_path: Path) -> None:
    written(tmp_path, {"author": "a", "content": "what a dunderhead"})
    status, out, err = shell.runs("replay", "--json", "chat")
    assert (status, json.loads(out)["outcome"]) == (0, "deleted")
    assert "the starter list is used" in err
    assert "starter.txt" in err


def test_a_person_reads_it(shell: Shell) -> None:
    status, out, err = shell.runs("replay", "--words", "words.txt", str(DATA / "chat.jsonl"))
    assert (status, err) == (0, "")
    assert "     2  bob: You NUMPTY, it is noon\n" in out
    assert "deleted: “NUMPTY” is numpty, undone: case\n" in out
    assert "deleted: “numpty” is numpty; “twit” is twit\n" in out
    assert "Good morning" not in out
    joined = " ".join(out.split())
    assert "7 messages in" in joined
    assert "3 deleted, 4 kept (1 of bots, 1 without a text), 0 failed." in joined
    assert "2 numpty 1 " in joined
    assert "2 of 5 entries found nothing here." in joined


@pytest.mark.parametrize("options", [["--json"], []])
def test_a_deletion_that_fails_is_told_and_is_an_error(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    may = Permissions.VIEW_CHANNEL | Permissions.READ_MESSAGE_HISTORY
    monkeypatch.setattr("cli.replay.needed_permissions", lambda: may)
    written(tmp_path, *({"author": "a", "content": c} for c in ("fine", "a twit")))
    status, out, err = shell.runs("replay", *options, "--words", "words.txt", "chat")
    assert status == 1
    assert "Manage Messages" in err  # the bot's own log says what it lacks
    if options:
        found = [json.loads(line) for line in out.splitlines()]
        assert [answer["outcome"] for answer in found] == ["kept", "failed"]
        assert found[1]["hits"]
    else:
        assert "NOT DELETED" in out
        assert "1 failed" in out


CHATS = [
    # the file, what is said
    (b"", "chat: this file is empty."),
    (b"\n \n", "chat: this file is empty."),
    (b"hello\n", "chat:1: this line is not a JSON object"),
    (b'{"author": "a", "content": "b"}\n{"author": "a"', "chat:2: this line is not a JSON object"),
    (b'{"author": "a", "content": "b"}\n\n[]\n', "chat:3: this line is not a JSON object"),
    (b"[" * 100_000, "chat:1: this line is not a JSON object"),
    (b'{"author": "a"}\n', 'chat:1: there is no "content"'),
    (b'{"author": "a", "content": null}\n', 'chat:1: there is no "content"'),
    (b'{"content": "a"}\n', 'chat:1: there is no "author"'),
    (b'{"author": "a", "content": 5}\n', 'chat:1: "content" is not a text'),
    (b'{"author": {}, "content": "a"}\n', 'chat:1: "author" is not a text'),
    (b'{"author": "a", "content": "", "bot": 1}\n', 'chat:1: "bot" is not true or false'),
    (b'{"author": "a", "content": "", "channel": 1}\n', 'chat:1: "channel" is not a text'),
    (b'{"author": "a", "content": "", "timestamp": []}\n', '"timestamp" is not a text or a number'),
    (b'{"author": "a", "content": "\xff"}\n', "chat:1: this line is not UTF-8"),
    ('{"author": "a", "content": "b"}'.encode("utf-16"), "chat: this file is UTF-16"),
    (b'{\n  "messages": [\n    {"type', "chat:3: this is not JSON any more"),
    (b'{\n  "guild": {}\n}', 'chat: there is no "messages"'),
    (b'{"messages": {}}', 'chat: "messages" is not a list'),
    (b'{"messages": []}', "chat: there are no messages in this export"),
    (b'{"messages": [5]}', "chat: message 1: it is not an object"),
    (b'{"messages": [{"content": ""}]}', 'chat: message 1: there is no "author"'),
    (b'{"messages": [{"author": {"name": "a"}}]}', 'chat: message 1: there is no "content"'),
    (b'{"messages": [{"author": {}, "content": ""}]}', 'message 1, author: there is no "name"'),
    (b"{\n" + b'"a":{' * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("content", "said"), CHATS)
def test_a_chat_that_cannot_be_played_is_refused(
    shell: Shell, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "chat").write_bytes(content)
    status, out, err = shell.runs("replay", "--words", "words.txt", "--json", "chat")
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--words", "words.txt", "nowhere"], "nowhere: there is no such file."),
        (["--words", "words.txt", "."], ".: this is a folder."),
        (["--words", "nowhere", "chat"], "nowhere: there is no such file."),
        (["--words", "words.txt", "--allow", "nowhere", "chat"], "nowhere: there is no such file."),
        (["--words", "bad.txt", "chat"], "bad.txt:1: A star alone"),
        (["--words", "many.txt", "chat"], "A server can hold 3 entries. These are 4, 1 too many."),
        (["--word", "words.txt", "chat"], "--word"),
        (["--words", "words.txt"], "FILE"),
    ],
)
def test_wrong_usage(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.setattr("data.entries.MAX_ENTRIES", 3)
    written(tmp_path, {"author": "a", "content": "twit"})
    Path("bad.txt").write_text("*\n")
    Path("many.txt").write_text("one\ntwo\nthree\nfour\n")
    status, out, err = shell.runs("replay", "--json", *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("options", [["--json"], []])
def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path, options: list[str]) -> None:
    written(tmp_path, *({"author": "a", "content": f"twit {n}"} for n in range(3_000)))
    with subprocess.Popen(
        [*PROGRAM, "replay", "--words", "words.txt", *options, "chat"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as left:
        assert left.stdout is not None
        assert left.stderr is not None
        assert b"twit 0" in left.stdout.readline()
        left.stdout.close()
        assert left.stderr.read() == b""
        assert left.wait(timeout=20) == 0


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_a_bar_on_a_terminal_leaves_the_lines_alone(tmp_path: Path) -> None:
    """--json into a file while a person watches: the bar goes to the terminal, and only it."""
    written(tmp_path, *({"author": "a", "content": f"twit {n}"} for n in range(300)))
    here, there = os.openpty()
    try:
        done = subprocess.run(
            [*PROGRAM, "replay", "--words", "words.txt", "--json", "chat"],
            cwd=tmp_path,
            env=environment(TERM="xterm", COLUMNS="80"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=there,
            timeout=60,
            check=False,
        )
        os.close(there)
        watched = os.read(here, 65_536).decode()
    finally:
        os.close(here)
    assert done.returncode == 0
    assert [json.loads(line)["n"] for line in done.stdout.splitlines()] == list(range(1, 301))
    assert "Replaying" in watched
    assert "twit" not in watched


@pytest.mark.parametrize(
    ("ends", "said"),
    [(False, "message 1 is waiting"), (True, "The bot ended by itself: deaf")],
)
async def test_a_bot_that_does_nothing_is_not_waited_for_long(
    discord: LocalDiscord, monkeypatch: pytest.MonkeyPatch, ends: bool, said: str
) -> None:
    monkeypatch.setattr(playing, "STALL_SECONDS", 20.0 if ends else 0.05)
    chat = [ChatMessage("a", "hello")]
    guild = discord.add_guild("Deaf", owner=discord.add_user("owner"))

    async def deaf() -> None:
        if ends:
            raise RuntimeError("deaf")
        await asyncio.Event().wait()

    work = asyncio.create_task(deaf())
    play = Play(discord, People(discord, guild, chat), lambda _: None)
    with pytest.raises(ShowBroken, match=said):
        await asyncio.wait_for(play.feed(chat, Running(work)), 10)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
