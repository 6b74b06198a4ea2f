"""What an application command may look like (reference, "Application Commands")."""

import re
from typing import Any

from sandbox.errors import ApiError, Checks, Code
from sandbox.snowflakes import parse
from sandbox.wire import Json

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2
MAX_SIZE = 8000
MAX_OPTIONS = 25
_VALUES: dict[int, type | tuple[type, ...]] = {3: str, 4: int, 10: (int, float)}
"""What the value of a choice can be, by the type of the option."""
_BOUNDS = {
    ("min_value", "max_value"): {4, 10},
    ("min_length", "max_length"): {3},
    ("channel_types",): {7},
}
_NAME = re.compile(r"[-_'\w]{1,32}")


def normalised(body: Json) -> Json:
    """A command's fields as Discord gives them back; refuses what breaks a rule (50035)."""
    checks = Checks()
    kind = body.get("type") or CHAT_INPUT
    if kind not in (CHAT_INPUT, USER, MESSAGE):
        checks.fault("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
    name, description = body.get("name"), body.get("description")
    if name is None:
        checks.required("name")
    elif kind == CHAT_INPUT:
        _check_name("name", name, checks)
    else:
        checks.length("name", name, least=1, most=32)
    if kind == CHAT_INPUT:
        _check_description("description", description, checks)
        _check_options("options", body.get("options") or [], checks, depth=0)
    elif description:
        message = "Context menu commands cannot have description"
        checks.fault("description", "APPLICATION_COMMAND_INVALID_DESCRIPTION", message)
    elif body.get("options"):
        message = "Context menu commands cannot have options"
        checks.fault("options", "APPLICATION_COMMAND_INVALID_OPTIONS", message)
    needed = body.get("default_member_permissions")
    if needed is not None and (needed := parse(needed)) is None:
        message = f'Value "{body["default_member_permissions"]}" is not int.'
        checks.fault("default_member_permissions", "NUMBER_TYPE_COERCE", message)
    checks.done()
    if _size(body) > MAX_SIZE:
        message = f"Command exceeds maximum size ({MAX_SIZE})"
        errors = {"_errors": [{"code": "APPLICATION_COMMAND_TOO_LARGE", "message": message}]}
        raise ApiError(Code.INVALID_FORM_BODY, errors=errors)
    fields: Json = {
        "type": kind,
        "name": name,
        "name_localizations": body.get("name_localizations"),
        "description": description or "",
        "description_localizations": body.get("description_localizations"),
        "default_member_permissions": None if needed is None else str(needed),
        "dm_permission": body.get("dm_permission") is not False,
        "contexts": body.get("contexts"),
        "integration_types": body.get("integration_types") or [0],
        "nsfw": bool(body.get("nsfw")),
    }
    if body.get("options"):
        fields["options"] = [_shown_option(option) for option in body["options"]]
    return fields


def _shown_option(option: Json) -> Json:
    """An option as given back: without what is null, false or empty."""
    shown = {
        key: value
        for key, value in option.items()
        if value is not None and (value not in (False, []) or key == "description")
    }
    if "options" in shown:
        shown["options"] = [_shown_option(inner) for inner in shown["options"]]
    return shown


def _check_name(path: str, name: object, checks: Checks) -> None:
    if not checks.length(path, name, least=1, most=32):
        return
    text = str(name)
    if not _NAME.fullmatch(text) or text != text.lower():
        message = "Command name is invalid"
        checks.fault(path, "APPLICATION_COMMAND_INVALID_NAME", message)


def _check_description(path: str, description: object, checks: Checks) -> None:
    if description is None:
        checks.required(path)
    else:
        checks.length(path, description, least=1, most=100)


def _check_options(path: str, options: Any, checks: Checks, depth: int) -> None:
    if not isinstance(options, list) or not all(isinstance(option, dict) for option in options):
        checks.fault(path, "BASE_TYPE_BAD_TYPE", "Must be a list of options.")
        return
    if len(options) > MAX_OPTIONS:
        message = f"Must be {MAX_OPTIONS} or fewer in length."
        checks.fault(path, "BASE_TYPE_MAX_LENGTH", message)
    kinds = {option.get("type") for option in options}
    if kinds & {SUB_COMMAND, SUB_COMMAND_GROUP} and kinds - {SUB_COMMAND, SUB_COMMAND_GROUP}:
        message = "Sub-command and sub-command group option types are mutually exclusive to all "
        code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
        checks.fault(path, code, message + "other types")
    names: set[str] = set()
    optional_seen = False
    for index, option in enumerate(options):
        where, kind = f"{path}.{index}", option.get("type")
        _check_name(f"{where}.name", option.get("name") or "", checks)
        _check_description(f"{where}.description", option.get("description"), checks)
        if option.get("name") in names:
            message = "Option name must be unique"
            checks.fault(f"{where}.name", "APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE", message)
        names.add(str(option.get("name")))
        if kind in (SUB_COMMAND, SUB_COMMAND_GROUP):
            if (kind == SUB_COMMAND_GROUP and depth > 0) or depth > 1:
                message = "Sub-command option type not valid here"
                checks.fault(f"{where}.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
            _check_options(f"{where}.options", option.get("options") or [], checks, depth + 1)
            continue
        if kind not in range(3, 12):
            message = "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}."
            checks.fault(f"{where}.type", "BASE_TYPE_CHOICES", message)
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            checks.fault(where, code, message)
        optional_seen = optional_seen or not option.get("required")
        _check_choices(where, option, checks)
        _check_bounds(where, option, checks)


def _check_choices(where: str, option: Json, checks: Checks) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        message = "Autocomplete and choices cannot be combined"
        checks.fault(where, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message)
    if len(choices) > 25:
        checks.fault(f"{where}.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    if choices and option.get("type") not in _VALUES:
        message = "Choices are for texts and numbers"
        checks.fault(f"{where}.choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", message)
        return
    names: set[str] = set()
    for index, choice in enumerate(choices):
        path, value = f"{where}.choices.{index}", choice.get("value")
        checks.length(f"{path}.name", choice.get("name"), least=1, most=100)
        if choice.get("name") in names:
            message = "Choice name must be unique"
            checks.fault(path, "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_NOT_UNIQUE", message)
        names.add(str(choice.get("name")))
        if not isinstance(value, _VALUES[option["type"]]) or isinstance(value, bool):
            checks.fault(f"{path}.value", "BASE_TYPE_BAD_TYPE", "Must be of the option's type.")
        elif isinstance(value, str):
            checks.length(f"{path}.value", value, most=100)


def _check_bounds(where: str, option: Json, checks: Checks) -> None:
    """Bounds and kinds of channel belong to options of one type each."""
    for keys, kinds in _BOUNDS.items():
        for key in keys:
            if option.get(key) is not None and option.get("type") not in kinds:
                message = f"{key} is not for options of this type"
                checks.fault(f"{where}.{key}", "BASE_TYPE_BAD_TYPE", message)
    for number, kind in enumerate(option.get("channel_types") or []):
        checks.between(f"{where}.channel_types.{number}", kind, 0, 16)
    checks.between(f"{where}.min_length", option.get("min_length"), 0, 6000)
    checks.between(f"{where}.max_length", option.get("max_length"), 1, 6000)


def _size(node: Json) -> int:
    """Characters of names, descriptions and values, of a command and all that is in it."""
    own = sum(len(str(node.get(key) or "")) for key in ("name", "description", "value"))
    inner = (node.get("options") or []) + (node.get("choices") or [])
    return own + sum(_size(part) for part in inner)
