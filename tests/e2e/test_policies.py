"""Lists that watch some things and apply in some places, and people and places that are exempt: on
the local Discord, as people would meet it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from moderation.consequence import LOG
from moderation.events import MessageSeen
from moderation.policy import EntryTerms, Exemptions, GuildPolicy, ListPolicy, Watched
from moderation.records import OPERATOR
from moderation.verdict import Because, Verdict
from moderation.words import parse_entry
from sandbox import ChannelType, LocalDiscord, Member, Message, Permissions
from service.policies import Policies
from tests.e2e.harness import Bot


def policies(bot: Bot) -> Policies:
    assert bot.parts is not None
    return bot.parts.policies


async def sets(bot: Bot, change: Callable[[ListPolicy], ListPolicy], name: str = "main") -> None:
    """Change what a list does."""
    await policies(bot).set_list(bot.guild.id, name, change, by=OPERATOR)


async def exempts(bot: Bot, **who: set[int]) -> None:
    """Exempt roles, channels or members from all lists."""
    ids = Exemptions(**{kind: frozenset(several) for kind, several in who.items()})
    await policies(bot).set_policy(
        bot.guild.id, lambda policy: replace(policy, exemptions=ids), by=OPERATOR, what="exemptions"
    )


async def adds_list(bot: Bot, name: str, policy: ListPolicy, *entries: str) -> None:
    """A list with entries."""
    await policies(bot).create_list(bot.guild.id, name, policy, by=OPERATOR)
    assert bot.parts is not None
    words = [parse_entry(entry) for entry in entries]
    await bot.parts.word_lists.add(bot.guild.id, words, by=OPERATOR, list_name=name)


async def spared(bot: Bot, message: Message) -> list[Because]:
    """Why a message was let stand."""
    await bot.kept(message)
    verdict = await bot.watch.verdict_on(message)
    return [exempt.because for exempt in verdict.spared]


async def test_a_role_is_exempt_and_no_longer_when_it_is_taken(bot: Bot) -> None:
    trusted = bot.guild.add_role("Trusted")
    await exempts(bot, roles={trusted.id})
    await (await bot.alice.says("idiot")).wait_deleted()
    bot.alice.give(trusted)
    assert await spared(bot, await bot.alice.says("idiot")) == [Because.ROLE]
    await bot.alice.nick("idiot")
    bot.alice.take(trusted)
    await (await bot.alice.says("idiot")).wait_deleted()
    await bot.alice.wait_nickname(None)


async def test_a_member_is_exempt(bot: Bot, discord: LocalDiscord) -> None:
    ben = bot.guild.join(discord.add_user("ben"))
    await exempts(bot, members={bot.alice.id})
    assert await spared(bot, await bot.alice.says("idiot")) == [Because.MEMBER]
    await (await ben.says("idiot")).wait_deleted()


async def test_a_thread_in_a_channel_in_an_exempt_category(bot: Bot) -> None:
    category = bot.guild.add_channel("Harbour pub", kind=ChannelType.GUILD_CATEGORY)
    pub = bot.guild.add_channel("pub", parent=category)
    await exempts(bot, channels={category.id})
    assert await spared(bot, await bot.alice.says("idiot", channel=pub)) == [Because.CHANNEL]
    thread = await bot.alice.starts_thread("you idiot", channel=pub)
    assert await spared(bot, await bot.alice.says("idiot", channel=thread)) == [Because.CHANNEL]
    hook = await bot.guild.webhook("News", channel=pub)
    assert await spared(bot, await hook.says("idiot")) == [Because.CHANNEL]
    await (await bot.alice.says("idiot")).wait_deleted()
    assert thread.name == "you idiot"


async def test_a_channel_and_its_threads_are_exempt(bot: Bot) -> None:
    pub = bot.guild.add_channel("pub")
    thread = await bot.alice.starts_thread("chat", channel=pub)
    elsewhere = await bot.alice.starts_thread("talk")
    await exempts(bot, channels={pub.id})
    await bot.kept(await bot.alice.says("idiot", channel=pub))
    await bot.kept(await bot.alice.says("idiot", channel=thread))
    await (await bot.alice.says("idiot", channel=elsewhere)).wait_deleted()


async def test_an_exemption_from_one_list_leaves_the_others(bot: Bot) -> None:
    pub = bot.guild.add_channel("pub")
    only = Exemptions(channels=frozenset({pub.id}))
    await adds_list(bot, "swearing", ListPolicy(exemptions=only), "walrus")
    await bot.kept(await bot.alice.says("walrus", channel=pub))
    await (await bot.alice.says("walrus")).wait_deleted()
    await (await bot.alice.says("walrus idiot", channel=pub)).wait_deleted()


async def test_a_list_applies_in_some_channels_only(bot: Bot) -> None:
    ads = bot.guild.add_channel("ads")
    await adds_list(bot, "prices", ListPolicy(channels=frozenset({ads.id})), "dollars")
    await bot.kept(await bot.alice.says("ten dollars"))
    await (await bot.alice.says("ten dollars", channel=ads)).wait_deleted()
    thread = await bot.alice.starts_thread("prices", channel=ads)
    await (await bot.alice.says("ten dollars", channel=thread)).wait_deleted()


def moderator(bot: Bot, discord: LocalDiscord, permissions: Permissions) -> Member:
    role = bot.guild.add_role("Crew", permissions=permissions)
    return bot.guild.join(discord.add_user("carol"), roles=[role])


@pytest.mark.parametrize(
    "permissions", [Permissions.MANAGE_MESSAGES, Permissions.ADMINISTRATOR], ids=str
)
async def test_moderators_are_exempt_until_they_are_included(
    bot: Bot, discord: LocalDiscord, permissions: Permissions
) -> None:
    carol = moderator(bot, discord, permissions)
    assert await spared(bot, await carol.says("idiot")) == [Because.MODERATOR]
    assert await spared(bot, await bot.owner.says("idiot")) == [Because.OWNER]
    await policies(bot).set_policy(
        bot.guild.id,
        lambda policy: replace(policy, judges_moderators=True),
        by=OPERATOR,
        what="moderators",
    )
    await (await carol.says("idiot")).wait_deleted()
    await (await bot.owner.says("idiot")).wait_deleted()


async def test_manage_messages_in_one_channel_holds_there_only(bot: Bot) -> None:
    pub = bot.guild.add_channel("pub")
    pub.permit(bot.alice, allow=Permissions.MANAGE_MESSAGES)
    thread = await bot.alice.starts_thread("chat", channel=pub)
    assert await spared(bot, await bot.alice.says("idiot", channel=pub)) == [Because.MODERATOR]
    assert await spared(bot, await bot.alice.says("idiot", channel=thread)) == [Because.MODERATOR]
    await (await bot.alice.says("idiot")).wait_deleted()


async def test_a_moderator_to_whom_a_channel_denies_it_is_judged_there(
    bot: Bot, discord: LocalDiscord
) -> None:
    carol = moderator(bot, discord, Permissions.MANAGE_MESSAGES)
    pub = bot.guild.add_channel("pub")
    pub.permit(bot.guild.role("Crew"), deny=Permissions.MANAGE_MESSAGES)
    await (await carol.says("idiot", channel=pub)).wait_deleted()
    assert await spared(bot, await carol.says("idiot")) == [Because.MODERATOR]


async def test_a_role_of_the_policy_counts_as_moderators(bot: Bot, discord: LocalDiscord) -> None:
    carol = moderator(bot, discord, Permissions(0))
    await (await carol.says("idiot")).wait_deleted()
    await policies(bot).set_policy(
        bot.guild.id,
        lambda policy: replace(policy, moderators=frozenset({bot.guild.role("Crew").id})),
        by=OPERATOR,
        what="moderators",
    )
    assert await spared(bot, await carol.says("idiot")) == [Because.MODERATOR]


async def test_what_a_moderator_said_while_the_bot_was_away_stays(
    bot: Bot, discord: LocalDiscord
) -> None:
    carol = moderator(bot, discord, Permissions.MANAGE_MESSAGES)
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    by_carol, by_alice = await carol.says("idiot"), await bot.alice.says("idiot")
    left = bot.guild.join(discord.add_user("dan"))
    by_dan = await left.says("idiot")
    left.leave()
    split = [await carol.says("idi"), await carol.says("ot")]
    await bot.start()
    await by_alice.wait_deleted()
    await by_dan.wait_deleted()
    assert await spared(bot, by_carol) == [Because.MODERATOR]
    await bot.watch.verdict_on(split[-1])
    assert not any(piece.deleted for piece in split)


async def test_a_split_word_of_the_history_goes_as_well(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("hello"))
    await bot.stop()
    split = [await bot.alice.says("idi"), await bot.alice.says("ot")]
    await bot.start()
    for piece in split:
        await piece.wait_deleted()


async def in_a_message(bot: Bot) -> Message:
    return await bot.alice.says("walrus")


async def in_an_edit(bot: Bot) -> Message:
    message = await bot.alice.says("fine")
    await bot.kept(message)
    await message.edit("walrus")
    return message


async def in_an_embed(bot: Bot) -> Message:
    message = await bot.alice.says("https://example.org")
    await bot.kept(message)
    await message.embed_arrives({"type": "link", "title": "walrus"})
    return message


async def in_an_attachment(bot: Bot) -> Message:
    return await bot.alice.says("look", files=[("walrus.png", b"x")])


async def in_a_poll(bot: Bot) -> Message:
    return await bot.alice.polls("What is it?", ["walrus", "whale"])


async def in_a_forward(bot: Bot) -> Message:
    other = bot.discord.add_guild("Island", owner=bot.discord.add_user("eve"))
    return await bot.alice.forwards(await other.owner.says("walrus"))


async def in_a_sticker(bot: Bot) -> Message:
    return await bot.alice.says("", stickers=["walrus"])


WRITTEN = {
    Watched.MESSAGES: in_a_message,
    Watched.EDITS: in_an_edit,
    Watched.EMBEDS: in_an_embed,
    Watched.ATTACHMENTS: in_an_attachment,
    Watched.POLLS: in_a_poll,
    Watched.FORWARDS: in_a_forward,
    Watched.EXTRAS: in_a_sticker,
}


async def newest(bot: Bot, message: Message) -> Verdict:
    """The verdict on a message as it is now: there are two where it was changed."""

    def verdicts() -> list[Verdict]:
        return [
            verdict
            for verdict in bot.watch.verdicts
            if isinstance(verdict.event, MessageSeen)
            and verdict.event.message_id == message.id
            and any("walrus" in part.text for part in verdict.event.parts)
        ]

    await bot.watch.until(lambda: bool(verdicts()))
    return verdicts()[-1]


@pytest.mark.parametrize("group", WRITTEN, ids=lambda group: group.name.lower())
async def test_a_list_watches_what_it_is_told_to(bot: Bot, group: Watched) -> None:
    write = WRITTEN[group]
    every = frozenset(Watched)
    await adds_list(bot, "zoo", ListPolicy(watches=every - {group}), "walrus")
    verdict = await newest(bot, await write(bot))
    assert not verdict.violates
    assert [exempt.because for exempt in verdict.spared] == [Because.NOT_WATCHED]

    together = {Watched.EDITS: {Watched.MESSAGES}}.get(group, set())
    await sets(bot, lambda p: replace(p, watches=frozenset({group} | together)), "zoo")
    await (await write(bot)).wait_deleted()


async def test_a_list_that_watches_no_names_and_one_that_watches_them_alone(bot: Bot) -> None:
    await adds_list(bot, "zoo", ListPolicy(watches=frozenset({Watched.NAMES})), "walrus")
    await bot.kept(await bot.alice.says("walrus"))
    await bot.alice.nick("walrus")
    await bot.alice.wait_nickname(None)
    await sets(bot, lambda p: replace(p, watches=frozenset({Watched.MESSAGES})), "zoo")
    await bot.alice.nick("walrus")
    await (await bot.alice.says("walrus")).wait_deleted()
    await bot.works()
    assert bot.alice.nickname == "walrus"


async def test_a_list_that_watches_no_titles(bot: Bot) -> None:
    await adds_list(bot, "zoo", ListPolicy(watches=frozenset({Watched.MESSAGES})), "walrus")
    thread = await bot.alice.starts_thread("walrus")
    other = await bot.alice.starts_thread("idiot")
    await other.wait(lambda one: one.name != "idiot")
    assert thread.name == "walrus"


async def test_a_list_in_the_shadow_and_one_that_only_logs(bot: Bot) -> None:
    await adds_list(bot, "new", ListPolicy(shadow=True), "walrus")
    await adds_list(bot, "log", ListPolicy(LOG), "whale")
    for text in ("walrus", "whale"):
        message = await bot.alice.says(text)
        verdict = await bot.watch.verdict_on(message)
        assert verdict.violates
        assert not verdict.acts
    await bot.works()
    assert not message.deleted
    await sets(bot, lambda p: replace(p, shadow=False), "new")
    await (await bot.alice.says("walrus")).wait_deleted()


async def test_a_list_that_is_off_finds_nothing(bot: Bot) -> None:
    await sets(bot, lambda p: replace(p, enabled=False))
    await bot.kept(await bot.alice.says("idiot"))
    await sets(bot, lambda p: replace(p, enabled=True))
    await (await bot.alice.says("idiot")).wait_deleted()


async def test_an_entry_leaves_when_its_time_is_over(bot: Bot) -> None:
    over = EntryTerms(expires_at=1)
    await policies(bot).set_terms(bot.guild.id, "main", "idiot", over, by=OPERATOR)
    await bot.kept(await bot.alice.says("idiot"))
    later = EntryTerms(expires_at=2**53)
    await policies(bot).set_terms(bot.guild.id, "main", "idiot", later, by=OPERATOR)
    await (await bot.alice.says("idiot")).wait_deleted()


async def test_what_was_undone_is_in_force_at_once(bot: Bot) -> None:
    await sets(bot, lambda p: replace(p, enabled=False))
    await bot.kept(await bot.alice.says("idiot"))
    (change,) = await bot.store.changes(bot.guild.id, limit=1)
    await policies(bot).undo_change(
        bot.guild.id, change.change_id, by=OPERATOR, allowed=lambda *_: None
    )
    await (await bot.alice.says("idiot")).wait_deleted()


async def test_a_policy_of_one_server_is_none_of_another_s(bot: Bot, discord: LocalDiscord) -> None:
    other = discord.add_guild("Island", owner=discord.add_user("eve"))
    other.install(bot.app, permissions=bot.guild.member(bot.app).permissions())
    ben = other.join(discord.add_user("ben"))
    await bot.ban("idiot", guild=other)
    await exempts(bot, members={bot.alice.id, ben.id})
    await bot.kept(await bot.alice.says("idiot"))
    await (await ben.says("idiot")).wait_deleted()
    assert (await bot.store.policies.policy(other.id)) == GuildPolicy(lists={"main": ListPolicy()})
