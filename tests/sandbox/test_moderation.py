"""Timeouts, kicks, bans, the audit log, server tags and closed direct messages."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import nextcord
import pytest

from sandbox import LocalDiscord, Member, NotAllowedError, Permissions
from sandbox.changes.audit import Action
from sandbox.gateway.intents import Intents
from tests.sandbox.clients import Rest, Socket
from tests.sandbox.conftest import MODERATOR, Connect, Harbour
from tests.sandbox.test_gateway import ALL

EVERYTHING = (
    MODERATOR
    | Permissions.KICK_MEMBERS
    | Permissions.BAN_MEMBERS
    | Permissions.MODERATE_MEMBERS
    | Permissions.MANAGE_GUILD
    | Permissions.VIEW_AUDIT_LOG
    | Permissions.MANAGE_ROLES
)
WATCHING = ALL | int(Intents.GUILD_MODERATION)
REASON = {"X-Audit-Log-Reason": "spam%21"}


@pytest.fixture
def member(harbour: Harbour) -> str:
    """The path of Alice as a member; the bot may do everything to her."""
    harbour.guild.role("Palisade").change(permissions=EVERYTHING)
    return f"/guilds/{harbour.guild.id}/members/{harbour.alice.id}"


def later(**span: float) -> str:
    """A moment to come, as Discord writes it."""
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


async def test_a_timeout(harbour: Harbour, rest: Rest, member: str, discord: LocalDiscord) -> None:
    until = later(hours=1)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, WATCHING)
        body = {"communication_disabled_until": until}
        reply = await rest("PATCH", member, json=body, headers=REASON)
        assert reply.status == 200
        told = await socket.event("GUILD_MEMBER_UPDATE")
        shown = datetime.fromisoformat(told["communication_disabled_until"])
        assert shown == datetime.fromisoformat(until)
        entry = await socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE")
        assert (entry["action_type"], entry["reason"]) == (24, "spam!")
        assert (entry["user_id"], entry["target_id"]) == (
            str(harbour.app.id),
            str(harbour.alice.id),
        )
        assert entry["changes"][0]["key"] == "communication_disabled_until"
    assert harbour.alice.timed_out
    with pytest.raises(NotAllowedError):
        await harbour.alice.says("silenced")
    await rest("PATCH", member, json={"communication_disabled_until": None})
    assert not harbour.alice.timed_out


@pytest.mark.parametrize(
    ("length", "status", "code"),
    [
        (timedelta(days=28, minutes=1), 400, 50035),
        (timedelta(days=27, hours=23), 200, None),
        (timedelta(hours=-1), 200, None),
        (None, 400, 50035),
    ],
)
async def test_how_long_a_timeout_may_be(
    harbour: Harbour,
    rest: Rest,
    member: str,
    length: timedelta | None,
    status: int,
    code: int | None,
) -> None:
    until = "tomorrow" if length is None else (datetime.now(UTC) + length).isoformat()
    reply = await rest("PATCH", member, json={"communication_disabled_until": until})
    assert reply.status == status
    assert code is None or reply.code == code
    silenced = length is not None and status == 200 and length > timedelta()
    assert harbour.alice.timed_out is silenced


async def test_whom_a_bot_cannot_touch(harbour: Harbour, rest: Rest, member: str) -> None:
    guild = harbour.guild
    paths = {
        "owner": f"/guilds/{guild.id}/members/{harbour.ada.id}",
        "above": member,
    }
    harbour.alice.give(guild.add_role("Above", position=9))
    body = {"communication_disabled_until": later(hours=1)}
    for path in paths.values():
        assert (await rest("PATCH", path, json=body)).code == 50013
        assert (await rest("DELETE", path)).code == 50013
    for who in (harbour.ada, harbour.alice):
        reply = await rest("PUT", f"/guilds/{guild.id}/bans/{who.id}", json={})
        assert reply.code == 50013
    assert harbour.alice.present


async def test_an_administrator_cannot_be_timed_out(
    harbour: Harbour, rest: Rest, member: str
) -> None:
    harbour.alice.give(harbour.guild.add_role("Low", permissions=Permissions.ADMINISTRATOR))
    body = {"communication_disabled_until": later(hours=1)}
    assert (await rest("PATCH", member, json=body)).code == 50013
    with pytest.raises(NotAllowedError, match="is an administrator"):
        await harbour.ada.times_out(harbour.alice, timedelta(hours=1))


async def test_a_kick(harbour: Harbour, rest: Rest, member: str, discord: LocalDiscord) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, WATCHING)
        assert (await rest("DELETE", member, headers=REASON)).status == 204
        assert (await socket.event("GUILD_MEMBER_REMOVE"))["user"]["username"] == "alice"
        assert (await socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE"))["action_type"] == 20
    assert not harbour.alice.present
    assert (await rest("DELETE", member)).code == 10007


async def test_bans(harbour: Harbour, rest: Rest, member: str, discord: LocalDiscord) -> None:
    guild, alice = harbour.guild, harbour.alice
    thread = await harbour.ada.starts_thread("Talk")
    old = await alice.says("old", at=datetime.now(UTC) - timedelta(hours=2))
    new = [await alice.says("new"), await alice.says("new", channel=thread)]
    other = await harbour.ada.says("hers")
    path = f"/guilds/{guild.id}/bans/{alice.id}"
    async with Socket(discord) as socket, Socket(discord) as unasked:
        await socket.identify(harbour.app, WATCHING)
        await unasked.identify(harbour.app, ALL)
        assert (await rest("GET", path)).code == 10026
        body = {"delete_message_seconds": 3600}
        assert (await rest("PUT", path, json=body, headers=REASON)).status == 204
        assert (await socket.event("GUILD_BAN_ADD"))["user"]["id"] == str(alice.id)
        await socket.event("GUILD_MEMBER_REMOVE")
        assert (await socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE"))["action_type"] == 22
        assert (await socket.event("MESSAGE_DELETE_BULK"))["ids"] == [str(new[0].id)]
        assert (await socket.event("MESSAGE_DELETE_BULK"))["ids"] == [str(new[1].id)]
        assert guild.banned(alice)
        assert [old.deleted, *(m.deleted for m in new), other.deleted] == [
            False,
            True,
            True,
            False,
        ]
        ban = (await rest("GET", path)).body
        assert (ban["user"]["id"], ban["reason"]) == (str(alice.id), "spam!")
        with pytest.raises(NotAllowedError, match="is banned"):
            guild.join(alice.user)
        assert (await rest("PUT", path, json={})).status == 204
        assert (await rest("DELETE", path)).status == 204
        assert (await socket.event("GUILD_BAN_REMOVE"))["user"]["id"] == str(alice.id)
        assert (await rest("DELETE", path)).code == 10026
    names = {e.name for e in discord.journal.events() if e.session_id != _first(discord)}
    assert not names & {"GUILD_BAN_ADD", "GUILD_AUDIT_LOG_ENTRY_CREATE"}
    guild.join(alice.user)
    unknown = f"/guilds/{guild.id}/bans/{10**17}"
    assert (await rest("PUT", unknown, json={})).code == 10013
    for seconds in (-1, 604_801):
        assert (await rest("PUT", path, json={"delete_message_seconds": seconds})).code == 50035


def _first(discord: LocalDiscord) -> str:
    return next(e.session_id for e in discord.journal.events("READY"))


async def test_many_bans_at_once(
    harbour: Harbour, rest: Rest, member: str, discord: LocalDiscord
) -> None:
    guild = harbour.guild
    raiders: list[Member] = [guild.join(discord.add_user(f"raider{n}")) for n in range(3)]
    path = f"/guilds/{guild.id}/bulk-ban"
    ids = [str(raider.id) for raider in raiders]
    reply = await rest("POST", path, json={"user_ids": [*ids, str(harbour.ada.id)]})
    assert reply.body == {"banned_users": ids, "failed_users": [str(harbour.ada.id)]}
    listed = (await rest("GET", f"/guilds/{guild.id}/bans?limit=2")).body
    assert [ban["user"]["id"] for ban in listed] == ids[:2]
    listed = (await rest("GET", f"/guilds/{guild.id}/bans?after={ids[0]}")).body
    assert [ban["user"]["id"] for ban in listed] == ids[1:]
    listed = (await rest("GET", f"/guilds/{guild.id}/bans?before={ids[1]}")).body
    assert [ban["user"]["id"] for ban in listed] == ids[:1]
    assert (await rest("POST", path, json={"user_ids": ids})).code == 500000
    for wrong in ([], [str(n) for n in range(201)], None):
        assert (await rest("POST", path, json={"user_ids": wrong})).code == 50035
    harbour.guild.role("Palisade").change(permissions=Permissions.BAN_MEMBERS)
    assert (await rest("POST", path, json={"user_ids": ids})).code == 50013


async def test_the_audit_log(
    harbour: Harbour, rest: Rest, member: str, discord: LocalDiscord
) -> None:
    guild, alice, ada = harbour.guild, harbour.alice, harbour.ada
    path = f"/guilds/{guild.id}/audit-logs"
    await ada.times_out(alice, timedelta(hours=1), reason="loud")
    await ada.times_out(alice, None)
    await ada.renames(alice, "Al")
    said = [await alice.says(str(n)) for n in range(4)]
    for message in said[:3]:
        await rest("DELETE", f"/channels/{message.channel_id}/messages/{message.id}")
    await ada.removes(said[3])
    await rest("PATCH", f"/guilds/{guild.id}", json={"name": "Haven"})
    await ada.kicks(alice)
    await ada.bans(alice.user, reason="enough")
    await ada.unbans(alice.user)
    assert [entry.action for entry in guild.audit_log] == [24, 24, 24, 72, 72, 1, 20, 22, 23]
    page = (await rest("GET", f"{path}?limit=3")).body
    assert [entry["action_type"] for entry in page["audit_log_entries"]] == [23, 22, 20]
    assert {user["username"] for user in page["users"]} == {"ada", "alice"}
    deletions = (await rest("GET", f"{path}?action_type=72")).body["audit_log_entries"]
    # Deletions of one person's messages by one moderator are gathered.
    assert [entry["options"]["count"] for entry in deletions] == ["1", "3"]
    assert deletions[0]["options"]["channel_id"] == str(guild.general.id)
    mine = (await rest("GET", f"{path}?user_id={harbour.app.id}")).body["audit_log_entries"]
    assert {entry["action_type"] for entry in mine} == {72, 1}
    after = (await rest("GET", f"{path}?after={guild.audit_log[1].id}&limit=2")).body
    assert [entry["action_type"] for entry in after["audit_log_entries"]] == [24, 72]
    (renamed,) = (await rest("GET", f"{path}?before={guild.audit_log[3].id}&limit=1")).body[
        "audit_log_entries"
    ]
    assert renamed["changes"] == [{"key": "nick", "new_value": "Al"}]
    assert guild.name == "Haven"
    assert (await rest("PATCH", f"/guilds/{guild.id}", json={"name": "x"})).code == 50035
    guild.role("Palisade").change(permissions=MODERATOR)
    assert (await rest("GET", path)).code == 50013
    assert (await rest("PATCH", f"/guilds/{guild.id}", json={"name": "xyz"})).code == 50013


async def test_the_audit_log_is_told_to_who_may_read_it(
    harbour: Harbour, rest: Rest, discord: LocalDiscord
) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, WATCHING)
        await harbour.ada.kicks(harbour.guild.join(discord.add_user("bob")))
        assert discord.journal.events("GUILD_AUDIT_LOG_ENTRY_CREATE") == []
        harbour.guild.role("Palisade").change(permissions=EVERYTHING)
        low = harbour.guild.add_role("Low")
        path = f"/guilds/{harbour.guild.id}/members/{harbour.alice.id}/roles/{low.id}"
        await rest("PUT", path)
        entry = await socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE")
        assert (entry["action_type"], entry["guild_id"]) == (
            Action.MEMBER_ROLE_UPDATE,
            str(harbour.guild.id),
        )
        assert entry["changes"] == [
            {"key": "$add", "new_value": [{"id": str(low.id), "name": "Low"}]}
        ]


DEEDS: dict[str, Callable[[Member, Member], Awaitable[None]]] = {
    "time out": lambda alice, bot: alice.times_out(bot, timedelta(hours=1)),
    "kick": lambda alice, bot: alice.kicks(bot),
    "ban": lambda alice, bot: alice.bans(bot),
    "unban": lambda alice, bot: alice.unbans(bot.user),
    "rename": lambda alice, bot: alice.renames(bot, "x"),
}


@pytest.mark.parametrize("deed", DEEDS)
async def test_people_act_only_with_the_right(harbour: Harbour, deed: str) -> None:
    alice, bot = harbour.alice, harbour.bot
    with pytest.raises(NotAllowedError, match=f"alice may not {deed}"):
        await DEEDS[deed](alice, bot)
    with pytest.raises(NotAllowedError, match="is not banned"):
        await harbour.ada.unbans(alice.user)
    with pytest.raises(NotAllowedError, match="28 days"):
        await harbour.ada.times_out(alice, timedelta(days=29))


async def test_a_server_tag(harbour: Harbour, rest: Rest, discord: LocalDiscord) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        await harbour.alice.user.wears("RUDE", guild_id=harbour.guild.id)
        told = await socket.event("GUILD_MEMBER_UPDATE")
        worn = told["user"]["primary_guild"]
        assert (worn["tag"], worn["identity_enabled"]) == ("RUDE", True)
        assert worn["identity_guild_id"] == str(harbour.guild.id)
        assert (await rest("GET", f"/users/{harbour.alice.id}")).body["primary_guild"] == worn
        await harbour.alice.user.wears(None)
        assert (await socket.event("GUILD_MEMBER_UPDATE"))["user"]["primary_guild"] is None


async def test_direct_messages_that_do_not_arrive(
    harbour: Harbour, rest: Rest, discord: LocalDiscord
) -> None:
    opened = await rest("POST", "/users/@me/channels", json={"recipient_id": str(harbour.alice.id)})
    path = f"/channels/{opened.body['id']}/messages"
    assert (await rest("POST", path, json={"content": "hello"})).status == 200
    harbour.alice.user.take_direct(False)
    closed = await rest("POST", path, json={"content": "hello"})
    assert (closed.status, closed.code) == (403, 50007)
    harbour.alice.user.take_direct()
    harbour.alice.leave()
    stranger = await rest("POST", path, json={"content": "hello"})
    assert (stranger.status, stranger.code) == (403, 50278)


async def test_members_in_pages(harbour: Harbour, rest: Rest, discord: LocalDiscord) -> None:
    for number in range(5):
        harbour.guild.join(discord.add_user(f"user{number}"))
    path = f"/guilds/{harbour.guild.id}/members"
    ids, after = [], "0"
    while page := (await rest("GET", f"{path}?limit=3&after={after}")).body:
        ids += [member["user"]["id"] for member in page]
        after = ids[-1]
    assert ids == sorted(map(str, harbour.guild.state.members), key=int)
    found = (await rest("GET", f"{path}/search?query=USER&limit=4")).body
    assert [member["user"]["username"] for member in found] == [f"user{n}" for n in range(4)]
    harbour.app.switch_intents(members=False)
    assert (await rest("GET", f"{path}?limit=3")).code == 50001


async def test_nextcord_moderates(
    harbour: Harbour, member: str, discord: LocalDiscord, connect: Connect
) -> None:
    intents = nextcord.Intents.default()
    intents.members = True
    client = nextcord.Client(intents=intents, guild_ready_timeout=0.01)
    connect(client)
    await asyncio.wait_for(client.wait_until_ready(), 10)
    (guild,) = client.guilds
    heard = await harbour.alice.says("goes with her")
    target = await guild.fetch_member(harbour.alice.id)
    await target.timeout(timedelta(minutes=5), reason="loud")
    assert harbour.alice.timed_out
    said = await harbour.ada.says("stays")
    await guild.ban(target, delete_message_seconds=60, reason="enough")
    assert not said.deleted
    assert heard.deleted
    assert harbour.guild.banned(harbour.alice)
    assert [ban.reason async for ban in guild.bans()] == ["enough"]
    entries = [entry async for entry in guild.audit_logs(limit=5)]
    assert [entry.reason for entry in entries] == ["enough", "loud"]
    await guild.unban(nextcord.Object(harbour.alice.id))
    assert not harbour.guild.banned(harbour.alice)
