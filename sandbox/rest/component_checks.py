"""What the components of a message may look like (reference, "Component Reference")."""

from sandbox.changes.messages import walk
from sandbox.errors import Checks
from sandbox.rest import interactive_checks as interactive
from sandbox.wire import Json

MAX_COMPONENTS = 40
MAX_TEXT = 4000
_ROW = 1
_ROOM = 5
_CONTAINERS = frozenset({1, 9, 17})
_TEXT_DISPLAY = 10
_LEGACY = ("content", "embeds", "sticker_ids", "poll")


def check(body: Json, checks: Checks, *, alone: bool) -> None:
    """Note what is wrong with the components of a message. Those of a message with the flag
    IS_COMPONENTS_V2 stand alone, in any arrangement; others are rows beside the content."""
    components = body.get("components") or []
    if not isinstance(components, list):
        checks.fault("components", "BASE_TYPE_BAD_TYPE", "Must be a list of components.")
        return
    every = list(walk(components))
    if alone:
        for name in _LEGACY:
            if body.get(name):
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                message = (
                    f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                )
                checks.fault(name, code, message)
        texts = [c.get("content") or "" for c in every if c.get("type") == _TEXT_DISPLAY]
        if sum(map(len, texts)) > MAX_TEXT:
            message = f"The total text of components is limited to {MAX_TEXT}."
            checks.fault("components", "COMPONENT_MAX_TEXT_LENGTH_EXCEEDED", message)
        if len(every) > MAX_COMPONENTS:
            message = f"The total number of components is limited to {MAX_COMPONENTS}."
            checks.fault("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    else:
        for index, component in enumerate(components):
            if component.get("type") != _ROW:
                told = "Value must be one of {1}."
                checks.fault(f"components.{index}.type", "BASE_TYPE_CHOICES", told)
        if len(components) > 5:
            told = "Must be between 1 and 5 in length."
            checks.fault("components", "BASE_TYPE_BAD_LENGTH", told)
    _check_inside("components", components, checks, set())


def _check_inside(path: str, components: list[Json], checks: Checks, seen: set[str]) -> None:
    for index, component in enumerate(components):
        where, kind = f"{path}.{index}", component.get("type")
        inner = component.get("components") or []
        if kind == _ROW:
            _check_row(f"{where}.components", inner, checks)
        if kind in _CONTAINERS:
            _check_inside(f"{where}.components", inner, checks, seen)
            if accessory := component.get("accessory"):
                interactive.check(f"{where}.accessory", accessory, checks, seen)
        else:
            interactive.check(where, component, checks, seen)


def _check_row(path: str, inner: list[Json], checks: Checks) -> None:
    """A row has room for five buttons or for one menu."""
    if not 1 <= len(inner) <= 5:
        checks.fault(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    left = _ROOM
    for index, component in enumerate(inner):
        kind = component.get("type")
        if kind not in interactive.IN_ROWS:
            told = "Value must be one of {2, 3, 5, 6, 7, 8}."
            checks.fault(f"{path}.{index}.type", "BASE_TYPE_CHOICES", told)
        left -= 1 if kind == interactive.BUTTON else _ROOM
        if left < 0:
            told = "The specified component exceeds the maximum width"
            checks.fault(f"{path}.{index}", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", told)
