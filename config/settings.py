"""What the operator decides before the start: the one reader of the environment.

``VARIABLES`` is the table of every setting; ``.env.example`` and the documents are tested
against it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from config import api_url, token
from config.environment import merged
from config.errors import SettingsError, TokenMissing
from config.secret import Secret

_PROJECT = Path(__file__).resolve().parent.parent

DEFAULT_DATABASE_PATH = Path("data/runtime/palisade.sqlite3")
"""Below the folder of bot.py, wherever the program is started from."""

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class LogFormat(StrEnum):
    """Lines for people, or one JSON object a line for machines."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting. ``default`` is None where the program has none."""

    name: str
    default: str | None
    description: str


VARIABLES = (
    Variable(
        token.VARIABLE,
        None,
        "The bot's token. Whoever has it is the bot: show it to nobody.",
    ),
    Variable(
        token.FILE_VARIABLE,
        None,
        "A file that holds the token, in place of DISCORD_TOKEN; for Docker's and systemd's "
        "secrets.",
    ),
    Variable(
        "DATABASE_PATH",
        DEFAULT_DATABASE_PATH.as_posix(),
        "The database file, on a local disk. The default is in the program's own folder; a "
        "relative path of yours is taken from the folder you start the program in.",
    ),
    Variable(
        "LOG_LEVEL",
        "INFO",
        f"How much is logged: {', '.join(LOG_LEVELS)}. DEBUG also shows what Discord sends, "
        "message text included.",
    ),
    Variable(
        "LOG_FORMAT",
        LogFormat.TEXT.value,
        "How it is logged: text for people, json for machines, one object a line.",
    ),
    Variable(
        api_url.VARIABLE,
        api_url.DEFAULT,
        "Discord's REST API, or a proxy or local Discord in its place. Plain http only to "
        "localhost or a private IP address.",
    ),
    Variable(
        "CATCH_UP_HOURS",
        "24",
        "How far back the bot reads what was said while it was away, in hours. 0 reads nothing.",
    ),
    Variable(
        "CATCH_UP_MESSAGES",
        "1000",
        "How many missed messages it reads at most in each channel.",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked.

    ``token`` is None where there is none or where it cannot be used; commands that need it call
    ``require_token``, which says why. ``database_path`` is absolute. ``discord_api_url`` includes
    the version and has no slash at its end.
    """

    token: Secret | None
    database_path: Path
    log_level: str
    log_format: LogFormat
    discord_api_url: str
    catch_up_hours: int = 24
    catch_up_messages: int = 1000
    token_problem: SettingsError | None = field(default=None, repr=False, compare=False)

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")
    ) -> Self:
        """The settings from ``environ`` (by default the process's own) and, for what it lacks,
        from ``env_file`` (by default ``.env`` in the working directory; None for no file).

        Raises SettingsError for the first setting that cannot be used. What is wrong with the
        token waits until somebody needs one.
        """
        variables = merged(os.environ if environ is None else environ, env_file)
        secret, problem = None, None
        try:
            secret = token.read(variables)
        except SettingsError as error:
            problem = error
        return cls(
            token=secret,
            database_path=_database_path(variables.get("DATABASE_PATH")),
            log_level=_choice(variables, "LOG_LEVEL", "INFO", LOG_LEVELS),
            log_format=LogFormat(_choice(variables, "LOG_FORMAT", "text", tuple(LogFormat))),
            discord_api_url=api_url.checked(variables.get(api_url.VARIABLE, api_url.DEFAULT)),
            catch_up_hours=_number(variables, "CATCH_UP_HOURS", 24, 24 * 14),
            catch_up_messages=_number(variables, "CATCH_UP_MESSAGES", 1000, 100_000),
            token_problem=problem,
        )

    def require_token(self) -> Secret:
        """The token. Raises TokenMissing, or SettingsError for one that cannot be used."""
        if self.token is None:
            raise self.token_problem or TokenMissing(token.VARIABLE, "there is no token.")
        return self.token


def _database_path(value: str | None) -> Path:
    if value is None:
        return _PROJECT / DEFAULT_DATABASE_PATH
    if "\0" in value:
        raise SettingsError("DATABASE_PATH", "there is a NUL character in the path.")
    if value.endswith(("/", os.sep)):
        raise SettingsError(
            "DATABASE_PATH", f"{value} is a folder. Add a file name, such as palisade.sqlite3."
        )
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError:
        raise SettingsError(
            "DATABASE_PATH", f"the home folder in {value} is not known; write the whole path."
        ) from None


def _number(variables: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = variables.get(name, str(default)).strip()
    if value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= most:
        return int(value)
    raise SettingsError(name, f"{value!r} is not a whole number from 0 to {most}.")


def _choice(variables: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = variables.get(name, default)
    for choice in choices:
        if value.lower() == choice.lower():
            return choice
    raise SettingsError(name, f"{value!r} is not one of {', '.join(choices)}.")
