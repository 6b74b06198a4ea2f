"""REST, request by request: what Discord answers, and with which status and code."""

from typing import Any

import pytest

from sandbox import LocalDiscord, NotAllowedError, Permissions, overwrite
from tests.sandbox.clients import Rest
from tests.sandbox.conftest import Harbour

UNKNOWN = 10**17


def path(harbour: Harbour, template: str, **more: int) -> str:
    """A path with the ids of the guild filled in."""
    ids = {
        "guild": harbour.guild.id,
        "channel": harbour.guild.general.id,
        "alice": harbour.alice.id,
        "ada": harbour.ada.id,
        "app": harbour.app.id,
        "unknown": UNKNOWN,
        **more,
    }
    return template.format(**ids)


@pytest.mark.parametrize(
    ("method", "template", "body", "status", "code"),
    [
        ("GET", "/nothing", None, 404, 0),
        ("PUT", "/users/@me", {}, 405, 0),
        ("GET", "/channels/{unknown}", None, 404, 10003),
        ("GET", "/channels/abc", None, 400, 50035),
        ("GET", "/channels/{channel}/messages/{unknown}", None, 404, 10008),
        ("DELETE", "/channels/{channel}/messages/{unknown}", None, 404, 10008),
        ("DELETE", "/channels/{unknown}/messages/{unknown}", None, 404, 10003),
        ("POST", "/channels/{channel}/messages", {}, 400, 50006),
        ("POST", "/channels/{channel}/messages", {"content": "x" * 2001}, 400, 50035),
        ("POST", "/channels/{channel}/messages", {"embeds": [{"title": "x" * 257}]}, 400, 50035),
        ("POST", "/channels/{channel}/messages", ["content"], 400, 50035),
        ("GET", "/channels/{channel}/messages?limit=0", None, 400, 50035),
        ("GET", "/channels/{channel}/messages?limit=101", None, 400, 50035),
        ("GET", "/channels/{channel}/messages?limit=ten", None, 400, 50035),
        ("GET", "/guilds/{unknown}", None, 404, 10004),
        ("GET", "/guilds/{guild}/members/{unknown}", None, 404, 10013),
        ("PATCH", "/guilds/{guild}/members/{ada}", {"nick": "x"}, 403, 50013),
        ("PATCH", "/guilds/{guild}/members/{alice}", {"nick": "x" * 33}, 400, 50035),
        ("PATCH", "/guilds/{guild}/members/{alice}", {"roles": []}, 403, 50013),
        ("PUT", "/guilds/{guild}/members/{alice}/roles/{unknown}", None, 404, 10011),
        ("POST", "/guilds/{guild}/roles", {"name": "x"}, 403, 50013),
        ("PATCH", "/channels/{channel}", {"name": "x"}, 403, 50013),
        ("POST", "/channels/{channel}/webhooks", {"name": "x"}, 403, 50013),
        ("GET", "/users/{unknown}", None, 404, 10013),
        ("POST", "/users/@me/channels", {"recipient_id": "{app}"}, 403, 50007),
        ("GET", "/applications/{app}/commands/{unknown}", None, 404, 10063),
        ("GET", "/applications/{unknown}/commands", None, 403, 50001),
        ("POST", "/webhooks/{app}/token", {"content": "x"}, 401, 50027),
        ("POST", "/webhooks/{unknown}/token", {"content": "x"}, 404, 10015),
        ("POST", "/interactions/{unknown}/token/callback", {"type": 4}, 404, 10062),
    ],
)
async def test_refusals(
    harbour: Harbour, rest: Rest, method: str, template: str, body: Any, status: int, code: int
) -> None:
    if isinstance(body, dict):
        body = {key: path(harbour, v) if v == "{app}" else v for key, v in body.items()}
    reply = await rest(method, path(harbour, template), json=body)
    assert (reply.status, reply.code) == (status, code), reply.body


async def test_a_field_error_names_its_field(harbour: Harbour, rest: Rest) -> None:
    body = {"content": "x" * 2001, "embeds": [{}, {"fields": [{"name": "n", "value": ""}]}]}
    reply = await rest("POST", path(harbour, "/channels/{channel}/messages"), json=body)
    assert reply.body == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "content": {
                "_errors": [
                    {
                        "code": "BASE_TYPE_MAX_LENGTH",
                        "message": "Must be 2000 or fewer in length.",
                    }
                ]
            },
            "embeds": {
                "1": {
                    "fields": {
                        "0": {
                            "value": {
                                "_errors": [
                                    {
                                        "code": "BASE_TYPE_REQUIRED",
                                        "message": "This field is required",
                                    }
                                ]
                            }
                        }
                    }
                }
            },
        },
    }


async def test_a_wrong_token_and_wrong_json(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    async with Rest(discord, "wrong") as stranger:
        assert (await stranger("GET", "/users/@me")).status == 401
    old, new = harbour.app.token, harbour.app.reset_token()
    assert old != new
    assert (await rest("GET", "/users/@me")).body == {"message": "401: Unauthorized", "code": 0}
    async with Rest(discord, new) as renewed:
        where = path(harbour, "/channels/{channel}/messages")
        reply = await renewed(
            "POST", where, data=b"{", headers={"Content-Type": "application/json"}
        )
        assert (reply.status, reply.code) == (400, 50109)


async def test_history_pages(harbour: Harbour, rest: Rest) -> None:
    ids = [str((await harbour.alice.says(str(n))).id) for n in range(10)]
    base = path(harbour, "/channels/{channel}/messages")

    async def page(query: str) -> list[str]:
        reply = await rest("GET", f"{base}?{query}")
        return [message["id"] for message in reply.body]

    assert await page("limit=3") == ids[:-4:-1]
    assert await page(f"limit=3&before={ids[5]}") == [ids[4], ids[3], ids[2]]
    assert await page(f"limit=3&after={ids[5]}") == [ids[8], ids[7], ids[6]]
    assert await page(f"limit=3&around={ids[5]}") == [ids[6], ids[5], ids[4]]
    assert await page(f"before={ids[0]}") == []
    assert len(await page("")) == 10


async def test_without_the_right_to_read_history_it_is_empty(harbour: Harbour, rest: Rest) -> None:
    message = await harbour.alice.says("there")
    general = harbour.guild.general
    general.permit(harbour.bot, deny=Permissions.READ_MESSAGE_HISTORY)
    reply = await rest("GET", f"/channels/{general.id}/messages")
    assert (reply.status, reply.body) == (200, [])
    reply = await rest("GET", f"/channels/{general.id}/messages/{message.id}")
    assert reply.code == 50001


async def test_a_hidden_channel_is_closed(harbour: Harbour, rest: Rest) -> None:
    hidden = harbour.guild.add_channel(
        "staff", overwrites=[overwrite(harbour.guild.everyone, deny=Permissions.VIEW_CHANNEL)]
    )
    base = f"/channels/{hidden.id}"
    for reply in (
        await rest("GET", base),
        await rest("GET", f"{base}/messages"),
        await rest("POST", f"{base}/messages", json={"content": "x"}),
    ):
        assert (reply.status, reply.code) == (403, 50001)
    with pytest.raises(NotAllowedError):
        await harbour.alice.says("hello", channel=hidden)


async def test_deleting(harbour: Harbour, rest: Rest) -> None:
    role = harbour.guild.role("Palisade")
    first, second = await harbour.alice.says("one"), await harbour.alice.says("two")
    base = path(harbour, "/channels/{channel}/messages")
    assert (await rest("DELETE", f"{base}/{first.id}")).status == 204
    assert first.deleted
    assert (await rest("DELETE", f"{base}/{first.id}")).code == 10008
    role.change(permissions=Permissions.VIEW_CHANNEL)
    assert (await rest("DELETE", f"{base}/{second.id}")).code == 50013
    own = await rest("POST", base, json={"content": "mine"})
    assert (await rest("DELETE", f"{base}/{own.body['id']}")).status == 204
    system = await harbour.alice.says("", type=21)
    role.change(permissions=Permissions.MANAGE_MESSAGES)
    assert (await rest("DELETE", f"{base}/{system.id}")).code == 50021
    assert [m.id for m in harbour.guild.general.messages] == [second.id, system.id]


async def test_two_factor(discord: LocalDiscord) -> None:
    careless = discord.add_user("careless", two_factor=False)
    app = discord.add_application("Bot", owner=careless)
    guild = discord.add_guild("Harbour", owner=discord.add_user("ada"))
    guild.install(app, permissions=Permissions.MANAGE_MESSAGES | Permissions.MANAGE_NICKNAMES)
    alice = guild.join(discord.add_user("alice"))
    guild.demand_two_factor()
    message = await alice.says("hello")
    async with Rest(discord, app.token) as rest:
        where = f"/channels/{guild.general.id}/messages/{message.id}"
        reply = await rest("DELETE", where)
        assert (reply.status, reply.code) == (403, 60003)
        where = f"/guilds/{guild.id}/members/{alice.id}"
        assert (await rest("PATCH", where, json={"nick": "Al"})).status == 200
        guild.demand_two_factor(False)
        where = f"/channels/{guild.general.id}/messages/{message.id}"
        assert (await rest("DELETE", where)).status == 204


async def test_nicknames_follow_the_hierarchy(harbour: Harbour, rest: Rest) -> None:
    above = harbour.guild.add_role("Above", position=5)
    where = path(harbour, "/guilds/{guild}/members/{alice}")
    for nick, shown in (("Al", "Al"), ("", None), ("Al", "Al"), (None, None)):
        reply = await rest("PATCH", where, json={"nick": nick})
        assert (reply.status, reply.body["nick"]) == (200, shown)
    harbour.alice.give(above)
    assert (await rest("PATCH", where, json={"nick": "no"})).code == 50013
    harbour.alice.leave()
    assert (await rest("PATCH", where, json={"nick": "no"})).code == 10007


async def test_roles_of_members(harbour: Harbour, rest: Rest) -> None:
    low, high = harbour.guild.add_role("Low"), harbour.guild.add_role("High", position=9)
    harbour.guild.role("Palisade").change(permissions=Permissions.MANAGE_ROLES)
    where = path(harbour, "/guilds/{guild}/members/{alice}/roles/")
    assert (await rest("PUT", f"{where}{low.id}")).status == 204
    assert harbour.alice.state.roles == [low.id]
    assert (await rest("PUT", f"{where}{high.id}")).code == 50013
    managed = harbour.guild.role("Palisade").id
    assert (await rest("PUT", f"{where}{managed}")).code == 50028
    assert (await rest("DELETE", f"{where}{low.id}")).status == 204
    assert harbour.alice.state.roles == []


async def test_the_reason_is_decoded_and_bounded(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    where = path(harbour, "/guilds/{guild}/members/{alice}")
    headers = {"X-Audit-Log-Reason": "entry%20%D0%B4%25"}
    await rest("PATCH", where, json={"nick": "x"}, headers=headers)
    entry = discord.journal.requests("PATCH", "/guilds/{guild_id}/members/{user_id}")[0]
    assert entry.reason == "entry д%"
    reply = await rest("PATCH", where, json={}, headers={"X-Audit-Log-Reason": "x" * 513})
    assert reply.code == 50035


async def test_text_is_kept_as_given(harbour: Harbour, rest: Rest) -> None:
    for text in (" space ", "a\u200bb", "\U0001f600", "e\u0301", "a\r\nb", "ﬀ"):
        message = await harbour.alice.says(text)
        reply = await rest("GET", f"/channels/{message.channel_id}/messages/{message.id}")
        assert reply.body["content"] == text


async def test_message_content_is_withheld_in_rest_too(harbour: Harbour, rest: Rest) -> None:
    harbour.app.switch_intents(message_content=False)
    message = await harbour.alice.says("secret", files=[("a.txt", b"x")], embeds=[{"title": "t"}])
    mention = await harbour.alice.says(f"<@{harbour.app.id}> hello")
    where = path(harbour, "/channels/{channel}/messages")
    shown, hidden = (await rest("GET", where)).body
    assert (shown["id"], shown["content"]) == (str(mention.id), mention.content)
    assert hidden["id"] == str(message.id)
    assert (hidden["content"], hidden["attachments"], hidden["embeds"]) == ("", [], [])


async def test_webhooks(harbour: Harbour, discord: LocalDiscord, rest: Rest) -> None:
    harbour.guild.role("Palisade").change(permissions=Permissions.MANAGE_WEBHOOKS)
    made = await rest("POST", path(harbour, "/channels/{channel}/webhooks"), json={"name": "N"})
    base = f"/webhooks/{made.body['id']}/{made.body['token']}"
    async with Rest(discord, None) as anyone:
        assert (await anyone("POST", base, json={"content": "quiet"})).status == 204
        reply = await anyone(
            "POST", f"{base}?wait=true", json={"content": "loud", "username": "Other"}
        )
        assert reply.body["author"]["username"] == "Other"
        assert reply.body["author"]["id"] == reply.body["webhook_id"] == made.body["id"]
        where = f"{base}/messages/{reply.body['id']}"
        assert (await anyone("PATCH", where, json={"content": "new"})).body["content"] == "new"
        assert (await anyone("DELETE", where)).status == 204
        assert (await anyone("POST", base + "x", json={"content": "x"})).code == 50027
        assert (await anyone("DELETE", base)).status == 204
        assert (await anyone("POST", base, json={"content": "x"})).code == 10015
    assert [m.content for m in harbour.guild.general.messages] == ["quiet"]
