"""Answers to slash commands, buttons and forms.

Plain Discord payloads through the one REST client, for three reasons: they share its patience with
outages, no View object has to be kept in memory for each answer, and buttons work after a restart
(see ``components.py``). Every answer is ephemeral and pings nobody, whatever its text holds.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

import nextcord
from nextcord.http import Route

from cogs.base import Interaction
from moderation.errors import PalisadeError, Refused, SettingRefused

log = logging.getLogger(__name__)

type Json = dict[str, Any]

EPHEMERAL = 1 << 6
NO_PINGS: Json = {"parse": []}
MAX_CONTENT = 2000
"""Characters of a message (Discord, Message)."""

BUTTONS_IN_A_ROW = 5

BROKEN = "Something went wrong on my side, and it is in my log. Please try again in a moment."

MESSAGE, DEFERRED, UPDATE, SUGGESTIONS, FORM = 4, 5, 7, 8, 9
"""Interaction callback types (Discord, Receiving and Responding)."""

ALREADY_ANSWERED = 40060
UNKNOWN_INTERACTION = 10062


@dataclass(frozen=True, slots=True)
class Button:
    """A button; ``custom_id`` is a path that ``components.py`` routes."""

    label: str
    custom_id: str
    style: nextcord.ButtonStyle = nextcord.ButtonStyle.secondary
    disabled: bool = False


async def answer(
    interaction: Interaction,
    content: str,
    *,
    buttons: Sequence[Button] = (),
    file: nextcord.File | None = None,
    embed: Json | None = None,
    menus: Sequence[Json] = (),
) -> None:
    """Answer for the first time, or fill in the answer that :func:`think` promised. ``menus`` are
    rows of ``selects.py``, which stand above the buttons."""
    data = _message(content, buttons, file, menus)
    if embed is not None:
        data["embeds"] = [embed]
    if interaction.attached.get("palisade_thinking"):
        await _edit(interaction, data, file)
    else:
        await _respond(interaction, MESSAGE, {**data, "flags": EPHEMERAL}, file)


async def think(interaction: Interaction) -> None:
    """Discord waits 3 s for an answer; this promises one within 15 min."""
    await _respond(interaction, DEFERRED, {"flags": EPHEMERAL}, None)
    interaction.attached["palisade_thinking"] = True


async def apologise(interaction: Interaction, error: BaseException | None = None) -> None:
    """Say that something broke: in the error's own words where it is one of ours, which are
    written for people, else in general ones. The caller has logged it."""
    text = str(error) if isinstance(error, PalisadeError) else BROKEN
    if isinstance(error, SettingRefused):
        text += " Nothing was changed."
    try:
        await answer(interaction, text)
    except Exception as second:
        log.info("Nor could that be told: %r", second)


def log_broken(what: str, error: BaseException) -> None:
    """One line for what we expect to go wrong now and then, a traceback for the rest. What was
    refused is no trouble, and may hold what somebody typed."""
    if isinstance(error, Refused):
        log.debug("%s was refused: %s", what, error)
    elif isinstance(error, PalisadeError):
        log.warning("%s failed: %s", what, error)
    else:
        log.error("%s broke", what, exc_info=error)


async def replace(
    interaction: Interaction,
    content: str,
    *,
    buttons: Sequence[Button] = (),
    file: nextcord.File | None = None,
    menus: Sequence[Json] = (),
) -> None:
    """Change the message whose button was pressed, or in whose menu something was chosen."""
    await _respond(interaction, UPDATE, _message(content, buttons, file, menus), file)


async def ask(
    interaction: Interaction, custom_id: str, title: str, *, label: str, hint: str
) -> None:
    """Open a form with one long field, ``text``."""
    field: Json = {
        "type": 4,
        "custom_id": "text",
        "label": label,
        "style": 2,
        "placeholder": hint,
        "required": True,
    }
    rows = [{"type": 1, "components": [field]}]
    await open_form(interaction, {"custom_id": custom_id, "title": title, "components": rows})


async def open_form(interaction: Interaction, form: Json) -> None:
    """Open a form, as Discord describes them (Discord, Modal)."""
    await _respond(interaction, FORM, form, None)


async def suggest(interaction: Interaction, choices: Sequence[Json]) -> None:
    """Answer an autocomplete with at most 25 ``{"name", "value"}``."""
    await _respond(interaction, SUGGESTIONS, {"choices": list(choices)[:25]}, None)


def submitted(interaction: Interaction) -> str:
    """What was written into the form of :func:`ask`."""
    data = cast(Mapping[str, Any], interaction.data or {})
    for row in data.get("components", ()):
        for field in row.get("components", ()):
            if field.get("custom_id") == "text":
                value = field.get("value")
                return value if isinstance(value, str) else ""
    return ""


def code(text: str) -> str:
    """``text`` as inline code: no mention, link or markdown in it is alive. A backtick, which code
    cannot hold, is shown as the look-alike U+02CB; a line break as a space; what cannot be seen,
    or would turn the rest around, as U+FFFD."""
    shown = "".join(_visible(character) for character in text)
    return f"`{shown.replace('`', 'ˋ') or ' '}`"


def _visible(character: str) -> str:
    if character in "\t\r\n\x0b\x0c\x85\u2028\u2029":
        return " "
    # U+200D holds the parts of an emoji together.
    return character if character.isprintable() or character in " \u200d" else "\ufffd"


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters of ``text``, with an ellipsis where some were left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def lines(head: str, rows: Sequence[str], *, limit: int = MAX_CONTENT) -> str:
    """``head`` and as many of ``rows`` as fit into one message; the rest is counted."""
    text = "\n".join([head, *rows])
    if len(text) <= limit:
        return text
    text = head
    for index, row in enumerate(rows):
        rest = f"\n… and {len(rows) - index} more."
        if len(text) + 1 + len(row) + len(rest) > limit:
            return text + rest
        text += "\n" + row
    return text


def text_file(name: str, text: str) -> nextcord.File:
    """A file to attach, in UTF-8."""
    return bytes_file(name, text.encode("utf-8", "replace"))


def bytes_file(name: str, content: bytes) -> nextcord.File:
    """A file to attach."""
    return nextcord.File(BytesIO(content), filename=name)


def _message(
    content: str, buttons: Sequence[Button], file: nextcord.File | None, menus: Sequence[Json] = ()
) -> Json:
    data: Json = {
        "content": shorten(content, MAX_CONTENT),
        "allowed_mentions": NO_PINGS,
        "components": [*menus, *button_rows(buttons)],
    }
    if file is not None:
        data["attachments"] = [{"id": 0, "filename": file.filename}]
    return data


def button_rows(buttons: Sequence[Button]) -> list[Json]:
    """Buttons as the components of a message, five in a row."""
    rows = [buttons[at : at + BUTTONS_IN_A_ROW] for at in range(0, len(buttons), BUTTONS_IN_A_ROW)]
    return [{"type": 1, "components": [_button(button) for button in row]} for row in rows]


def _button(button: Button) -> Json:
    return {
        "type": 2,
        "label": button.label,
        "custom_id": button.custom_id,
        "style": button.style.value,
        "disabled": button.disabled,
    }


async def _respond(
    interaction: Interaction, kind: int, data: Json, file: nextcord.File | None
) -> None:
    route = Route(
        "POST",
        "/interactions/{webhook_id}/{webhook_token}/callback",
        webhook_id=interaction.id,
        webhook_token=interaction.token,
    )
    try:
        await _send(interaction, route, {"type": kind, "data": data}, file)
    except nextcord.HTTPException as error:
        if error.code == ALREADY_ANSWERED:
            # An attempt whose own answer was lost on the way has taken effect.
            log.info("An interaction was answered already")
        elif error.code == UNKNOWN_INTERACTION:
            log.warning("An answer came later than the 3 s that Discord waits")
        else:
            raise


async def _edit(interaction: Interaction, data: Json, file: nextcord.File | None) -> None:
    route = Route(
        "PATCH",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        webhook_id=interaction.application_id,
        webhook_token=interaction.token,
    )
    await _send(interaction, route, data, file)


async def _send(
    interaction: Interaction, route: Route, body: Json, file: nextcord.File | None
) -> None:
    http = interaction.client.http
    if file is None:
        await http.request(route, json=body, auth=None)
        return
    form: list[Json] = [
        {"name": "payload_json", "value": nextcord.utils.to_json(body)},
        {
            "name": "files[0]",
            "value": file.fp,
            "filename": file.filename,
            "content_type": "text/plain",
        },
    ]
    await http.request(route, form=form, files=[file], auth=None)
