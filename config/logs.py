"""The program's log: lines on standard error, for people or as JSON, and never a secret in it.

The formatters work on the finished line, so that the token is found wherever it came from: the
message, its arguments, an extra field, the text of an exception.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

from config.secret import Secret
from config.settings import LogFormat, Settings

HIDDEN = "[hidden]"

# Tells our handler from those that a test runner may have added.
_OURS = "palisade"

_STANDARD_FIELDS = frozenset(
    logging.LogRecord("", 0, "", 0, "", None, None).__dict__.keys()
    | {"message", "asctime", "taskName"}
)

# The last part of these addresses lets anyone who has it speak as the webhook or the answer.
_WEB_TOKENS = re.compile(r"(/(?:webhooks|interactions)/\d{1,20}/)[\w.-]+", re.ASCII)

# What someone is called may hold a line break or a terminal's escape sequence, which would
# forge a line of the log or repaint it. An exception's own line breaks and tabs are kept.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    0x0A: "\\n",
    0x0D: "\\r",
    0x09: "\\t",
}
_CONTROLS_IN_TRACEBACK = {
    code: text for code, text in _CONTROLS.items() if code not in (0x0A, 0x09)
}


def configure(settings: Settings) -> None:
    """Log to standard error as the settings say. May be called again; the last call counts.

    Nextcord and aiohttp are heard from WARNING up, unless everything is asked for (DEBUG).
    aiosqlite's tracing, which holds every entry of every list, is not shown even then.
    """
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if handler.name == _OURS:
            root.removeHandler(handler)
    ours = logging.StreamHandler(sys.stderr)
    ours.name = _OURS
    kind = _JsonFormatter if settings.log_format is LogFormat.JSON else _TextFormatter
    ours.setFormatter(kind(settings.token))
    root.addHandler(ours)
    root.setLevel(settings.log_level)
    debugging = root.level <= logging.DEBUG
    quiet = max(root.level, logging.WARNING)
    for name in ("nextcord", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.NOTSET if debugging else quiet)
    logging.getLogger("aiosqlite").setLevel(quiet)
    logging.captureWarnings(True)


class _Redactor:
    """Takes secrets out of a finished text."""

    def __init__(self, token: Secret | None) -> None:
        self._token = None if token is None else token.reveal()

    def clean(self, text: str) -> str:
        if self._token is not None:
            text = text.replace(self._token, HIDDEN)
        return _WEB_TOKENS.sub(rf"\1{HIDDEN}", text)


class _TextFormatter(logging.Formatter):
    """``2025-01-31 12:00:00.000Z INFO    palisade.store: opened path=... schema=1``"""

    def __init__(self, token: Secret | None) -> None:
        super().__init__()
        self._redactor = _Redactor(token)

    def format(self, record: logging.LogRecord) -> str:
        extra = "".join(f" {name}={value!s}" for name, value in _extra(record).items())
        said = f"{record.name}: {record.getMessage()}{extra}".translate(_CONTROLS)
        line = f"{_time(record, ' ')} {record.levelname:<8}{said}"
        if problem := _exception(record):
            line += "\n" + problem.translate(_CONTROLS_IN_TRACEBACK)
        return self._redactor.clean(line)


class _JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, the extra fields, exception."""

    def __init__(self, token: Secret | None) -> None:
        super().__init__()
        self._redactor = _Redactor(token)

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": _time(record, "T"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if problem := _exception(record):
            fields["exception"] = problem
        fields = fields | {k: v for k, v in _extra(record).items() if k not in fields}
        return self._redactor.clean(json.dumps(fields, default=str))


def _time(record: logging.LogRecord, between: str) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(between, "milliseconds").replace("+00:00", "Z")


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {k: v for k, v in record.__dict__.items() if k not in _STANDARD_FIELDS}


def _exception(record: logging.LogRecord) -> str:
    text = ""
    if record.exc_info and record.exc_info[1] is not None:
        text = "".join(traceback.format_exception(record.exc_info[1])).rstrip("\n")
    if record.stack_info:
        text = f"{text}\n{record.stack_info}".lstrip("\n")
    return text
