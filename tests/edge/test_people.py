"""Member or user? One table, over what a Discord really sends: each payload below came through the
local Discord's gateway or REST, and the few it does not send are cut out of one that it did."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from cogs.helpers.people import (
    Me,
    author_of,
    member_of,
    membership_of,
    only_id,
    snowflake,
    user_of,
)
from moderation.people import Kind, Membership, Person
from sandbox import LocalDiscord, Permissions
from tests.sandbox.clients import Rest, Socket

INTENTS = 1 << 0 | 1 << 1 | 1 << 9 | 1 << 12 | 1 << 15  # guilds, members, messages, DMs, content

type Json = dict[str, Any]


@dataclass
class Captured:
    """Payloads by name, and the ids of who is in them."""

    me: Me
    guild: int
    owner: int
    alice: int
    role: int
    dice: int
    hook: int = 0
    payloads: dict[str, Json] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Json:
        return self.payloads[name]


async def capture() -> Captured:
    """Let people, bots and webhooks do what they do, and write down what arrives."""
    async with LocalDiscord() as discord:
        app = discord.add_application("Palisade")
        dice = discord.add_application("Dice")
        guild = discord.add_guild("Harbour", owner=discord.add_user("ada", global_name="Ada"))
        guild.install(app, permissions=Permissions.VIEW_CHANNEL | Permissions.MANAGE_WEBHOOKS)
        role = guild.add_role("Mods", permissions=Permissions.MANAGE_GUILD)
        alice = guild.join(discord.add_user("alice", global_name="Alice"), roles=[role])
        found = Captured(
            Me(app.user.id, app.id), guild.id, guild.owner.id, alice.id, role.id, dice.user.id
        )
        got = found.payloads
        async with Socket(discord) as socket, Rest(discord, app.token) as rest:
            await socket.identify(app, INTENTS)

            async def heard(name: str, event: str) -> None:
                got[name] = await socket.event(event)

            message = await alice.says("hello")
            await heard("message", "MESSAGE_CREATE")
            await message.edit("changed")
            await heard("edit", "MESSAGE_UPDATE")
            await guild.owner.says("well", reply_to=message)
            await heard("reply", "MESSAGE_CREATE")
            await guild.member(app).says("from the bot")
            await heard("own", "MESSAGE_CREATE")
            await app.responds("pong", channel=guild.general, to=alice)
            await heard("own response", "MESSAGE_CREATE")
            guild.install(dice)
            await guild.member(dice).says("a six")
            await heard("bot", "MESSAGE_CREATE")
            await dice.responds("a six", channel=guild.general, to=alice)
            await heard("response", "MESSAGE_CREATE")
            hook = await guild.webhook("News")
            found.hook = hook.id
            await hook.says("fresh", username="Palisade")
            await heard("webhook", "MESSAGE_CREATE")
            made = await rest(
                "POST", f"/channels/{guild.general.id}/webhooks", json={"name": "Mine"}
            )
            await rest(
                "POST",
                f"/webhooks/{made.body['id']}/{made.body['token']}",
                json={"content": "mine"},
            )
            await heard("own webhook", "MESSAGE_CREATE")
            await guild.owner.user.tells(app.user, "psst")
            await heard("direct", "MESSAGE_CREATE")
            await alice.nick("Ally")
            await heard("member update", "GUILD_MEMBER_UPDATE")
            await alice.rename(global_name=None)
            await heard("user update", "GUILD_MEMBER_UPDATE")
            got["member"] = (await rest("GET", f"/guilds/{guild.id}/members/{alice.id}")).body
            got["owner member"] = (
                await rest("GET", f"/guilds/{guild.id}/members/{guild.owner.id}")
            ).body
            got["user"] = (await rest("GET", f"/users/{alice.id}")).body
            command = {"name": "ping", "description": "Ping"}
            await rest("PUT", f"/applications/{app.id}/commands", json=[command])
            await alice.uses("/ping")
            await heard("interaction", "INTERACTION_CREATE")
            alice.leave()
            await message.edit("from afar")
            await heard("left", "MESSAGE_UPDATE")
            guild.join(discord.add_user("ben"))
            await heard("join", "GUILD_MEMBER_ADD")
            guild.join(discord.add_user("beep", bot=True))
            await heard("bot joins", "GUILD_MEMBER_ADD")
        return found


@pytest.fixture(scope="module")
def captured() -> Captured:
    return asyncio.run(capture())


def without(payload: Mapping[str, Any], *keys: str) -> Json:
    """The payload without some of its keys."""
    return {key: value for key, value in payload.items() if key not in keys}


def alice(c: Captured, nickname: str | None = None, *, member: bool = True, **more: Any) -> Person:
    """Alice as she must come out."""
    membership = Membership(nickname, frozenset({c.role})) if member else None
    values = {"username": "alice", "global_name": "Alice", "membership": membership, **more}
    return Person(c.alice, **values)


type Case = tuple[Callable[[Captured], Person], Callable[[Captured], Person]]

# What is asked, and what must come of it. The order is that of the rules.
CASES: dict[str, Case] = {
    "ourselves, by author": (
        lambda c: author_of(c["own"], c.me),
        lambda c: Person(
            c.me.user_id,
            Kind.OURSELVES,
            "Palisade",
            membership=membership_of(c["own"]["member"]),
        ),
    ),
    "ourselves, by author alone": (
        lambda c: author_of(c["own"], Me(c.me.user_id)),
        lambda c: author_of(c["own"], c.me),
    ),
    "ourselves, answering a command": (
        lambda c: replaced(author_of(c["own response"], c.me)),
        lambda c: Person(c.me.user_id, Kind.OURSELVES, "Palisade"),
    ),
    "ourselves, by application under another account": (
        lambda c: author_of({**c["webhook"], "application_id": str(c.me.application_id)}, c.me),
        lambda c: Person(c.hook, Kind.OURSELVES, "Palisade"),
    ),
    "ourselves, through a webhook of our own": (
        lambda c: replaced(author_of(c["own webhook"], c.me), user_id=1),
        lambda c: Person(1, Kind.OURSELVES, "Mine"),
    ),
    "a webhook that calls itself like us": (
        lambda c: author_of(c["webhook"], c.me),
        lambda c: Person(c.hook, Kind.WEBHOOK, "Palisade"),
    ),
    "a webhook that poses as a bot": (
        lambda c: author_of(
            {**c["webhook"], "author": {**c["webhook"]["author"], "bot": True}}, c.me
        ),
        lambda c: Person(c.hook, Kind.WEBHOOK, "Palisade"),
    ),
    "an application's response": (
        lambda c: replaced(author_of(c["response"], c.me)),
        lambda c: Person(c.dice, Kind.APPLICATION, "Dice"),
    ),
    "a response told by its type alone": (
        lambda c: replaced(
            author_of(
                without(c["response"], "interaction_metadata", "application_id", "webhook_id"),
                c.me,
            )
        ),
        lambda c: Person(c.dice, Kind.APPLICATION, "Dice"),
    ),
    "a response told by its metadata alone": (
        lambda c: replaced(
            author_of(without(c["response"], "type", "application_id", "webhook_id"), c.me)
        ),
        lambda c: Person(c.dice, Kind.APPLICATION, "Dice"),
    ),
    "another bot": (
        lambda c: replaced(author_of(c["bot"], c.me)),
        lambda c: Person(c.dice, Kind.BOT, "Dice"),
    ),
    "someone in a direct message": (
        lambda c: author_of(c["direct"], c.me),
        lambda c: Person(c.owner, Kind.HUMAN, "ada", "Ada"),
    ),
    "a member's message": (
        lambda c: author_of(c["message"], c.me),
        alice,
    ),
    "a member's edited message": (
        lambda c: author_of(c["edit"], c.me),
        alice,
    ),
    "a member's reply": (
        lambda c: author_of(c["reply"], c.me),
        lambda c: Person(c.owner, Kind.HUMAN, "ada", "Ada", Membership()),
    ),
    "an author who has left": (
        lambda c: author_of(c["left"], c.me),
        lambda c: alice(c, member=False, global_name=None),
    ),
    "an update that does not tell its author": (
        lambda c: author_of(without(c["edit"], "author", "member"), c.me),
        lambda c: Person(0, Kind.UNKNOWN),
    ),
    "a message that was quoted, without a member": (
        lambda c: author_of(c["reply"]["referenced_message"], c.me),
        lambda c: alice(c, member=False),
    ),
    "someone who joins": (
        lambda c: replaced(member_of(c["join"], c.me), user_id=1),
        lambda c: Person(1, Kind.HUMAN, "ben", membership=Membership()),
    ),
    "a bot that joins": (
        lambda c: replaced(member_of(c["bot joins"], c.me), user_id=1),
        lambda c: Person(1, Kind.BOT, "beep", membership=Membership()),
    ),
    "a member with a new nickname": (
        lambda c: member_of(c["member update"], c.me),
        lambda c: alice(c, "Ally"),
    ),
    "a member whose account has a new name": (
        lambda c: member_of(c["user update"], c.me),
        lambda c: alice(c, "Ally", global_name=None),
    ),
    "a member asked for": (
        lambda c: member_of(c["member"]),
        lambda c: alice(c, "Ally", global_name=None),
    ),
    "the owner asked for": (
        lambda c: member_of(c["owner member"], c.me, owner_id=c.owner),
        lambda c: Person(c.owner, Kind.HUMAN, "ada", "Ada", Membership(is_owner=True)),
    ),
    "our own member": (
        lambda c: replaced(member_of({**c["member"], "user": c["own"]["author"]}, c.me)),
        lambda c: Person(c.me.user_id, Kind.OURSELVES, "Palisade"),
    ),
    "a user asked for by id": (
        lambda c: user_of(c["user"], c.me),
        lambda c: alice(c, member=False, global_name=None),
    ),
    "a user that nobody could be compared with": (
        lambda c: user_of(c["own"]["author"]),
        lambda c: Person(c.me.user_id, Kind.BOT, "Palisade"),
    ),
    "nothing but an id": (
        lambda c: only_id(c.alice),
        lambda c: Person(c.alice, Kind.UNKNOWN),
    ),
    "not even an id": (
        lambda _: only_id(None),
        lambda _: Person(0, Kind.UNKNOWN),
    ),
}


def replaced(person: Person, *, user_id: int | None = None) -> Person:
    """The person without what the case is not about."""
    membership = None if user_id is None else person.membership
    return Person(
        user_id or person.user_id, person.kind, person.username, person.global_name, membership
    )


@pytest.mark.parametrize("name", CASES)
def test_a_person_from_whatever_discord_gave(captured: Captured, name: str) -> None:
    ask, expected = CASES[name]
    assert ask(captured) == expected(captured)


def test_permissions_come_with_an_interaction(captured: Captured) -> None:
    told = captured["interaction"]["member"]
    membership = membership_of(told)
    assert membership.permissions is not None
    assert membership.permissions & Permissions.MANAGE_GUILD
    assert membership_of(captured["message"]["member"]).permissions is None


def test_the_payloads_are_as_the_cases_need_them(captured: Captured) -> None:
    """Else a case would pass for another reason than its name says."""
    assert captured["response"]["type"] == 20
    assert "member" not in captured["webhook"]
    assert "member" not in captured["left"]
    assert "guild_id" not in captured["direct"]
    assert captured["own webhook"]["application_id"] == str(captured.me.application_id)
    assert captured["own webhook"]["author"]["id"] != str(captured.me.user_id)


WRONG: list[Any] = [None, True, False, 0, -1, 1.5, "", "x", "-1", "1_0", " 7 ", "+7", "٧", [], {}]


@pytest.mark.parametrize("value", [*WRONG, 1 << 63, str(1 << 63), "9" * 5_000, [1], {"id": 1}])
def test_what_is_no_id_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"not an id|Exceeds the limit"):
        snowflake(value)


@pytest.mark.parametrize("value", [1, "1", (1 << 63) - 1, str((1 << 63) - 1)])
def test_an_id_is_a_number_or_its_digits(value: int | str) -> None:
    assert snowflake(value) == int(value)


@pytest.mark.parametrize("value", [*WRONG, "1", 1.0, float("inf"), float("nan"), "∞"])
@pytest.mark.parametrize("key", ["nick", "roles", "permissions"])
def test_a_member_of_wrong_types_is_refused_or_makes_sense(key: str, value: Any) -> None:
    try:
        membership = membership_of({key: value})
    except (TypeError, ValueError):
        return
    assert membership.nickname is None or membership.nickname == value
    assert membership.role_ids == frozenset()
    assert membership.permissions is None or membership.permissions >= 0


@pytest.mark.parametrize("value", WRONG)
def test_an_author_without_an_id_is_refused(captured: Captured, value: Any) -> None:
    message = {**captured["message"], "author": {"id": value, "username": "x"}}
    with pytest.raises(ValueError, match="not an id"):
        author_of(message, captured.me)


@pytest.mark.parametrize("value", [value for value in WRONG if value != {}])
def test_an_author_of_a_wrong_type_is_nobody_known(captured: Captured, value: Any) -> None:
    message = {**captured["message"], "author": value}
    assert author_of(message, captured.me) == Person(0, Kind.UNKNOWN)


@pytest.mark.parametrize("value", WRONG)
def test_names_of_a_wrong_type_are_not_there(captured: Captured, value: Any) -> None:
    user = {**captured["user"], "username": value, "global_name": value}
    person = user_of(user)
    expected = value if isinstance(value, str) and value else None
    assert (person.username, person.global_name) == (expected, expected)


@pytest.mark.parametrize("value", WRONG)
def test_only_a_true_mark_makes_a_bot(captured: Captured, value: Any) -> None:
    assert (user_of({**captured["user"], "bot": value}).kind is Kind.BOT) is (value is True)
