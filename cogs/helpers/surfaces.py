"""Every text of a message that people can see, or follow, as parts to judge.

Whatever the payload holds is taken for what it is: what has the wrong type is not there, and what
is nested deeper than Discord nests is not followed. The shapes are those of Discord's message,
embed, poll, message snapshot and component objects.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from moderation.events import Part, Surface

type Json = Mapping[str, Any]
type Read = Callable[[Any, int], Iterator[Part]]

MAX_DEPTH = 8
"""How deep parts are followed. Discord nests a button in a row in a section in a container, all of
it in the snapshot of a forward: seven levels."""

_COMPONENT_TEXTS = ("content", "label", "placeholder", "description", "name")
"""Of a text display, a button, a menu and its options, a picture and a file."""

_NESTED_COMPONENTS = ("components", "component", "accessory", "options", "items")


def parts_of(message: Json, depth: int = 0) -> tuple[Part, ...]:
    """The texts of a message in MESSAGE_CREATE, MESSAGE_UPDATE, in REST's answers, or inside a
    forward. Raises TypeError where the content, which every message has, is no text."""
    content = message.get("content")
    if content is not None and not isinstance(content, str):
        raise TypeError("the content of a message is not text")
    parts = [Part(Surface.MESSAGE, content)] if content else []
    for key, read in _READERS:
        value = message.get(key)
        if value:
            parts += read(value, depth)
    if message.get("webhook_id"):
        parts += _webhook_name(message)
    return tuple(parts)


def _webhook_name(message: Json) -> Iterator[Part]:
    """The name under which a webhook wrote: whoever has its address gives each message another one.
    An application's answer to a command comes by a webhook with the application's own id, and has
    the application's name (Discord, Message, Execute Webhook)."""
    if message.get("webhook_id") != message.get("application_id"):
        author = _object(message.get("author"))
        yield from _texts(Surface.WEBHOOK_NAME, author.get("username"))


def _embeds(value: Any, depth: int) -> Iterator[Part]:
    for embed in _objects(value):
        author = _object(embed.get("author"))
        yield from _texts(Surface.EMBED, embed.get("title"), embed.get("description"))
        yield from _texts(Surface.EMBED, author.get("name"))
        for field in _objects(embed.get("fields")):
            yield from _texts(Surface.EMBED, field.get("name"), field.get("value"))
        yield from _texts(Surface.EMBED, _object(embed.get("footer")).get("text"))
        yield from _texts(Surface.EMBED, _object(embed.get("provider")).get("name"))
        yield from _texts(Surface.LINK, embed.get("url"), author.get("url"))


def _attachments(value: Any, depth: int) -> Iterator[Part]:
    for file in _objects(value):
        named = (file.get(key) for key in ("filename", "title", "description"))
        yield from _texts(Surface.ATTACHMENT, *named)


def _poll(value: Any, depth: int) -> Iterator[Part]:
    poll = _object(value)
    yield from _texts(Surface.POLL, _object(poll.get("question")).get("text"))
    for answer in _objects(poll.get("answers")):
        yield from _texts(Surface.POLL, _object(answer.get("poll_media")).get("text"))


def _snapshots(value: Any, depth: int) -> Iterator[Part]:
    if depth >= MAX_DEPTH:
        return
    for snapshot in _objects(value):
        message = _object(snapshot.get("message"))
        if not isinstance(message.get("content"), str):
            message = {**message, "content": None}
        for part in parts_of(message, depth + 1):
            yield Part(Surface.FORWARD, part.text)


def _stickers(value: Any, depth: int) -> Iterator[Part]:
    for sticker in _objects(value):
        yield from _texts(Surface.STICKER, sticker.get("name"))


def _components(value: Any, depth: int) -> Iterator[Part]:
    if depth >= MAX_DEPTH:
        return
    for component in _objects(value):
        texts = (component.get(key) for key in _COMPONENT_TEXTS)
        yield from _texts(Surface.COMPONENT, *texts)
        yield from _texts(Surface.LINK, component.get("url"))
        for key in _NESTED_COMPONENTS:
            nested = component.get(key)
            if nested:
                several = nested if isinstance(nested, list) else [nested]
                yield from _components(several, depth + 1)


_READERS: tuple[tuple[str, Read], ...] = (
    ("embeds", _embeds),
    ("attachments", _attachments),
    ("poll", _poll),
    ("message_snapshots", _snapshots),
    ("sticker_items", _stickers),
    ("components", _components),
)


def _object(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> Iterable[Json]:
    return (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else ()


def _texts(surface: Surface, *values: Any) -> Iterator[Part]:
    return (Part(surface, value) for value in values if isinstance(value, str) and value)
