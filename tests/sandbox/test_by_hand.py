"""What people do by hand in the client: told to bots, written in the audit log, waited for."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox import LocalDiscord, NotAllowedError, NotSeenError, Permissions
from tests.sandbox.clients import Rest, Socket
from tests.sandbox.conftest import Harbour
from tests.sandbox.test_gateway import ALL
from tests.sandbox.test_moderation import EVERYTHING, WATCHING, later


async def test_each_deed_is_told(discord: LocalDiscord, harbour: Harbour) -> None:
    guild, ada, alice = harbour.guild, harbour.ada, harbour.alice
    guild.role("Palisade").change(permissions=EVERYTHING)
    crew = guild.add_role("Crew")
    async with Socket(discord) as socket, Socket(discord) as unasked:
        await socket.identify(harbour.app, WATCHING)
        await unasked.identify(harbour.app, ALL)

        async def entry(action: int, reason: str | None = None) -> Any:
            told = await socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE")
            assert (told["action_type"], told["user_id"]) == (action, str(ada.id))
            assert (told["target_id"], told["guild_id"]) == (str(alice.id), str(guild.id))
            assert told.get("reason") == reason
            return told.get("changes")

        await ada.renames(alice, "Al")
        assert (await socket.event("GUILD_MEMBER_UPDATE"))["nick"] == "Al"
        assert await entry(24) == [{"key": "nick", "new_value": "Al"}]
        await ada.times_out(alice, timedelta(hours=1), reason="loud")
        (silenced,) = await entry(24, "loud")
        assert silenced["key"] == "communication_disabled_until"
        assert datetime.fromisoformat(silenced["new_value"]) == alice.timed_out_until
        await ada.times_out(alice, None)
        (freed,) = await entry(24)
        assert freed == {"key": silenced["key"], "old_value": silenced["new_value"]}
        await ada.grants(alice, crew, reason="welcome")
        assert (await socket.event("GUILD_MEMBER_UPDATE"))["roles"] == [str(crew.id)]
        named = [{"id": str(crew.id), "name": "Crew"}]
        assert await entry(25, "welcome") == [{"key": "$add", "new_value": named}]
        await ada.revokes(alice, crew)
        assert await entry(25) == [{"key": "$remove", "new_value": named}]
        await ada.kicks(alice, reason="out")
        assert (await socket.event("GUILD_MEMBER_REMOVE"))["user"]["id"] == str(alice.id)
        assert await entry(20, "out") is None
        again = guild.join(alice.user)
        await ada.bans(again, reason="spam")
        assert (await socket.event("GUILD_BAN_ADD"))["user"]["id"] == str(alice.id)
        await socket.event("GUILD_MEMBER_REMOVE")
        assert await entry(22, "spam") is None
        await ada.unbans(alice.user, reason="sorry")
        assert (await socket.event("GUILD_BAN_REMOVE"))["user"]["id"] == str(alice.id)
        assert await entry(23, "sorry") is None
        session = next(iter(discord.journal.events("READY"))).session_id
        told = {e.name for e in discord.journal.events() if e.session_id != session}
        assert "GUILD_MEMBER_REMOVE" in told
        assert not told & {"GUILD_AUDIT_LOG_ENTRY_CREATE", "GUILD_BAN_ADD", "GUILD_BAN_REMOVE"}


async def test_what_the_bot_did_is_told_as_well(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    guild, alice = harbour.guild, harbour.alice
    guild.role("Palisade").change(permissions=EVERYTHING)
    path, headers = f"/guilds/{guild.id}", {"X-Audit-Log-Reason": "case%207"}
    member, ban = f"{path}/members/{alice.id}", f"{path}/bans/{alice.id}"
    crew = guild.add_role("Crew")
    body = {"nick": "Al", "communication_disabled_until": later(hours=1), "roles": [str(crew.id)]}
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, WATCHING)
        assert (await rest("PATCH", member, json=body, headers=headers)).status == 200
        assert (await rest("DELETE", member, headers=headers)).status == 204
        assert (await rest("PUT", ban, json={}, headers=headers)).status == 204
        assert (await rest("DELETE", ban, headers=headers)).status == 204
        for action in (24, 25, 20, 22, 23):
            told = await socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE")
            assert (told["action_type"], told["reason"]) == (action, "case 7")
            assert (told["user_id"], told["target_id"]) == (str(harbour.app.id), str(alice.id))
            if action == 24:
                keys = [change["key"] for change in told["changes"]]
                assert keys == ["nick", "communication_disabled_until"]


async def test_roles_follow_the_hierarchy(discord: LocalDiscord, harbour: Harbour) -> None:
    guild, alice = harbour.guild, harbour.alice
    low = guild.add_role("Low")
    lead = guild.add_role("Lead", permissions=Permissions.MANAGE_ROLES, position=2)
    bob = guild.join(discord.add_user("bob"))
    with pytest.raises(NotAllowedError, match="may not change roles"):
        await alice.grants(bob, low)
    alice.give(lead)
    await alice.grants(bob, low)
    assert [role.id for role in bob.roles] == [low.id]
    for role in (lead, guild.role("Palisade"), guild.everyone):
        with pytest.raises(NotAllowedError, match="may not give or take"):
            await alice.grants(bob, role)
    await alice.revokes(bob, low)
    assert bob.roles == []


async def test_nobody_is_acted_on_from_below_or_beside(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    guild, alice = harbour.guild, harbour.alice
    own = guild.role("Palisade")
    own.change(permissions=EVERYTHING)
    until = {"communication_disabled_until": later(hours=1)}
    # An equal place is not enough: the bot and Alice have the same highest role.
    alice.state.roles.append(own.id)
    path = f"/guilds/{guild.id}/members/{alice.id}"
    assert (await rest("PATCH", path, json=until)).code == 50013
    assert (await rest("DELETE", path)).code == 50013
    alice.take(own)
    itself = f"/guilds/{guild.id}/members/{harbour.app.id}"
    assert (await rest("PATCH", itself, json=until)).code == 50013
    own.change(permissions=Permissions.KICK_MEMBERS)
    assert (await rest("PATCH", path, json=until)).code == 50013
    own.change(permissions=Permissions.MODERATE_MEMBERS)
    assert (await rest("PATCH", path, json=until)).status == 200
    assert (await rest("DELETE", path)).code == 50013
    # People follow the same rules.
    with pytest.raises(NotAllowedError, match="may not kick Ada"):
        await alice.kicks(harbour.ada)
    lead = guild.add_role("Lead", permissions=EVERYTHING)
    alice.give(lead)
    alice.sits_out()
    with pytest.raises(NotAllowedError, match="may not time out alice"):
        await alice.times_out(alice, timedelta(hours=1))
    bob = guild.join(discord.add_user("bob"))
    bob.give(lead)
    with pytest.raises(NotAllowedError, match="may not ban bob"):
        await alice.bans(bob)
    with pytest.raises(NotAllowedError, match="7 days"):
        await harbour.ada.bans(bob, delete_seconds=604_801)
    bob.leave()
    with pytest.raises(NotAllowedError, match="is not in Harbour"):
        await harbour.ada.kicks(bob)


async def test_a_timeout_ends_by_itself(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    guild, alice = harbour.guild, harbour.alice
    guild.role("Palisade").change(permissions=EVERYTHING)
    path = f"/guilds/{guild.id}/members/{alice.id}"
    waiting = asyncio.create_task(alice.wait_timed_out())
    await rest("PATCH", path, json={"communication_disabled_until": later(hours=1)})
    await waiting
    before = discord.journal.count
    freed = asyncio.create_task(alice.wait_timed_out(False))
    alice.sits_out()
    await freed
    # Nobody is told, and what is left is a time that has passed.
    assert discord.journal.count == before
    shown = (await rest("GET", path)).body["communication_disabled_until"]
    assert datetime.fromisoformat(shown) <= datetime.now(UTC)
    await alice.says("free again")
    until = (datetime.now(UTC) + timedelta(milliseconds=20)).isoformat()
    await rest("PATCH", path, json={"communication_disabled_until": until})
    while alice.timed_out:
        await rest("GET", path)
    await alice.says("free again")


async def test_a_change_of_the_guild(discord: LocalDiscord, harbour: Harbour) -> None:
    guild, ada, alice = harbour.guild, harbour.ada, harbour.alice
    guild.role("Palisade").change(permissions=EVERYTHING)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, WATCHING)
        for change, field, value in (
            ({"name": "Haven"}, "name", "Haven"),
            ({"two_factor": True}, "mfa_level", 1),
            ({"owner": alice}, "owner_id", str(alice.id)),
        ):
            guild.change(**change)
            assert (await socket.event("GUILD_UPDATE"))[field] == value
            entry = await socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE")
            assert (entry["action_type"], entry["user_id"]) == (1, str(ada.id))
            assert [(c["key"], c["new_value"]) for c in entry["changes"]] == [(field, value)]
    assert guild.owner.id == alice.id
    with pytest.raises(NotAllowedError, match="may not change"):
        guild.change(name="Mine", by=ada)
    ada.give(guild.add_role("Lead", permissions=Permissions.MANAGE_GUILD))
    guild.change(name="Mine", by=ada)
    assert guild.name == "Mine"
    with pytest.raises(NotAllowedError, match="may not change"):
        guild.change(owner=ada, by=ada)
    with pytest.raises(NotAllowedError, match="cannot own"):
        guild.change(owner=harbour.bot)


async def test_permissions_change(discord: LocalDiscord, harbour: Harbour) -> None:
    guild = harbour.guild
    crew = guild.add_role("Crew")
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        for role in (guild.everyone, crew):
            role.change(permissions=Permissions.VIEW_CHANNEL)
            told = await socket.event("GUILD_ROLE_UPDATE")
            assert told["guild_id"] == str(guild.id)
            assert told["role"]["id"] == str(role.id)
            assert told["role"]["permissions"] == str(int(Permissions.VIEW_CHANNEL))
        guild.general.permit(crew, deny=Permissions.SEND_MESSAGES)
        told = await socket.event("CHANNEL_UPDATE")
        assert told["permission_overwrites"] == [
            {
                "id": str(crew.id),
                "type": 0,
                "allow": "0",
                "deny": str(int(Permissions.SEND_MESSAGES)),
            }
        ]


async def test_waiting(discord: LocalDiscord, harbour: Harbour) -> None:
    guild, ada, alice = harbour.guild, harbour.ada, harbour.alice
    crew = guild.add_role("Crew")
    for wait in (
        guild.wait_banned(alice, timeout=0.01),
        guild.wait_audit(lambda entry: entry.action == 22, timeout=0.01),
        alice.wait_gone(timeout=0.01),
        alice.wait_roles(crew, timeout=0.01),
        alice.wait_timed_out(timeout=0.01),
    ):
        with pytest.raises(NotSeenError):
            await wait
    waits = [
        asyncio.create_task(alice.wait_roles(crew)),
        asyncio.create_task(alice.wait_gone()),
        asyncio.create_task(guild.wait_banned(alice)),
    ]
    found = asyncio.create_task(guild.wait_audit(lambda entry: entry.action == 22))
    await asyncio.sleep(0)
    await ada.grants(alice, crew)
    await waits[0]
    await ada.bans(alice, reason="spam")
    await asyncio.gather(*waits)
    assert (await found).reason == guild.ban_reason(alice) == "spam"
    free = asyncio.create_task(guild.wait_banned(alice.user, False))
    await asyncio.sleep(0)
    await ada.unbans(alice.user)
    await free


async def test_a_nickname_of_ones_own_is_in_the_audit_log(harbour: Harbour) -> None:
    await harbour.alice.nick("Ally")
    (entry,) = harbour.guild.audit_log
    assert (entry.action, entry.by.id, entry.target_id) == (24, harbour.alice.id, harbour.alice.id)
