"""An application in one's hand."""

from typing import Any

from sandbox.changes import messages
from sandbox.core import Core
from sandbox.handles.message import OWN, Message
from sandbox.handles.place import Channel
from sandbox.handles.user import User
from sandbox.payloads import command
from sandbox.payloads import user as shown_user
from sandbox.waiting import DEFAULT_TIMEOUT
from sandbox.wire import Json
from sandbox.world import Application

_CHAT_INPUT_COMMAND = 20


class App:
    """An application of the developer portal, with its bot."""

    def __init__(self, core: Core, state: Application) -> None:
        self._core = core
        self.state = state

    def __repr__(self) -> str:
        return f"<App {self.id} {self.name}>"

    @property
    def id(self) -> int:
        """The application's id; its bot's account has the same."""
        return self.state.id

    @property
    def name(self) -> str:
        """The application's name."""
        return self.state.name

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.state.token

    @property
    def user(self) -> User:
        """The bot's account."""
        return User(self._core, self.state.account)

    @property
    def owner(self) -> User:
        """Who owns the application."""
        return User(self._core, self.state.owner)

    def switch_intents(
        self,
        *,
        members: bool | None = None,
        message_content: bool | None = None,
        presence: bool | None = None,
    ) -> None:
        """Switch privileged intents on or off, as in the developer portal."""
        if members is not None:
            self.state.members_intent = members
        if message_content is not None:
            self.state.message_content_intent = message_content
        if presence is not None:
            self.state.presence_intent = presence

    def recommend_shards(self, shards: int, *, max_concurrency: int = 1) -> None:
        """Recommend so many connections to the gateway, and say how many may begin at once."""
        self.state.shards, self.state.max_concurrency = shards, max_concurrency

    def reset_token(self) -> str:
        """Make the token invalid and give the new one."""
        return self._core.world.reset_token(self.state)

    @property
    def commands(self) -> list[Json]:
        """The registered commands, as REST would give them."""
        return [command(state) for state in self.state.commands.values()]

    async def wait_commands(self, *names: str, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until commands of these names are registered."""

        def there() -> bool:
            return set(names) <= {state.fields["name"] for state in self.state.commands.values()}

        await self._core.signals.until(
            ("commands", self.id),
            there,
            timeout=timeout,
            what=f"the registration of {', '.join(names)}",
        )

    async def responds(
        self, content: str, *, channel: Channel, to: Any = None, **fields: Any
    ) -> Message:
        """A message with which this application answers a command that somebody (`to`) used."""
        invoker = to.user.state if hasattr(to, "user") else getattr(to, "state", self.state.owner)
        metadata = {
            "id": str(self._core.world.snowflakes.next()),
            "type": 2,
            "user": shown_user(invoker),
            "authorizing_integration_owners": {
                "0": str(channel.state.guild and channel.state.guild.id)
            },
        }
        own = {name: fields.pop(name) for name in OWN if name in fields}
        message = messages.build(
            self._core,
            channel.state,
            self.state.account,
            content,
            kind=_CHAT_INPUT_COMMAND,
            webhook_id=self.id,
            application_id=self.id,
            extra={"interaction_metadata": metadata, **fields},
            **own,
        )
        messages.publish(self._core, message)
        return Message(self._core, message)
