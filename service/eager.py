"""Tasks that begin at once, up to where they first have to wait, and not in the next turn of the
event loop: each turn costs a deletion some hundredths of a millisecond, and there are several on
its way."""

import asyncio
from collections.abc import Coroutine
from typing import Any


def eager[T](work: Coroutine[Any, Any, T], *, name: str | None = None) -> asyncio.Task[T]:
    """A task that has begun ``work`` already, and may have ended it. What it starts with runs
    inside the caller, so whatever the work looks at must be in place before."""
    return asyncio.Task(work, loop=asyncio.get_running_loop(), name=name, eager_start=True)
