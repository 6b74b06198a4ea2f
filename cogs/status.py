"""``/status``: is the bot protecting this server? Each thing that is missing, with its cure."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.base import Cog, Interaction
from cogs.helpers.checks import command_options, guild_of, permission_name, requires
from cogs.helpers.intents import GUILD_MEMBERS, MESSAGE_CONTENT, application_flags
from cogs.helpers.log_entries import trouble_text
from cogs.helpers.people import snowflake
from cogs.helpers.permissions import in_channel
from cogs.helpers.replies import answer, lines, think
from moderation.verdict import DeleteMessage
from service.health import Channel, Facts, Finding, examine, protected
from service.mod_log import ModLogWriter
from service.needs import needs
from service.outbox import Outbox
from service.policies import Policies
from service.word_lists import WordLists

log = logging.getLogger(__name__)

IN_CHANNELS = ("view_channel", "manage_messages", "read_message_history", "manage_threads")
"""What the bot needs in every channel in which people write."""

CATEGORY = 4
"""The type of a category (Discord, Channel Types): nobody writes in it."""

UNREADABLE = (
    nextcord.HTTPException,
    OSError,
    aiohttp.ClientError,
    TimeoutError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
)
"""No answer, or one that is not what Discord answers."""

TWO_FACTOR_REQUIRED = 1
"""A guild's ``mfa_level`` (Discord, MFA Level)."""

PATIENCE_SECONDS = 2.5
"""How long Discord has for all questions together. What it does not answer is said."""

UNKNOWN_SERVER = (
    "Discord has not told me about this server yet. If this stays so for some minutes, invite me "
    "again with the link that `bot.py invite` prints."
)


class Status(Cog):
    """Answers from what Nextcord knows of the server and from three questions to Discord."""

    intents = nextcord.Intents(guilds=True)

    def __init__(
        self, word_lists: WordLists, policies: Policies, outbox: Outbox, mod_log: ModLogWriter
    ) -> None:
        self._lists = word_lists
        self._policies = policies
        self._outbox = outbox
        self._mod_log = mod_log

    @nextcord.slash_command(description="Is this server protected?", **command_options())
    @requires()
    async def status(self, interaction: Interaction) -> None:
        """What is wrong comes first."""
        await think(interaction)
        guild = interaction.guild
        if guild is None or guild.me is None:
            await answer(interaction, UNKNOWN_SERVER)
            return
        words = await self._lists.words(guild_of(interaction))
        client = interaction.client
        flags, channels, two_factor, logged = await asyncio.gather(
            _in_time(application_flags(client)),
            _in_time(_channels(client, guild, guild.me)),
            _in_time(_two_factor(client)),
            _in_time(self._mod_log.trouble(guild.id)),
        )
        waiting = [one.action for one in self._outbox.parked(guild.id)]
        messages = sum(isinstance(action, DeleteMessage) for action in waiting)
        mine = guild.me.guild_permissions
        lacking = tuple(
            (need.what, permission_name(need.permission))
            for need in needs(await self._policies.policy(guild.id), words.lists)
            if not getattr(mine, need.permission)
        )
        facts = Facts(
            message_content_intent=_on(flags, MESSAGE_CONTENT),
            members_intent=_on(flags, GUILD_MEMBERS),
            can_rename=mine.manage_nicknames,
            higher_roles=_higher_roles(guild, guild.me),
            channels=channels,
            two_factor_required=guild.mfa_level == TWO_FACTOR_REQUIRED,
            two_factor_on=two_factor,
            banned=sum(len(listed) for listed in words.lists.values()),
            allowed=len(words.allowed),
            waiting_messages=messages,
            waiting_names=len(waiting) - messages,
            lacking=lacking,
            can_read_audit_log=mine.view_audit_log,
            log_trouble=tuple(trouble_text(*one) for one in logged or ()),
            store_fails=self._outbox.trouble is not None,
        )
        findings = examine(facts)
        head = (
            "**This server is protected.**"
            if protected(findings)
            else "**This server is not fully protected.** What to do:"
        )
        rows = [f"{_sign(finding)} {finding.text}" for finding in findings]
        await answer(interaction, lines(head, rows))


def _sign(finding: Finding) -> str:
    if finding.hint:
        return "ℹ️"  # the emoji, and no i
    return "✅" if finding.good else "⚠️"


async def _in_time[T](question: Awaitable[T | None]) -> T | None:
    """What Discord answers, None where it takes too long: whoever asks for the status of the bot
    may well do so since Discord is in trouble."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await question
    except TimeoutError:
        log.warning("Discord did not answer a question of /status in %.1f s", PATIENCE_SECONDS)
        return None


async def _channels(
    client: nextcord.Client, guild: nextcord.Guild, me: nextcord.Member
) -> tuple[Channel, ...] | None:
    """The channels and what the bot lacks in each; None where Discord does not tell. They are asked
    for; those that the bot cannot view are not in the answer, but known by the gateway (Discord,
    Channel, Obfuscated Channels)."""
    route = Route("GET", "/guilds/{guild_id}/channels", guild_id=guild.id)
    try:
        payloads = await client.http.request(route)
        told = [
            Channel(snowflake(payload["id"]), _missing(payload, me))
            for payload in payloads
            if payload.get("type") != CATEGORY
        ]
        listed = {snowflake(payload["id"]) for payload in payloads}
        view = (permission_name("view_channel"),)
        hidden = [
            Channel(channel.id, view)
            for channel in guild.channels
            if channel.id not in listed
            and channel.type is not nextcord.ChannelType.category
            and not channel.permissions_for(me).view_channel
        ]
        return tuple(told + hidden)
    except UNREADABLE as error:
        log.warning("The channels of server %d cannot be read: %r", guild.id, error)
        return None


def _missing(channel: Mapping[str, Any], me: nextcord.Member) -> tuple[str, ...]:
    allowed = in_channel(channel, me)
    if not allowed.view_channel:
        # Without it Discord grants nothing else, so naming the rest would only confuse.
        return (permission_name("view_channel"),)
    return tuple(permission_name(name) for name in IN_CHANNELS if not getattr(allowed, name))


def _higher_roles(guild: nextcord.Guild, me: nextcord.Member) -> tuple[int, ...]:
    """Roles at or above ours, without our own and @everyone."""
    return tuple(
        role.id
        for role in guild.roles
        if role >= me.top_role and role not in me.roles and not role.is_default()
    )


async def _two_factor(client: nextcord.Client) -> bool | None:
    """Whether the bot's owner has two-factor authentication on: a bot's own account shows that of
    its owner (Discord, User). None where Discord does not tell."""
    try:
        account = await client.http.request(Route("GET", "/users/@me"))
    except (nextcord.HTTPException, OSError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("The bot's own account cannot be read: %s", error)
        return None
    on = account.get("mfa_enabled") if isinstance(account, dict) else None
    return on if isinstance(on, bool) else None


def _on(flags: int | None, bits: int) -> bool | None:
    return None if flags is None else bool(flags & bits)
