"""Understanding what is typed into the sandbox: one line to one act, or a sentence that helps."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from cli.acts import Act, Edits, Place, Presses, Says, Somebody, TakesNick, Uses
from cli.files import explain_os_error
from moderation.errors import PalisadeError
from sandbox import App

_SAYS = re.compile(r"(?P<who>\S+?)(?:\s+#(?P<channel>\S*?))?\s*:(?P<text>.*)", re.DOTALL)
_SUBCOMMANDS = (1, 2)

UNKNOWN = 'That is not understood. Write "alice: hello", or help for all that can be typed.'


class Control(Enum):
    """Lines that are about the sandbox itself."""

    NOTHING = auto()
    HELP = auto()
    QUIT = auto()


class NotUnderstood(PalisadeError):
    """The line means nothing here. The text says what would."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What lines may name: people and webhooks, channels, and the commands by their path, each
    with its first option (its name and Discord's type), if it has one."""

    admin: str
    people: Sequence[str]
    speakers: Sequence[str]
    channels: Sequence[str]
    commands: Mapping[str, tuple[str, int] | None]


def commands_of(app: App) -> dict[str, tuple[str, int] | None]:
    """The slash commands that the bot has registered, for a vocabulary."""
    found: dict[str, tuple[str, int] | None] = {}

    def walk(path: str, node: Mapping[str, object]) -> None:
        listed = node.get("options")
        options = listed if isinstance(listed, list) else []
        branches = [option for option in options if option["type"] in _SUBCOMMANDS]
        for branch in branches:
            walk(f"{path} {branch['name']}", branch)
        if not branches:
            found[path] = (options[0]["name"], options[0]["type"]) if options else None

    for command in app.commands:
        if command["type"] == 1:
            walk(f"/{command['name']}", command)
    return dict(sorted(found.items()))


def understand(line: str, words: Vocabulary) -> Act | Control:
    """The act that a line means. Raises NotUnderstood."""
    line = line.strip()
    first, _, rest = line.partition(" ")
    match first.lower():
        case "":
            return Control.NOTHING
        case "help" | "?" if not rest:
            return Control.HELP
        case "quit" | "exit" if not rest:
            return Control.QUIT
        case "press" if rest.strip():
            return Presses(rest.strip().strip("[]"))
    if first.startswith("/"):
        return _command(words.admin, line, words)
    said = _SAYS.fullmatch(line)
    if said is not None:
        who = _named(said["who"], words.speakers)
        known = words.channels
        where = "general" if said["channel"] is None else _channel(said["channel"], known)
        return Says(who, _text(said["text"]), where)
    rest = rest.strip()
    if rest.startswith("/"):
        return _command(_named(first, words.people), rest, words)
    verb, _, more = rest.partition(" ")
    if verb == "nick":
        return TakesNick(_named(first, words.people), more.strip() or None)
    if rest.startswith("edits:"):
        return Edits(_named(first, words.speakers), _text(rest.removeprefix("edits:")))
    raise NotUnderstood(UNKNOWN)


def _command(who: str, line: str, words: Vocabulary) -> Uses:
    parts = line.split()
    for length in range(len(parts), 0, -1):
        path = " ".join(parts[:length])
        if path in words.commands:
            break
    else:
        offered = ", ".join(words.commands)
        raise NotUnderstood(f"There is no command {parts[0]} like this. There are: {offered}.")
    given = line.split(None, length)[length] if len(parts) > length else ""
    option = words.commands[path]
    if not given:
        return Uses(who, path)
    if option is None:
        raise NotUnderstood(f"{path} takes nothing after it.")
    name, kind = option
    given = given.removeprefix(f"{name}:").strip()
    return Uses(who, path, {name: _value(kind, given, words)})


def _value(kind: int, given: str, words: Vocabulary) -> object:
    """What was typed, as an option of this kind takes it (Discord, Application Command Option
    Type: 4 a number, 6 a user, 7 a channel, 11 a file)."""
    match kind:
        case 4:
            if not (given.isascii() and given.isdigit() and len(given) < 16):
                raise NotUnderstood(f"{given[:40]} is not a number.")
            return int(given)
        case 6:
            return Somebody(_named(given.removeprefix("@"), words.people))
        case 7:
            return Place(_channel(given.removeprefix("#"), words.channels))
        case 11:
            return _file(given)
    return given


def _file(name: str) -> tuple[str, bytes]:
    path = Path(name)
    try:
        return path.name, path.expanduser().read_bytes()
    except OSError as error:
        raise NotUnderstood(explain_os_error(path, error)) from None
    except (ValueError, RuntimeError):  # a NUL in it, or the home folder of nobody
        raise NotUnderstood(f"{name!r}: there is no such file.") from None


def _named(name: str, known: Sequence[str]) -> str:
    if name.lower() in known:
        return name.lower()
    raise NotUnderstood(f"There is nobody called {name} here. There are: {', '.join(known)}.")


def _channel(name: str, known: Sequence[str]) -> str:
    if name.lower() in known:
        return name.lower()
    raise NotUnderstood(f"There is no channel #{name}. There are: #{', #'.join(known)}.")


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise NotUnderstood("Write what is said after the colon.")
    return text
