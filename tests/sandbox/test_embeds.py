"""What bots write: embeds within Discord's limits, edits, pings, and direct messages."""

from typing import Any

import pytest

from sandbox import LocalDiscord, NotAllowedError, Permissions
from tests.sandbox import answering
from tests.sandbox.answering import plain_bot
from tests.sandbox.clients import Rest
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL

FIELD = {"name": "n", "value": "v"}
NOBODY: dict[str, Any] = {"parse": []}


@pytest.fixture
def here(harbour: Harbour) -> str:
    """The path of #general's messages."""
    return f"/channels/{harbour.guild.general.id}/messages"


LARGEST = {
    "title": "t" * 256,
    "description": "d" * 4096,
    "footer": {"text": "f" * 1000},
    "author": {"name": "a" * 256},
    "fields": [{"name": "n", "value": "v"}] * 24 + [{"name": "n" * 256, "value": "v" * 88}],
}


@pytest.mark.parametrize(
    ("embeds", "field"),
    [
        ([{"title": "x" * 257}], "0.title"),
        ([{"description": "x" * 4097}], "0.description"),
        ([{"footer": {"text": "x" * 2049}}], "0.footer.text"),
        ([{"author": {"name": "x" * 257}}], "0.author.name"),
        ([{"fields": [FIELD] * 26}], "0.fields"),
        ([{"fields": [FIELD, {"name": "x" * 257, "value": "v"}]}], "0.fields.1.name"),
        ([{"fields": [{"name": "n", "value": "x" * 1025}]}], "0.fields.0.value"),
        ([{"fields": [{"name": "n"}]}], "0.fields.0.value"),
        ([{"title": "x"}] * 11, ""),
        ([LARGEST, {"title": "x"}], ""),
        ([{"title": 5}], "0.title"),
        ([{"color": 0x1000000}], "0.color"),
        ([{"timestamp": "yesterday"}], "0.timestamp"),
        ([{"title": "x", "url": "ftp://example.org"}], "0.url"),
        ([{"title": "x", "image": {"url": "nowhere"}}], "0.image.url"),
    ],
)
async def test_embeds_have_limits(
    harbour: Harbour, rest: Rest, here: str, embeds: list[dict[str, Any]], field: str
) -> None:
    reply = await rest("POST", here, json={"embeds": embeds})
    assert (reply.status, reply.code) == (400, 50035)
    node = reply.body["errors"]["embeds"]
    for part in field.split(".") if field else []:
        node = node[part]
    assert node["_errors"]
    assert harbour.guild.general.messages == []


async def test_the_largest_embed_fits_and_can_be_read(
    harbour: Harbour, rest: Rest, here: str
) -> None:
    assert (await rest("POST", here, json={"embeds": [LARGEST]})).status == 200
    (message,) = harbour.guild.general.messages
    (embed,) = message.embeds
    assert embed["description"] == "d" * 4096
    assert embed["fields"][24] == {"name": "n" * 256, "value": "v" * 88, "inline": False}
    assert embed["type"] == "rich"


async def test_a_message_is_edited(harbour: Harbour, rest: Rest, here: str) -> None:
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
    made = await rest("POST", here, json={"content": "one", "components": [row]})
    (message,) = harbour.guild.general.messages
    path = f"{here}/{made.body['id']}"
    body = {"embeds": [{"title": "two"}], "content": None, "components": []}
    assert (await rest("PATCH", path, json=body)).status == 200
    await message.wait_edited()
    assert (message.content, message.components) == ("", [])
    assert message.embeds[0]["title"] == "two"
    assert (await rest("GET", path)).body["embeds"] == message.embeds
    empty = await rest("PATCH", path, json={"embeds": []})
    assert (empty.status, empty.code) == (400, 50006)
    assert message.embeds
    assert (await rest("PATCH", path, json={"embeds": [{"title": "x" * 257}]})).code == 50035
    theirs = await harbour.alice.says("mine")
    assert (await rest("PATCH", f"{here}/{theirs.id}", json={"content": "x"})).code == 50005
    await theirs.delete()
    assert (await rest("GET", f"{here}/{theirs.id}")).code == 10008


async def test_who_is_pinged_can_be_read(harbour: Harbour, rest: Rest, here: str) -> None:
    crew, alice = harbour.guild.add_role("Crew"), harbour.alice
    permissions = Permissions.SEND_MESSAGES | Permissions.MENTION_EVERYONE
    harbour.guild.role("Palisade").change(permissions=permissions)
    question = await alice.says("a question")
    body: dict[str, Any] = {
        "content": f"<@{alice.id}> <@&{crew.id}> @everyone",
        "message_reference": {"message_id": str(question.id)},
    }
    await rest("POST", here, json=body)
    loud = harbour.guild.general.messages[-1]
    assert (loud.mentions, loud.mention_roles) == ([alice.id], [crew.id])
    assert loud.mention_everyone
    assert loud.replied == question
    await rest("POST", here, json={**body, "allowed_mentions": NOBODY})
    quiet = harbour.guild.general.messages[-1]
    assert (quiet.mentions, quiet.mention_roles, quiet.mention_everyone) == ([], [], False)
    assert quiet.replied == question
    await rest("POST", here, json={**body, "allowed_mentions": {"replied_user": True}})
    assert harbour.guild.general.messages[-1].mentions == [alice.id]


@pytest.mark.parametrize("allowed", [True, False])
async def test_an_answer_pings_everyone_only_with_the_right(
    discord: LocalDiscord, harbour: Harbour, allowed: bool
) -> None:
    if allowed:
        harbour.guild.role("Palisade").change(permissions=Permissions.MENTION_EVERYONE)
    async with plain_bot(discord, harbour.app, ALL) as bot:
        await bot.register({"name": "ping", "description": "d"})
        used = await harbour.alice.uses("/ping")
        data = {"content": f"@everyone <@{harbour.alice.id}>"}
        await bot.answer(await bot.taken(), answering.MESSAGE, data)
        reply = await used.reply()
        assert reply.mention_everyone is allowed
        assert reply.mentions == [harbour.alice.id]


async def test_direct_messages(discord: LocalDiscord, harbour: Harbour) -> None:
    alice = harbour.alice.user
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
    async with plain_bot(discord, harbour.app, ALL) as bot:
        body = {"recipient_id": str(alice.id)}
        opened = await bot.rest("POST", "/users/@me/channels", json=body)
        again = await bot.rest("POST", "/users/@me/channels", json=body)
        assert opened.body["id"] == again.body["id"]
        assert [user["id"] for user in opened.body["recipients"]] == [str(alice.id)]
        path = f"/channels/{opened.body['id']}/messages"
        await bot.rest("POST", path, json={"content": "you were warned", "components": [row]})
        place = alice.conversation(harbour.app.user)
        message = await place.wait_message(lambda m: "warned" in m.content)
        with pytest.raises(NotAllowedError, match="is not in this conversation"):
            await harbour.ada.presses(message, "Go")
        pressed = await alice.presses(message, "Go")
        taken = await bot.taken()
        assert "member" not in taken
        assert taken["user"]["id"] == str(alice.id)
        await bot.answer(taken, answering.UPDATE, {"content": "thanks", "components": []})
        await pressed.answered()
        assert message.content == "thanks"
