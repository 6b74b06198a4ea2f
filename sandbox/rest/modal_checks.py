"""What a form may look like ("Modal", "Text Input")."""

from sandbox.errors import Checks
from sandbox.rest import interactive_checks as interactive
from sandbox.wire import Json

MAX_ROWS = 5
MAX_TEXT = 4000
_ROW, _TEXT_INPUT, _TEXT_DISPLAY, _LABEL = 1, 4, 10, 18


def check(data: Json) -> None:
    """Refuse a form that breaks a rule (50035)."""
    checks = Checks()
    checks.length("data.title", data.get("title"), least=1, most=45)
    checks.length("data.custom_id", data.get("custom_id"), least=1, most=100)
    rows = data.get("components") or []
    if not 1 <= len(rows) <= MAX_ROWS:
        message = f"Must be between 1 and {MAX_ROWS} in length."
        checks.fault("data.components", "BASE_TYPE_BAD_LENGTH", message)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        path = f"data.components.{index}"
        kind = row.get("type")
        if kind == _ROW:
            _check_row(path, row, checks, seen)
        elif kind == _LABEL:
            checks.length(f"{path}.label", row.get("label"), least=1, most=45)
            if row.get("description") is not None:
                checks.length(f"{path}.description", row["description"], most=100)
            _check_field(f"{path}.component", row.get("component") or {}, checks, seen)
        elif kind != _TEXT_DISPLAY:
            told = f"Value must be one of {{{_ROW}, {_TEXT_DISPLAY}, {_LABEL}}}."
            checks.fault(f"{path}.type", "BASE_TYPE_CHOICES", told)
    checks.done()


def _check_row(path: str, row: Json, checks: Checks, seen: set[str]) -> None:
    """A row holds one text input, which has its label itself."""
    fields = row.get("components") or []
    if len(fields) != 1:
        message = "Must be between 1 and 1 in length."
        checks.fault(f"{path}.components", "BASE_TYPE_BAD_LENGTH", message)
    for number, field in enumerate(fields):
        where = f"{path}.components.{number}"
        if field.get("type") != _TEXT_INPUT:
            told = f"Value must be one of {{{_TEXT_INPUT}}}."
            checks.fault(f"{where}.type", "BASE_TYPE_CHOICES", told)
        elif field.get("label") is None:
            checks.required(f"{where}.label")
        _check_field(where, field, checks, seen)


def _check_field(path: str, field: Json, checks: Checks, seen: set[str]) -> None:
    if field.get("custom_id") is None:
        checks.required(f"{path}.custom_id")
    interactive.check_custom_id(path, field, checks, seen)
    if field.get("type") in interactive.SELECTS:
        interactive.check_select(path, field, checks)
    elif field.get("type") == _TEXT_INPUT:
        _check_text_input(path, field, checks)


def _check_text_input(path: str, field: Json, checks: Checks) -> None:
    if field.get("style") not in (1, 2):
        checks.fault(f"{path}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    for key, least, most in (("label", 1, 45), ("placeholder", 0, 100)):
        if field.get(key) is not None:
            checks.length(f"{path}.{key}", field[key], least=least, most=most)
    shortest, longest = field.get("min_length"), field.get("max_length")
    in_order = checks.between(f"{path}.min_length", shortest, 0, MAX_TEXT)
    in_order = checks.between(f"{path}.max_length", longest, 1, MAX_TEXT) and in_order
    if not in_order:
        return
    shortest, longest = shortest or 0, MAX_TEXT if longest is None else longest
    if shortest > longest:
        told = f"int value should be less than or equal to {longest}."
        checks.fault(f"{path}.min_length", "NUMBER_TYPE_MAX", told)
    elif field.get("value"):
        checks.length(f"{path}.value", field["value"], least=shortest, most=longest)
