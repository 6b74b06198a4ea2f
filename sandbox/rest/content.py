"""What a message may hold: the limits of Discord, the files of a form, and what it mentions.

Reference, "Create Message", "Embed Limits", "Component Reference" and "Uploading Files".
"""

from sandbox import polls
from sandbox.changes.messages import COMPONENTS_V2
from sandbox.errors import ApiError, Checks, Code
from sandbox.message_payloads import SUPPRESS_EMBEDS
from sandbox.rest import component_checks, embed_checks
from sandbox.rest.call import Call
from sandbox.rest.interactive_checks import SELECTS
from sandbox.wire import Json
from sandbox.world import Attachment, Channel

MAX_CONTENT = 2000
MAX_FILES = 10
MAX_DESCRIPTION = 1024
MAX_NONCE = 25
EPHEMERAL = 1 << 6
CAN_BE_SET = SUPPRESS_EMBEDS | 1 << 12 | 1 << 13 | COMPONENTS_V2
"""The flags that a sender can set ("Create Message"); besides them, in answers, EPHEMERAL."""
_CONTAINER = 17


def check(body: Json, *, files: int = 0, whole: bool = True, flags_before: int = 0) -> None:
    """Refuse a message that breaks a limit; a whole one also if it is empty. An edit keeps the
    flags that the message had before."""
    checks = Checks()
    if body.get("content") is not None:
        checks.length("content", body["content"], most=MAX_CONTENT)
    embed_checks.check(body.get("embeds") or [], checks)
    asked_flags = (body.get("flags") or 0) | flags_before
    component_checks.check(body, checks, alone=bool(asked_flags & COMPONENTS_V2))
    _check_mentions(body.get("allowed_mentions") or {}, checks)
    polls.asked_for(body.get("poll"), checks)
    if isinstance(body.get("nonce"), str):
        checks.length("nonce", body["nonce"], most=MAX_NONCE)
    if files > MAX_FILES:
        checks.fault("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for number, item in enumerate(body.get("attachments") or []):
        if isinstance(item, dict) and item.get("description") is not None:
            path = f"attachments.{number}.description"
            checks.length(path, item["description"], most=MAX_DESCRIPTION)
    checks.done()
    if body.get("sticker_ids"):
        # No guild here has stickers of its own that an application could send.
        raise ApiError(Code.INVALID_STICKER)
    parts = ("content", "embeds", "components", "poll", "message_reference")
    if whole and not files and not any(body.get(part) for part in parts):
        raise ApiError(Code.EMPTY_MESSAGE)


def flags(body: Json) -> int:
    """The flags that a sender asked for and can set; others are passed over."""
    return (body.get("flags") or 0) & CAN_BE_SET


def poll(body: Json) -> Json | None:
    """The poll of a message that was checked."""
    return polls.asked_for(body.get("poll"), Checks())


def _check_mentions(allowed: Json, checks: Checks) -> None:
    """What is parsed cannot be listed as well ("Allowed Mentions Object")."""
    for kind in ("users", "roles"):
        listed = allowed.get(kind) or []
        if listed and kind in (allowed.get("parse") or []):
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            checks.fault("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
        if len(listed) > 100:
            message = "Must be 100 or fewer in length."
            checks.fault(f"allowed_mentions.{kind}", "BASE_TYPE_MAX_LENGTH", message)


def numbered(components: list[Json] | None) -> list[Json]:
    """Components as Discord gives them back: each with an id, counted through the message, and
    with what else it always says of their kind."""
    count = 0

    def number(component: Json) -> Json:
        nonlocal count
        count += 1
        result = _without_nulls(component)
        result.setdefault("id", count)
        if component.get("type") in SELECTS:
            result = {"min_values": 1, "max_values": 1, **result}
        if isinstance(component.get("options"), list):
            result["options"] = [_with_emoji(option) for option in component["options"]]
        result = _with_emoji(result)
        for key in ("components", "items"):
            if isinstance(component.get(key), list):
                result[key] = [number(inner) for inner in component[key]]
        if isinstance(component.get("accessory"), dict):
            result["accessory"] = number(component["accessory"])
        if isinstance(component.get("component"), dict):
            result["component"] = number(component["component"])
        if component.get("type") == _CONTAINER:
            result = {"accent_color": None, "spoiler": False, **result}
        return result

    return [number(component) for component in components or []]


def _with_emoji(component: Json) -> Json:
    """A button or option; its emoji says nothing of what it has not."""
    shown = _without_nulls(component)
    if "emoji" in shown:
        shown["emoji"] = _without_nulls(shown["emoji"])
    return shown


def _without_nulls(value: Json) -> Json:
    return {key: inner for key, inner in value.items() if inner is not None}


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
