"""A message in one's hand."""

from collections.abc import Callable
from typing import Any

from sandbox.changes import messages
from sandbox.changes.interactions import EPHEMERAL
from sandbox.core import Core
from sandbox.handles.components import named
from sandbox.message_payloads import SUPPRESS_EMBEDS
from sandbox.message_payloads import message as shown
from sandbox.waiting import DEFAULT_TIMEOUT
from sandbox.wire import Json
from sandbox.world import Message as State

OWN = ("embeds", "components", "flags")
"""Fields of the payload that a message keeps as its own."""


class Message:
    """A message that somebody wrote."""

    def __init__(self, core: Core, state: State) -> None:
        self._core = core
        self.state = state

    def __repr__(self) -> str:
        return f"<Message {self.id} {self.content!r}{' deleted' if self.deleted else ''}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and other.state is self.state

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> int:
        """The message's id."""
        return self.state.id

    @property
    def channel_id(self) -> int:
        """The id of its channel."""
        return self.state.channel.id

    @property
    def author_id(self) -> int:
        """The id of who wrote it; a webhook's, for its messages."""
        return self.state.author.id

    @property
    def author_name(self) -> str:
        """The name it was written under."""
        return self.state.author_name or self.state.author.username

    @property
    def content(self) -> str:
        """What it says now."""
        return self.state.content

    @property
    def embeds(self) -> list[Json]:
        """Its embeds."""
        return self.state.embeds

    @property
    def components(self) -> list[Json]:
        """Its components."""
        return self.state.components

    def component(self, name: str) -> Json:
        """Its button or menu of some name: label, placeholder, custom_id or emoji; raises
        KeyError."""
        return named(self.state.components, name)

    @property
    def mentions(self) -> list[int]:
        """The ids of the users that it pings."""
        return [account.id for account in self.state.mentions]

    @property
    def mention_roles(self) -> list[int]:
        """The ids of the roles that it pings."""
        return list(self.state.mention_roles)

    @property
    def mention_everyone(self) -> bool:
        """Whether it pings everyone, or everyone who is here."""
        return self.state.mention_everyone

    @property
    def replied(self) -> "Message | None":
        """The message that it answers, if it does."""
        return Message(self._core, self.state.replied) if self.state.replied else None

    @property
    def edited(self) -> bool:
        """Whether it shows that it was edited."""
        return self.state.edited is not None

    @property
    def files(self) -> dict[str, bytes]:
        """Its files by name."""
        return {attachment.filename: attachment.data for attachment in self.state.attachments}

    @property
    def ephemeral(self) -> bool:
        """Whether only the user of the interaction that it answers sees it."""
        return bool(self.state.flags & EPHEMERAL)

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.state.deleted

    @property
    def json(self) -> Json:
        """The whole message as REST would give it."""
        return shown(self.state, self._core.base_url)

    async def edit(self, content: str, **fields: Any) -> None:
        """Its author says something else. The fields are those of the payload."""
        if self.deleted:
            raise ValueError("a deleted message cannot be edited")
        own = {name: fields.pop(name) for name in OWN if name in fields}
        extra = {**self.state.extra, **fields}
        messages.edit(self._core, self.state, content=content, extra=extra, **own)

    async def pin(self, pinned: bool = True) -> None:
        """Pin it, or unpin it: an update that is no edit."""
        messages.edit(self._core, self.state, stamp=False, pinned=pinned)

    async def suppress_embeds(self) -> None:
        """Hide its embeds: an update that is no edit."""
        flags = self.state.flags | SUPPRESS_EMBEDS
        messages.edit(self._core, self.state, stamp=False, flags=flags)

    async def embed_arrives(self, *embeds: Json) -> None:
        """Discord adds the preview of a link: an update that is no edit."""
        messages.edit(self._core, self.state, stamp=False, embeds=list(embeds))

    async def delete(self) -> None:
        """Its author, or a moderator, takes it away."""
        if not self.deleted:
            messages.delete(self._core, self.state)

    async def wait(
        self,
        condition: Callable[["Message"], bool],
        *,
        timeout: float = DEFAULT_TIMEOUT,
        what: str = "a change of the message",
    ) -> None:
        """Wait until something is true of the message; looked at after each change to it."""
        await self._core.signals.until(
            ("message", self.id),
            lambda: condition(self),
            timeout=timeout,
            what=lambda: f"{what} {self!r}",
        )

    async def wait_deleted(self, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until it is gone."""
        await self.wait(lambda m: m.deleted, timeout=timeout, what="the deletion of")

    async def wait_edited(
        self,
        condition: Callable[["Message"], bool] = lambda message: message.edited,
        *,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> "Message":
        """Wait until it is edited (so that something is true of it, if told), and give it."""
        await self.wait(condition, timeout=timeout, what="an edit of")
        return self
