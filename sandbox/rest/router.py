"""Which handler answers a request: a tree of path segments, fixed ones before parameters."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.rest.call import Call

type Handler = Callable[[Call], Awaitable[Any]]
"""Answers a call with a JSON value (status 200), None (204) or an Answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with a status of its own."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path template with its handler."""

    method: str
    template: str
    handler: Handler
    needs_token: bool


@dataclass(slots=True)
class _Node:
    fixed: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    routes: dict[str, tuple[Route, list[str]]] = field(default_factory=dict)


class Routes:
    """The routes of one subject, and, put together, of the whole API."""

    def __init__(self) -> None:
        self._root = _Node()
        self._all: list[Route] = []

    def route(
        self, method: str, *templates: str, needs_token: bool = True
    ) -> Callable[[Handler], Handler]:
        """Register a handler. Without the need of a token, the path itself holds a secret."""

        def register(handler: Handler) -> Handler:
            for template in templates:
                self._add(Route(method, template, handler, needs_token))
            return handler

        return register

    def include(self, other: "Routes") -> None:
        """Take in the routes of a subject."""
        for route in other._all:
            self._add(route)

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str], bool]:
        """The route of a request, the values of its parameters, and whether the path is known at
        all (with another method, if there is no route)."""
        found: list[tuple[_Node, list[str]]] = []
        self._walk(self._root, path.strip("/").split("/"), 0, [], found)
        for node, values in found:
            if method in node.routes:
                route, names = node.routes[method]
                return route, dict(zip(names, values, strict=True)), True
        return None, {}, bool(found)

    def _add(self, route: Route) -> None:
        self._all.append(route)
        node, names = self._root, []
        for segment in route.template.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.fixed.setdefault(segment, _Node())
        node.routes[route.method] = route, names

    def _walk(
        self,
        node: _Node,
        segments: list[str],
        index: int,
        values: list[str],
        found: list[tuple[_Node, list[str]]],
    ) -> None:
        if index == len(segments):
            if node.routes:
                found.append((node, values))
            return
        segment = segments[index]
        if fixed := node.fixed.get(segment):
            self._walk(fixed, segments, index + 1, values, found)
        if node.parameter is not None:
            self._walk(node.parameter, segments, index + 1, [*values, segment], found)
