"""A member of a guild in one's hand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.changes import audit, people, threads
from sandbox.changes.messages import FORWARD, HAS_SNAPSHOT, reference
from sandbox.core import Core
from sandbox.handles import NotAllowedError, commands, components, moderating, thread, writing
from sandbox.handles.interaction import Interaction
from sandbox.handles.message import Message
from sandbox.handles.place import Channel, Role
from sandbox.handles.thread import Thread
from sandbox.handles.user import User
from sandbox.message_payloads import snapshot
from sandbox.permissions import Permissions, in_channel, in_guild
from sandbox.polls import poll
from sandbox.waiting import DEFAULT_TIMEOUT
from sandbox.wire import Json
from sandbox.world import Channel as ChannelState
from sandbox.world import Member as State


class Member:
    """Somebody in a guild."""

    def __init__(self, core: Core, state: State) -> None:
        self._core = core
        self.state = state

    def __repr__(self) -> str:
        return f"<Member {self.id} {self.display_name}>"

    @property
    def id(self) -> int:
        """The account's id."""
        return self.state.id

    @property
    def user(self) -> User:
        """The account."""
        return User(self._core, self.state.account)

    @property
    def nickname(self) -> str | None:
        """The name in this guild, if there is one."""
        return self.state.nick

    @property
    def display_name(self) -> str:
        """The name that people see."""
        return self.state.display_name

    @property
    def timed_out(self) -> bool:
        """Whether a timeout keeps them silent."""
        return self.state.timed_out()

    @property
    def timed_out_until(self) -> datetime | None:
        """When the timeout ends, or ended; None without one."""
        return self.state.timeout_until

    @property
    def roles(self) -> list[Role]:
        """Their roles, without @everyone."""
        guild = self.state.guild
        return [Role(self._core, guild, guild.roles[number]) for number in self.state.roles]

    @property
    def present(self) -> bool:
        """Whether they are still in the guild."""
        return self.state.guild.members.get(self.id) is self.state

    def permissions(self, channel: Channel | None = None) -> Permissions:
        """What they may do in the guild or in a channel."""
        value = in_channel(self.state, channel.state) if channel else in_guild(self.state)
        return Permissions(value)

    async def says(
        self,
        content: str = "",
        *,
        channel: Channel | None = None,
        at: datetime | None = None,
        embeds: Sequence[Json] = (),
        files: Sequence[tuple[str, bytes] | tuple[str, bytes, str]] = (),
        stickers: Sequence[str] = (),
        reply_to: Message | None = None,
        type: int | None = None,  # noqa: A002 - the name of the field in the payload
        flags: int = 0,
        any_length: bool = False,
        **fields: Any,
    ) -> Message:
        """Write a message, in #general unless told otherwise.

        Files are (name, bytes) or (name, bytes, description), stickers go by their names. `at`
        makes the message older than it is; `any_length` lets it be longer than Discord takes;
        `fields` are further ones of the payload, as they stand.
        """
        where = self._place(channel)
        if len(content) > writing.MAX_CONTENT and not any_length:
            raise NotAllowedError(f"a message holds at most {writing.MAX_CONTENT} characters")
        replied = reply_to.state if reply_to else None
        return await writing.write(
            self._core,
            self.state,
            where,
            content,
            at=at,
            kind=type if type is not None else writing.REPLY if reply_to else 0,
            embeds=[{"type": "rich", **embed} for embed in embeds],
            attachments=[writing.attach(self._core, where, *file) for file in files],
            stickers=[writing.sticker(self._core, name) for name in stickers],
            flags=flags,
            reference=reference(replied) if replied else None,
            replied=replied,
            extra=fields,
        )

    async def polls(
        self,
        question: str,
        answers: Sequence[str],
        *,
        channel: Channel | None = None,
        at: datetime | None = None,
    ) -> Message:
        """Ask everybody something, with answers to choose from."""
        where = self._place(channel)
        if not in_channel(self.state, where) & Permissions.SEND_POLLS:
            raise NotAllowedError(f"{self.display_name} may begin no polls in #{where.name}")
        made = poll(question, answers)
        return await writing.write(self._core, self.state, where, "", at=at, poll=made)

    async def forwards(
        self, message: Message, *, channel: Channel | None = None, at: datetime | None = None
    ) -> Message:
        """Forward a message as it is now; it may come from another guild."""
        return await writing.write(
            self._core,
            self.state,
            self._place(channel),
            "",
            at=at,
            flags=HAS_SNAPSHOT,
            reference=reference(message.state, FORWARD),
            snapshots=[snapshot(message.state, self._core.base_url)],
        )

    async def starts_thread(
        self,
        title: str,
        *,
        channel: Channel | None = None,
        message: Message | None = None,
        private: bool = False,
    ) -> Thread:
        """Begin a thread: of a message, or alone in a channel (#general unless told otherwise)."""
        place = self._place(channel)
        return thread.start(self._core, self.state, place, title, message, private)

    async def posts(
        self,
        title: str,
        content: str = "",
        *,
        channel: Channel,
        embeds: Sequence[Json] = (),
        files: Sequence[tuple[str, bytes]] = (),
    ) -> Thread:
        """Write a post in a forum."""
        place = channel.state
        return thread.post(self._core, self.state, place, title, content, embeds, files)

    async def uses(
        self,
        path: str,
        *,
        channel: Channel | None = None,
        force: bool = False,
        options: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Interaction:
        """Use a slash command, as uses("/words add", entry="idiot").

        Options are texts, numbers, handles, or (name, bytes) for a file; those whose name is taken
        here go into `options`. Raises NotAllowedError where Discord's client would not offer the
        command; `force` uses one that is hidden from this member.
        """
        given = {**(options or {}), **more}
        place = self._place(channel)
        return commands.use(self._core, self.state.account, place, path, given, force=force)

    async def types(
        self,
        path: str,
        *,
        channel: Channel | None = None,
        force: bool = False,
        timeout: float = DEFAULT_TIMEOUT,
        **options: Any,
    ) -> list[Json]:
        """Type the last of the options and wait for the choices that are suggested."""
        place, focused = self._place(channel), list(options)[-1]
        interaction = commands.use(
            self._core, self.state.account, place, path, options, focused=focused, force=force
        )
        await interaction.answered(timeout=timeout)
        return interaction.choices

    async def uses_on(
        self,
        name: str,
        target: "Message | Member | User",
        *,
        channel: Channel | None = None,
        force: bool = False,
    ) -> Interaction:
        """Use a context menu command on a message, or on somebody who may have left."""
        what: Message | int = target if isinstance(target, Message) else target.id
        place = target.state.channel if isinstance(target, Message) else self._place(channel)
        return commands.use_on(self._core, self.state.account, place, name, what, force=force)

    async def forges(
        self,
        message: Message,
        custom_id: str,
        *,
        fields: Mapping[str, str] | None = None,
    ) -> Interaction:
        """Press a button with this id on an application's message, or send a form with these
        fields, whether there is one or not: as a changed client could."""
        state = components.forge(self._core, self.state.account, message.state, custom_id, fields)
        return Interaction(self._core, state)

    async def presses(self, message: Message, label: str) -> Interaction:
        """Press a button, by label or custom_id, of a message that they see."""
        state = components.press(self._core, self.state.account, [message.state], label)
        return Interaction(self._core, state)

    async def selects(self, message: Message, menu: str, *values: Any) -> Interaction:
        """Choose in a menu, by placeholder or custom_id, of a message that they see."""
        chosen, account = components.flat(values), self.state.account
        state = components.select(self._core, account, [message.state], menu, chosen)
        return Interaction(self._core, state)

    async def nick(self, nick: str | None) -> None:
        """Take another name in this guild, or none."""
        moderating.rename_oneself(self._core, self.state, nick)

    async def renames(self, other: "Member", nick: str | None) -> None:
        """Give another member a nickname, or take it away."""
        moderating.rename(self._core, self.state, other.state, nick)

    async def times_out(
        self, other: "Member", length: timedelta | None, *, reason: str | None = None
    ) -> None:
        """Silence another member for a while, or (None) let them speak again."""
        moderating.time_out(self._core, self.state, other.state, length, reason)

    async def kicks(self, other: "Member", *, reason: str | None = None) -> None:
        """Throw another member out."""
        moderating.kick(self._core, self.state, other.state, reason)

    async def bans(
        self, other: "Member | User", *, reason: str | None = None, delete_seconds: int = 0
    ) -> None:
        """Keep somebody out, and delete what they wrote in the last seconds."""
        user = other.user if isinstance(other, Member) else other
        moderating.ban(self._core, self.state, user.state, reason, delete_seconds)

    async def unbans(self, user: User, *, reason: str | None = None) -> None:
        """Let somebody join again."""
        moderating.unban(self._core, self.state, user.state, reason)

    async def grants(self, other: "Member", *roles: Role, reason: str | None = None) -> None:
        """Give a member roles by hand, as the audit log tells."""
        moderating.change_roles(
            self._core, self.state, other.state, [r.state for r in roles], given=True, reason=reason
        )

    async def revokes(self, other: "Member", *roles: Role, reason: str | None = None) -> None:
        """Take roles from a member by hand, as the audit log tells."""
        moderating.change_roles(
            self._core,
            self.state,
            other.state,
            [r.state for r in roles],
            given=False,
            reason=reason,
        )

    def sits_out(self) -> None:
        """Let the time of their timeout pass: it ends by itself, and nobody is told."""
        if self.timed_out:
            self.state.timeout_until = datetime.now(UTC)
            self._core.signals.tell(("member", self.state.guild.id, self.id))

    async def rename(self, **names: str | None) -> None:
        """Change the account's own `username` or `global_name`."""
        await self.user.rename(**names)

    async def removes(self, message: Message) -> None:
        """Delete somebody's message as a moderator."""
        allowed = in_channel(self.state, message.state.channel) & Permissions.MANAGE_MESSAGES
        if message.author_id != self.id and not allowed:
            raise NotAllowedError(f"{self.display_name} may not delete the messages of others")
        await message.delete()
        audit.note_deletion(self._core, message.state, self.state.account, None)

    def give(self, *roles: Role) -> None:
        """Give them roles."""
        added = [role.id for role in roles if role.id not in self.state.roles]
        with threads.access_may_change(self._core, self.state.guild):
            people.change(self._core, self.state, roles=[*self.state.roles, *added])

    def take(self, *roles: Role) -> None:
        """Take roles from them."""
        gone = {role.id for role in roles}
        kept = [role_id for role_id in self.state.roles if role_id not in gone]
        people.change(self._core, self.state, roles=kept)

    def leave(self) -> None:
        """Leave the guild."""
        if self.present:
            people.leave(self._core, self.state)

    async def wait(
        self,
        condition: Callable[["Member"], bool],
        *,
        timeout: float = DEFAULT_TIMEOUT,
        what: str = "a change of the member",
    ) -> None:
        """Wait until something is true of the member; looked at after each change."""
        await self._core.signals.until(
            ("member", self.state.guild.id, self.id),
            lambda: condition(self),
            timeout=timeout,
            what=lambda: f"{what} {self!r}",
        )

    async def wait_nickname(self, nick: str | None, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until they have a certain nickname, or none."""
        await self.wait(
            lambda m: m.nickname == nick, timeout=timeout, what=f"the nickname {nick!r} of"
        )

    async def wait_timed_out(
        self, timed_out: bool = True, *, timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """Wait until somebody times them out, or lets them speak again."""
        what = "a timeout of" if timed_out else "the end of the timeout of"
        await self.wait(lambda m: m.timed_out is timed_out, timeout=timeout, what=what)

    async def wait_roles(self, *roles: Role, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until they have these roles and no others."""
        ids = {role.id for role in roles}
        names = ", ".join(role.name for role in roles) or "none"
        await self.wait(
            lambda m: set(m.state.roles) == ids, timeout=timeout, what=f"the roles {names} of"
        )

    async def wait_gone(self, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until they are no longer in the guild, kicked, banned or on their own."""
        await self.wait(lambda m: not m.present, timeout=timeout, what="the departure of")

    def _place(self, channel: Channel | None) -> ChannelState:
        if channel is not None:
            return channel.state
        channels = self.state.guild.channels.values()
        return next(place for place in channels if place.name == "general")
