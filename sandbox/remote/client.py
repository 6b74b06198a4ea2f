"""Starting a small Discord in another process, and driving it."""

import asyncio
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox.wire import Json, dumps, loads

_LONGEST_LINE = 64 * 1024 * 1024


class RemoteError(Exception):
    """A command that failed over there; the message says how."""


class RemoteDiscord:
    """A small Discord that outlives whoever speaks with it over the network.

    Use it as an async context manager; the options are those of `python -m sandbox`. What begins
    with "$" in the arguments of a call names something over there (values.given).
    """

    def __init__(self, *options: str) -> None:
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._count = 0
        self._reading: asyncio.Task[None] | None = None
        self.introduction: Json = {}

    @property
    def api_url(self) -> str:
        """What takes the place of https://discord.com/api/v10."""
        return str(self.introduction["api_url"])

    @property
    def token(self) -> str:
        """The bot's token."""
        return str(self.introduction["token"])

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._running.pid

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sandbox",
            *self._options,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            limit=_LONGEST_LINE,
        )
        line = await self._line()
        if not line:
            raise RemoteError(f"it ended with status {await self._process.wait()}")
        self.introduction = loads(line)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process = self._running
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()
        if self._reading is not None:
            await self._reading

    async def call(self, path: str, *args: Any, name: str | None = None, **kwargs: Any) -> Any:
        """Call a method, as call("alice.says", "hello", channel="$log", name="m"): the result, as
        JSON, is called "m" afterwards. Raises RemoteError."""
        command: Json = {"call": path, "args": args, "kwargs": kwargs}
        return await self._ask(command | ({"as": name} if name else {}))

    async def get(self, path: str) -> Any:
        """Look at an attribute, as get("m.deleted"). Raises RemoteError."""
        return await self._ask({"get": path})

    async def set(self, path: str, value: Any) -> None:
        """Change an attribute. Raises RemoteError."""
        await self._ask({"set": path, "value": value})

    async def _ask(self, command: Json) -> Any:
        self._count += 1
        future = asyncio.get_running_loop().create_future()
        self._answers[self._count] = future
        pipe = self._running.stdin
        if pipe is None or pipe.is_closing():
            raise RemoteError("it has ended")
        pipe.write(dumps({"id": self._count, **command}) + b"\n")
        await pipe.drain()
        return await future

    @property
    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RemoteError("it was not started")
        return self._process

    async def _line(self) -> bytes:
        pipe = self._running.stdout
        return await pipe.readline() if pipe else b""

    async def _read(self) -> None:
        while line := await self._line():
            answer = loads(line)
            future = self._answers.pop(answer["id"])
            if future.done():
                continue
            if "error" in answer:
                future.set_exception(RemoteError(answer["error"]))
            else:
                future.set_result(answer["result"])
        for future in self._answers.values():
            if not future.done():
                future.set_exception(RemoteError("it has ended"))
