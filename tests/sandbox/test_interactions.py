"""Slash commands, buttons, menus and forms: a real Nextcord bot answers what people do."""

# Nextcord's decorators have no types, and it cannot take a parametrised Interaction in a callback:
# mypy: disable-error-code="untyped-decorator,type-arg"

import asyncio
from dataclasses import dataclass
from io import BytesIO

import nextcord
import pytest
from nextcord.ext import commands

from sandbox import Answer, LocalDiscord, NotAllowedError, Permissions
from tests.sandbox.conftest import Connect, Harbour

INTENTS = nextcord.Intents.default()
INTENTS.message_content = True


class Question(nextcord.ui.View):
    """Yes, a form, and a menu."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @nextcord.ui.button(label="Yes", custom_id="yes")
    async def yes(self, _: object, interaction: nextcord.Interaction) -> None:
        await interaction.response.edit_message(content="you pressed yes", view=None)

    @nextcord.ui.button(label="Write", custom_id="write")
    async def write(self, _: object, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    @nextcord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, _: object, interaction: nextcord.Interaction) -> None:
        raise AssertionError("nobody can press this")

    @nextcord.ui.string_select(
        custom_id="menu",
        placeholder="Which?",
        options=[nextcord.SelectOption(label="Red"), nextcord.SelectOption(label="Blue")],
    )
    async def menu(
        self, select: nextcord.ui.StringSelect, interaction: nextcord.Interaction
    ) -> None:
        await interaction.response.send_message(f"chose {select.values}", ephemeral=True)


class Form(nextcord.ui.Modal):
    """One field."""

    def __init__(self) -> None:
        super().__init__("A form", custom_id="form", timeout=None)
        self.text: nextcord.ui.TextInput = nextcord.ui.TextInput(
            "Your text", custom_id="text", min_length=2, max_length=10
        )
        self.add_item(self.text)

    async def callback(self, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_message(f"you wrote {self.text.value}")


class Words(commands.Cog):
    """Commands of each kind."""

    @nextcord.slash_command(name="words", default_member_permissions=int(Permissions.MANAGE_GUILD))
    async def words(self, interaction: nextcord.Interaction) -> None:
        """Never called: it has subcommands."""

    @words.subcommand(name="add", description="Add a word")
    async def add(self, interaction: nextcord.Interaction, entry: str) -> None:
        await interaction.response.send_message(f"added {entry}", ephemeral=True)

    @words.subcommand(name="remove", description="Remove a word")
    async def remove(
        self, interaction: nextcord.Interaction, entry: str = nextcord.SlashOption()
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(f"removed {entry}")
        await interaction.followup.send("and a second message", ephemeral=True)

    @remove.on_autocomplete("entry")
    async def suggest(self, interaction: nextcord.Interaction, entry: str) -> None:
        await interaction.response.send_autocomplete([entry + "ot", entry + "om"])

    @words.subcommand(name="file", description="Take a file and give one")
    async def file(self, interaction: nextcord.Interaction, file: nextcord.Attachment) -> None:
        data = await file.read()
        back = nextcord.File(BytesIO(data[::-1]), "back.txt")
        await interaction.response.send_message("here", file=back, ephemeral=True)

    @words.subcommand(name="ask", description="Ask")
    async def ask(self, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_message("sure?", view=Question())

    @nextcord.slash_command(name="who", description="Say who")
    async def who(
        self, interaction: nextcord.Interaction, someone: nextcord.Member, times: int = 1
    ) -> None:
        await interaction.response.send_message(f"{someone.display_name} {times}")

    @nextcord.message_command(name="Length")
    async def length(self, interaction: nextcord.Interaction, message: nextcord.Message) -> None:
        await interaction.response.send_message(str(len(message.content)), ephemeral=True)

    @nextcord.user_command(name="Name")
    async def name(self, interaction: nextcord.Interaction, member: nextcord.Member) -> None:
        await interaction.response.send_message(member.display_name, ephemeral=True)


@dataclass
class Ready:
    """The guild, once the bot has registered its commands."""

    harbour: Harbour


@pytest.fixture
async def ready(discord: LocalDiscord, harbour: Harbour, connect: Connect) -> Ready:
    """A bot that is connected, with its commands registered."""
    bot = commands.Bot(intents=INTENTS, guild_ready_timeout=0.01)
    bot.add_cog(Words())
    connect(bot)
    await discord.connected(harbour.app)
    await harbour.app.wait_commands("words", "who", "Length", "Name")
    await asyncio.wait_for(bot.wait_until_ready(), 10)
    return Ready(harbour)


async def test_a_command_is_answered_ephemerally(ready: Ready) -> None:
    interaction = await ready.harbour.ada.uses("/words add", entry="idiot")
    assert await interaction.answered() is Answer.MESSAGE
    (message,) = interaction.messages
    assert (message.content, message.ephemeral) == ("added idiot", True)
    assert ready.harbour.guild.general.messages == []


async def test_the_client_offers_only_what_is_registered_and_allowed(ready: Ready) -> None:
    harbour = ready.harbour
    for path, options, why in (
        ("/nothing", {}, "no command nothing is registered here; there are: who, words"),
        ("/words burn", {}, "/words burn is not registered; there are: add, remove, file, ask"),
        ("/words", {}, "is not registered"),
        ("/words add", {}, "the option entry is required"),
        ("/words add", {"entry": 5}, "the option entry takes str, not 5"),
        ("/words add", {"entry": "a", "more": 1}, "there is no option more; there are: entry"),
    ):
        with pytest.raises(NotAllowedError, match=why):
            await harbour.ada.uses(path, options=options)
    with pytest.raises(NotAllowedError, match="/words is hidden from alice, who lacks MANAGE_GUI"):
        await harbour.alice.uses("/words add", entry="idiot")
    forced = await harbour.alice.uses("/words add", entry="idiot", force=True)
    assert (await forced.reply()).content == "added idiot"


async def test_deferred_answers_and_follow_ups(ready: Ready) -> None:
    interaction = await ready.harbour.ada.uses("/words remove", entry="idiot")
    assert await interaction.answered() is Answer.DEFERRED_MESSAGE
    first, second = await interaction.shown(2)
    assert (first.content, first.ephemeral) == ("removed idiot", True)
    assert (second.content, second.ephemeral) == ("and a second message", True)


async def test_autocomplete(ready: Ready) -> None:
    choices = await ready.harbour.ada.types("/words remove", entry="idi")
    assert [choice["value"] for choice in choices] == ["idiot", "idiom"]


async def test_files_both_ways(ready: Ready) -> None:
    interaction = await ready.harbour.ada.uses("/words file", file=("list.txt", b"abc"))
    assert (await interaction.reply()).files == {"back.txt": b"cba"}


async def test_resolved_options(ready: Ready) -> None:
    await ready.harbour.alice.nick("Ally")
    interaction = await ready.harbour.alice.uses("/who", someone=ready.harbour.alice, times=3)
    assert (await interaction.reply()).content == "Ally 3"


async def test_context_menus(ready: Ready) -> None:
    message = await ready.harbour.alice.says("twelve chars")
    interaction = await ready.harbour.ada.uses_on("Length", message)
    assert (await interaction.reply()).content == "12"
    interaction = await ready.harbour.ada.uses_on("Name", ready.harbour.alice)
    assert (await interaction.reply()).content == "alice"


async def test_a_button_changes_its_message(ready: Ready) -> None:
    question = await ready.harbour.ada.uses("/words ask")
    message = await question.reply()
    with pytest.raises(NotAllowedError, match="'Off' is disabled"):
        await question.press("Off")
    with pytest.raises(NotAllowedError, match="nothing here is called “No”"):
        await question.press("No")
    pressed = await question.press("Yes")
    assert await pressed.answered() is Answer.UPDATE
    assert (message.content, message.components) == ("you pressed yes", [])


async def test_a_menu(ready: Ready) -> None:
    question = await ready.harbour.ada.uses("/words ask")
    message = await question.reply()
    with pytest.raises(NotAllowedError, match="no 'Green'"):
        await question.select("Which?", "Green")
    chosen = await ready.harbour.alice.selects(message, "Which?", "Blue")
    assert (await chosen.reply()).content == "chose ['Blue']"


async def test_a_form(ready: Ready) -> None:
    question = await ready.harbour.ada.uses("/words ask")
    message = await question.reply()
    opened = await ready.harbour.alice.presses(message, "Write")
    assert await opened.answered() is Answer.MODAL
    assert opened.modal is not None
    assert opened.modal["title"] == "A form"
    for fields, why in (
        ({}, "'Your text' is required"),
        ({"Your text": "x"}, "takes 2 to 10 characters"),
        ({"text": "good", "other": "x"}, "no field 'other'"),
    ):
        with pytest.raises(NotAllowedError, match=why):
            await opened.submit(fields)
    sent = await opened.submit({"Your text": "hello"})
    assert (await sent.reply()).content == "you wrote hello"
    assert ready.harbour.guild.general.messages[-1].content == "you wrote hello"


async def test_a_command_in_a_direct_conversation(discord: LocalDiscord, ready: Ready) -> None:
    harbour = ready.harbour
    interaction = await harbour.alice.user.uses("/words add", harbour.app.user, entry="idiot")
    assert (await interaction.reply()).content == "added idiot"
