"""What messages can hold: nonces, mentions, replies, forwards, polls, stickers, components."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox import LocalDiscord, NotAllowedError, Permissions, overwrite
from sandbox.gateway.intents import Intents
from sandbox.nonces import Nonces
from sandbox.world import Account, Channel, ChannelType, Message
from tests.sandbox.clients import Rest, Socket
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL

TEXT = {"type": 10, "content": "in a component"}


@pytest.fixture
def here(harbour: Harbour) -> str:
    """The path of #general's messages."""
    return f"/channels/{harbour.guild.general.id}/messages"


async def test_a_nonce_is_good_for_one_message(
    discord: LocalDiscord, harbour: Harbour, rest: Rest, here: str
) -> None:
    body = {"content": "once", "nonce": "case-7", "enforce_nonce": True}
    first = await rest("POST", here, json=body)
    again = await rest("POST", here, json={**body, "content": "twice"})
    assert (again.status, again.body["id"], again.body["content"]) == (
        200,
        first.body["id"],
        "once",
    )
    assert first.body["nonce"] == "case-7"
    assert [m.content for m in harbour.guild.general.messages] == ["once"]
    # Another author, another nonce, or none that is enforced: a message of its own.
    other = discord.add_application("Other")
    harbour.guild.install(other)
    async with Rest(discord, other.token) as theirs:
        await theirs("POST", here, json=body)
    await rest("POST", here, json={**body, "nonce": "case-8"})
    await rest("POST", here, json={"content": "free", "nonce": "case-7"})
    assert len(harbour.guild.general.messages) == 4
    # The one that was forgotten begins anew.
    discord.core.nonces.seconds = 0.0
    later = await rest("POST", here, json=body)
    assert later.body["id"] != first.body["id"]
    reply = await rest("POST", here, json={**body, "nonce": "x" * 26})
    assert reply.code == 50035


def test_nonces_are_remembered_for_a_while() -> None:
    now = 0.0
    nonces = Nonces(10.0, clock=lambda: now)
    channel = Channel(1, ChannelType.GUILD_TEXT, "c")
    author = Account(7, "bot")

    def made(number: int, nonce: str | int) -> Message:
        return Message(number, channel, author, "", datetime.now(UTC), nonce=nonce)

    first = made(1, 5)
    nonces.remember(first)
    now = 6.0
    nonces.remember(made(2, "5"))
    nonces.remember(second := made(3, "6"))
    assert nonces.find(7, "5") is first
    assert nonces.find(8, "5") is None
    now = 10.0
    assert nonces.find(7, "5") is None
    assert nonces.find(7, 6) is second


@pytest.mark.parametrize(
    ("allowed", "users", "everyone"),
    [
        (None, ["alice", "ada"], True),
        ({}, [], False),
        ({"parse": []}, [], False),
        ({"parse": ["users"]}, ["alice", "ada"], False),
        ({"parse": ["everyone"]}, [], True),
        ({"users": ["alice"]}, ["alice"], False),
    ],
)
async def test_mentions_go_as_far_as_they_are_allowed(
    harbour: Harbour,
    rest: Rest,
    here: str,
    allowed: dict[str, Any] | None,
    users: list[str],
    everyone: bool,
) -> None:
    harbour.guild.role("Palisade").change(
        permissions=Permissions.SEND_MESSAGES | Permissions.MENTION_EVERYONE
    )
    ids = {"alice": str(harbour.alice.id), "ada": str(harbour.ada.id)}
    body: dict[str, Any] = {"content": f"<@{ids['alice']}> <@!{ids['ada']}> @everyone"}
    if allowed is not None:
        listed = [ids[name] for name in allowed.get("users", [])]
        body["allowed_mentions"] = allowed | ({"users": listed} if listed else {})
    reply = await rest("POST", here, json=body)
    assert [user["id"] for user in reply.body["mentions"]] == [ids[name] for name in users]
    assert reply.body["mention_everyone"] is everyone


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, 50035),
        ({"content": "x", "message_reference": {"message_id": "5"}}, 50035),
        ({"content": "x", "components": [TEXT]}, 50035),
        ({"content": "x", "components": [TEXT], "flags": 1 << 15}, 50035),
        ({"components": [{**TEXT, "content": "x" * 4001}], "flags": 1 << 15}, 50035),
        ({"components": [TEXT] * 41, "flags": 1 << 15}, 50035),
        ({"sticker_ids": ["5"]}, 50081),
        ({"flags": 1 << 15}, 50006),
    ],
)
async def test_what_is_refused(rest: Rest, here: str, body: dict[str, Any], code: int) -> None:
    reply = await rest("POST", here, json=body)
    assert (reply.status, reply.code) == (400, code)


async def test_a_reply(harbour: Harbour, rest: Rest, here: str) -> None:
    asked = await harbour.alice.says("a question")
    about = {"message_id": str(asked.id)}
    reply = await rest("POST", here, json={"content": "an answer", "message_reference": about})
    assert reply.body["type"] == 19
    assert reply.body["referenced_message"]["content"] == "a question"
    assert reply.body["message_reference"]["channel_id"] == str(asked.channel_id)
    assert [user["id"] for user in reply.body["mentions"]] == [str(harbour.alice.id)]
    body = {"content": "x", "message_reference": about, "allowed_mentions": {"parse": []}}
    assert (await rest("POST", here, json=body)).body["mentions"] == []
    back = await harbour.alice.says("thanks", reply_to=harbour.guild.general.messages[1])
    assert back.json["referenced_message"]["content"] == "an answer"
    assert "referenced_message" not in back.json["referenced_message"]
    await asked.delete()
    where = f"{here}/{reply.body['id']}"
    assert (await rest("GET", where)).body["referenced_message"] is None
    lost = {**about, "fail_if_not_exists": False}
    plain = await rest("POST", here, json={"content": "x", "message_reference": lost})
    assert (plain.status, plain.body["type"]) == (200, 0)
    harbour.guild.general.permit(harbour.bot, deny=Permissions.READ_MESSAGE_HISTORY)
    refused = await rest("POST", here, json={"content": "x", "message_reference": about})
    assert refused.code == 160002


async def test_a_forward_is_a_copy(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    news = harbour.guild.add_channel("news")
    source = await harbour.ada.says(
        "original", channel=news, embeds=[{"type": "rich", "title": "t"}], files=[("a.txt", b"x")]
    )
    forward = await harbour.alice.forwards(source)
    await source.edit("changed")
    assert forward.content == ""
    shown = (await rest("GET", f"/channels/{forward.channel_id}/messages/{forward.id}")).body
    assert shown["message_reference"] == {
        "type": 1,
        "message_id": str(source.id),
        "channel_id": str(news.id),
        "guild_id": str(harbour.guild.id),
    }
    (copy,) = shown["message_snapshots"]
    assert (copy["message"]["content"], copy["message"]["embeds"][0]["title"]) == ("original", "t")
    assert copy["message"]["attachments"][0]["filename"] == "a.txt"
    assert "author" not in copy["message"]
    assert shown["flags"] == 1 << 14
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL & ~int(Intents.MESSAGE_CONTENT))
        await harbour.alice.forwards(source)
        (hidden,) = (await socket.event("MESSAGE_CREATE"))["message_snapshots"]
        assert (hidden["message"]["content"], hidden["message"]["embeds"]) == ("", [])


async def test_a_bot_forwards(harbour: Harbour, rest: Rest, here: str) -> None:
    news = harbour.guild.add_channel("news")
    source = await harbour.ada.says("original", channel=news)
    about = {"type": 1, "message_id": str(source.id), "channel_id": str(news.id)}
    reply = await rest("POST", here, json={"message_reference": about})
    assert (reply.body["type"], reply.body["content"]) == (0, "")
    assert reply.body["message_snapshots"][0]["message"]["content"] == "original"
    unknown = {**about, "message_id": "5"}
    assert (await rest("POST", here, json={"message_reference": unknown})).code == 10008
    asked = await harbour.ada.polls("?", ["yes"], channel=news)
    unfit = {**about, "message_id": str(asked.id)}
    assert (await rest("POST", here, json={"message_reference": unfit})).code == 50035
    harbour.app.switch_intents(message_content=False)
    assert (await rest("POST", here, json={"message_reference": about})).code == 160014
    news.permit(harbour.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    assert (await rest("POST", here, json={"message_reference": about})).code == 50001


async def test_a_poll(discord: LocalDiscord, harbour: Harbour, rest: Rest, here: str) -> None:
    async with Socket(discord) as seeing, Socket(discord) as blind:
        await seeing.identify(harbour.app, ALL)
        await blind.identify(harbour.app, ALL & ~int(Intents.MESSAGE_CONTENT))
        message = await harbour.alice.polls("Which?", ["this", "that"])
        shown = (await seeing.event("MESSAGE_CREATE"))["poll"]
        assert shown["question"] == {"text": "Which?"}
        assert [a["poll_media"]["text"] for a in shown["answers"]] == ["this", "that"]
        assert [a["answer_id"] for a in shown["answers"]] == [1, 2]
        assert "poll" not in await blind.event("MESSAGE_CREATE")
    assert (await rest("GET", f"{here}/{message.id}")).body["poll"] == message.json["poll"]
    body = {
        "poll": {
            "question": {"text": "Mine?"},
            "answers": [{"poll_media": {"text": "yes"}}],
            "duration": 1,
        }
    }
    made = await rest("POST", here, json=body)
    assert made.body["poll"]["question"] == {"text": "Mine?"}
    edited = await rest("PATCH", f"{here}/{made.body['id']}", json={"content": "x"})
    assert (edited.status, edited.code) == (400, 520003)
    for wrong in (
        {"question": {"text": "x" * 301}, "answers": [{"poll_media": {"text": "x"}}]},
        {"question": {"text": "x"}, "answers": []},
        {"question": {"text": "x"}, "answers": [{"poll_media": {"text": "x" * 56}}]},
        {"question": {"text": "x"}, "answers": [{"poll_media": {"text": "x"}}], "duration": 769},
        "Which?",
    ):
        assert (await rest("POST", here, json={"poll": wrong})).code == 50035
    harbour.guild.general.permit(harbour.guild.everyone, deny=Permissions.SEND_POLLS)
    assert (await rest("POST", here, json=body)).code == 50013
    with pytest.raises(NotAllowedError, match="may begin no polls"):
        await harbour.alice.polls("Which?", ["this"])


async def test_stickers_and_descriptions(harbour: Harbour, rest: Rest, here: str) -> None:
    message = await harbour.alice.says(
        stickers=["wave", "shrug"], files=[("a.png", b"x", "a picture of a cat"), ("b.png", b"y")]
    )
    shown = (await rest("GET", f"{here}/{message.id}")).body
    assert [sticker["name"] for sticker in shown["sticker_items"]] == ["wave", "shrug"]
    told = [attachment.get("description") for attachment in shown["attachments"]]
    assert told == ["a picture of a cat", None]


async def test_components_that_stand_alone(
    discord: LocalDiscord, harbour: Harbour, rest: Rest, here: str
) -> None:
    mention = {"type": 10, "content": f"for <@{harbour.alice.id}>"}
    link = {"type": 2, "style": 5, "url": "https://a.b", "label": "x"}
    section = {"type": 9, "components": [mention], "accessory": link}
    body = {"flags": 1 << 15, "components": [TEXT, {"type": 17, "components": [section]}]}
    reply = await rest("POST", here, json=body)
    assert (reply.status, reply.body["content"]) == (200, "")
    assert reply.body["components"][0]["content"] == "in a component"
    assert [user["id"] for user in reply.body["mentions"]] == [str(harbour.alice.id)]
    where = f"{here}/{reply.body['id']}"
    edited = await rest("PATCH", where, json={"components": [{**TEXT, "content": "other"}]})
    assert edited.body["components"][0]["content"] == "other"
    assert edited.body["flags"] == 1 << 15
    assert (await rest("PATCH", where, json={"content": "x"})).code == 50035
    hook = await harbour.guild.webhook("News")
    url = f"/webhooks/{hook.id}/{hook.state.token}?wait=true&with_components=true"
    async with Rest(discord, None) as anyone:
        written = await anyone("POST", url, json={"flags": 1 << 15, "components": [TEXT]})
    assert written.body["flags"] == 1 << 15
    said = await hook.says("", flags=1 << 15, components=[TEXT])
    assert said.components == [TEXT]


async def test_updates_that_are_no_edits(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    message = await harbour.alice.says("x", embeds=[{"type": "rich", "title": "t"}])
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        await message.pin()
        pinned = await socket.event("MESSAGE_UPDATE")
        assert (pinned["pinned"], pinned["edited_timestamp"]) == (True, None)
        await message.suppress_embeds()
        update = await socket.event("MESSAGE_UPDATE")
        assert (update["embeds"], update["edited_timestamp"]) == ([], None)
        await message.edit("y", embeds=[{"type": "rich", "title": "u"}])
        assert (await socket.event("MESSAGE_UPDATE"))["edited_timestamp"] is not None
    assert message.embeds == [{"type": "rich", "title": "u"}]


async def test_people_write_only_where_they_may(harbour: Harbour) -> None:
    closed = harbour.guild.add_channel(
        "closed", overwrites=[overwrite(harbour.guild.everyone, deny=Permissions.SEND_MESSAGES)]
    )
    source = await harbour.alice.says("x")
    with pytest.raises(NotAllowedError, match="alice may not write in #closed"):
        await harbour.alice.forwards(source, channel=closed)


async def test_a_message_is_waited_for_until_an_edit_makes_it_fit(harbour: Harbour) -> None:
    message = await harbour.alice.says("draft")
    general = harbour.guild.general
    waiting = asyncio.create_task(general.wait_message(lambda one: one.content == "final"))
    await asyncio.sleep(0)  # it looks, and finds nothing
    await message.edit("final")
    assert await asyncio.wait_for(waiting, 1.0) == message
