"""Threads and forum posts: how they begin, who sees them, and who may change them."""

from typing import Any

import pytest

from sandbox import ChannelType, LocalDiscord, NotAllowedError, Permissions, overwrite
from sandbox.changes import threads
from tests.sandbox.clients import Rest, Socket
from tests.sandbox.conftest import MODERATOR, Harbour
from tests.sandbox.test_gateway import ALL

THREADS = (
    MODERATOR
    | Permissions.SEND_MESSAGES_IN_THREADS
    | Permissions.CREATE_PUBLIC_THREADS
    | Permissions.CREATE_PRIVATE_THREADS
    | Permissions.MANAGE_THREADS
)


@pytest.fixture
def thread_moderator(harbour: Harbour) -> Harbour:
    """The guild, with a bot that may do everything with threads."""
    harbour.guild.role("Palisade").change(permissions=THREADS)
    return harbour


def names(discord: LocalDiscord, mark: int) -> list[str]:
    """The events sent since."""
    return [entry.name for entry in discord.journal.events(after=mark)]


async def test_a_thread_of_a_message(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        source = await harbour.alice.says("a topic")
        mark = discord.journal.count
        thread = await harbour.alice.starts_thread("Talk", message=source)
        assert names(discord, mark) == [
            "THREAD_CREATE",
            "THREAD_MEMBERS_UPDATE",
            "MESSAGE_CREATE",
            "MESSAGE_UPDATE",
        ]
        made = await socket.event("THREAD_CREATE")
        assert (made["id"], made["name"], made["type"]) == (str(source.id), "Talk", 11)
        assert (made["newly_created"], made["owner_id"]) == (True, str(harbour.alice.id))
        assert made["parent_id"] == str(source.channel_id)
        assert made["thread_metadata"]["archived"] is False
        starter = await socket.event("MESSAGE_CREATE")
        assert (starter["type"], starter["content"]) == (21, "")
        assert starter["referenced_message"]["content"] == "a topic"
        assert starter["message_reference"]["message_id"] == str(source.id)
        update = await socket.event("MESSAGE_UPDATE")
        assert (update["flags"], update["edited_timestamp"]) == (1 << 5, None)
        assert update["thread"]["name"] == "Talk"
    reply = await rest("DELETE", f"/channels/{thread.id}/messages/{thread.first.id}")
    assert (reply.status, reply.code) == (403, 50021)
    with pytest.raises(NotAllowedError, match="has a thread already"):
        await harbour.ada.starts_thread("Again", message=source)


async def test_a_thread_of_an_older_message_and_one_alone(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    source = await harbour.alice.says("a topic")
    await harbour.ada.says("something else")
    of_old = await harbour.ada.starts_thread("Old", message=source)
    alone = await harbour.alice.starts_thread("New")
    told = [m.json for m in harbour.guild.general.messages[-2:]]
    assert [(m["type"], m["content"]) for m in told] == [(18, "Old"), (18, "New")]
    assert [m["message_reference"]["channel_id"] for m in told] == [
        str(of_old.id),
        str(alone.id),
    ]
    assert alone.messages == []
    where = f"/channels/{harbour.guild.general.id}/messages/{told[0]['id']}"
    assert (await rest("DELETE", where)).status == 204
    assert not of_old.gone


async def test_a_post_of_a_forum(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    forum = harbour.guild.add_channel("help", kind=ChannelType.GUILD_FORUM)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        mark = discord.journal.count
        post = await harbour.alice.posts("A title", "A text", channel=forum)
        assert names(discord, mark) == ["THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"]
        assert (await socket.event("THREAD_CREATE"))["applied_tags"] == []
        message = await socket.event("MESSAGE_CREATE")
        assert message["id"] == message["channel_id"] == str(post.id)
        assert (message["content"], message["channel_type"]) == ("A text", 11)
        assert message["guild_id"] == str(harbour.guild.id)
    assert harbour.guild.thread("A title").first.content == "A text"
    assert (await rest("POST", f"/channels/{forum.id}/messages", json={"content": "x"})).code == (
        50008
    )
    with pytest.raises(NotAllowedError, match="may not write in #help"):
        await harbour.alice.says("x", channel=forum)
    with pytest.raises(NotAllowedError, match="is no forum"):
        await harbour.alice.posts("x", channel=harbour.guild.general)


async def test_writing_in_a_thread(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    thread = await harbour.ada.starts_thread("Talk")
    where = f"/channels/{thread.id}/messages"
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        said = await harbour.alice.says("hello", channel=thread)
        assert (await socket.event("MESSAGE_CREATE"))["channel_id"] == str(thread.id)
        joined = await socket.event("THREAD_MEMBERS_UPDATE")
        assert joined["added_members"][0]["user_id"] == str(harbour.alice.id)
        assert joined["member_count"] == 2
        assert (await rest("POST", where, json={"content": "hi"})).status == 200
        assert (await socket.event("THREAD_MEMBERS_UPDATE"))["member_count"] == 3
    assert (await rest("DELETE", f"{where}/{said.id}")).status == 204
    shown = (await rest("GET", f"/channels/{thread.id}")).body
    assert (shown["message_count"], shown["total_message_sent"]) == (1, 2)
    assert shown["member"]["user_id"] == str(harbour.app.id)
    assert len((await rest("GET", where)).body) == 1
    # To write in threads takes a permission of its own.
    general = harbour.guild.general
    general.permit(harbour.guild.everyone, deny=Permissions.SEND_MESSAGES)
    await harbour.alice.says("still here", channel=thread)
    general.permit(harbour.guild.everyone, deny=Permissions.SEND_MESSAGES_IN_THREADS)
    with pytest.raises(NotAllowedError):
        await harbour.alice.says("not any more", channel=thread)
    assert (await rest("POST", where, json={"content": "hi"})).code == 50013


async def test_a_private_thread(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    harbour.guild.general.permit(harbour.alice, allow=Permissions.CREATE_PRIVATE_THREADS)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        thread = await harbour.alice.starts_thread("Secret", private=True)
        assert discord.journal.events("THREAD_CREATE") == []
        assert (await rest("GET", f"/channels/{thread.id}")).code == 50001
        assert (await rest("GET", f"/guilds/{harbour.guild.id}/threads/active")).body == {
            "threads": [],
            "members": [],
            "has_more": False,
        }
        harbour.guild.role("Palisade").change(permissions=THREADS)
        shown = (await rest("GET", f"/channels/{thread.id}")).body
        assert (shown["type"], shown["thread_metadata"]["invitable"]) == (12, True)
        assert harbour.guild.general.messages == []


@pytest.mark.parametrize(
    ("who", "state", "body", "status", "code"),
    [
        ("other", "", {"name": "New"}, 403, 50013),
        ("other", "", {"archived": True}, 403, 50013),
        ("other", "", {"locked": True}, 403, 50013),
        ("owner", "", {"name": "New"}, 200, None),
        ("owner", "", {"name": ""}, 400, 50035),
        ("owner", "", {"name": "x" * 101}, 400, 50035),
        ("owner", "", {"auto_archive_duration": 61}, 400, 50035),
        ("owner", "", {"auto_archive_duration": 60}, 200, None),
        ("owner", "", {"locked": True}, 403, 50013),
        ("owner", "archived", {"name": "New"}, 400, 50083),
        ("owner", "archived", {"archived": False, "name": "New"}, 200, None),
        ("owner", "archived locked", {"archived": False}, 200, None),
        ("other", "archived locked", {"archived": False}, 403, 160005),
        ("other", "archived", {"archived": False}, 403, 50013),
        ("moderator", "", {"name": "New", "locked": True}, 200, None),
        ("moderator", "archived", {"name": "New"}, 400, 50083),
        ("moderator", "archived", {"archived": False, "name": "New"}, 200, None),
        ("moderator", "archived locked", {"archived": False}, 200, None),
    ],
)
async def test_who_may_change_what(
    harbour: Harbour,
    rest: Rest,
    who: str,
    state: str,
    body: dict[str, Any],
    status: int,
    code: int | None,
) -> None:
    role = harbour.guild.role("Palisade")
    role.change(permissions=THREADS & ~Permissions.MANAGE_THREADS)
    if who == "owner":
        path = f"/channels/{harbour.guild.general.id}/threads"
        made = await rest("POST", path, json={"name": "Mine", "type": 11})
        assert made.status == 201
        thread = harbour.guild.thread("Mine")
    else:
        thread = await harbour.alice.starts_thread("Hers")
    if who == "moderator":
        role.change(permissions=THREADS)
    thread.archive("archived" in state)
    thread.lock("locked" in state)
    reply = await rest("PATCH", f"/channels/{thread.id}", json=body)
    assert reply.status == status, reply.body
    if code is not None:
        assert reply.code == code
    else:
        assert reply.body["name"] == body.get("name", thread.name)
        assert thread.archived == body.get("archived", False)


async def test_a_title_changes(
    discord: LocalDiscord, thread_moderator: Harbour, rest: Rest
) -> None:
    harbour = thread_moderator
    thread = await harbour.alice.starts_thread("A title")
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        await thread.renames(harbour.alice, "Another")
        assert (await socket.event("THREAD_UPDATE"))["name"] == "Another"
        told = await socket.event("MESSAGE_CREATE")
        assert (told["type"], told["content"]) == (4, "Another")
        await rest("PATCH", f"/channels/{thread.id}", json={"name": "A third"})
        await thread.wait_title("A third")
    where = f"/channels/{thread.id}/messages/{told['id']}"
    assert (await rest("DELETE", where)).code == 50021
    bob = harbour.guild.join(discord.add_user("bob"))
    with pytest.raises(NotAllowedError, match="may not rename"):
        await thread.renames(bob, "x")
    with pytest.raises(NotAllowedError, match="1 to 100"):
        await thread.renames(harbour.alice, "")


async def test_archived_and_locked(harbour: Harbour, rest: Rest) -> None:
    role = harbour.guild.role("Palisade")
    role.change(permissions=THREADS & ~Permissions.MANAGE_THREADS)
    thread = await harbour.alice.starts_thread("Talk")
    where = f"/channels/{thread.id}/messages"
    own = await rest("POST", where, json={"content": "mine"})
    said = [await harbour.alice.says(str(n), channel=thread) for n in range(5)]
    thread.archive()
    edit = await rest("PATCH", f"{where}/{own.body['id']}", json={"content": "x"})
    assert (edit.status, edit.code) == (400, 50083)
    # Deleting is what can be done in an archived thread, and it stays archived.
    assert (await rest("DELETE", f"{where}/{said[0].id}")).status == 204
    ids = [str(message.id) for message in said[1:3]]
    assert (await rest("POST", f"{where}/bulk-delete", json={"messages": ids})).status == 204
    assert thread.archived
    await harbour.alice.says("awake", channel=thread)
    assert not thread.archived
    thread.lock()
    assert (await rest("DELETE", f"{where}/{said[3].id}")).status == 204
    assert (await rest("POST", where, json={"content": "x"})).code == 160005
    with pytest.raises(NotAllowedError):
        await harbour.alice.says("locked out", channel=thread)
    thread.archive()
    refused = await rest("DELETE", f"{where}/{said[4].id}")
    assert (refused.status, refused.code) == (403, 160005)
    role.change(permissions=THREADS)
    assert (await rest("DELETE", f"{where}/{said[4].id}")).status == 204
    assert (await rest("POST", where, json={"content": "x"})).status == 200
    assert not thread.archived


async def test_lists(harbour: Harbour, rest: Rest) -> None:
    harbour.guild.role("Palisade").change(permissions=THREADS)
    made = [await harbour.alice.starts_thread(f"Thread {n}") for n in range(5)]
    for thread in made[:4]:
        thread.archive()
    made[4].joins(harbour.bot)
    active = (await rest("GET", f"/guilds/{harbour.guild.id}/threads/active")).body
    assert [thread["name"] for thread in active["threads"]] == ["Thread 4"]
    assert [member["user_id"] for member in active["members"]] == [str(harbour.app.id)]
    base = f"/channels/{harbour.guild.general.id}/threads/archived/public"
    first = (await rest("GET", f"{base}?limit=3")).body
    assert [thread["name"] for thread in first["threads"]] == ["Thread 3", "Thread 2", "Thread 1"]
    assert first["has_more"] is True
    last = first["threads"][-1]["thread_metadata"]["archive_timestamp"]
    rest_of = (await rest("GET", base, params={"before": last})).body
    assert [thread["name"] for thread in rest_of["threads"]] == ["Thread 0"]
    assert rest_of["has_more"] is False
    private = f"/channels/{harbour.guild.general.id}/threads/archived/private"
    assert (await rest("GET", private)).body["threads"] == []
    assert (await rest("GET", f"{base}?before=soon")).code == 50035


async def test_a_bot_starts_and_joins(discord: LocalDiscord, harbour: Harbour, rest: Rest) -> None:
    harbour.guild.role("Palisade").change(permissions=THREADS)
    general = harbour.guild.general
    source = await harbour.alice.says("a topic")
    path = f"/channels/{general.id}/messages/{source.id}/threads"
    made = await rest("POST", path, json={"name": "Talk", "auto_archive_duration": 60})
    assert (made.status, made.body["id"]) == (201, str(source.id))
    assert (await rest("POST", path, json={"name": "Talk"})).code == 160004
    assert (await rest("POST", path, json={})).code == 50035
    forum = harbour.guild.add_channel("help", kind=ChannelType.GUILD_FORUM)
    body = {"name": "Rules", "message": {"content": "Read them"}}
    post = await rest("POST", f"/channels/{forum.id}/threads", json=body)
    assert (post.status, post.body["message"]["content"]) == (201, "Read them")
    voice = harbour.guild.add_channel("voice", kind=ChannelType.GUILD_VOICE)
    reply = await rest("POST", f"/channels/{voice.id}/threads", json={"name": "x", "type": 11})
    assert reply.code == 50024
    alone = await rest("POST", f"/channels/{general.id}/threads", json={"name": "Private"})
    assert alone.body["type"] == 12
    hers = await harbour.alice.starts_thread("Hers")
    me = f"/channels/{hers.id}/thread-members/@me"
    assert (await rest("PUT", me)).status == 204
    members = (await rest("GET", f"/channels/{hers.id}/thread-members")).body
    assert {member["user_id"] for member in members} == {
        str(harbour.alice.id),
        str(harbour.app.id),
    }
    assert (await rest("DELETE", me)).status == 204
    hers.archive()
    assert (await rest("PUT", me)).code == 50083
    assert (await rest("DELETE", f"/channels/{hers.id}")).status == 200
    assert hers.gone
    assert (await rest("GET", f"/channels/{hers.id}")).code == 10003


async def test_what_a_bot_is_told_of_at_the_start_and_later(
    discord: LocalDiscord, harbour: Harbour
) -> None:
    hidden = harbour.guild.add_channel(
        "staff", overwrites=[overwrite(harbour.bot, deny=Permissions.VIEW_CHANNEL)]
    )
    seen = await harbour.ada.starts_thread("Seen")
    unseen = await harbour.ada.starts_thread("Unseen", channel=hidden)
    (await harbour.ada.starts_thread("Asleep")).archive()
    seen.joins(harbour.bot)
    async with Socket(discord) as socket:
        await socket.identify(harbour.app, ALL)
        (thread,) = (await socket.event("GUILD_CREATE"))["threads"]
        assert (thread["name"], thread["member"]["user_id"]) == ("Seen", str(harbour.app.id))
        hidden.permit(harbour.bot, allow=Permissions.VIEW_CHANNEL)
        sync = await socket.event("THREAD_LIST_SYNC")
        assert sync["channel_ids"] == [str(hidden.id)]
        assert [thread["name"] for thread in sync["threads"]] == ["Unseen"]
        unseen.remove()
        assert await socket.event("THREAD_DELETE") == {
            "id": str(unseen.id),
            "guild_id": str(harbour.guild.id),
            "parent_id": str(hidden.id),
            "type": 11,
        }
    hidden.remove()
    assert {thread.name for thread in harbour.guild.threads} == {"Seen", "Asleep"}
    harbour.guild.general.remove()
    assert harbour.guild.threads == []


async def test_a_webhook_writes_in_a_thread(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    thread = await harbour.alice.starts_thread("Talk")
    hook = await harbour.guild.webhook("News")
    said = await hook.says("from the handle", thread=thread)
    assert said.channel_id == thread.id
    base = f"/webhooks/{hook.id}/{hook.state.token}"
    query = f"?thread_id={thread.id}"
    async with Rest(discord, None) as anyone:
        made = await anyone("POST", f"{base}{query}&wait=true", json={"content": "news"})
        assert made.body["channel_id"] == str(thread.id)
        where = f"{base}/messages/{made.body['id']}"
        assert (await anyone("DELETE", where)).code == 10008
        assert (await anyone("DELETE", where + query)).status == 204
        lost = await anyone("POST", f"{base}?thread_id=5", json={"content": "x"})
        assert lost.code == 10003
    assert list(threads.of(thread.state).members) == [harbour.alice.id]
