"""What a message may hold: the limits of Discord, the files of a form, and what it mentions.

Reference, "Create Message", "Embed Limits", "Component Reference" and "Uploading Files".
"""

from typing import Any

from sandbox.errors import ApiError, Checks, Code
from sandbox.rest.call import Call
from sandbox.wire import Json
from sandbox.world import Attachment, Channel

MAX_CONTENT = 2000
MAX_EMBEDS = 10
MAX_EMBED_TOTAL = 6000
MAX_FILES = 10
EPHEMERAL = 1 << 6
COMPONENTS_V2 = 1 << 15
_EMBED_LIMITS = {"title": 256, "description": 4096}
_MAX_FIELDS = 25


def check(body: Json, *, files: int = 0, whole: bool = True) -> None:
    """Refuse a message that breaks a limit; a whole one also if it is empty."""
    checks = Checks()
    if body.get("content") is not None:
        checks.length("content", body["content"], most=MAX_CONTENT)
    _check_embeds(body.get("embeds") or [], checks)
    _check_components(body.get("components") or [], checks)
    if files > MAX_FILES:
        checks.fault("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    checks.done()
    parts = ("content", "embeds", "components", "sticker_ids", "poll", "message_reference")
    if whole and not files and not any(body.get(part) for part in parts):
        raise ApiError(Code.EMPTY_MESSAGE)


def _check_embeds(embeds: Any, checks: Checks) -> None:
    if not isinstance(embeds, list) or not all(isinstance(embed, dict) for embed in embeds):
        checks.fault("embeds", "BASE_TYPE_BAD_TYPE", "Must be a list of embeds.")
        return
    if len(embeds) > MAX_EMBEDS:
        message = f"Must be {MAX_EMBEDS} or fewer in length."
        checks.fault("embeds", "BASE_TYPE_MAX_LENGTH", message)
    total = 0
    for index, embed in enumerate(embeds):
        path = f"embeds.{index}"
        texts = [(f"{path}.{key}", embed.get(key), most) for key, most in _EMBED_LIMITS.items()]
        texts.append((f"{path}.footer.text", (embed.get("footer") or {}).get("text"), 2048))
        texts.append((f"{path}.author.name", (embed.get("author") or {}).get("name"), 256))
        fields = embed.get("fields") or []
        if len(fields) > _MAX_FIELDS:
            message = f"Must be {_MAX_FIELDS} or fewer in length."
            checks.fault(f"{path}.fields", "BASE_TYPE_MAX_LENGTH", message)
        for number, field in enumerate(fields):
            for key, most in (("name", 256), ("value", 1024)):
                if not field.get(key):
                    checks.required(f"{path}.fields.{number}.{key}")
                texts.append((f"{path}.fields.{number}.{key}", field.get(key), most))
        for where, text, most in texts:
            if text is not None and checks.length(where, text, most=most):
                total += len(text)
    if total > MAX_EMBED_TOTAL:
        message = f"Embed size exceeds maximum size of {MAX_EMBED_TOTAL}"
        checks.fault("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def _check_components(components: Any, checks: Checks) -> None:
    if not isinstance(components, list):
        checks.fault("components", "BASE_TYPE_BAD_TYPE", "Must be a list of components.")
        return
    rows = [c for c in components if isinstance(c, dict) and c.get("type") == 1]
    if len(rows) > 5:
        checks.fault("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    seen: set[str] = set()
    for row_index, row in enumerate(components):
        inner = row.get("components") if isinstance(row, dict) else None
        path = f"components.{row_index}.components"
        if isinstance(row, dict) and row.get("type") == 1 and not 1 <= len(inner or []) <= 5:
            checks.fault(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
        for index, component in enumerate(inner or []):
            _check_component(f"{path}.{index}", component, checks, seen)


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


def numbered(components: list[Json] | None) -> list[Json]:
    """Components as Discord gives them back: each with an id, counted through the message."""
    count = 0

    def number(component: Json) -> Json:
        nonlocal count
        count += 1
        result = {**component}
        result.setdefault("id", count)
        for key in ("components", "items"):
            if isinstance(component.get(key), list):
                result[key] = [number(inner) for inner in component[key]]
        if isinstance(component.get("accessory"), dict):
            result["accessory"] = number(component["accessory"])
        if isinstance(component.get("component"), dict):
            result["component"] = number(component["component"])
        return result

    return [number(component) for component in components or []]


def rich(embeds: list[Json] | None) -> list[Json]:
    """Embeds as Discord gives them back: of type rich, each field telling whether it is inline."""
    result = []
    for embed in embeds or []:
        shown: Json = {"type": "rich", **embed}
        if embed.get("fields"):
            shown["fields"] = [{"inline": False, **field} for field in embed["fields"]]
        result.append(shown)
    return result


def files(
    call: Call, channel: Channel, body: Json | None = None, *, ephemeral: bool = False
) -> list[Attachment]:
    """The files of a form as attachments, described by the body's attachments where it does so:
    the id there is the number in the field's name, files[0]."""
    told = {
        str(item.get("id")): item
        for item in (call.body() if body is None else body).get("attachments") or []
        if isinstance(item, dict)
    }
    result = []
    for file in call.files:
        about = told.get(file.field.removeprefix("files[").removesuffix("]"), {})
        attachment = Attachment(
            call.core.world.snowflakes.next(),
            about.get("filename") or file.filename,
            file.data,
            file.content_type,
            channel.id,
            about.get("description"),
            ephemeral,
        )
        call.core.world.attachments[attachment.id] = attachment
        result.append(attachment)
    return result


def kept(existing: list[Attachment], body: Json) -> list[Attachment]:
    """What an edit leaves of a message's files: those that its attachments name, or all."""
    if body.get("attachments") is None:
        return existing
    ids = {str(item.get("id")) for item in body["attachments"] if isinstance(item, dict)}
    return [attachment for attachment in existing if str(attachment.id) in ids]
