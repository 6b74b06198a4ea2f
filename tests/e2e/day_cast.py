"""The server of ``test_day.py``: its people and channels, the bot as a process of its own, and all
that anybody reads of it."""

import signal
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cli.local_bot import needed_permissions
from sandbox import App, Channel, Guild, Interaction, LocalDiscord, Member, Message, Permissions
from sandbox.handles.place import overwrite
from tests.e2e import day_bot
from tests.e2e.processes import ROOT, TIMEOUT, Process, Runner
from tests.e2e.reading import Reading

MODERATING = (
    Permissions.MANAGE_MESSAGES
    | Permissions.MANAGE_NICKNAMES
    | Permissions.MODERATE_MEMBERS
    | Permissions.KICK_MEMBERS
    | Permissions.BAN_MEMBERS
)
COMMANDS = "/applications/{application_id}/commands"


@dataclass
class Day:
    """What is held in the hand while the day is played."""

    discord: LocalDiscord
    app: App
    guild: Guild
    runner: Runner
    reading: Reading
    people: dict[str, Member] = field(default_factory=dict)
    _ahead: int = 0
    _process: Process | None = None

    @classmethod
    def furnish(cls, discord: LocalDiscord, folder: Path, *, aloud: bool) -> "Day":
        """The server before the day: Ada owns it, Mo moderates, the bot was just invited."""
        app = discord.add_application("Palisade")
        guild = discord.add_guild("Harbour", owner=discord.add_user("ada", global_name="Ada"))
        moderators = guild.add_role("Moderators", permissions=MODERATING, hoist=True)
        guild.install(app, permissions=needed_permissions(), position=10)
        hidden = overwrite(guild.everyone, deny=Permissions.VIEW_CHANNEL)
        seen_by = [
            overwrite(role, allow=Permissions.VIEW_CHANNEL)
            for role in (moderators, guild.role("Palisade"))
        ]
        guild.add_channel("mod-log", overwrites=[hidden, *seen_by])
        runner = Runner(folder, ROOT / "tests" / "e2e" / "day_bot.py")
        day = cls(discord, app, guild, runner, Reading(discord, "mod-log", aloud))
        day.people["ada"] = guild.owner
        day.joins("mo").give(moderators)
        return day

    # The people

    def joins(self, name: str) -> Member:
        """Somebody new is there."""
        self.people[name] = self.guild.join(self.discord.add_user(name, global_name=name.title()))
        return self.people[name]

    def __getitem__(self, name: str) -> Member:
        return self.people.get(name) or self.joins(name)

    async def does(self, what: str) -> None:
        """Somebody is about to do something: some minutes after what was done before."""
        if self._process is not None and self._process.status is None:
            await self.later(minutes=2)
        self.reading.does(what)

    async def says(self, name: str, content: str) -> Message:
        """Somebody writes in #general."""
        await self.does(f"{name}: {content}")
        return await self[name].says(content)

    async def asks(self, name: str, path: str, /, **options: Any) -> Interaction:
        """Somebody uses a command, also one that Discord hides from them; it is answered."""
        given = {key.rstrip("_"): value for key, value in options.items()}
        shown = " ".join(f"{key}: {value}" for key, value in given.items())
        self.reading.does(f"{name} uses {path} {shown}")
        used = await self[name].uses(path, options=given, force=True)
        await used.answered(timeout=TIMEOUT)
        return used

    async def answer(self, name: str, path: str, /, **options: Any) -> str:
        """The text of the answer to a command."""
        return await said(await self.asks(name, path, **options))

    async def presses(self, name: str, message: Message, label: str) -> Interaction:
        """Somebody presses a button."""
        self.reading.does(f"{name} presses [{label}]")
        pressed = await self[name].presses(message, label)
        await pressed.answered(timeout=TIMEOUT)
        return pressed

    async def chooses(self, name: str, used: Interaction, menu: str, *values: Any) -> Interaction:
        """Somebody chooses in a menu of an answer, which is changed by that."""
        self.reading.does(f"{name} chooses in “{menu}”: {', '.join(map(str, values))}")
        chosen = await used.select(menu, *values)
        await chosen.answered(timeout=TIMEOUT)
        return used

    async def fills_in(self, name: str, opened: Interaction, **fields: str) -> str:
        """The answer to a form that somebody sent."""
        self.reading.does(f"{name} fills in the form: {fields}")
        return await said(await opened.submit(fields))

    async def told(self, name: str, *parts: str) -> str:
        """The direct message to somebody that holds all of this."""
        inbox = self[name].user.conversation(self.app.user)
        message = await inbox.wait_message(
            lambda one: all(part in one.content for part in parts), timeout=TIMEOUT
        )
        return message.content

    # The mod log

    @property
    def log(self) -> Channel:
        """The channel of the mod log."""
        return self.guild.channel("mod-log")

    async def entry(self, name: str, *parts: str) -> Message:
        """The entry about somebody that holds all of this, now or soon."""
        return await self.log.wait_message(
            lambda one: all(part in text_of(one) for part in (f"<@{self[name].id}>", *parts)),
            timeout=TIMEOUT,
        )

    def entries(self, name: str) -> list[Message]:
        """All entries about somebody."""
        return [one for one in self.log.messages if f"<@{self[name].id}>" in text_of(one)]

    # The bot and the clock

    async def starts(self) -> None:
        """The bot is started, is connected and offers its commands."""
        mark = self.discord.journal.count
        self._clock.write_text(str(self._ahead), "ascii")
        settings = {
            "DISCORD_TOKEN": self.app.token,
            "DISCORD_API_URL": self.discord.api_url,
            day_bot.VARIABLE: str(self._clock),
            "PYTHONPATH": str(ROOT),
        }
        self._process = await self.runner.start(**settings)
        await self.discord.connected(self.app, timeout=TIMEOUT)
        await self.discord.journal.wait_request("PUT", COMMANDS, timeout=TIMEOUT, after=mark)

    async def later(self, **length: float) -> None:
        """Time passes, for the bot."""
        self._ahead += timedelta(**length) // timedelta(milliseconds=1)
        if self._process is not None and self._process.status is None:
            # Once it has answered this, it has read what was answered before: no request of its
            # own waits for so long that it would be given up.
            assert await self["ada"].types("/case view", number="999") == []
            self._clock.write_text(str(self._ahead), "ascii")
            self._process.send(signal.SIGUSR1)
            await self._process.says(day_bot.LATER.format(self._ahead))

    async def is_killed(self) -> None:
        """The bot is killed, as by a power cut."""
        await self._ends(signal.SIGKILL)

    async def is_stopped(self) -> None:
        """The bot is told to end."""
        assert await self._ends(signal.SIGTERM) == 0

    @property
    def _clock(self) -> Path:
        return self.runner.folder / "clock"

    async def _ends(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send(number)
        status = await self._process.ended()
        await self.discord.gateway.disconnected(self.app.state)
        return status


async def said(used: Interaction) -> str:
    """What is answered, and seen by nobody else."""
    message = await used.reply(timeout=TIMEOUT)
    assert message.ephemeral
    assert message.mentions == message.mention_roles == []
    return text_of(message)


def text_of(message: Message) -> str:
    """All that is to be read in a message, embeds included."""
    rows = [message.content]
    for embed in message.embeds:
        rows += [embed["title"], embed.get("description", "")]
        rows += [f"{one['name']}: {one['value']}" for one in embed["fields"]]
    return "\n".join(row for row in rows if row)
