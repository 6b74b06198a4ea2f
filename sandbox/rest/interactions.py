"""The route of the first answer to an interaction."""

import time

from sandbox.changes import interactions
from sandbox.errors import ApiError, Checks, Code, invalid
from sandbox.interactions import Answer as Kind
from sandbox.interactions import Interaction
from sandbox.interactions import Kind as Deed
from sandbox.message_payloads import message as shown
from sandbox.rest import content, modal_checks
from sandbox.rest.call import Call
from sandbox.rest.messages import edit_from
from sandbox.rest.router import Answer, Routes
from sandbox.wire import Json
from sandbox.world import Message

routes = Routes()

_NEW_MESSAGE = {Kind.MESSAGE, Kind.DEFERRED_MESSAGE}
_ON_MESSAGE = {Kind.UPDATE, Kind.DEFERRED_UPDATE}


@routes.route(
    "POST", "/interactions/{interaction_id}/{interaction_token}/callback", needs_token=False
)
async def answer_interaction(call: Call) -> Answer | None:
    interaction = call.core.interactions.get(call.params["interaction_token"])
    if interaction is None or interaction.id != call.id("interaction_id"):
        raise ApiError(Code.UNKNOWN_INTERACTION)
    late = time.monotonic() - interaction.began > call.core.interaction_seconds
    if interaction.answer is None and late:
        raise ApiError(Code.UNKNOWN_INTERACTION)
    if interaction.answer is not None:
        raise ApiError(Code.ALREADY_ACKNOWLEDGED)
    call.sender = interaction.application
    body = call.body()
    kind = _kind(interaction, body.get("type"))
    data = body.get("data") or {}
    message = _carry_out(call, interaction, kind, data)
    interactions.answered(call.core, interaction, kind)
    if not call.flag("with_response"):
        return None
    return Answer(200, _response(call, interaction, kind, message))


def _kind(interaction: Interaction, value: object) -> Kind:
    """The kind of the answer, if it fits what was done."""
    if interaction.kind is Deed.AUTOCOMPLETE:
        fitting = {Kind.CHOICES}
    else:
        fitting = set(_NEW_MESSAGE)
        if interaction.kind is not Deed.MODAL_SUBMIT:
            fitting.add(Kind.MODAL)
        if interaction.source is not None:
            fitting |= _ON_MESSAGE
    if value not in fitting:
        numbers = ", ".join(str(int(kind)) for kind in sorted(fitting))
        raise invalid("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{numbers}}}.")
    return Kind(int(str(value)))


def _carry_out(call: Call, interaction: Interaction, kind: Kind, data: Json) -> Message | None:
    core = call.core
    match kind:
        case Kind.MESSAGE:
            content.check(data, files=len(call.files))
            flags = data.get("flags") or 0
            hidden = bool(flags & interactions.EPHEMERAL)
            interaction.original = interactions.show(
                core,
                interaction,
                data.get("content") or "",
                flags,
                allowed_mentions=data.get("allowed_mentions"),
                embeds=content.rich(data.get("embeds")),
                components=content.numbered(data.get("components")),
                attachments=content.files(call, interaction.channel, data, ephemeral=hidden),
                tts=bool(data.get("tts")),
            )
            return interaction.original
        case Kind.DEFERRED_MESSAGE:
            flags = (data.get("flags") or 0) & interactions.EPHEMERAL | interactions.LOADING
            interaction.original = interactions.show(core, interaction, "", flags)
            return interaction.original
        case Kind.UPDATE | Kind.DEFERRED_UPDATE:
            source = interaction.source
            if source is None or source.deleted:
                raise ApiError(Code.UNKNOWN_MESSAGE)
            interaction.original = source
            if kind is Kind.UPDATE:
                edit_from(call, source, data, visible=interactions.is_public(source))
            return source
        case Kind.CHOICES:
            interaction.choices = _choices(data)
        case Kind.MODAL:
            interaction.modal = _modal(data)
    return None


def _choices(data: Json) -> list[Json]:
    choices: list[Json] = data.get("choices") or []
    checks = Checks()
    if len(choices) > 25:
        checks.fault("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for index, choice in enumerate(choices):
        path = f"data.choices.{index}"
        checks.length(f"{path}.name", choice.get("name"), least=1, most=100)
        if isinstance(choice.get("value"), str):
            checks.length(f"{path}.value", choice["value"], most=100)
    checks.done()
    return choices


def _modal(data: Json) -> Json:
    modal_checks.check(data)
    return {**data, "components": content.numbered(data["components"])}


def _response(call: Call, interaction: Interaction, kind: Kind, message: Message | None) -> Json:
    """The answer with_response: the interaction, and the message if there is one."""
    about: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    resource: Json = {"type": int(kind)}
    if message is not None and kind not in _ON_MESSAGE:
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & interactions.LOADING),
            "response_message_ephemeral": not interactions.is_public(message),
        }
    if message is not None and kind in (Kind.MESSAGE, Kind.UPDATE):
        resource["message"] = shown(message, call.core.base_url)
    response: Json = {"interaction": about}
    if "message" in resource:
        response["resource"] = resource
    return response
