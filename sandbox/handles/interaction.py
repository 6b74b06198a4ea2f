"""An interaction in one's hand: what was answered, and what its user does next."""

import time
from collections.abc import Mapping
from typing import Any

from sandbox.changes import interactions
from sandbox.core import Core
from sandbox.handles.components import flat, press, select, submit
from sandbox.handles.message import Message
from sandbox.interactions import Answer
from sandbox.interactions import Interaction as State
from sandbox.waiting import DEFAULT_TIMEOUT
from sandbox.wire import Json


class Interaction:
    """Something that somebody did with an application."""

    def __init__(self, core: Core, state: State) -> None:
        self._core = core
        self.state = state

    def __repr__(self) -> str:
        name = self.state.data.get("name") or self.state.data.get("custom_id")
        return f"<Interaction {self.id} {self.state.kind.name} {name}>"

    @property
    def id(self) -> int:
        """The interaction's id."""
        return self.state.id

    @property
    def token(self) -> str:
        """The token that its answers carry."""
        return self.state.token

    @property
    def answer(self) -> Answer | None:
        """How it was answered first, if it was."""
        return self.state.answer

    @property
    def failed(self) -> bool:
        """Whether the time for the first answer ran out ("The application did not respond")."""
        return self.answer is None and self._seconds_left() <= 0

    @property
    def modal(self) -> Json | None:
        """The form that was opened, if one was."""
        return self.state.modal

    @property
    def choices(self) -> list[Json]:
        """The choices that were suggested."""
        return self.state.choices or []

    @property
    def messages(self) -> list[Message]:
        """Everything that is shown now, oldest first: the answer, unless it is still only
        announced, and what followed. Those deleted are left out."""
        states = [self.state.original, *self.state.followups]
        return [
            Message(self._core, state)
            for state in states
            if state is not None and not state.deleted and not state.flags & interactions.LOADING
        ]

    async def answered(self, *, timeout: float = DEFAULT_TIMEOUT) -> Answer:
        """Wait for the first answer and give its kind; raises NotSeenError when Discord's own limit
        or the timeout has passed without one."""
        limit = max(0.0, min(timeout, self._seconds_left() + 0.05))
        return await self._core.signals.until(
            self._key, lambda: self.state.answer, timeout=limit, what=f"an answer to {self!r}"
        )

    async def shown(self, count: int = 1, *, timeout: float = DEFAULT_TIMEOUT) -> list[Message]:
        """Wait until at least `count` messages are shown, and give them all."""

        def enough() -> list[Message] | None:
            return self.messages if len(self.messages) >= count else None

        return await self._core.signals.until(
            self._key,
            enough,
            timeout=timeout,
            what=lambda: f"{count} messages of {self!r}; shown: {self.messages}",
        )

    async def reply(self, *, timeout: float = DEFAULT_TIMEOUT) -> Message:
        """Wait for the first message that is shown."""
        return (await self.shown(timeout=timeout))[0]

    async def press(self, label: str) -> "Interaction":
        """Press a button, by label or custom_id, of the newest message that has it."""
        state = press(self._core, self.state.user, [m.state for m in self.messages], label)
        return Interaction(self._core, state)

    async def select(self, menu: str, *values: Any) -> "Interaction":
        """Choose in a menu, by placeholder or custom_id: values or labels of its options, or
        handles where it is a menu of users, roles or channels; as many as it takes, also as one
        list."""
        states = [m.state for m in self.messages]
        chosen = flat(values)
        return Interaction(self._core, select(self._core, self.state.user, states, menu, chosen))

    async def submit(self, fields: Mapping[str, str] | None = None) -> "Interaction":
        """Fill in the form by label or custom_id, and send it; what is not given stays as it is
        prefilled."""
        return Interaction(self._core, submit(self._core, self.state, fields or {}))

    @property
    def _key(self) -> tuple[str, int]:
        return ("interaction", self.id)

    def _seconds_left(self) -> float:
        return self.state.began + self._core.interaction_seconds - time.monotonic()
