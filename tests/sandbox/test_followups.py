"""What follows the first answer to an interaction: written, read, edited, deleted."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox import Answer, LocalDiscord
from tests.sandbox import answering
from tests.sandbox.answering import EPHEMERAL, PlainBot, plain_bot
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL

EMBED = {"title": "Case 7", "description": "Spam", "fields": [{"name": "By", "value": "ada"}]}


@pytest.fixture
async def bot(discord: LocalDiscord, harbour: Harbour) -> AsyncIterator[PlainBot]:
    """The bot, connected, with a command."""
    async with plain_bot(discord, harbour.app, ALL) as bot:
        await bot.register({"name": "case", "description": "d"})
        yield bot


def form(body: dict[str, Any], **files: bytes) -> aiohttp.FormData:
    """A request with files."""
    made = aiohttp.FormData()
    made.add_field("payload_json", json.dumps(body), content_type="application/json")
    for number, (name, data) in enumerate(files.items()):
        made.add_field(f"files[{number}]", data, filename=f"{name}.txt", content_type="text/plain")
    return made


@pytest.mark.parametrize("flags", [0, EPHEMERAL])
async def test_an_answer_with_embeds_and_files(harbour: Harbour, bot: PlainBot, flags: int) -> None:
    used = await harbour.ada.uses("/case")
    taken = await bot.taken()
    path = f"/interactions/{taken['id']}/{taken['token']}/callback"
    data = {"embeds": [EMBED], "flags": flags, "attachments": [{"id": 0, "description": "all"}]}
    body = {"type": answering.MESSAGE, "data": data}
    assert (await bot.rest("POST", path, data=form(body, export=b"1,2"))).status == 204
    message = await used.reply()
    assert message.embeds[0]["fields"] == [{"name": "By", "value": "ada", "inline": False}]
    assert message.files == {"export.txt": b"1,2"}
    assert message.ephemeral is bool(flags)
    assert (message in harbour.guild.general.messages) is not bool(flags)
    original = bot.hook(taken) + "/messages/@original"
    shown = (await bot.rest("GET", original)).body
    assert (shown["id"], shown["attachments"][0]["description"]) == (str(message.id), "all")
    assert shown["flags"] == flags


async def test_follow_ups_live_their_own_lives(harbour: Harbour, bot: PlainBot) -> None:
    used = await harbour.ada.uses("/case")
    taken = await bot.taken()
    hook = bot.hook(taken)
    # Before the first answer there is nothing to follow.
    assert (await bot.rest("POST", hook, json={"content": "early"})).code == 10015
    await bot.answer(taken, answering.MESSAGE, {"content": "first"})
    body = {"content": "second", "flags": EPHEMERAL, "embeds": [EMBED]}
    second = (await bot.rest("POST", hook, data=form(body, a=b"A", b=b"B"))).body
    third = (await bot.rest("POST", hook, json={"content": "third"})).body
    messages = await used.shown(3)
    assert [(m.content, m.ephemeral) for m in messages] == [
        ("first", False),
        ("second", True),
        ("third", False),
    ]
    assert messages[1].files == {"a.txt": b"A", "b.txt": b"B"}
    assert [m.content for m in harbour.guild.general.messages] == ["first", "third"]
    one = f"{hook}/messages/{second['id']}"
    kept = [{"id": second["attachments"][1]["id"]}, {"id": 0, "filename": "c.txt"}]
    edit = {"content": "changed", "embeds": [], "attachments": kept}
    changed = await bot.rest("PATCH", one, data=form(edit, c=b"C"))
    assert changed.status == 200
    await messages[1].wait_edited(lambda m: m.content == "changed")
    assert (messages[1].embeds, messages[1].files) == ([], {"b.txt": b"B", "c.txt": b"C"})
    assert messages[1].ephemeral
    assert (await bot.rest("GET", one)).body["content"] == "changed"
    assert (await bot.rest("DELETE", one)).status == 204
    await messages[1].wait_deleted()
    for method in ("GET", "DELETE"):
        assert (await bot.rest(method, one)).code == 10008
    assert (await bot.rest("PATCH", one, json={"content": "x"})).code == 10008
    assert (await bot.rest("PATCH", f"{hook}/messages/@original", json={"content": ""})).code == (
        50006
    )
    assert (await bot.rest("DELETE", f"{hook}/messages/@original")).status == 204
    assert [m.content for m in used.messages] == ["third"]
    assert [str(m.id) for m in harbour.guild.general.messages] == [third["id"]]
    assert (await bot.rest("POST", hook, json={})).code == 50006
    assert (await bot.rest("POST", hook + "x", json={"content": "x"})).code == 50027
    # What somebody else wrote is not this interaction's to change.
    other = await harbour.alice.says("hers")
    assert (await bot.rest("DELETE", f"{hook}/messages/{other.id}")).code == 10008
    assert not other.deleted


async def test_the_answer_that_was_deferred_comes_by_an_edit(
    harbour: Harbour, bot: PlainBot
) -> None:
    used = await harbour.ada.uses("/case")
    taken = await bot.taken()
    await bot.answer(taken, answering.DEFERRED, {"flags": EPHEMERAL})
    assert await used.answered() is Answer.DEFERRED_MESSAGE
    assert used.messages == []
    path = bot.hook(taken) + "/messages/@original"
    body = {"embeds": [EMBED], "attachments": [{"id": 0}]}
    assert (await bot.rest("PATCH", path, data=form(body, list=b"x"))).status == 200
    message = await used.reply()
    assert message.ephemeral
    assert message.files == {"list.txt": b"x"}
    assert message.embeds[0]["title"] == "Case 7"


async def test_a_token_that_grew_old(
    discord: LocalDiscord, harbour: Harbour, bot: PlainBot
) -> None:
    await harbour.ada.uses("/case")
    taken = await bot.taken()
    await bot.answer(taken, answering.MESSAGE, {"content": "first"})
    discord.core.interaction_token_seconds = 0.0
    reply = await bot.rest("POST", bot.hook(taken), json={"content": "late"})
    assert (reply.status, reply.code) == (401, 50027)
