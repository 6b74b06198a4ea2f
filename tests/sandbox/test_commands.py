"""Registering application commands, and the rules of answering interactions."""

from typing import Any

import pytest

from sandbox import LocalDiscord, NotSeenError
from tests.sandbox.clients import Rest
from tests.sandbox.conftest import Harbour

PING = {"name": "ping", "description": "Ping"}
CHOICE = {"name": "c", "value": "v"}


def option(**more: Any) -> dict[str, Any]:
    """A text option."""
    return {"type": 3, "name": "o", "description": "d", **more}


@pytest.fixture
def commands(harbour: Harbour) -> str:
    """The path of the global commands."""
    return f"/applications/{harbour.app.id}/commands"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "Ping", "description": "d"},
        {"name": "two words", "description": "d"},
        {"name": "x" * 33, "description": "d"},
        {"name": "x"},
        {"name": "x", "description": ""},
        {"name": "x", "description": "d" * 101},
        {"name": "x", "description": "d", "type": 9},
        {"name": "x", "description": "no", "type": 2},
        {"name": "x" * 33, "type": 2},
        {"name": "x", "type": 3, "options": [option()]},
        {"name": "x", "description": "d", "options": [option(), option(name="s", type=1)]},
        {"name": "x", "description": "d", "options": [option(channel_types=[0])]},
        {"name": "x", "description": "d", "options": [option(type=7, channel_types=[17])]},
        {"name": "x", "description": "d", "options": [option(min_value=1)]},
        {"name": "x", "description": "d", "options": [option(max_length=6001)]},
        {"name": "x", "description": "d", "options": [option(choices=[CHOICE, CHOICE])]},
        {"name": "x", "description": "d", "options": [option(type=4, choices=[CHOICE])]},
        {"name": "x", "description": "d", "options": [option(type=6, choices=[CHOICE])]},
        {"name": "x", "description": "d", "options": [option(name="A")]},
        {"name": "x", "description": "d", "options": [option(type=12)]},
        {"name": "x", "description": "d", "options": [option()] * 2},
        {"name": "x", "description": "d", "options": [option(), option(name="p", required=True)]},
        {"name": "x", "description": "d", "options": [option(name=f"o{n}") for n in range(26)]},
        {"name": "x", "description": "d", "options": [option(type=2, options=[option(type=2)])]},
        {
            "name": "x",
            "description": "d",
            "options": [
                option(name=f"o{n}", choices=[{"name": "c" * 100, "value": "v" * 100}] * 20)
                for n in range(5)
            ],
        },
    ],
)
async def test_bad_commands_are_refused(rest: Rest, commands: str, body: dict[str, Any]) -> None:
    reply = await rest("POST", commands, json=body)
    assert (reply.status, reply.code) == (400, 50035), reply.body


async def test_commands_are_made_changed_and_taken_away(rest: Rest, commands: str) -> None:
    made = await rest("POST", commands, json=PING)
    assert made.status == 201
    again = await rest("POST", commands, json={**PING, "description": "Pong"})
    assert (again.status, again.body["id"]) == (200, made.body["id"])
    where = f"{commands}/{made.body['id']}"
    changed = await rest("PATCH", where, json={"default_member_permissions": "32"})
    assert changed.body["default_member_permissions"] == "32"
    assert changed.body["description"] == "Pong"
    other = {"name": "Report", "type": 3}
    replaced = await rest("PUT", commands, json=[other, PING])
    assert [command["name"] for command in replaced.body] == ["Report", "ping"]
    assert replaced.body[1]["id"] == made.body["id"]
    assert (await rest("DELETE", where)).status == 204
    assert [c["name"] for c in (await rest("GET", commands)).body] == ["Report"]


async def test_a_guild_has_commands_of_its_own(harbour: Harbour, rest: Rest, commands: str) -> None:
    where = f"/applications/{harbour.app.id}/guilds/{harbour.guild.id}/commands"
    made = await rest("POST", where, json=PING)
    assert made.body["guild_id"] == str(harbour.guild.id)
    assert (await rest("GET", commands)).body == []
    assert len((await rest("GET", where)).body) == 1


async def test_too_many_commands(rest: Rest, commands: str) -> None:
    many = [{"name": f"c{n}", "description": "d"} for n in range(100)]
    assert (await rest("PUT", commands, json=many)).status == 200
    assert (await rest("POST", commands, json=PING)).code == 30032


def callback(interaction: Any) -> str:
    """The path of an interaction's first answer."""
    return f"/interactions/{interaction.id}/{interaction.token}/callback"


def message(content: str, **more: Any) -> dict[str, Any]:
    """An answer with a message."""
    return {"type": 4, "data": {"content": content, **more}}


async def test_the_rules_of_answering(harbour: Harbour, rest: Rest, commands: str) -> None:
    await rest("POST", commands, json=PING)
    interaction = await harbour.alice.uses("/ping")
    follow = f"/webhooks/{harbour.app.id}/{interaction.token}"
    assert (await rest("POST", follow, json={"content": "early"})).code == 10015
    for wrong in (1, 6, 7, 8, 99, "4", None):
        reply = await rest("POST", callback(interaction), json={"type": wrong})
        assert (reply.status, reply.code) == (400, 50035)
    reply = await rest("POST", callback(interaction), json=message("x" * 2001))
    assert reply.code == 50035
    reply = await rest("POST", callback(interaction), json=message("yes"))
    assert (reply.status, reply.body) == (204, None)
    reply = await rest("POST", callback(interaction), json=message("again"))
    assert (reply.status, reply.code) == (400, 40060)
    assert (await rest("POST", follow, json={"content": "late"})).status == 200
    assert [m.content for m in interaction.messages] == ["yes", "late"]
    original = f"{follow}/messages/@original"
    assert (await rest("PATCH", original, json={"content": "no"})).body["content"] == "no"
    assert (await rest("DELETE", original)).status == 204
    assert (await rest("GET", original)).code == 10008
    assert [m.content for m in interaction.messages] == ["late"]


async def test_who_sees_a_deferred_answer_is_settled_when_it_is_deferred(
    harbour: Harbour, rest: Rest, commands: str
) -> None:
    await rest("POST", commands, json=PING)
    for flags, hidden in ((0, False), (64, True)):
        interaction = await harbour.alice.uses("/ping")
        deferred = {"type": 5, "data": {"flags": flags}}
        assert (await rest("POST", callback(interaction), json=deferred)).status == 204
        follow = f"/webhooks/{harbour.app.id}/{interaction.token}"
        assert interaction.messages == []
        for content, other in (("first", 64 - flags), ("second", 64 - flags)):
            await rest("POST", follow, json={"content": content, "flags": other})
        shown = [(m.content, m.ephemeral) for m in interaction.messages]
        assert shown == [("first", hidden), ("second", not hidden)]


async def test_with_response_the_message_comes_back(
    harbour: Harbour, rest: Rest, commands: str
) -> None:
    await rest("POST", commands, json=PING)
    interaction = await harbour.alice.uses("/ping")
    answer = message("hi", flags=64)
    reply = await rest("POST", f"{callback(interaction)}?with_response=1", json=answer)
    assert reply.status == 200
    assert reply.body["interaction"]["id"] == str(interaction.id)
    assert reply.body["interaction"]["response_message_ephemeral"] is True
    assert reply.body["resource"]["message"]["content"] == "hi"
    deferred = await harbour.alice.uses("/ping")
    reply = await rest("POST", f"{callback(deferred)}?with_response=1", json={"type": 5})
    assert reply.body["interaction"]["response_message_loading"] is True
    assert "resource" not in reply.body


async def test_an_answer_that_comes_too_late() -> None:
    async with LocalDiscord(interaction_seconds=0.0, interaction_token_seconds=0.0) as discord:
        app = discord.add_application("Bot")
        guild = discord.add_guild("Harbour", owner=discord.add_user("ada"))
        guild.install(app)
        async with Rest(discord, app.token) as rest:
            await rest("POST", f"/applications/{app.id}/commands", json=PING)
            interaction = await guild.owner.uses("/ping")
            reply = await rest("POST", callback(interaction), json=message("late"))
            assert (reply.status, reply.code) == (404, 10062)
            with pytest.raises(NotSeenError, match="an answer to"):
                await interaction.answered()
            assert interaction.failed
            follow = f"/webhooks/{app.id}/{interaction.token}"
            assert (await rest("POST", follow, json={"content": "x"})).code == 50027
