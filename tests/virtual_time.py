"""An event loop whose clock jumps: where nothing is to be done before the next timer, that timer is
due at once. So a test of an hour's pauses takes no time, and takes the same turns each time.

What would go to a thread is done at once. Not for code that waits for sockets: the clock would not
wait for them.
"""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any

STUCK_SECONDS = 10.0
"""Real seconds without a timer or anything else to wait for, and the test is stuck."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """``time()`` begins at 1000 and is in seconds, as that of any loop."""

    def __init__(self) -> None:
        self._now = 1000.0
        self.failures: list[dict[str, Any]] = []
        super().__init__(_JumpingSelector(self))
        self.set_exception_handler(lambda _, context: self.failures.append(context))

    def time(self) -> float:
        return self._now

    def run_in_executor[*Args, T](
        self, executor: Executor | None, func: Callable[[*Args], T], *args: *Args
    ) -> asyncio.Future[T]:
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is not None:
            self._loop.jump(timeout)
            return ready
        ready = super().select(STUCK_SECONDS)
        if not ready:
            raise TimeoutError("the test waits for something that will never happen")
        return ready


def in_virtual_time[**P](test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async test on a :class:`VirtualTimeLoop`; what went wrong in its background, fails
    it."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        loop = VirtualTimeLoop()
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(test(*args, **kwargs))
        assert not loop.failures, loop.failures

    return run


def now() -> float:
    """The running loop's time: a clock for what is under test."""
    return asyncio.get_running_loop().time()
