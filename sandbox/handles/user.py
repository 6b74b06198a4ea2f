"""An account in one's hand."""

from typing import Any

from sandbox.changes import messages, people
from sandbox.core import Core
from sandbox.handles import commands, components
from sandbox.handles.interaction import Interaction
from sandbox.handles.message import Message
from sandbox.handles.place import Channel
from sandbox.world import Account, ServerTag


class User:
    """Somebody's account, a person's or a bot's."""

    def __init__(self, core: Core, state: Account) -> None:
        self._core = core
        self.state = state

    def __repr__(self) -> str:
        return f"<User {self.id} {self.username}>"

    @property
    def id(self) -> int:
        """The account's id."""
        return self.state.id

    @property
    def username(self) -> str:
        """The account's name."""
        return self.state.username

    @property
    def global_name(self) -> str | None:
        """The name it shows everywhere, if it has one."""
        return self.state.global_name

    async def rename(self, **names: str | None) -> None:
        """Change `username` or `global_name`; every guild it is in tells of it."""
        if unknown := set(names) - {"username", "global_name"}:
            raise TypeError(f"an account has no {', '.join(sorted(unknown))}")
        people.rename(self._core, self.state, **names)

    async def wears(self, tag: str | None, *, guild_id: int = 0) -> None:
        """Show a guild's tag beside the name, or (None) no longer; its guilds tell of it."""
        worn = ServerTag(tag, guild_id or self._core.world.snowflakes.next()) if tag else None
        people.rename(self._core, self.state, tag=worn)

    def take_direct(self, taken: bool = True) -> None:
        """Let direct messages come, or not."""
        self.state.takes_direct = taken

    def conversation(self, other: "User") -> Channel:
        """The direct conversation with somebody, begun if need be."""
        return Channel(self._core, self._core.world.conversation(self.state, other.state))

    async def presses(self, message: Message, label: str) -> Interaction:
        """Press a button, by label or custom_id, of a direct message."""
        return Interaction(
            self._core, components.press(self._core, self.state, [message.state], label)
        )

    async def selects(self, message: Message, menu: str, *values: Any) -> Interaction:
        """Choose in a menu, by placeholder or custom_id, of a direct message."""
        chosen, states = components.flat(values), [message.state]
        return Interaction(
            self._core, components.select(self._core, self.state, states, menu, chosen)
        )

    async def uses(self, path: str, bot: "User", **options: Any) -> Interaction:
        """Use a slash command in the direct conversation with a bot."""
        channel = self._core.world.conversation(self.state, bot.state)
        return commands.use(self._core, self.state, channel, path, options)

    async def tells(self, other: "User", content: str, **fields: Any) -> Message:
        """Write somebody a direct message."""
        channel = self._core.world.conversation(self.state, other.state)
        message = messages.build(self._core, channel, self.state, content, extra=fields)
        messages.publish(self._core, message)
        return Message(self._core, message)
