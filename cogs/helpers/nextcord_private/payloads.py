"""Raw gateway payloads for cogs.

Why: Nextcord 3.2.0 drops GUILD_MEMBER_UPDATE of members that it has not cached, gives edits only of
cached messages, and builds a Message object of about 40 % of the cost for each message. A cog that
marks a method with :func:`on_payload` is handed the event's ``d`` instead, as Discord sent it.

The gateway (``gateway.py`` beside this) calls the handlers; one that raises is logged and the event
is dropped, so that one malformed frame never ends the bot.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

type Payload = dict[str, Any]
type Handler = Callable[[Payload], None]

_MARK = "__palisade_payload__"

REPLACED = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "TYPING_START"})
"""Events that Nextcord's own parsers are not given: nothing here uses what they would build."""


def on_payload[H: Callable[..., None]](event: str) -> Callable[[H], H]:
    """Mark a method of a cog as a handler of the raw gateway event ``event``."""

    def mark(method: H) -> H:
        setattr(method, _MARK, event)
        return method

    return mark


def marked(owner: object) -> Iterator[tuple[str, Handler]]:
    """The marked methods of ``owner``, bound."""
    for name in dir(type(owner)):
        event = getattr(getattr(type(owner), name), _MARK, None)
        if event is not None:
            yield event, getattr(owner, name)


class Handlers:
    """The handlers by event name, in the order of their cogs."""

    def __init__(self) -> None:
        self._by_event: defaultdict[str, list[Handler]] = defaultdict(list)

    def add(self, owner: object) -> None:
        """Take in every marked method of ``owner``."""
        for event, handler in marked(owner):
            self._by_event[event].append(handler)

    def of(self, event: str) -> list[Handler]:
        """The handlers of ``event``, none where nobody asked for it."""
        return self._by_event.get(event, [])
