"""Nextcord's own objects become a Person: the last rows of the table of who is who."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import nextcord
import pytest

from cogs.helpers.people import person
from moderation.people import Kind, Membership, Person
from sandbox import Guild, LocalDiscord, Member, Permissions


@dataclass
class Objects:
    """What Nextcord makes of the local Discord's answers."""

    guild: nextcord.Guild
    client: nextcord.Client
    alice: Member
    harbour: Guild

    async def member(self, who: Member) -> nextcord.Member:
        return await self.guild.fetch_member(who.id)


@pytest.fixture
async def objects(discord: LocalDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Objects]:
    """A Nextcord client that has logged in, without a gateway connection."""
    monkeypatch.setattr(nextcord.http.Route, "BASE", discord.api_url)
    app = discord.add_application("Palisade")
    harbour = discord.add_guild("Harbour", owner=discord.add_user("ada", global_name="Ada"))
    harbour.install(app, permissions=Permissions.VIEW_CHANNEL)
    mods = harbour.add_role("Mods", permissions=Permissions.MANAGE_MESSAGES)
    alice = harbour.join(discord.add_user("alice"), roles=[mods])
    client = nextcord.Client(intents=nextcord.Intents.none())
    await client.login(app.token)
    yield Objects(await client.fetch_guild(harbour.id), client, alice, harbour)
    await client.close()


async def test_a_member(objects: Objects) -> None:
    await objects.alice.nick("Ally")
    who = person(await objects.member(objects.alice))
    assert who.membership is not None
    assert (who.user_id, who.username, who.kind) == (objects.alice.id, "alice", Kind.HUMAN)
    assert who.display_name == "Ally"
    assert who.membership.role_ids == {objects.harbour.role("Mods").id}
    assert not who.membership.is_owner
    assert who.membership.permissions is not None
    assert who.membership.permissions & Permissions.MANAGE_MESSAGES


async def test_the_owner(objects: Objects) -> None:
    who = person(await objects.member(objects.harbour.owner))
    assert who.membership is not None
    assert who.membership.is_owner
    assert who.display_name == "Ada"


async def test_a_user_is_no_member(objects: Objects) -> None:
    objects.alice.leave()
    who = person(await objects.client.fetch_user(objects.alice.id))
    assert who == Person(objects.alice.id, Kind.HUMAN, "alice", None, membership=None)


async def test_a_bot(objects: Objects, discord: LocalDiscord) -> None:
    dice = objects.harbour.join(discord.add_user("dice", bot=True))
    who = person(await objects.member(dice))
    assert who.kind is Kind.BOT
    assert isinstance(who.membership, Membership)


@pytest.mark.parametrize(
    ("given", "user_id"), [(None, 0), (42, 42), (nextcord.Object(id=42), 42)], ids=str
)
def test_nothing_but_an_id(given: nextcord.Object | int | None, user_id: int) -> None:
    assert person(given) == Person(user_id, Kind.UNKNOWN)
