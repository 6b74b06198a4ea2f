"""Understanding what is typed behind a command: its options, as Discord shows them in a message."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.acts import Named
from cli.files import explain_os_error
from moderation.errors import PalisadeError
from sandbox import App

SUBCOMMANDS = (1, 2)
_INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _MENTIONABLE, _ATTACHMENT = 4, 5, 6, 7, 8, 9, 11
_YES_OR_NO = {"true": True, "yes": True, "false": False, "no": False}


class NotUnderstood(PalisadeError):
    """What was typed means nothing here. The text says what would."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a command: Discord's number of its type, and where it has choices, what each is
    called, with its value."""

    name: str
    type: int
    choices: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What lines may name: people and webhooks, channels, roles, and the commands by their path,
    each with its options."""

    admin: str
    people: Sequence[str]
    speakers: Sequence[str]
    channels: Sequence[str]
    roles: Sequence[str]
    commands: Mapping[str, Sequence[Option]]
    menus: Sequence[str] = ()


def commands_of(app: App) -> dict[str, tuple[Option, ...]]:
    """The slash commands that the bot has registered, for a vocabulary."""
    found: dict[str, tuple[Option, ...]] = {}

    def walk(path: str, node: Mapping[str, object]) -> None:
        listed = node.get("options")
        options = listed if isinstance(listed, list) else []
        branches = [option for option in options if option["type"] in SUBCOMMANDS]
        for branch in branches:
            walk(f"{path} {branch['name']}", branch)
        if not branches:
            found[path] = tuple(map(_option, options))

    for command in app.commands:
        if command["type"] == 1:
            walk(f"/{command['name']}", command)
    return dict(sorted(found.items()))


def menus_of(app: App) -> list[str]:
    """The context menu commands that the bot has registered."""
    return sorted(command["name"] for command in app.commands if command["type"] != 1)


def split(given: str, names: Sequence[str]) -> dict[str, str]:
    """What was typed for each name: ``name: value`` as often as wanted. What stands before the
    first belongs to the first of the names. Raises NotUnderstood for a name given twice."""
    if not names:
        return {}
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    parts = re.split(rf"(?:^|(?<=\s))({'|'.join(longest_first)}):", given, flags=re.IGNORECASE)
    found: dict[str, str] = {}
    if parts[0].strip():
        found[names[0]] = parts[0].strip()
    by_name = {name.lower(): name for name in names}
    for typed, value in zip(parts[1::2], parts[2::2], strict=True):
        name = by_name[typed.lower()]
        if name in found:
            raise NotUnderstood(f"{name} is given twice.")
        found[name] = value.strip()
    return found


def options_from(given: str, options: Sequence[Option], words: Vocabulary) -> dict[str, object]:
    """The values of the options that were typed. Raises NotUnderstood."""
    known = {option.name: option for option in options}
    typed = split(given, list(known))
    return {name: _value(text, known[name], words) for name, text in typed.items()}


def several_of(text: str, labels: Sequence[str]) -> list[str]:
    """The labels that were typed, with commas between them; of each its beginning will do, if no
    other begins so. A label may hold commas itself. Raises NotUnderstood."""
    found: list[str] = []
    left = text.strip(" ,")
    while left:
        low = left.lower()
        whole = [label for label in labels if re.match(re.escape(label.lower()) + r"\s*(,|$)", low)]
        if whole:
            longest = max(whole, key=len)
            found.append(longest)
            left = left[len(longest) :].strip(" ,")
            continue
        piece, _, left = left.partition(",")
        begun = [label for label in labels if label.lower().startswith(piece.strip().lower())]
        found.append(begun[0] if len(begun) == 1 else one_of(piece.strip(), labels, "no choice"))
        left = left.strip(" ,")
    return found


def one_of(name: str, known: Sequence[str], what: str) -> str:
    """The known name that was typed in any case. Raises NotUnderstood; ``what`` is what there is
    not, as “nobody called”."""
    for one in known:
        if one.lower() == name.lower():
            return one
    raise NotUnderstood(f"There is {what} {name} here. There are: {', '.join(known)}.")


def somebody_or_somewhere(text: str, words: Vocabulary) -> Named:
    """What ``@somebody`` or ``#channel`` means, or either without its sign; a role is ``@role``."""
    if text.startswith("#"):
        return Named("#", one_of(text[1:], words.channels, "no channel"))
    bare = text.removeprefix("@")
    for sign, known in (("@", words.people), ("#", words.channels), ("&", words.roles)):
        if bare.lower() in map(str.lower, known):
            return Named(sign, one_of(bare, known, "nothing called"))
    everything = [*words.people, *words.roles]
    raise NotUnderstood(f"There is nobody called {bare} here. There are: {', '.join(everything)}.")


def _option(told: Mapping[str, object]) -> Option:
    choices = told.get("choices")
    listed = choices if isinstance(choices, list) else []
    return Option(
        str(told["name"]),
        int(str(told["type"])),
        tuple((str(choice["name"]), choice["value"]) for choice in listed),
    )


def _value(text: str, option: Option, words: Vocabulary) -> object:
    if not text:
        raise NotUnderstood(f"Write something behind {option.name}:")
    if option.choices:
        for label, value in option.choices:
            if text.lower() in (label.lower(), str(value).lower()):
                return value
        labels = ", ".join(label for label, _ in option.choices)
        raise NotUnderstood(f"{option.name}: is one of: {labels}; “{text}” is not.")
    match option.type:
        case kind if kind == _INTEGER:
            number = text.removeprefix("#")
            if not re.fullmatch(r"-?[0-9]{1,15}", number):
                raise NotUnderstood(f"{option.name}: is a whole number, which “{text}” is not.")
            return int(number)
        case kind if kind == _BOOLEAN:
            if (answer := _YES_OR_NO.get(text.lower())) is None:
                raise NotUnderstood(f"{option.name}: is yes or no, which “{text}” is not.")
            return answer
        case kind if kind == _CHANNEL:
            name = one_of(text.removeprefix("#"), words.channels, "no channel")
            return Named("#", name)
        case kind if kind == _USER:
            return Named("@", one_of(text.removeprefix("@"), words.people, "nobody called"))
        case kind if kind == _ROLE:
            return Named("&", one_of(text.removeprefix("@"), words.roles, "no role"))
        case kind if kind == _MENTIONABLE:
            return somebody_or_somewhere(text, words)
        case kind if kind == _ATTACHMENT:
            return _file(text)
    return text


def _file(name: str) -> tuple[str, bytes]:
    path = Path(name)
    try:
        return path.name, path.expanduser().read_bytes()
    except OSError as error:
        raise NotUnderstood(explain_os_error(path, error)) from None
    except (ValueError, RuntimeError):  # a NUL in it, or the home folder of nobody
        raise NotUnderstood(f"{name!r}: there is no such file.") from None
