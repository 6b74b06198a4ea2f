"""Understanding what is typed into the sandbox: one line to one act, or a sentence that helps.

What the demo prints can be typed as well: ``bob in #general: hello``, ``ada uses /status``.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto

from cli.acts import Act, Chooses, Edits, FillsIn, Presses, Says, TakesNick, Uses, UsesOn
from cli.typed_options import NotUnderstood, Vocabulary, one_of, options_from

_SAYS = re.compile(r"(?P<who>\S+?)(?:\s+(?:in\s+)?#(?P<channel>\S*?))?\s*:(?P<text>.*)", re.DOTALL)
_EDITS = re.compile(r"edits(?: that to)?:(?P<text>.*)", re.DOTALL)
_NICK = re.compile(r"(?:nick(?:\s|$)|takes the nickname:)(?P<nick>.*)", re.DOTALL)
_USES = re.compile(r"uses\s+(?P<what>.*)", re.DOTALL)
_ON = re.compile(r"(?P<menu>.+?)\s+on\s+(?P<whom>\S+)", re.DOTALL)

UNKNOWN = 'That is not understood. Write "alice: hello", or help for all that can be typed.'


class Control(Enum):
    """Lines that are about the sandbox itself."""

    NOTHING = auto()
    HELP = auto()
    QUIT = auto()


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
        case "press" | "presses" if rest.strip():
            return Presses(rest.strip().strip("[]"))
        case "choose" if rest.strip():
            return Chooses(rest.strip())
        case "fill" if rest.strip():
            return FillsIn(rest.strip())
    if first.startswith("/"):
        return _command(words.admin, line, words)
    said = _SAYS.fullmatch(line)
    if said is not None:
        who = _named(said["who"], words.speakers)
        where = "general"
        if said["channel"] is not None:
            where = one_of(said["channel"], words.channels, "no channel")
        return Says(who, _text(said["text"]), where)
    rest = rest.strip()
    used = _USES.fullmatch(rest)
    uses = used["what"] if used else rest
    if uses.startswith("/"):
        return _command(_named(first, words.people), uses, words)
    if used is not None and (used := _ON.fullmatch(uses)) is not None:
        menu = one_of(used["menu"], words.menus, "no menu")
        whom = one_of(used["whom"].removeprefix("@"), words.speakers, "nobody called")
        return UsesOn(_named(first, words.people), menu, whom)
    if (taken := _NICK.match(rest)) is not None:
        return TakesNick(_named(first, words.people), taken["nick"].strip() or None)
    if (edited := _EDITS.fullmatch(rest)) is not None:
        return Edits(_named(first, words.speakers), _text(edited["text"]))
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
    options = words.commands[path]
    if not given:
        return Uses(who, path)
    if not options:
        raise NotUnderstood(f"{path} takes nothing after it.")
    return Uses(who, path, options_from(given, options, words))


def _named(name: str, known: Sequence[str]) -> str:
    return one_of(name, known, "nobody called")


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise NotUnderstood("Write what is said after the colon.")
    return text
