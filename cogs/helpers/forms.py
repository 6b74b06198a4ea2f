"""Forms with several fields. See ``replies.py`` for why they are plain payloads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cogs.base import Interaction
from cogs.helpers.replies import Json, open_form

SHORT, LONG = 1, 2
"""Text input styles (Discord, Text Input)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field to type into; ``name`` is what its answer is found by."""

    name: str
    label: str
    hint: str = ""
    value: str = ""
    required: bool = False
    style: int = SHORT
    most: int = 400


async def ask_fields(
    interaction: Interaction, custom_id: str, title: str, fields: Sequence[Field]
) -> None:
    """Open a form of at most five fields."""
    rows = [{"type": 1, "components": [_field(field)]} for field in fields]
    await open_form(interaction, {"custom_id": custom_id, "title": title, "components": rows})


def answers(interaction: Interaction) -> dict[str, str]:
    """What was written into each field."""
    data = cast(Mapping[str, Any], interaction.data or {})
    found: dict[str, str] = {}
    for row in data.get("components", ()):
        for field in row.get("components", ()):
            name, value = field.get("custom_id"), field.get("value")
            if isinstance(name, str) and isinstance(value, str):
                found[name] = value.strip()
    return found


def _field(field: Field) -> Json:
    made: Json = {
        "type": 4,
        "custom_id": field.name,
        "label": field.label,
        "style": field.style,
        "required": field.required,
        "max_length": field.most,
    }
    if field.hint:
        made["placeholder"] = field.hint
    if field.value:
        made["value"] = field.value
    return made
