"""Pressing buttons, choosing in menus and filling in forms, as Discord's client lets people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.changes import interactions
from sandbox.changes.interactions import EPHEMERAL
from sandbox.core import Core
from sandbox.handles import NotAllowedError
from sandbox.handles.options import CHANNEL, MENTIONABLE, ROLE, USER, Resolver
from sandbox.interactions import Interaction, Kind
from sandbox.permissions import can_view
from sandbox.wire import Json
from sandbox.world import Account, Message

_BUTTON, _STRING_SELECT, _TEXT_INPUT = 2, 3, 4
_LINK, _PREMIUM = 5, 6
_OTHER_SELECTS = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}


def press(core: Core, user: Account, messages: Sequence[Message], label: str) -> Interaction:
    """Press a button, by label or custom_id, of the last of the messages that has it."""
    message, button = _find(_seen(messages, user), label, {_BUTTON})
    if button.get("style") in (_LINK, _PREMIUM):
        raise NotAllowedError(f"the button {label!r} tells the application nothing")
    data = _data(button)
    return _begin(core, Kind.COMPONENT, message, user, data)


def select(
    core: Core, user: Account, messages: Sequence[Message], name: str, values: Sequence[Any]
) -> Interaction:
    """Choose in a menu, by placeholder or custom_id: values or labels of its options, or handles
    where it is a menu of users, roles or channels."""
    message, menu = _find(_seen(messages, user), name, {_STRING_SELECT, *_OTHER_SELECTS})
    least, most = menu.get("min_values", 1), menu.get("max_values", 1)
    if not least <= len(values) <= most:
        raise NotAllowedError(f"the menu {name!r} takes {least} to {most} values")
    data = _data(menu)
    if menu["type"] == _STRING_SELECT:
        known = {option["label"]: option["value"] for option in menu["options"]}
        known |= {option["value"]: option["value"] for option in menu["options"]}
        if unknown := [value for value in values if value not in known]:
            raise NotAllowedError(f"the menu {name!r} has no {unknown[0]!r}")
        data["values"] = [known[value] for value in values]
    else:
        resolver = Resolver(core, message.channel, user)
        kind, only = _OTHER_SELECTS[menu["type"]], menu.get("channel_types")
        data["values"] = [resolver.pick(kind, value.id, only=only) for value in values]
        data["resolved"] = resolver.resolved
    if len(set(data["values"])) < len(values):
        raise NotAllowedError(f"the menu {name!r} takes each value once")
    return _begin(core, Kind.COMPONENT, message, user, data)


def flat(values: Sequence[Any]) -> Sequence[Any]:
    """The values of a menu, given one by one or as one list."""
    return values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values


def named(components: Sequence[Json], name: str) -> Json:
    """The button or menu of some name (its label, custom_id, placeholder or emoji); raises
    KeyError."""
    for component in _within(components):
        if name in _names(component):
            return component
    raise KeyError(name)


def submit(core: Core, opened: Interaction, fields: Mapping[str, str]) -> Interaction:
    """Fill in the form that an interaction opened, by label or custom_id, and send it."""
    modal = opened.modal
    if modal is None:
        raise NotAllowedError("no form was opened")
    left = dict(fields)
    rows = [_filled(row, left) for row in modal["components"]]
    if left:
        raise NotAllowedError(f"the form has no field {', '.join(map(repr, left))}")
    data = {"custom_id": modal["custom_id"], "components": rows}
    return interactions.begin(
        core,
        Kind.MODAL_SUBMIT,
        opened.application,
        opened.channel,
        opened.user,
        data,
        opened.source,
    )


def forge(
    core: Core, user: Account, message: Message, custom_id: str, fields: Mapping[str, str] | None
) -> Interaction:
    """What a changed client could send: a press of a button that is not there, or with fields a
    form that was not opened."""
    if fields is None:
        data: Json = {"component_type": _BUTTON, "custom_id": custom_id, "id": 1}
        return _begin(core, Kind.COMPONENT, message, user, data)
    rows = [
        {
            "type": 1,
            "id": 1,
            "components": [{"type": _TEXT_INPUT, "custom_id": name, "value": text}],
        }
        for name, text in fields.items()
    ]
    data = {"custom_id": custom_id, "components": rows}
    return _begin(core, Kind.MODAL_SUBMIT, message, user, data)


def _filled(row: Json, left: dict[str, str]) -> Json:
    """A row of a form with what was typed: an action row, or a label around one field."""
    result: Json = {"type": row["type"], "id": row["id"]}
    if "component" in row:
        field = row["component"]
        return result | {"component": _typed(field, row.get("label"), left)}
    if "components" in row:
        fields = [_typed(field, field.get("label"), left) for field in row["components"]]
        return result | {"components": fields}
    return result


def _typed(field: Json, label: str | None, left: dict[str, str]) -> Json:
    custom_id = field["custom_id"]
    if field["type"] != _TEXT_INPUT:
        raise NotAllowedError(f"the field {custom_id} is of a kind that cannot be filled in here")
    value = field.get("value") or ""
    for name in (custom_id, label):
        if name in left:
            value = left.pop(name)
            break
    name = label or custom_id
    most = field.get("max_length") or 4000
    if field.get("required", True) and not value:
        raise NotAllowedError(f"the field {name!r} is required")
    if len(value) > most or (value and len(value) < (field.get("min_length") or 0)):
        least = field.get("min_length") or 0
        raise NotAllowedError(f"the field {name!r} takes {least} to {most} characters")
    return {"type": _TEXT_INPUT, "id": field["id"], "custom_id": custom_id, "value": value}


def _seen(messages: Sequence[Message], user: Account) -> list[Message]:
    """The messages, if somebody sees them all; raises NotAllowedError."""
    for message in messages:
        guild, told = message.channel.guild, message.extra.get("interaction_metadata")
        if message.deleted:
            raise NotAllowedError("the message is deleted")
        if message.flags & EPHEMERAL and told and told["user"]["id"] != str(user.id):
            raise NotAllowedError(f"{user.username} does not see the message: it is another's")
        if guild is None:
            if user not in message.channel.recipients:
                raise NotAllowedError(f"{user.username} is not in this conversation")
            continue
        member = guild.members.get(user.id)
        if member is None or not can_view(member, message.channel):
            raise NotAllowedError(f"{user.username} does not see #{message.channel.name}")
    return list(messages)


def _find(messages: Sequence[Message], name: str, kinds: set[int]) -> tuple[Message, Json]:
    there: list[str] = []
    for message in reversed(messages):
        for component in _within(message.components):
            if component.get("type") not in kinds:
                continue
            names = _names(component)
            if name not in names:
                there += names[:1]
                continue
            if component.get("disabled"):
                raise NotAllowedError(f"{name!r} is disabled")
            return message, component
    known = f"there are: {', '.join(there)}" if there else "there is nothing of the kind"
    raise NotAllowedError(f"nothing here is called “{name}”; {known}")


def _names(component: Json) -> list[str]:
    """What a component can be called by, what people read first."""
    emoji = (component.get("emoji") or {}).get("name")
    names = [component.get(key) for key in ("label", "placeholder", "custom_id")]
    return [name for name in (*names, emoji) if name]


def _within(components: Sequence[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        inner = [component.get("accessory"), component.get("component")]
        yield from _within([*(component.get("components") or []), *(c for c in inner if c)])


def _data(component: Json) -> Json:
    return {
        "custom_id": component["custom_id"],
        "component_type": component["type"],
        "id": component["id"],
    }


def _begin(core: Core, kind: Kind, message: Message, user: Account, data: Json) -> Interaction:
    application = core.world.application_of(message.author.id)
    if application is None:
        raise NotAllowedError("no application is behind this message")
    return interactions.begin(core, kind, application, message.channel, user, data, message)
