"""What buttons and menus may look like, in messages and in forms ("Component Reference")."""

from sandbox.errors import Checks
from sandbox.snowflakes import parse
from sandbox.wire import Json

BUTTON, STRING_SELECT = 2, 3
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
IN_ROWS = SELECTS | {BUTTON}
MAX_VALUES = 25
_LINK, _PREMIUM = 5, 6
_DEFAULTS = {
    USER_SELECT: {"user"},
    ROLE_SELECT: {"role"},
    MENTIONABLE_SELECT: {"user", "role"},
    CHANNEL_SELECT: {"channel"},
}
"""What the default values of each menu can be."""


def check(path: str, component: Json, checks: Checks, seen: set[str]) -> None:
    """Note what is wrong with one component; `seen` are the custom ids before it."""
    check_custom_id(path, component, checks, seen)
    if component.get("type") == BUTTON:
        _check_button(path, component, checks)
    elif component.get("type") in SELECTS:
        check_select(path, component, checks)


def check_custom_id(path: str, component: Json, checks: Checks, seen: set[str]) -> None:
    """A custom id is there only once; it may be absent."""
    custom_id = component.get("custom_id")
    if custom_id is None or not checks.length(f"{path}.custom_id", custom_id, least=1, most=100):
        return
    if custom_id in seen:
        message = "Component custom id cannot be duplicated"
        checks.fault(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(custom_id)


def _check_button(path: str, button: Json, checks: Checks) -> None:
    style, label = button.get("style"), button.get("label")
    if style not in range(1, 7):
        told = "Value must be one of {1, 2, 3, 4, 5, 6}."
        checks.fault(f"{path}.style", "BASE_TYPE_CHOICES", told)
        return
    if label is not None:
        checks.length(f"{path}.label", label, most=80)
    wanted = "url" if style == _LINK else "sku_id" if style == _PREMIUM else "custom_id"
    if not button.get(wanted):
        checks.required(f"{path}.{wanted}")
    for other in {"url", "sku_id", "custom_id"} - {wanted}:
        if button.get(other):
            told = f"A {wanted} and {other} cannot both be specified"
            checks.fault(f"{path}.{other}", "BASE_TYPE_BAD_TYPE", told)
    if style != _PREMIUM and not label and not button.get("emoji"):
        checks.required(f"{path}.label")
    if (
        style == _LINK
        and (url := button.get("url"))
        and checks.length(f"{path}.url", url, most=512)
        and not url.startswith(("http://", "https://", "discord://"))
    ):
        told = "Scheme must be one of ('http', 'https', 'discord')."
        checks.fault(f"{path}.url", "URL_TYPE_INVALID_SCHEME", told)


def check_select(path: str, menu: Json, checks: Checks) -> None:
    """Note what is wrong with a menu."""
    if menu.get("custom_id") is None:
        checks.required(f"{path}.custom_id")
    if menu.get("placeholder") is not None:
        checks.length(f"{path}.placeholder", menu["placeholder"], most=150)
    least, most = menu.get("min_values"), menu.get("max_values")
    in_order = checks.between(f"{path}.min_values", least, 0, MAX_VALUES)
    in_order = checks.between(f"{path}.max_values", most, 1, MAX_VALUES) and in_order
    least, most = 1 if least is None else least, 1 if most is None else most
    if in_order and least > most:
        told = f"int value should be less than or equal to {most}."
        checks.fault(f"{path}.min_values", "NUMBER_TYPE_MAX", told)
    if menu["type"] == STRING_SELECT:
        _check_options(path, menu, checks, least if in_order else 0)
    else:
        _check_defaults(path, menu, checks, most if in_order else MAX_VALUES)


def _check_options(path: str, menu: Json, checks: Checks, least: int) -> None:
    options = menu.get("options") or []
    if not 1 <= len(options) <= MAX_VALUES:
        message = f"Must be between 1 and {MAX_VALUES} in length."
        checks.fault(f"{path}.options", "BASE_TYPE_BAD_LENGTH", message)
    elif least > len(options):
        told = f"int value should be less than or equal to {len(options)}."
        checks.fault(f"{path}.min_values", "NUMBER_TYPE_MAX", told)
    values: set[str] = set()
    for index, option in enumerate(options):
        where = f"{path}.options.{index}"
        for key in ("label", "value"):
            if option.get(key) is None:
                checks.required(f"{where}.{key}")
            else:
                checks.length(f"{where}.{key}", option[key], least=1, most=100)
        if option.get("description") is not None:
            checks.length(f"{where}.description", option["description"], most=100)
        if option.get("value") in values:
            told = "The specified option value is already used"
            checks.fault(f"{where}.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", told)
        values.add(str(option.get("value")))


def _check_defaults(path: str, menu: Json, checks: Checks, most: int) -> None:
    defaults, where = menu.get("default_values") or [], f"{path}.default_values"
    if len(defaults) > most:
        checks.fault(where, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    kinds = _DEFAULTS[menu["type"]]
    for index, default in enumerate(defaults):
        if default.get("type") not in kinds:
            told = f"Value must be one of {sorted(kinds)}."
            checks.fault(f"{where}.{index}.type", "BASE_TYPE_CHOICES", told)
        if parse(default.get("id")) is None:
            told = f'Value "{default.get("id")}" is not snowflake.'
            checks.fault(f"{where}.{index}.id", "NUMBER_TYPE_COERCE", told)
    for number, kind in enumerate(menu.get("channel_types") or []):
        checks.between(f"{path}.channel_types.{number}", kind, 0, 16)
