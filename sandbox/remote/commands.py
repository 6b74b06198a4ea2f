"""The commands: every public method and attribute of what is named can be used from outside."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from sandbox.remote.values import attribute, given, look_up, shown
from sandbox.wire import Json, dumps, loads


class Commands:
    """Carries out one command a line, each as a task of its own, and answers when it is done.

    {"id": 1, "call": "alice.says", "args": ["hello"], "kwargs": {"channel": "$log"}, "as": "m"}
    calls, names the result if told, and answers {"id": 1, "result": ...};
    {"id": 2, "get": "m.deleted"} looks;
    {"id": 3, "set": "discord.limits.on", "value": true} changes.
    What fails is answered {"id": 1, "error": "KeyError: 'alise'"}.
    """

    def __init__(self, names: dict[str, Any], write: Callable[[bytes], None]) -> None:
        self.names = names
        self._write = write
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, line: bytes) -> None:
        """Begin to carry out a line."""
        if line.strip():
            task = asyncio.create_task(self._answer(line))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up what is not done."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, line: bytes) -> None:
        number: Any = None
        try:
            command = loads(line)
            if not isinstance(command, dict):
                raise TypeError("a command is a JSON object")
            number = command.get("id")
            answer: Json = {"id": number, "result": shown(await self._carry_out(command))}
        except Exception as error:
            # Whatever it was, who sent the command is told, and the others go on.
            answer = {"id": number, "error": f"{type(error).__name__}: {error}"}
        self._write(dumps(answer) + b"\n")

    async def _carry_out(self, command: Json) -> Any:
        match command:
            case {"call": str(path)}:
                args = given(command.get("args", []), self.names)
                kwargs = given(command.get("kwargs", {}), self.names)
                result = look_up(path, self.names)(*args, **kwargs)
                if inspect.isawaitable(result):
                    result = await result
                if "as" in command:
                    self.names[str(command["as"])] = result
                return result
            case {"get": str(path)}:
                return look_up(path, self.names)
            case {"set": str(path), "value": value}:
                owner, _, name = path.rpartition(".")
                target = look_up(owner, self.names)
                attribute(target, name)
                setattr(target, name, given(value, self.names))
                return None
        raise ValueError("a command has one of call, get and set")
