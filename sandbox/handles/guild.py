"""A guild in one's hand."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.changes import automod, guilds, people, threads, webhooks
from sandbox.core import Core
from sandbox.handles import NotAllowedError
from sandbox.handles.app import App
from sandbox.handles.member import Member
from sandbox.handles.message import Message
from sandbox.handles.place import Channel, Role
from sandbox.handles.thread import Thread
from sandbox.handles.user import User
from sandbox.handles.webhook import Webhook
from sandbox.permissions import NONE, Permissions, in_guild
from sandbox.waiting import DEFAULT_TIMEOUT
from sandbox.world import AuditEntry, ChannelType, Overwrite
from sandbox.world import Guild as State


class Guild:
    """A server."""

    def __init__(self, core: Core, state: State) -> None:
        self._core = core
        self.state = state

    def __repr__(self) -> str:
        return f"<Guild {self.id} {self.name}>"

    @property
    def id(self) -> int:
        """The guild's id."""
        return self.state.id

    @property
    def name(self) -> str:
        """The guild's name."""
        return self.state.name

    @property
    def owner(self) -> Member:
        """Its owner."""
        return Member(self._core, self.state.members[self.state.owner_id])

    @property
    def everyone(self) -> Role:
        """The role @everyone."""
        return Role(self._core, self.state, self.state.roles[self.id])

    @property
    def general(self) -> Channel:
        """The channel #general."""
        return self.channel("general")

    def channel(self, name: str) -> Channel:
        """The channel of a name; raises KeyError."""
        for state in self.state.channels.values():
            if state.name == name:
                return Channel(self._core, state)
        raise KeyError(f"{self.name} has no channel #{name}")

    @property
    def threads(self) -> list[Thread]:
        """Its threads and forum posts, archived ones too, oldest first."""
        return [Thread(self._core, state) for state in self.state.threads.values()]

    def thread(self, title: str) -> Thread:
        """The thread of a title; raises KeyError."""
        for thread in self.threads:
            if thread.name == title:
                return thread
        raise KeyError(f"{self.name} has no thread {title}")

    def role(self, name: str) -> Role:
        """The role of a name, as the one that a bot's installation made; raises KeyError."""
        for state in self.state.roles.values():
            if state.name == name:
                return Role(self._core, self.state, state)
        raise KeyError(f"{self.name} has no role {name}")

    def member(self, user: User | App | int) -> Member:
        """Somebody in the guild; raises KeyError."""
        return Member(self._core, self.state.members[user if isinstance(user, int) else user.id])

    def add_role(
        self,
        name: str,
        *,
        permissions: Permissions = NONE,
        position: int | None = None,
        hoist: bool = False,
        mentionable: bool = False,
    ) -> Role:
        """A role; at a position, those above moving up, or at the bottom."""
        state = guilds.add_role(
            self._core,
            self.state,
            name,
            int(permissions),
            position=position,
            hoist=hoist,
            mentionable=mentionable,
        )
        return Role(self._core, self.state, state)

    def add_channel(
        self,
        name: str,
        *,
        kind: ChannelType = ChannelType.GUILD_TEXT,
        overwrites: Sequence[Overwrite] = (),
        parent: Channel | None = None,
        topic: str | None = None,
    ) -> Channel:
        """A channel, of a category if told; place.overwrite() makes the overwrites."""
        state = guilds.add_channel(
            self._core,
            self.state,
            name,
            kind=kind,
            overwrites=list(overwrites),
            parent_id=parent.id if parent else None,
            topic=topic,
        )
        return Channel(self._core, state)

    def install(
        self,
        app: App,
        *,
        permissions: Permissions = NONE,
        position: int | None = None,
    ) -> Member:
        """Let a bot in; its managed role comes to the bottom unless a position is told."""
        state = guilds.install(self._core, self.state, app.state, int(permissions), position)
        return Member(self._core, state)

    def remove(self, app: App) -> None:
        """Throw a bot out, its role with it."""
        role = next(r for r in self.state.roles.values() if r.bot_id == app.user.id)
        people.leave(self._core, self.state.members[app.user.id])
        guilds.remove_role(self._core, self.state, role)

    def join(self, user: User, *, roles: Sequence[Role] = ()) -> Member:
        """Let somebody in."""
        if user.id in self.state.members:
            raise ValueError(f"{user.username} is in {self.name} already")
        if user.id in self.state.bans:
            raise NotAllowedError(f"{user.username} is banned from {self.name}")
        ids = [role.id for role in roles]
        return Member(self._core, people.join(self._core, self.state, user.state, ids))

    def banned(self, user: User | Member) -> bool:
        """Whether somebody is kept out."""
        return user.id in self.state.bans

    def ban_reason(self, user: User | Member) -> str | None:
        """Why somebody is kept out, if that was said; raises KeyError for one who is not."""
        return self.state.bans[user.id].reason

    async def wait_banned(
        self, user: User | Member, banned: bool = True, *, timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """Wait until somebody is kept out, or may come again."""
        await self._core.signals.until(
            ("member", self.id, user.id),
            lambda: self.banned(user) is banned,
            timeout=timeout,
            what=f"the {'ban' if banned else 'unban'} of {user!r}",
        )

    async def wait_audit(
        self,
        condition: Callable[[AuditEntry], bool],
        *,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> AuditEntry:
        """The first entry of the audit log that matches, there already or to come."""
        return await self._core.signals.until(
            ("audit", self.id),
            lambda: next((entry for entry in self.state.audit if condition(entry)), None),
            timeout=timeout,
            what=lambda: f"an entry of the audit log of {self!r}",
        )

    @property
    def audit_log(self) -> list[AuditEntry]:
        """What the audit log says, oldest first."""
        return list(self.state.audit)

    def change(
        self,
        *,
        name: str | None = None,
        owner: Member | None = None,
        two_factor: bool | None = None,
        by: Member | None = None,
    ) -> None:
        """Change the guild as its owner (or `by`) does by hand: its name, whose it is, and whether
        moderators and the owners of bots need two-factor authentication."""
        actor = (by or self.owner).state
        changed: dict[str, Any] = {
            "name": name,
            "owner_id": owner.id if owner else None,
            "mfa_level": None if two_factor is None else int(two_factor),
        }
        fields = {key: value for key, value in changed.items() if value is not None}
        if actor.id != self.state.owner_id and (
            set(fields) != {"name"} or not in_guild(actor) & Permissions.MANAGE_GUILD
        ):
            raise NotAllowedError(f"{actor.display_name} may not change {self.name} so")
        if owner is not None and (not owner.present or owner.state.account.bot):
            raise NotAllowedError(f"{owner.display_name} cannot own {self.name}")
        with threads.access_may_change(self._core, self.state):
            guilds.change(self._core, self.state, actor.account, **fields)

    def demand_two_factor(self, demanded: bool = True) -> None:
        """Ask moderators, and the owners of bots, for two-factor authentication."""
        self.change(two_factor=demanded)

    async def automod_blocks(
        self,
        member: Member,
        content: str,
        *,
        keyword: str,
        alerts: Channel,
        channel: Channel | None = None,
        rule: str = "Banned words",
    ) -> Message:
        """Discord's own AutoMod blocks what somebody wrote; gives the alert it writes of it."""
        place = (channel or self.general).state
        state = automod.block(
            self._core,
            member.state,
            place,
            content,
            keyword=keyword,
            rule=rule,
            alerts=alerts.state,
        )
        return Message(self._core, state)

    async def webhook(self, name: str, *, channel: Channel | None = None) -> Webhook:
        """A webhook of a channel, of #general unless told otherwise."""
        place = (channel or self.general).state
        owner = self.state.members[self.state.owner_id].account
        return Webhook(self._core, webhooks.create(self._core, place, name, owner))
