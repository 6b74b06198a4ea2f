"""What the components of a message may look like (reference, "Component Reference")."""

from sandbox.changes.messages import walk
from sandbox.errors import Checks
from sandbox.wire import Json

MAX_COMPONENTS = 40
MAX_TEXT = 4000
_ROW = 1
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
        if kind == _ROW and not 1 <= len(inner) <= 5:
            message = "Must be between 1 and 5 in length."
            checks.fault(f"{where}.components", "BASE_TYPE_BAD_LENGTH", message)
        if kind in _CONTAINERS:
            _check_inside(f"{where}.components", inner, checks, seen)
            if accessory := component.get("accessory"):
                _check_component(f"{where}.accessory", accessory, checks, seen)
        else:
            _check_component(where, component, checks, seen)


def _check_component(path: str, component: Json, checks: Checks, seen: set[str]) -> None:
    custom_id = component.get("custom_id")
    if custom_id is not None:
        checks.length(f"{path}.custom_id", custom_id, least=1, most=100)
        if custom_id in seen:
            message = "Component custom id cannot be duplicated"
            checks.fault(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        seen.add(custom_id)
    if component.get("type") == 2 and component.get("label") is not None:
        checks.length(f"{path}.label", component["label"], most=80)
    options = component.get("options")
    if component.get("type") == 3 and not 1 <= len(options or []) <= 25:
        message = "Must be between 1 and 25 in length."
        checks.fault(f"{path}.options", "BASE_TYPE_BAD_LENGTH", message)
    for index, option in enumerate(options or []):
        for key in ("label", "value", "description"):
            if option.get(key) is not None:
                checks.length(f"{path}.options.{index}.{key}", option[key], most=100)
