"""What every cog of this project declares beside its listeners and commands."""

from typing import ClassVar

import nextcord
from nextcord import Intents
from nextcord.ext import commands

Interaction = nextcord.Interaction[nextcord.Client]
"""A command, a press of a button, or a form that came back."""


class Cog(commands.Cog):
    """``intents`` are those that the cog's listeners need, ``permissions`` the ones that its
    actions need, by Discord's names and each with its reason; the bot asks for the union of both,
    and for nothing else."""

    intents: ClassVar[Intents] = Intents.none()
    permissions: ClassVar[dict[str, str]] = {}
