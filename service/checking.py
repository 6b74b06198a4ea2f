"""What the lists in force would find in a message that stands there already."""

import asyncio
from typing import Protocol

from moderation.events import MessageSeen
from moderation.judge import judge
from moderation.policy import GuildPolicy
from moderation.verdict import Verdict
from service.rules import Rules


class Policies(Protocol):
    """What each server has set."""

    async def policy(self, guild_id: int) -> GuildPolicy: ...


class Checking:
    """Judges without acting on it."""

    def __init__(self, rules: Rules, policies: Policies) -> None:
        self._rules = rules
        self._policies = policies

    async def moderator_roles(self, guild_id: int) -> frozenset[int]:
        """The roles that count as moderators."""
        return (await self._policies.policy(guild_id)).moderators

    async def check(self, event: MessageSeen) -> Verdict:
        """The verdict on a message of a server. Changes nothing, and nothing is remembered."""
        rules = await self._rules.get(event.guild_id or 0)
        return await asyncio.to_thread(judge, event, rules)
