"""Buttons and forms, found by their ``custom_id``.

The id is a path such as ``words/show/2``: a route's name, then what it needs to know. Nothing is
kept in memory, so a button from before a restart still works (Nextcord's own views match a whole id
only, and forget it when the process ends).
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, cast

import nextcord

from cogs.base import Cog, Interaction
from cogs.helpers.replies import answer, apologise, log_broken

_MARK = "__palisade_component__"
UNKNOWN = "This button or form is from an older version of the bot. Please use the command again."

type Handler = Callable[..., Awaitable[None]]


def component[H: Callable[..., Any]](path: str) -> Callable[[H], H]:
    """Mark a method as the handler of a button's or form's ``path``; further parts of the id are
    passed on as strings."""

    def mark(method: H) -> H:
        setattr(method, _MARK, path)
        return method

    return mark


def routes_of(cog: object) -> Iterator[tuple[str, Handler]]:
    """The paths that ``cog`` handles."""
    for name in dir(type(cog)):
        path = getattr(getattr(type(cog), name), _MARK, None)
        if path is not None:
            yield path, getattr(cog, name)


def _fits(handler: Handler, interaction: Interaction, parts: list[str]) -> bool:
    """Whether the route takes this many parts: an id may be of an older version, or made up."""
    try:
        inspect.signature(handler).bind(interaction, *parts)
    except TypeError:
        return False
    return True


class Components(Cog):
    """Takes in every press and every submitted form, for the cogs given."""

    def __init__(self, cogs: list[Cog]) -> None:
        self._routes = {path: handler for cog in cogs for path, handler in routes_of(cog)}

    @Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Route one interaction; those that are commands are Nextcord's to route."""
        if interaction.type not in (
            nextcord.InteractionType.component,
            nextcord.InteractionType.modal_submit,
        ):
            return
        data = cast(Mapping[str, Any], interaction.data or {})
        custom_id = str(data.get("custom_id", ""))
        parts = custom_id.split("/")
        handler = self._routes.get("/".join(parts[:2]))
        try:
            if handler is None or not _fits(handler, interaction, parts[2:]):
                await answer(interaction, UNKNOWN)
            else:
                await handler(interaction, *parts[2:])
        except Exception as error:
            log_broken("A button or form", error)
            await apologise(interaction, error)
