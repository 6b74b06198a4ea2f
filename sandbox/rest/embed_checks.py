"""What the embeds of a message may look like ("Embed Object", "Embed Limits")."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.errors import Checks
from sandbox.wire import Json

MAX_EMBEDS = 10
MAX_TOTAL = 6000
MAX_FIELDS = 25
MAX_URL = 2048
_SCHEMES = ("http://", "https://", "attachment://")


def check(embeds: Any, checks: Checks) -> None:
    """Note what is wrong with the embeds of a message, each alone and all together."""
    if not isinstance(embeds, list) or not all(isinstance(embed, dict) for embed in embeds):
        checks.fault("embeds", "BASE_TYPE_BAD_TYPE", "Must be a list of embeds.")
        return
    if len(embeds) > MAX_EMBEDS:
        message = f"Must be {MAX_EMBEDS} or fewer in length."
        checks.fault("embeds", "BASE_TYPE_MAX_LENGTH", message)
    total = 0
    for index, embed in enumerate(embeds):
        path = f"embeds.{index}"
        _check_rest(path, embed, checks)
        for where, text, most in _texts(embed):
            if text is not None and checks.length(f"{path}.{where}", text, most=most):
                total += len(text)
    if total > MAX_TOTAL:
        message = f"Embed size exceeds maximum size of {MAX_TOTAL}"
        checks.fault("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def _texts(embed: Json) -> Iterator[tuple[str, Any, int]]:
    """The texts that count: where each is, what it says, how long it may be."""
    yield "title", embed.get("title"), 256
    yield "description", embed.get("description"), 4096
    yield "footer.text", (embed.get("footer") or {}).get("text"), 2048
    yield "author.name", (embed.get("author") or {}).get("name"), 256
    for number, field in enumerate(embed.get("fields") or []):
        yield f"fields.{number}.name", field.get("name"), 256
        yield f"fields.{number}.value", field.get("value"), 1024


def _check_rest(path: str, embed: Json, checks: Checks) -> None:
    fields = embed.get("fields") or []
    if len(fields) > MAX_FIELDS:
        message = f"Must be {MAX_FIELDS} or fewer in length."
        checks.fault(f"{path}.fields", "BASE_TYPE_MAX_LENGTH", message)
    for number, field in enumerate(fields):
        for key in ("name", "value"):
            if not field.get(key):
                checks.required(f"{path}.fields.{number}.{key}")
    checks.between(f"{path}.color", embed.get("color"), 0, 0xFFFFFF)
    if (moment := embed.get("timestamp")) is not None and not _is_time(moment):
        told = f"Could not parse {moment}. Should be ISO8601."
        checks.fault(f"{path}.timestamp", "DATE_TIME_TYPE_PARSE", told)
    for where, url in _urls(embed):
        if url is None or not checks.length(f"{path}.{where}", url, most=MAX_URL):
            continue
        if not url.startswith(_SCHEMES):
            told = f'Scheme "{url.partition(":")[0]}" is not supported. '
            told += "Scheme must be one of ('http', 'https')."
            checks.fault(f"{path}.{where}", "URL_TYPE_INVALID_SCHEME", told)


def _urls(embed: Json) -> Iterator[tuple[str, Any]]:
    yield "url", embed.get("url")
    for key, name in (
        ("image", "url"),
        ("thumbnail", "url"),
        ("footer", "icon_url"),
        ("author", "url"),
        ("author", "icon_url"),
    ):
        yield f"{key}.{name}", (embed.get(key) or {}).get(name)


def _is_time(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
