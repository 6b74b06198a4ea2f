"""The log: two forms, no secret in either, and no line that someone else can forge."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.logs import configure
from config.settings import Settings

TOKEN = "MTk4NjIy.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    names = ("nextcord", "aiohttp", "asyncio", "aiosqlite")
    before = root.level, root.handlers[:], {n: logging.getLogger(n).level for n in names}
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(False)


class Log:
    """Standard error while logging is configured by some settings."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
        self._stream = io.StringIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", self._stream)
            configure(Settings.load({"DISCORD_TOKEN": TOKEN} | variables, env_file=None))

    def lines(self) -> list[str]:
        text = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        return text.splitlines()

    def objects(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.lines()]


def test_a_line_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(monkeypatch)
    logging.getLogger("palisade.x").warning("deleted %d", 3, extra={"guild_id": 11})
    (line,) = log.lines()
    moment, rest = line.split("Z ", 1)
    assert len(moment) == len("2025-01-31 12:00:00.000")
    assert rest == "WARNING palisade.x: deleted 3 guild_id=11"


def test_a_line_for_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(monkeypatch, LOG_FORMAT="json")
    try:
        raise ValueError("bad\nnews")
    except ValueError:
        logging.getLogger("palisade.x").exception(
            "failed: %s", "é \ud83d", extra={"guild_id": 11, "level": "mine", "path": Path("a")}
        )
    (entry,) = log.objects()
    assert str(entry.pop("time")).endswith("Z")
    assert "ValueError: bad\nnews" in str(entry.pop("exception"))
    assert entry == {
        "level": "ERROR",
        "logger": "palisade.x",
        "message": "failed: é \ud83d",
        "guild_id": 11,
        "path": "a",
    }


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("place", ["message", "argument", "extra", "exception", "cause", "stack"])
def test_the_token_is_hidden_wherever_it_is(
    monkeypatch: pytest.MonkeyPatch, form: str, place: str
) -> None:
    log = Log(monkeypatch, LOG_FORMAT=form, LOG_LEVEL="DEBUG")
    logger = logging.getLogger("palisade.x")
    match place:
        case "message":
            logger.debug(f"Authorization: Bot {TOKEN}!")
        case "argument":
            logger.debug("sent %s", {"headers": [TOKEN]})
        case "extra":
            logger.debug("sent", extra={"header": TOKEN})
        case "exception" | "cause":
            try:
                try:
                    raise ValueError(TOKEN)
                except ValueError as error:
                    if place == "exception":
                        raise
                    raise RuntimeError("outer") from error
            except (ValueError, RuntimeError):
                logger.exception("failed")
        case "stack":
            logger.debug("here", stack_info=True)
            logger.debug("%s", TOKEN)
    written = "\n".join(log.lines())
    assert TOKEN not in written
    assert "[hidden]" in written


@pytest.mark.parametrize("form", ["text", "json"])
def test_tokens_of_webhooks_and_interactions_are_hidden(
    monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    log = Log(monkeypatch, LOG_FORMAT=form, DISCORD_TOKEN="")
    logging.getLogger("x").warning("POST https://a/api/v10/webhooks/12/aBc-d_e/messages/3 200")
    logging.getLogger("x").warning("POST https://a/api/v10/interactions/12/aBc.d=/callback")
    written = "\n".join(log.lines())
    assert "/webhooks/12/[hidden]/messages/3 200" in written
    assert "/interactions/12/[hidden]" in written
    assert "aBc" not in written


@given(st.text(st.characters()))
def test_whatever_is_said_is_one_line(said: str) -> None:
    for form in ("text", "json"):
        with pytest.MonkeyPatch.context() as monkeypatch:
            log = Log(monkeypatch, LOG_FORMAT=form)
            logging.getLogger("x").warning("%s", said, extra={"name_of": said})
            written = log._stream.getvalue()
        assert written.count("\n") == 1
        assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in written[:-1])


def test_an_exception_cannot_repaint_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(monkeypatch)
    try:
        raise ValueError("\x1b[2J\r")
    except ValueError:
        logging.getLogger("x").exception("failed")
    written = "\n".join(log.lines())
    assert "ValueError: \\x1b[2J\\r" in written


@pytest.mark.parametrize(
    ("level", "name", "at", "heard"),
    [
        ("INFO", "palisade", logging.INFO, True),
        ("INFO", "palisade", logging.DEBUG, False),
        ("ERROR", "palisade", logging.WARNING, False),
        ("INFO", "nextcord.gateway", logging.INFO, False),
        ("INFO", "nextcord.gateway", logging.WARNING, True),
        ("INFO", "aiohttp.access", logging.INFO, False),
        ("ERROR", "nextcord", logging.WARNING, False),
        ("ERROR", "aiosqlite", logging.WARNING, False),
        ("DEBUG", "nextcord.http", logging.DEBUG, True),
        ("DEBUG", "aiosqlite", logging.DEBUG, False),
    ],
)
def test_who_is_heard_at_which_level(
    monkeypatch: pytest.MonkeyPatch, level: str, name: str, at: int, heard: bool
) -> None:
    log = Log(monkeypatch, LOG_LEVEL=level)
    logging.getLogger(name).log(at, "something")
    assert bool(log.lines()) is heard


def test_configuring_again_replaces_and_leaves_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = logging.getLogger()
    others = root.handlers[:]
    first, second = Log(monkeypatch), Log(monkeypatch, LOG_FORMAT="json")
    logging.getLogger("x").warning("once")
    assert first.lines() == []
    assert len(second.objects()) == 1
    assert [handler for handler in root.handlers if handler in others] == others
    assert len(root.handlers) == len(others) + 1
