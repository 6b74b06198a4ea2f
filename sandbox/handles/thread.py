"""A thread or forum post in one's hand."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sandbox.changes import conversations, threads
from sandbox.core import Core
from sandbox.handles import NotAllowedError, writing
from sandbox.handles.message import Message
from sandbox.handles.place import Channel
from sandbox.permissions import Permissions, in_channel
from sandbox.waiting import DEFAULT_TIMEOUT
from sandbox.wire import Json
from sandbox.world import Channel as ChannelState
from sandbox.world import ChannelType
from sandbox.world import Member as MemberState

if TYPE_CHECKING:
    from sandbox.handles.member import Member


class Thread(Channel):
    """A thread: a channel inside a channel, so that it can be written in as one."""

    @property
    def parent(self) -> Channel:
        """The channel that it is in."""
        return Channel(self._core, threads.of(self.state).parent)

    @property
    def archived(self) -> bool:
        """Whether it is closed until somebody writes in it."""
        return threads.of(self.state).archived

    @property
    def locked(self) -> bool:
        """Whether only moderators can write in it."""
        return threads.of(self.state).locked

    @property
    def gone(self) -> bool:
        """Whether it was taken away."""
        return self.state.home.threads.get(self.id) is not self.state

    @property
    def first(self) -> Message:
        """The oldest message that is there."""
        return self.messages[0]

    async def renames(self, by: "Member", title: str) -> None:
        """Have somebody give it another title: who began it, or a moderator."""
        own = threads.of(self.state).owner is by.state.account
        if not own and not in_channel(by.state, self.state) & Permissions.MANAGE_THREADS:
            raise NotAllowedError(f"{by.display_name} may not rename the thread {self.name}")
        _check_title(title)
        conversations.rename(self._core, self.state, by.state.account, title)

    def archive(self, archived: bool = True) -> None:
        """Close it, or take it up again."""
        threads.change(self._core, self.state, archived=archived)

    def lock(self, locked: bool = True) -> None:
        """Let only moderators write in it, or everybody again."""
        threads.change(self._core, self.state, locked=locked)

    def joins(self, member: "Member") -> None:
        """Let somebody in."""
        threads.join(self._core, self.state, member.state.account)

    def leaves(self, member: "Member") -> None:
        """Have somebody leave."""
        threads.leave(self._core, self.state, member.state.account)

    def remove(self) -> None:
        """Take it away with all that is in it."""
        threads.remove(self._core, self.state)

    async def wait(
        self,
        condition: Callable[["Thread"], bool],
        *,
        timeout: float = DEFAULT_TIMEOUT,
        what: str = "a change of the thread",
    ) -> None:
        """Wait until something is true of it; looked at after each change."""
        await self._core.signals.until(
            ("channel", self.id),
            lambda: condition(self),
            timeout=timeout,
            what=lambda: f"{what} {self!r}",
        )

    async def wait_title(self, title: str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until it has a certain title."""
        await self.wait(lambda t: t.name == title, timeout=timeout, what=f"the title {title!r} of")


def start(
    core: Core,
    owner: MemberState,
    parent: ChannelState,
    title: str,
    message: Message | None,
    private: bool,
) -> Thread:
    """Begin a thread in a channel, of a message there or alone; raises NotAllowedError."""
    needed = Permissions.CREATE_PRIVATE_THREADS if private else Permissions.CREATE_PUBLIC_THREADS
    place = message.state.channel if message else parent
    if not in_channel(owner, place) & needed:
        raise NotAllowedError(f"{owner.display_name} may begin no threads in #{place.name}")
    _check_title(title)
    source = message.state if message else None
    if source is not None and source.thread is not None:
        raise NotAllowedError("this message has a thread already")
    state = conversations.start(core, place, owner.account, title, source=source, private=private)
    return Thread(core, state)


def post(
    core: Core,
    owner: MemberState,
    forum: ChannelState,
    title: str,
    content: str,
    embeds: Sequence[Json],
    files: Sequence[tuple[str, bytes]],
) -> Thread:
    """Write a post in a forum; raises NotAllowedError."""
    if forum.kind not in (ChannelType.GUILD_FORUM, ChannelType.GUILD_MEDIA):
        raise NotAllowedError(f"#{forum.name} is no forum")
    if not in_channel(owner, forum) & Permissions.SEND_MESSAGES:
        raise NotAllowedError(f"{owner.display_name} may not post in #{forum.name}")
    _check_title(title)
    attachments = [writing.attach(core, forum, *file) for file in files]
    state, _ = conversations.post(
        core, forum, owner.account, title, content, embeds=list(embeds), attachments=attachments
    )
    return Thread(core, state)


def _check_title(title: str) -> None:
    if not 1 <= len(title) <= 100:
        raise NotAllowedError("the title of a thread holds 1 to 100 characters")
