"""Reading the text of a notice, as a form or an option has it."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from moderation.matcher import Detection
from moderation.notices import checked

USUAL = "usual"
"""What is written for no text of one's own, where an empty one means no change."""


class Ruleset(Protocol):
    """The lists of a server, to look into a text with."""

    @property
    def detect(self) -> Callable[[str], Detection]: ...


class Rules(Protocol):
    """Where the lists in force are."""

    async def get(self, guild_id: int) -> Ruleset: ...


async def read_notice(rules: Rules, guild_id: int, text: str) -> str:
    """The text as it is kept, "" for the usual one. Raises NoticeRefused. Off the loop, since
    regular expressions are tried on the text."""
    ruleset = await rules.get(guild_id)
    return await asyncio.to_thread(checked, text, ruleset.detect)
