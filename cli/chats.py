"""Reading the chat that `replay` plays: JSON lines, or the JSON export of DiscordChatExporter."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from cli.files import FileRefused, read_utf8

MAX_BYTES = 1 << 30
"""A chat is held in memory as a whole, several times over."""

EXAMPLE = '{"author": "alice", "content": "hello"}'

_NOTICES = frozenset(
    {
        "RecipientAdd",
        "RecipientRemove",
        "Call",
        "ChannelNameChange",
        "ChannelIconChange",
        "ChannelPinnedMessage",
        "GuildMemberJoin",
        "ThreadCreated",
        *map(str, range(8, 18)),
    }
)
"""Types of messages whose text the exporter made up, since Discord's own client does
(DiscordChatExporter, MessageKind and JsonMessageWriter: types 1 to 18, by name or by number)."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat. ``author_key`` tells authors of the same name apart; ``channel`` is
    None where the chat does not say. A ``notice`` is Discord's own text, written by nobody."""

    author: str
    content: str
    channel: str | None = None
    is_bot: bool = False
    author_key: str = ""
    notice: bool = False

    @property
    def is_said(self) -> bool:
        """Whether there is a text that somebody wrote."""
        return bool(self.content) and not self.notice


def read_chat(path: Path) -> list[ChatMessage]:
    """Every message, in the order of the file; empty lines are passed over. Raises
    FileRefused."""
    text = read_utf8(path, MAX_BYTES, "this file is larger than 1 GiB. Split it.")
    lines = text.split("\n")
    first = next((line.strip() for line in lines if line.strip()), None)
    if first is None:
        raise FileRefused(f"{path}: this file is empty. Each line is an object such as {EXAMPLE}")
    if _is_export(first):
        return _from_export(path, text)
    return [
        _from_line(f"{path}:{number}", line)
        for number, line in enumerate(lines, 1)
        if line and not line.isspace()
    ]


def _is_export(first: str) -> bool:
    """Whether the first line begins an export: the exporter writes an object over many lines,
    other tools put it into one."""
    if first == "{":
        return True
    value = _loads(first)
    return isinstance(value, dict) and "messages" in value and "content" not in value


def _loads(text: str) -> Any:
    """The value, or None for what is not JSON; nobody's chat is a null."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _from_line(place: str, line: str) -> ChatMessage:
    value = _loads(line)
    if not isinstance(value, dict):
        _refuse(place, f"this line is not a JSON object. Write it like {EXAMPLE}")
    message = ChatMessage(
        author=_field(place, value, "author", str),
        content=_field(place, value, "content", str),
        channel=_field(place, value, "channel", str, None),
        is_bot=_field(place, value, "bot", bool, False),
    )
    _field(place, value, "timestamp", (str, int, float), None)
    return message


def _from_export(path: Path, text: str) -> list[ChatMessage]:
    try:
        export = json.loads(text)
    except RecursionError:
        raise FileRefused(f"{path}: this JSON is nested too deeply to be a chat.") from None
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise FileRefused(
            f"{path}:{line}: this is not JSON any more. Is the export complete? A chat is either "
            f"the JSON export of DiscordChatExporter or an object a line, such as {EXAMPLE}"
        ) from None
    messages = _field(str(path), export, "messages", list)
    channel = export.get("channel")
    name = channel.get("name") if isinstance(channel, dict) else None
    channel_name = name if isinstance(name, str) else None
    read = [
        _from_exported(f"{path}: message {number:,}", message, channel_name)
        for number, message in enumerate(messages, 1)
    ]
    if not read:
        raise FileRefused(f"{path}: there are no messages in this export.")
    return read


def _from_exported(place: str, message: Any, channel: str | None) -> ChatMessage:
    if not isinstance(message, dict):
        _refuse(place, "it is not an object")
    author = _field(place, message, "author", dict)
    return ChatMessage(
        author=_field(f"{place}, author", author, "name", str),
        content=_field(place, message, "content", str),
        channel=channel,
        is_bot=_field(f"{place}, author", author, "isBot", bool, False),
        author_key=str(author.get("id", "")),
        notice=str(message.get("type")) in _NOTICES,
    )


_REQUIRED: Any = object()
_NAMES = {str: "a text", bool: "true or false", list: "a list", dict: "an object"}


def _field(
    place: str, value: dict[str, Any], name: str, kind: Any, default: Any = _REQUIRED
) -> Any:
    """A field of the right type; null counts as not there."""
    found = value.get(name)
    if found is None:
        if default is _REQUIRED:
            _refuse(place, f'there is no "{name}". A message is an object such as {EXAMPLE}')
        return default
    if not isinstance(found, kind):
        _refuse(place, f'"{name}" is not {_NAMES.get(kind, "a text or a number")}')
    return found


def _refuse(place: str, why: str) -> NoReturn:
    raise FileRefused(f"{place}: {why}{'' if why.endswith('}') else '.'}")
