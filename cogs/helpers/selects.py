"""Select menus: of choices, and of roles, channels and members; what was chosen in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, cast

from cogs.base import Interaction
from cogs.helpers.people import snowflake
from cogs.helpers.replies import Json
from moderation.errors import Refused

MOST = 25
"""Choices of a menu, and values chosen in one (Discord, Select Menus)."""

STRING_SELECT = 3

TEXT_CHANNEL = 0
"""A channel's type (Discord, Channel Types)."""


class Kind(IntEnum):
    """Menus that Discord fills itself, by the component's type."""

    USER = 5
    ROLE = 6
    CHANNEL = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice; ``value`` is what comes back."""

    label: str
    value: str
    about: str = ""
    chosen: bool = False


def choices(custom_id: str, placeholder: str, offered: Sequence[Choice], *, most: int = 1) -> Json:
    """A row with a menu in which one is chosen, or up to ``most``; of more than 25 choices, the
    first."""
    menu: Json = {
        "type": STRING_SELECT,
        "custom_id": custom_id,
        "placeholder": placeholder,
        "min_values": 1,
        "max_values": most,
        "options": [_option(one) for one in offered[:MOST]],
    }
    return {"type": 1, "components": [menu]}


def several(kind: Kind, custom_id: str, placeholder: str, present: Collection[int]) -> Json:
    """A row with a menu in which none to 25 are chosen, those ``present`` being so already."""
    shown = {Kind.USER: "user", Kind.ROLE: "role", Kind.CHANNEL: "channel"}[kind]
    menu: Json = {
        "type": kind.value,
        "custom_id": custom_id,
        "placeholder": placeholder,
        "min_values": 0,
        "max_values": MOST,
        "default_values": [{"id": str(one), "type": shown} for one in sorted(present)[:MOST]],
    }
    return {"type": 1, "components": [menu]}


def one_text_channel(custom_id: str, placeholder: str, present: int | None) -> Json:
    """A row with a menu in which one text channel is chosen, or none."""
    menu: Json = {
        "type": Kind.CHANNEL.value,
        "custom_id": custom_id,
        "placeholder": placeholder,
        "min_values": 0,
        "max_values": 1,
        "channel_types": [TEXT_CHANNEL],
        "default_values": [] if present is None else [{"id": str(present), "type": "channel"}],
    }
    return {"type": 1, "components": [menu]}


def chosen(interaction: Interaction) -> list[str]:
    """What was chosen; nothing where no menu was used."""
    data = cast(Mapping[str, Any], interaction.data or {})
    values = data.get("values")
    if not isinstance(values, list):
        return []
    return [value for value in values if isinstance(value, str)][:MOST]


def chosen_ids(interaction: Interaction) -> frozenset[int]:
    """The ids that were chosen. Raises NotChosen where no menu was used, or for what is no id."""
    data = cast(Mapping[str, Any], interaction.data or {})
    if not isinstance(data.get("values"), list):
        raise NotChosen
    try:
        return frozenset(snowflake(value) for value in chosen(interaction))
    except ValueError:
        raise NotChosen from None


def kept_beside(present: Collection[int]) -> frozenset[int]:
    """Those that :func:`several` had no room for: they stay, since nobody could choose them."""
    return frozenset(sorted(present)[MOST:])


def given_id(interaction: Interaction, name: str) -> int | None:
    """The id in an option of a slash command as it was sent: Nextcord gives None for a channel that
    it has not cached, as if none had been named."""
    data = cast(Mapping[str, Any], interaction.data or {})
    options = data.get("options") or []
    while options:
        for option in options:
            if option.get("name") == name and "value" in option:
                return snowflake(option["value"])
        options = options[0].get("options") or []
    return None


class NotChosen(Refused):
    """Nothing that can be read was chosen."""

    def __init__(self) -> None:
        super().__init__("I cannot read what was chosen. Please use the command again.")


def _option(one: Choice) -> Json:
    made: Json = {"label": one.label, "value": one.value, "default": one.chosen}
    if one.about:
        made["description"] = one.about
    return made
