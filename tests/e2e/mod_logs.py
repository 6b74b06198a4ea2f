"""A server with a mod log: set up, read, and acted in."""

from dataclasses import replace
from typing import Any

from moderation.consequence import Consequence, Step
from moderation.policy import GuildPolicy, ListPolicy, ModLog
from moderation.records import MAIN_LIST, OPERATOR
from sandbox import Channel, Interaction, Member, Message, Permissions, Role
from sandbox.handles.place import overwrite
from tests.e2e.harness import NEEDED, TIMEOUT, Bot
from tests.e2e.test_words_commands import said

POSTS = "/channels/{channel_id}/messages"
HOUR = Consequence(Step.TIMEOUT, 3_600_000)

MAY_LOG = NEEDED | Permissions.SEND_MESSAGES | Permissions.EMBED_LINKS
MAY_ALL = (
    MAY_LOG | Permissions.MODERATE_MEMBERS | Permissions.KICK_MEMBERS | Permissions.BAN_MEMBERS
)


async def set_up(bot: Bot, *, private: bool = True, **channels: int) -> Channel:
    """A mod log, closed to everybody but the owner and the bot."""
    role = bot.guild.role("Palisade")
    role.change(permissions=MAY_ALL)
    hidden = overwrite(bot.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    mine = overwrite(role, allow=Permissions.VIEW_CHANNEL)
    log = bot.guild.add_channel("mod-log", overwrites=[hidden, mine] if private else [])
    await set_log(bot, ModLog(log.id, **channels))
    return log


async def set_log(bot: Bot, mod_log: ModLog) -> None:
    def change(policy: GuildPolicy) -> GuildPolicy:
        return replace(policy, mod_log=mod_log)

    book = bot.store.policies if bot.parts is None else bot.parts.policies
    await book.set_policy(bot.guild.id, change, by=OPERATOR, what="mod log")


async def entry(log: Channel, title: str) -> Message:
    """The entry whose title begins so."""
    return await log.wait_message(
        lambda one: bool(one.embeds) and one.embeds[0]["title"].startswith(title), timeout=TIMEOUT
    )


def fields(message: Message) -> dict[str, str]:
    return {field["name"]: field["value"] for field in message.embeds[0]["fields"]}


async def set_main(bot: Bot, **changes: Any) -> None:
    """Let the list main do something else."""

    def change(policy: ListPolicy) -> ListPolicy:
        return replace(policy, **changes)

    book = bot.store.policies if bot.parts is None else bot.parts.policies
    await book.set_list(bot.guild.id, MAIN_LIST, change, by=OPERATOR)


def posts(bot: Bot, log: Channel, method: str = "POST") -> int:
    """How many messages were asked for there."""
    route = POSTS if method == "POST" else POSTS + "/{message_id}"
    requests = bot.discord.journal.requests(method, route)
    return sum(one.params["channel_id"] == str(log.id) for one in requests)


EVERY = Permissions.MODERATE_MEMBERS | Permissions.KICK_MEMBERS | Permissions.BAN_MEMBERS


def role(bot: Bot, log: Channel, name: str, permissions: Permissions, position: int) -> Role:
    """A role that sees the mod log; the bot's stays above it."""
    made = bot.guild.add_role(name, permissions=permissions)
    made.change(position=position)
    log.permit(made, allow=Permissions.VIEW_CHANNEL)
    bot.guild.role("Palisade").change(position=10)
    return made


def moderator(bot: Bot, log: Channel, permissions: Permissions = EVERY) -> Member:
    """Ben, who may do all that moderators do."""
    return bot.guild.join(
        bot.discord.add_user("ben"), roles=[role(bot, log, "Mods", permissions, 2)]
    )


async def found(bot: Bot, log: Channel, text: str = "an idiot savant") -> Message:
    """The entry of a case about Alice."""
    await (await bot.alice.says(text)).wait_deleted(timeout=TIMEOUT)
    return await entry(log, "Case #1")


async def punished(bot: Bot, log: Channel, consequence: Consequence) -> Message:
    """The entry of a case that led to more than a deletion."""
    await set_main(bot, consequence=consequence)
    told = await found(bot, log)
    done = "timed out" if consequence.step is Step.TIMEOUT else "banned"

    def is_done(one: Message) -> bool:
        return done in fields(one)["Done"] and f"not {done}" not in fields(one)["Done"]

    await told.wait(is_done, timeout=TIMEOUT)
    return told


async def fill_in(pressed: Interaction, **fields: str) -> str:
    """Send the form that a button opened; what is answered."""
    await pressed.answered()
    assert pressed.modal is not None, [one.content for one in pressed.messages]
    return await said(await pressed.submit(fields))


def labels(message: Message) -> list[str]:
    return [one["label"] for row in message.components for one in row["components"]]
