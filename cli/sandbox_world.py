"""The small made-up server of `sandbox`: who is in it, and where they talk."""

from dataclasses import dataclass, field

from cli.acts import Named
from cli.local_bot import needed_permissions
from cli.typed_options import Vocabulary, commands_of, menus_of
from sandbox import (
    App,
    Guild,
    LocalDiscord,
    Member,
    Permissions,
    Webhook,
    overwrite,
)

ADMIN = "ada"
"""Who uses a command that is typed without a name."""

PEOPLE = {
    ADMIN: "owns the server",
    "alice": "",
    "bob": "",
    "dan": "",
    "carol": "is a moderator without Manage Server",
}
WEBHOOK = "news"
OTHER_BOT = "jukebox"

_MODERATOR = Permissions.MANAGE_MESSAGES | Permissions.MODERATE_MEMBERS
_ABOVE_EVERYONE = 10
_ON_MESSAGES = 3


@dataclass(slots=True)
class World:
    """The server and everyone in it, by the names that lines begin with."""

    app: App
    guild: Guild
    members: dict[str, Member] = field(default_factory=dict)
    hooks: dict[str, Webhook] = field(default_factory=dict)

    @property
    def speakers(self) -> list[str]:
        """Everyone who can write a message."""
        return [*self.members, *self.hooks]

    @property
    def channels(self) -> list[str]:
        """The names of the channels."""
        return [channel.name for channel in self.guild.state.channels.values()]

    def vocabulary(self) -> Vocabulary:
        """What a line may name now."""
        roles = [role.name for role in self.guild.state.roles.values()]
        return Vocabulary(
            ADMIN,
            list(self.members),
            self.speakers,
            self.channels,
            roles,
            commands_of(self.app),
            menus_of(self.app),
        )

    def thing(self, value: object) -> object:
        """The member, channel or role that a name means; any other value as it is."""
        match value:
            case Named("@", name):
                return self.members[name]
            case Named("#", name):
                return self.guild.channel(name)
            case Named(_, name):
                return self.guild.role(name)
        return value

    def takes_a_message(self, menu: str) -> bool:
        """Whether a context menu command is used on messages, not on people."""
        return any(
            command["name"] == menu and command["type"] == _ON_MESSAGES
            for command in self.app.commands
        )


async def build(discord: LocalDiscord) -> World:
    """The server, with the application in it; nobody is connected yet."""
    app = discord.add_application("Palisade")
    accounts = {name: discord.add_user(name, global_name=name.title()) for name in PEOPLE}
    guild = discord.add_guild("The Harbour", owner=accounts[ADMIN])
    moderators = guild.add_role("Moderators", permissions=_MODERATOR, hoist=True)
    guild.install(app, permissions=needed_permissions(), position=_ABOVE_EVERYONE)
    guild.add_channel("off-topic")
    hidden = overwrite(guild.everyone, deny=Permissions.VIEW_CHANNEL)
    seen_by = [
        overwrite(role, allow=Permissions.VIEW_CHANNEL)
        for role in (moderators, guild.role(app.name))
    ]
    guild.add_channel("staff", overwrites=[hidden, *seen_by])
    world = World(app, guild)
    for name, account in accounts.items():
        roles = [moderators] if name == "carol" else []
        world.members[name] = guild.owner if name == ADMIN else guild.join(account, roles=roles)
    world.members[OTHER_BOT] = guild.join(discord.add_user(OTHER_BOT, bot=True))
    world.hooks[WEBHOOK] = await guild.webhook(WEBHOOK)
    return world
