"""Messages as a terminal can show them: mentions and times as Discord would show them, no markdown
that only Discord understands; and what somebody could do with them."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox import Guild, Message

_MENTION = re.compile(r"<(@&|@|#)!?(\d{1,20})>")
_TIME = re.compile(r"<t:(\d{1,11})(?::\w)?>")
_LINK = re.compile(r"\[([^\]\n]+)\]\(https?://[^)\s]+\)")
_HIT = re.compile(r"__\*\*`([^`\n]*)`\*\*__")
_ESCAPED = re.compile(r"\\([^\w\s])")
_BUTTON, _TEXT_MENU = 2, 3
_MENUS = {_TEXT_MENU: "", 5: "people", 6: "roles", 7: "people or roles", 8: "channels"}
"""What is chosen in each type of menu (Discord, Component Types)."""


def shown(message: Message, guild: Guild) -> str:
    """All that is to be read in a message, embeds and names of files included."""
    rows = [_ESCAPED.sub(r"\1", message.content)] if message.content else []
    for embed in message.embeds:
        if "title" in embed:
            rows.append(embed["title"])
        if "description" in embed:
            rows.append(_HIT.sub(r"[\1]", embed["description"]).replace("`", ""))
        for field in embed.get("fields") or []:
            value = field["value"].replace("\n", "; ")
            rows.append(f"{field['name']}: {_LINK.sub(r'\1', value)}")
        if "footer" in embed:
            rows.append(embed["footer"]["text"])
    rows += [f"[{name}]" for name in message.files]
    return _named("\n".join(rows), guild)


def buttons_of(message: Message) -> tuple[str, ...]:
    """The labels of its buttons that can be pressed; links tell nobody anything."""
    return tuple(
        one["label"]
        for one in _components(message)
        if one.get("type") == _BUTTON
        and one.get("label")
        and not one.get("disabled")
        and not one.get("url")
    )


def menus_of(message: Message) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Its menus by name: Discord's type, and the labels of what they offer (none for those of
    people, roles and channels)."""
    return {
        one.get("placeholder") or one["custom_id"]: (
            one["type"],
            tuple(option["label"] for option in one.get("options") or []),
        )
        for one in _components(message)
        if one.get("type") in _MENUS and not one.get("disabled")
    }


def told(menus: Mapping[str, tuple[int, tuple[str, ...]]]) -> tuple[str, ...]:
    """Each menu in a line: its name and what it offers."""
    return tuple(
        f"{name}: {', '.join(labels) or _MENUS[kind]}" for name, (kind, labels) in menus.items()
    )


def fields_of(form: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a form by label, with what stands in them already."""
    fields: dict[str, str] = {}
    for row in form["components"]:
        inner = [row["component"]] if "component" in row else row.get("components") or []
        for field in inner:
            label = row.get("label") or field.get("label") or field["custom_id"]
            fields[label] = field.get("value") or ""
    return fields


def told_fields(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Each field in a line."""
    return tuple(f"{label}: {value}".rstrip() for label, value in fields.items())


def takes_text(kind: int) -> bool:
    """Whether a menu of this type offers texts, not people, roles or channels."""
    return kind == _TEXT_MENU


def _components(message: Message) -> Iterator[dict[str, Any]]:
    for row in message.components:
        yield from row.get("components") or []


def _named(text: str, guild: Guild) -> str:
    state = guild.state
    places = {**state.channels, **state.threads}
    names = {"#": {number: place.name for number, place in places.items()}}
    names["@&"] = {one.id: one.name for one in state.roles.values()}
    names["@"] = {one.id: one.display_name for one in state.members.values()}

    def name(found: re.Match[str]) -> str:
        known = names[found[1]].get(int(found[2]))
        return found[0] if known is None else f"{found[1][0]}{known}"

    def moment(found: re.Match[str]) -> str:
        return f"{datetime.fromtimestamp(int(found[1]), UTC):%d %B %Y %H:%M} UTC"

    return _TIME.sub(moment, _MENTION.sub(name, text))
