"""Everything that a person can use, tried by those who may not and by one who may: all commands,
buttons and forms have a row in tests/rights.py (tests/edge/test_checks.py)."""

from dataclasses import replace
from typing import Any

import pytest

from cogs.helpers.checks import NEEDS, ONLY_IN_SERVERS, permission_name
from cogs.helpers.moderators import NOT_A_MODERATOR
from cogs.helpers.owners import OWNER_ONLY
from moderation.policy import GuildPolicy
from moderation.records import OPERATOR
from sandbox import Member, Permissions, payloads
from sandbox.interactions import Interaction as Sent
from tests.e2e.harness import NEEDED, Bot
from tests.e2e.trying import Stage, Tried
from tests.rights import MODERATOR, OWNER, RIGHTS, Row

PUNISHING = Permissions.MODERATE_MEMBERS | Permissions.KICK_MEMBERS | Permissions.BAN_MEMBERS


def refusal(row: Row) -> str:
    """What somebody without the right is told."""
    if row.needs == MODERATOR:
        return NOT_A_MODERATOR
    if row.needs == OWNER:
        return OWNER_ONLY
    return NEEDS.format(permission=permission_name(row.needs))


def is_suggestion(path: str) -> bool:
    return ", suggesting " in path


@pytest.fixture
async def stage(bot: Bot) -> Stage:
    bot.guild.role("Palisade").change(permissions=NEEDED | PUNISHING)
    return await Stage.of(bot)


def moderator(stage: Stage, *permissions: str, name: str = "mia") -> Member:
    """A member with these permissions and no rank."""
    value = Permissions(0)
    for permission in permissions:
        value |= Permissions[permission.upper()]
    role = stage.bot.guild.add_role(f"Role of {name}", permissions=value)
    return stage.bot.guild.join(stage.bot.discord.add_user(name), roles=[role])


async def refused_all(stage: Stage, who: Member) -> list[str]:
    """Whatever did not refuse somebody without any right, or changed something."""
    wrong, before = [], stage.kept()
    for path, row in RIGHTS.items():
        expected = Tried() if is_suggestion(path) else Tried(refusal(row))
        tried = await stage.tries(who, path, row)
        if tried != expected:
            wrong.append(f"{path}: {tried}")
        if stage.kept() != before:
            wrong.append(f"{path} changed something")
            before = stage.kept()
    return wrong


async def test_a_member_without_the_right_is_refused(stage: Stage) -> None:
    assert await refused_all(stage, stage.bot.alice) == []


async def test_a_moderator_of_another_server_is_refused(stage: Stage) -> None:
    discord = stage.bot.discord
    zoe = discord.add_user("zoe")
    elsewhere = discord.add_guild("Elsewhere", owner=zoe)
    elsewhere.install(stage.bot.app, permissions=NEEDED)
    await stage.bot.store.guild_joined(elsewhere.id)
    assert await refused_all(stage, stage.bot.guild.join(zoe)) == []


async def test_in_a_direct_message_nothing_works(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord does not offer it there, but an id may be sent from anywhere. The owner uses it, who
    may do everything in the server."""

    def direct(self: Sent, base_url: str) -> dict[str, Any]:
        told = in_the_server(self, base_url)
        for name in ("guild", "guild_id", "guild_locale", "member"):
            del told[name]
        told["data"] = {**told["data"]}
        told["data"]["resolved"] = {**told["data"].get("resolved", {}), "members": {}}
        return told | {"user": payloads.user(self.user), "context": 1}

    in_the_server = Sent.payload
    wrong, before = [], stage.kept()
    monkeypatch.setattr(Sent, "payload", direct)
    for path, row in RIGHTS.items():
        tried = await stage.tries(stage.bot.owner, path, row)
        if tried != (Tried() if is_suggestion(path) else Tried(ONLY_IN_SERVERS)):
            wrong.append(f"{path}: {tried}")
    assert wrong == []
    assert stage.kept() == before


@pytest.mark.parametrize("right", sorted({row.needs for row in RIGHTS.values()} - {OWNER}))
async def test_each_right_is_enough_for_what_needs_it_and_for_nothing_else(
    stage: Stage, right: str
) -> None:
    permission = "moderate_members" if right == MODERATOR else right
    who, wrong = moderator(stage, permission), []
    for path, row in RIGHTS.items():
        needs = "moderate_members" if row.needs == MODERATOR else row.needs
        tried = await stage.tries(who, path, row)
        if is_suggestion(path):
            allowed = tried.choices > 0
            # What was to be suggested may have been removed by then.
            allowed = allowed or (needs == permission and path.startswith(("/words", "/allowed")))
        else:
            allowed = tried.text != refusal(row)
        if allowed != (needs == permission):
            wrong.append(f"{path}: {tried}")
    assert wrong == []


async def test_the_owner_may_use_everything(stage: Stage) -> None:
    for path, row in RIGHTS.items():
        tried = await stage.tries(stage.bot.owner, path, row)
        assert is_suggestion(path) or tried.text != refusal(row), path


async def test_a_named_role_makes_a_moderator_and_no_punisher(stage: Stage) -> None:
    bot = stage.bot
    assert bot.parts is not None
    helpers = bot.guild.add_role("Helpers")
    who = bot.guild.join(bot.discord.add_user("hal"), roles=[helpers])
    assert (await stage.tries(who, "/case view", RIGHTS["/case view"])).text == NOT_A_MODERATOR

    def name_it(policy: GuildPolicy) -> GuildPolicy:
        return replace(policy, moderators=frozenset({helpers.id}))

    await bot.parts.policies.set_policy(bot.guild.id, name_it, by=OPERATOR, what="moderators")
    for path, row in RIGHTS.items():
        tried = await stage.tries(who, path, row)
        if not is_suggestion(path):
            assert (tried.text != refusal(row)) == (row.needs == MODERATOR), path
    who.take(helpers)
    for path, row in RIGHTS.items():
        if row.needs == MODERATOR and not is_suggestion(path):
            assert (await stage.tries(who, path, row)).text == NOT_A_MODERATOR, path


@pytest.mark.parametrize("path", [path for path, row in RIGHTS.items() if row.on_member])
async def test_nobody_acts_on_someone_of_a_higher_rank(stage: Stage, path: str) -> None:
    row = RIGHTS[path]
    who, before = moderator(stage, row.needs), stage.kept()
    tried = await stage.tries(who, path, row, parts="2")
    assert "your highest role is not above theirs" in tried.text
    assert stage.kept() == before
    assert stage.boss.present
    assert not stage.boss.timed_out


@pytest.mark.parametrize(
    "parts",
    [
        *("", "0", "-1", "99", "9" * 15, "9" * 60, "x", "1.5", "0x1", "٣", "1/2/3/4", "/"),
        *("1/u99999999999999999999", "1/kbogus", "1/e99", "1/e", "1/zzz", "1/u1.u2.", "../1"),
        *("3", "3/5", "1/e3"),  # cases of another server
        *("nowhere/ban", "nowhere/on", "main/x", "1/x", "x/1", "-1/-1", "1/0", "0/1"),
        *("9" * 30 + "/1", "1/" + "9" * 30, "1/s" + "9" * 13, "1/u" + "9" * 19),
        *("\0", "\0/\0", "{0}/{text}", "'; DROP TABLE cases; --", "😀/" + "😀" * 40),
    ],
)
async def test_made_up_ids_change_nothing_and_are_answered_kindly(stage: Stage, parts: str) -> None:
    before, wrong = stage.kept(), []
    harmless = {
        "words/unclear",
        "data/keep",
        "words/show",
        "allowed/show",
        "lists/show",
        "case/list",
    }
    for path, row in RIGHTS.items():
        if path.startswith("/") or "/" not in path or (path.endswith("clear") and not parts):
            continue
        tried = await stage.tries(stage.bot.owner, path, row, parts=parts)
        kind = "went wrong on my side" not in tried.text and tried.text != "a form"
        if not kind or (stage.kept() != before and path not in harmless):
            wrong.append(f"{path}/{parts}: {tried}")
            before = stage.kept()
    assert wrong == []
