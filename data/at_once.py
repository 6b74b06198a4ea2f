"""Running a whole piece of work in the connection's thread.

Each call of aiosqlite's goes to a thread and back, which takes longer than most statements do: a
decision needs four statements before its message can be deleted. Its ``_execute`` is how all of its
calls get there, and its ``_conn`` is what they work on; it offers no public way to send more than
one statement. A test fails when they move.
"""

import sqlite3
from collections.abc import Awaitable, Callable

import aiosqlite


async def at_once[T](
    connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]
) -> T:
    """What ``work`` gives. Raises what it raises, and ValueError for a closed connection."""
    # It has no types of its own.
    execute: Callable[..., Awaitable[T]] = connection._execute
    return await execute(work, connection._conn)
