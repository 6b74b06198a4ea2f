"""A real Nextcord client on the small Discord: the proof that the two understand each other."""

import asyncio

import nextcord
import pytest

from sandbox import LocalDiscord, Permissions
from tests.sandbox.conftest import Connect, Harbour


class Watcher(nextcord.Client):
    """Deletes messages that say "bad", and keeps what else it hears."""

    def __init__(self) -> None:
        intents = nextcord.Intents.default()
        intents.members = intents.message_content = True
        super().__init__(intents=intents, guild_ready_timeout=0.01)
        self.heard: asyncio.Queue[tuple[object, ...]] = asyncio.Queue()

    async def on_message(self, message: nextcord.Message) -> None:
        self.heard.put_nowait(("message", message.content, type(message.author).__name__))
        if "bad" in message.content:
            await message.delete()

    async def on_message_edit(self, before: nextcord.Message, after: nextcord.Message) -> None:
        self.heard.put_nowait(("edit", before.content, after.content))

    async def on_raw_message_delete(self, payload: nextcord.RawMessageDeleteEvent) -> None:
        self.heard.put_nowait(("delete", payload.message_id))

    async def on_member_join(self, member: nextcord.Member) -> None:
        self.heard.put_nowait(("join", member.name))

    async def on_member_update(self, before: nextcord.Member, after: nextcord.Member) -> None:
        self.heard.put_nowait(("nick", before.nick, after.nick))

    async def on_user_update(self, before: nextcord.User, after: nextcord.User) -> None:
        self.heard.put_nowait(("user", after.global_name))

    async def on_member_remove(self, member: nextcord.Member) -> None:
        self.heard.put_nowait(("leave", member.name))

    async def on_guild_join(self, guild: nextcord.Guild) -> None:
        self.heard.put_nowait(("guild", guild.name))

    async def next(self) -> tuple[object, ...]:
        """What comes next."""
        return await asyncio.wait_for(self.heard.get(), 10)


@pytest.fixture
async def watcher(discord: LocalDiscord, harbour: Harbour, connect: Connect) -> Watcher:
    """A client that is ready."""
    client = Watcher()
    connect(client)
    await asyncio.wait_for(client.wait_until_ready(), 10)
    return client


async def test_a_client_logs_in_and_knows_its_guild(harbour: Harbour, watcher: Watcher) -> None:
    (guild,) = watcher.guilds
    assert watcher.user is not None
    assert (watcher.user.name, guild.name, guild.member_count) == ("Palisade", "Harbour", 3)
    assert [channel.name for channel in guild.text_channels] == ["general"]
    assert {member.name for member in guild.members} == {"ada", "alice", "Palisade"}
    assert guild.me.guild_permissions.manage_messages
    assert not guild.me.guild_permissions.ban_members


async def test_a_message_is_seen_and_deleted(
    discord: LocalDiscord, harbour: Harbour, watcher: Watcher
) -> None:
    message = await harbour.alice.says("something bad")
    await message.wait_deleted()
    assert await watcher.next() == ("message", "something bad", "Member")
    assert await watcher.next() == ("delete", message.id)
    (request,) = discord.journal.requests("DELETE", "/channels/{channel_id}/messages/{message_id}")
    assert (request.status, request.params["message_id"]) == (204, str(message.id))


async def test_what_people_do_arrives(
    discord: LocalDiscord, harbour: Harbour, watcher: Watcher
) -> None:
    message = await harbour.alice.says("first")
    assert await watcher.next() == ("message", "first", "Member")
    await message.edit("second")
    assert await watcher.next() == ("edit", "first", "second")
    bob = harbour.guild.join(discord.add_user("bob"))
    assert await watcher.next() == ("join", "bob")
    await bob.nick("Bobby")
    assert await watcher.next() == ("nick", None, "Bobby")
    await bob.rename(global_name="Robert")
    assert await watcher.next() == ("user", "Robert")
    assert await watcher.next() == ("nick", "Bobby", "Bobby")
    bob.leave()
    assert await watcher.next() == ("leave", "bob")
    hook = await harbour.guild.webhook("News")
    await hook.says("fresh", username="Times")
    assert await watcher.next() == ("message", "fresh", "User")


async def test_a_guild_that_is_joined_later(
    discord: LocalDiscord, harbour: Harbour, watcher: Watcher
) -> None:
    other = discord.add_guild("Quay", owner=discord.add_user("quinn"))
    other.install(harbour.app, permissions=Permissions.MANAGE_MESSAGES)
    assert await watcher.next() == ("guild", "Quay")
    guild = watcher.get_guild(other.id)
    assert guild is not None
    assert guild.me.guild_permissions.manage_messages


async def test_rest_through_nextcord(harbour: Harbour, watcher: Watcher) -> None:
    channel = watcher.guilds[0].text_channels[0]
    embed = nextcord.Embed(title="A title", description="A text")
    sent = await channel.send("hello", embed=embed)
    seen = harbour.guild.general.messages[-1]
    assert (seen.id, seen.content, seen.embeds[0]["title"]) == (sent.id, "hello", "A title")
    await sent.edit(content="changed")
    assert harbour.guild.general.messages[-1].content == "changed"
    member = await watcher.guilds[0].fetch_member(harbour.alice.id)
    await member.edit(nick="Ally", reason="a test: 100 % ünïcode")
    assert harbour.alice.nickname == "Ally"
    with pytest.raises(nextcord.Forbidden) as refused:
        await watcher.guilds[0].get_member(harbour.ada.id).edit(nick="no")  # type: ignore[union-attr]  # she is in the cache
    assert refused.value.code == 50013


async def test_a_client_resumes_and_hears_what_it_missed(
    discord: LocalDiscord, harbour: Harbour, watcher: Watcher
) -> None:
    discord.gateway.reconnect(harbour.app)
    await discord.gateway.disconnected(harbour.app)
    await harbour.alice.says("while you were away")
    assert await watcher.next() == ("message", "while you were away", "Member")
    await discord.journal.wait(lambda e: e.kind == "event" and e.name == "RESUMED")
    assert len(discord.journal.events("READY")) == 1


async def test_a_client_gets_all_members_at_once(
    discord: LocalDiscord, harbour: Harbour, watcher: Watcher
) -> None:
    for number in range(30):
        harbour.guild.join(discord.add_user(f"user{number}"))
    members = await asyncio.wait_for(watcher.guilds[0].query_members("user", limit=50), 10)
    assert len(members) == 30


@pytest.mark.parametrize(
    ("token", "switched", "error"),
    [
        ("wrong", True, nextcord.LoginFailure),
        (None, False, nextcord.PrivilegedIntentsRequired),
    ],
)
async def test_a_client_that_is_turned_away(
    discord: LocalDiscord,
    harbour: Harbour,
    monkeypatch: pytest.MonkeyPatch,
    token: str | None,
    switched: bool,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(nextcord.http.Route, "BASE", discord.api_url)
    harbour.app.switch_intents(message_content=switched)
    client = Watcher()
    with pytest.raises(error):
        await asyncio.wait_for(client.start(token or harbour.app.token), 10)
    await client.close()
