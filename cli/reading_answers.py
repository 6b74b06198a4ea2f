"""What a person reads in a message of the bot, and what they could do with it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox import Message

_MENTION = re.compile(r"<(?P<sign>@!?|@&|#)(?P<id>[0-9]{1,20})>")
_TIME = re.compile(r"<t:(?P<seconds>[0-9]{1,11})(?::[tTdDfFR])?>")
_BUTTON, _TEXT_MENU = 2, 3
_MENUS = {_TEXT_MENU: "", 5: "people", 6: "roles", 7: "people or roles", 8: "channels"}


def text_of(message: Message) -> str:
    """Its text, its embeds, and the names of its files."""
    parts = [message.content, *map(_embed, message.embeds)]
    parts += [f"[{name}]" for name in message.files]
    return "\n".join(part for part in parts if part)


def readable(text: str, name: Callable[[str, int], str | None]) -> str:
    """The text as Discord's client shows it: mentions by name, times as times (in UTC). ``name``
    gives the name behind a sign (``@``, ``@&`` or ``#``) and an id."""

    def mention(found: re.Match[str]) -> str:
        sign = found["sign"].removesuffix("!")
        known = name(sign, int(found["id"]))
        return found[0] if known is None else f"{sign[0]}{known}"

    def time(found: re.Match[str]) -> str:
        at = datetime.fromtimestamp(int(found["seconds"]), UTC)
        return at.strftime("%-d %b %Y, %H:%M")

    return _TIME.sub(time, _MENTION.sub(mention, text))


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


def _embed(embed: Mapping[str, Any]) -> str:
    lines = [
        embed.get("title"),
        embed.get("description"),
        *(f"{field['name']}: {field['value']}" for field in embed.get("fields") or []),
        (embed.get("footer") or {}).get("text"),
    ]
    return "\n".join(line for line in lines if line)
