"""A real Nextcord bot shows menus and forms, and understands what comes back."""

# Nextcord's decorators have no types, and it cannot take a parametrised Interaction in a callback:
# mypy: disable-error-code="untyped-decorator,type-arg"

import asyncio

import nextcord
from nextcord.ext import commands

from sandbox import LocalDiscord
from tests.sandbox.conftest import Connect, Harbour

INTENTS = nextcord.Intents.default()
INTENTS.message_content = True


class Form(nextcord.ui.Modal):
    """Two fields."""

    def __init__(self) -> None:
        super().__init__("Ban", custom_id="ban", timeout=None)
        self.reason: nextcord.ui.TextInput = nextcord.ui.TextInput(
            "Reason", custom_id="reason", style=nextcord.TextInputStyle.paragraph
        )
        self.length: nextcord.ui.TextInput = nextcord.ui.TextInput(
            "Length", custom_id="length", default_value="1d", required=False
        )
        self.add_item(self.reason)
        self.add_item(self.length)

    async def callback(self, interaction: nextcord.Interaction) -> None:
        told = f"{self.reason.value} for {self.length.value}"
        await interaction.response.edit_message(content=told, view=None)


class Menus(nextcord.ui.View):
    """A menu of each kind, and a button."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @nextcord.ui.user_select(placeholder="Who?", custom_id="who", max_values=2)
    async def who(self, select: nextcord.ui.UserSelect, interaction: nextcord.Interaction) -> None:
        kinds = [f"{type(value).__name__} {value.name}" for value in select.values.users]
        kinds += [f"Member {value.name}" for value in select.values.members]
        await interaction.response.send_message(" ".join(kinds), ephemeral=True)

    @nextcord.ui.role_select(placeholder="Role?", custom_id="role")
    async def role(self, select: nextcord.ui.RoleSelect, interaction: nextcord.Interaction) -> None:
        await interaction.response.edit_message(content=select.values[0].name)

    @nextcord.ui.channel_select(
        placeholder="Where?",
        custom_id="where",
        channel_types=[nextcord.ChannelType.text],
        max_values=2,
    )
    async def where(
        self, select: nextcord.ui.ChannelSelect, interaction: nextcord.Interaction
    ) -> None:
        names = [f"#{channel.name}" for channel in select.values.channels]
        await interaction.response.edit_message(content=" ".join(names))

    @nextcord.ui.button(label="Form", style=nextcord.ButtonStyle.danger)
    async def form(self, _: object, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_modal(Form())


async def test_nextcord_understands_it(
    discord: LocalDiscord, harbour: Harbour, connect: Connect
) -> None:
    guild, bot = harbour.guild, commands.Bot(intents=INTENTS, guild_ready_timeout=0.01)
    crew, other = guild.add_role("Crew"), guild.add_channel("other")
    bob = guild.join(discord.add_user("bob"))
    bob.leave()
    connect(bot)
    await discord.connected(harbour.app)
    await asyncio.wait_for(bot.wait_until_ready(), 10)
    place = bot.get_channel(guild.general.id)
    assert isinstance(place, nextcord.TextChannel)
    menus = Menus()
    menus.add_item(nextcord.ui.Button(label="Rules", url="https://example.org"))
    await place.send("choose", view=menus)
    message = await guild.general.wait_message(lambda m: m.content == "choose")
    told = await harbour.alice.selects(message, "Who?", harbour.alice, bob)
    assert (await told.reply()).content == "User bob Member alice"
    await (await harbour.alice.selects(message, "Role?", [crew])).answered()
    assert message.content == "Crew"
    await (await harbour.alice.selects(message, "Where?", [guild.general, other])).answered()
    assert message.content == "#general #other"
    opened = await harbour.ada.presses(message, "Form")
    await opened.answered()
    await (await opened.submit({"Reason": "spam"})).answered()
    await message.wait_edited(lambda m: m.content == "spam for 1d")
    assert message.components == []
