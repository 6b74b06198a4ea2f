"""Buttons, menus and forms: their limits, who can use them, and what the application is told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox import (
    Answer,
    ChannelType,
    LocalDiscord,
    Member,
    Message,
    NotAllowedError,
    Permissions,
    overwrite,
)
from tests.sandbox import answering
from tests.sandbox.answering import EPHEMERAL, PlainBot, plain_bot
from tests.sandbox.clients import Rest
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL

OPTION = {"label": "Red", "value": "red"}
MENU = {"type": 3, "custom_id": "menu", "options": [OPTION]}
USERS = {"type": 5, "custom_id": "users"}
BUTTON = {"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"}
LINK = {"type": 2, "style": 5, "label": "Rules", "url": "https://example.org/rules"}
INPUT = {"type": 4, "custom_id": "text", "label": "Text", "style": 1}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    """An action row."""
    return {"type": 1, "components": list(components)}


@pytest.fixture
async def bot(discord: LocalDiscord, harbour: Harbour) -> AsyncIterator[PlainBot]:
    """The bot, connected."""
    async with plain_bot(discord, harbour.app, ALL) as bot:
        yield bot


async def shows(harbour: Harbour, rest: Rest, *rows: dict[str, Any]) -> Message:
    """The bot writes a message with components in #general."""
    path = f"/channels/{harbour.guild.general.id}/messages"
    reply = await rest("POST", path, json={"content": "choose", "components": list(rows)})
    assert reply.status == 200, reply.body
    return harbour.guild.general.messages[-1]


@pytest.mark.parametrize(
    ("components", "field"),
    [
        ([row()], "0.components"),
        ([row(*[{**BUTTON, "custom_id": f"{n}"} for n in range(6)])], "0.components"),
        ([row(BUTTON)] * 2, "1.components.0.custom_id"),
        ([row(BUTTON, MENU)], "0.components.1"),
        ([row(MENU, USERS)], "0.components.1"),
        ([row(INPUT)], "0.components.0.type"),
        ([row({**BUTTON, "label": "x" * 81})], "0.components.0.label"),
        ([row({**BUTTON, "label": None})], "0.components.0.label"),
        ([row({**BUTTON, "style": 7})], "0.components.0.style"),
        ([row({**BUTTON, "custom_id": None})], "0.components.0.custom_id"),
        ([row({**BUTTON, "custom_id": "x" * 101})], "0.components.0.custom_id"),
        ([row({**BUTTON, "url": "https://example.org"})], "0.components.0.url"),
        ([row({**LINK, "url": None})], "0.components.0.url"),
        ([row({**LINK, "url": "javascript:1"})], "0.components.0.url"),
        ([row({**LINK, "url": "https://e.org/" + "x" * 512})], "0.components.0.url"),
        ([row({**LINK, "custom_id": "x"})], "0.components.0.custom_id"),
        ([row({**MENU, "options": []})], "0.components.0.options"),
        (
            [row({**MENU, "options": [{"label": f"{n}", "value": f"{n}"} for n in range(26)]})],
            "0.components.0.options",
        ),
        ([row({**MENU, "options": [OPTION, OPTION]})], "0.components.0.options.1.value"),
        ([row({**MENU, "options": [{"label": "Red"}]})], "0.components.0.options.0.value"),
        (
            [row({**MENU, "options": [{**OPTION, "description": "x" * 101}]})],
            "0.components.0.options.0.description",
        ),
        ([row({**MENU, "placeholder": "x" * 151})], "0.components.0.placeholder"),
        ([row({**MENU, "min_values": 26})], "0.components.0.min_values"),
        ([row({**MENU, "max_values": 0})], "0.components.0.max_values"),
        ([row({**MENU, "max_values": "two"})], "0.components.0.max_values"),
        ([row({**MENU, "min_values": 3, "max_values": 2})], "0.components.0.min_values"),
        ([row({**MENU, "min_values": 2, "max_values": 2})], "0.components.0.min_values"),
        ([row({"type": 5})], "0.components.0.custom_id"),
        (
            [row({**USERS, "default_values": [{"id": "1", "type": "user"}] * 2})],
            "0.components.0.default_values",
        ),
        (
            [row({**USERS, "default_values": [{"id": "1", "type": "role"}]})],
            "0.components.0.default_values.0.type",
        ),
        (
            [row({**USERS, "default_values": [{"id": "x", "type": "user"}]})],
            "0.components.0.default_values.0.id",
        ),
        ([row({**USERS, "channel_types": [99]})], "0.components.0.channel_types.0"),
        ([row({**BUTTON, "custom_id": f"{n}"}) for n in range(6)], ""),
    ],
)
async def test_components_of_messages_have_limits(
    harbour: Harbour, rest: Rest, components: list[dict[str, Any]], field: str
) -> None:
    path = f"/channels/{harbour.guild.general.id}/messages"
    reply = await rest("POST", path, json={"content": "x", "components": components})
    assert (reply.status, reply.code) == (400, 50035)
    node = reply.body["errors"]["components"]
    for part in field.split(".") if field else []:
        node = node[part]
    assert node["_errors"]
    assert harbour.guild.general.messages == []


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "x" * 46},
        {"title": ""},
        {"custom_id": "x" * 101},
        {"components": []},
        {"components": [row({**INPUT, "custom_id": f"{n}"}) for n in range(6)]},
        {"components": [row(INPUT)] * 2},
        {"components": [row(INPUT, {**INPUT, "custom_id": "b"})]},
        {"components": [row(BUTTON)]},
        {"components": [INPUT]},
        {"components": [row({**INPUT, "label": "x" * 46})]},
        {"components": [row({**INPUT, "label": None})]},
        {"components": [row({**INPUT, "custom_id": None})]},
        {"components": [row({**INPUT, "custom_id": "x" * 101})]},
        {"components": [row({**INPUT, "style": 3})]},
        {"components": [row({**INPUT, "placeholder": "x" * 101})]},
        {"components": [row({**INPUT, "min_length": -1})]},
        {"components": [row({**INPUT, "max_length": 4001})]},
        {"components": [row({**INPUT, "min_length": 5, "max_length": 4})]},
        {"components": [row({**INPUT, "max_length": 4, "value": "x" * 5})]},
        {"components": [{"type": 18, "label": "x" * 46, "component": INPUT}]},
        {"components": [{"type": 18, "label": "x", "component": {**MENU, "options": []}}]},
    ],
)
async def test_forms_have_limits(harbour: Harbour, bot: PlainBot, changed: dict[str, Any]) -> None:
    form = {"title": "A form", "custom_id": "form", "components": [row(INPUT)], **changed}
    message = await shows(harbour, bot.rest, row(BUTTON))
    pressed = await harbour.alice.presses(message, "Yes")
    taken = await bot.taken()
    reply = await bot.answer(taken, answering.MODAL, form)
    assert (reply.status, reply.code) == (400, 50035)
    assert pressed.modal is None
    right = {"title": "x" * 45, "custom_id": "x" * 100, "components": [row(INPUT)]}
    assert (await bot.answer(taken, answering.MODAL, right)).status == 204
    assert pressed.modal is not None


async def test_a_form_with_several_fields(harbour: Harbour, bot: PlainBot) -> None:
    message = await shows(harbour, bot.rest, row(BUTTON))
    pressed = await harbour.alice.presses(message, "Yes")
    reason = {**INPUT, "custom_id": "reason", "label": "Reason", "style": 2, "max_length": 400}
    length = {**INPUT, "custom_id": "length", "label": "Length", "value": "1d", "min_length": 2}
    note = {**INPUT, "custom_id": "note", "label": "Note", "required": False}
    more = {"type": 4, "custom_id": "more", "style": 1}
    label = {"type": 18, "label": "More", "component": more}
    rows = [row(reason), row(length), row(note), label]
    form = {"title": "Ban", "custom_id": "ban:7", "components": rows}
    assert (await bot.answer(await bot.taken(), answering.MODAL, form)).status == 204
    for fields, why in (
        ({"reason": "x", "more": "x", "length": "1"}, "'Length' takes 2 to 4000"),
        ({"reason": "x" * 401, "more": "x"}, "'Reason' takes 0 to 400"),
        ({"more": "x"}, "'Reason' is required"),
        ({"reason": "x", "more": "x", "why": "x"}, "no field 'why'"),
    ):
        with pytest.raises(NotAllowedError, match=why):
            await pressed.submit(fields)
    sent = await pressed.submit({"Reason": "spam\nand more", "more": "text"})
    taken = await bot.taken()
    assert (taken["type"], taken["data"]["custom_id"]) == (5, "ban:7")
    inner = [
        part.get("components", [part.get("component")])[0] for part in taken["data"]["components"]
    ]
    assert {field["custom_id"]: field["value"] for field in inner} == {
        "reason": "spam\nand more",
        "length": "1d",
        "note": "",
        "more": "text",
    }
    # A form that a button opened can change the button's message.
    assert taken["message"]["id"] == str(message.id)
    await bot.answer(taken, answering.UPDATE, {"content": "banned", "components": []})
    assert await sent.answered() is Answer.UPDATE
    assert (message.content, message.components) == ("banned", [])


async def test_what_the_menus_send(harbour: Harbour, bot: PlainBot, discord: LocalDiscord) -> None:
    guild, alice, app = harbour.guild, harbour.alice, harbour.app
    role, away = guild.add_role("Crew"), guild.join(discord.add_user("bob"))
    away.leave()
    voice = guild.add_channel("radio", kind=ChannelType.GUILD_VOICE)
    two = {"min_values": 0, "max_values": 2}
    default = [{"id": str(alice.id), "type": "user"}]
    message = await shows(
        harbour,
        bot.rest,
        row(
            {**MENU, "placeholder": "Colour", "options": [OPTION, {"label": "Blue", "value": "b"}]}
        ),
        row({**USERS, "placeholder": "Who", "default_values": default, **two}),
        row({"type": 6, "custom_id": "roles"}),
        row({"type": 7, "custom_id": "either", **two}),
        row({"type": 8, "custom_id": "channel", "channel_types": [0]}),
    )
    assert message.component("Who")["default_values"] == default
    assert message.component("roles")["max_values"] == 1

    async def chosen(menu: str, *values: Any) -> dict[str, Any]:
        await harbour.ada.selects(message, menu, *values)
        taken = await bot.taken()
        assert (taken["type"], taken["message"]["id"]) == (3, str(message.id))
        assert taken["data"]["component_type"] == message.component(menu)["type"]
        data: dict[str, Any] = taken["data"]
        return data

    assert (await chosen("Colour", "Blue"))["values"] == ["b"]
    who = await chosen("Who", [alice, away])
    assert who["values"] == [str(alice.id), str(away.id)]
    assert set(who["resolved"]["users"]) == {str(alice.id), str(away.id)}
    # Somebody who left is a user without a member.
    assert set(who["resolved"]["members"]) == {str(alice.id)}
    assert who["resolved"]["members"][str(alice.id)]["permissions"].isdecimal()
    assert await chosen("Who") == {**who, "values": [], "resolved": {}}
    assert (await chosen("roles", role))["resolved"]["roles"][str(role.id)]["name"] == "Crew"
    either = await chosen("either", alice, role)
    assert (set(either["resolved"]["users"]), set(either["resolved"]["roles"])) == (
        {str(alice.id)},
        {str(role.id)},
    )
    told = (await chosen("channel", guild.general))["resolved"]["channels"]
    assert told[str(guild.general.id)]["name"] == "general"
    assert told[str(guild.general.id)]["permissions"] == str(
        int(harbour.ada.permissions(guild.general))
    )
    hidden = guild.add_channel(
        "hidden", overwrites=[overwrite(guild.everyone, deny=Permissions.VIEW_CHANNEL)]
    )
    for menu, values, why in (
        ("Colour", ["Green"], "no 'Green'"),
        ("Colour", [], "takes 1 to 1"),
        ("Who", [alice, alice], "each value once"),
        ("Who", [alice, away, app.user], "takes 0 to 2"),
        ("Who", [role], "is nobody"),
        ("roles", [alice], "no role"),
        ("channel", [voice], "of a kind that cannot be chosen"),
        ("channel", [alice], "no channel"),
        ("channel", [hidden], "no channel"),
    ):
        with pytest.raises(NotAllowedError, match=why):
            await alice.selects(message, menu, *values)


async def test_buttons_of_each_kind(harbour: Harbour, bot: PlainBot) -> None:
    danger = {**BUTTON, "style": 4, "label": "Ban", "custom_id": "ban"}
    bare = {"type": 2, "style": 2, "custom_id": "bin", "emoji": {"id": None, "name": "🗑"}}
    off = {**BUTTON, "label": "Off", "custom_id": "off", "disabled": True}
    emoji_link = {"type": 2, "style": 5, "url": "https://example.org", "emoji": {"name": "🔗"}}
    message = await shows(harbour, bot.rest, row(danger, bare, off, LINK, emoji_link))
    assert message.component("Ban")["style"] == 4
    assert message.component("Rules")["url"] == "https://example.org/rules"
    assert message.component("Off")["disabled"]
    with pytest.raises(KeyError):
        message.component("No")
    for name, custom_id in (("Ban", "ban"), ("🗑", "bin"), ("bin", "bin")):
        await harbour.alice.presses(message, name)
        assert (await bot.taken())["data"]["custom_id"] == custom_id
    for name, why in (
        ("Off", "'Off' is disabled"),
        ("Rules", "tells the application nothing"),
        ("No", "there are: Ban, bin, Off, Rules, 🔗"),
    ):
        with pytest.raises(NotAllowedError, match=why):
            await harbour.alice.presses(message, name)
    await message.delete()
    with pytest.raises(NotAllowedError, match="is deleted"):
        await harbour.alice.presses(message, "Ban")


async def test_who_can_press(harbour: Harbour, bot: PlainBot) -> None:
    guild, alice = harbour.guild, harbour.alice
    message = await shows(harbour, bot.rest, row(BUTTON))
    pressed = await alice.presses(message, "Yes")
    taken = await bot.taken()
    assert taken["member"]["user"]["id"] == str(alice.id)
    data = {"content": "sure?", "flags": EPHEMERAL, "components": [row(BUTTON)]}
    await bot.answer(taken, answering.MESSAGE, data)
    hidden = await pressed.reply()
    with pytest.raises(NotAllowedError, match="it is another's"):
        await harbour.ada.presses(hidden, "Yes")
    await alice.presses(hidden, "Yes")
    assert (await bot.taken())["message"]["id"] == str(hidden.id)
    guild.general.permit(guild.everyone, deny=Permissions.VIEW_CHANNEL)
    await harbour.ada.presses(message, "Yes")
    with pytest.raises(NotAllowedError, match="does not see #general"):
        await alice.presses(message, "Yes")
    guild.general.permit(guild.everyone)
    alice.leave()
    with pytest.raises(NotAllowedError, match="does not see #general"):
        await alice.presses(message, "Yes")


@pytest.mark.parametrize("hidden", [True, False])
async def test_a_deferred_update(harbour: Harbour, bot: PlainBot, hidden: bool) -> None:
    message = await shows(harbour, bot.rest, row(BUTTON))
    pressed = await harbour.alice.presses(message, "Yes")
    taken = await bot.taken()
    if hidden:
        data = {"content": "sure?", "flags": EPHEMERAL, "components": [row(BUTTON)]}
        await bot.answer(taken, answering.MESSAGE, data)
        message = await pressed.reply()
        pressed = await pressed.press("Yes")
        taken = await bot.taken()
    await bot.answer(taken, answering.DEFERRED_UPDATE)
    assert await pressed.answered() is Answer.DEFERRED_UPDATE
    assert not message.edited
    path = bot.hook(taken) + "/messages/@original"
    assert (await bot.rest("GET", path)).body["id"] == str(message.id)
    menu = row({**MENU, "placeholder": "Colour"})
    reply = await bot.rest("PATCH", path, json={"content": "done", "components": [menu]})
    assert reply.status == 200
    await message.wait_edited(lambda m: m.content == "done")
    with pytest.raises(NotAllowedError, match="there are: Colour"):
        await pressed.select("Color", ["red"])
    again = await pressed.select("Colour", ["red"])
    await bot.answer(await bot.taken(), answering.UPDATE, {"content": "red", "components": []})
    assert (await again.reply()).content == "red"
    assert message.content == "red"


async def test_any_member_presses_a_message_of_the_channel(harbour: Harbour, bot: PlainBot) -> None:
    message = await shows(harbour, bot.rest, row(BUTTON))
    people: list[Member] = [harbour.ada, harbour.alice]
    for who in people:
        pressed = await who.presses(message, "Yes")
        taken = await bot.taken()
        await bot.answer(taken, answering.UPDATE, {"content": f"by {who.id}"})
        assert await pressed.answered() is Answer.UPDATE
        assert message.content == f"by {who.id}"
    update = await bot.socket.event("MESSAGE_UPDATE")
    assert update["content"] == f"by {harbour.alice.id}"
