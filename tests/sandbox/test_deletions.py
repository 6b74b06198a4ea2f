"""Taking messages away: many at once, and those that cannot be taken away."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox import LocalDiscord, Permissions
from sandbox.gateway.intents import Intents
from sandbox.snowflakes import Snowflakes
from tests.sandbox.clients import Rest, Socket
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL

LONG_AGO = datetime.now(UTC) - timedelta(days=14, minutes=1)
NOT_SO_LONG_AGO = datetime.now(UTC) - timedelta(days=13, hours=23)


def bulk(harbour: Harbour) -> str:
    """The path of the deletion of many."""
    return f"/channels/{harbour.guild.general.id}/messages/bulk-delete"


async def test_many_go_at_once(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    messages = [await harbour.alice.says(str(n), at=NOT_SO_LONG_AGO) for n in range(3)]
    stays = await harbour.alice.says("stays")
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        ids = [str(message.id) for message in messages]
        # The id of nothing is passed over.
        unknown = str(Snowflakes().next())
        reply = await rest("POST", bulk(harbour), json={"messages": [*ids, unknown]})
        assert (reply.status, reply.body) == (204, None)
        assert await socket.event("MESSAGE_DELETE_BULK") == {
            "ids": ids,
            "channel_id": str(harbour.guild.general.id),
            "guild_id": str(harbour.guild.id),
        }
    assert all(message.deleted for message in messages)
    assert harbour.guild.general.messages == [stays]
    # Those that are gone already are passed over too, and nothing is told.
    assert (await rest("POST", bulk(harbour), json={"messages": ids})).status == 204
    assert len(discord.journal.events("MESSAGE_DELETE_BULK")) == 1


@pytest.mark.parametrize(
    ("extra", "status", "code"),
    [
        ("old", 400, 50034),
        ("old and gone", 400, 50034),
        ("twice", 400, 50034),
        ("few", 400, 50016),
        ("many", 400, 50016),
        ("none", 400, 50016),
        ("no list", 400, 50016),
        ("no id", 400, 50035),
        ("a system message", 403, 50021),
        ("no permission", 403, 50013),
    ],
)
async def test_one_fails_all(
    harbour: Harbour, rest: Rest, extra: str, status: int, code: int
) -> None:
    messages = [await harbour.alice.says(str(n)) for n in range(3)]
    ids: object = [str(message.id) for message in messages]
    assert isinstance(ids, list)
    match extra:
        case "old":
            ids.append(str((await harbour.alice.says("old", at=LONG_AGO)).id))
        case "old and gone":
            ids.append(str(Snowflakes().at(LONG_AGO)))
        case "twice":
            ids.append(ids[0])
        case "few":
            ids = ids[:1]
        case "many":
            ids += [str(10**17 + n) for n in range(98)]
        case "none":
            ids = []
        case "no list":
            ids = "1, 2"
        case "no id":
            ids.append("nothing")
        case "a system message":
            ids.append(str((await harbour.alice.says(type=21)).id))
        case "no permission":
            harbour.guild.role("Palisade").change(permissions=Permissions.VIEW_CHANNEL)
    reply = await rest("POST", bulk(harbour), json={"messages": ids})
    assert (reply.status, reply.code) == (status, code)
    assert not any(message.deleted for message in messages)


async def test_direct_conversations_know_no_bulk(harbour: Harbour, rest: Rest) -> None:
    told = await harbour.alice.user.tells(harbour.app.user, "hello")
    reply = await rest(
        "POST", f"/channels/{told.channel_id}/messages/bulk-delete", json={"messages": ["1", "2"]}
    )
    assert (reply.status, reply.code) == (403, 50003)


@pytest.mark.parametrize(
    ("kind", "status"),
    [(kind, 403) for kind in (1, 2, 3, 4, 5, 21)] + [(kind, 204) for kind in (0, 6, 7, 18, 19, 24)],
)
async def test_kinds_that_cannot_be_deleted(
    harbour: Harbour, rest: Rest, kind: int, status: int
) -> None:
    message = await harbour.alice.says("x", type=kind)
    reply = await rest("DELETE", f"/channels/{message.channel_id}/messages/{message.id}")
    assert reply.status == status
    assert message.deleted == (status == 204)
    if status == 403:
        assert reply.code == 50021


async def test_an_alert_of_automod(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    log = harbour.guild.add_channel("alerts")
    intents = int(Intents.AUTO_MODERATION_EXECUTION)
    async with Socket(discord) as socket, Socket(discord) as blind:
        await socket.identify(harbour.app, ALL | intents)
        await blind.identify(harbour.app, ALL & ~int(Intents.MESSAGE_CONTENT) | intents)
        await harbour.guild.automod_blocks(harbour.alice, "unheard", keyword="x", alerts=log)
        assert discord.journal.events("AUTO_MODERATION_ACTION_EXECUTION") == []
        harbour.guild.role("Palisade").change(
            permissions=Permissions.MANAGE_GUILD | Permissions.MANAGE_MESSAGES
        )
        alert = await harbour.guild.automod_blocks(
            harbour.alice, "you idiot", keyword="idiot", alerts=log
        )
        events = [await socket.event("AUTO_MODERATION_ACTION_EXECUTION") for _ in range(2)]
        assert [event["action"]["type"] for event in events] == [1, 2]
        assert {event["content"] for event in events} == {"you idiot"}
        assert all("message_id" not in event for event in events)
        assert events[1]["alert_system_message_id"] == str(alert.id)
        message = await socket.event("MESSAGE_CREATE")
        assert (message["type"], message["content"]) == (24, "")
        assert message["author"]["id"] == str(harbour.alice.id)
        assert message["embeds"][0]["description"] == "you idiot"
        assert (await blind.event("AUTO_MODERATION_ACTION_EXECUTION"))["content"] == ""
    shown = (await rest("GET", f"/channels/{log.id}/messages/{alert.id}")).body
    assert shown["embeds"][0]["type"] == "auto_moderation_message"
    where = f"/channels/{log.id}/messages/{alert.id}"
    assert (await rest("DELETE", where)).status == 204
