"""Channels and roles in one's hand."""

from collections.abc import Callable

from sandbox.changes import guilds, threads
from sandbox.core import Core
from sandbox.handles.message import Message
from sandbox.permissions import NONE, Permissions
from sandbox.waiting import DEFAULT_TIMEOUT
from sandbox.world import Channel as ChannelState
from sandbox.world import Guild as GuildState
from sandbox.world import Overwrite
from sandbox.world import Role as RoleState


class Role:
    """A role of a guild."""

    def __init__(self, core: Core, guild: GuildState, state: RoleState) -> None:
        self._core = core
        self._guild = guild
        self.state = state

    @property
    def id(self) -> int:
        """The role's id."""
        return self.state.id

    @property
    def name(self) -> str:
        """The role's name."""
        return self.state.name

    def change(
        self,
        *,
        permissions: Permissions | None = None,
        name: str | None = None,
        position: int | None = None,
    ) -> None:
        """Give the role other permissions, another name or another place."""
        with threads.access_may_change(self._core, self._guild):
            if permissions is not None:
                self.state.permissions = int(permissions)
            if name is not None:
                self.state.name = name
            if position is not None:
                self.state.position = position
            guilds.tell_role_changed(self._core, self._guild, self.state)

    def remove(self) -> None:
        """Take the role away from the guild and from who had it."""
        guilds.remove_role(self._core, self._guild, self.state)


class Channel:
    """A channel of a guild, or a direct conversation."""

    def __init__(self, core: Core, state: ChannelState) -> None:
        self._core = core
        self.state = state

    def __repr__(self) -> str:
        return f"<Channel {self.id} #{self.name}>"

    @property
    def id(self) -> int:
        """The channel's id."""
        return self.state.id

    @property
    def name(self) -> str:
        """The channel's name."""
        return self.state.name

    @property
    def messages(self) -> list[Message]:
        """The messages that are there now, oldest first."""
        return [Message(self._core, self.state.messages[i]) for i in self.state.order]

    def permit(
        self,
        whom: object,
        *,
        allow: Permissions = NONE,
        deny: Permissions = NONE,
    ) -> None:
        """Set the overwrite of a role or of somebody (a handle), and tell of the channel."""
        made = overwrite(whom, allow=allow, deny=deny)
        with threads.access_may_change(self._core, self.state.home, told=self.state):
            self.state.overwrites[made.id] = made
            guilds.tell_channel_changed(self._core, self.state)

    def remove(self) -> None:
        """Take the channel away with all that is in it."""
        guilds.remove_channel(self._core, self.state)

    async def wait_message(
        self,
        condition: Callable[[Message], bool],
        *,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Message:
        """The first message in the channel that matches: there already, to come, or after an
        edit."""
        return await self._core.signals.until(
            ("channel", self.id),
            lambda: next((m for m in self.messages if condition(m)), None),
            timeout=timeout,
            what=f"a message in #{self.name}",
        )


def overwrite(whom: object, *, allow: Permissions = NONE, deny: Permissions = NONE) -> Overwrite:
    """An overwrite for a role (a Role handle) or for somebody (any other handle with an id)."""
    kind = 0 if isinstance(whom, Role) else 1
    number = getattr(whom, "id", None)
    if not isinstance(number, int):
        raise TypeError("an overwrite is for a role, a member or a user")
    return Overwrite(number, kind, int(allow), int(deny))
