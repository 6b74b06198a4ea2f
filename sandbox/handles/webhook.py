"""A webhook in one's hand."""

from typing import Any

from sandbox.changes import webhooks
from sandbox.core import Core
from sandbox.handles.message import OWN, Message
from sandbox.handles.place import Channel
from sandbox.world import Webhook as State


class Webhook:
    """A webhook of a channel, as a website or a script uses it."""

    def __init__(self, core: Core, state: State) -> None:
        self._core = core
        self.state = state

    @property
    def id(self) -> int:
        """The webhook's id, and that of its messages' author."""
        return self.state.id

    async def says(
        self,
        content: str,
        *,
        username: str | None = None,
        thread: Channel | None = None,
        **fields: Any,
    ) -> Message:
        """Write a message, under another name or in a thread if told; the fields are those of the
        payload."""
        own = {name: fields.pop(name) for name in OWN if name in fields}
        if "embeds" in own:
            own["embeds"] = [{"type": "rich", **embed} for embed in own["embeds"]]
        state = webhooks.write(
            self._core,
            self.state,
            content,
            username=username,
            thread=thread.state if thread else None,
            extra=fields,
            **own,
        )
        return Message(self._core, state)

    def remove(self) -> None:
        """Take the webhook away."""
        webhooks.remove(self._core, self.state)
